//! The floor log: what is spoken of on the day, for how long, and what comes of it.

use super::super::html::Html;
use super::super::words::{Arg, Phrases};
use super::{Message, Shape};
use std::borrow::Cow;

catalogue! {
    label button_floor "button-floor" ();
    command command_outcome "command-outcome" ();
    label button_answered "button-answered" ();
    label button_promised "button-promised" ();
    label button_deflected "button-deflected" ();
    label button_not_reached "button-not-reached" ();
    label button_ours_speak "button-ours-speak" ();
    label button_theirs_speak "button-theirs-speak" ();
    label button_clock_stop "button-clock-stop" ();
    label button_item_before "button-item-before" ();
    label button_item_after "button-item-after" ();
    label button_undo_last "button-undo-last" (what: text);
    label button_items "button-items" ();
    label button_correct_minutes "button-correct-minutes" ();
    label button_instead "button-instead" (status: text);
    label button_leave_it "button-leave-it" ();
    label button_in_months "button-in-months" (count: number);
    toast toast_undone "toast-undone" ();
    markup floor_item "floor-item" (number: text, count: text, name: text);
    markup floor_beginning "floor-beginning" (count: number, minutes: text);
    markup floor_nothing "floor-nothing" ();
    markup floor_unsettled "floor-unsettled" ();
    markup floor_came "floor-came" (what: text);
    markup floor_used "floor-used" (used: text, planned: text);
    markup floor_sides "floor-sides" (ours: text, theirs: text);
    markup floor_ours_speak "floor-ours-speak" (time: text);
    markup floor_theirs_speak "floor-theirs-speak" (time: text);
    markup floor_last "floor-last" (what: text, time: text, who: text);
    markup floor_list "floor-list" (ours: text, theirs: text);
    markup floor_entry "floor-entry" (number: text, name: text, came: text);
    plain floor_ours "floor-ours" ();
    plain floor_theirs "floor-theirs" ();
    plain floor_opening "floor-opening" ();
    plain floor_deed_item "floor-deed-item" ();
    plain floor_deed_minutes "floor-deed-minutes" ();
    markup ask_whose_minutes "ask-whose-minutes" (what: text);
    markup ask_side_spoken "ask-side-spoken" (what: text, side: text, now: text);
    markup ask_instead "ask-instead" (name: text, who: text, stands: text, instead: text);
    markup ask_promised "ask-promised" (name: text);
    markup note_not_logged "note-not-logged" (text: text);
    markup ask_promised_by "ask-promised-by" (text: text);
    markup ask_promised_until "ask-promised-until" (text: text);
    markup note_floor_begun "note-floor-begun" ();
    markup note_floor_changed "note-floor-changed" ();
    markup note_not_on_agenda "note-not-on-agenda" ();
    markup note_promise_stands "note-promise-stands" ();
    markup notice_corrects "notice-corrects" ();
    plain deed_floor_begun "deed-floor-begun" ();
    plain deed_minutes_corrected "deed-minutes-corrected" ();
    plain deed_floor_undone "deed-floor-undone" ();
}

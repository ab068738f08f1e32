//! Promises: what the authority promised, what became of it, the score.

use super::super::html::Html;
use super::super::words::{Arg, Phrases};
use super::{Message, Shape};
use std::borrow::Cow;

catalogue! {
    markup promise_text "promise-text" (text: text);
    markup promise_owner "promise-owner" (owner: text);
    markup promise_due "promise-due" (date: text);
    markup promise_no_due "promise-no-due" ();
    markup ask_promise "ask-promise" ();
    markup promise_readers "promise-readers" ();
    label button_kept_here "button-kept-here" ();
    label button_kept_partly "button-kept-partly" ();
    label button_not_kept_here "button-not-kept-here" ();
    label button_promise "button-promise" (text: text);
    label button_report_alone "button-report-alone" ();
    plain verdict_done "verdict-done" ();
    plain verdict_partly "verdict-partly" ();
    plain verdict_not_done "verdict-not-done" ();
    markup promise_yours "promise-yours" (verdict: text);
    markup promise_note "promise-note" (text: text);
    markup promise_photo "promise-photo" ();
    markup promise_more "promise-more" ();
    markup note_reported "note-reported" ();
    markup note_not_due "note-not-due" ();
    markup note_photo_only "note-photo-only" ();
    markup notice_reported "notice-reported" (verdict: text);
    markup note_not_promised "note-not-promised" ();
    markup note_no_promise "note-no-promise" ();
    markup note_promise_changed "note-promise-changed" ();
    plain deed_promise_made "deed-promise-made" (promise: text);
    plain deed_promise_changed "deed-promise-changed" (promise: text);
    plain deed_promise_taken_back "deed-promise-taken-back" (promise: text);
    plain deed_reports_read "deed-reports-read" (promise: text);
}

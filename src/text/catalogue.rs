//! Every phrase the program can say, with its arguments. The words themselves stand in config/locales.
//!
//! `markup` is a text with Telegram's tags, `label` fits on a button, `toast` is the notice over a pressed one, `plain` stands
//! within other texts; `command`, `description` and `about` are what Telegram's apps show of the bot. Those of the organisers'
//! side are in `organisers`, those of documents in `documents`, those about the digests that a receipt was in in `verifying`.

use std::borrow::Cow;
use std::ops::RangeInclusive;

use super::html::Html;
use super::words::{Arg, Phrases};

/// What a phrase is for, and so how long it may be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Shape {
    Markup,
    Label,
    Toast,
    /// Plain words within others.
    Plain,
    /// What a command says of itself.
    Command,
    /// What an empty chat with the bot shows; plain words, from markup.
    Description,
    /// What the bot's profile shows; plain words, from markup.
    About,
}

/// A phrase that every language must have.
#[derive(Clone, Debug)]
pub(super) struct Message {
    pub(super) key: Cow<'static, str>,
    pub(super) shape: Shape,
    pub(super) arguments: &'static [&'static str],
}

macro_rules! argument {
    ($value:ident text) => {
        Arg::Text($value)
    };
    ($value:ident number) => {
        Arg::Number($value)
    };
    ($value:ident html) => {
        Arg::Markup($value)
    };
}

macro_rules! argument_type {
    (text) => {
        &str
    };
    (number) => {
        u64
    };
    (html) => {
        &Html
    };
}

macro_rules! result_type {
    (markup) => {
        Html
    };
    ($plain:ident) => {
        String
    };
}

macro_rules! say {
    (markup $self:ident $key:literal $args:expr) => {
        $self.markup($key, $args)
    };
    (description $self:ident $key:literal $args:expr) => {
        $self.markup($key, $args).to_plain()
    };
    (about $self:ident $key:literal $args:expr) => {
        $self.markup($key, $args).to_plain()
    };
    ($plain:ident $self:ident $key:literal $args:expr) => {
        $self.plain($key, $args)
    };
}

macro_rules! shape {
    (markup) => {
        Shape::Markup
    };
    (label) => {
        Shape::Label
    };
    (toast) => {
        Shape::Toast
    };
    (plain) => {
        Shape::Plain
    };
    (command) => {
        Shape::Command
    };
    (description) => {
        Shape::Description
    };
    (about) => {
        Shape::About
    };
}

macro_rules! catalogue {
    ($($shape:ident $name:ident $key:literal ($($argument:ident: $kind:ident),*);)*) => {
        pub(super) const MESSAGES: &[Message] = &[
            $(Message { key: Cow::Borrowed($key), shape: shape!($shape), arguments: &[$(stringify!($argument)),*] },)*
        ];

        impl Phrases<'_> {
            $(
                #[doc = concat!("The phrase `", $key, "`.")]
                pub fn $name(&self, $($argument: argument_type!($kind)),*) -> result_type!($shape) {
                    say!($shape self $key &[$((stringify!($argument), argument!($argument $kind))),*])
                }
            )*
        }
    };
}

mod agenda;
mod documents;
mod floor;
mod ledger;
mod organisers;
mod verifying;

/// Phrases with a number in their key, `month-1` to `month-12`: what a language has a word for each of.
const NUMBERED: &[(&str, RangeInclusive<u64>, &[&str])] = &[
    // Monday first, as ISO 8601 has it.
    ("weekday", 1..=7, &[]),
    ("month", 1..=12, &[]),
    // The hours of a day from midnight; how they are counted, and what part of the day they are, is the language's.
    ("time", 0..=23, &["minute"]),
];

/// Every phrase.
pub(super) fn messages() -> Vec<Message> {
    let numbered = NUMBERED.iter().flat_map(|(key, numbers, arguments)| {
        numbers.clone().map(|number| Message {
            key: Cow::Owned(numbered(key, number)),
            shape: Shape::Label,
            arguments,
        })
    });
    let all = MESSAGES
        .iter()
        .chain(agenda::MESSAGES)
        .chain(floor::MESSAGES)
        .chain(ledger::MESSAGES)
        .chain(organisers::MESSAGES)
        .chain(documents::MESSAGES)
        .chain(verifying::MESSAGES)
        .cloned();
    all.chain(numbered).collect()
}

fn numbered(key: &str, number: u64) -> String {
    format!("{key}-{number}")
}

impl Phrases<'_> {
    /// The name of a weekday, Monday being 1.
    pub(super) fn weekday(&self, number: u64) -> String {
        self.plain(&numbered("weekday", number), &[])
    }

    /// The name of a month, January being 1.
    pub(super) fn month(&self, number: u64) -> String {
        self.plain(&numbered("month", number), &[])
    }

    /// A time of day: the hour from 0 to 23, and the minute in two digits.
    pub(super) fn time(&self, hour: u64, minute: &str) -> String {
        self.plain(&numbered("time", hour), &[("minute", Arg::Text(minute))])
    }
}

catalogue! {
    // Dates
    label date_full "date-full" (weekday: text, day: number, month: text, year: number);
    label date_time "date-time" (date: text, time: text);
    label date_near "date-near" (weekday: text, day: number, month: text);
    label left_minutes "left-minutes" (count: number);
    label left_hours "left-hours" (count: number);
    label left_today "left-today" ();
    label left_tomorrow "left-tomorrow" ();
    label left_days "left-days" (count: number);

    label date_left "date-left" (date: text, left: text);

    // The deadline, at every step
    markup closing_soon "closing-soon" (when: text);
    markup closing_grace "closing-grace" (when: text);
    markup closing_over "closing-over" (date: text);
    markup closing_kept "closing-kept" (date: text);
    label button_add_days "button-add-days" (count: number);

    // Reminders; the words of each stand in reminders.toml
    label reminder_perhaps "reminder-perhaps" (day: text);
    markup reminder_unreached "reminder-unreached" (name: text);
    markup reminder_reached "reminder-reached" (name: text);
    markup reminder_more "reminder-more" (count: number);
    markup reminders_on "reminders-on" ();
    markup reminders_off "reminders-off" ();
    label button_mute "button-mute" ();
    label button_unmute "button-unmute" ();
    toast toast_muted "toast-muted" ();
    markup digest_title_group "digest-title-group" ();
    label button_calendar "button-calendar" ();
    markup calendar "calendar" ();
    label calendar_deadline "calendar-deadline" ();
    label calendar_grace "calendar-grace" ();
    label calendar_meeting "calendar-meeting" ();
    label calendar_forgetting "calendar-forgetting" ();
    markup calendar_ahead "calendar-ahead" (at: text, whom: text, about: text);
    markup calendar_sent "calendar-sent" (at: text, whom: text, about: text, sent: number, people: number);
    markup calendar_carry "calendar-carry" (at: text, sent: number, people: number);
    markup calendar_left_out "calendar-left-out" (at: text, whom: text, about: text);
    markup calendar_erasure "calendar-erasure" (at: text);
    markup note_earlier_kept "note-earlier-kept" ();
    command command_reminders "command-reminders" ();

    // Joining
    label language_name "language-name" ();
    markup greeting "greeting" ();
    markup ask_language "ask-language" ();
    markup consent "consent" ();
    markup privacy "privacy" (kept: html);
    markup kept_days "kept-days" (days: number);
    markup kept_until_erased "kept-until-erased" ();
    markup declined "declined" ();
    markup ask_organisation "ask-organisation" ();
    markup ask_province "ask-province" (name: text);
    markup joined "joined" (name: text);

    // Menu
    markup menu "menu" (name: text);
    markup menu_draft "menu-draft" (name: text);
    markup menu_organiser "menu-organiser" ();
    label untitled "untitled" ();
    markup help "help" ();
    markup help_organiser "help-organiser" ();

    // Form
    markup progress "progress" (number: number, total: number);
    markup answer_so_far "answer-so-far" (answer: text);
    markup story_hint "story-hint" ();
    markup story_so_far "story-so-far" (tally: html);
    markup count_texts "count-texts" (count: number);
    markup count_voices "count-voices" (count: number);
    markup count_photos "count-photos" (count: number);
    markup count_documents "count-documents" (count: number);
    markup disclosure_hint "disclosure-hint" ();
    label disclosure_named "disclosure-named" ();
    label disclosure_unnamed "disclosure-unnamed" ();
    label disclosure_organisers_only "disclosure-organisers-only" ();
    markup ask_leaving "ask-leaving" ();
    markup ask_deleting "ask-deleting" ();

    // Review and receipt
    markup review_named "review-named" ();
    markup review_unnamed "review-unnamed" ();
    markup review_organisers_only "review-organisers-only" ();
    markup review_hint "review-hint" ();
    markup receipt "receipt" (receipt: html);
    markup part_voice "part-voice" (length: text);
    markup part_voice_waiting "part-voice-waiting" (length: text);
    markup part_photo "part-photo" ();
    markup part_document "part-document" ();
    markup card_field "card-field" (name: text);
    label field_organisation "field-organisation" ();
    label skipped "skipped" ();

    // Buttons
    label button_agree "button-agree" ();
    label button_decline "button-decline" ();
    label button_back "button-back" ();
    label button_skip "button-skip" ();
    label button_cancel "button-cancel" ();
    label button_next "button-next" ();
    label button_done "button-done" ();
    label button_undo "button-undo" ();
    label button_submit "button-submit" ();
    label button_change "button-change" (name: text);
    label button_keep "button-keep" ();
    label button_delete "button-delete" ();
    label button_continue "button-continue" ();
    label button_new "button-new" ();
    label button_languages "button-languages" ();
    label button_privacy "button-privacy" ();
    label button_help "button-help" ();
    label button_digest "button-digest" ();
    label button_join "button-join" ();
    label button_shared "button-shared" ();
    label button_organisers "button-organisers" ();
    label button_as_text "button-as-text" ();
    label button_as_json "button-as-json" ();
    label button_as_messages "button-as-messages" ();
    label button_as_pdf "button-as-pdf" ();
    label button_as_xlsx "button-as-xlsx" ();
    label button_as_docx "button-as-docx" ();
    label button_as_csv "button-as-csv" ();
    label button_select "button-select" ();
    label button_by_status "button-by-status" ();
    label button_select_since "button-select-since" ();
    label button_select_ever "button-select-ever" ();
    plain select_all "select-all" ();
    plain select_ever "select-ever" ();
    plain select_since "select-since" (number: number, at: text);
    plain select_no_last "select-no-last" ();
    markup select_chosen "select-chosen" (topic: text, place: text, status: text, since: text);
    markup ask_selection "ask-selection" ();
    markup ask_selection_by "ask-selection-by" ();

    // What is said above a question when an answer does not fit
    markup note_added "note-added" ();
    markup note_changed "note-changed" ();
    markup note_taken_back "note-taken-back" ();
    markup note_deleted "note-deleted" ();
    markup note_press_button "note-press-button" ();
    markup note_empty "note-empty" ();
    markup note_too_long "note-too-long" (length: number, limit: number);
    markup note_number "note-number" (min: number, max: number);
    markup note_words_only "note-words-only" ();
    markup note_story_empty "note-story-empty" ();
    markup note_story_full "note-story-full" (limit: number);
    markup note_too_many_files "note-too-many-files" (limit: number);
    markup note_too_many_pieces "note-too-many-pieces" (limit: number);
    markup note_caption_too_long "note-caption-too-long" (limit: number);
    markup note_title_needed "note-title-needed" ();
    markup note_missing "note-missing" ();
    markup note_not_kept "note-not-kept" ();
    markup note_edit_unknown "note-edit-unknown" ();
    markup note_video "note-video" ();
    markup note_audio "note-audio" ();
    markup note_contact "note-contact" ();
    markup note_thing "note-thing" ();
    markup note_unreadable "note-unreadable" ();
    markup note_unknown_command "note-unknown-command" ();
    markup note_unknown_link "note-unknown-link" ();
    markup note_nothing_to_cancel "note-nothing-to-cancel" ();
    markup note_digest_comes "note-digest-comes" ();
    markup note_failed "note-failed" ();
    markup note_outage "note-outage" ();
    markup note_away "note-away" ();
    markup note_away_long "note-away-long" (since: text, until: text);
    toast toast_old "toast-old" ();
    toast toast_again "toast-again" ();
    toast toast_digest "toast-digest" ();

    // Joining by invitation, by the registry
    markup uninvited "uninvited" ();
    markup ask_confirm "ask-confirm" (name: text);
    markup ask_which "ask-which" (name: text);
    label button_yes "button-yes" ();
    label button_no "button-no" ();
    label button_none_of_these "button-none-of-these" ();
    markup note_links_closed "note-links-closed" (minutes: number);
    markup note_vouched "note-vouched" ();
    markup note_member_already "note-member-already" ();
    markup note_waits_for_approval "note-waits-for-approval" ();
    markup note_join_first "note-join-first" ();

    // Deadlines, suspension, files
    markup note_suspended "note-suspended" ();
    markup note_deadline_passed "note-deadline-passed" (date: text);
    markup note_no_more_edits "note-no-more-edits" (date: text);
    markup note_file_too_large "note-file-too-large" (limit: number);
    markup note_file_type "note-file-type" ();
    markup note_room_full "note-room-full" (limit: number);
    markup note_names_author "note-names-author" ();
    markup notice_file_refused "notice-file-refused" (name: text);

    // Others said something close
    markup close_found "close-found" (count: number);
    label button_send_mine "button-send-mine" ();
    label button_add_voice "button-add-voice" (number: text);
    markup note_endorsed_instead "note-endorsed-instead" ();

    // One's own concerns
    label button_mine "button-mine" ();
    markup mine "mine" ();
    markup mine_none "mine-none" ();
    markup mine_asked "mine-asked" ();
    markup mine_status "mine-status" (status: text);
    markup mine_reason "mine-reason" (reason: text);
    markup mine_into "mine-into" (name: text);
    markup card_note "card-note" (text: text);
    markup card_question "card-question" (text: text);
    markup card_no_answer "card-no-answer" ();
    markup card_answer "card-answer" (text: text);
    label button_edit "button-edit" ();
    label button_note "button-note" ();
    label button_reply "button-reply" ();
    label button_withdraw "button-withdraw" ();
    label button_withdraw_really "button-withdraw-really" ();
    label button_submit_changes "button-submit-changes" ();
    label button_look "button-look" ();
    label button_page_before "button-page-before" ();
    label button_page_after "button-page-after" ();
    markup ask_note "ask-note" ();
    markup ask_reply "ask-reply" (question: text);
    markup ask_withdrawing "ask-withdrawing" (name: text);
    markup revised "revised" (receipt: html);
    markup note_reviewed_again "note-reviewed-again" ();
    markup note_cannot_change "note-cannot-change" ();
    markup note_nothing_changed "note-nothing-changed" ();
    markup note_too_many_changes "note-too-many-changes" ();
    markup note_draft_first "note-draft-first" ();
    markup note_concern_gone "note-concern-gone" ();
    markup note_noted "note-noted" ();
    markup note_answered "note-answered" ();
    markup note_withdrawn "note-withdrawn" ();
    label status_new "status-new" ();
    label status_waiting "status-waiting" ();
    label status_approved "status-approved" ();
    label status_held "status-held" ();
    label status_rejected "status-rejected" ();
    label status_merged "status-merged" ();
    label status_withdrawn "status-withdrawn" ();
    label status_agenda "status-agenda" ();
    label status_answered "status-answered" ();
    label status_promised "status-promised" ();
    label status_deflected "status-deflected" ();
    label status_not_reached "status-not-reached" ();
    label status_done "status-done" ();

    // What others said
    label button_others "button-others" ();
    label button_by_place "button-by-place" ();
    label button_endorse "button-endorse" ();
    label button_unendorse "button-unendorse" ();
    markup others "others" ();
    markup others_none "others-none" ();
    markup others_endorsed "others-endorsed" ();
    markup note_endorsed "note-endorsed" ();
    markup note_unendorsed "note-unendorsed" ();

    // The meeting
    label button_meeting "button-meeting" ();
    label button_rsvp "button-rsvp" ();
    label button_rsvp_change "button-rsvp-change" ();
    label button_coming "button-coming" ();
    label button_not_coming "button-not-coming" ();
    markup meeting_none "meeting-none" ();
    markup meeting_no_date "meeting-no-date" ();
    markup meeting_date "meeting-date" (day: text);
    markup meeting_tentative "meeting-tentative" ();
    markup meeting_place "meeting-place" (place: text);
    markup meeting_no_place "meeting-no-place" ();
    markup meeting_deadline "meeting-deadline" (date: text);
    markup meeting_closed "meeting-closed" (date: text);
    markup meeting_no_deadline "meeting-no-deadline" ();
    markup meeting_capacity "meeting-capacity" (count: number);
    markup rsvp_yours "rsvp-yours" ();
    markup rsvp_day "rsvp-day" (day: text, answer: text);
    label rsvp_unasked "rsvp-unasked" ();
    label rsvp_not_coming "rsvp-not-coming" ();
    label rsvp_coming "rsvp-coming" (count: number);
    markup ask_coming "ask-coming" (day: text);
    markup ask_could_come "ask-could-come" (day: text);
    markup ask_people "ask-people" (limit: number);
    markup note_no_seats "note-no-seats" (left: number);
    markup note_rsvp_kept "note-rsvp-kept" ();
    markup notice_rsvp "notice-rsvp" (title: text);

    // Notices
    markup notice_approved "notice-approved" (name: text);
    markup notice_held "notice-held" (name: text);
    markup notice_rejected "notice-rejected" (name: text);
    markup notice_merged "notice-merged" (name: text);
    markup notice_agenda "notice-agenda" (name: text);
    markup notice_answered "notice-answered" (name: text);
    markup notice_promised "notice-promised" (name: text);
    markup notice_deflected "notice-deflected" (name: text);
    markup notice_not_reached "notice-not-reached" (name: text);
    markup notice_done "notice-done" (name: text);
    markup notice_asked "notice-asked" (name: text, question: text);
    markup notice_changed "notice-changed" (name: text);
    markup notice_withdrawn "notice-withdrawn" (name: text);
    markup notice_withdrawn_by_organisers "notice-withdrawn-by-organisers" (name: text);
    markup notice_alone_again "notice-alone-again" ();
    markup notice_organisation_approved "notice-organisation-approved" ();

    // Leaving
    markup note_data_comes "note-data-comes" ();
    markup ask_forgetting "ask-forgetting" ();
    label button_forget "button-forget" ();
    markup forgotten "forgotten" ();
    markup note_last_owner "note-last-owner" ();

    // In groups, and in Telegram's own places
    markup group_start "group-start" (link: text);
    description bot_description "bot-description" ();
    about bot_about "bot-about" ();
    command command_start "command-start" ();
    command command_menu "command-menu" ();
    command command_mine "command-mine" ();
    command command_meeting "command-meeting" ();
    command command_cancel "command-cancel" ();
    command command_language "command-language" ();
    command command_privacy "command-privacy" ();
    command command_help "command-help" ();
    command command_mydata "command-mydata" ();
    command command_forget "command-forget" ();
    command command_digest "command-digest" ();

    // What is held about a person
    markup held_title "held-title" ();
    markup held_member "held-member" (name: text, date: text);
    markup held_draft "held-draft" ();
    markup held_version "held-version" ();
    markup held_files "held-files" (count: number);
    markup held_support "held-support" (count: number);
    markup held_rsvps "held-rsvps" (count: number);
    markup held_data "held-data" ();

    // Digest
    markup digest_title_organisers "digest-title-organisers" ();
    markup digest_title_shared "digest-title-shared" ();
    markup digest_made "digest-made" (date: text);
    markup digest_by_topic "digest-by-topic" ();
    markup digest_by_place "digest-by-place" ();
    markup digest_by_urgency "digest-by-urgency" ();
    markup digest_sum "digest-sum" (name: text, count: number);
    markup digest_count "digest-count" (name: text, count: number);
    label digest_other "digest-other" ();
    markup digest_no_breakdown "digest-no-breakdown" ();
    markup digest_empty "digest-empty" ();
    markup digest_empty_withheld "digest-empty-withheld" ();
    markup digest_topic "digest-topic" (name: text);
    markup digest_attached "digest-attached" ();
    markup digest_being_made "digest-being-made" (name: text);
    markup digest_progress "digest-progress" (name: text, done: number, of: number);
    markup digest_ready "digest-ready" (name: text, number: number, files: number);
    markup digest_not_made "digest-not-made" (name: text);
    label digest_unnamed "digest-unnamed" ();
    label digest_unverified "digest-unverified" ();
    markup digest_behind "digest-behind" (count: number);
    markup digest_field "digest-field" (name: text, value: text);
    plain report_part "report-part" (part: number, parts: number, first: number, last: number);
    plain report_rest "report-rest" (count: text);
    plain figures_title "figures-title" ();
    plain figures_heard "figures-heard" (joined: number);
    plain figures_received "figures-received" ();
}

//! Every phrase the program can say, with its arguments. The words themselves stand in config/locales.
//!
//! `markup` is a text with Telegram's tags, `label` fits on a button, `toast` is the notice over a pressed one.

use super::html::Html;
use super::words::{Arg, Phrases};

/// What a phrase is for, and so how long it may be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Shape {
    Markup,
    Label,
    Toast,
}

/// A phrase that every language must have.
#[derive(Debug)]
pub(super) struct Message {
    pub(super) key: &'static str,
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
    (label) => {
        String
    };
    (toast) => {
        String
    };
}

macro_rules! say {
    (markup $self:ident $key:literal $args:expr) => {
        $self.markup($key, $args)
    };
    (label $self:ident $key:literal $args:expr) => {
        $self.plain($key, $args)
    };
    (toast $self:ident $key:literal $args:expr) => {
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
}

macro_rules! catalogue {
    ($($shape:ident $name:ident $key:literal ($($argument:ident: $kind:ident),*);)*) => {
        pub(super) const MESSAGES: &[Message] = &[
            $(Message { key: $key, shape: shape!($shape), arguments: &[$(stringify!($argument)),*] },)*
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

catalogue! {
    // Joining
    label language_name "language-name" ();
    markup greeting "greeting" ();
    markup ask_language "ask-language" ();
    markup consent "consent" ();
    markup privacy "privacy" ();
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
    toast toast_old "toast-old" ();
    toast toast_again "toast-again" ();
    toast toast_digest "toast-digest" ();

    // Digest
    markup digest_title_organisers "digest-title-organisers" ();
    markup digest_title_shared "digest-title-shared" ();
    markup digest_made "digest-made" (date: text);
    markup digest_received "digest-received" (received: number);
    markup digest_included "digest-included" (included: number);
    markup digest_merged "digest-merged" (count: number);
    markup digest_withdrawn "digest-withdrawn" (count: number);
    markup digest_held "digest-held" (count: number);
    markup digest_rejected "digest-rejected" (count: number);
    markup digest_withheld "digest-withheld" (count: number);
    markup digest_by_topic "digest-by-topic" ();
    markup digest_by_place "digest-by-place" ();
    markup digest_by_urgency "digest-by-urgency" ();
    markup digest_count "digest-count" (name: text, count: number);
    label digest_other "digest-other" ();
    markup digest_no_breakdown "digest-no-breakdown" ();
    markup digest_silent_places "digest-silent-places" (count: number, names: text);
    markup digest_silent_organisations "digest-silent-organisations" (count: number, names: text);
    markup digest_empty "digest-empty" ();
    markup digest_topic "digest-topic" (name: text);
    markup digest_attached "digest-attached" ();
    label digest_unnamed "digest-unnamed" ();
    label digest_unverified "digest-unverified" ();
    markup digest_behind "digest-behind" (count: number);
    markup digest_field "digest-field" (name: text, value: text);
}

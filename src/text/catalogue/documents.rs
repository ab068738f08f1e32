//! What documents say: headings, columns, labels of figures.

use super::super::html::Html;
use super::super::words::{Arg, Phrases};
use super::{Message, Shape};
use std::borrow::Cow;

catalogue! {
    // What became of everything, as labels
    plain total_received "total-received" ();
    plain total_included "total-included" ();
    plain total_merged "total-merged" ();
    plain total_withdrawn "total-withdrawn" ();
    plain total_held "total-held" ();
    plain total_rejected "total-rejected" ();
    plain total_withheld "total-withheld" ();
    plain fate_included "fate-included" ();
    plain fate_new "fate-new" ();
    plain fate_gone "fate-gone" ();

    // Who has been silent, as labels
    plain silent_places "silent-places" (count: number);
    plain silent_organisations "silent-organisations" (count: number);
    plain silent_registry "silent-registry" ();

    // What a digest says of itself
    plain document_number "document-number" ();
    plain document_no_number "document-no-number" ();
    plain document_made "document-made" ();
    plain document_selection "document-selection" ();
    plain document_everything "document-everything" ();
    plain document_only_topic "document-only-topic" (name: text);
    plain document_only_place "document-only-place" (name: text);
    plain document_only_status "document-only-status" (status: text);
    plain document_since "document-since" (at: text);
    plain document_until "document-until" (at: text);
    plain document_fingerprint "document-fingerprint" ();
    plain document_before "document-before" ();
    plain document_dated "document-dated" (number: number, at: text);
    markup document_proof "document-proof" ();
    plain meeting_one_of "meeting-one-of" ();

    // Figures
    plain document_trend "document-trend" ();
    plain document_no_urgency "document-no-urgency" ();
    plain date_short "date-short" (day: number, month: text);
    plain date_span "date-span" (from: text, to: text);

    // Headings
    plain document_contents "document-contents" ();
    plain document_summary "document-summary" ();
    plain document_totals "document-totals" ();
    plain document_silence "document-silence" ();
    plain document_concerns "document-concerns" ();
    plain document_figures "document-figures" ();
    plain document_reconciliation "document-reconciliation" ();
    plain document_annex "document-annex" ();
    plain document_against "document-against" (number: number, at: text);
    plain document_first "document-first" ();
    plain document_flows "document-flows" ();
    plain document_moved "document-moved" ();
    plain document_page "document-page" (page: text, pages: text);

    // Columns
    plain column_number "column-number" ();
    plain column_receipt "column-receipt" ();
    plain column_status "column-status" ();
    plain column_behind "column-behind" ();
    plain column_beside "column-beside" ();
    plain column_what "column-what" ();
    plain column_count "column-count" ();
    plain column_then "column-then" ();
    plain column_now "column-now" ();
    plain column_difference "column-difference" ();
    plain column_from "column-from" ();
    plain column_to "column-to" ();
    plain cell_cut "cell-cut" ();
}

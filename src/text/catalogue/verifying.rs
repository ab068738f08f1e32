//! What whoever holds a receipt reads of the digests that it was in.

use super::super::html::Html;
use super::super::words::{Arg, Phrases};
use super::{Message, Shape};
use std::borrow::Cow;

catalogue! {
    command command_verify "command-verify" ();
    markup verify_ask "verify-ask" ();
    markup verify_shape "verify-shape" ();
    markup verify_check "verify-check" ();
    markup verify_unknown "verify-unknown" ();
    markup verify_found "verify-found" (receipt: text, count: number);
    markup verify_digest "verify-digest" (number: number, edition: text, date: text);
    plain verify_for_organisers "verify-for-organisers" ();
    plain verify_for_ministry "verify-for-ministry" ();
    plain verify_for_group "verify-for-group" ();
    markup verify_included "verify-included" (number: number);
    markup verify_merged "verify-merged" ();
    markup verify_merged_into "verify-merged-into" (receipt: text);
    markup verify_withdrawn "verify-withdrawn" ();
    markup verify_held "verify-held" ();
    markup verify_waiting "verify-waiting" ();
    markup verify_rejected "verify-rejected" ();
    markup verify_organisers_only "verify-organisers-only" ();
    markup verify_unreviewed "verify-unreviewed" ();
    markup verify_erased "verify-erased" ();
    markup verify_fingerprint "verify-fingerprint" (digits: text);
    markup verify_more "verify-more" (count: number);
    markup verify_compare "verify-compare" ();
    markup verify_none "verify-none" (receipt: text);
    markup verify_will_be "verify-will-be" ();
    markup verify_will_be_inside "verify-will-be-inside" ();
    markup verify_not_reviewed "verify-not-reviewed" ();
}

//! What those with a role read, and what others read because of them.

use super::super::html::Html;
use super::super::words::{Arg, Phrases};
use super::{Message, Shape};
use std::borrow::Cow;

catalogue! {    // Organisers: the menu
    markup menu_auditor "menu-auditor" ();
    markup help_owner "help-owner" ();
    markup help_auditor "help-auditor" ();
    label button_concerns "button-concerns" (count: text);
    label button_announce "button-announce" ();
    label button_stats "button-stats" ();
    label button_invite "button-invite" ();
    label button_organisations "button-organisations" ();
    label button_edit_meeting "button-edit-meeting" ();
    label button_people "button-people" ();
    label button_audit "button-audit" ();
    label button_search "button-search" ();
    label button_open "button-open" ();
    markup note_not_allowed "note-not-allowed" ();
    markup note_done "note-done" ();
    markup note_stats_come "note-stats-come" ();
    toast toast_organisers_only "toast-organisers-only" ();
    toast toast_in_private "toast-in-private" ();
    toast toast_concern_gone "toast-concern-gone" ();
    toast toast_changed_meanwhile "toast-changed-meanwhile" ();
    toast toast_decided "toast-decided" (status: text);
    toast toast_stopped "toast-stopped" ();

    // Organisers: the queue
    markup concerns "concerns" (open: number);
    markup concerns_none "concerns-none" ();
    label lens_new "lens-new" ();
    label lens_urgent "lens-urgent" ();
    label lens_voice "lens-voice" ();
    label lens_asked "lens-asked" ();
    label lens_held "lens-held" ();
    label lens_approved "lens-approved" ();
    label lens_agenda "lens-agenda" ();
    label lens_merged "lens-merged" ();
    label lens_rejected "lens-rejected" ();
    label lens_all "lens-all" ();
    label lens_found "lens-found" ();
    label button_by_topic "button-by-topic" ();
    markup ask_topic "ask-topic" ();
    markup ask_search "ask-search" ();
    markup queue_done "queue-done" ();
    markup queue_left "queue-left" (count: number);
    markup queue_empty "queue-empty" ();
    markup note_nothing_found "note-nothing-found" (words: text);

    // Organisers: one concern
    label button_approve "button-approve" ();
    label button_hold "button-hold" ();
    label button_agenda "button-agenda" ();
    label button_reject "button-reject" ();
    label button_merge "button-merge" ();
    label button_unmerge "button-unmerge" ();
    label button_ask "button-ask" ();
    label button_approve_author "button-approve-author" ();
    label button_hear "button-hear" (number: text, length: text);
    label button_write_down "button-write-down" ();
    label button_photo "button-photo" (number: text);
    label button_document "button-document" (number: text);
    markup card_submitted "card-submitted" (date: text);
    markup card_parts "card-parts" (count: number, names: text);
    markup card_spoken "card-spoken" (number: number, text: text);
    markup card_spoken_waits "card-spoken-waits" (number: number, text: text);
    markup card_close "card-close" (names: text);
    markup ask_reason "ask-reason" (name: text);
    markup ask_question "ask-question" (name: text);
    markup ask_spoken "ask-spoken" (name: text);
    markup ask_merge "ask-merge" (name: text);
    markup note_decided "note-decided" (name: text, status: text);
    markup note_asked "note-asked" ();
    markup note_written_down "note-written-down" ();
    markup note_changed_meanwhile "note-changed-meanwhile" ();
    markup note_file_comes "note-file-comes" ();
    markup note_file_not_here "note-file-not-here" ();
    markup note_file_gone "note-file-gone" ();
    markup note_no_receipt "note-no-receipt" ();
    markup note_question_open "note-question-open" ();
    markup note_too_many_questions "note-too-many-questions" ();
    markup note_into_itself "note-into-itself" ();
    markup note_whole_gone "note-whole-gone" ();
    markup note_is_whole "note-is-whole" ();
    markup note_voice_gone "note-voice-gone" ();
    markup note_voice_approved "note-voice-approved" ();
    markup note_organisation_approved "note-organisation-approved" ();

    // Voice notes in writing, for their authors
    markup notice_written_down "notice-written-down" (name: text, text: text);
    markup mine_spoken "mine-spoken" (number: number, text: text);
    label button_right "button-right" (number: text);
    label button_correct "button-correct" (number: text);
    markup ask_correction "ask-correction" ();
    markup note_spoken_approved "note-spoken-approved" ();
    markup notice_unmerged "notice-unmerged" (name: text);
    markup notice_answer "notice-answer" (receipt: text);

    // The organisers' group
    markup group_bound "group-bound" (waiting: number);
    markup group_unbound "group-unbound" ();
    markup group_owner_only "group-owner-only" ();
    markup group_withdrawn "group-withdrawn" (receipt: text);
    markup group_asked "group-asked" ();
    markup group_in_private "group-in-private" (link: text);
    markup note_no_group "note-no-group" ();
    markup note_bind_in_group "note-bind-in-group" ();
    markup notice_group_lost "notice-group-lost" ();
    markup notice_erased "notice-erased" ();
    markup notice_restored "notice-restored" (date: text);
    markup notice_salvaged "notice-salvaged" ();
    markup notice_restored_erased "notice-restored-erased" ();
    markup notice_restored_unknown "notice-restored-unknown" ();
    markup notice_restored_look "notice-restored-look" ();
    markup notice_backup_failed "notice-backup-failed" (date: text);
    markup notice_backup_none "notice-backup-none" ();

    // Announcements
    markup ask_audience "ask-audience" ();
    label audience_everyone "audience-everyone" ();
    label audience_coming "audience-coming" ();
    label audience_undecided "audience-undecided" ();
    label audience_silent "audience-silent" ();
    label audience_draft "audience-draft" ();
    label audience_unreachable "audience-unreachable" ();
    label audience_owners "audience-owners" ();
    markup ask_announcement "ask-announcement" (name: text, count: number);
    markup announcement "announcement" (text: html);
    markup announcement_meeting "announcement-meeting" (changes: html);
    markup preview "preview" (name: text, count: number);
    markup preview_meeting "preview-meeting" (name: text, count: number);
    label button_send "button-send" (count: text);
    label button_do_not_send "button-do-not-send" ();
    label button_send_really "button-send-really" (count: text);
    markup ask_sure "ask-sure" (count: number);
    markup note_announced "note-announced" ();
    markup note_nobody "note-nobody" ();
    markup note_too_many_people "note-too-many-people" ();
    markup note_nothing_to_stop "note-nothing-to-stop" ();
    markup report_running "report-running" (name: text);
    markup report_over "report-over" (name: text);
    markup report_stopped "report-stopped" (name: text);
    markup report_sent "report-sent" (count: number, people: number);
    markup report_unreachable "report-unreachable" (count: number);
    markup report_not_sent "report-not-sent" (count: number);
    markup report_waiting "report-waiting" (count: number);
    label button_stop "button-stop" ();

    // Invitations
    markup invite "invite" (whom: text, uses: number, until: text);
    label invite_any "invite-any" ();
    markup invite_many "invite-many" (count: number);
    plain invite_days "invite-days" (days: number);
    plain invite_no_end "invite-no-end" ();
    label button_make "button-make" ();
    label button_for_one "button-for-one" ();
    label button_for_any "button-for-any" ();
    label button_for_list "button-for-list" ();
    label button_for_missing "button-for-missing" ();
    label button_uses "button-uses" ();
    label button_days "button-days" ();
    label button_made "button-made" ();
    label button_revoke "button-revoke" ();
    markup ask_invite_whom "ask-invite-whom" ();
    markup ask_invite_list "ask-invite-list" ();
    markup note_unknown_lines "note-unknown-lines" (count: number, lines: text);
    markup note_list_too_long "note-list-too-long" (count: number, limit: number);
    markup note_links_come "note-links-come" ();
    markup invitations "invitations" ();
    markup invitations_none "invitations-none" ();
    markup invitation_good "invitation-good" (uses: number);
    markup invitation_revoked "invitation-revoked" ();
    markup invitation_over "invitation-over" ();
    markup invitation_until "invitation-until" (date: text);
    markup note_revoked "note-revoked" ();
    markup note_invitation_gone "note-invitation-gone" ();
    markup link_invitation "link-invitation" (name: text, uses: number, link: text);
    markup link_role "link-role" (called: text, role: text, link: text);

    // Organisations
    markup organisations "organisations" (count: number);
    label organisation_approved "organisation-approved" ();
    label organisation_suspended "organisation-suspended" ();
    label organisation_plain "organisation-plain" ();
    markup organisation_in_log "organisation-in-log" (number: text);
    markup organisation_number "organisation-number" (number: text);
    markup organisation_members "organisation-members" (members: number, concerns: number);
    label button_approve_organisation "button-approve-organisation" ();
    label button_suspend "button-suspend" ();
    label button_plain "button-plain" ();
    label button_rename "button-rename" ();
    label button_merge_organisation "button-merge-organisation" ();
    label button_merge_really "button-merge-really" ();
    markup ask_rename "ask-rename" (name: text);
    markup ask_merge_organisation "ask-merge-organisation" (name: text);
    markup ask_merge_organisation_really "ask-merge-organisation-really" (from: text, into: text);
    markup notice_organisation_merged "notice-organisation-merged" (name: text);
    markup note_no_organisation "note-no-organisation" ();
    markup note_name_taken "note-name-taken" ();
    markup note_same_organisation "note-same-organisation" ();

    // Who has which role
    label role_owner "role-owner" ();
    label role_organiser "role-organiser" ();
    label role_auditor "role-auditor" ();
    markup people "people" ();
    label colleague_number "colleague-number" (number: text);
    markup colleague_unreachable "colleague-unreachable" ();
    label button_offer "button-offer" (role: text);
    label button_give "button-give" (role: text);
    label button_take_role "button-take-role" ();
    markup ask_called "ask-called" (role: text);
    markup note_role_link "note-role-link" (role: text);
    markup note_no_role "note-no-role" ();
    markup note_own_role "note-own-role" ();
    markup note_last_owner_there "note-last-owner-there" ();
    markup note_role_already "note-role-already" ();
    markup notice_role_given "notice-role-given" (role: text);
    markup notice_role_taken "notice-role-taken" ();
    markup notice_role_taken_up "notice-role-taken-up" (called: text, role: text);

    // The audit log
    markup audit "audit" (count: number);
    markup audit_tampered "audit-tampered" (place: number);
    markup audit_entry "audit-entry" (date: text, who: text, deed: text);
    plain who_command_line "who-command-line" ();
    plain who_program "who-program" ();
    plain deed_owner_claimed "deed-owner-claimed" ();
    plain deed_role_offered "deed-role-offered" (role: text);
    plain deed_concern "deed-concern" (number: text);
    plain deed_role_given "deed-role-given" (person: text, role: text);
    plain deed_role_taken "deed-role-taken" (person: text);
    plain deed_group_bound "deed-group-bound" ();
    plain deed_group_unbound "deed-group-unbound" ();
    plain deed_group_lost "deed-group-lost" ();
    plain deed_looked "deed-looked" (concern: text);
    plain deed_file_seen "deed-file-seen" (concern: text);
    plain deed_searched "deed-searched" ();
    plain deed_digest "deed-digest" ();
    plain deed_shared_digest "deed-shared-digest" ();
    plain deed_audit_read "deed-audit-read" ();
    plain deed_exported "deed-exported" ();
    plain deed_status "deed-status" (concern: text, status: text);
    plain deed_merged "deed-merged" (part: text, whole: text);
    plain deed_unmerged "deed-unmerged" (concern: text);
    plain deed_asked "deed-asked" (concern: text);
    plain deed_written_down "deed-written-down" (concern: text);
    plain deed_meeting "deed-meeting" ();
    plain deed_organisation_approved "deed-organisation-approved" (organisation: text);
    plain deed_organisation_suspended "deed-organisation-suspended" (organisation: text);
    plain deed_organisation_plain "deed-organisation-plain" (organisation: text);
    plain deed_organisation_renamed "deed-organisation-renamed" (organisation: text);
    plain deed_organisations_merged "deed-organisations-merged" (from: text, into: text);
    plain deed_invited "deed-invited" (count: text);
    plain deed_revoked "deed-revoked" (invitation: text);
    plain deed_registry "deed-registry" (count: text);
    plain deed_announced "deed-announced" (people: text);
    plain deed_stopped "deed-stopped" ();
    plain deed_erased "deed-erased" ();
    plain deed_restored "deed-restored" (date: text);

    // Editing the meeting
    label meeting_field_title "meeting-field-title" ();
    label meeting_field_days "meeting-field-days" ();
    label meeting_field_place "meeting-field-place" ();
    label meeting_field_deadline "meeting-field-deadline" ();
    label meeting_field_capacity "meeting-field-capacity" ();
    label meeting_field_people "meeting-field-people" ();
    label meeting_field_zone "meeting-field-zone" ();
    plain meeting_unknown "meeting-unknown" ();
    plain meeting_untitled "meeting-untitled" ();
    markup meeting_changes "meeting-changes" ();
    markup meeting_change "meeting-change" (name: text, was: text, is: text);
    markup meeting_same "meeting-same" (name: text, is: text);
    markup note_day_past "note-day-past" ();
    markup note_meeting_not_saved "note-meeting-not-saved" ();
    label button_save "button-save" ();
    label button_unknown "button-unknown" ();
    markup ask_meeting_title "ask-meeting-title" ();
    markup ask_meeting_days "ask-meeting-days" ();
    markup ask_meeting_place "ask-meeting-place" ();
    markup ask_meeting_deadline "ask-meeting-deadline" ();
    markup ask_meeting_capacity "ask-meeting-capacity" ();
    markup ask_meeting_people "ask-meeting-people" ();
    markup ask_meeting_zone "ask-meeting-zone" (zone: text);
    markup note_not_understood "note-not-understood" ();
    markup note_meeting_changed_meanwhile "note-meeting-changed-meanwhile" ();
    markup note_meeting_saved "note-meeting-saved" ();

    // Figures
    markup stats_title "stats-title" (date: text);
    markup stats_organisations "stats-organisations" (joined: number, heard: number);
    markup stats_by_status "stats-by-status" ();
    markup stats_voice "stats-voice" (count: number);
    markup stats_asked "stats-asked" (count: number);
    markup stats_coming "stats-coming" ();
    markup stats_day "stats-day" (day: text, organisations: number, people: number);

    // Earlier meetings
    markup archives "archives" ();
    markup archive "archive" (title: text, days: text);
    plain archive_untitled "archive-untitled" ();
    markup archive_totals "archive-totals" (received: number, included: number, merged: number, withdrawn: number, held: number, rejected: number);
    markup archive_people "archive-people" (organisations: number, people: number);

    // Organisers' commands
    command command_concerns "command-concerns" ();
    command command_announce "command-announce" ();
    command command_invite "command-invite" ();
    command command_orgs "command-orgs" ();
    command command_people "command-people" ();
    command command_audit "command-audit" ();
    command command_search "command-search" ();
    command command_stats "command-stats" ();
}

//! Where each rule of the conversation is played.

/// Where each rule of the conversation, N1 to N14, O1 to O11, T1 to T5 and F1, is played, and what must not be missing of what goes wrong.
pub(super) const RULES: &[(&str, &[&str])] = &[
    (
        "N1 joining",
        &[
            "joining",
            "n1-registry",
            "n1-invitation",
            "n1-invite-only",
            "n1-approval",
        ],
    ),
    (
        "N1 a code used twice, taken back, run out",
        &["n1-invitation", "n1-invitation-bad"],
    ),
    (
        "N2 the form",
        &[
            "form-first-answers",
            "form-back-skip",
            "story",
            "title-skipped",
        ],
    ),
    (
        "N2 a file of 21 MB, an album during the review",
        &["n2-files"],
    ),
    ("N3 every answer is saved", &["form-draft", "edits"]),
    ("N4 the review", &["review"]),
    ("N5 the receipt", &["form-first-answers"]),
    ("N6 others said something close", &["n6-close"]),
    (
        "N7 who may read it",
        &["odd-choice", "n6-close", "n9-support"],
    ),
    (
        "N8 one's own concerns",
        &["n8-edit", "n8-edit-draft", "n8-question"],
    ),
    ("N8 an edit after the deadline", &["n8-deadline"]),
    ("N8 withdrawn while endorsed", &["n8-withdraw"]),
    (
        "N9 support, and a second member of the same organisation",
        &["n9-support"],
    ),
    ("N10 coming or not", &["n10-rsvp", "n10-tentative"]),
    ("N11 commands", &["form-commands", "n11-forget"]),
    (
        "N12 anything unexpected, forged and foreign buttons",
        &["odd-menu", "odd-story", "n12-foreign"],
    ),
    ("N13 what becomes of a concern", &["n13-statuses"]),
    ("N14 groups", &["n14-group"]),
    ("F2 asked on the day, and the desk", &["f2-promise"]),
    ("F2 carried over", &["f2-carry"]),
    ("a suspended organisation", &["suspended"]),
    ("O1 the owner", &["owner-fresh", "owner-member"]),
    ("O2 the meeting, changed and told of", &["o2-meeting"]),
    (
        "O3 the queue: decided, kept back, refused, looked up",
        &["o3-queue", "o3-lenses"],
    ),
    ("O3 merged and not merged", &["o3-merge"]),
    (
        "O3 the group's cards, and who may press them",
        &["o3-group"],
    ),
    ("O4 asked and answered", &["o4-ask"]),
    ("O5 the digest, the figures, searching", &["o3-lenses"]),
    ("O6 announced", &["o6-announce"]),
    ("O7 links", &["o7-invite"]),
    ("O8 organisations", &["o8-orgs"]),
    ("O9 roles and what each may not", &["o9-people"]),
    ("O9 the audit log", &["o9-audit"]),
    ("O10 on the agenda", &["o3-queue", "o3-group", "o10-hurry"]),
    ("O10 an override with its reason", &["o10-by-hand"]),
    (
        "O10 a small group beside a large network",
        &["o10-small-group"],
    ),
    ("O10 two organisers at once", &["o10-stale"]),
    ("O10 not for others", &["o10-not-theirs"]),
    (
        "F1 logged on the floor, a lost connection",
        &["f1-lost-connection"],
    ),
    ("F1 a wrong tap undone", &["f1-undone"]),
    ("F1 two organisers logging at once", &["f1-two"]),
    ("F1 a promise", &["f1-promise"]),
    ("O11 voice notes in writing", &["o11-voice"]),
    (
        "T1 reminders, to those whom they concern",
        &["t1-reminders", "t1-tentative", "t1-muted"],
    ),
    ("T2 after an outage, once", &["t2-outage"]),
    ("D5 whether a receipt was in a digest", &["d5-verify"]),
    ("T3 not at night", &["t3-quiet"]),
    ("T4 what is new, in the group", &["t4-news"]),
    (
        "T5 the deadline, the grace, reopening",
        &["t5-deadline", "n8-deadline"],
    ),
];

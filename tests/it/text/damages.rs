//! Mistakes that a forum can make in its files, and how each is told.

/// In this file this text becomes that, and these are the lines that `check` prints.
pub(super) const DAMAGES: &[(&str, &str, &str, &[&str])] = &[
    // samleng.toml
    (
        "samleng.toml",
        "review = \"before-sharing\"",
        "reviews = \"before-sharing\"",
        &["samleng.toml:9: reviews: is not a key known here"],
    ),
    (
        "samleng.toml",
        "review = \"before-sharing\"",
        "review = \"sometimes\"",
        &["samleng.toml:9: review: must be one of \"none\", \"before-sharing\""],
    ),
    (
        "samleng.toml",
        "review = \"before-sharing\"",
        "review = 3",
        &["samleng.toml:9: review: must be a string, not integer"],
    ),
    (
        "samleng.toml",
        "per_second = 25\n",
        "per_second = 31\n",
        &["samleng.toml:LINE: sending.per_second: must be a whole number from 0 to 30"],
    ),
    (
        "samleng.toml",
        "chat_burst = 5",
        "chat_burst = \"five\"",
        &["samleng.toml:LINE: sending.chat_burst: must be a whole number from 0 to 5"],
    ),
    (
        "samleng.toml",
        "group_per_minute = 20",
        "group_per_minute = -1\nfast = true",
        &[
            "samleng.toml:LINE: sending.group_per_minute: must be a whole number from 0 to 20",
            "samleng.toml:NEXT: sending.fast: is not a key known here",
        ],
    ),
    (
        "samleng.toml",
        "time_zone = \"Asia/Phnom_Penh\"",
        "time_zone = \"Phnom Penh\"",
        &["samleng.toml:5: time_zone: is no zone of the IANA list, such as \"Asia/Phnom_Penh\""],
    ),
    (
        "samleng.toml",
        "api_url = \"https://api.telegram.org\"",
        "api_url = \"api.telegram.org\"",
        &[
            "samleng.toml:LINE: telegram.api_url: must begin with https:// (or http:// for a server of your own)",
        ],
    ),
    (
        "samleng.toml",
        "[telegram]",
        "[telegram",
        &["samleng.toml:LINE: (syntax): unclosed table, expected `]`"],
    ),
    // topics.toml
    (
        "topics.toml",
        "en = \"Land and housing\"\n",
        "",
        &["topics.toml:9: topic[2].en: is missing"],
    ),
    (
        "topics.toml",
        "en = \"Land and housing\"",
        "en = \"  \"",
        &["topics.toml:12: topic[2].en: is empty"],
    ),
    (
        "topics.toml",
        "en = \"Land and housing\"",
        "en = \"Land and housing, and everything else that one can build\"",
        &["topics.toml:12: topic[2].en: has 56 letters; 40 fit"],
    ),
    (
        "topics.toml",
        "id = \"land\"",
        "id = \"registration\"",
        &["topics.toml:10: topic[2].id: \"registration\" is used twice"],
    ),
    (
        "topics.toml",
        "id = \"land\"",
        "id = \"Land!\"",
        &[
            "topics.toml:10: topic[2].id: must be 1 to 32 of a-z, 0-9, _ and - (button data holds 64 bytes)",
        ],
    ),
    (
        "topics.toml",
        "id = \"land\"",
        "id = \"land\"\nicon = \"x\"",
        &["topics.toml:11: topic[2].icon: is not a key known here"],
    ),
    // places.toml
    (
        "places.toml",
        "en = \"The whole country\"\nwhole = true",
        "en = \"The whole country\"\nwhole = \"yes\"",
        &["places.toml:8: place[1].whole: must be true or false, not string"],
    ),
    // form.toml
    (
        "form.toml",
        "id = \"title\"",
        "id = \"name\"",
        &["form.toml:7: question: a question with the id \"title\" is missing"],
    ),
    (
        "form.toml",
        "kind = \"place\"",
        "kind = \"map\"",
        &[
            "form.toml:16: question[2].kind: does not suit the question \"place\"",
            "form.toml:16: question[2].kind: must be one of \"choice\", \"place\", \"text\", \"story\", \"number\"",
        ],
    ),
    (
        "form.toml",
        "max_chars = 12000",
        "max_chars = 12001",
        &["form.toml:33: question[4].max_chars: must be a whole number from 100 to 12000"],
    ),
    (
        "form.toml",
        "max_files = 10",
        "max_files = 11",
        &["form.toml:34: question[4].max_files: must be a whole number from 0 to 10"],
    ),
    (
        "form.toml",
        "prompt.en = \"What should the ministry do?\"\n",
        "",
        &["form.toml:51: question[6].prompt.en: is missing"],
    ),
    (
        "form.toml",
        "prompt.en = \"What should the ministry do?\"",
        "prompt.fr = \"Que faire?\"",
        &[
            "form.toml:51: question[6].prompt.en: is missing",
            "form.toml:52: question[6].prompt.fr: is not a key known here",
        ],
    ),
    (
        "form.toml",
        "required = \"unless-voice\"",
        "required = false",
        &["form.toml:24: question[3].required: a title is needed: true, or \"unless-voice\""],
    ),
    (
        "form.toml",
        "id = \"place\"\nkind = \"place\"\nrequired = true",
        "id = \"place\"\nkind = \"place\"\nrequired = false",
        &["form.toml:17: question[2].required: the question \"place\" must be answered"],
    ),
    (
        "form.toml",
        "id = \"soon\"",
        "id = \"now\"",
        &["form.toml:67: question[7].option[2].id: \"now\" is used twice"],
    ),
    // reminders.toml
    (
        "reminders.toml",
        "{title} is close: {when}",
        "{titel} is close: {when}",
        &[
            "reminders.toml:LINE: reminder[7].words.en: {titel} means nothing here; {title}, {when}, {left}, {place}, {draft} do",
        ],
    ),
    (
        "reminders.toml",
        "Your draft {draft} has not been sent yet. Please",
        "Your draft {} has not been sent yet. Please",
        &[
            "reminders.toml:LINE: reminder[4].words.en: {} means nothing here; {title}, {when}, {left}, {place}, {draft} do",
        ],
    ),
    (
        "reminders.toml",
        "audience = \"silent\"\nbefore = \"deadline\"\ndays = 2",
        "audience = \"quiet\"\nbefore = \"deadline\"\ndays = 2",
        &[
            "reminders.toml:LINE: reminder[3].audience: must be one of \"everyone\", \"silent\", \"draft\", \"coming\", \"undecided\", \"unreachable\", \"owners\"",
        ],
    ),
    (
        "reminders.toml",
        "before = \"deadline\"\ndays = 2",
        "before = \"lunch\"\ndays = 2",
        &[
            "reminders.toml:LINE: reminder[3].before: must be one of \"deadline\", \"grace\", \"meeting\", \"erasure\"",
        ],
    ),
    (
        "reminders.toml",
        "hours = 8\n",
        "hours = 8\ndays = 1\nat = \"09:00\"\n",
        &["reminders.toml:LINE: reminder[5].hours: either days or hours, not both"],
    ),
    (
        "reminders.toml",
        "hours = 8\n",
        "hours = 8\nat = \"09:00\"\n",
        &["reminders.toml:NEXT: reminder[5].at: goes with days, not with hours"],
    ),
    (
        "reminders.toml",
        "[[reminder]]\nid = \"draft-grace\"\naudience = \"draft\"\nbefore = \"grace\"\nhours = 8\n",
        "[[reminder]]\nid = \"draft-grace\"\naudience = \"draft\"\nbefore = \"grace\"\n",
        &["reminders.toml:LINE: reminder[5].days: is missing: days or hours before"],
    ),
    (
        "reminders.toml",
        "hours = 8\n",
        "hours = 721\n",
        &["reminders.toml:LINE: reminder[5].hours: must be a whole number from 1 to 720"],
    ),
    (
        "reminders.toml",
        "[[reminder]]\nid = \"draft-grace\"\naudience = \"draft\"\nbefore = \"grace\"\nhours = 8\n",
        "[[reminder]]\nid = \"draft-grace\"\naudience = \"draft\"\nbefore = \"grace\"\ndays = 1\n",
        &[
            "reminders.toml:LINE: reminder[5].at: is missing: the time of the day, such as \"09:00\"",
        ],
    ),
    (
        "reminders.toml",
        "at = \"08:00\"",
        "at = \"06:59\"",
        &["reminders.toml:LINE: digest.at: lies in the quiet hours"],
    ),
    (
        "reminders.toml",
        "at = \"08:00\"",
        "at = \"25:00\"",
        &["reminders.toml:LINE: digest.at: \"25:00\" is no time such as \"09:00\""],
    ),
    (
        "reminders.toml",
        "days = [\"monday\", \"thursday\"]",
        "days = [\"monday\", \"Donnerstag\"]",
        &["reminders.toml:LINE: digest.days: \"Donnerstag\" is no weekday such as \"monday\""],
    ),
    (
        "reminders.toml",
        "days = [\"monday\", \"thursday\"]",
        "days = []",
        &["reminders.toml:LINE: digest.days: names no day of the week"],
    ),
    (
        "reminders.toml",
        "until = \"07:00\"",
        "until = \"7 am\"",
        &["reminders.toml:LINE: quiet.until: \"7 am\" is no time such as \"09:00\""],
    ),
    (
        "reminders.toml",
        "until = \"07:00\"",
        "until = \"20:30\"",
        &["reminders.toml:LINE: quiet.until: is when they begin, so there would be none"],
    ),
    (
        "reminders.toml",
        "catch_up_hours = 24",
        "catch_up_hours = 0",
        &["reminders.toml:LINE: catch_up_hours: must be a whole number from 1 to 240"],
    ),
    (
        "reminders.toml",
        "id = \"erasure-day\"",
        "id = \"erasure-week\"",
        &["reminders.toml:LINE: reminder[11].id: \"erasure-week\" is used twice"],
    ),
    (
        "reminders.toml",
        "id = \"erasure-day\"\naudience = \"owners\"",
        "id = \"erasure-day\"\naudience = \"everyone\"",
        &[
            "reminders.toml:NEXT: reminder[11].audience: \"owners\" goes with before = \"erasure\", and only with it",
        ],
    ),
    (
        "reminders.toml",
        "audience = \"coming\"",
        "audience = \"owners\"",
        &[
            "reminders.toml:LINE: reminder[8].audience: \"owners\" goes with before = \"erasure\", and only with it",
        ],
    ),
    (
        "reminders.toml",
        "before = \"deadline\"\ndays = 1",
        "before = \"deadline\"\nfirst_day = true\ndays = 1",
        &["reminders.toml:NEXT: reminder[4].first_day: goes with before = \"meeting\" only"],
    ),
    // The Fluent files
    (
        "locales/en.ftl",
        "untitled = not yet named\n",
        "",
        &["locales/en.ftl:LAST: untitled: this text is missing"],
    ),
    (
        "locales/en.ftl",
        "untitled = not yet named\n",
        "untitled =\n    .title = not yet named\n",
        &["locales/en.ftl:LINE: untitled: this text is missing"],
    ),
    (
        "locales/km.ftl",
        "untitled = មិនទាន់មានចំណងជើង",
        "untitled2 = មិនទាន់មានចំណងជើង",
        &[
            "locales/km.ftl:LINE: untitled2: is not a text known here",
            "locales/km.ftl:LAST: untitled: this text is missing",
        ],
    ),
    (
        "locales/en.ftl",
        "digest-made = As of { $date }",
        "digest-made = As of now",
        &["locales/en.ftl:LINE: digest-made: the argument $date is missing"],
    ),
    (
        "locales/en.ftl",
        "note-deleted = ✓ The draft is deleted.",
        "note-deleted = ✓ The draft { $name } is deleted.",
        &["locales/en.ftl:LINE: note-deleted: there is no argument $name"],
    ),
    (
        "locales/en.ftl",
        "note-deleted = ✓ The draft is deleted.",
        "note-deleted = ✓ The draft { draft-name } is deleted.",
        &["locales/en.ftl:LINE: note-deleted: cannot be put together: Unknown message: draft-name"],
    ),
    (
        "locales/en.ftl",
        "note-deleted = ✓ The draft is deleted.",
        "note-deleted = ✓ The draft is deleted.\nnote-deleted = Twice.",
        &["locales/en.ftl:NEXT: note-deleted: stands twice"],
    ),
    (
        "locales/en.ftl",
        "button-submit = ✅ Submit",
        "button-submit = ✅ Submit it now to the organisers of the meeting",
        &["locales/en.ftl:LINE: button-submit: has 48 letters; a button holds 40"],
    ),
    (
        "locales/en.ftl",
        "field-ask = What should be done",
        "field-ask = What should be done by whom and until when at the latest",
        &["locales/en.ftl:LINE: field-ask: has 56 letters; a button holds 40"],
    ),
    (
        "locales/en.ftl",
        "note-added = ✓ Added.",
        "note-added = ✓ <b>Added.",
        &["locales/en.ftl:LINE: note-added: <b> is not closed"],
    ),
    (
        "locales/en.ftl",
        "note-added = ✓ Added.",
        "note-added = ✓ <a href=\"x\">Added.</a>",
        &["locales/en.ftl:LINE: note-added: <a href=\"x\"> is not allowed here"],
    ),
    (
        "locales/en.ftl",
        "note-added = ✓ Added.",
        "note-added = ✓ Added & kept; really.",
        &["locales/en.ftl:LINE: note-added: a bare & must be written &amp;"],
    ),
    (
        "locales/en.ftl",
        "   *[other] { $count } photos",
        "   *[other] <b>{ $count } photos",
        &["locales/en.ftl:LINE: count-photos: <b> is not closed"],
    ),
    (
        "locales/km.ftl",
        "digits = ០១២៣៤៥៦៧៨៩",
        "digits = ០១២៣៤៥៦៧៨",
        &["locales/km.ftl:4: digits: must hold the ten digits from zero to nine"],
    ),
    (
        "locales/en.ftl",
        "note-added = ✓ Added.",
        "note-added = ✓ Added { $",
        &[
            "locales/en.ftl:LINE: (syntax): Expected one of \"a-zA-Z\"",
            "locales/en.ftl:LINE: note-added: this text is missing",
        ],
    ),
];

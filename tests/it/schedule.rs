//! What is due when, without a store and without a person: tables of meetings, instants, and what a look at the clock says.
//!
//! Instants are written with their offset, so that an hour that comes twice is two. A look is written as what is due and, after
//! `>`, when to look again.

mod erasing;
mod plan;
mod random;
mod wakes;

use jiff::civil::Weekday;

use plan::Then::{At, Days, Deadline, InVain, News};
use plan::{APIA, BERLIN, HOME, LORD_HOWE, NEW_YORK, NIGHT, PLAN, Plan, check};

#[test]
fn whoever_was_left_without_an_answer_is_told_once_while_that_is_of_use() {
    let plan = Plan {
        left: true,
        days: &["2027-01-20"],
        deadline: "2027-01-17T17:00:00+07:00",
        ..PLAN
    };
    check(
        "at once, but not at night",
        plan,
        &[
            InVain("2027-01-01T20:29:59+07:00", "carry over > -"),
            At("2027-01-01T20:30:00+07:00", "> 2027-01-02T07:00:00+07:00"),
            InVain("2027-01-02T07:00:00+07:00", "carry over > -"),
            At("2027-01-02T07:00:00+07:00", "carry over > -"),
            At("2027-01-02T07:00:00+07:00", "> -"),
        ],
    );
    check(
        "until concerns are no longer taken",
        plan,
        &[
            InVain("2027-01-17T16:59:59+07:00", "carry over > -"),
            At("2027-01-17T17:00:00+07:00", "> -"),
            Deadline("2027-01-30T17:00:00+07:00"),
            InVain("2027-01-20T20:29:59+07:00", "carry over > -"),
            At("2027-01-21T08:00:00+07:00", "> -"),
        ],
    );
    let plan = Plan {
        left: false,
        ..plan
    };
    check(
        "nobody where nothing was left",
        plan,
        &[At("2027-01-02T07:00:00+07:00", "> -")],
    );
}

#[test]
fn a_reminder_is_due_from_its_time_until_it_is_of_no_use() {
    let plan = Plan {
        reminders: &["week silent deadline 7d09:00"],
        deadline: "2027-01-17T17:00:00+07:00",
        ..PLAN
    };
    let next = "> 2027-01-10T09:00:00+07:00";
    check(
        "to the second",
        plan,
        &[
            At("2027-01-01T00:00:00+07:00", next),
            At("2027-01-10T08:59:59.999999999+07:00", next),
            InVain("2027-01-10T09:00:00+07:00", "week@2027-01-17 > -"),
            InVain("2027-01-10T20:29:59+07:00", "week@2027-01-17 > -"),
            // In the night, and too late after it.
            At("2027-01-10T20:30:00+07:00", "> -"),
            At("2027-01-10T21:00:00+07:00", "> -"),
            At("2027-01-10T09:00:00+07:00", "week@2027-01-17 > -"),
            At("2027-01-10T09:00:00+07:00", "> -"),
        ],
    );
    let plan = Plan {
        quiet: None,
        ..plan
    };
    check(
        "the last second of the hours in which it is caught up with",
        plan,
        &[
            InVain("2027-01-10T20:59:59.999999999+07:00", "week@2027-01-17 > -"),
            At("2027-01-10T21:00:00+07:00", "> -"),
        ],
    );
    let plan = Plan {
        catch_up: 36,
        quiet: NIGHT,
        ..plan
    };
    check(
        "after an outage it waits for the morning, if that is not too late",
        plan,
        &[
            At("2027-01-10T20:30:00+07:00", "> 2027-01-11T07:00:00+07:00"),
            InVain("2027-01-11T06:59:59+07:00", "> 2027-01-11T07:00:00+07:00"),
            At("2027-01-11T07:00:00+07:00", "week@2027-01-17 > -"),
        ],
    );
    let plan = Plan {
        reminders: &["soon silent deadline 0d16:00"],
        ..plan
    };
    check(
        "never after what it is about",
        plan,
        &[
            InVain("2027-01-17T16:59:59+07:00", "soon@2027-01-17 > -"),
            At("2027-01-17T17:00:00+07:00", "> -"),
        ],
    );
    let plan = Plan {
        days: &["2027-01-15"],
        reminders: &["late silent deadline 1d09:00"],
        ..plan
    };
    check(
        "nor after the meeting, though the deadline lies after it",
        plan,
        &[At("2027-01-14T00:00:00+07:00", "> -")],
    );
}

#[test]
fn a_clock_that_is_changed_keeps_the_time_of_the_wall() {
    for (what, zone, deadline, reminders, before, next) in [
        (
            "an hour that is left out",
            BERLIN,
            "2027-03-29T12:00:00+02:00",
            &["r silent deadline 1d02:30"][..],
            "2027-03-27T00:00:00+01:00",
            "> 2027-03-28T03:30:00+02:00",
        ),
        (
            "an hour that comes twice counts the first time",
            BERLIN,
            "2026-10-26T12:00:00+01:00",
            &["r silent deadline 1d02:30"],
            "2026-10-24T00:00:00+02:00",
            "> 2026-10-25T02:30:00+02:00",
        ),
        (
            "days are those of the calendar, not of 24 hours",
            NEW_YORK,
            "2027-03-18T17:00:00-04:00",
            &["r silent deadline 7d09:00"],
            "2027-03-01T00:00:00-05:00",
            "> 2027-03-11T09:00:00-05:00",
        ),
        (
            "hours are hours",
            NEW_YORK,
            "2026-11-01T17:00:00-05:00",
            &["r silent deadline 20h"],
            "2026-10-01T00:00:00-04:00",
            "> 2026-10-31T22:00:00-04:00",
        ),
        (
            "half an hour",
            LORD_HOWE,
            "2027-04-05T12:00:00+10:30",
            &["r silent deadline 1d01:45"],
            "2027-04-01T00:00:00+11:00",
            "> 2027-04-04T01:45:00+11:00",
        ),
        (
            "half an hour that is left out",
            LORD_HOWE,
            "2026-10-05T12:00:00+11:00",
            &["r silent deadline 1d02:15"],
            "2026-10-01T00:00:00+10:30",
            "> 2026-10-04T02:45:00+11:00",
        ),
        // The 30th was left out there; what would come then comes at that time of the next day.
        (
            "a day that is left out",
            APIA,
            "2012-01-01T12:00:00+14:00",
            &["r silent deadline 2d09:00"],
            "2011-12-28T00:00:00-10:00",
            "> 2011-12-31T09:00:00+14:00",
        ),
    ] {
        let plan = Plan {
            zone,
            quiet: None,
            deadline,
            reminders,
            ..PLAN
        };
        check(what, plan, &[At(before, next)]);
    }
}

#[test]
fn nobody_is_disturbed_at_night() {
    const LUNCH: Option<(&str, &str)> = Some(("12:00", "14:00"));
    for (what, zone, quiet, deadline, reminder, next) in [
        (
            "after them",
            HOME,
            NIGHT,
            "2027-01-17T17:00:00+07:00",
            "r silent deadline 1d23:00",
            "> 2027-01-17T07:00:00+07:00",
        ),
        (
            "after midnight",
            HOME,
            NIGHT,
            "2027-01-17T17:00:00+07:00",
            "r silent deadline 1d05:00",
            "> 2027-01-16T07:00:00+07:00",
        ),
        (
            "their first moment",
            HOME,
            NIGHT,
            "2027-01-17T17:00:00+07:00",
            "r silent deadline 1d20:30",
            "> 2027-01-17T07:00:00+07:00",
        ),
        (
            "the first moment after them",
            HOME,
            NIGHT,
            "2027-01-17T17:00:00+07:00",
            "r silent deadline 1d07:00",
            "> 2027-01-16T07:00:00+07:00",
        ),
        (
            "two hours are enough",
            HOME,
            NIGHT,
            "2027-01-17T09:00:00+07:00",
            "r silent deadline 8h",
            "> 2027-01-17T07:00:00+07:00",
        ),
        (
            "less are not",
            HOME,
            NIGHT,
            "2027-01-17T08:59:59+07:00",
            "r silent deadline 8h",
            "> 2027-01-16T20:00:00+07:00",
        ),
        (
            "before them, from after midnight",
            HOME,
            NIGHT,
            "2027-01-17T08:00:00+07:00",
            "r silent deadline 3h",
            "> 2027-01-16T20:00:00+07:00",
        ),
        (
            "within a day, after",
            HOME,
            LUNCH,
            "2027-01-17T17:00:00+07:00",
            "r silent deadline 4h",
            "> 2027-01-17T14:00:00+07:00",
        ),
        (
            "within a day, before",
            HOME,
            LUNCH,
            "2027-01-17T15:00:00+07:00",
            "r silent deadline 2h",
            "> 2027-01-17T11:30:00+07:00",
        ),
        (
            "a night that is shorter",
            BERLIN,
            NIGHT,
            "2027-03-28T17:00:00+02:00",
            "r silent deadline 0d04:00",
            "> 2027-03-28T07:00:00+02:00",
        ),
        (
            "their end is left out",
            BERLIN,
            Some(("22:00", "02:30")),
            "2027-03-28T17:00:00+02:00",
            "r silent deadline 0d01:00",
            "> 2027-03-28T03:00:00+02:00",
        ),
        // 02:30 comes, then 02:00 to 02:30 once more, which are quiet hours as well.
        (
            "their end comes twice",
            BERLIN,
            Some(("22:00", "02:30")),
            "2026-10-25T17:00:00+01:00",
            "r silent deadline 0d01:00",
            "> 2026-10-25T02:30:00+02:00",
        ),
        (
            "no good time",
            HOME,
            Some(("07:00", "06:50")),
            "2027-01-17T08:00:00+07:00",
            "r silent deadline 0d03:00",
            "> -",
        ),
    ] {
        let reminders = &*Box::leak(Box::new([reminder]));
        let plan = Plan {
            zone,
            quiet,
            deadline,
            reminders,
            ..PLAN
        };
        check(what, plan, &[At("2026-01-01T00:00:00Z", next)]);
    }
}

#[test]
fn each_day_on_which_the_meeting_may_be_has_its_own() {
    let plan = Plan {
        days: &["2027-01-17", "2027-01-19T08:30"],
        reminders: &[
            "first undecided meeting 3d09:00 first",
            "each coming meeting 1d09:00",
            "hours everyone meeting 1h",
        ],
        ..PLAN
    };
    check(
        "the days",
        plan,
        &[
            At(
                "2027-01-14T09:00:00+07:00",
                "first@2027-01-17 > 2027-01-16T09:00:00+07:00",
            ),
            At(
                "2027-01-16T09:00:00+07:00",
                "each@2027-01-17 > 2027-01-18T09:00:00+07:00",
            ),
            At(
                "2027-01-18T09:00:00+07:00",
                "each@2027-01-19 > 2027-01-19T07:30:00+07:00",
            ),
            // Of a day without a time nobody knows when an hour before it is.
            At("2027-01-19T07:30:00+07:00", "hours@2027-01-19 > -"),
        ],
    );
    let noon = Plan {
        days: &["2027-01-17"],
        reminders: &["r coming meeting 0d11:00"],
        ..PLAN
    };
    check(
        "a day without a time begins at noon",
        noon,
        &[
            InVain("2027-01-17T11:59:59+07:00", "r@2027-01-17 > -"),
            At("2027-01-17T12:00:00+07:00", "> -"),
        ],
    );
    check(
        "it is settled",
        plan,
        &[
            At(
                "2027-01-14T09:00:00+07:00",
                "first@2027-01-17 > 2027-01-16T09:00:00+07:00",
            ),
            Days(&["2027-01-19T08:30"]),
            // Whoever has not said whether they come to the day that it is now is asked once more.
            At("2027-01-15T09:00:00+07:00", "> 2027-01-16T09:00:00+07:00"),
            At(
                "2027-01-16T09:00:00+07:00",
                "first@2027-01-19 > 2027-01-18T09:00:00+07:00",
            ),
        ],
    );
}

#[test]
fn after_an_outage_one_of_several_is_enough() {
    let plan = Plan {
        quiet: None,
        catch_up: 240,
        deadline: "2027-01-17T17:00:00+07:00",
        reminders: &[
            "week silent deadline 7d09:00",
            "days silent deadline 2d09:00",
            "draft draft deadline 7d09:00",
            "grace silent grace 7d09:00",
        ],
        ..PLAN
    };
    check(
        "the nearer one",
        plan,
        &[
            InVain(
                "2027-01-15T08:59:59+07:00",
                "draft@2027-01-17 week@2027-01-17 grace@2027-01-18 > 2027-01-15T09:00:00+07:00",
            ),
            // Others, and others' dates, do not supersede.
            At(
                "2027-01-15T09:00:00+07:00",
                "draft@2027-01-17 grace@2027-01-18 days@2027-01-17 > -",
            ),
            At("2027-01-16T09:00:00+07:00", "> -"),
        ],
    );
}

#[test]
fn a_reminder_is_known_by_its_day() {
    let plan = Plan {
        deadline: "2027-01-17T17:00:00+07:00",
        reminders: &["week silent deadline 7d09:00"],
        ..PLAN
    };
    check(
        "the deadline is moved",
        plan,
        &[
            At("2027-01-10T09:00:00+07:00", "week@2027-01-17 > -"),
            Deadline("2027-01-17T09:00:00+07:00"),
            At("2027-01-10T09:01:00+07:00", "> -"),
            Deadline("2027-01-18T17:00:00+07:00"),
            At("2027-01-10T09:02:00+07:00", "> 2027-01-11T09:00:00+07:00"),
            Deadline("2027-01-17T17:00:00+07:00"),
            At("2027-01-10T09:03:00+07:00", "> -"),
            Deadline("2027-01-18T00:00:00+07:00"),
            At("2027-01-11T09:00:00+07:00", "week@2027-01-18 > -"),
            Deadline("2027-01-17T23:59:59+07:00"),
            At("2027-01-11T09:01:00+07:00", "> -"),
            // Back again.
            Deadline("2027-01-18T12:00:00+07:00"),
            At("2027-01-11T09:02:00+07:00", "> -"),
        ],
    );
}

#[test]
fn a_digest_has_its_times_in_the_week() {
    let plan = Plan {
        zone: BERLIN,
        digests: &[Weekday::Monday, Weekday::Thursday],
        ..PLAN
    };
    check(
        "a week in which the clock is put forward",
        plan,
        &[
            At("2027-03-25T00:00:00+01:00", "> -"),
            News("2027-03-25T07:59:59+01:00"),
            At("2027-03-25T07:59:59+01:00", "> 2027-03-25T08:00:00+01:00"),
            At("2027-03-25T08:00:00+01:00", "digest > -"),
            News("2027-03-25T08:00:01+01:00"),
            At("2027-03-25T08:00:02+01:00", "> 2027-03-29T08:00:00+02:00"),
            // It is told late rather than not, but not at night.
            InVain("2027-03-29T20:29:59+02:00", "digest > -"),
            InVain("2027-03-29T20:30:00+02:00", "> 2027-03-30T07:00:00+02:00"),
            At("2027-03-30T07:00:00+02:00", "digest > -"),
            News("2027-03-30T07:00:00+02:00"),
            At("2027-04-01T08:00:00+02:00", "digest > -"),
        ],
    );
    let weekly = Plan {
        digests: &[Weekday::Monday],
        ..plan
    };
    check(
        "the same day a week later",
        weekly,
        &[
            News("2026-10-19T08:00:00.000000001+02:00"),
            At("2026-10-19T09:00:00+02:00", "> 2026-10-26T08:00:00+01:00"),
            At("2026-10-26T08:00:00+01:00", "digest > -"),
            News("2026-11-02T08:00:00+01:00"),
            At("2026-11-02T08:00:00+01:00", "digest > -"),
        ],
    );
}

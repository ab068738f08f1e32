//! The erasure, its warnings, and clocks that were wrong.

use super::plan::Then::{At, Days};
use super::plan::{PLAN, Plan, check};

const ERASED: Plan = Plan {
    days: &["2027-01-17"],
    retention: 90,
    reminders: &["week owners erasure 7d09:00", "day owners erasure 1d09:00"],
    ..PLAN
};

#[test]
fn nothing_is_erased_without_a_warning_a_day_before() {
    check(
        "all in time",
        ERASED,
        &[
            At("2027-01-18T00:00:00+07:00", "> 2027-04-11T09:00:00+07:00"),
            At(
                "2027-04-11T09:00:00+07:00",
                "week@2027-04-18 > 2027-04-17T09:00:00+07:00",
            ),
            At(
                "2027-04-17T09:00:00+07:00",
                "day@2027-04-18 > 2027-04-18T00:00:00+07:00",
            ),
            At("2027-04-17T23:59:59+07:00", "> 2027-04-18T00:00:00+07:00"),
            At("2027-04-18T00:00:00+07:00", "erase > -"),
            At("2027-04-18T00:00:01+07:00", "> -"),
        ],
    );
    check(
        "away while it was time: warned now, erased a day later",
        ERASED,
        &[
            At("2027-05-01T10:00:00+07:00", "day@2027-04-18 > -"),
            At("2027-05-01T10:00:00+07:00", "> 2027-05-02T10:00:00+07:00"),
            At("2027-05-02T09:59:59+07:00", "> 2027-05-02T10:00:00+07:00"),
            At("2027-05-02T10:00:00+07:00", "erase > -"),
        ],
    );
    check(
        "and not at night",
        ERASED,
        &[
            At("2027-05-01T21:00:00+07:00", "> 2027-05-02T07:00:00+07:00"),
            At("2027-05-02T07:00:00+07:00", "day@2027-04-18 > -"),
            At("2027-05-03T07:00:00+07:00", "erase > -"),
        ],
    );
    let short = Plan {
        reminders: &["day owners erasure 0d00:00"],
        quiet: None,
        ..ERASED
    };
    check(
        "a warning on the last day puts it off",
        Plan {
            reminders: &["hour owners erasure 1h"],
            ..short
        },
        &[
            At(
                "2027-04-17T23:00:00+07:00",
                "hour@2027-04-18 > 2027-04-18T00:00:00+07:00",
            ),
            At("2027-04-18T00:00:00+07:00", "> 2027-04-18T23:00:00+07:00"),
            At("2027-04-18T23:00:00+07:00", "erase > -"),
        ],
    );
    check(
        "without retention nothing is erased",
        Plan {
            retention: 0,
            ..ERASED
        },
        &[At("2028-01-01T10:00:00+07:00", "> -")],
    );
    check(
        "without a day neither",
        Plan {
            days: &[],
            ..ERASED
        },
        &[At("2028-01-01T10:00:00+07:00", "> -")],
    );
    check(
        "the meeting is moved after the warnings",
        ERASED,
        &[
            At(
                "2027-04-11T09:00:00+07:00",
                "week@2027-04-18 > 2027-04-17T09:00:00+07:00",
            ),
            At(
                "2027-04-17T09:00:00+07:00",
                "day@2027-04-18 > 2027-04-18T00:00:00+07:00",
            ),
            Days(&["2027-01-20"]),
            // Of another day they have not heard.
            At("2027-04-18T00:00:00+07:00", "> 2027-04-20T09:00:00+07:00"),
            At(
                "2027-04-20T09:00:00+07:00",
                "day@2027-04-21 > 2027-04-20T21:00:00+07:00",
            ),
            At("2027-04-21T09:00:00+07:00", "erase > -"),
        ],
    );
}

#[test]
fn a_clock_that_was_wrong_for_a_while_does_no_harm() {
    let plan = Plan {
        reminders: &[
            "week owners erasure 7d09:00",
            "day owners erasure 1d09:00",
            "silent silent deadline 7d09:00",
        ],
        deadline: "2027-01-10T17:00:00+07:00",
        ..ERASED
    };
    let silent = "> 2027-01-03T09:00:00+07:00";
    check(
        "a year ahead and back",
        plan,
        &[
            At("2027-01-01T10:00:00+07:00", silent),
            At("2028-01-01T10:00:00+07:00", "day@2027-04-18 > -"),
            At("2028-01-01T10:00:01+07:00", "> 2028-01-02T10:00:00+07:00"),
            At("2027-01-01T10:00:02+07:00", silent),
            At(
                "2027-01-03T09:00:00+07:00",
                "silent@2027-01-10 > 2027-04-11T09:00:00+07:00",
            ),
            At(
                "2027-04-11T09:00:00+07:00",
                "week@2027-04-18 > 2027-04-17T21:00:00+07:00",
            ),
            At("2027-04-11T09:00:01+07:00", "> 2027-04-18T00:00:00+07:00"),
            At("2027-04-18T00:00:00+07:00", "erase > -"),
        ],
    );
    check(
        "a warning by a wrong clock alone does not count",
        Plan {
            reminders: &["day owners erasure 1d09:00"],
            ..ERASED
        },
        &[
            At("2028-01-01T10:00:00+07:00", "day@2027-04-18 > -"),
            At("2027-04-17T09:00:00+07:00", "> 2027-04-17T21:00:00+07:00"),
            At("2027-04-18T00:00:00+07:00", "> 2027-04-18T07:00:00+07:00"),
            At("2027-04-18T07:00:00+07:00", "day@2027-04-18 > -"),
            At("2027-04-19T07:00:00+07:00", "erase > -"),
        ],
    );
}

//! Dates and times in both languages; their names against those of CLDR.

use icu_datetime::DateTimeFormatter;
use icu_datetime::fieldsets;
use icu_datetime::input::Date;
use icu_locale_core::locale;
use jiff::Timestamp;
use jiff::civil;
use jiff::tz::TimeZone;
use samleng::text::date;

use crate::in_memory::{english, forum, khmer};

#[test]
fn an_instant_is_said_in_the_zone_and_the_language() {
    let forum = forum();
    let zone = TimeZone::get("Asia/Phnom_Penh").unwrap();
    for (at, en, km) in [
        (
            "2027-01-17T01:30:00Z",
            "Sunday 17 January 2027, 8:30",
            "ថ្ងៃអាទិត្យ ទី១៧ ខែមករា ឆ្នាំ២០២៧ ម៉ោង ៨:៣០ ព្រឹក",
        ),
        // The day turns earlier there.
        (
            "2027-12-31T17:05:59Z",
            "Saturday 1 January 2028, 0:05",
            "ថ្ងៃសៅរ៍ ទី១ ខែមករា ឆ្នាំ២០២៨ ម៉ោង ១២:០៥ យប់",
        ),
        (
            "2028-02-29T05:00:00Z",
            "Tuesday 29 February 2028, 12:00",
            "ថ្ងៃអង្គារ ទី២៩ ខែកុម្ភៈ ឆ្នាំ២០២៨ ម៉ោង ១២:០០ ថ្ងៃត្រង់",
        ),
        (
            "2026-09-03T16:59:00Z",
            "Thursday 3 September 2026, 23:59",
            "ថ្ងៃព្រហស្បតិ៍ ទី៣ ខែកញ្ញា ឆ្នាំ២០២៦ ម៉ោង ១១:៥៩ យប់",
        ),
    ] {
        let at: Timestamp = at.parse().unwrap();
        let said = |language| date::moment(forum.words.phrases(language), at, &zone);
        assert_eq!(said(english()), en);
        assert_eq!(said(khmer()), km);
    }
}

#[test]
fn every_hour_is_said_with_its_own_minute_and_no_two_alike() {
    let forum = forum();
    for language in [english(), khmer()] {
        let phrases = forum.words.phrases(language);
        let said = |hour: i64| {
            let at = Timestamp::from_second(hour * 3_600 + 7 * 60).unwrap();
            date::moment(phrases, at, &TimeZone::UTC)
        };
        let hours: Vec<String> = (0..24).map(said).collect();
        for (hour, said) in (0_u64..).zip(&hours) {
            let minute = phrases.digits(":07");
            let on_the_clock = [hour, (hour + 11) % 12 + 1]
                .map(|hour| format!(" {}{minute}", phrases.number(hour)));
            assert!(
                on_the_clock.iter().any(|time| said.contains(time)),
                "{said}"
            );
            assert_eq!(
                hours.iter().filter(|other| *other == said).count(),
                1,
                "{said}"
            );
        }
    }
}

#[test]
fn weekdays_and_months_are_those_of_cldr() {
    let forum = forum();
    for (language, locale) in [(english(), locale!("en")), (khmer(), locale!("km"))] {
        let weekday =
            DateTimeFormatter::try_new(locale.clone().into(), fieldsets::E::long()).unwrap();
        let month = DateTimeFormatter::try_new(locale.into(), fieldsets::M::long()).unwrap();
        let mut date = civil::date(2027, 1, 1);
        while date.year() == 2027 {
            let said = date::day(forum.words.phrases(language), date);
            let day = date.day().unsigned_abs();
            let there = Date::try_new_iso(2027, date.month().unsigned_abs(), day).unwrap();
            for name in [
                weekday.format(&there).to_string(),
                month.format(&there).to_string(),
            ] {
                assert!(said.contains(&name), "{said}: {name}");
            }
            date = date.tomorrow().unwrap();
        }
    }
}

#[test]
fn what_is_near_is_said_without_its_year() {
    let forum = forum();
    let zone = TimeZone::get("Asia/Phnom_Penh").unwrap();
    for (at, now, en, km) in [
        (
            "2030-01-17T08:00:00+07:00",
            "2030-01-10T23:00:00+07:00",
            "Thursday 17 January, 8:00",
            "ថ្ងៃព្រហស្បតិ៍ ទី១៧ ខែមករា ម៉ោង ៨:០០ ព្រឹក",
        ),
        // Also across the end of a year, and when it has passed.
        (
            "2030-01-17T08:00:00+07:00",
            "2029-07-19T00:00:00+07:00",
            "Thursday 17 January, 8:00",
            "ថ្ងៃព្រហស្បតិ៍ ទី១៧ ខែមករា ម៉ោង ៨:០០ ព្រឹក",
        ),
        (
            "2030-01-17T08:00:00+07:00",
            "2030-07-18T23:59:59+07:00",
            "Thursday 17 January, 8:00",
            "ថ្ងៃព្រហស្បតិ៍ ទី១៧ ខែមករា ម៉ោង ៨:០០ ព្រឹក",
        ),
        (
            "2030-01-17T08:00:00+07:00",
            "2029-07-18T23:59:59+07:00",
            "Thursday 17 January 2030, 8:00",
            "ថ្ងៃព្រហស្បតិ៍ ទី១៧ ខែមករា ឆ្នាំ២០៣០ ម៉ោង ៨:០០ ព្រឹក",
        ),
        (
            "2030-01-17T08:00:00+07:00",
            "2030-07-19T00:00:00+07:00",
            "Thursday 17 January 2030, 8:00",
            "ថ្ងៃព្រហស្បតិ៍ ទី១៧ ខែមករា ឆ្នាំ២០៣០ ម៉ោង ៨:០០ ព្រឹក",
        ),
    ] {
        let [at, now]: [Timestamp; 2] = [at, now].map(|text| text.parse().unwrap());
        let said = |language| date::near(forum.words.phrases(language), at, &zone, now);
        assert_eq!(said(english()), en);
        assert_eq!(said(khmer()), km);
    }
    let days = [civil::date(2030, 1, 17), civil::date(2030, 1, 10)];
    let said = |language| date::near_day(forum.words.phrases(language), days[0], None, days[1]);
    assert_eq!(said(english()), "Thursday 17 January");
    assert_eq!(said(khmer()), "ថ្ងៃព្រហស្បតិ៍ ទី១៧ ខែមករា");
}

#[test]
fn how_long_it_is_until_then_is_said_in_the_largest_unit_that_is_true() {
    let forum = forum();
    for (zone, now, at, en, km) in [
        (
            "Asia/Phnom_Penh",
            "2030-01-10T09:00:00+07:00",
            "2030-01-17T08:00:00+07:00",
            "in 7 days",
            "៧ ថ្ងៃទៀត",
        ),
        (
            "Asia/Phnom_Penh",
            "2030-01-15T23:59:00+07:00",
            "2030-01-17T00:01:00+07:00",
            "in 2 days",
            "២ ថ្ងៃទៀត",
        ),
        (
            "Asia/Phnom_Penh",
            "2030-01-16T08:00:00+07:00",
            "2030-01-17T08:00:00+07:00",
            "tomorrow",
            "ថ្ងៃស្អែក",
        ),
        (
            "Asia/Phnom_Penh",
            "2030-01-16T00:00:00+07:00",
            "2030-01-17T23:59:00+07:00",
            "tomorrow",
            "ថ្ងៃស្អែក",
        ),
        (
            "Asia/Phnom_Penh",
            "2030-01-16T08:00:01+07:00",
            "2030-01-17T08:00:00+07:00",
            "in 23 hours",
            "២៣ ម៉ោងទៀត",
        ),
        (
            "Asia/Phnom_Penh",
            "2030-01-17T06:00:00+07:00",
            "2030-01-17T08:00:00+07:00",
            "in 2 hours",
            "២ ម៉ោងទៀត",
        ),
        (
            "Asia/Phnom_Penh",
            "2030-01-17T06:00:01+07:00",
            "2030-01-17T08:00:00+07:00",
            "in an hour",
            "១ ម៉ោងទៀត",
        ),
        (
            "Asia/Phnom_Penh",
            "2030-01-17T07:00:00+07:00",
            "2030-01-17T08:00:00+07:00",
            "in an hour",
            "១ ម៉ោងទៀត",
        ),
        (
            "Asia/Phnom_Penh",
            "2030-01-17T07:00:01+07:00",
            "2030-01-17T08:00:00+07:00",
            "in 59 minutes",
            "៥៩ នាទីទៀត",
        ),
        (
            "Asia/Phnom_Penh",
            "2030-01-17T07:58:59+07:00",
            "2030-01-17T08:00:00+07:00",
            "in a minute",
            "១ នាទីទៀត",
        ),
        (
            "Asia/Phnom_Penh",
            "2030-01-17T07:59:59+07:00",
            "2030-01-17T08:00:00+07:00",
            "in a minute",
            "១ នាទីទៀត",
        ),
        // A day of 23 hours, and one of 25 that is longer than what is left of it.
        (
            "Europe/Berlin",
            "2027-03-27T12:00:00+01:00",
            "2027-03-28T12:00:00+02:00",
            "in 23 hours",
            "២៣ ម៉ោងទៀត",
        ),
        (
            "Europe/Berlin",
            "2026-10-25T00:00:00+02:00",
            "2026-10-25T23:30:00+01:00",
            "today",
            "ថ្ងៃនេះ",
        ),
    ] {
        let zone = TimeZone::get(zone).unwrap();
        let [now, at]: [Timestamp; 2] = [now, at].map(|text| text.parse().unwrap());
        let said = |language| date::left(forum.words.phrases(language), at, &zone, now);
        assert_eq!(said(english()), en, "{at}");
        assert_eq!(said(khmer()), km, "{at}");
    }
    let today = civil::date(2030, 1, 16);
    for (day, en, km) in [
        (15, "today", "ថ្ងៃនេះ"),
        (16, "today", "ថ្ងៃនេះ"),
        (17, "tomorrow", "ថ្ងៃស្អែក"),
        (18, "in 2 days", "២ ថ្ងៃទៀត"),
    ] {
        let date = civil::date(2030, 1, day);
        let said = |language| date::left_days(forum.words.phrases(language), date, today);
        assert_eq!(said(english()), en);
        assert_eq!(said(khmer()), km);
    }
}

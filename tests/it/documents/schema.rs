//! The published schema, and that every digest keeps to it.

use samleng::digest::readers::{Authority, Group, Organisers};
use samleng::digest::{self, Filter, Reader};
use samleng::documents::json;
use serde_json::{Value, json};

use super::sample;
use crate::in_memory::{forum, runner};
use crate::sketches::{instant, records, sketches};

/// What does not fit, as paths; only the keywords that our schema uses are known, any other is a fault.
fn faults(schema: &Value, root: &Value, value: &Value, path: &str) -> Vec<String> {
    let found = std::cell::RefCell::new(Vec::new());
    let fault = |what: &str| found.borrow_mut().push(format!("{path}: {what}"));
    let more = |faults: Vec<String>| found.borrow_mut().extend(faults);
    let subschemas = |name: &str| schema[name].as_array().cloned().unwrap_or_default();
    let fits = |schema: &Value| self::faults(schema, root, value, path).is_empty();
    for (keyword, wanted) in schema.as_object().expect("a schema is an object") {
        match keyword.as_str() {
            "$schema" | "$defs" | "title" | "description" | "format" => {}
            "$ref" => {
                let name = wanted.as_str().unwrap().trim_start_matches("#/$defs/");
                if !fits(&root["$defs"][name]) {
                    let inner = self::faults(&root["$defs"][name], root, value, path);
                    fault(&inner.join("; "));
                }
            }
            "type" => {
                let types = wanted.as_array().cloned().unwrap_or(vec![wanted.clone()]);
                let own = match value {
                    Value::Null => "null",
                    Value::Bool(_) => "boolean",
                    Value::Number(number) if number.is_u64() => "integer",
                    Value::Number(_) => "number",
                    Value::String(_) => "string",
                    Value::Array(_) => "array",
                    Value::Object(_) => "object",
                };
                if !types.contains(&json!(own)) {
                    fault(&format!("is {own}, not {wanted}"));
                }
            }
            "const" if value != wanted => fault(&format!("is not {wanted}")),
            "enum" if !wanted.as_array().unwrap().contains(value) => {
                fault("is none of the choices")
            }
            "const" | "enum" => {}
            "minimum" => {
                if value
                    .as_u64()
                    .is_some_and(|number| number < wanted.as_u64().unwrap())
                {
                    fault("is too small");
                }
            }
            "pattern" => {
                if let Some(text) = value.as_str()
                    && !matches(wanted.as_str().unwrap(), text)
                {
                    fault(&format!("{text} does not match {wanted}"));
                }
            }
            "anyOf" if !subschemas("anyOf").iter().any(fits) => fault("fits none of anyOf"),
            "oneOf" if subschemas("oneOf").iter().filter(|s| fits(s)).count() != 1 => {
                fault("does not fit one of oneOf");
            }
            "anyOf" | "oneOf" => {}
            "items" => {
                for (item, place) in value.as_array().into_iter().flatten().zip(0..) {
                    let path = format!("{path}/{place}");
                    more(self::faults(wanted, root, item, &path));
                }
            }
            "required" => {
                for key in wanted.as_array().unwrap() {
                    if value.is_object() && value.get(key.as_str().unwrap()).is_none() {
                        fault(&format!("{key} is missing"));
                    }
                }
            }
            "properties" | "additionalProperties" => {
                let known = &schema["properties"];
                for (key, inner) in value.as_object().into_iter().flatten() {
                    let path = format!("{path}/{key}");
                    match (keyword.as_str(), known.get(key)) {
                        ("properties", Some(schema)) => {
                            more(self::faults(schema, root, inner, &path));
                        }
                        ("additionalProperties", None) if *wanted == json!(false) => {
                            more(vec![format!("{path}: unknown key")]);
                        }
                        ("additionalProperties", None) => {
                            more(self::faults(wanted, root, inner, &path));
                        }
                        _ => {}
                    }
                }
            }
            other => panic!("{path}: a keyword that this checker does not know: {other}"),
        }
    }
    found.into_inner()
}

/// The few patterns of the schema, by hand.
fn matches(pattern: &str, text: &str) -> bool {
    let like = |shape: &str| {
        text.len() == shape.len()
            && text
                .bytes()
                .zip(shape.bytes())
                .all(|(c, shape)| match shape {
                    b'0' => c.is_ascii_digit(),
                    b'A' => c.is_ascii_digit() || c.is_ascii_uppercase() && !b"ILOU".contains(&c),
                    b'f' => matches!(c, b'0'..=b'9' | b'a'..=b'f'),
                    other => c == other,
                })
    };
    match pattern {
        r"^[0-9a-f]{64}$" => like(&"f".repeat(64)),
        r"^\d{4}-\d{2}-\d{2}$" => like("0000-00-00"),
        r"^\d{4}-\d{2}-\d{2}(T\d{2}:\d{2})?$" => like("0000-00-00") || like("0000-00-00T00:00"),
        r"^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(\.\d+)?Z$" => text.split_once('.').map_or_else(
            || like("0000-00-00T00:00:00Z"),
            |(whole, rest)| whole.len() == 19 && rest.ends_with('Z'),
        ),
        r"^SL(-[0-9A-HJKMNP-TV-Z]{4}){3}$" => like("SL-AAAA-AAAA-AAAA"),
        other => panic!("a pattern that this checker does not know: {other}"),
    }
}

fn check(text: &str) -> Result<(), Vec<String>> {
    keeps_to(json::SCHEMA, text)
}

/// Whether this text keeps to this schema; what does not fit.
pub(super) fn keeps_to(schema: &str, text: &str) -> Result<(), Vec<String>> {
    let schema: Value = serde_json::from_str(schema).unwrap();
    let value: Value = serde_json::from_str(text).unwrap();
    let faults = faults(&schema, &schema, &value, "");
    if faults.is_empty() {
        Ok(())
    } else {
        Err(faults)
    }
}

fn whole<R: Reader>() -> String {
    let forum = forum();
    let records = sample::records(&forum, R::EDITION);
    let filter = Filter {
        after: Some("2026-01-01T00:00:00Z".parse().unwrap()),
        ..Filter::default()
    };
    let mut digest = digest::make::<R>(&records, &filter, &forum.config, sample::made_at());
    digest.number = Some(7);
    digest.fingerprint = Some([0x3f; 32]);
    json::render(&digest)
}

#[test]
fn every_digest_keeps_to_the_published_schema() {
    assert_eq!(check(&whole::<Organisers>()), Ok(()));
    assert_eq!(check(&whole::<Authority>()), Ok(()));
    assert_eq!(check(&whole::<Group>()), Ok(()));
    let forum = forum();
    runner(60)
        .run(&sketches(), |sketches| {
            let records = records(&sketches, &forum);
            let filter = Filter::default();
            let inside = digest::make::<Organisers>(&records, &filter, &forum.config, instant());
            let outside = digest::make::<Authority>(&records, &filter, &forum.config, instant());
            proptest::prop_assert_eq!(check(&json::render(&inside)), Ok(()));
            proptest::prop_assert_eq!(check(&json::render(&outside)), Ok(()));
            Ok(())
        })
        .unwrap();
}

#[test]
fn what_does_not_keep_to_it_is_found() {
    let good = whole::<Organisers>();
    for (was, becomes) in [
        ("\"samleng-digest/1\"", "\"samleng-digest/2\""),
        ("\"number\":7", "\"number\":0"),
        ("\"number\":7", "\"number\":\"7\""),
        ("3f3f", "3F3F"),
        ("\"after\":", "\"before\":"),
        ("\"received\":", "\"recieved\":"),
        ("\"received\":24", "\"received\":-24"),
        ("\"kind\":\"voice\"", "\"kind\":\"video\""),
        ("\"status\":\"approved\"", "\"status\":\"agreed\""),
        ("\"behind\":1", "\"behind\":0"),
        ("\"SL-", "\"SX-"),
        ("\"verified\":true", "\"verified\":1"),
        ("2026-12-20", "20.12.2026"),
    ] {
        assert!(good.contains(was), "{was}");
        let faults = check(&good.replacen(was, becomes, 1));
        assert!(faults.is_err(), "{was} as {becomes}");
    }
}

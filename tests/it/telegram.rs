//! Reading updates: one that is damaged, newer or forged stops no other, and empties nobody's message.

use samleng::dialogue::{Content, Event, Media, Other};
use samleng::domain::{ChatId, FileRef, MessageId};
use samleng::telegram::decode::{Update, What, update};
use serde_json::value::RawValue;

fn read(json: &str) -> Option<Update> {
    update(&RawValue::from_string(json.to_owned()).unwrap())
}

/// A message of 7 in their own chat, with these further fields.
fn message(fields: &str) -> String {
    format!(
        r#"{{"update_id":5,"message":{{"message_id":9,"date":1,"chat":{{"id":7,"type":"private","first_name":"N"}},
        "from":{{"id":7,"is_bot":false,"first_name":"N"}},{fields}}}}}"#
    )
}

fn event(json: &str) -> Event {
    let what = read(json).expect("an id").what;
    let What::Private(ChatId(7), event) = what else {
        panic!("{what:?} from {json}")
    };
    event
}

fn content(fields: &str) -> Content {
    let event = event(&message(fields));
    let Event::Message {
        id: MessageId(9),
        content,
    } = event
    else {
        panic!("{event:?} from {fields}")
    };
    content
}

#[test]
fn an_unknown_detail_empties_no_message() {
    let nested = format!("{}{}", "[".repeat(300), "]".repeat(300));
    for detail in [
        r#""entities":[{"type":"hologram","offset":0,"length":2,"more":{}}]"#,
        r#""quote":{"text":"x","entities":[{"type":"date_time"}],"position":0}"#,
        r#""external_reply":{"origin":{"type":"hidden_user","sender_user_name":"\ud83d"}}"#,
        r#""reply_to_message":{"message_id":"not a number"}"#,
        r#""weight":1e999"#,
        &format!(r#""deep":{nested}"#),
    ] {
        let text = Content::Text("our words".to_owned());
        assert_eq!(
            content(&format!(r#""text":"our words",{detail}"#)),
            text,
            "{detail}"
        );
    }
}

#[test]
fn each_kind_of_content_is_told_apart() {
    let file = |id: &str| FileRef {
        id: id.to_owned(),
        size: Some(3),
        kept: None,
    };
    let with = |file, caption: Option<&str>| Content::File {
        file,
        caption: caption.map(str::to_owned),
    };
    for (fields, wanted) in [
        (
            r#""voice":{"file_id":"v","duration":4,"file_size":3}"#,
            with(Media::Voice(file("v"), 4), None),
        ),
        (
            r#""photo":[{"file_id":"s","file_size":1},{"file_id":"l","file_size":3}],"caption":"c""#,
            with(Media::Photo(file("l")), Some("c")),
        ),
        (
            r#""document":{"file_id":"d","file_size":3,"file_name":"n"}"#,
            with(Media::Document(file("d"), None), None),
        ),
        (
            r#""animation":{},"document":{"file_id":"d"}"#,
            Content::Other(Other::Video),
        ),
        (r#""video_note":{}"#, Content::Other(Other::Video)),
        (r#""audio":{}"#, Content::Other(Other::Audio)),
        (
            r#""contact":{"phone_number":"1"}"#,
            Content::Other(Other::Contact),
        ),
        (r#""sticker":{}"#, Content::Other(Other::Thing)),
        (r#""a_kind_of_next_year":{}"#, Content::Other(Other::Thing)),
    ] {
        assert_eq!(content(fields), wanted, "{fields}");
    }
}

#[test]
fn what_cannot_be_read_is_numbered_and_its_sender_told() {
    let chat = r#""chat":{"id":7,"type":"private"}"#;
    for json in [
        message(r#""text":"a half \ud83d letter""#),
        message(r#""text":17"#),
        message(r#""voice":{"duration":3}"#),
        format!(r#"{{"update_id":5,"next_years_message":{{{chat},"from":{{"id":7}}}}}}"#),
        format!(r#"{{"update_id":5,"next_years_press":{{"message":{{{chat}}}}}}}"#),
        r#"{"update_id":5,"next_years_wish":{"user":{"id":7}}}"#.to_owned(),
    ] {
        assert_eq!(event(&json), Event::Unreadable, "{json}");
    }
    for json in [
        r#"{"update_id":5}"#,
        r#"{"update_id":5,"message":17}"#,
        r#"{"update_id":5,"poll":{"id":"1"}}"#,
        r#"{"update_id":5,"channel_post":{"message_id":1,"chat":{"id":-7,"type":"channel"}}}"#,
    ] {
        assert_eq!(
            read(json),
            Some(Update {
                id: 5,
                what: What::Elsewhere
            }),
            "{json}"
        );
    }
    assert_eq!(read(r#"{"message":{}}"#), None);
    assert_eq!(read(r#"{"update_id":"5"}"#), None);
}

#[test]
fn nobody_acts_in_another_persons_chat() {
    let press = |from: i64| {
        format!(
            r#"{{"update_id":5,"callback_query":{{"id":"q","from":{{"id":{from}}},"data":"1:agree",
            "message":{{"message_id":3,"date":0,"chat":{{"id":7,"type":"private"}}}}}}}}"#
        )
    };
    let wanted = Event::Press {
        query: "q".to_owned(),
        message: Some(MessageId(3)),
        data: "1:agree".to_owned(),
    };
    assert_eq!(event(&press(7)), wanted);
    assert_eq!(
        read(&press(8)),
        Some(Update {
            id: 5,
            what: What::Elsewhere
        })
    );
    let written = message(r#""text":"x""#).replace(r#""from":{"id":7"#, r#""from":{"id":8"#);
    assert_eq!(
        read(&written),
        Some(Update {
            id: 5,
            what: What::Elsewhere
        })
    );
}

#[test]
fn a_live_location_is_not_heard_each_time_it_moves() {
    let moved = message(r#""location":{"latitude":1,"longitude":2},"edit_date":3"#);
    let sent = content(r#""location":{"latitude":1,"longitude":2}"#);
    assert_eq!(sent, Content::Other(Other::Thing));
    let moved = moved.replace(r#""message":"#, r#""edited_message":"#);
    let nothing = Update {
        id: 5,
        what: What::Elsewhere,
    };
    assert_eq!(read(&moved), Some(nothing));
}

#[test]
fn a_block_is_noted() {
    let change = |status: &str| {
        format!(
            r#"{{"update_id":5,"my_chat_member":{{"chat":{{"id":7,"type":"private"}},"from":{{"id":7}},
            "new_chat_member":{{"status":"{status}","user":{{"id":1}}}}}}}}"#
        )
    };
    assert_eq!(event(&change("kicked")), Event::Blocked(true));
    assert_eq!(event(&change("member")), Event::Blocked(false));
}

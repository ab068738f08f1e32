//! Everything there is, as lines of JSON, for whoever keeps an archive or moves on to another program.
//!
//! Guarantees: every record of every kind that says something about people, concerns or the meeting is a line, as it is stored.
//!
//! Must never: hold what a reader could use against people or the store. There is no Telegram id, be it of a chat, a message or
//! a file, no key of a sealed file, no code of a link, no salt of a digest's leaf, and nothing of what waits to be sent. Of those who agreed to
//! be asked about a promise after an erasure there are counts, as organisers get them.

use serde::Serialize;
use serde_json::{Value, json};

use super::record::{Leaves, Openings, Record};
use super::vault::{Store, StoreError};
use crate::dialogue::Person;
use crate::digest::frozen::Frozen;
use crate::domain::{
    AgendaItem, AgendaPlan, Announcement, Archive, Attachment, Concern, Endorsement, FloorEntry,
    Invitation, Meeting, Organisation, Past, Promise, Reminded, Report, Rsvp, Voice, audit,
};

/// Fields that are left out, wherever they stand. A salt would prove for ever what somebody takes back later.
const LEFT_OUT: [&str; 7] = [
    "chat", "follows", "key", "report", "salt", "shown_in", "source",
];
/// The field whose fields a forum names: its questions. None of those is left out, whatever it is called.
const ANSWERS: &str = "answers";

impl Store {
    /// Every record as a line: `{"kind": …, "record": …}`. A record beside a concern also has the concern's id.
    ///
    /// # Errors
    /// As [`Store::get`].
    pub fn export(&self) -> Result<String, StoreError> {
        let mut lines = Lines(String::new());
        self.lines::<Meeting>("meeting", &mut lines)?;
        self.lines::<Organisation>("organisation", &mut lines)?;
        self.lines::<Person>("person", &mut lines)?;
        self.lines::<Concern>("concern", &mut lines)?;
        for (key, past) in self.range::<Past>(&[Past::PREFIX])? {
            let concern = super::record::first_id(&key);
            lines.add("past", concern, &past)?;
        }
        self.lines::<Endorsement>("endorsement", &mut lines)?;
        self.lines::<Rsvp>("rsvp", &mut lines)?;
        self.lines::<AgendaPlan>("agenda", &mut lines)?;
        self.lines::<AgendaItem>("agenda_item", &mut lines)?;
        self.lines::<FloorEntry>("floor", &mut lines)?;
        self.lines::<Promise>("promise", &mut lines)?;
        self.lines::<Report>("report", &mut lines)?;
        let voices = self.all::<Voice>()?;
        for promise in self.all::<Promise>()? {
            if promise.followed_until.is_some() {
                let places = promise.by_place([], &voices);
                let said = json!({"promise": promise.id, "places": places});
                lines.add("said_later", None, &said)?;
            }
        }
        self.lines::<Attachment>("attachment", &mut lines)?;
        self.lines::<Invitation>("invitation", &mut lines)?;
        self.lines::<Announcement>("announcement", &mut lines)?;
        self.lines::<Reminded>("reminded", &mut lines)?;
        self.lines::<Archive>("archive", &mut lines)?;
        self.lines::<Frozen>("digest", &mut lines)?;
        self.lines::<Openings>("openings", &mut lines)?;
        self.lines::<Leaves>("leaves", &mut lines)?;
        self.lines::<audit::Entry>("audit", &mut lines)?;
        Ok(lines.0)
    }

    fn lines<R: Record>(&self, kind: &str, lines: &mut Lines) -> Result<(), StoreError> {
        for record in self.all::<R>()? {
            lines.add(kind, None, &record)?;
        }
        Ok(())
    }
}

struct Lines(String);

impl Lines {
    fn add(
        &mut self,
        kind: &str,
        concern: Option<u64>,
        record: &impl Serialize,
    ) -> Result<(), StoreError> {
        let unwritable = |_| StoreError::Record("a record that cannot be exported".to_owned());
        let mut record = serde_json::to_value(record).map_err(unwritable)?;
        leave_out(&mut record, false);
        let mut line = json!({"kind": kind, "record": record});
        if let Some(concern) = concern {
            line["concern"] = json!(concern);
        }
        self.0.push_str(&line.to_string());
        self.0.push('\n');
        Ok(())
    }
}

fn leave_out(value: &mut Value, is_answers: bool) {
    match value {
        Value::Object(fields) => {
            if !is_answers {
                for name in LEFT_OUT {
                    fields.remove(name);
                }
                // A file that lies with Telegram: what it is here, and how large, stays.
                if fields.contains_key("kept") && fields.contains_key("size") {
                    fields.remove("id");
                }
            }
            for (name, value) in fields {
                leave_out(value, !is_answers && name == ANSWERS);
            }
        }
        Value::Array(values) => values.iter_mut().for_each(|value| leave_out(value, false)),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
    }
}

//! What somebody did before, of which the transcript shows nothing.

use super::*;

impl Run {
    /// Does this without a word of what it says to whoever speaks; what others see of it is shown.
    pub(super) fn quietly(&mut self, act: impl FnOnce(&mut Self)) {
        let out = std::mem::take(&mut self.out);
        act(self);
        let said = std::mem::replace(&mut self.out, out);
        let mut others = false;
        for line in said.lines() {
            // What is said to somebody begins so deep; what it says, and its buttons, deeper.
            if !line.starts_with("     ") {
                others = line.starts_with("    to ");
            }
            if others {
                let _ = writeln!(self.out, "{line}");
            }
        }
    }

    pub(super) fn supports(&mut self, words: &str) {
        let person = self.person().expect("somebody who joined");
        let organisation = person.membership.expect("a member").organisation;
        let concerns = self.world.concerns();
        let (forum, now) = (&self.forum, self.moment().now);
        self.world.change(forum, now, |stage| {
            for number in words.split_whitespace() {
                let number: usize = number.parse().expect("which concern");
                stage.change(Change::Endorsed(Endorsement {
                    concern: concerns[number - 1].id,
                    organisation,
                    person: Some(person.number),
                    at: now,
                }));
            }
            Vec::new()
        });
    }

    pub(super) fn join(&mut self, organisation: &str) {
        let language = if organisation.chars().any(|c| ('ក'..='៹').contains(&c)) {
            khmer()
        } else {
            english()
        };
        self.message("/start", Content::Text("/start".to_owned()));
        self.act(Action::Speak(language));
        self.act(Action::Agree);
        self.message(organisation, Content::Text(organisation.to_owned()));
        if let Some(State::Choosing { .. }) = self.person().map(|person| person.state) {
            self.act(Action::NoneOfThese);
        }
        self.act(Action::Pick("kep".to_owned()));
    }

    pub(super) fn submit(&mut self, words: &str) {
        let mut parts = words.split(" / ").map(str::to_owned);
        let mut part = || parts.next().unwrap_or_default();
        let (topic, title, story, disclosure, voice) = (part(), part(), part(), part(), part());
        self.act(Action::NewConcern);
        self.act(Action::Pick(topic));
        self.act(Action::Pick("kep".to_owned()));
        self.message(&title, Content::Text(title.clone()));
        self.message(&story, Content::Text(story.clone()));
        if let Ok(seconds) = voice.parse() {
            let file = FileRef {
                id: "file-voice".to_owned(),
                size: Some(20_000),
                kept: None,
            };
            let file = Media::Voice(file, seconds);
            let caption = None;
            self.message("voice", Content::File { file, caption });
        }
        for action in [Action::Done, Action::Skip, Action::Skip, Action::Skip] {
            self.act(action);
        }
        self.act(Action::Pick(disclosure));
        self.act(Action::Submit);
        if let Some(State::Close { .. }) = self.person().map(|person| person.state) {
            self.act(Action::SendMine);
        }
    }
}

/// Five organisations that are plainly invented.
pub(super) fn registry() -> Vec<Registered> {
    let entry = |(number, km, en, place): (&str, &str, &str, &str)| Registered {
        number: number.to_owned(),
        name: Localised([(khmer(), km.to_owned()), (english(), en.to_owned())].into()),
        place: (!place.is_empty()).then(|| place.to_owned()),
    };
    [
        (
            "1001",
            "សមាគមកសិករផ្កាឈូក",
            "Lotus Farmers Association",
            "pursat",
        ),
        ("1002", "បណ្តាញយុវជនស្ទឹងថ្មី", "New River Youth Network", "kratie"),
        ("1003", "អង្គការស្ត្រីផ្កាយព្រឹក", "Morning Star Women", "takeo"),
        ("1004", "សហគមន៍នេសាទបឹងខៀវ", "Blue Lake Fishing Community", ""),
        (
            "1005",
            "សមាគមដាំព្រៃម្លប់ត្រជាក់",
            "Cool Shade Tree Planters",
            "kampot",
        ),
    ]
    .map(entry)
    .to_vec()
}

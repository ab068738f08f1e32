//! A transcript while it is played: turns in, and what each chat shows then.

use super::*;

impl Run {
    pub(super) fn new(name: &str) -> Self {
        let mut run = Self {
            forum: forum(),
            name: name.to_owned(),
            world: MemoryWorld::default(),
            chats: BTreeMap::new(),
            who: "sokha".to_owned(),
            events: 0,
            waited: SignedDuration::ZERO,
            owner_code: "x".to_owned(),
            invite_code: "y".to_owned(),
            out: String::new(),
            khmer: String::new(),
        };
        run.speaks("sokha");
        run
    }

    /// Plays the turns of this transcript, and gives back the transcript as it is now.
    pub(super) fn play(&mut self, script: &str) -> String {
        let is_turn = |line: &&str| !line.is_empty() && !line.starts_with([' ', '=']);
        let mut lines = script.lines().filter(is_turn).peekable();
        while let Some(line) = lines.next() {
            let khmer = lines.next_if(|line| line.starts_with("km: "));
            if !self.out.is_empty() {
                self.out.push('\n');
            }
            let _ = writeln!(self.out, "{line}");
            if let Some(khmer) = khmer {
                let _ = writeln!(self.out, "{khmer}");
            }
            let twin = self.turn(line);
            let twin = match khmer.and_then(|line| line.strip_prefix("km: ")) {
                Some(words) if line.starts_with('>') => format!("> {words}"),
                Some(words) => format!("! {words}"),
                None => twin,
            };
            let _ = writeln!(self.khmer, "{twin}");
        }
        self.end();
        std::mem::take(&mut self.out)
    }

    /// One turn; gives back how it is written in the Khmer file.
    pub(super) fn turn(&mut self, line: &str) -> String {
        let (sign, rest) = line.split_at(1);
        match sign {
            "#" => return line.to_owned(),
            "@" => {
                let who = rest.trim().to_owned();
                self.speaks(&who);
            }
            ">" => {
                let words = unescape(rest.trim_start_matches(' '));
                let words = words
                    .replace("INVITE", &self.invite_code)
                    .replace("CODE", &self.owner_code);
                let concerns = self.world.concerns().into_iter().enumerate();
                let words = concerns.fold(words, |words, (place, concern)| {
                    let name = format!("RECEIPT-{}", place + 1);
                    words.replace(&name, &concern.receipt.to_string())
                });
                self.message(rest.trim(), Content::Text(words));
            }
            "[" => return self.press(line),
            "!" => return self.special(rest.trim()),
            _ => panic!("no turn: {line}"),
        }
        line.to_owned()
    }

    pub(super) fn press(&mut self, line: &str) -> String {
        let twice = line.starts_with("[[");
        let label = line.trim_start_matches('[').trim_end_matches(']');
        let screens = &self.chat().screens;
        let newest = screens.iter().rev();
        let mut found = newest.map(|(message, body)| (*message, data_of(body, label)));
        let (message, data) = found
            .find_map(|(message, data)| Some((message, data?)))
            .unwrap_or_else(|| panic!("{}: no button {label:?} after\n{}", self.name, self.out));
        let twin = if label.ends_with('.') {
            label.to_owned()
        } else {
            self.khmer_label(label, &data)
        };
        for _ in 0..=u8::from(twice) {
            self.data(Some(message), &data);
        }
        if twice {
            format!("[[{twin}]]")
        } else {
            format!("[{twin}]")
        }
    }

    /// This person speaks from here on.
    pub(super) fn speaks(&mut self, who: &str) {
        self.who = who.to_owned();
        let id = 1_000 + self.chats.len() as i64;
        let chat = self.chats.entry(who.to_owned()).or_default();
        if chat.id == 0 {
            chat.id = id;
        }
    }

    /// What is known of whoever speaks.
    pub(super) fn person(&self) -> Option<Person> {
        self.world.person(ChatId(self.chat().id))
    }

    pub(super) fn moment(&self) -> Moment {
        let now = Timestamp::from_second(1_800_000_000 + self.events as i64 * 60).unwrap();
        Moment {
            now: now + self.waited,
            random: self.events.wrapping_mul(0x9E37_79B9_7F4A_7C15).into(),
        }
    }

    /// The organisers' group as whoever is in it sees it.
    pub(super) fn group(&mut self) -> &Chat {
        self.group_mut()
    }

    pub(super) fn group_mut(&mut self) -> &mut Chat {
        let group = self.chats.entry("group".to_owned()).or_default();
        if group.id == 0 {
            group.id = -100;
        }
        group
    }

    /// What was made when its turn came.
    pub(super) fn late(&mut self) {
        for (chat, outcome) in std::mem::take(&mut self.world.proposed) {
            let mut chats = self.chats.iter();
            let known = chats.find(|(_, known)| known.id == chat.0);
            let Some(who) = known.map(|(who, _)| who.clone()) else {
                continue;
            };
            let _ = writeln!(self.out, "    the agenda is worked out for {who}");
            let speaks = std::mem::replace(&mut self.who, who);
            for effect in &outcome.effects {
                self.show(effect);
            }
            self.who = speaks;
        }
        for Sent {
            chat,
            message,
            made,
        } in std::mem::take(&mut self.world.late)
        {
            let mut chats = self.chats.iter_mut();
            let Some((who, chat)) = chats.find(|(_, known)| known.id == chat.0) else {
                continue;
            };
            match made {
                Made::Nothing => {}
                Made::Later(at) => {
                    let _ = writeln!(self.out, "    to {who}: not before {at}");
                }
                Made::Over(ending) => {
                    let _ = writeln!(self.out, "    to {who}: no reminder, {ending:?}");
                }
                Made::Message { at, body, .. } => {
                    let how = if at.is_some() { "edit" } else { "send" };
                    let _ = writeln!(self.out, "    to {who}, late: {how} #{}", message.0);
                    let stood = chat.screens.iter().find(|(shown, _)| *shown == message);
                    chat.before.extend(stood.cloned());
                    chat.screens.retain(|(shown, _)| *shown != message);
                    chat.screens.push((message, body.clone()));
                    check_body(&body);
                    self.body(&body);
                }
                Made::File { sent_as, name, .. } => {
                    let _ = writeln!(self.out, "    to {who}, late: {sent_as:?} {name}");
                }
                Made::Link { link, caption } => {
                    let _ = writeln!(self.out, "    to {who}, late: a picture of {link}");
                    let code = link.split_once("start=").expect("a link with a code").1;
                    self.invite_code = code.to_owned();
                    self.body(&Body::from(caption));
                }
                Made::Paper(paper, form) => {
                    let _ = writeln!(self.out, "    to {who}, late: {} as {form:?}", paper.file());
                    self.body(&Body::from(paper.html()));
                }
                Made::Links(lines) => {
                    let _ = writeln!(self.out, "    to {who}, late: a file of links");
                    for line in lines {
                        let (number, name, link) = (line.number, line.name, line.link);
                        let _ = writeln!(self.out, "      | {number}, {name}, {link}");
                    }
                }
            }
        }
    }

    /// What others hear.
    pub(super) fn notices(&mut self, notices: &[dialogue::Notice]) {
        for notice in notices {
            let chats = self.chats.iter_mut();
            let mut found = chats.filter(|(_, chat)| chat.id == notice.chat.0);
            let (who, chat) = found.next().expect("somebody of the transcript");
            chat.last += 1;
            let id = MessageId(chat.last);
            chat.screens.push((id, notice.body.clone()));
            let _ = writeln!(self.out, "    to {who}: send #{}", id.0);
            self.body(&notice.body);
        }
        self.late();
    }

    pub(super) fn chat(&self) -> &Chat {
        &self.chats[&self.who]
    }

    pub(super) fn chat_mut(&mut self) -> &mut Chat {
        self.chats.get_mut(&self.who).unwrap()
    }

    pub(super) fn message(&mut self, name: &str, content: Content) {
        let chat = self.chat_mut();
        chat.last += 1;
        let id = MessageId(chat.last);
        chat.sent.push((name.to_owned(), id));
        self.event(Event::Message { id, content });
    }

    pub(super) fn data(&mut self, message: Option<MessageId>, data: &str) {
        self.event(Event::Press {
            query: "query".to_owned(),
            message,
            data: data.to_owned(),
        });
    }

    pub(super) fn event(&mut self, event: Event) {
        self.events += 1;
        let moment = self.moment();
        let before = self.world.organisations().len();
        let had_owner = self.world.store.meta().unwrap().has_owner;
        let chat = ChatId(self.chat().id);
        let outcome = self.world.step(chat, event, &self.forum, moment);
        check_sendable(&outcome);
        for organisation in self.world.organisations().into_iter().skip(before) {
            let name = organisation.name.get(english());
            let _ = writeln!(self.out, "    new organisation {}: {name}", organisation.id);
        }
        if !had_owner && self.world.store.meta().unwrap().has_owner {
            self.out.push_str("    the owner is found\n");
        }
        for effect in &outcome.effects {
            self.show(effect);
        }
        self.notices(&outcome.notices);
    }

    pub(super) fn show(&mut self, effect: &Effect) {
        match effect {
            Effect::Toast { text, .. } => {
                let text = text.as_deref().map(|text| format!(": {text}"));
                let _ = writeln!(self.out, "    toast{}", text.unwrap_or_default());
            }
            Effect::Edit { message, body, .. } => {
                let _ = writeln!(self.out, "    edit #{}", message.0);
                let screens = &mut self.chat_mut().screens;
                screens.retain(|(shown, _)| shown != message);
                screens.push((*message, body.clone()));
                self.body(body);
            }
            Effect::Send { body, clears, .. } => {
                let chat = self.chat_mut();
                chat.last += 1;
                let id = MessageId(chat.last);
                chat.screens.push((id, body.clone()));
                let clears = if *clears {
                    ", the buttons above go"
                } else {
                    ""
                };
                let _ = writeln!(self.out, "    send #{}{clears}", id.0);
                self.body(body);
            }
            Effect::Strip { message } => {
                let _ = writeln!(self.out, "    strip #{}", message.0);
            }
            // It is shown once it is made.
            Effect::Late(_) => {}
            Effect::MyData => self
                .out
                .push_str("    the file of what is held about them\n"),
            Effect::Commands => self.out.push_str("    the commands of their menu\n"),
            Effect::Digest(request) => {
                let _ = writeln!(
                    self.out,
                    "    digest {} as {} in {}",
                    request.edition.id(),
                    request.format.id(),
                    request.language
                );
            }
        }
    }

    pub(super) fn body(&mut self, body: &Body) {
        let html = body.html.as_str();
        for line in html.lines() {
            let length = line.chars().count();
            if length > 1_000 {
                let head: String = line.chars().take(40).collect();
                let _ = writeln!(self.out, "      | {head} ... ({length} characters)");
            } else {
                let line = visible(line);
                let _ = writeln!(self.out, "{}", format!("      | {line}").trim_end());
            }
        }
        for row in &body.buttons {
            let labels: Vec<_> = row.iter().map(|b| format!("[{}]", b.label)).collect();
            let _ = writeln!(self.out, "      {}", labels.join(" "));
        }
    }

    pub(super) fn end(&mut self) {
        self.out.push('\n');
        for (who, chat) in &self.chats {
            let state = match self.world.person(ChatId(chat.id)) {
                None => "nothing is known".to_owned(),
                Some(person) => summary(&person),
            };
            let _ = writeln!(self.out, "= {who}: {state}");
        }
        for concern in self.world.concerns() {
            let status = if concern.status == Status::New {
                String::new()
            } else {
                format!(" {}", concern.status.id())
            };
            let _ = writeln!(
                self.out,
                "= concern {}{status} {} by organisation {}: {}",
                concern.receipt,
                concern.disclosure.id(),
                concern.organisation,
                answers(&concern.answers)
            );
        }
    }
}

pub(super) fn data_of(body: &Body, label: &str) -> Option<String> {
    let mut buttons = body.buttons.iter().flatten();
    let latin = |label: &str| -> String {
        label
            .chars()
            .map(|c| match c {
                '០'..='៩' => char::from_digit(c as u32 - '០' as u32, 10).unwrap(),
                _ => c,
            })
            .collect()
    };
    let numbered = label.ends_with('.').then(|| format!("{label} "));
    let found = buttons.find(|button| {
        let number = |numbered: &String| latin(&button.label).starts_with(numbered);
        button.label == label || numbered.as_ref().is_some_and(number)
    });
    found.map(|button| button.data.clone())
}

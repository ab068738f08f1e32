//! The turns that begin with `!`: what happens besides words and presses.

use super::*;

impl Run {
    pub(super) fn special(&mut self, rest: &str) -> String {
        let (verb, words) = rest.split_once(' ').unwrap_or((rest, ""));
        let thing = |content| (verb.to_owned(), Content::Other(content));
        let file = |name: &str| FileRef {
            id: format!("file-{name}"),
            size: Some(20_000),
            kept: None,
        };
        let caption = (!words.is_empty()).then(|| unescape(words));
        let mut twin = format!("! {rest}");
        match verb {
            "voice" => {
                let (seconds, caption) = words.split_once(' ').unwrap_or((words, ""));
                let seconds = seconds.parse().expect("a voice note's seconds");
                let caption = (!caption.is_empty()).then(|| unescape(caption));
                let file = Media::Voice(file("voice"), seconds);
                self.message("voice", Content::File { file, caption });
            }
            "photo" => {
                let file = Media::Photo(file("photo"));
                self.message("photo", Content::File { file, caption });
            }
            "document" => {
                let file = Media::Document(file("document"), Some("application/pdf".to_owned()));
                self.message("document", Content::File { file, caption });
            }
            "huge" => {
                let about = FileRef {
                    size: Some(21 << 20),
                    ..file("document")
                };
                let file = Media::Document(about, Some("application/pdf".to_owned()));
                self.message("document", Content::File { file, caption });
            }
            "program" => {
                let claimed = Some("application/x-msdownload".to_owned());
                let file = Media::Document(file("document"), claimed);
                self.message("document", Content::File { file, caption });
            }
            "album" => {
                let (count, caption) = words.split_once(' ').unwrap_or((words, ""));
                let count: u32 = count.parse().expect("how many");
                for i in 0..count {
                    let caption = (i == 0 && !caption.is_empty()).then(|| unescape(caption));
                    let file = Media::Photo(file("photo"));
                    let content = Content::File { file, caption };
                    self.message("photo", content);
                }
            }
            "edit" => {
                let (old, new) = words.split_once("=>").expect("old => new");
                let (old, new) = (old.trim(), unescape(new.trim()));
                let sent = self.chat().sent.iter().rev();
                let mut found = sent.filter(|(name, _)| name == old);
                let id = found.next().map_or(MessageId(999), |(_, id)| *id);
                let media = match old {
                    "photo" => Some(Media::Photo(file("photo-2"))),
                    "voice" => Some(Media::Voice(file("voice"), 42)),
                    _ => None,
                };
                let content = match media {
                    Some(file) => Content::File {
                        file,
                        caption: Some(new),
                    },
                    None => Content::Text(new),
                };
                self.event(Event::Edited { id, content });
            }
            "sticker" | "location" | "poll" => {
                let (name, content) = thing(Other::Thing);
                self.message(&name, content);
            }
            "video" => {
                let (name, content) = thing(Other::Video);
                self.message(&name, content);
            }
            "music" => {
                let (name, content) = thing(Other::Audio);
                self.message(&name, content);
            }
            "contact" => {
                let (name, content) = thing(Other::Contact);
                self.message(&name, content);
            }
            "block" => self.event(Event::Blocked(true)),
            "unblock" => self.event(Event::Blocked(false)),
            "unreadable" => self.event(Event::Unreadable),
            "forge" => {
                let message = self.chat().screens.last().map(|(message, _)| *message);
                let number = self.person().map_or(0, |p| p.screen);
                self.data(message, &words.replace("NOW", &number.to_string()));
            }
            "burst" => {
                let (message, body) = self.chat().screens.last().expect("a screen").clone();
                let labels = words.trim_matches(['[', ']']).split("] [");
                let all: Vec<(String, String)> = labels
                    .map(|label| {
                        let data = data_of(&body, label);
                        let data = data.unwrap_or_else(|| panic!("{}: no {label:?}", self.name));
                        (format!("[{}]", self.khmer_label(label, &data)), data)
                    })
                    .collect();
                for (_, data) in &all {
                    self.data(Some(message), data);
                }
                let labels: Vec<String> = all.into_iter().map(|(label, _)| label).collect();
                twin = format!("! burst {}", labels.join(" "));
            }
            "old" => {
                let screens = self.chat().screens.iter().rev().skip(1);
                let mut all = screens.map(|(message, body)| (*message, data_of(body, words)));
                let (message, data) = all
                    .find_map(|(message, data)| Some((message, data?)))
                    .unwrap_or_else(|| panic!("{}: no old button {words:?}", self.name));
                self.data(Some(message), &data);
                twin = format!("! old {}", self.translated(words));
            }
            "group" if self.person().is_some_and(|person| person.role.is_some()) => {
                let what = InGroup::Words(words.to_owned());
                let group = ChatId(self.group().id);
                self.event(Event::InGroup { group, what });
            }
            "group" => match dialogue::group::answer(words, "samleng_bot", &self.forum) {
                Some(effect) => self.show(&effect),
                None => self.out.push_str("    nothing\n"),
            },
            "card" => {
                let (number, label) = words.split_once(' ').expect("which, and the button");
                let number: usize = number.parse().expect("which concern");
                let concern = self.world.concerns()[number - 1].id;
                let about = format!("card:{concern}.");
                let screens = self.group().screens.iter().rev();
                let data = screens
                    .filter_map(|(_, body)| data_of(body, label))
                    .find(|data| data.starts_with(&about))
                    .unwrap_or_else(|| panic!("{}: no button {label:?} on the card", self.name));
                let (query, group) = ("query".to_owned(), ChatId(self.group().id));
                let what = InGroup::Press { query, data };
                self.event(Event::InGroup { group, what });
                twin = format!("! card {number} {}", self.translated(label));
            }
            "supergroup" | "removed" => {
                let group = ChatId(self.group().id);
                let (forum, now) = (&self.forum, self.moment().now);
                let notices = self.world.change(forum, now, |stage| {
                    if verb == "removed" {
                        return dialogue::group::lost(group, forum, stage);
                    }
                    dialogue::group::moved(group, ChatId(group.0 - 1), stage);
                    Vec::new()
                });
                if verb == "supergroup" {
                    self.group_mut().id -= 1;
                    self.group_mut().screens.clear();
                }
                self.notices(&notices);
            }
            "fetched" => {
                let (forum, now) = (&self.forum, self.moment().now);
                self.world.change(forum, now, |stage| {
                    for concern in stage.glances() {
                        for file in stage.attachments(concern.id) {
                            let here = Whereabouts::Here(Sealed {
                                name: format!("{:032x}", file.id),
                                key: vec![7; 32],
                                kind: "ogg".to_owned(),
                                size: 20_000,
                            });
                            organising::fetched(file.id, &here, forum, stage);
                        }
                    }
                    Vec::new()
                });
            }
            "foreign" => {
                let others = self.chats.iter().filter(|(who, _)| **who != self.who);
                let mut all = others.flat_map(|(_, chat)| chat.screens.iter().rev());
                let data = all
                    .find_map(|(_, body)| data_of(body, words))
                    .unwrap_or_else(|| panic!("{}: nobody has a button {words:?}", self.name));
                let message = self.chat().screens.last().map(|(message, _)| *message);
                self.data(message, &data);
                twin = format!("! foreign {}", self.translated(words));
            }
            "supports" => self.supports(words),
            "role" => {
                let mut person = self.world.person_or_new(ChatId(self.chat().id));
                person.role = Role::ALL.into_iter().find(|role| role.id() == words);
                person.language.get_or_insert(language_of(&self.name));
                person.state = State::Menu { kept: None };
                self.world.put(person, self.moment().now);
            }
            "member" => self.quietly(|run| run.join(words)),
            "submit" => self.quietly(|run| run.submit(words)),
            "owner" => self.owner_code = self.world.open_owner_link(),
            "settings" => match words {
                "join approval" => self.forum.config.settings.join = Join::Approval,
                "join invite" => self.forum.config.settings.join = Join::Invite,
                "review none" => {
                    self.forum.config.settings.review = samleng::config::Review::None;
                }
                _ => panic!("no setting: {words}"),
            },
            "late" => {
                let label = words.trim_matches(['[', ']']);
                let stood = self.chat().before.iter().rev();
                let mut all = stood.map(|(message, body)| (*message, data_of(body, label)));
                let (message, data) = all
                    .find_map(|(message, data)| Some((message, data?)))
                    .unwrap_or_else(|| panic!("{}: no {label:?} stood there", self.name));
                twin = format!("! late [{}]", self.khmer_label(label, &data));
                self.data(Some(message), &data);
            }
            "minutes" => {
                let minutes: i64 = words.parse().expect("how many minutes");
                self.waited += SignedDuration::from_mins(minutes);
            }
            "days" => {
                let days: i64 = words.parse().expect("how many days");
                self.waited += SignedDuration::from_hours(24 * days);
            }
            "live" => self.live(words),
            "digest" => {
                self.events += 1;
                let now = self.moment().now;
                let (number, _) = match words {
                    "shared" => self.world.hand_out::<Authority>(&self.forum, now),
                    "organisers" => self.world.hand_out::<Organisers>(&self.forum, now),
                    _ => panic!("no edition: {words}"),
                };
                let _ = writeln!(self.out, "    digest {number}");
            }
            "registry" | "invite" | "revoke" | "meeting" | "concern" | "organisation" | "erase" => {
                self.order(verb, words);
            }
            _ => panic!("no turn: {rest}"),
        }
        twin
    }

    /// Time passes, and the bot is there.
    pub(super) fn live(&mut self, words: &str) {
        let (count, unit) = words.split_once(' ').expect("how many, and of what");
        let count: i64 = count.parse().expect("how many");
        let hours = match unit {
            "days" => 24 * count,
            "hours" => count,
            _ => panic!("days or hours, not {unit}"),
        };
        let end = self.moment().now + SignedDuration::from_hours(hours);
        loop {
            let now = self.moment().now;
            let (kept, next) = self.world.keep(&self.forum, self.moment());
            if let Some(kept) = kept {
                let zone = self.forum.config.settings.zone.clone();
                let at = zone.to_datetime(now).strftime("%A %d %B %Y %H:%M");
                let _ = writeln!(self.out, "  {at}");
                for (_, _, effect) in &kept.effects {
                    self.show(effect);
                }
                self.late();
            }
            let next = next.filter(|next| *next <= end).unwrap_or(end);
            self.waited += next.duration_since(now);
            if next == end {
                return;
            }
        }
    }

    /// The organisers decide something.
    pub(super) fn order(&mut self, verb: &str, words: &str) {
        self.events += 1;
        let moment = self.moment();
        let order = match verb {
            "registry" => Order::Registry(registry()),
            "invite" => {
                self.invite_code = format!("invitation-code-{:06}", self.events);
                let mut words = words.split_whitespace();
                let number = words.next().filter(|number| *number != "any");
                let mut uses = 1;
                let mut expires_at = None;
                while let Some(count) = words.next() {
                    let count: i64 = count.parse().expect("how many");
                    match words.next() {
                        Some("uses") => uses = count as u32,
                        Some("days") => {
                            expires_at = Some(moment.now + SignedDuration::from_hours(24 * count));
                        }
                        other => panic!("uses or days, not {other:?}"),
                    }
                }
                Order::Invite(vec![Invite {
                    code: self.invite_code.clone(),
                    number: number.map(str::to_owned),
                    organisation: None,
                    uses,
                    expires_at,
                }])
            }
            "revoke" => Order::Revoke(self.invite_code.clone()),
            "erase" => Order::Erase,
            "meeting" => Order::Meeting(meeting(words, moment.now)),
            "concern" => self.about_concern(words),
            "organisation" => {
                let (name, standing) = words.rsplit_once(' ').expect("a name and a standing");
                let standing = match standing {
                    "approved" => Standing::Approved,
                    "suspended" => Standing::Suspended,
                    _ => Standing::Plain,
                };
                Order::Organisation(name.to_owned(), standing)
            }
            _ => unreachable!(),
        };
        match self.world.order(order, &self.forum, moment) {
            Ok(done) => {
                for line in done.said {
                    let _ = writeln!(self.out, "    said: {line}");
                }
                self.notices(&done.notices);
            }
            Err(why) => {
                let _ = writeln!(self.out, "    refused: {why}");
            }
        }
    }

    pub(super) fn about_concern(&self, words: &str) -> Order {
        let concerns = self.world.concerns();
        let receipt = |number: &str| {
            let number: usize = number.parse().expect("which concern");
            concerns[number - 1].receipt
        };
        let (which, rest) = words.split_once(' ').expect("which, and what");
        let (what, more) = rest.split_once(' ').unwrap_or((rest, ""));
        let mut order = OnConcern {
            receipt: receipt(which),
            status: Status::from_id(what),
            into: None,
            reason: None,
            ask: None,
        };
        match what {
            "ask" => order.ask = Some(more.to_owned()),
            "merged" if !more.is_empty() => order.into = Some(receipt(more)),
            "rejected" if !more.is_empty() => order.reason = Some(more.to_owned()),
            _ => assert!(order.status.is_some(), "no status: {what}"),
        }
        Order::Concern(order)
    }

    /// A press on whatever does this.
    pub(super) fn act(&mut self, action: Action) {
        let number = self.person().map_or(0, |person| person.screen);
        let message = MessageId(self.chat().last);
        self.data(Some(message), &Press::Screen(number, action).write());
    }
}

/// A meeting ten weeks on; concerns are taken for so many days.
pub(super) fn meeting(words: &str, now: Timestamp) -> Meeting {
    let mut words = words.split_whitespace();
    let day = |date: &str, time: Option<&str>| Day {
        date: date.parse().unwrap(),
        time: time.map(|time| time.parse().unwrap()),
    };
    let days = match words.next() {
        Some("fixed") => vec![day("2027-04-17", Some("08:30"))],
        Some("tentative") => vec![day("2027-04-17", None), day("2027-04-18", None)],
        Some("next") => vec![day("2027-09-18", Some("08:30"))],
        Some("open") => Vec::new(),
        other => panic!("no kind of meeting: {other:?}"),
    };
    let known = !days.is_empty();
    let text = |km: &str, en: &str| {
        Localised([(khmer(), km.to_owned()), (english(), en.to_owned())].into())
    };
    let taken: Option<i64> = words.next().map(|days| days.parse().unwrap());
    Meeting {
        id: 0,
        title: text("កិច្ចប្រជុំលើកទី ៣", "Third meeting"),
        place: (known && days.len() == 1).then(|| text("ភ្នំពេញ", "Phnom Penh")),
        days,
        deadline: taken.map(|days| now + SignedDuration::from_hours(24 * days)),
        capacity: known.then_some(6),
        people_at_most: known.then_some(3),
        zone: None,
    }
}

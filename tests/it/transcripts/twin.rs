//! The Khmer twin of an English turn.

use super::*;

impl Run {
    /// What this button is called in Khmer.
    pub(super) fn khmer_label(&self, label: &str, data: &str) -> String {
        let action = match Press::read(data) {
            Some(Press::Screen(_, action)) => action,
            Some(Press::Floor(tap)) => Action::Desk(Tap::Floor(tap)),
            Some(Press::Concern(_)) => return self.forum.words.phrases(khmer()).button_look(),
            Some(Press::Card(_, Tap::Look, _)) => {
                return self.forum.words.phrases(khmer()).button_open();
            }
            Some(Press::Stop(_)) => return self.forum.words.phrases(khmer()).button_stop(),
            Some(Press::Reminder(errand)) => {
                let phrases = self.forum.words.phrases(khmer());
                return match errand {
                    Errand::Concern if label.contains("New") => phrases.button_new(),
                    Errand::Concern => phrases.button_continue(),
                    Errand::Rsvp => phrases.button_rsvp(),
                    Errand::Meeting => phrases.button_meeting(),
                    Errand::Mute => phrases.button_mute(),
                };
            }
            Some(Press::Carry(_)) => {
                let phrases = self.forum.words.phrases(khmer());
                // What was Khmer stays as it is.
                let number = label.chars().find_map(|c| c.to_digit(10));
                return number.map_or_else(
                    || label.to_owned(),
                    |number| phrases.button_carry_one(&phrases.number(number.into())),
                );
            }
            Some(Press::Promised(_)) => {
                return self.forum.words.phrases(khmer()).button_ask_later();
            }
            Some(Press::Unfollow(_)) => {
                return self.forum.words.phrases(khmer()).button_unfollow();
            }
            Some(Press::Promise(_, verdict)) => {
                let phrases = self.forum.words.phrases(khmer());
                return match verdict {
                    Verdict::Done => phrases.button_kept_here(),
                    Verdict::Partly => phrases.button_kept_partly(),
                    Verdict::NotDone => phrases.button_not_kept_here(),
                };
            }
            Some(Press::Card(..) | Press::Digest(..) | Press::Select(_)) | None => {
                panic!("no button of a screen: {data}")
            }
        };
        let mut person = self.person().unwrap();
        // At the very first nobody has a language, and every label is there in its own.
        let choosing = matches!(action, Action::Speak(_));
        if choosing && person.language.is_none() {
            return "ខ្មែរ".to_owned();
        }
        let mut wanted = action;
        if let Action::Speak(language) = &mut wanted {
            *language = if *language == english() {
                khmer()
            } else {
                english()
            };
        }
        person.language = person.language.map(|language| {
            if language == english() {
                khmer()
            } else {
                english()
            }
        });
        let screen = self.world.screen(&person, &self.forum, self.moment().now);
        let mut buttons = screen.rows.into_iter().flatten();
        let found = buttons.find(|(_, action)| match (action, &wanted) {
            // Its screen may have shown less of the log.
            (Action::Desk(Tap::Floor(is)), Action::Desk(Tap::Floor(wanted))) => {
                is.what == wanted.what
            }
            (action, wanted) => action == wanted,
        });
        found.map_or_else(|| self.translated(label), |(label, _)| label)
    }

    /// A label in Khmer, found by the phrase or choice that it is.
    pub(super) fn translated(&self, label: &str) -> String {
        let forum = &self.forum;
        let topics = forum.config.topics.iter();
        let choices = topics.chain(forum.config.place_choices());
        for choice in choices {
            if choice.label.get(english()) == label {
                return choice.label.get(khmer()).to_owned();
            }
        }
        let of = |language| {
            let phrases = forum.words.phrases(language);
            [
                phrases.button_agree(),
                phrases.button_submit(),
                phrases.button_new(),
                phrases.button_cancel(),
                phrases.button_done(),
                phrases.button_digest(),
                phrases.button_skip(),
                phrases.button_look(),
                phrases.button_mine(),
                phrases.button_endorse(),
                phrases.button_withdraw(),
                phrases.button_withdraw_really(),
                phrases.button_edit(),
                phrases.button_forget(),
                phrases.button_coming(),
                phrases.button_yes(),
                phrases.button_send_mine(),
                phrases.button_meeting(),
                phrases.button_reply(),
                phrases.button_approve(),
                phrases.button_hold(),
                phrases.button_agenda(),
                phrases.button_reject(),
                phrases.button_merge(),
                phrases.button_unmerge(),
                phrases.button_ask(),
                phrases.button_open(),
                phrases.button_people(),
                phrases.button_announce(),
                phrases.button_audit(),
                phrases.button_stop(),
                phrases.button_answered(),
                phrases.button_item_after(),
                phrases.button_mute(),
                phrases.button_rsvp(),
                phrases.button_continue(),
            ]
        };
        let pairs = of(english()).into_iter().zip(of(khmer()));
        let mut found = pairs.filter(|(english, _)| english == label);
        found.next().map(|(_, khmer)| khmer).unwrap_or_default()
    }
}

//! What becomes of a concern before, at and after its meeting, with a canary wherever somebody says something.

use std::time::Duration;

use data_encoding::BASE64;
use jiff::{SignedDuration, ToSpan as _, Zoned};
use serde_json::{Value, json};

use super::{Lived, Place, canary, choose, offers, readable, reads};
use crate::files::telling_photo;
use crate::support::{Phone, Screen, Site};

/// The forum's time zone.
const ZONE: &str = "Asia/Phnom_Penh";

/// Waits until a screen comes that offers this: what is worked out comes later than what was asked for it.
async fn until_offered(phone: &mut Phone, verb: &str) -> Screen {
    loop {
        let screen = phone.screen().await;
        if offers(&screen, verb) {
            return screen;
        }
        phone.acted(&screen, false);
    }
}

/// A photo that tells about its sender, with these words.
fn photo(caption: &str) -> Value {
    json!({"photo": {"content_base64": BASE64.encode(&telling_photo()), "mime_type": "image/jpeg"}, "caption": caption})
}

impl Lived {
    /// A voice note is written down and put right, an organisation gets another name, supports and comes.
    pub(super) async fn before_the_meeting(&mut self) {
        let (owner, member) = (&mut self.owner, &mut self.member);
        let lenses = owner.screen_of_command("/concerns").await;
        let card = choose(owner, &lenses, "pick.voice").await;
        let asked = choose(owner, &card, "desk.write").await;
        owner.type_in(&asked, &canary("written")).await;
        reads(member, &canary("written")).await;
        let menu = member.screen_of_command("/menu").await;
        let mine = choose(member, &menu, "mine").await;
        let concern = choose(member, &mine, "open").await;
        let asked = choose(member, &concern, "correct").await;
        member.type_in(&asked, &canary("spoken")).await;
        member.screen().await;

        let all = owner.screen_of_command("/orgs").await;
        owner.type_in(&all, &canary("supporter")).await;
        let one = owner.screen().await;
        let asked = choose(owner, &one, "desk.rename").await;
        owner.type_in(&asked, &canary("renamed")).await;
        owner.screen().await;

        let neighbour = &mut self.neighbour;
        let menu = neighbour.screen_of_command("/menu").await;
        let mut at = choose(neighbour, &menu, "others").await;
        for verb in ["pick", "open", "endorse"] {
            at = choose(neighbour, &at, verb).await;
        }
        let menu = neighbour.screen_of_command("/menu").await;
        let mut at = choose(neighbour, &menu, "meeting").await;
        for verb in ["rsvp", "yes"] {
            at = choose(neighbour, &at, verb).await;
        }
        for typed in [canary("head-count"), "2".to_owned()] {
            neighbour.type_in(&at, &typed).await;
            at = neighbour.screen().await;
        }
        neighbour.screen_of_command("/mydata").await;
    }

    /// The agenda: by hand, with a reason; taken along in every form; settled.
    pub(super) async fn plan(&mut self, site: &Site) {
        let owner = &mut self.owner;
        owner.screen_of_command("/agenda").await;
        let agenda = until_offered(owner, "open").await;
        let item = choose(owner, &agenda, "open").await;
        let verb = ["desk.put-in", "desk.take-out"].map(|verb| (verb, offers(&item, verb)));
        let (verb, _) = verb.into_iter().find(|(_, there)| *there).unwrap();
        let asked = choose(owner, &item, verb).await;
        owner.type_in(&asked, &canary("by-hand")).await;
        let mut agenda = until_offered(owner, "desk.settle").await;
        for (verb, name, place) in [
            ("desk.agenda-docx", "samleng-agenda.docx", Place::Agenda),
            ("desk.agenda-pdf", "samleng-agenda.pdf", Place::Agenda),
            ("desk.cards-docx", "samleng-cards.docx", Place::Cards),
            ("desk.cards-pdf", "samleng-cards.pdf", Place::Cards),
        ] {
            agenda = choose(owner, &agenda, verb).await;
            let file = owner
                .sees(|chat| {
                    let sent = chat.messages.iter().filter(|m| m.from_bot);
                    let mut files = sent.filter_map(|m| m.file());
                    let file = files.find(|file| file.file_name.as_deref() == Some(name))?;
                    Some(file.file_id.clone())
                })
                .await;
            let words = readable(site.people.file(&file).await.unwrap());
            self.outputs.push((place, name.to_owned(), words));
        }
        for verb in ["desk.agenda-text", "desk.cards", "desk.compare", "back"] {
            agenda = choose(owner, &agenda, verb).await;
        }
        let agenda = until_offered(owner, "desk.settle").await;
        let really = choose(owner, &agenda, "desk.settle").await;
        choose(owner, &really, "yes").await;
    }

    /// What is promised is logged, undone, and logged again in other words.
    pub(super) async fn at_the_meeting(&mut self) {
        let owner = &mut self.owner;
        owner.client.send_text(owner.id, "/outcome").await.unwrap();
        owner.tap(|data| data.contains(".0.open.")).await;
        // How many entries the screen shows stands in its buttons.
        for (seen, text) in [(1, "mistaken"), (3, "promised")] {
            let promised = format!(".{seen}.promised.");
            owner.tap(|data| data.contains(&promised)).await;
            let mut at = owner.screen().await;
            for words in [canary(text), canary("promised-by"), canary("due")] {
                owner.type_in(&at, &words).await;
                at = owner.screen().await;
            }
            let in_a_month = at.message.buttons[0][0].text.clone();
            owner.press(&at, &in_a_month).await;
            if text == "mistaken" {
                owner.tap(|data| data.ends_with(".undo.1")).await;
            }
        }
        owner.tap(|data| data.contains(".4.organisations.")).await;
    }

    /// The promises as organisers keep them, and what organisations say on the day.
    pub(super) async fn after_the_meeting(&mut self, site: &Site) {
        let owner = &mut self.owner;
        let promises = owner.screen_of_command("/promises").await;
        let mut at = promises;
        for (text, by) in [("pledged", "pledged-by"), ("taken-back", "taken-back")] {
            at = choose(owner, &at, "desk.add-promise").await;
            owner.type_in(&at, &canary(text)).await;
            at = owner.screen().await;
            at = choose(owner, &at, "pick.owner").await;
            owner.type_in(&at, &canary(by)).await;
            at = owner.screen().await;
            at = choose(owner, &at, "desk.save-promise").await;
            if text == "pledged" {
                for verb in ["desk.change-promise", "pick.text"] {
                    at = choose(owner, &at, verb).await;
                }
                owner.type_in(&at, &canary("reworded")).await;
                at = owner.screen().await;
                at = choose(owner, &at, "desk.save-promise").await;
                owner.send(&at, photo(&canary("evidence"))).await;
                at = owner.screen().await;
                at = choose(owner, &at, "back").await;
            } else {
                for verb in ["desk.take-promise-back", "yes"] {
                    at = choose(owner, &at, verb).await;
                }
            }
        }

        // Only whoever is approved counts where it is said what became of a promise.
        for name in ["organisation", "renamed"] {
            let all = owner.screen_of_command("/orgs").await;
            owner.type_in(&all, &canary(name)).await;
            let one = owner.screen().await;
            choose(owner, &one, "desk.approve-organisation").await;
        }

        // In the afternoon, when it is due for some days.
        let now = Zoned::now().in_tz(ZONE).unwrap();
        let then = (now.date() + 40.days()).at(17, 0, 0, 0);
        let then = then.in_tz(ZONE).unwrap().timestamp();
        let ahead: SignedDuration = then.duration_since(now.timestamp());
        site.people
            .time(Duration::try_from(ahead).unwrap())
            .await
            .unwrap();
        for (phone, words) in [
            (&mut self.neighbour, "noted"),
            (&mut self.member, "noted-by-author"),
        ] {
            let is_asked = |data: &str| data.starts_with("promise:") && data.ends_with(".not-done");
            phone.tap(is_asked).await;
            let mut at = phone.screen().await;
            if words == "noted" {
                phone.send(&at, photo(&canary("below-photo"))).await;
                at = phone.screen().await;
            }
            phone.type_in(&at, &canary(words)).await;
            phone.screen().await;
        }
        let owner = &mut self.owner;
        let mut at = owner.screen_of_command("/promises").await;
        for verb in ["open", "desk.reports", "desk.file"] {
            at = choose(owner, &at, verb).await;
        }
    }

    /// Another meeting is ahead, and what was not kept is raised again.
    pub(super) async fn raise_again(&mut self, site: &Site) {
        self.meet(site, "meeting", "2099-01-17".parse().unwrap())
            .await;
        let member = &mut self.member;
        let before = member.receipts().await;
        let menu = member.screen_of_command("/menu").await;
        let mine = choose(member, &menu, "mine").await;
        choose(member, &mine, "carry").await;
        let after = member.receipts().await;
        let mut new = after.difference(&before);
        self.receipt = new.next().expect("it has a receipt of its own").clone();
        // The name of an organisation about which nothing is decided goes with its people.
        let name = canary("organisation");
        self.command(site, &["set", "organisation", &name, "plain"])
            .await;
    }
}

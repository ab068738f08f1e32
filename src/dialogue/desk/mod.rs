//! The organisers' side of the conversation: what somebody with a role sees and does in their private chat.
//!
//! Guarantees: nobody sees a [`Desk`] to which their role gives no right, however they came there; what is decided there is
//! decided in [`organising`], which asks for the right again; and a decision about a concern counts only if the concern is
//! still as it was shown.
//!
//! Each room answers for its own places (`Room`):
//!
//! | file | about |
//! |---|---|
//! | `concerns` | which concerns there are to look at, one of them, what is decided about it |
//! | `announce` | words to many |
//! | `invite` | links |
//! | `organisations` | organisations |
//! | `people` | who has which role, and the audit log |
//! | `meeting` | what is known of the meeting |
//! | `digest` | which digest is wanted |
//! | `agenda` | what the meeting has time for, and why |
//! | `floor` | what happens at the meeting |
//! | `promises` | what was promised, and what became of it |
//!
//! Beside them:
//!
//! | file | about |
//! |---|---|
//! | `room` | what a room answers for |
//! | `tap` | the buttons of all rooms |
//! | `calendar` | what comes by the clock |
//! | `late` | what is made when its turn comes |

mod agenda;
mod announce;
mod calendar;
mod concerns;
mod digest;
mod floor;
mod invite;
pub mod late;
mod meeting;
mod organisations;
mod people;
pub(super) mod promises;
mod room;
mod tap;

pub use agenda::AgendaDesk;
pub use agenda::item::Override;
pub use agenda::listing::{Columns, Listed, Listing, ListingWords};
pub use agenda::paper::{Paper, Part};
pub use agenda::say::Brief;
pub use agenda::times::Span;
pub use announce::{AnnounceDesk, Wish};
pub use concerns::queue::{self, Lens};
pub use concerns::{ConcernDesk, Wanted};
pub use digest::{DigestDesk, Last, Narrow, Selection, format_name};
pub(super) use floor::tell_unlogged;
pub use floor::{FloorDesk, FloorTap, Instead, Tapped, looks_at_the_floor};
pub use invite::{InviteDesk, Inviting, Whom};
pub use meeting::{Editing, Field, MeetingDesk};
pub use organisations::OrganisationDesk;
pub use people::PeopleDesk;
pub use promises::words::SoFar;
pub use promises::{Facet, PromiseDesk, Promising};
pub use tap::Tap;

pub(super) use agenda::on_proposed;
pub(super) use concerns::{begin_merging, has_changed, look, show_changed};
pub(super) use floor::on_press as on_floor_press;
pub(super) use room::Did;

use std::fmt;

use serde::{Deserialize, Serialize};

use self::concerns::{card, deciding, merging};
use self::room::Room;
use super::organising::{self, By, Done, Order, Standing};
use super::screen::{Row, Screen, View};
use super::{Action, Change, DataForm, PaperForm, Papers, Person, State, Turn, Visit};
use crate::agenda::Step;
use crate::digest::{Edition, Filter, Format};
use crate::domain::{Act, Deed, Language, Role, Status, Who, access};
use crate::text::{Html, Phrases};

/// Makes [`Desk`] of the rooms.
macro_rules! desk {
    ($($(#[$doc:meta])* $room:ident($places:ty),)*) => {
        /// Where somebody with a role can be. It is stored by the place alone, so no two rooms may have a place of the same name.
        #[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
        #[serde(untagged)]
        pub enum Desk {
            $($(#[$doc])* $room($places),)*
        }

        impl Desk {
            fn room(&self) -> &dyn Room {
                match self {
                    $(Self::$room(place) => place,)*
                }
            }
        }

        $(impl From<$places> for Desk {
            fn from(place: $places) -> Self {
                Self::$room(place)
            }
        })*
    };
}

desk! {
    /// Among the concerns.
    Concerns(ConcernDesk),
    /// Where something is announced.
    Announce(AnnounceDesk),
    /// Where links are made.
    Invite(InviteDesk),
    /// Among the organisations.
    Organisations(OrganisationDesk),
    /// Among those who have a role.
    People(PeopleDesk),
    /// Where the meeting is changed.
    Meeting(MeetingDesk),
    /// Where a digest is chosen.
    Digest(DigestDesk),
    /// At the agenda.
    Agenda(AgendaDesk),
    /// At the floor log.
    Floor(FloorDesk),
    /// Among the promises.
    Promises(PromiseDesk),
}

/// By the place, as it is stored.
impl fmt::Debug for Desk {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(self.room(), f)
    }
}

impl Desk {
    /// What it takes to be there.
    pub fn act(&self) -> Act {
        self.room().act()
    }

    /// Whether something is in the making there: words that are awaited, or a decision about them.
    pub(super) fn is_work(&self) -> bool {
        self.room().is_work()
    }
}

/// Whether a person may do this.
pub(super) fn may(person: &Person, act: Act) -> bool {
    access::allows(person.role, act, None)
}

/// The screen of a desk; nothing for whoever may not be there.
pub(super) fn screen(
    person: &Person,
    desk: &Desk,
    view: View<'_>,
    phrases: Phrases<'_>,
) -> Option<Screen> {
    may(person, desk.act()).then(|| desk.room().screen(person, view, phrases))
}

/// What is taken along to the meeting, in this language; nothing if there is no agenda, or the concern is not on it.
pub fn paper(papers: Papers, language: Language, view: View<'_>) -> Option<Paper> {
    let phrases = view.forum.words.phrases(language);
    agenda::paper::make(papers, view, phrases)
}

/// Something is done at the desk where the person is.
pub(super) fn on(turn: &mut Turn, did: Did<'_>) {
    if let Some(desk) = at(turn) {
        desk.room().on(turn, did);
    }
}

/// Where one comes from.
pub(super) fn on_back(turn: &mut Turn) {
    if let Some(desk) = at(turn) {
        desk.room().on_back(turn);
    }
}

/// A question that is answered by typing.
fn asking(html: Html, phrases: Phrases<'_>) -> Screen {
    Screen {
        html,
        rows: vec![vec![(phrases.button_back(), Action::Back)]],
    }
}

/// The menu's buttons for a role; none without one.
pub(super) fn menu(role: Option<Role>, view: View<'_>, phrases: Phrases<'_>) -> Vec<Row> {
    let tap = |label, tap| (label, Action::Desk(tap));
    match role {
        None => Vec::new(),
        Some(Role::Auditor) => vec![vec![tap(phrases.button_audit(), Tap::Audit)]],
        Some(Role::Owner | Role::Organiser) => {
            let open = queue::ids(&Lens::New, view).len() as u64;
            let mut rows = floor::on_the_day(view, phrases);
            rows.extend([
                vec![
                    (phrases.button_digest(), Action::Digest),
                    tap(
                        phrases.button_concerns(&phrases.number(open)),
                        Tap::Concerns,
                    ),
                ],
                vec![
                    tap(phrases.button_announce(), Tap::Announce),
                    tap(phrases.button_stats(), Tap::Stats),
                ],
                vec![
                    tap(phrases.button_invite(), Tap::Invite),
                    tap(phrases.button_organisations(), Tap::Organisations),
                ],
            ]);
            let mut last = vec![tap(phrases.button_edit_meeting(), Tap::EditMeeting)];
            if role == Some(Role::Owner) {
                last.push(tap(phrases.button_people(), Tap::People));
            }
            rows.push(last);
            rows.push(vec![
                tap(phrases.button_plan(), Tap::Plan),
                tap(phrases.button_promises(), Tap::Promises),
            ]);
            rows.push(vec![tap(phrases.button_audit(), Tap::Audit)]);
            rows
        }
    }
}

/// Goes to a desk, if the person may be there.
pub(super) fn go(turn: &mut Turn, desk: impl Into<Desk>) {
    let desk = desk.into();
    if !may(&turn.person, desk.act()) {
        turn.note(|phrases| phrases.note_not_allowed());
        return to_menu(turn);
    }
    if let Desk::People(PeopleDesk::Audit(0)) = desk {
        note(turn, Deed::AuditRead);
    }
    visit(turn, Visit::Desk(desk));
}

fn to_menu(turn: &mut Turn) {
    let kept = turn.person.state.draft().cloned();
    turn.go(State::Menu { kept });
}

/// A draft waits meanwhile.
fn visit(turn: &mut Turn, visit: Visit) {
    let kept = turn.person.state.draft().cloned();
    turn.go(State::Visit { kept, visit });
}

fn note(turn: &mut Turn, deed: Deed) {
    let who = Who::Person(turn.person.number);
    turn.world.change(Change::Audit(who, deed));
}

/// Orders something in the person's name; says why where it cannot be done.
fn order(turn: &mut Turn, order: Order) -> Option<Done> {
    let by = By::Person {
        number: turn.person.number,
        role: turn.person.role,
    };
    match organising::carry_out(order, by, turn.forum, turn.world, turn.moment) {
        Ok(mut done) => {
            turn.notices.append(&mut done.notices);
            // Organisations that became one take along whoever speaks for them, be it the person themselves, and nobody is kept for a promise
            // that is taken back.
            if let Some(changed) = turn.world.person(turn.person.number) {
                turn.person.membership = changed.membership;
                turn.person.follows = changed.follows;
            }
            Some(done)
        }
        Err(refused) => {
            turn.note(|phrases| refused.say(phrases));
            None
        }
    }
}

/// The desk where the person is, if they may be there; if not, they are at the menu then.
fn at(turn: &mut Turn) -> Option<Desk> {
    let desk = turn.person.desk().cloned();
    let allowed = desk.filter(|desk| may(&turn.person, desk.act()));
    if allowed.is_none() {
        to_menu(turn);
    }
    allowed
}

/// One of the desk's own buttons, or one of the organisers' menu.
pub(super) fn on_tap(turn: &mut Turn, tap: Tap) {
    match tap {
        Tap::Concerns => go(turn, ConcernDesk::Concerns),
        Tap::Announce => go(turn, AnnounceDesk::Announce),
        Tap::Invite => go(turn, InviteDesk::Invite(Inviting::default())),
        Tap::Organisations => go(turn, OrganisationDesk::ALL),
        Tap::People => go(turn, PeopleDesk::People),
        Tap::Audit => go(turn, PeopleDesk::Audit(0)),
        Tap::EditMeeting => meeting::begin(turn),
        Tap::Calendar => calendar::tell(turn),
        Tap::Stats => send_stats(turn),
        Tap::Search => go(turn, ConcernDesk::Searching),
        // It stands on no screen.
        Tap::Look => turn.show(),
        Tap::Approve => deciding::on_decide(turn, |_| Status::Approved),
        Tap::Hold => deciding::on_decide(turn, |_| Status::Held),
        Tap::Agenda => deciding::on_decide(turn, |_| Status::Agenda),
        Tap::Unmerge => deciding::on_decide(turn, organising::concern::alone),
        Tap::Reject => deciding::on_wanted(turn, Wanted::Reason),
        Tap::Ask => deciding::on_wanted(turn, Wanted::Question),
        Tap::Write(attachment) => deciding::on_wanted(turn, Wanted::Spoken(attachment)),
        Tap::Merge => merging::on_merge(turn),
        Tap::ApproveAuthor => deciding::on_approve_author(turn),
        Tap::File(attachment) if promises::on_file(turn, attachment) => {}
        Tap::File(attachment) => card::on_file(turn, attachment),
        Tap::Next => card::on_next(turn),
        Tap::Before => card::on_before(turn),
        Tap::Send => announce::on_send(turn),
        Tap::ForAny => invite::on_for(turn, Whom::Any),
        Tap::ForMissing => invite::on_for(turn, Whom::Missing),
        Tap::ForOne => invite::on_for_one(turn),
        Tap::ForList => invite::on_for_list(turn),
        Tap::Uses => invite::on_uses(turn),
        Tap::Days => invite::on_days(turn),
        Tap::Make => invite::on_make(turn),
        Tap::Made => go(turn, InviteDesk::Invitations(0)),
        Tap::Revoke => invite::on_revoke(turn),
        Tap::ApproveOrganisation => organisations::on_standing(turn, Standing::Approved),
        Tap::Suspend => organisations::on_standing(turn, Standing::Suspended),
        Tap::Plain => organisations::on_standing(turn, Standing::Plain),
        Tap::Rename => organisations::on_rename(turn),
        Tap::MergeOrganisation => organisations::on_merge(turn),
        Tap::TakeRole => people::on_take(turn),
        Tap::Offer(role) => go(turn, PeopleDesk::Offering(role)),
        Tap::Give(role) => people::on_give(turn, role),
        Tap::Save => meeting::on_save(turn),
        Tap::Unknown => meeting::on_unknown(turn),
        Tap::Plan => agenda::begin(turn),
        Tap::Times => go(turn, AgendaDesk::AgendaTimes),
        Tap::Minutes => agenda::item::on_minutes(turn),
        Tap::PutIn => agenda::item::on_by_hand(turn, Override::PutIn),
        Tap::TakeOut => agenda::item::on_by_hand(turn, Override::TakenOut),
        Tap::TakeBack => agenda::item::on_take_back(turn),
        Tap::Earlier => agenda::item::on_move(turn, Step::Earlier),
        Tap::Later => agenda::item::on_move(turn, Step::Later),
        Tap::OrderBack => agenda::item::on_order_back(turn),
        Tap::Compare => go(turn, AgendaDesk::AgendaCompare(0)),
        Tap::Settle => agenda::on_settle(turn),
        Tap::AgendaText => agenda::on_paper(turn, false, PaperForm::Message),
        Tap::AgendaDocx => agenda::on_paper(turn, false, PaperForm::Docx),
        Tap::AgendaXlsx => agenda::on_paper(turn, false, PaperForm::Data(DataForm::Xlsx)),
        Tap::AgendaCsv => agenda::on_paper(turn, false, PaperForm::Data(DataForm::Csv)),
        Tap::AgendaJson => agenda::on_paper(turn, false, PaperForm::Data(DataForm::Json)),
        Tap::Cards => agenda::on_paper(turn, true, PaperForm::Message),
        Tap::CardsDocx => agenda::on_paper(turn, true, PaperForm::Docx),
        Tap::Outcome => floor::begin(turn),
        Tap::Items => go(turn, FloorDesk::FloorList(0)),
        Tap::Correct => go(turn, FloorDesk::FloorTimes),
        Tap::Floor(tap) => floor::on_tap(turn, tap),
        Tap::AgendaPdf => agenda::on_paper(turn, false, PaperForm::Pdf),
        Tap::CardsPdf => agenda::on_paper(turn, true, PaperForm::Pdf),
        Tap::Promises => go(turn, PromiseDesk::Promises(0)),
        Tap::AddPromise => promises::draft::begin(turn),
        Tap::ChangePromise => promises::draft::on_change(turn),
        Tap::TakePromiseBack => promises::on_take_back(turn),
        Tap::Reports => promises::on_reports(turn),
        Tap::NotSaid => promises::draft::on_not_said(turn),
        Tap::SavePromise => promises::draft::on_save(turn),
    }
}

/// The figures, as a message.
pub(super) fn send_stats(turn: &mut Turn) {
    if !may(&turn.person, Act::Digest) {
        turn.note(|phrases| phrases.note_not_allowed());
        return turn.show();
    }
    super::send_digest(turn, Edition::Organisers, Format::Stats, Filter::default());
    turn.note(|phrases| phrases.note_stats_come());
    turn.show();
}

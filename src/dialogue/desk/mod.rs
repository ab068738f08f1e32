//! The organisers' side of the conversation: what somebody with a role sees and does in their private chat.
//!
//! Guarantees: nobody sees a [`Desk`] to which their role gives no right, however they came there; what is decided there is
//! decided in [`organising`], which asks for the right again; and a decision about a concern counts only if the concern is
//! still as it was shown.
//!
//! | file | about |
//! |---|---|
//! | `agenda` | what the meeting has time for, and why |
//! | `floor` | what happens at the meeting |
//! | `promises` | what was promised, and what became of it |
//! | `queue` | which concerns there are to look at, in which order |
//! | `card` | one concern, and what is decided about it |
//! | `announce` | words to many |
//! | `invite` | links |
//! | `organisations` | organisations |
//! | `people` | who has which role, and the audit log |
//! | `meeting` | what is known of the meeting |
//! | `digest` | which digest is wanted |
//! | `calendar` | what comes by the clock |

mod agenda;
mod announce;
mod calendar;
mod card;
mod digest;
mod floor;
mod invite;
pub mod late;
mod meeting;
mod organisations;
mod people;
pub(super) mod promises;
pub mod queue;
mod tap;

pub use agenda::paper::{Paper, Part};
pub use agenda::times::Span;
pub use announce::Wish;
pub use digest::{Narrow, Selection};
pub use floor::{FloorTap, Instead, SoFar, Tapped, looks_at_the_floor};
pub use invite::{Inviting, Whom};
pub use meeting::{Editing, Field};
pub use promises::{Facet, Promising};
pub use queue::Lens;
pub use tap::Tap;

use serde::{Deserialize, Serialize};

use super::organising::{self, By, Done, Order, Standing};
use super::screen::{Row, Screen, View};
use super::{Action, Draft, PaperForm, Person, State, Turn, Visit};
use crate::agenda::ByHand;
use crate::digest::{Edition, Filter, Format};
use crate::domain::{Act, Audience, Role, Side, Stamp, Status, access};
use crate::text::Phrases;

/// Where somebody with a role can be.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Desk {
    /// What concerns there are to look at.
    Concerns,
    /// Of which topic.
    Topics,
    /// The words that are searched.
    Searching,
    /// A page of concerns.
    List {
        /// Which.
        lens: Lens,
        /// The page, from 0.
        page: u32,
    },
    /// One concern, and what can be decided about it.
    Card {
        /// Among which it stands.
        lens: Lens,
        /// Which.
        id: u64,
        /// As it was when it was shown.
        seen: Stamp,
    },
    /// Words that a decision about a concern takes.
    Words {
        /// Among which it stands.
        lens: Lens,
        /// Which.
        id: u64,
        /// As it was when it was shown.
        seen: Stamp,
        /// For what.
        wanted: Wanted,
    },
    /// The concern of which it becomes part.
    Merging {
        /// Among which it stands.
        lens: Lens,
        /// Which.
        id: u64,
        /// As it was when it was shown.
        seen: Stamp,
        /// Those that are offered.
        offered: Vec<u64>,
    },
    /// To whom something is announced.
    Announce,
    /// In which place, or of which topic, those are.
    AnnounceBy(Wish),
    /// What is announced to them.
    Announcing(Audience),
    /// Whether it may really be sent.
    Preview {
        /// To whom.
        audience: Audience,
        /// What.
        words: organising::Words,
        /// Whether they said yes once.
        sure: bool,
    },
    /// A link in the making.
    Invite(Inviting),
    /// For which organisation it is: typed, and which were found.
    InviteWhom(Inviting, Vec<u64>),
    /// For which organisations links are: a list, typed.
    InviteList(Inviting),
    /// A page of the links that were made.
    Invitations(u32),
    /// One of them.
    Invitation(u64),
    /// A page of organisations; those that were found, if something was typed.
    Organisations {
        /// Those that were found.
        found: Option<Vec<u64>>,
        /// The page, from 0.
        page: u32,
    },
    /// One of them.
    Organisation(u64),
    /// Its new name.
    Renaming(u64),
    /// Which it is in truth: typed, and which were found.
    MergingOrganisation(u64, Vec<u64>),
    /// Whether the first may really become part of the second.
    MergeOrganisationsReally(u64, u64),
    /// Who has a role.
    People,
    /// One of them.
    Colleague(u64),
    /// What whoever gets this role is called.
    Offering(Role),
    /// A page of the audit log, the newest first.
    Audit(u32),
    /// What is known of the meeting, while it is being changed; nothing of it counts yet.
    Meeting(Box<Editing>),
    /// One thing that is known of it, typed.
    MeetingField(Box<Editing>, Field),
    /// Which digest is wanted.
    Digest(Selection),
    /// To what it is narrowed.
    DigestBy(Selection, Narrow),
    /// A page of the agenda.
    Agenda {
        /// The page, from 0.
        page: u32,
        /// The version that was shown.
        seen: u32,
    },
    /// How the meeting's time is divided.
    AgendaTimes,
    /// A part of it.
    AgendaTime(Span),
    /// One item.
    AgendaItem {
        /// The page on which it stands.
        page: u32,
        /// Its concern.
        id: u64,
        /// The version that was shown.
        seen: u32,
    },
    /// How long it takes.
    AgendaMinutes {
        /// The page on which it stands.
        page: u32,
        /// Its concern.
        id: u64,
    },
    /// Why it is in or out by hand.
    AgendaWhy {
        /// The page on which it stands.
        page: u32,
        /// Its concern.
        id: u64,
        /// Which of both.
        what: ByHand,
    },
    /// A page of what would be otherwise with most votes first.
    AgendaCompare(u32),
    /// Whether it may really be settled.
    AgendaSettle {
        /// The version that was shown.
        seen: u32,
    },
    /// What is spoken of at the meeting.
    Floor,
    /// A page of what can be spoken of.
    FloorList(u32),
    /// Whose time is corrected.
    FloorTimes,
    /// For how long a side has spoken.
    FloorMinutes {
        /// What was spoken of; nothing where that was no item.
        item: Option<u64>,
        /// Which side.
        side: Side,
        /// How many entries of the log were shown.
        seen: u64,
    },
    /// Whether what another has logged may be replaced.
    FloorReplace {
        /// The concern.
        item: u64,
        /// How many entries of the log were shown.
        seen: u64,
        /// By what.
        instead: Instead,
    },
    /// What was promised.
    FloorPromise {
        /// The concern.
        item: u64,
        /// How many entries of the log were shown.
        seen: u64,
        /// What is said of it so far.
        said: SoFar,
    },
    /// A page of what was promised.
    Promises(u32),
    /// One promise.
    Promise {
        /// The page on which it stands.
        page: u32,
        /// Which.
        id: u64,
        /// The version that was shown.
        seen: u32,
    },
    /// What organisations say of it.
    Reports {
        /// Which.
        id: u64,
        /// The page, from 0.
        page: u32,
    },
    /// A promise in the making, or being changed; nothing of it counts yet.
    Promising(Box<Promising>),
    /// One thing that it says, typed.
    PromiseFacet(Box<Promising>, Facet),
    /// Whether it may really be taken back.
    PromiseTakeBack {
        /// Which.
        id: u64,
        /// The version that was shown.
        seen: u32,
    },
}

/// What words are wanted for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Wanted {
    /// Why it is refused.
    Reason,
    /// A question to its author.
    Question,
    /// What is said in a voice note, by its attachment.
    Spoken(u64),
}

impl Desk {
    /// What it takes to be there.
    pub fn act(&self) -> Act {
        match self {
            Self::Concerns
            | Self::Topics
            | Self::Searching
            | Self::List { .. }
            | Self::Card { .. } => Act::Read,
            Self::Words { wanted, .. } => match wanted {
                Wanted::Reason => Act::Reject,
                Wanted::Question => Act::Ask,
                Wanted::Spoken(_) => Act::WriteDown,
            },
            Self::Merging { .. } => Act::Merge,
            Self::Announce | Self::AnnounceBy(_) | Self::Announcing(_) | Self::Preview { .. } => {
                Act::Announce
            }
            Self::Invite(_)
            | Self::InviteWhom(..)
            | Self::InviteList(_)
            | Self::Invitations(_)
            | Self::Invitation(_) => Act::Invite,
            Self::Organisations { .. }
            | Self::Organisation(_)
            | Self::Renaming(_)
            | Self::MergingOrganisation(..)
            | Self::MergeOrganisationsReally(..) => Act::Organisations,
            Self::People | Self::Colleague(_) | Self::Offering(_) => Act::People,
            Self::Audit(_) => Act::Audit,
            Self::Meeting(_) | Self::MeetingField(..) => Act::Meeting,
            Self::Digest(_) | Self::DigestBy(..) => Act::Digest,
            Self::Agenda { .. }
            | Self::AgendaTimes
            | Self::AgendaTime(_)
            | Self::AgendaItem { .. }
            | Self::AgendaMinutes { .. }
            | Self::AgendaWhy { .. }
            | Self::AgendaCompare(_)
            | Self::AgendaSettle { .. } => Act::Plan,
            Self::Floor
            | Self::FloorList(_)
            | Self::FloorTimes
            | Self::FloorMinutes { .. }
            | Self::FloorReplace { .. }
            | Self::FloorPromise { .. } => Act::Floor,
            Self::Promises(_)
            | Self::Promise { .. }
            | Self::Reports { .. }
            | Self::Promising(_)
            | Self::PromiseFacet(..)
            | Self::PromiseTakeBack { .. } => Act::Ledger,
        }
    }
}

/// To a concern, wherever the person was.
pub(super) fn look(turn: &mut Turn, id: u64) {
    card::look(turn, Lens::All, id);
}

pub(super) use agenda::on_proposed;
pub(super) use card::{begin_merging, has_changed, show_changed};
pub(super) use floor::on_press as on_floor_press;

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
    if !may(person, desk.act()) {
        return None;
    }
    Some(match desk {
        Desk::Concerns => queue::overview(view, phrases),
        Desk::Topics => queue::topics(view, phrases),
        Desk::Searching => asking(phrases.ask_search(), phrases),
        Desk::List { lens, page } => queue::list(lens, *page, view, phrases),
        Desk::Card { lens, id, .. } => card::screen(person, lens, *id, view, phrases),
        Desk::Words { id, wanted, .. } => card::asking(*id, *wanted, view, phrases),
        Desk::Merging { id, offered, .. } => card::merging(*id, offered, view, phrases),
        Desk::Announce => announce::audiences(view, phrases),
        Desk::AnnounceBy(wish) => announce::narrower(*wish, view, phrases),
        Desk::Announcing(audience) => announce::asking(audience, view, phrases),
        Desk::Preview {
            audience,
            words,
            sure,
        } => announce::preview(audience, words, *sure, view, phrases),
        Desk::Invite(inviting) => invite::screen(inviting, view, phrases),
        Desk::InviteWhom(_, found) => invite::whom(found, view, phrases),
        Desk::InviteList(_) => asking(phrases.ask_invite_list(), phrases),
        Desk::Invitations(page) => invite::list(person, *page, view, phrases),
        Desk::Invitation(id) => invite::one(person, *id, view, phrases),
        Desk::Organisations { found, page } => {
            organisations::list(found.as_deref(), *page, view, phrases)
        }
        Desk::Organisation(id) => organisations::one(*id, view, phrases),
        Desk::Renaming(id) => organisations::renaming(*id, view, phrases),
        Desk::MergingOrganisation(id, found) => organisations::merging(*id, found, view, phrases),
        Desk::MergeOrganisationsReally(from, into) => {
            organisations::merging_really(*from, *into, view, phrases)
        }
        Desk::People => people::list(view, phrases),
        Desk::Colleague(number) => people::one(*number, person, view, phrases),
        Desk::Offering(role) => people::offering(*role, phrases),
        Desk::Audit(page) => people::audit(person, *page, view, phrases),
        Desk::Meeting(editing) => meeting::screen(editing, view, phrases),
        Desk::MeetingField(editing, field) => meeting::asking(editing, *field, view, phrases),
        Desk::Digest(selection) => digest::screen(selection, view, phrases),
        Desk::DigestBy(_, narrow) => digest::narrower(*narrow, view, phrases),
        Desk::Agenda { page, .. } => agenda::screen(*page, view, phrases),
        Desk::AgendaTimes => agenda::times::screen(view, phrases),
        Desk::AgendaTime(span) => agenda::times::one(*span, view, phrases),
        Desk::AgendaItem { id, .. } => agenda::item::screen(*id, view, phrases),
        Desk::AgendaMinutes { id, .. } => agenda::item::minutes(*id, view, phrases),
        Desk::AgendaWhy { id, what, .. } => agenda::item::why(*id, *what, view, phrases),
        Desk::AgendaCompare(page) => agenda::compare(*page, view, phrases),
        Desk::AgendaSettle { .. } => agenda::settling(view, phrases),
        Desk::Floor => floor::screen(view, phrases),
        Desk::FloorList(page) => floor::list(*page, view, phrases),
        Desk::FloorTimes => floor::minutes::sides(view, phrases),
        Desk::FloorMinutes { item, side, .. } => floor::minutes::one(*item, *side, view, phrases),
        Desk::FloorReplace { item, instead, .. } => floor::replacing(*item, instead, view, phrases),
        Desk::FloorPromise { item, said, .. } => floor::promise::screen(*item, said, view, phrases),
        Desk::Promises(page) => promises::list(*page, view, phrases),
        Desk::Promise { id, .. } => promises::one(*id, view, phrases),
        Desk::Reports { id, page } => promises::reports(*id, *page, view, phrases),
        Desk::Promising(promising) => promises::draft(promising, view, phrases),
        Desk::PromiseFacet(_, facet) => promises::facet(*facet, view, phrases),
        Desk::PromiseTakeBack { id, .. } => promises::taking_back(*id, view, phrases),
    })
}

/// A form of a digest in words.
pub fn format_name(format: Format, phrases: Phrases<'_>) -> String {
    match format {
        Format::Messages => phrases.button_as_messages(),
        Format::Text => phrases.button_as_text(),
        Format::Json => phrases.button_as_json(),
        Format::Pdf => phrases.button_as_pdf(),
        Format::Xlsx => phrases.button_as_xlsx(),
        Format::Docx => phrases.button_as_docx(),
        Format::Csv => phrases.button_as_csv(),
        Format::Stats => phrases.button_stats(),
    }
}

/// A question that is answered by typing.
fn asking(html: crate::text::Html, phrases: Phrases<'_>) -> Screen {
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
pub(super) fn go(turn: &mut Turn, desk: Desk) {
    if !may(&turn.person, desk.act()) {
        turn.note(|phrases| phrases.note_not_allowed());
        return turn.go(State::Menu { kept: kept(turn) });
    }
    if let Desk::Audit(0) = desk {
        note(turn, crate::domain::Deed::AuditRead);
    }
    let kept = kept(turn);
    turn.go(State::Visit {
        kept,
        visit: Visit::Desk(desk),
    });
}

fn kept(turn: &Turn) -> Option<Draft> {
    turn.person.state.draft().cloned()
}

fn note(turn: &mut Turn, deed: crate::domain::Deed) {
    let who = crate::domain::Who::Person(turn.person.number);
    turn.world.change(super::Change::Audit(who, deed));
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
            // Organisations that became one take along whoever speaks for them, be it the person themselves.
            if let Some(changed) = turn.world.person(turn.person.number) {
                turn.person.membership = changed.membership;
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
        let kept = kept(turn);
        turn.go(State::Menu { kept });
    }
    allowed
}

/// One of the desk's own buttons, or one of the organisers' menu.
pub(super) fn on_tap(turn: &mut Turn, tap: Tap) {
    match tap {
        Tap::Concerns => go(turn, Desk::Concerns),
        Tap::Announce => go(turn, Desk::Announce),
        Tap::Invite => go(turn, Desk::Invite(Inviting::default())),
        Tap::Organisations => go(
            turn,
            Desk::Organisations {
                found: None,
                page: 0,
            },
        ),
        Tap::People => go(turn, Desk::People),
        Tap::Audit => go(turn, Desk::Audit(0)),
        Tap::EditMeeting => meeting::begin(turn),
        Tap::Calendar => calendar::tell(turn),
        Tap::Stats => send_stats(turn),
        Tap::Search => go(turn, Desk::Searching),
        // It stands on no screen.
        Tap::Look => turn.show(),
        Tap::Approve => card::on_decide(turn, |_| Status::Approved),
        Tap::Hold => card::on_decide(turn, |_| Status::Held),
        Tap::Agenda => card::on_decide(turn, |_| Status::Agenda),
        Tap::Unmerge => card::on_decide(turn, organising::concern::alone),
        Tap::Reject => card::on_wanted(turn, Wanted::Reason),
        Tap::Ask => card::on_wanted(turn, Wanted::Question),
        Tap::Write(attachment) => card::on_wanted(turn, Wanted::Spoken(attachment)),
        Tap::Merge => card::on_merge(turn),
        Tap::ApproveAuthor => card::on_approve_author(turn),
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
        Tap::Made => go(turn, Desk::Invitations(0)),
        Tap::Revoke => invite::on_revoke(turn),
        Tap::ApproveOrganisation => organisations::on_standing(turn, Standing::Approved),
        Tap::Suspend => organisations::on_standing(turn, Standing::Suspended),
        Tap::Plain => organisations::on_standing(turn, Standing::Plain),
        Tap::Rename => organisations::on_rename(turn),
        Tap::MergeOrganisation => organisations::on_merge(turn),
        Tap::TakeRole => people::on_take(turn),
        Tap::Offer(role) => go(turn, Desk::Offering(role)),
        Tap::Give(role) => people::on_give(turn, role),
        Tap::Save => meeting::on_save(turn),
        Tap::Unknown => meeting::on_unknown(turn),
        Tap::Plan => agenda::begin(turn),
        Tap::Times => go(turn, Desk::AgendaTimes),
        Tap::Minutes => agenda::item::on_minutes(turn),
        Tap::PutIn => agenda::item::on_by_hand(turn, ByHand::PutIn),
        Tap::TakeOut => agenda::item::on_by_hand(turn, ByHand::TakenOut),
        Tap::TakeBack => agenda::item::on_take_back(turn),
        Tap::Compare => go(turn, Desk::AgendaCompare(0)),
        Tap::Settle => agenda::on_settle(turn),
        Tap::AgendaText => agenda::on_paper(turn, false, PaperForm::Message),
        Tap::AgendaDocx => agenda::on_paper(turn, false, PaperForm::Docx),
        Tap::Cards => agenda::on_paper(turn, true, PaperForm::Message),
        Tap::CardsDocx => agenda::on_paper(turn, true, PaperForm::Docx),
        Tap::Outcome => floor::begin(turn),
        Tap::Items => go(turn, Desk::FloorList(0)),
        Tap::Correct => go(turn, Desk::FloorTimes),
        Tap::Floor(tap) => floor::on_tap(turn, tap),
        Tap::AgendaPdf => agenda::on_paper(turn, false, PaperForm::Pdf),
        Tap::CardsPdf => agenda::on_paper(turn, true, PaperForm::Pdf),
        Tap::Promises => go(turn, Desk::Promises(0)),
        Tap::AddPromise => promises::begin(turn),
        Tap::ChangePromise => promises::on_change(turn),
        Tap::TakePromiseBack => promises::on_take_back(turn),
        Tap::Reports => promises::on_reports(turn),
        Tap::NotSaid => promises::on_not_said(turn),
        Tap::SavePromise => promises::on_save(turn),
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

/// Something was chosen by its id.
pub(super) fn on_pick(turn: &mut Turn, id: &str) {
    let Some(desk) = at(turn) else { return };
    match desk {
        Desk::Concerns => queue::on_lens(turn, id),
        Desk::Topics => queue::open(turn, Lens::Topic(id.to_owned())),
        Desk::Announce => announce::on_audience(turn, id),
        Desk::AnnounceBy(wish) => announce::on_narrower(turn, wish, id),
        Desk::Meeting(editing) => meeting::on_field(turn, editing, id),
        Desk::Digest(selection) => digest::on_pick(turn, selection, id),
        Desk::DigestBy(selection, narrow) => digest::on_narrower(turn, selection, narrow, id),
        Desk::MeetingField(editing, Field::Deadline) => meeting::on_more_days(turn, editing, id),
        Desk::AgendaTimes => agenda::times::on_span(turn, id),
        Desk::AgendaTime(span) => agenda::times::on_number(turn, span, id),
        Desk::AgendaMinutes { page, id: item } => agenda::item::on_number(turn, page, item, id),
        Desk::FloorTimes => floor::minutes::on_side(turn, id),
        Desk::FloorMinutes { item, side, seen } => {
            floor::minutes::on_number(turn, (item, side), seen, id)
        }
        Desk::FloorPromise { item, seen, said } => {
            floor::promise::on_pick(turn, item, seen, said, id)
        }
        Desk::Promise { .. } => promises::on_heard(turn, id),
        Desk::Promising(promising) => promises::on_facet(turn, promising, id),
        Desk::PromiseFacet(promising, facet) => promises::on_words(turn, promising, facet, id),
        Desk::Searching
        | Desk::List { .. }
        | Desk::Card { .. }
        | Desk::Words { .. }
        | Desk::Merging { .. }
        | Desk::Announcing(_)
        | Desk::Preview { .. }
        | Desk::Invite(_)
        | Desk::InviteWhom(..)
        | Desk::InviteList(_)
        | Desk::Invitations(_)
        | Desk::Invitation(_)
        | Desk::Organisations { .. }
        | Desk::Organisation(_)
        | Desk::Renaming(_)
        | Desk::MergingOrganisation(..)
        | Desk::MergeOrganisationsReally(..)
        | Desk::People
        | Desk::Colleague(_)
        | Desk::Offering(_)
        | Desk::Audit(_)
        | Desk::MeetingField(..)
        | Desk::Agenda { .. }
        | Desk::AgendaItem { .. }
        | Desk::AgendaWhy { .. }
        | Desk::AgendaCompare(_)
        | Desk::AgendaSettle { .. }
        | Desk::Floor
        | Desk::FloorList(_)
        | Desk::FloorReplace { .. }
        | Desk::Promises(_)
        | Desk::Reports { .. }
        | Desk::PromiseTakeBack { .. } => turn.show(),
    }
}

/// Something was chosen from a list.
pub(super) fn on_open(turn: &mut Turn, id: u64) {
    let Some(desk) = at(turn) else { return };
    match desk {
        Desk::List { lens, .. } => card::look(turn, lens, id),
        Desk::Merging {
            lens,
            id: part,
            seen,
            ..
        } => card::on_merge_into(turn, lens, part, seen, id),
        Desk::InviteWhom(inviting, _) => go(
            turn,
            Desk::Invite(Inviting {
                whom: Whom::Organisation(id),
                ..inviting
            }),
        ),
        Desk::Invitations(_) => go(turn, Desk::Invitation(id)),
        Desk::Organisations { .. } => go(turn, Desk::Organisation(id)),
        Desk::MergingOrganisation(from, _) => go(turn, Desk::MergeOrganisationsReally(from, id)),
        Desk::People => go(turn, Desk::Colleague(id)),
        Desk::Agenda { page, .. } => agenda::item::look(turn, page, id),
        Desk::Promises(page) => promises::look(turn, page, id),
        Desk::Concerns
        | Desk::Topics
        | Desk::Searching
        | Desk::Card { .. }
        | Desk::Words { .. }
        | Desk::Announce
        | Desk::AnnounceBy(_)
        | Desk::Announcing(_)
        | Desk::Preview { .. }
        | Desk::Invite(_)
        | Desk::InviteList(_)
        | Desk::Invitation(_)
        | Desk::Organisation(_)
        | Desk::Renaming(_)
        | Desk::MergeOrganisationsReally(..)
        | Desk::Colleague(_)
        | Desk::Offering(_)
        | Desk::Audit(_)
        | Desk::Meeting(_)
        | Desk::MeetingField(..)
        | Desk::Digest(_)
        | Desk::DigestBy(..)
        | Desk::AgendaTimes
        | Desk::AgendaTime(_)
        | Desk::AgendaItem { .. }
        | Desk::AgendaMinutes { .. }
        | Desk::AgendaWhy { .. }
        | Desk::AgendaCompare(_)
        | Desk::AgendaSettle { .. }
        | Desk::Floor
        | Desk::FloorList(_)
        | Desk::FloorTimes
        | Desk::FloorMinutes { .. }
        | Desk::FloorReplace { .. }
        | Desk::FloorPromise { .. }
        | Desk::Promise { .. }
        | Desk::Reports { .. }
        | Desk::Promising(_)
        | Desk::PromiseFacet(..)
        | Desk::PromiseTakeBack { .. } => turn.show(),
    }
}

/// To another page.
pub(super) fn on_page(turn: &mut Turn, page: u32) {
    let Some(desk) = at(turn) else { return };
    let desk = match desk {
        Desk::List { lens, .. } => Desk::List { lens, page },
        Desk::Invitations(_) => Desk::Invitations(page),
        Desk::Organisations { found, .. } => Desk::Organisations { found, page },
        Desk::Audit(_) => Desk::Audit(page),
        Desk::Agenda { .. } => return agenda::open(turn, page),
        Desk::AgendaCompare(_) => Desk::AgendaCompare(page),
        Desk::FloorList(_) => Desk::FloorList(page),
        Desk::Promises(_) => Desk::Promises(page),
        Desk::Reports { id, .. } => Desk::Reports { id, page },
        Desk::Concerns
        | Desk::Topics
        | Desk::Searching
        | Desk::Card { .. }
        | Desk::Words { .. }
        | Desk::Merging { .. }
        | Desk::Announce
        | Desk::AnnounceBy(_)
        | Desk::Announcing(_)
        | Desk::Preview { .. }
        | Desk::Invite(_)
        | Desk::InviteWhom(..)
        | Desk::InviteList(_)
        | Desk::Invitation(_)
        | Desk::Organisation(_)
        | Desk::Renaming(_)
        | Desk::MergingOrganisation(..)
        | Desk::MergeOrganisationsReally(..)
        | Desk::People
        | Desk::Colleague(_)
        | Desk::Offering(_)
        | Desk::Meeting(_)
        | Desk::MeetingField(..)
        | Desk::Digest(_)
        | Desk::DigestBy(..)
        | Desk::AgendaTimes
        | Desk::AgendaTime(_)
        | Desk::AgendaItem { .. }
        | Desk::AgendaMinutes { .. }
        | Desk::AgendaWhy { .. }
        | Desk::AgendaSettle { .. }
        | Desk::Floor
        | Desk::FloorTimes
        | Desk::FloorMinutes { .. }
        | Desk::FloorReplace { .. }
        | Desk::FloorPromise { .. }
        | Desk::Promise { .. }
        | Desk::Promising(_)
        | Desk::PromiseFacet(..)
        | Desk::PromiseTakeBack { .. } => return turn.show(),
    };
    go(turn, desk);
}

pub(super) fn on_yes(turn: &mut Turn) {
    let Some(desk) = at(turn) else { return };
    match desk {
        Desk::Preview {
            audience,
            words,
            sure: true,
        } => announce::on_sure(turn, audience, words),
        Desk::MergeOrganisationsReally(from, into) => {
            organisations::on_merge_really(turn, from, into)
        }
        Desk::AgendaSettle { seen } => agenda::on_settle_really(turn, seen),
        Desk::FloorReplace {
            item,
            seen,
            instead,
        } => floor::on_instead(turn, item, seen, instead),
        Desk::PromiseTakeBack { id, seen } => promises::on_taken_back(turn, id, seen),
        Desk::Concerns
        | Desk::Topics
        | Desk::Searching
        | Desk::List { .. }
        | Desk::Card { .. }
        | Desk::Words { .. }
        | Desk::Merging { .. }
        | Desk::Announce
        | Desk::AnnounceBy(_)
        | Desk::Announcing(_)
        | Desk::Preview { sure: false, .. }
        | Desk::Invite(_)
        | Desk::InviteWhom(..)
        | Desk::InviteList(_)
        | Desk::Invitations(_)
        | Desk::Invitation(_)
        | Desk::Organisations { .. }
        | Desk::Organisation(_)
        | Desk::Renaming(_)
        | Desk::MergingOrganisation(..)
        | Desk::People
        | Desk::Colleague(_)
        | Desk::Offering(_)
        | Desk::Audit(_)
        | Desk::Meeting(_)
        | Desk::MeetingField(..)
        | Desk::Digest(_)
        | Desk::DigestBy(..)
        | Desk::Agenda { .. }
        | Desk::AgendaTimes
        | Desk::AgendaTime(_)
        | Desk::AgendaItem { .. }
        | Desk::AgendaMinutes { .. }
        | Desk::AgendaWhy { .. }
        | Desk::AgendaCompare(_)
        | Desk::Floor
        | Desk::FloorList(_)
        | Desk::FloorTimes
        | Desk::FloorMinutes { .. }
        | Desk::FloorPromise { .. }
        | Desk::Promises(_)
        | Desk::Promise { .. }
        | Desk::Reports { .. }
        | Desk::Promising(_)
        | Desk::PromiseFacet(..) => turn.show(),
    }
}

/// Words were typed.
pub(super) fn on_text(turn: &mut Turn, text: &str) {
    let Some(desk) = at(turn) else { return };
    match desk {
        Desk::Concerns | Desk::Searching | Desk::List { .. } => queue::search(turn, text),
        Desk::Words {
            lens,
            id,
            seen,
            wanted,
        } => card::on_words(turn, lens, id, seen, wanted, text),
        Desk::Merging { lens, id, seen, .. } => card::on_merge_words(turn, lens, id, seen, text),
        Desk::Announcing(audience) => announce::on_words(turn, audience, text),
        Desk::InviteWhom(inviting, _) => invite::on_whom(turn, inviting, text),
        Desk::InviteList(inviting) => invite::on_list(turn, inviting, text),
        Desk::Organisations { .. } | Desk::Organisation(_) => organisations::on_typed(turn, text),
        Desk::Renaming(id) => organisations::on_name(turn, id, text),
        Desk::MergingOrganisation(id, _) => organisations::on_merge_typed(turn, id, text),
        Desk::Offering(role) => people::on_called(turn, role, text),
        Desk::MeetingField(editing, field) => meeting::on_words(turn, editing, field, text),
        Desk::AgendaTime(span) => agenda::times::on_number(turn, span, text),
        Desk::AgendaMinutes { page, id } => agenda::item::on_number(turn, page, id, text),
        Desk::AgendaWhy { page, id, what } => agenda::item::on_reason(turn, page, id, what, text),
        Desk::FloorMinutes { item, side, seen } => {
            floor::minutes::on_number(turn, (item, side), seen, text)
        }
        Desk::FloorPromise { item, seen, said } => {
            floor::promise::on_words(turn, item, seen, said, text)
        }
        Desk::PromiseFacet(promising, facet) => promises::on_words(turn, promising, facet, text),
        Desk::Topics
        | Desk::Card { .. }
        | Desk::Announce
        | Desk::AnnounceBy(_)
        | Desk::Preview { .. }
        | Desk::Invite(_)
        | Desk::Invitations(_)
        | Desk::Invitation(_)
        | Desk::MergeOrganisationsReally(..)
        | Desk::People
        | Desk::Colleague(_)
        | Desk::Audit(_)
        | Desk::Meeting(_)
        | Desk::Digest(_)
        | Desk::DigestBy(..)
        | Desk::Agenda { .. }
        | Desk::AgendaTimes
        | Desk::AgendaItem { .. }
        | Desk::AgendaCompare(_)
        | Desk::AgendaSettle { .. }
        | Desk::Floor
        | Desk::FloorList(_)
        | Desk::FloorTimes
        | Desk::FloorReplace { .. }
        | Desk::Promises(_)
        | Desk::Promise { .. }
        | Desk::Reports { .. }
        | Desk::Promising(_)
        | Desk::PromiseTakeBack { .. } => {
            turn.note(|phrases| phrases.note_press_button());
            turn.show();
        }
    }
}

/// Where one comes from.
pub(super) fn on_back(turn: &mut Turn) {
    let Some(desk) = at(turn) else { return };
    let desk = match desk {
        Desk::Concerns
        | Desk::Announce
        | Desk::Invite(_)
        | Desk::Organisations { found: None, .. }
        | Desk::People
        | Desk::Audit(_)
        | Desk::Digest(_)
        | Desk::Agenda { .. }
        | Desk::Floor
        | Desk::Promises(_)
        | Desk::Meeting(_) => {
            if let Desk::Meeting(editing) = &desk
                && editing.before.as_ref() != Some(&editing.after)
            {
                turn.note(|phrases| phrases.note_meeting_not_saved());
            }
            let kept = kept(turn);
            return turn.go(State::Menu { kept });
        }
        Desk::Topics | Desk::Searching | Desk::List { .. } => Desk::Concerns,
        Desk::Card { lens, .. } => queue::parent(lens),
        Desk::Words { lens, id, .. } | Desk::Merging { lens, id, .. } => {
            return card::look(turn, lens, id);
        }
        Desk::AnnounceBy(_) | Desk::Announcing(_) => Desk::Announce,
        Desk::DigestBy(selection, _) => Desk::Digest(selection),
        Desk::Preview {
            audience,
            words: words @ organising::Words::Text(_),
            sure: true,
        } => Desk::Preview {
            audience,
            words,
            sure: false,
        },
        Desk::Preview {
            audience,
            words: organising::Words::Text(_),
            sure: false,
        } => Desk::Announcing(audience),
        // The change is saved; only to tell of it is let go.
        Desk::Preview { .. } => {
            let kept = kept(turn);
            return turn.go(State::Visit {
                kept,
                visit: Visit::Meeting,
            });
        }
        Desk::InviteWhom(inviting, _) | Desk::InviteList(inviting) => Desk::Invite(inviting),
        Desk::Invitations(_) => Desk::Invite(Inviting::default()),
        Desk::Invitation(_) => Desk::Invitations(0),
        Desk::Organisations { found: Some(_), .. } | Desk::Organisation(_) => Desk::Organisations {
            found: None,
            page: 0,
        },
        Desk::Renaming(id)
        | Desk::MergingOrganisation(id, _)
        | Desk::MergeOrganisationsReally(id, _) => Desk::Organisation(id),
        Desk::Colleague(_) | Desk::Offering(_) => Desk::People,
        Desk::MeetingField(editing, _) => Desk::Meeting(editing),
        Desk::AgendaTime(_) => Desk::AgendaTimes,
        Desk::Promise { page, .. } => Desk::Promises(page),
        Desk::Reports { id, .. } | Desk::PromiseTakeBack { id, .. } => {
            return promises::look(turn, 0, id);
        }
        Desk::Promising(promising) => return promises::on_leave(turn, promising),
        // Of a new one nothing is there yet.
        Desk::PromiseFacet(promising, _) if promising.promised.text.is_empty() => Desk::Promises(0),
        Desk::PromiseFacet(promising, _) => Desk::Promising(promising),
        Desk::AgendaItem { page, .. } => return agenda::open(turn, page),
        Desk::AgendaMinutes { page, id } | Desk::AgendaWhy { page, id, .. } => {
            return agenda::item::look(turn, page, id);
        }
        Desk::AgendaTimes | Desk::AgendaCompare(_) | Desk::AgendaSettle { .. } => {
            return agenda::open(turn, 0);
        }
        Desk::FloorMinutes { .. } => Desk::FloorTimes,
        Desk::FloorList(_)
        | Desk::FloorTimes
        | Desk::FloorReplace { .. }
        | Desk::FloorPromise { .. } => Desk::Floor,
    };
    go(turn, desk);
}

//! A store that came out of a backup is brought up to what is known of the time since: what was erased is erased again, nothing
//! that waited is sent, the owners are told.
//!
//! Guarantees: nothing is left of what the list of erasures names, in any record or file; nobody but the owners gets a message by it.
//!
//! With what a damaged store still gives there may be records from after an erasure as well as from before it: then times tell them apart,
//! not the numbers of erasures.
//!
//! Must never: be called with a store that a bot uses.

use anyhow::Context as _;
use jiff::Timestamp;

use super::random;
use crate::dialogue::organising::{self, By, Order};
use crate::dialogue::{Draft, Moment, Person, restoring};
use crate::domain::{Concern, Report, Status};
use crate::store::backup::Unpacked;
use crate::store::erasures::{Gone, What};
use crate::store::{Stage, Store, StoreError, files};
use crate::text::Forum;

/// What was done.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Done {
    /// How many messages waited, and are not sent.
    pub waited: usize,
    /// Concerns that were withdrawn again, some of them as drafts.
    pub withdrawn: usize,
    /// People who were forgotten again.
    pub forgotten: usize,
    /// Roles that were taken again.
    pub roles: usize,
    /// Whether everything about people was erased again.
    pub everything: bool,
}

/// What is known of the time since the backup was taken.
#[derive(Clone, Copy, Debug)]
pub struct Since<'g> {
    /// What was erased.
    pub gone: &'g [Gone],
    /// Whether that is all of it.
    pub all_known: bool,
    /// Whether what a damaged store still gave is there as well.
    pub salvaged: bool,
}

/// See the module.
///
/// # Errors
/// If the store cannot be read or written, or a file not be deleted.
pub fn bring_up(
    unpacked: &mut Unpacked,
    since: Since<'_>,
    forum: &Forum,
    now: Timestamp,
) -> anyhow::Result<Done> {
    let taken_at = unpacked.manifest.taken_at;
    let all = since.gone;
    // Numbers are from before what is written here.
    let from = unpacked.store.meta()?.next_erasure;
    let mut done = Done::default();
    staged(unpacked, now, |stage| {
        done.waited = stage.make_restored(all)?;
        restoring::end_what_is_over(stage, now);
        stage.apply_notices(Vec::new()).map(drop)
    })?;
    for gone in all {
        let again = match gone.what {
            What::Everything if since.salvaged => {
                erase_older(unpacked, gone.at, forum, now, &mut done)?;
                false
            }
            What::Concern | What::Draft | What::Person | What::Voice if since.salvaged => true,
            // What was said since is not told from it there.
            What::Said if since.salvaged => false,
            What::Everything
            | What::Concern
            | What::Draft
            | What::Person
            | What::Role
            | What::Voice
            | What::Said => gone.number >= from,
        };
        if again {
            erase_again(unpacked, gone, since, forum, now, &mut done)?;
        }
    }
    staged(unpacked, now, |stage| {
        let known = restoring::Known {
            erasures: since.all_known,
            salvaged: since.salvaged,
        };
        let notices = restoring::restored(taken_at, known, forum, stage, now);
        stage.apply_notices(notices)?;
        Ok(())
    })?;
    Ok(done)
}

fn erase_again(
    unpacked: &mut Unpacked,
    gone: &Gone,
    since: Since<'_>,
    forum: &Forum,
    now: Timestamp,
    done: &mut Done,
) -> anyhow::Result<()> {
    let moment = Moment {
        now,
        random: random::many_bits(),
    };
    match gone.what {
        What::Concern => {
            let master = unpacked.store.master().clone();
            let all = unpacked.store.all::<Concern>()?.into_iter();
            let stands = all.filter(|known| known.status != Status::Withdrawn);
            let mut those = stands.filter(|known| master.gone_concern(known.receipt) == gone.hash);
            let Some(concern) = those.next() else {
                return Ok(());
            };
            done.withdrawn += 1;
            staged(unpacked, now, |stage| {
                restoring::withdraw_again(concern, forum, stage);
                stage.apply_notices(Vec::new()).map(drop)
            })
        }
        What::Draft => {
            let master = unpacked.store.master().clone();
            let is_it = |person: &Person, draft: &Draft| {
                master.gone_draft(person.number, draft.begun_at) == gone.hash
            };
            let Some(person) = somebody(&unpacked.store, |person, _| {
                person.state.drafts().any(|draft| is_it(person, draft))
            })?
            else {
                return Ok(());
            };
            done.withdrawn += 1;
            let goes = |draft: &Draft| is_it(&person, draft);
            staged(unpacked, now, |stage| {
                restoring::drop_draft_again(person.clone(), goes, stage);
                stage.apply_notices(Vec::new()).map(drop)
            })
        }
        What::Person => {
            let Some(person) = somebody(&unpacked.store, |person, store| {
                // Whoever was forgotten may have come back since.
                let is_older = !since.salvaged || joined_before(person, gone.at);
                is_older && store.master().gone_person(person.chat) == gone.hash
            })?
            else {
                return Ok(());
            };
            done.forgotten += 1;
            staged(unpacked, now, |stage| {
                let chat = person.chat;
                let outcome = restoring::forget_again(person, forum, stage, moment);
                stage.apply(chat, outcome).map(drop)
            })
        }
        What::Role => {
            let Some(person) = somebody(&unpacked.store, |person, store| {
                person.role.is_some() && store.master().gone_role(person.number) == gone.hash
            })?
            else {
                return Ok(());
            };
            done.roles += 1;
            staged(unpacked, now, |stage| {
                restoring::take_role_again(person, stage);
                stage.apply_notices(Vec::new()).map(drop)
            })
        }
        What::Voice => {
            let master = unpacked.store.master().clone();
            let is_it = |person: &Person, promise: &u64| {
                master.gone_voice(*promise, person.number) == gone.hash
            };
            let Some(person) = somebody(&unpacked.store, |person, _| {
                person.follows.keys().any(|promise| is_it(person, promise))
            })?
            else {
                return Ok(());
            };
            let mut promises = person.follows.keys().copied();
            let promise = promises.find(|promise| is_it(&person, promise));
            staged(unpacked, now, |stage| {
                restoring::unfollow_again(person.clone(), promise.unwrap_or_default(), stage);
                stage.apply_notices(Vec::new()).map(drop)
            })
        }
        What::Said => {
            let master = unpacked.store.master().clone();
            let mut all = unpacked.store.all::<Report>()?.into_iter();
            let is_it = |said: &Report| {
                let hash = master.gone_said(said.promise, said.person);
                said.has_more() && hash == gone.hash
            };
            let Some(report) = all.find(is_it) else {
                return Ok(());
            };
            staged(unpacked, now, |stage| {
                restoring::take_off_again(report, stage);
                stage.apply_notices(Vec::new()).map(drop)
            })
        }
        What::Everything => {
            done.everything = true;
            staged(unpacked, now, |stage| {
                let by = By::CommandLine;
                // What it says is for those with a role, who have heard it.
                organising::carry_out(Order::Erase, by, forum, stage, moment)
                    .map_err(|refused| StoreError::Record(refused.to_string()))?;
                stage.apply_notices(Vec::new()).map(drop)
            })
        }
    }
}

/// Everything about people was erased at that time. What is from before it was read from a damaged store, and goes again.
fn erase_older(
    unpacked: &mut Unpacked,
    erased_at: Timestamp,
    forum: &Forum,
    now: Timestamp,
    done: &mut Done,
) -> anyhow::Result<()> {
    let concerns = unpacked.store.all::<Concern>()?.into_iter();
    for concern in concerns.filter(|known| known.submitted_at < erased_at) {
        if concern.status != Status::Withdrawn {
            done.withdrawn += 1;
            staged(unpacked, now, |stage| {
                restoring::withdraw_again(concern, forum, stage);
                stage.apply_notices(Vec::new()).map(drop)
            })?;
        }
    }
    let people = unpacked.store.all::<Person>()?.into_iter();
    // Whoever agreed to be asked about a promise is kept for that.
    let stays = |known: &Person| known.membership.is_none() && !known.follows.is_empty();
    let goes = |known: &Person| known.role.is_none() && !stays(known);
    for person in people.filter(|known| goes(known) && joined_before(known, erased_at)) {
        done.forgotten += 1;
        let moment = Moment {
            now,
            random: random::many_bits(),
        };
        staged(unpacked, now, |stage| {
            let chat = person.chat;
            let outcome = restoring::forget_again(person, forum, stage, moment);
            stage.apply(chat, outcome).map(drop)
        })?;
    }
    Ok(())
}

/// Whether they agreed before that time, or never did.
fn joined_before(person: &Person, time: Timestamp) -> bool {
    let membership = person.membership.as_ref();
    membership.is_none_or(|membership| membership.agreed_at < time)
}

fn somebody(
    store: &Store,
    is_it: impl Fn(&Person, &Store) -> bool,
) -> Result<Option<Person>, StoreError> {
    let everybody = store.all::<Person>()?;
    Ok(everybody.into_iter().find(|person| is_it(person, store)))
}

/// Commits what is done to a stage; files whose records went go as well.
fn staged(
    unpacked: &mut Unpacked,
    now: Timestamp,
    work: impl FnOnce(&mut Stage<'_>) -> Result<(), StoreError>,
) -> anyhow::Result<()> {
    let mut stage = Stage::new(&unpacked.store, now)?;
    work(&mut stage)?;
    stage.checked()?;
    let finished = stage.finish()?;
    let (_, aftermath) = unpacked.store.commit(finished)?;
    for name in &aftermath.gone {
        files::remove(&unpacked.folder, name).context("cannot delete a file that was erased")?;
    }
    Ok(())
}

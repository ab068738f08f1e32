//! A store that came out of a backup is brought up to what is known of the time since: what was erased is erased again, nothing
//! that waited is sent, the owners are told.
//!
//! Guarantees: nothing is left of what the list of erasures names, in any record or file; nobody but the owners gets a message by it.
//!
//! Must never: be called with a store that a bot uses.

use anyhow::Context as _;
use jiff::Timestamp;

use super::random;
use crate::dialogue::organising::{self, By, Order};
use crate::dialogue::{Moment, Person, restoring};
use crate::domain::{Concern, Status};
use crate::store::backup::Unpacked;
use crate::store::erasures::{Gone, What};
use crate::store::{Stage, Store, StoreError, files};
use crate::text::Forum;

/// What was done.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Done {
    /// How many messages waited, and are not sent.
    pub waited: usize,
    /// Concerns that were withdrawn again.
    pub withdrawn: usize,
    /// People who were forgotten again.
    pub forgotten: usize,
    /// Roles that were taken again.
    pub roles: usize,
    /// Whether everything about people was erased again.
    pub everything: bool,
}

/// See the module. `gone` is what was erased, as far as it is known; nothing if there is no list.
///
/// # Errors
/// If the store cannot be read or written, or a file not be deleted.
pub fn bring_up(
    unpacked: &mut Unpacked,
    gone: Option<&[Gone]>,
    forum: &Forum,
    now: Timestamp,
) -> anyhow::Result<Done> {
    let taken_at = unpacked.manifest.taken_at;
    let all = gone.unwrap_or_default();
    // Numbers are from before what is written here.
    let from = unpacked.store.meta()?.next_erasure;
    let mut done = Done::default();
    staged(unpacked, now, |stage| {
        done.waited = stage.make_restored(all)?;
        Ok(())
    })?;
    for gone in all.iter().filter(|gone| gone.number >= from) {
        erase_again(unpacked, gone, forum, now, &mut done)?;
    }
    staged(unpacked, now, |stage| {
        let notices = restoring::restored(taken_at, gone.is_some(), forum, stage, now);
        stage.apply_notices(notices)?;
        Ok(())
    })?;
    Ok(done)
}

fn erase_again(
    unpacked: &mut Unpacked,
    gone: &Gone,
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
        What::Person => {
            let Some(person) = somebody(&unpacked.store, |person, store| {
                store.master().gone_person(person.chat) == gone.hash
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

//! What happened in a life, and in all.

/// What happened.
#[derive(Clone, Debug, Default)]
pub(in super::super) struct Count {
    pub(in super::super) steps: usize,
    pub(in super::super) calls: u64,
    pub(in super::super) starts: usize,
    pub(in super::super) crashes: usize,
    pub(in super::super) cuts: usize,
    pub(in super::super) outages: usize,
    pub(in super::super) faults: usize,
    pub(in super::super) redelivered: usize,
    pub(in super::super) quiets: usize,
    pub(in super::super) concerns: usize,
    pub(in super::super) receipts: usize,
    pub(in super::super) revised: usize,
    pub(in super::super) edited: usize,
    pub(in super::super) withdrawn: usize,
    pub(in super::super) decided: usize,
    pub(in super::super) endorsed: usize,
    pub(in super::super) rsvps: usize,
    pub(in super::super) reminders: usize,
    pub(in super::super) announced: usize,
    pub(in super::super) doubled: usize,
    pub(in super::super) waited: usize,
    pub(in super::super) foreign: usize,
    pub(in super::super) logged: usize,
    pub(in super::super) promised: usize,
    pub(in super::super) asked: usize,
    pub(in super::super) followed: usize,
    pub(in super::super) reported: usize,
    pub(in super::super) archived: usize,
    pub(in super::super) rebuilt: usize,
    pub(in super::super) erased: usize,
    pub(in super::super) copied: usize,
}

impl Count {
    pub(in super::super) fn add(&mut self, other: &Self) {
        self.steps += other.steps;
        self.calls += other.calls;
        self.starts += other.starts;
        self.crashes += other.crashes;
        self.cuts += other.cuts;
        self.outages += other.outages;
        self.faults += other.faults;
        self.redelivered += other.redelivered;
        self.quiets += other.quiets;
        self.concerns += other.concerns;
        self.receipts += other.receipts;
        self.revised += other.revised;
        self.edited += other.edited;
        self.withdrawn += other.withdrawn;
        self.decided += other.decided;
        self.endorsed += other.endorsed;
        self.rsvps += other.rsvps;
        self.reminders += other.reminders;
        self.announced += other.announced;
        self.doubled += other.doubled;
        self.waited += other.waited;
        self.foreign += other.foreign;
        self.logged += other.logged;
        self.promised += other.promised;
        self.asked += other.asked;
        self.followed += other.followed;
        self.reported += other.reported;
        self.archived += other.archived;
        self.rebuilt += other.rebuilt;
        self.erased += other.erased;
        self.copied += other.copied;
    }
}

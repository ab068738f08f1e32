//! The lower half of the store: the seam, sealing, keys, the data folder.

mod backup;
mod child;
mod copied;
mod disk;
mod erasing;
mod everything;
mod files;
mod folder;
mod keys;
mod opening;
mod rebuild;
mod salvage;
mod seal;
mod seam;
mod vault;

//! The lower half of the store: the seam, sealing, keys, the data folder.

mod child;
mod disk;
mod folder;
mod keys;
mod opening;
mod seal;
mod seam;

//! What a run shows and leaves behind, on a small reconciliation.

mod files;
mod page;
mod sample;
mod screen;

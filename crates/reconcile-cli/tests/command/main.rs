//! The command as its users meet it: a process with arguments, an environment
//! and a folder, against the simulator on loopback.

mod amounts;
mod deviations;
mod errors;
mod files;
mod proofs;
mod scene;
mod secrets;
mod settings;
mod streams;

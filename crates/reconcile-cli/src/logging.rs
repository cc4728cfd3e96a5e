//! Logs to stderr.

use tracing_subscriber::filter::LevelFilter;

/// Starts logging: nothing, then what happens, then everything. No layer below
/// puts a secret into an event.
pub(crate) fn start(verbose: u8) {
    let level = match verbose {
        0 => LevelFilter::OFF,
        1 => LevelFilter::INFO,
        2 => LevelFilter::DEBUG,
        _ => LevelFilter::TRACE,
    };
    tracing_subscriber::fmt()
        .with_max_level(level)
        .with_writer(std::io::stderr)
        .with_target(false)
        .init();
}

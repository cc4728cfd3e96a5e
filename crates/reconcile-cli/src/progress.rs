//! Progress on stderr, when it is a terminal.

use std::time::Duration;

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};

/// A line that says what is going on.
pub(crate) struct Progress(ProgressBar);

impl Progress {
    /// Begins, unless it is to be quiet. Hidden when stderr is no terminal.
    pub(crate) fn begin(what: impl Into<String>, quiet: bool) -> Self {
        let target = if quiet {
            ProgressDrawTarget::hidden()
        } else {
            ProgressDrawTarget::stderr()
        };
        let bar = ProgressBar::with_draw_target(None, target);
        if let Ok(style) = ProgressStyle::with_template("{spinner} {prefix}: {msg} ({elapsed})") {
            bar.set_style(style);
        }
        bar.set_prefix(what.into());
        bar.enable_steady_tick(Duration::from_millis(100));
        Self(bar)
    }

    pub(crate) fn say(&self, what: impl Into<String>) {
        if !self.0.is_hidden() {
            self.0.set_message(what.into());
        }
    }

    /// What says so of another thread.
    pub(crate) fn sayer(&self) -> Sayer {
        Sayer(self.0.clone())
    }
}

/// Says on the line of a [`Progress`] what is going on.
pub(crate) struct Sayer(ProgressBar);

impl Sayer {
    /// Says how many rows are done of all.
    pub(crate) fn say_done(&self, what: &str, done: usize, rows: usize) {
        if !self.0.is_hidden() {
            self.0.set_message(format!("{what}: {done} of {rows} rows"));
        }
    }
}

impl Drop for Progress {
    fn drop(&mut self) {
        self.0.finish_and_clear();
    }
}

//! Where the residual lies: the three layers, by currency.

use std::io::{self, Write};

use super::escape::{Escaped, Sentence};
use crate::{
    Run,
    layers::{self, Ladder, State},
};

/// Writes what became of each layer.
pub(super) fn write(run: &Run<'_>, out: &mut dyn Write) -> io::Result<()> {
    let ladders = layers::ladders(run);
    if ladders.is_empty() {
        return out.write_all(b"<p class=\"none\">There is nothing to compare.</p>");
    }
    for ladder in &ladders {
        list(ladder, out)?;
    }
    Ok(())
}

fn list(ladder: &Ladder, out: &mut dyn Write) -> io::Result<()> {
    let verdict = match ladder.residual() {
        Some(_) => "open",
        None => "reconciled",
    };
    write!(
        out,
        "<h3>{} <span class=\"{verdict}\">{}</span></h3><ol class=\"layers\">",
        ladder.name(),
        Escaped(&ladder.located()),
    )?;
    for step in &ladder.steps {
        write!(
            out,
            "<li><span>{}</span> <span class=\"{}\">{}</span> <span>{}</span></li>",
            Escaped(step.layer.title()),
            class(step.state),
            step.state.word(),
            Sentence(&step.words),
        )?;
    }
    out.write_all(b"</ol>")
}

const fn class(state: State) -> &'static str {
    match state {
        State::Ties => "holds",
        State::Open => "fails",
        State::Untested => "not_testable",
    }
}

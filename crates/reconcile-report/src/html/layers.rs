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
        table(ladder, out)?;
    }
    Ok(())
}

fn table(ladder: &Ladder, out: &mut dyn Write) -> io::Result<()> {
    let verdict = match ladder.residual() {
        Some(_) => "open",
        None => "reconciled",
    };
    write!(
        out,
        "<div class=\"scroll\"><table class=\"layers\"><caption><b>{}</b> <span class=\"{verdict}\">{}</span></caption>\
<thead><tr><th scope=\"col\">Layer</th><th scope=\"col\">State</th><th scope=\"col\">Figures</th></tr></thead><tbody>",
        ladder.name(),
        Escaped(&ladder.located()),
    )?;
    for (position, step) in (1..).zip(&ladder.steps) {
        write!(
            out,
            "<tr><th scope=\"row\">{position}. {}</th><td class=\"{}\">{}</td><td>{}</td></tr>",
            step.layer.title(),
            class(step.state),
            step.state.word(),
            Sentence(&step.words),
        )?;
    }
    out.write_all(b"</tbody></table></div>")
}

const fn class(state: State) -> &'static str {
    match state {
        State::Ties => "holds",
        State::Open => "fails",
        State::Untested => "not_testable",
    }
}

//! The part of `cargo xtask fixtures check` that needs the models: every
//! fixture comes back as it was.

use std::io::Write;

use xtask::{Error, Workspace, fixture};

use crate::attempt::{Models, tell};

/// Tries every fixture of one provider, or of all, and says which ones their
/// model does not carry; the exit status is 1 where there are any.
pub fn run(
    workspace: &Workspace,
    provider: Option<&str>,
    out: &mut impl Write,
) -> Result<u8, Error> {
    let providers = match provider {
        Some(provider) => vec![provider.to_owned()],
        None => workspace.providers()?,
    };
    let (mut bodies, mut lost) = (0, 0);
    for provider in providers {
        let models = Models::of(workspace, &provider)?;
        for fixture in fixture::read_all(workspace, &provider)? {
            let outcome = models.attempt(&fixture.root(), &fixture.body)?;
            bodies += 1;
            if outcome.status() > 0 {
                lost += 1;
                tell(workspace.shown(&fixture.path), &outcome, out).map_err(cannot_tell)?;
            }
        }
    }
    if lost > 0 {
        return Ok(1);
    }
    writeln!(out, "{bodies} bodies come back as they were").map_err(cannot_tell)?;
    Ok(0)
}

fn cannot_tell(source: std::io::Error) -> Error {
    Error::Write {
        path: "the output".into(),
        source,
    }
}

//! `reconcile rules check`: a rules file in words.

use std::fmt::Write;

use reconcile_files::RulesFile;

use crate::{Finding, args, error::CommandError, terminal};

pub(super) fn run(args: &args::RulesCheck) -> Result<Finding, CommandError> {
    let (file, mut text) = match &args.file {
        Some(path) => {
            let intact = format!("{} makes sense. What it says:\n", path.display());
            (RulesFile::load(path)?, intact)
        }
        None => (
            RulesFile::default(),
            "Without a rules file, this holds:\n".to_owned(),
        ),
    };
    // Writing to a `String` cannot fail.
    for (heading, sentences) in file.describe() {
        let _ = write!(text, "\n{heading}\n");
        for sentence in sentences {
            let _ = writeln!(text, "- {sentence}");
        }
    }
    terminal::print(&text)?;
    Ok(Finding::Clean)
}

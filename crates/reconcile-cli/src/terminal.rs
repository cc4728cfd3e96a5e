//! How the command may write to the terminal.

use std::io::{self, IsTerminal, Write};

use clap::ColorChoice;
use reconcile_report::Style;

use crate::error::CommandError;

/// Colour and width for stdout.
pub(crate) fn style(color: ColorChoice) -> Style {
    let is_terminal = io::stdout().is_terminal();
    let color = match color {
        ColorChoice::Always => true,
        ColorChoice::Never => false,
        // https://no-color.org
        ColorChoice::Auto => {
            is_terminal && std::env::var_os("NO_COLOR").is_none_or(|v| v.is_empty())
        }
    };
    let columns = std::env::var("COLUMNS")
        .ok()
        .and_then(|text| text.parse().ok());
    Style {
        color,
        width: columns.unwrap_or(100),
    }
}

/// Prints text to stdout; a closed pipe is an error, no panic.
pub(crate) fn print(text: &str) -> Result<(), CommandError> {
    let mut stdout = io::stdout().lock();
    stdout
        .write_all(text.as_bytes())
        .and_then(|()| stdout.flush())
        .map_err(CommandError::Stdout)
}

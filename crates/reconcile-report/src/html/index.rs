//! The page that leads to the pages of several runs.

use std::io::{self, Write};

use super::{STYLE, escape::Escaped, fill, hash, not_known, verdict_class};
use crate::side_by_side::{Beside, Column, SideBySide};

const TEMPLATE: &str = include_str!("../../assets/index.html");

/// Writes the page.
pub(crate) fn write(runs: &SideBySide<'_>, out: &mut dyn Write) -> io::Result<()> {
    fill(TEMPLATE, out, |name, out| part(name, runs, out))
}

fn part(name: &str, runs: &SideBySide<'_>, out: &mut dyn Write) -> io::Result<()> {
    match name {
        "policy" => write!(
            out,
            "default-src 'none'; style-src 'sha256-{}'; base-uri 'none'; form-action 'none'",
            hash(STYLE)
        ),
        "css" => out.write_all(STYLE.as_bytes()),
        "title" => write!(out, "{}", Escaped(&runs.title)),
        "headline" => write!(out, "{}", Escaped(&runs.headline())),
        "verdict" => write!(out, "{}", verdict_class(runs.summary().verdict)),
        "runs" => table(runs, out),
        unknown => Err(not_known(unknown)),
    }
}

fn table(runs: &SideBySide<'_>, out: &mut dyn Write) -> io::Result<()> {
    out.write_all(b"<div class=\"scroll\"><table><thead><tr>")?;
    for column in Column::ALL {
        let class = class(column);
        write!(out, "<th scope=\"col\"{class}>{}</th>", capital(column))?;
    }
    out.write_all(b"</tr></thead><tbody>")?;
    for entry in &runs.entries {
        row(entry, out)?;
    }
    out.write_all(b"</tbody></table></div>")
}

fn row(entry: &Beside<'_>, out: &mut dyn Write) -> io::Result<()> {
    out.write_all(b"<tr>")?;
    for (column, cell) in Column::ALL.iter().zip(entry.cells(&Column::ALL)) {
        let cell = Escaped(&cell);
        if *column == Column::Provider {
            let folder = Escaped(entry.folder);
            write!(out, "<td><a href=\"{folder}/report.html\">{cell}</a></td>")?;
        } else {
            write!(out, "<td{}>{cell}</td>", class(*column))?;
        }
    }
    out.write_all(b"</tr>")
}

const fn class(column: Column) -> &'static str {
    if column.is_figure() {
        " class=\"n\""
    } else {
        ""
    }
}

/// The title as it stands over a column.
fn capital(column: Column) -> String {
    let mut letters = column.title().chars();
    let first = letters.next().map(|letter| letter.to_ascii_uppercase());
    first.into_iter().chain(letters).collect()
}

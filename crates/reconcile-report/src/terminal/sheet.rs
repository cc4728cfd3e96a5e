//! Lines of a terminal: colour, wrapping and tables.

use std::iter::repeat_n;

use unicode_width::UnicodeWidthStr;

use super::Style;

/// What a line means, which decides its colour.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Ink {
    Plain,
    Strong,
    Faint,
    Good,
    Bad,
}

/// Narrower terminals are written to as if they were this wide: below it,
/// wrapping makes text harder to read, not easier.
const NARROWEST: usize = 40;

/// How far the lines of a table and their cells stand apart.
const GAP: usize = 2;

/// The text as it grows, line by line.
#[derive(Debug)]
pub(crate) struct Sheet {
    color: bool,
    width: usize,
    text: String,
}

impl Sheet {
    pub(crate) fn new(style: Style) -> Self {
        Self {
            color: style.color,
            width: style.width.max(NARROWEST),
            text: String::new(),
        }
    }

    pub(crate) fn finish(self) -> String {
        self.text
    }

    pub(crate) fn heading(&mut self, heading: &str) {
        self.text.push('\n');
        self.line(Ink::Strong, heading);
    }

    /// Text that wraps, with its lines after the first indented deeper.
    pub(crate) fn text(&mut self, ink: Ink, indent: usize, text: &str) {
        let text = visible(text);
        let mut line = String::new();
        for word in text.split(' ') {
            let needed = line.width().saturating_add(1).saturating_add(word.width());
            if line.is_empty() {
                line = spaces(indent);
            } else if needed > self.width {
                self.line(ink, line.trim_end());
                line = spaces(indent.saturating_add(GAP));
            } else {
                line.push(' ');
            }
            line.push_str(word);
        }
        if !line.trim().is_empty() {
            self.line(ink, &line);
        }
    }

    /// A table: a header, the first two columns to the left, figures to the right.
    pub(crate) fn table(&mut self, rows: &[Vec<String>]) {
        let widths = widths(rows);
        for (position, row) in rows.iter().enumerate() {
            let mut line = String::new();
            for (column, (cell, width)) in row.iter().zip(&widths).enumerate() {
                let padding = spaces(width.saturating_sub(cell.width()));
                line.push_str(&spaces(GAP));
                if column < 2 {
                    line.push_str(cell);
                    line.push_str(&padding);
                } else {
                    line.push_str(&padding);
                    line.push_str(cell);
                }
            }
            let ink = if position == 0 {
                Ink::Faint
            } else {
                Ink::Plain
            };
            self.line(ink, line.trim_end());
        }
    }

    /// Whether a table is no wider than the terminal.
    pub(crate) fn fits(&self, rows: &[Vec<String>]) -> bool {
        let widths = widths(rows);
        let gaps = widths.len().saturating_mul(GAP);
        widths.iter().sum::<usize>().saturating_add(gaps) <= self.width
    }

    fn line(&mut self, ink: Ink, line: &str) {
        let code = match ink {
            Ink::Plain => "",
            Ink::Strong => "\u{1b}[1m",
            Ink::Faint => "\u{1b}[2m",
            Ink::Good => "\u{1b}[1;32m",
            Ink::Bad => "\u{1b}[1;31m",
        };
        if self.color && !code.is_empty() {
            self.text.push_str(code);
            self.text.push_str(line);
            self.text.push_str("\u{1b}[0m");
        } else {
            self.text.push_str(line);
        }
        self.text.push('\n');
    }
}

fn widths(rows: &[Vec<String>]) -> Vec<usize> {
    let columns = rows.iter().map(Vec::len).max().unwrap_or_default();
    (0..columns)
        .map(|column| {
            let cells = rows.iter().filter_map(|row| row.get(column));
            cells.map(|cell| cell.width()).max().unwrap_or_default()
        })
        .collect()
}

fn spaces(count: usize) -> String {
    repeat_n(' ', count).collect()
}

/// The text with control and bidirectional characters written as escapes.
fn visible(text: &str) -> String {
    let mut safe = String::with_capacity(text.len());
    for character in text.chars() {
        let steers = character.is_control()
            || matches!(character, '\u{61c}' | '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}');
        if steers {
            safe.extend(character.escape_unicode());
        } else {
            safe.push(character);
        }
    }
    safe
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sheet(width: usize) -> Sheet {
        Sheet::new(Style {
            color: false,
            width,
        })
    }

    #[test]
    fn text_wraps_at_the_width_with_a_deeper_indent() {
        let mut sheet = sheet(40);
        sheet.text(
            Ink::Plain,
            4,
            "one two three four five six seven eight nine",
        );
        let text = sheet.finish();
        assert_eq!(
            text,
            "    one two three four five six seven\n      eight nine\n"
        );
        assert!(text.lines().all(|line| line.width() <= 40));
    }

    #[test]
    fn figures_stand_under_each_other_whatever_the_script() {
        let mut sheet = sheet(80);
        let row = |cells: [&str; 3]| cells.map(str::to_owned).to_vec();
        sheet.table(&[
            row(["", "", "net"]),
            row(["PEN", "帳", "1,234.00"]),
            row(["", "Ledger", "2.00"]),
        ]);
        let ends: Vec<_> = sheet.finish().lines().map(UnicodeWidthStr::width).collect();
        assert_eq!(ends, [23, 23, 23]);
    }

    #[test]
    fn what_steers_a_terminal_is_written_as_an_escape() {
        let mut sheet = sheet(80);
        sheet.text(Ink::Plain, 0, "a\u{1b}[2Jb\u{202e}c\nd");
        assert_eq!(sheet.finish(), "a\\u{1b}[2Jb\\u{202e}c\\u{a}d\n");
    }
}

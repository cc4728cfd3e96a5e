//! Good files with bytes that are others: each line is read as a reader reads it
//! that knows nothing but the standard, or it is set aside, or the file is refused.

use proptest::{collection::vec, prelude::*, sample::Index};
use reconcile_files::{Invalid, Ledger};

use crate::{HEADER, read};

/// A row as both readers see it: reference, amount, currency and day.
type Seen = [String; 4];

/// What the plain reader makes of a record.
#[derive(Debug, PartialEq)]
enum Line {
    Good(Seen),
    Bad,
    /// A way of writing that the plain reader does not know.
    Unknown,
}

fn row() -> impl Strategy<Value = Seen> {
    let day = (1_u8..29).prop_map(|day| format!("2026-02-{day:02}"));
    (
        "[A-Za-z0-9 \"é]{1,6}",
        "-?(0|[1-9][0-9]{0,8})(\\.[0-9]{1,3})?",
        "PEN|USD",
        day,
    )
        .prop_map(|(reference, amount, currency, day)| [reference, amount, currency, day])
}

/// Where a byte is put, whether in the place of another, and which.
type Edit = (Index, bool, u8);

fn edits() -> impl Strategy<Value = Vec<Edit>> {
    let byte = prop::sample::select(&b",\"\n\r\t 0149.-+eE'{}:\\\0\x7f\xc3\xa9\xff"[..]);
    vec((any::<Index>(), any::<bool>(), byte), 0..6)
}

fn altered(text: &str, edits: &[Edit]) -> Vec<u8> {
    let mut bytes = text.as_bytes().to_vec();
    for (place, instead, byte) in edits {
        let at = place.index(bytes.len());
        if *instead {
            bytes[at] = *byte;
        } else {
            bytes.insert(at, *byte);
        }
    }
    bytes
}

proptest! {
    #[test]
    fn csv_is_read_as_the_standard_says(rows in vec(row(), 0..8), edits in edits()) {
        let lines = rows.iter().map(|row| {
            let [reference, amount, currency, day] = row;
            format!("\"{}\",{amount},{currency},{day}\n", reference.replace('"', "\"\""))
        });
        let text = format!("{HEADER}{}", lines.collect::<String>());
        let bytes = altered(&text, &edits);
        let read = read("", "l.csv", &bytes, Invalid::SetAside);
        if edits.is_empty() {
            prop_assert_eq!(read.as_ref().unwrap().set_aside.len(), 0);
        }
        let mut records = records(&bytes).into_iter();
        let header = records.next();
        let is_header = header.is_some_and(|(_, cells)| cells.join(&b","[..]) == HEADER.trim_end().as_bytes());
        match read {
            Ok(ledger) if is_header => {
                let rows = records.filter(|(_, cells)| cells.iter().any(|cell| !cell.trim_ascii().is_empty()));
                same(&ledger, rows.map(|(line, cells)| (line, of_cells(&cells))))?;
            }
            // The header may be another and still have all columns.
            Ok(_) => {}
            Err(error) => prop_assert!(!is_header || bytes.contains(&b'"'), "{}", error),
        }
    }

    #[test]
    fn json_lines_are_read_as_json(rows in vec(row(), 1..8), edits in edits()) {
        let lines = rows.iter().map(|[reference, amount, currency, day]| {
            let row = serde_json::json!({"reference": reference, "amount": amount, "currency": currency, "date": day});
            format!("{row}\n")
        });
        let bytes = altered(&lines.collect::<String>(), &edits);
        if let Ok(ledger) = read("", "l.jsonl", &bytes, Invalid::SetAside) {
            let lines = bytes.split(|byte| *byte == b'\n').enumerate();
            let lines = lines.filter(|(_, line)| !line.trim_ascii().is_empty());
            same(&ledger, lines.map(|(number, line)| (number + 1, of_json(line))))?;
        }
    }
}

/// Whether a ledger has exactly the good lines, and has set the bad ones aside.
fn same(ledger: &Ledger, lines: impl Iterator<Item = (usize, Line)>) -> Result<(), TestCaseError> {
    let mut good = ledger.book.iter().peekable();
    let mut bad = ledger.set_aside.iter().peekable();
    for (number, line) in lines {
        let row = good.next_if(|row| row.id == number.to_string());
        let set_aside = bad.next_if(|line| line.number() == number as u64);
        prop_assert!(
            row.is_some() != set_aside.is_some(),
            "line {}: {:?}",
            number,
            line
        );
        let seen = row.map(|row| {
            let signed = row.signed();
            let reference = row.reference.unwrap_or_default().to_owned();
            [
                reference,
                signed.to_string(),
                row.currency.to_string(),
                row.date.to_string(),
            ]
        });
        match line {
            Line::Unknown => {}
            Line::Bad => prop_assert!(seen.is_none(), "line {}: {:?}", number, seen),
            Line::Good(expected) => prop_assert_eq!(seen, Some(expected), "line {}", number),
        }
    }
    prop_assert!(good.next().is_none() && bad.next().is_none());
    Ok(())
}

/// The records of a CSV by RFC 4180, each with the number of its line. A byte
/// order mark is no part of the first.
fn records(text: &[u8]) -> Vec<(usize, Vec<Vec<u8>>)> {
    let text = text.strip_prefix(b"\xef\xbb\xbf").unwrap_or(text);
    let mut records: Vec<(usize, Vec<Vec<u8>>)> = Vec::new();
    let (mut line, mut at) = (1, 0);
    while at < text.len() {
        if matches!(text[at], b'\r' | b'\n') {
            line += usize::from(text[at] == b'\n' || text.get(at + 1) != Some(&b'\n'));
            at += 1;
            continue;
        }
        let (begin, mut cells) = (line, vec![Vec::new()]);
        let mut quoted = text[at] == b'"';
        at += usize::from(quoted);
        while let Some(&byte) = text.get(at) {
            let cell = cells.last_mut().unwrap();
            match byte {
                b'"' if quoted && text.get(at + 1) == Some(&b'"') => {
                    cell.push(byte);
                    at += 1;
                }
                b'"' if quoted => quoted = false,
                b'\r' | b'\n' if !quoted => break,
                b',' if !quoted => {
                    quoted = text.get(at + 1) == Some(&b'"');
                    at += usize::from(quoted);
                    cells.push(Vec::new());
                }
                byte => {
                    let ends_line =
                        byte == b'\n' || (byte == b'\r' && text.get(at + 1) != Some(&b'\n'));
                    line += usize::from(ends_line);
                    cell.push(byte);
                }
            }
            at += 1;
        }
        records.push((begin, cells));
    }
    records
}

fn of_cells(cells: &[Vec<u8>]) -> Line {
    let text = |cell: &Vec<u8>| String::from_utf8(cell.clone()).ok();
    let cells: Option<Vec<String>> = cells.iter().map(text).collect();
    match cells.map(<[String; 4]>::try_from) {
        Some(Ok(cells)) => of_texts(cells),
        _ => Line::Bad,
    }
}

fn of_json(line: &[u8]) -> Line {
    let Ok(serde_json::Value::Object(mut row)) = serde_json::from_slice(line) else {
        return Line::Bad;
    };
    let mut texts = Seen::default();
    for (text, key) in texts
        .iter_mut()
        .zip(["reference", "amount", "currency", "date"])
    {
        match row.remove(key) {
            Some(serde_json::Value::String(value)) => *text = value,
            // Numbers are told elsewhere, and who says a thing twice is refused.
            _ => return Line::Unknown,
        }
    }
    if row.is_empty() {
        of_texts(texts)
    } else {
        Line::Unknown
    }
}

fn of_texts([reference, amount, currency, day]: Seen) -> Line {
    // A reference of blanks is none.
    let reference = Some(reference).filter(|text| !text.trim().is_empty());
    let reference = reference.unwrap_or_default();
    let [amount, currency, day] = [amount, currency, day].map(|text| text.trim_ascii().to_owned());
    let digits = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    let unsigned = amount.strip_prefix(['-', '+']).unwrap_or(&amount);
    let (whole, fraction) = unsigned.split_once('.').unwrap_or((unsigned, "0"));
    if !digits(whole) || !digits(fraction) {
        return Line::Bad;
    }
    let whole = match whole.trim_start_matches('0') {
        "" => "0",
        whole => whole,
    };
    let value = unsigned
        .split_once('.')
        .map_or(whole.to_owned(), |_| format!("{whole}.{fraction}"));
    let is_zero = value.bytes().all(|byte| matches!(byte, b'0' | b'.'));
    let signed = if amount.starts_with('-') && !is_zero {
        format!("-{value}")
    } else {
        value
    };
    if currency.len() != 3 || !currency.bytes().all(|byte| byte.is_ascii_uppercase()) {
        return Line::Bad;
    }
    // Days with a time have a day of their own elsewhere.
    let is_day = day.len() == 10 && day.starts_with("2026-02-") && digits(&day[8..]);
    match day.get(8..).and_then(|day| day.parse::<u8>().ok()) {
        Some(1..=28) if is_day => Line::Good([reference, signed, currency, day]),
        Some(_) if is_day => Line::Bad,
        _ => Line::Unknown,
    }
}

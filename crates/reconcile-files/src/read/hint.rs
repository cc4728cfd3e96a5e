//! What to do about a value or a column that is not as it should be.

use crate::{Field, Mapping, mapping::Side, shown::shown};

/// How this amount may be written in the file's own way, or in another.
pub(super) fn amount(text: &str, mapping: &Mapping, side: Side) -> Option<String> {
    let table = side.table();
    if text.contains('\u{2212}') || (text.starts_with('(') && text.ends_with(')')) {
        return Some("write what is negative with a hyphen before it, as in -5.00".to_owned());
    }
    let is_digits = |text: &str| text.bytes().any(|byte| byte.is_ascii_digit());
    if let Some((digits, exponent)) = text.split_once(['e', 'E'])
        && is_digits(digits)
        && exponent
            .trim_start_matches(['+', '-'])
            .parse::<u64>()
            .is_ok()
    {
        return Some(
            "a spreadsheet writes an exponent when it rounds: show all digits there, and save anew"
                .to_owned(),
        );
    }
    let groups = |separator: char| {
        format!(
            "thousands separator? set thousands_separator = \"{}\" under [{table}] in the rules file",
            in_toml(separator)
        )
    };
    let gap = text
        .char_indices()
        .find(|(_, character)| GAPS.contains(character));
    if let Some((at, separator)) = gap
        && mapping.thousands_separator.is_none()
        && is_digits(text.get(..at)?)
        && digits_after(text.get(at + separator.len_utf8()..)?) == 3
    {
        return Some(groups(separator));
    }
    let comma = text
        .rfind(',')
        .filter(|_| mapping.decimal_separator == '.')?;
    Some(match text.rfind('.') {
        Some(point) if point > comma => groups(','),
        Some(_) => format!(
            "decimal comma? set decimal_separator = \",\" and thousands_separator = \".\" under [{table}] in the rules file"
        ),
        None if text.matches(',').count() > 1 => groups(','),
        None => format!(
            "decimal comma? set decimal_separator = \",\" under [{table}] in the rules file"
        ),
    })
}

/// Where the rules file says what a word of the file means.
pub(super) fn word(field: Field, word: &str, side: Side) -> String {
    let words = match field {
        Field::Kind | Field::Direction | Field::Status => field.as_str(),
        _ => Field::Currency.as_str(),
    };
    format!(
        "say what it means under [{}] in the rules file: words = {{ {words} = {{ \"{}\" = \"…\" }} }}",
        side.table(),
        shown(word)
    )
}

fn digits_after(text: &str) -> usize {
    text.bytes().take_while(u8::is_ascii_digit).count()
}

/// What stands between groups of digits and is no other separator.
const GAPS: [char; 4] = ['\'', ' ', '\u{a0}', '\u{202f}'];

/// The character as the text of the rules file shows it.
fn in_toml(character: char) -> String {
    if character.is_ascii() {
        character.to_string()
    } else {
        format!("\\u{:04X}", u32::from(character))
    }
}

/// Where the rules file says which column a field is. What is named nearly so
/// is proposed.
pub(super) fn column(field: Field, wanted: &str, found: &[String], side: Side) -> String {
    let (table, field) = (side.table(), side.column(field));
    let other = [';', '\t', '|', ',']
        .into_iter()
        .find(|delimiter| matches!(found, [only] if only.contains(*delimiter)));
    if let Some(delimiter) = other {
        let delimiter = delimiter.escape_default();
        return format!("set delimiter = \"{delimiter}\" under [{table}] in the rules file");
    }
    // What stands for bytes that are no UTF-8 is not how the name is written.
    let encoding = if found.iter().any(|name| name.contains('\u{fffd}')) {
        "save the file as CSV (UTF-8), and "
    } else {
        ""
    };
    let near = found
        .iter()
        .find(|name| name.trim().eq_ignore_ascii_case(wanted.trim()));
    let name = near.map_or_else(|| "…".to_owned(), |name| shown(name));
    format!(
        "{encoding}say which column it is under [{table}] in the rules file: columns = {{ {field} = \"{name}\" }}"
    )
}

//! What to do about a value or a column that is not as it should be.

use crate::{Field, Mapping, mapping::Side, shown::shown};

/// How this amount may be written in the file's own way, or in another.
pub(super) fn amount(text: &str, mapping: &Mapping, side: Side) -> Option<String> {
    let in_parentheses = text.starts_with('(') && text.ends_with(')');
    if in_parentheses || text.contains('\u{2212}') || text.strip_suffix('-').is_some_and(has_digits)
    {
        return Some("write what is negative with a hyphen before it, as in -5.00".to_owned());
    }
    if let Some((digits, exponent)) = text.split_once(['e', 'E'])
        && has_digits(digits)
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
    if text
        .chars()
        .any(|digit| digit.is_numeric() && !digit.is_ascii())
    {
        return Some("write digits as 0 to 9, and what separates them as in 1234.50".to_owned());
    }
    if has_digits(text) && names_currency(text) {
        let table = side.table();
        return Some(format!(
            "write the number alone: a currency stands in its own column, or as currency = \"…\" under [{table}] in the rules file"
        ));
    }
    separators(text, mapping, side.table())
}

/// Which separators would read the amount.
fn separators(text: &str, mapping: &Mapping, table: &str) -> Option<String> {
    let set = |what: &str, settings: &str| {
        Some(format!(
            "{what}? set {settings} under [{table}] in the rules file"
        ))
    };
    let groups = |separator: char| {
        let setting = format!("thousands_separator = \"{}\"", in_toml(separator));
        // Where it is set, the digits are not in groups of three.
        let is_set = mapping.thousands_separator == Some(separator);
        (!is_set).then(|| set("thousands separator", &setting))?
    };
    let gap = text
        .char_indices()
        .find(|(_, character)| GAPS.contains(character));
    if let Some((at, separator)) = gap
        && mapping.thousands_separator.is_none()
        && has_digits(text.get(..at)?)
        && digits_after(text.get(at + separator.len_utf8()..)?) == 3
    {
        return groups(separator);
    }
    let (other, name) = match mapping.decimal_separator {
        '.' => (',', "decimal comma"),
        ',' => ('.', "decimal point"),
        _ => return None,
    };
    let decimal = format!("decimal_separator = \"{other}\"");
    let at = text.rfind(other)?;
    match text.rfind(mapping.decimal_separator) {
        Some(decimal) if decimal > at => groups(other),
        Some(_) => set(
            name,
            &format!(
                "{decimal} and thousands_separator = \"{}\"",
                mapping.decimal_separator
            ),
        ),
        None if text.matches(other).count() > 1 => groups(other),
        // One setting makes a thousand times of it what the other does.
        None if digits_after(text.get(at + 1..)?) == 3 && mapping.thousands_separator.is_none() => {
            set(
                &format!("thousands separator or {name}"),
                &format!("thousands_separator = \"{other}\" or {decimal}"),
            )
        }
        None => set(name, &decimal),
    }
}

fn has_digits(text: &str) -> bool {
    text.bytes().any(|byte| byte.is_ascii_digit())
}

/// Whether letters or a sign stand beside the digits, as in `5 PEN` and `$5`.
fn names_currency(text: &str) -> bool {
    text.chars().any(|character| {
        matches!(character, '$' | '\u{a2}'..='\u{a5}' | '\u{20a0}'..='\u{20cf}')
            || character.is_alphabetic()
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
    let table = side.table();
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
    let named = found.iter().filter(|name| !name.trim().is_empty());
    if found.len() > 1 && named.count() < 2 {
        return "the first line names the columns: delete what stands before it".to_owned();
    }
    let near = found
        .iter()
        .find(|name| name.trim().eq_ignore_ascii_case(wanted.trim()));
    if near.is_none()
        && field == Field::Amount
        && let Some(hint) = two_columns(found, side)
    {
        return format!("{encoding}{hint}");
    }
    let without = if near.is_none() && field == Field::Reference {
        ", or have no pass look at references"
    } else {
        ""
    };
    let field = side.column(field);
    let name = near.map_or_else(|| "…".to_owned(), |name| shown(name));
    format!(
        "{encoding}say which column it is under [{table}] in the rules file: columns = {{ {field} = \"{name}\" }}{without}"
    )
}

/// Which of two columns that hold the amounts is which, where the header has such.
fn two_columns(found: &[String], side: Side) -> Option<String> {
    let table = side.table();
    let mapped = |[came, went]: [&str; 2]| {
        let (came, went) = (shown(came), shown(went));
        format!(
            "two columns for the amount? say so under [{table}] in the rules file: columns = {{ money_in = \"{came}\", money_out = \"{went}\" }}"
        )
    };
    if let Some(ways) = named(found, &IN_AND_OUT) {
        return Some(mapped(ways));
    }
    let [debit, credit] = named(found, &DEBIT_AND_CREDIT)?;
    Some(match side {
        Side::Ledger => format!(
            "{} where it is the account of a bank or of clearing in your books, and the other way about where it is the bank's statement",
            mapped([debit, credit])
        ),
        Side::Records => format!(
            "{} where it is the bank's statement, and the other way about where it is an account in your books",
            mapped([credit, debit])
        ),
    })
}

/// The first columns with words that begin so, one for each of a pair.
fn named<'f>(found: &'f [String], pairs: &[[&str; 2]]) -> Option<[&'f str; 2]> {
    let column = |begin: &str| {
        let mut names = found.iter().map(String::as_str);
        names.find(|name| {
            let lower = name.to_lowercase();
            let mut words = lower.split(|character: char| !character.is_alphabetic());
            words.any(|word| word.starts_with(begin))
        })
    };
    pairs
        .iter()
        .find_map(|[one, other]| Some([column(one)?, column(other)?]))
}

/// What columns of debits and of credits are called, in capitals or not.
const DEBIT_AND_CREDIT: [[&str; 2]; 8] = [
    ["debe", "haber"],
    ["cargo", "abono"],
    ["debit", "credit"],
    ["débit", "crédit"],
    ["soll", "haben"],
    ["borç", "alacak"],
    ["مدين", "دائن"],
    ["المدين", "الدائن"],
];

/// What columns are called that say themselves which way money moved.
const IN_AND_OUT: [[&str; 2]; 2] = [["deposit", "withdraw"], ["ingreso", "egreso"]];

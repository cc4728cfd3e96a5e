//! Texts as they are compared.

use std::{collections::BTreeSet, iter};

use unicode_normalization::{UnicodeNormalization, char::is_combining_mark};

use crate::{Equality, Normalisation};

/// Appends what an equality makes of a text.
pub(crate) fn key(equality: &Equality, text: &str, key: &mut String) {
    let start = key.len();
    append(equality, text.trim(), key);
    for prefix in &equality.prefixes {
        let mut cut = String::new();
        append(equality, prefix, &mut cut);
        let rest = key.get(start..).and_then(|made| made.strip_prefix(&cut));
        // A prefix alone is a text like any other.
        if let Some(rest) = rest.filter(|rest| !rest.is_empty()) {
            let rest = rest.to_owned();
            key.truncate(start);
            key.push_str(&rest);
            break;
        }
    }
    if equality.normalise.contains(&Normalisation::Zeros) {
        drop_zeros(key, start);
    }
}

/// Appends what an equality makes of a text, piece by piece where punctuation
/// that it ignores parts two digits; whether it parts any.
pub(crate) fn pieces(equality: &Equality, text: &str, pieces: &mut String) -> bool {
    let mut start = 0;
    for number in numbers_set_off(equality, text) {
        if number.after_digit {
            let piece = text.get(start..number.start).unwrap_or_default();
            key(equality, piece, pieces);
            pieces.push('\u{0}');
            start = number.start;
        }
    }
    if start > 0 {
        key(equality, text.get(start..).unwrap_or_default(), pieces);
    }
    start > 0
}

/// How much of its key stands before each number of a text that is set off by
/// punctuation which an equality ignores.
pub(crate) fn numbers_start(equality: &Equality, text: &str) -> BTreeSet<usize> {
    let mut whole = String::new();
    key(equality, text, &mut whole);
    let before = |number: SetOff| {
        let mut before = String::new();
        let text = text.get(..number.start).unwrap_or_default();
        key(equality, text, &mut before);
        // What is cut off as a prefix stands before nothing.
        whole.starts_with(&before).then_some(before.len())
    };
    let starts = numbers_set_off(equality, text).into_iter();
    starts.filter_map(before).collect()
}

/// A number behind punctuation.
struct SetOff {
    start: usize,
    /// Whether another number stands before the punctuation.
    after_digit: bool,
}

fn numbers_set_off(equality: &Equality, text: &str) -> Vec<SetOff> {
    let mut found = Vec::new();
    if !equality.normalise.contains(&Normalisation::Punctuation) {
        return found;
    }
    let (mut before, mut apart) = (None, false);
    for (start, character) in text.char_indices() {
        if character.is_alphanumeric() {
            let digit = western(character).is_ascii_digit();
            if let Some(after_digit) = before.filter(|_| apart && digit) {
                found.push(SetOff { start, after_digit });
            }
            (before, apart) = (Some(digit), false);
        } else {
            apart |= !is_combining_mark(character) && !is_decoration(character);
        }
    }
    found
}

/// Appends the words of a text: runs of letters and digits in small letters,
/// without accents, a space after each.
pub(crate) fn words(text: &str, words: &mut String) {
    let start = words.len();
    if text.is_ascii() {
        words.extend(text.chars().map(|character| match character {
            'a'..='z' | '0'..='9' => character,
            'A'..='Z' => character.to_ascii_lowercase(),
            _ => ' ',
        }));
    } else {
        let plain = plain(text).flat_map(folded);
        words.extend(plain.map(|character| {
            if character.is_alphanumeric() {
                character
            } else {
                ' '
            }
        }));
    }
    if words.len() > start {
        words.push(' ');
    }
}

fn append(equality: &Equality, text: &str, key: &mut String) {
    let has = |step| equality.normalise.contains(&step);
    let (lower, bare) = (has(Normalisation::Case), has(Normalisation::Punctuation));
    if text.is_ascii() {
        // Most references are, and every row that is left over has one: what is kept
        // of it goes over in runs.
        let start = key.len();
        key.reserve(text.len());
        let mut rest = text;
        while !rest.is_empty() {
            let goes = |byte: u8| bare && !byte.is_ascii_alphanumeric();
            let end = rest.bytes().position(goes).unwrap_or(rest.len());
            let (run, after) = rest.split_at(end);
            key.push_str(run);
            rest = after.get(1..).unwrap_or_default();
        }
        if let Some(made) = key.get_mut(start..).filter(|_| lower) {
            made.make_ascii_lowercase();
        }
        return;
    }
    let made = |character: char| {
        let kept = !bare || character.is_alphanumeric();
        kept.then_some(character)
    };
    let mut push = |character: char| {
        if lower {
            key.extend(folded(character).filter_map(made));
        } else {
            key.extend(made(character));
        }
    };
    let digits = has(Normalisation::Digits);
    let digit = |character: char| {
        if digits {
            western(character)
        } else {
            character
        }
    };
    if has(Normalisation::Accents) {
        text.nfkd()
            .filter(|character| !is_combining_mark(*character) && !is_decoration(*character))
            .flat_map(without_stroke)
            .map(digit)
            .for_each(push);
    } else {
        // However an accent is encoded, it is the same accent.
        text.nfc().map(digit).for_each(&mut push);
    }
}

/// The characters of a text without accents, its digits western.
fn plain(text: &str) -> impl Iterator<Item = char> {
    let kept = |character: &char| !is_combining_mark(*character) && !is_decoration(*character);
    text.nfkd()
        .filter(kept)
        .flat_map(without_stroke)
        .map(western)
}

/// A letter whatever its case. Through its capital, since a small letter may
/// share that with others: `ß` with `ss`, the Turkish `ı` with `i`.
fn folded(character: char) -> impl Iterator<Item = char> {
    let character = match character {
        // Its dot would stay behind as a mark.
        'İ' => 'i',
        // It is no capital of any letter to Unicode.
        'ẞ' => 'ß',
        other => other,
    };
    character.to_uppercase().flat_map(char::to_lowercase)
}

/// The letter or the two that stand for one which Unicode does not take apart.
fn without_stroke(character: char) -> impl Iterator<Item = char> {
    let (first, second) = match character {
        'Ø' => ('O', None),
        'ø' => ('o', None),
        'Ł' => ('L', None),
        'ł' => ('l', None),
        'Đ' | 'Ð' => ('D', None),
        'đ' | 'ð' => ('d', None),
        'Ħ' => ('H', None),
        'ħ' => ('h', None),
        'Ŧ' => ('T', None),
        'ŧ' => ('t', None),
        'Æ' => ('A', Some('E')),
        'æ' => ('a', Some('e')),
        'Œ' => ('O', Some('E')),
        'œ' => ('o', Some('e')),
        'Þ' => ('T', Some('H')),
        'þ' => ('t', Some('h')),
        other => (other, None),
    };
    iter::once(first).chain(second)
}

/// The tatweel lengthens a word, the zero-width marks steer its shaping: none
/// of them is part of it.
fn is_decoration(character: char) -> bool {
    matches!(character, '\u{640}' | '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' | '\u{feff}')
}

/// A decimal digit of the scripts in which payments are written, as `0` to `9`.
fn western(character: char) -> char {
    let zero = match character {
        '\u{660}'..='\u{669}' => 0x660,
        '\u{6f0}'..='\u{6f9}' => 0x6f0,
        '\u{966}'..='\u{96f}' => 0x966,
        '\u{9e6}'..='\u{9ef}' => 0x9e6,
        '\u{ff10}'..='\u{ff19}' => 0xff10,
        _ => return character,
    };
    char::from_digit(u32::from(character) - zero, 10).unwrap_or(character)
}

/// Drops the zeros in front of each number from `start` on; a number of zeros
/// keeps one.
fn drop_zeros(key: &mut String, start: usize) {
    if !key.get(start..).is_some_and(has_leading_zero) {
        return;
    }
    let made = key.split_off(start);
    let is_digit = |character: char| character.is_ascii_digit();
    let mut rest = made.as_str();
    while let Some((before, from)) = rest.find(is_digit).map(|place| rest.split_at(place)) {
        let end = from.find(|character| !is_digit(character));
        let (number, after) = from.split_at(end.unwrap_or(from.len()));
        let significant = number.trim_start_matches('0');
        key.push_str(before);
        key.push_str(if significant.is_empty() {
            "0"
        } else {
            significant
        });
        rest = after;
    }
    key.push_str(rest);
}

/// Whether a zero leads a number of several digits.
fn has_leading_zero(text: &str) -> bool {
    let (mut in_number, mut after_zero) = (false, false);
    text.bytes().any(|byte| {
        let is_digit = byte.is_ascii_digit();
        let leads = after_zero && is_digit;
        after_zero = byte == b'0' && !in_number;
        in_number = is_digit;
        leads
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Column;

    fn made(equality: &Equality, text: &str) -> String {
        let mut made = String::new();
        key(equality, text, &mut made);
        made
    }

    #[test]
    fn every_way_to_write_a_reference_is_the_same_key() {
        let mut equality = Equality::of(Column::Reference).normalised();
        equality.prefixes = vec!["ORD-".to_owned()];
        for text in [
            "ORD-0042/é",
            "ord 42e\u{301}",
            " 00042-É ",
            "٤٢É",
            "Ord۰۴۲ é",
            "ＯＲＤ－４２é",
        ] {
            let wanted = if text.contains('é') || text.contains('É') || text.contains('\u{301}') {
                "42e"
            } else {
                "42"
            };
            assert_eq!(made(&equality, text), wanted, "{text}");
        }
        assert_eq!(made(&equality, "مُحَمَّد"), made(&equality, "محمد"));
        assert_eq!(made(&equality, "A-000"), "a0");
        assert_eq!(made(&equality, "A-100-020"), "a100020");
    }

    #[test]
    fn case_and_accents_go_in_every_alphabet() {
        let only = |step| {
            let mut equality = Equality::of(Column::Reference);
            equality.normalise.insert(step);
            equality
        };
        let case = only(Normalisation::Case);
        for (one, other) in [
            ("STRASSE", "Straße"),
            ("STRAẞE", "strasse"),
            ("DIYARBAKIR", "dıyarbakır"),
            ("İZMİR", "izmir"),
            ("I\u{307}ZMIR", "izmir"),
            ("ΟΔΟΣ", "οδος"),
            ("ΟΔΟΣ", "οδοσ"),
        ] {
            assert_eq!(made(&case, one), made(&case, other), "{one}");
        }
        assert_ne!(made(&case, "ø"), made(&case, "o"));
        let accents = only(Normalisation::Accents);
        assert_eq!(made(&accents, "Ørsted Łódź Đorđe"), "Orsted Lodz Dorde");
        assert_eq!(made(&accents, "Æon Œuvre Þór Ħal"), "AEon OEuvre THor Hal");
        let mut all = String::new();
        words("Łódź STRAẞE İş", &mut all);
        assert_eq!(all, "lodz strasse is ");
    }

    #[test]
    fn only_what_is_asked_for_is_made() {
        let mut equality = Equality::of(Column::Reference);
        assert_eq!(made(&equality, " Ab-007 "), "Ab-007");
        equality.normalise.insert(Normalisation::Zeros);
        assert_eq!(made(&equality, "Ab-007"), "Ab-7");
        equality.normalise.insert(Normalisation::Case);
        assert_eq!(made(&equality, "Ab-007"), "ab-7");
        assert_eq!(made(&equality, "cafe\u{301}"), made(&equality, "caf\u{e9}"));
        assert_ne!(made(&equality, "café"), made(&equality, "cafe"));
    }

    #[test]
    fn punctuation_between_digits_makes_pieces() {
        let equality = Equality::of(Column::Reference).normalised();
        let pieces = |text: &str| {
            let mut made = String::new();
            pieces(&equality, text, &mut made).then_some(made)
        };
        assert_eq!(pieces("INV-1-23").unwrap(), "inv1\u{0}23");
        assert_eq!(pieces("inv 01 / 23"), pieces("INV-1-23"));
        assert_eq!(pieces("٠١-٢٣"), pieces("1.23"));
        assert_ne!(pieces("INV-12-3"), pieces("INV-1-23"));
        for whole in ["INV-123", "A-1B", "", "1é-2b-c3", "INV123-"] {
            assert_eq!(pieces(whole), None, "{whole}");
        }
        let verbatim = Equality::of(Column::Reference);
        assert!(!super::pieces(&verbatim, "1-2", &mut String::new()));
    }

    #[test]
    fn numbers_start_after_as_much_of_the_key_however_they_are_written() {
        let mut equality = Equality::of(Column::Reference).normalised();
        let starts = |equality: &Equality, text: &str| {
            let starts = numbers_start(equality, text).into_iter();
            starts.collect::<Vec<_>>()
        };
        assert_eq!(starts(&equality, "A-100"), [1]);
        assert_eq!(starts(&equality, "a1/00"), [2]);
        assert_eq!(starts(&equality, "INV-01-23"), [3, 4]);
        assert_eq!(starts(&equality, "#A100 - b"), [0; 0]);
        equality.prefixes = vec!["ORD-".to_owned()];
        assert_eq!(starts(&equality, "ORD-1-23"), [1]);
        assert_eq!(starts(&Equality::of(Column::Reference), "A-1"), [0; 0]);
    }

    #[test]
    fn words_are_plain_and_apart() {
        let mut all = String::new();
        words("Señor-Núñez, INV#42", &mut all);
        assert_eq!(
            all.split_whitespace().collect::<Vec<_>>(),
            ["senor", "nunez", "inv", "42"]
        );
    }
}

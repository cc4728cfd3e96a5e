//! Values as error messages may show them.

/// The longest part of a value that a message shows, in characters.
const LONGEST: usize = 48;

/// The longest sentence of a parser, which may list all words that there are.
const LONGEST_SENTENCE: usize = 400;

/// A value as a message may show it: on one line, shortened, and of a card number
/// only the first six and last four digits (PCI DSS 3.4.1). What cannot be seen,
/// or turns the text beside it around, is shown by its code.
///
/// ```
/// assert_eq!(reconcile_files::shown("card 4111111111111111\n"), r"card 411111******1111\n");
/// ```
#[must_use]
pub fn shown(value: &str) -> String {
    shortened(value, LONGEST)
}

/// The same of a sentence with values in it, as parsers say them.
#[must_use]
pub fn shown_sentence(text: &str) -> String {
    shortened(text, LONGEST_SENTENCE)
}

fn shortened(value: &str, longest: usize) -> String {
    // A value may be as long as a file: of what is left out, no more is looked
    // at than a card number that begins before takes.
    let mut characters: Vec<char> = value.chars().take(longest + MOST_OF_A_CARD).collect();
    mask_cards(&mut characters);
    let mut line = String::with_capacity(longest);
    for character in characters.iter().take(longest) {
        if is_unseen(*character) {
            line.extend(character.escape_default());
        } else {
            line.push(*character);
        }
    }
    if characters.len() > longest {
        line.push('…');
    }
    line
}

/// More characters than a card number has: 19 digits with a sign after each.
const MOST_OF_A_CARD: usize = 40;

/// Whether nobody sees the character, or sees others elsewhere than they stand.
fn is_unseen(character: char) -> bool {
    let is_blank = character.is_whitespace() && character != ' ';
    let is_format = matches!(character,
        '\u{ad}' | '\u{61c}' | '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}'
        | '\u{2060}'..='\u{206f}' | '\u{feff}');
    character.is_control() || is_blank || is_format
}

fn mask_cards(characters: &mut [char]) {
    let mut start = 0;
    while start < characters.len() {
        let run = digit_run(characters, start);
        mask_run(characters, &run);
        start = run.last().map_or(start + 1, |last| last + 1);
    }
}

/// The positions of the digits from `start`, single spaces and hyphens between
/// them left out; empty when no digit is at `start`.
fn digit_run(characters: &[char], start: usize) -> Vec<usize> {
    let mut run = Vec::new();
    for (position, character) in characters.iter().enumerate().skip(start) {
        let touches = run.last().is_none_or(|last| position - last <= 1);
        match character {
            '0'..='9' => run.push(position),
            ' ' | '-' if !run.is_empty() && touches => {}
            _ => break,
        }
    }
    run
}

fn mask_run(characters: &mut [char], run: &[usize]) {
    let digits: Vec<u32> = run
        .iter()
        .filter_map(|at| characters.get(*at)?.to_digit(10))
        .collect();
    if !(13..=19).contains(&digits.len()) || !passes_luhn(&digits) {
        return;
    }
    for at in run.iter().take(run.len() - 4).skip(6) {
        if let Some(digit) = characters.get_mut(*at) {
            *digit = '*';
        }
    }
}

/// The check digit of ISO/IEC 7812-1.
fn passes_luhn(digits: &[u32]) -> bool {
    let sum: u32 = digits
        .iter()
        .rev()
        .enumerate()
        .map(|(place, digit)| match place % 2 {
            0 => *digit,
            _ => digit * 2 / 10 + digit * 2 % 10,
        })
        .sum();
    sum.is_multiple_of(10)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_card_number_shows_its_first_six_and_last_four() {
        assert_eq!(shown("4111111111111111"), "411111******1111");
        assert_eq!(
            shown("card 4111-1111 1111-1111!"),
            "card 4111-11** ****-1111!"
        );
    }

    #[test]
    fn other_digits_are_shown() {
        assert_eq!(shown("4111111111111112"), "4111111111111112");
        assert_eq!(shown("123456789012.34"), "123456789012.34");
        assert_eq!(shown("12,50"), "12,50");
    }

    #[test]
    fn a_long_value_is_shortened_after_it_is_masked() {
        let text = format!("{}4111111111111111", "x".repeat(40));
        assert_eq!(shown(&text), format!("{}411111**…", "x".repeat(40)));
    }

    #[test]
    fn a_value_stays_on_one_line() {
        assert_eq!(shown("a\r\nb\u{1b}[0m دفع"), r"a\r\nb\u{1b}[0m دفع");
    }

    #[test]
    fn what_cannot_be_seen_is_shown_by_its_code() {
        assert_eq!(
            shown("\u{202e}5\u{a0}000\u{feff}"),
            r"\u{202e}5\u{a0}000\u{feff}"
        );
        assert_eq!(shown("a\u{2028}b\u{200b}c d"), r"a\u{2028}b\u{200b}c d");
    }

    #[test]
    fn a_card_number_at_the_end_of_what_is_shown_is_masked_all_the_same() {
        let text = format!(
            "{}4 1 1 1 1 1 1 1 1 1 1 1 1 1 1 1{}",
            "x".repeat(44),
            "y".repeat(90)
        );
        assert_eq!(shown(&text), format!("{}4 1 …", "x".repeat(44)));
        let text = format!("{}4111111111111111{}", "x".repeat(36), "y".repeat(90));
        assert_eq!(shown(&text), format!("{}411111******…", "x".repeat(36)));
    }
}

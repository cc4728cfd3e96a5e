//! A provider's words, as far as they may be shown.

/// The most characters that an excerpt has.
const LONGEST: usize = 200;
/// Numbers of that many digits may be somebody's: a document, a phone, a card.
const LONG_NUMBER: usize = 6;
/// What is longer is no word, and may be a token.
const LONGEST_WORD: usize = 24;

/// At most 200 characters of a provider's words, on one line.
///
/// Words come from whoever wrote the service, and may repeat what was sent.
/// Blanked are addresses and numbers of six and more digits of any script, also
/// where blanks and signs part the digits as those of a card number, and what
/// is too long to be a word, which may be a token.
///
/// ```
/// use reconcile_transport::excerpt;
///
/// let said = "card 4000 0012 3456 0001 of jane@example.com\nis unknown, code 83";
/// assert_eq!(
///     excerpt(said),
///     "card […] […] […] […] of […] is unknown, code 83"
/// );
/// ```
#[must_use]
pub fn excerpt(text: &str) -> String {
    let words: Vec<_> = text.split_whitespace().collect();
    let shown: Vec<_> = words
        .chunk_by(|one, next| may_be_of_a_number(one) && may_be_of_a_number(next))
        .flat_map(|together| {
            let is_long = together.iter().map(|word| digits(word)).sum::<usize>() >= LONG_NUMBER;
            together.iter().map(move |word| {
                if is_long || word.contains('@') || word.chars().count() > LONGEST_WORD {
                    "[…]"
                } else {
                    word
                }
            })
        })
        .collect();
    let shown = shown.join(" ");
    let printable = shown.chars().filter(|c| !c.is_control());
    printable.take(LONGEST).collect()
}

/// Whether it has digits, or only signs, which may stand between digits.
fn may_be_of_a_number(word: &str) -> bool {
    digits(word) > 0 || !word.chars().any(char::is_alphabetic)
}

fn digits(word: &str) -> usize {
    word.chars().filter(|c| c.is_numeric()).count()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_long_numbers_and_tokens_are_blanked() {
        for (said, shown) in [
            (
                "Üye jane@example.com\nwith document 12345678 is  unknown, code 83",
                "Üye […] with document […] is unknown, code 83",
            ),
            ("mobile ٩٦٦٥٠٠٠٠ taken", "mobile […] taken"),
            ("key U3dcUxQIRJxnLjbpWYMccHaqqHFqnrqAk", "key […]"),
        ] {
            assert_eq!(excerpt(said), shown);
        }
    }

    #[test]
    fn a_card_number_is_blanked_however_its_digits_are_parted() {
        for said in [
            "card 4000001234560001 declined",
            "card 4000-0012-3456-0001 declined",
            "card 4000 0012 3456 0001 declined",
            "card 4000 - 0012 - 3456 - 0001 declined",
            "card 4000 001234 560001, declined",
        ] {
            let shown = excerpt(said);
            assert!(!shown.contains(|c: char| c.is_ascii_digit()), "{shown}");
            assert!(shown.ends_with("declined"), "{shown}");
        }
    }

    #[test]
    fn what_is_nobodys_stays_as_it_came() {
        let said = "row 12 of 345: Status must be one of 1, 2 - see the documentation";
        assert_eq!(excerpt(said), said);
    }

    #[test]
    fn an_excerpt_is_short_and_on_one_line() {
        assert_eq!(excerpt(&"word ".repeat(100)).chars().count(), 200);
        assert_eq!(excerpt("one\r\ntwo\u{1b}[31m"), "one two[31m");
    }
}

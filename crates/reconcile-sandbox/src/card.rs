//! Numbers of cards that no issuer has.

/// The sixteen digits of a card of a range, the last of which checks the
/// others (ISO/IEC 7812-1, annex B).
pub(crate) fn digits(range: &str, card: u32) -> String {
    let width = 15_usize.saturating_sub(range.len());
    let digits = format!("{range}{card:0width$}");
    let doubled = |(place, digit): (usize, char)| {
        let digit = digit.to_digit(10).unwrap_or(0);
        match place % 2 {
            0 => digit * 2 / 10 + digit * 2 % 10,
            _ => digit,
        }
    };
    let sum: u32 = digits.chars().enumerate().map(doubled).sum();
    format!("{digits}{}", (10 - sum % 10) % 10)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The check the other way round.
    #[test]
    fn whole_card_numbers_pass_the_check_of_their_last_digit() {
        for (range, card) in [
            ("40000000", 0),
            ("40000000", 7),
            ("40000000", 9_999_999),
            ("500000", 1_234_567),
        ] {
            let digits = digits(range, card);
            let sum: u32 = digits
                .chars()
                .rev()
                .map(|digit| digit.to_digit(10).unwrap())
                .enumerate()
                .map(|(place, digit)| match place % 2 {
                    0 => digit,
                    _ if digit > 4 => digit * 2 - 9,
                    _ => digit * 2,
                })
                .sum();
            assert_eq!((digits.len(), sum % 10), (16, 0), "{digits}");
        }
    }
}

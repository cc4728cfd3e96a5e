//! The detectors, each a function of a text.

use std::net::Ipv4Addr;

use super::Leak;

/// Every kind of leak in a text, once.
pub(super) fn all(text: &str) -> Vec<Leak> {
    [
        (Leak::CardNumber, card_number(text)),
        (Leak::Email, email(text)),
        (Leak::Phone, phone(text)),
        (Leak::Pem, pem(text)),
        (Leak::Jwt, jwt(text)),
        (Leak::Token, token(text)),
        (Leak::Iban, iban(text)),
        (Leak::Address, public_address(text)),
    ]
    .into_iter()
    .filter_map(|(leak, is_there)| is_there.then_some(leak))
    .collect()
}

/// 13 to 19 digits that begin as the cards of a scheme do (ISO/IEC 7812: 2 to
/// 6 for banking and travel) and whose check digit is right, in one piece or
/// in groups, letters before and behind or not: the first track of a card has
/// a `B` before them.
fn card_number(text: &str) -> bool {
    without_uuids(text)
        .split(|c: char| !(c.is_ascii_alphanumeric() || is_gap(c)))
        .any(|run| {
            let groups: Vec<_> = run.split(is_gap).map(without_letters).collect();
            (0..groups.len()).any(|first| {
                let groups = groups.get(first..).unwrap_or_default();
                grouped_digits(groups).any(|digits| is_card_number(&digits))
            })
        })
}

/// What stands between the groups of a number.
fn is_gap(c: char) -> bool {
    matches!(c, ' ' | '-' | '\u{a0}' | '\u{2009}' | '\u{202f}')
}

/// A word without the letters around it. Where letters are among the digits,
/// too, it is a code or a digest, and no number.
fn without_letters(word: &str) -> &str {
    word.trim_matches(|c: char| c.is_ascii_alphabetic())
}

/// The digits of the first group, of the first two, and so on, while there are
/// digits only.
fn grouped_digits<'a>(groups: &'a [&str]) -> impl Iterator<Item = String> + 'a {
    groups
        .iter()
        .take_while(|group| !group.is_empty() && group.bytes().all(|byte| byte.is_ascii_digit()))
        .scan(String::new(), |digits, group| {
            digits.push_str(group);
            Some(digits.clone())
        })
        .take_while(|digits| digits.len() <= 19)
}

fn is_card_number(digits: &str) -> bool {
    (13..=19).contains(&digits.len())
        && matches!(digits.as_bytes().first(), Some(b'2'..=b'6'))
        && luhn(digits)
}

/// The check of ISO/IEC 7812-1, annex B.
fn luhn(digits: &str) -> bool {
    let sum: u32 = digits
        .bytes()
        .rev()
        .enumerate()
        .map(|(index, byte)| {
            let digit = u32::from(byte - b'0');
            match (index % 2, digit * 2) {
                (0, _) => digit,
                (_, double @ 10..) => double - 9,
                (_, double) => double,
            }
        })
        .sum();
    sum.is_multiple_of(10)
}

fn email(text: &str) -> bool {
    const SET_ASIDE: [&str; 3] = ["example.com", "example.org", "example.net"];
    let is_local = |c: char| c.is_alphanumeric() || "._%+-".contains(c);
    let is_domain = |c: char| c.is_alphanumeric() || c == '.' || c == '-';
    text.match_indices('@').any(|(at, _)| {
        let (before, after) = text.split_at(at);
        let local = before.chars().next_back().is_some_and(is_local);
        let after = after.trim_start_matches('@');
        let end = after.find(|c| !is_domain(c)).unwrap_or(after.len());
        let domain = after.get(..end).unwrap_or_default().trim_end_matches('.');
        let top = domain.rsplit('.').next().unwrap_or_default();
        local
            && domain.contains('.')
            && top.chars().count() >= 2
            && top.chars().all(char::is_alphabetic)
            && !SET_ASIDE.contains(&domain.to_ascii_lowercase().as_str())
    })
}

/// `+` and 8 to 15 digits (ITU-T E.164, section 6), which may be grouped.
fn phone(text: &str) -> bool {
    text.match_indices('+').any(|(at, _)| {
        let (before, after) = text.split_at(at);
        let apart = !before
            .chars()
            .next_back()
            .is_some_and(|c| c.is_ascii_alphanumeric() || "+/=".contains(c));
        let after = after.trim_start_matches('+');
        let end = after
            .find(|c: char| !(c.is_ascii_digit() || " -().".contains(c)))
            .unwrap_or(after.len());
        let digits: String = after
            .get(..end)
            .unwrap_or_default()
            .chars()
            .filter(char::is_ascii_digit)
            .collect();
        let ends = !after
            .get(end..)
            .and_then(|rest| rest.chars().next())
            .is_some_and(|c| c.is_ascii_alphabetic());
        apart
            && ends
            && (8..=15).contains(&digits.len())
            && !digits.starts_with('0')
            && !digits.starts_with("999")
    })
}

/// A PEM block that is not marked as a fake.
pub(super) fn pem(text: &str) -> bool {
    text.match_indices("-----BEGIN ").any(|(at, _)| {
        let block = text.get(at..).unwrap_or_default();
        let end = block.find("-----END ").unwrap_or(block.len());
        !block.get(..end).unwrap_or_default().contains("FAKE")
    })
}

/// Three parts in base64url, the first of which begins as `{"` does.
fn jwt(text: &str) -> bool {
    let in_token = |c: char| c.is_ascii_alphanumeric() || "-_.".contains(c);
    text.split(|c| !in_token(c)).any(|word| {
        let parts: Vec<_> = word.split('.').collect();
        parts.windows(3).any(|parts| match parts {
            [header, claims, _] => {
                header.starts_with("eyJ") && header.len() >= 10 && claims.len() >= 10
            }
            _ => false,
        })
    })
}

fn token(text: &str) -> bool {
    let in_token = |c: char| c.is_ascii_alphanumeric() || "+/_=-".contains(c);
    without_uuids(text)
        .split(|c| !in_token(c))
        .any(|word| is_random(word, 32))
}

/// Whether a word of at least so many characters changes between small
/// letters, capitals and digits as no name and no path does: in a name, a
/// capital begins a word, and digits stand together.
pub(super) fn is_random(word: &str, length: usize) -> bool {
    let classes: Vec<_> = word.chars().filter_map(Class::of).collect();
    let changes = classes
        .windows(2)
        .filter(
            |pair| !matches!(pair, [a, b] if a == b || (*a, *b) == (Class::Capital, Class::Small)),
        )
        .count();
    let mut distinct: Vec<_> = word.chars().collect();
    distinct.sort_unstable();
    distinct.dedup();
    classes.len() >= length && changes * 4 >= classes.len() && distinct.len() >= 8
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Class {
    Small,
    Capital,
    Digit,
}

impl Class {
    fn of(c: char) -> Option<Self> {
        match c {
            'a'..='z' => Some(Self::Small),
            'A'..='Z' => Some(Self::Capital),
            '0'..='9' => Some(Self::Digit),
            _ => None,
        }
    }
}

/// ISO 13616-1: country, check digits of 02 to 98, up to 30 more characters.
fn iban(text: &str) -> bool {
    let is_word = |c: char| c.is_ascii_alphanumeric() || c == ' ';
    text.split(|c| !is_word(c)).any(|run| {
        let words: Vec<_> = run.split(' ').filter(|word| !word.is_empty()).collect();
        (0..words.len()).any(|first| {
            let words = words.get(first..).unwrap_or_default();
            let mut candidate = String::new();
            words.iter().any(|word| {
                candidate.push_str(word);
                candidate.len() <= 34 && is_iban(&candidate)
            })
        })
    })
}

fn is_iban(text: &str) -> bool {
    let Some((head, account)) = text.split_at_checked(4) else {
        return false;
    };
    let (country, check) = head.split_at_checked(2).unwrap_or_default();
    let formed = country.bytes().all(|byte| byte.is_ascii_uppercase())
        && check.bytes().all(|byte| byte.is_ascii_digit())
        && (11..=30).contains(&account.len())
        && account
            .bytes()
            .all(|byte| byte.is_ascii_digit() || byte.is_ascii_uppercase());
    formed
        && ("02"..="98").contains(&check)
        && account
            .chars()
            .chain(head.chars())
            .filter_map(|c| c.to_digit(36))
            .fold(0, |rest, value| {
                (rest * if value > 9 { 100 } else { 10 } + value) % 97
            })
            == 1
}

fn public_address(text: &str) -> bool {
    text.split(|c: char| !(c.is_ascii_alphanumeric() || c == '.'))
        .filter_map(|word| word.trim_matches('.').parse::<Ipv4Addr>().ok())
        .any(is_public)
}

fn is_public(address: Ipv4Addr) -> bool {
    let [first, second, ..] = address.octets();
    let shared = first == 100 && (64..128).contains(&second);
    let reserved = first == 0 || first >= 240;
    !(address.is_private()
        || address.is_loopback()
        || address.is_link_local()
        || address.is_multicast()
        || address.is_documentation()
        || shared
        || reserved)
}

/// A UUID is long and varied, and names a record rather than opens a door.
fn without_uuids(text: &str) -> String {
    let mut rest = String::with_capacity(text.len());
    let mut skip_to = 0;
    for (at, c) in text.char_indices() {
        if at < skip_to {
            continue;
        }
        if text.get(at..at + 36).is_some_and(is_uuid) {
            skip_to = at + 36;
            // Keeps what stands on both sides apart.
            rest.push(':');
        } else {
            rest.push(c);
        }
    }
    rest
}

/// Whether a text is 8-4-4-4-12 hexadecimal digits.
pub(crate) fn is_uuid(text: &str) -> bool {
    text.len() == 36
        && text.bytes().enumerate().all(|(index, byte)| match index {
            8 | 13 | 18 | 23 => byte == b'-',
            _ => byte.is_ascii_hexdigit(),
        })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn leaks(text: &str) -> Vec<Leak> {
        all(text)
    }

    #[test]
    fn card_numbers_are_found_in_one_piece_and_in_groups() {
        for text in [
            "4111111111111111",
            "4111 1111 1111 1111",
            "4111-1111-1111-1111",
            "order 77 paid with 4111 1111 1111 1111 today",
            "5500000000000004",
            "378282246310005",
            "6304000000000000",
            "B4111111111111111",
            "card4111 1111 1111 1111EUR",
            "%B4111111111111111^ROE/JANE^25121010000000000000?",
            "4111\u{a0}1111\u{a0}1111\u{a0}1111",
        ] {
            assert_eq!(leaks(text), [Leak::CardNumber], "{text}");
        }
        for text in [
            "0000000000000018",
            "4111111111111112",
            "1000000000000008",
            "400000******0001",
            "4000 00** **** 0001",
            "41111111111111110000000",
            "a4111111111111111b0",
            "00000000-0000-4000-8000-000000000001",
            "2022-10-20 09:18:41.177",
        ] {
            assert_eq!(leaks(text), [], "{text}");
        }
    }

    #[test]
    fn addresses_of_people_are_found() {
        for text in [
            "jane@bank.pe",
            "to Jane <jane.roe+x@mail.bank.co.uk>.",
            "ñ@correo.es",
        ] {
            assert_eq!(leaks(text), [Leak::Email], "{text}");
        }
        for text in [
            "user1@example.com",
            "USER1@Example.org",
            "a@b",
            "@example",
            "x @ y.z",
        ] {
            assert_eq!(leaks(text), [], "{text}");
        }
        for text in [
            "+51987654321",
            "call +966 50 123 4567!",
            "tel:+1-202-555-0143",
        ] {
            assert_eq!(leaks(text), [Leak::Phone], "{text}");
        }
        for text in [
            "+99900000001",
            "+0300",
            "2022-10-20T09:18:41+03:00",
            "1e+12345678",
            "+1 2",
        ] {
            assert_eq!(leaks(text), [], "{text}");
        }
        for text in ["8.8.8.8", "from 81.21.5.9.", "ip=81.21.5.9;"] {
            assert_eq!(leaks(text), [Leak::Address], "{text}");
        }
        for text in [
            "192.0.2.1",
            "127.0.0.1",
            "10.1.2.3",
            "1.0.0",
            "1.2.3.4.5",
            "v8.8.8.8",
        ] {
            assert_eq!(leaks(text), [], "{text}");
        }
        for text in [
            "TR330006100519786457841326",
            "to GB82 WEST 1234 5698 7654 32 now",
        ] {
            assert_eq!(leaks(text), [Leak::Iban], "{text}");
        }
        for text in [
            "TR000006100519786457841326",
            "XX00 0000 0000 0000 0000 0000 01",
        ] {
            assert_eq!(leaks(text), [], "{text}");
        }
    }

    #[test]
    fn keys_and_tokens_are_found() {
        assert_eq!(leaks("-----BEGIN PUBLIC KEY-----\nMII"), [Leak::Pem]);
        assert_eq!(
            leaks("-----BEGIN PUBLIC KEY-----\nFAKE KEY 1\n-----END PUBLIC KEY-----"),
            []
        );
        assert!(leaks("eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.c2lnbmF0dXJl").contains(&Leak::Jwt));
        for text in [
            "k3J9fQx81LmZ0pVt7RyW2sNb5UcD4eHg",
            "Bearer a8f5f167f44f4964e6c998dee827110c",
            "key=q7w2e9r4t1y8u3i6o5p0a7s2d9f4g1h8",
        ] {
            assert_eq!(leaks(text), [Leak::Token], "{text}");
        }
        for text in [
            "c25b24b2-0ca9-4f81-a24e-5ae06b4e545a",
            "ui/receipt/cd10c49c-ab61-4214-9e5c-022985b73110",
            "a_long_name_of_a_field_that_says_a_lot_of_things",
            "/v1/clients-sdk/merchants/terminals/reconciliations",
            "RequestedPaymentMethodNameOfTheCustomerOfTheMerchant",
            "NO_CURRENT_PAYER_DATA_FOR_THE_DEPOSIT_OF_TODAY",
            "00000000000000000000000000000000000000000001",
        ] {
            assert_eq!(leaks(text), [], "{text}");
        }
    }
}

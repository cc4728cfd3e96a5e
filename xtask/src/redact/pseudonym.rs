//! What takes the place of a value: something of the same form that is plainly
//! made up.

use std::collections::HashMap;

use super::{
    form::{Form, label},
    number::Parts,
};
use crate::overrides::Privacy;

/// The pseudonyms given so far in a run.
#[derive(Default)]
pub(super) struct Pseudonyms {
    given: HashMap<String, String>,
    /// Numbers whose pseudonym as a text is no number.
    numbers: HashMap<String, String>,
    /// How many values of each form there were.
    counts: HashMap<Form, u64>,
}

impl std::fmt::Debug for Pseudonyms {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        // Its keys are what must not be shown.
        f.debug_struct("Pseudonyms").finish_non_exhaustive()
    }
}

impl Pseudonyms {
    /// The pseudonym of a text.
    pub(super) fn text(&mut self, class: Option<Privacy>, text: &str) -> String {
        if let Some(pseudonym) = self.given.get(text) {
            return pseudonym.clone();
        }
        let pseudonym = self.next(class, text);
        self.given.insert(text.to_owned(), pseudonym.clone());
        pseudonym
    }

    /// The pseudonym of a number, which is that of the same digits as a text.
    pub(super) fn number(&mut self, lexeme: &str) -> String {
        match self.given.get(lexeme) {
            Some(pseudonym) if Parts::of(pseudonym).is_some() => pseudonym.clone(),
            Some(_) => {
                if let Some(pseudonym) = self.numbers.get(lexeme) {
                    return pseudonym.clone();
                }
                let pseudonym = self.next(None, lexeme);
                self.numbers.insert(lexeme.to_owned(), pseudonym.clone());
                pseudonym
            }
            None => self.text(None, lexeme),
        }
    }

    fn next(&mut self, class: Option<Privacy>, text: &str) -> String {
        let form = Form::of(class, text);
        let words = Form::Words(label(class));
        let number = self.count(&form);
        form.fill(number).unwrap_or_else(|| {
            // The form has no room for so many.
            let number = self.count(&words);
            words.fill(number).unwrap_or_default()
        })
    }

    fn count(&mut self, form: &Form) -> u64 {
        let count = self.counts.entry(form.clone()).or_default();
        *count += 1;
        *count
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::redact::number;

    /// The pseudonyms of these values in one run.
    fn pseudonyms(class: Option<Privacy>, texts: &[&str]) -> Vec<String> {
        let mut pseudonyms = Pseudonyms::default();
        texts
            .iter()
            .map(|text| pseudonyms.text(class, text))
            .collect()
    }

    #[test]
    fn a_pseudonym_has_the_form_of_the_value() {
        for (class, text, pseudonym) in [
            (
                None,
                "c25b24b2-0ca9-4f81-a24e-5ae06b4e545a",
                "00000000-0000-4000-8000-000000000001",
            ),
            (None, "jane@bank.pe", "user1@example.com"),
            (Some(Privacy::Email), "jane", "user1@example.com"),
            (None, "https://bank.pe/receipt/77", "https://example.com/1"),
            (None, "81.21.5.9", "192.0.2.1"),
            (None, "+51987654321", "+99900000001"),
            (Some(Privacy::Phone), "+966 50 123 4567", "+999 00 000 0001"),
            (Some(Privacy::Phone), "050-123 4567", "000-000 0001"),
            (Some(Privacy::Document), "12345678", "10000001"),
            (Some(Privacy::Document), "02345678", "00000001"),
            (Some(Privacy::Document), "X-1234567-L", "X-0000001-X"),
            (
                Some(Privacy::Account),
                "TR33 0006 1005 1978 6457 8413 26",
                "XX00 0000 0000 0000 0000 0000 01",
            ),
            (
                Some(Privacy::Pan),
                "4941 46** **** 3714",
                "4000 00** **** 0001",
            ),
            (Some(Privacy::Pan), "4941460000003714", "400000******0001"),
            (Some(Privacy::Pan), "1234", "1001"),
            (Some(Privacy::Card), "23/12", "00/01"),
            (Some(Privacy::Person), "Jane Roe", "Person 1"),
            (Some(Privacy::Merchant), "Acme SAC", "Merchant 1"),
            (Some(Privacy::Secret), "hunter2", "secret-1"),
            (None, "2481400080ab", "f00000000001"),
            (None, "DAE70C33DF1655BF", "F000000000000001"),
            (None, "12.50", "10.01"),
            (None, "-0.5", "-0.1"),
            (None, "1984-05-06", "2000-01-02"),
            (None, "2024-06-01T13:37:17.123Z", "2000-01-02T00:00:00.000Z"),
            (
                None,
                "2024-06-01 13:37:17+03:00",
                "2000-01-02 00:00:00+03:00",
            ),
            (None, "ERROR_OTHER", "text-1"),
            (None, "متجر", "text-1"),
        ] {
            assert_eq!(pseudonyms(class, &[text]), [pseudonym], "{text}");
            // The form stays, so that another run changes nothing.
            assert_eq!(pseudonyms(class, &[pseudonym]), [pseudonym], "{text}");
        }
    }

    #[test]
    fn the_same_value_has_the_same_pseudonym_whatever_it_is_called() {
        let mut run = Pseudonyms::default();
        let number = run.number("301393325");
        assert_eq!(number, "100000001");
        assert_eq!(run.text(Some(Privacy::Id), "301393325"), number);
        assert_eq!(run.text(None, "301393326"), "100000002");
        assert_eq!(run.number("301393326"), "100000002");
    }

    #[test]
    fn a_name_that_is_a_number_does_not_turn_numbers_into_names() {
        let mut run = Pseudonyms::default();
        assert_eq!(run.text(Some(Privacy::Merchant), "1990"), "Merchant 1");
        assert_eq!(run.number("1990"), "1001");
        assert_eq!(run.number("1990"), "1001");
    }

    #[test]
    fn no_two_values_share_a_pseudonym_however_short_they_are() {
        for texts in [
            (0..10).map(|n| n.to_string()).collect::<Vec<_>>(),
            (0..100).map(|n| format!("{n:02}")).collect(),
            (0..1000).map(|n| format!("0.{n:03}")).collect(),
            (0..600)
                .map(|n| format!("81.21.{}.{}", n / 250, n % 250))
                .collect(),
            (0..20_000)
                .map(|n| format!("4941 46** **** {n:04}"))
                .collect(),
        ] {
            let texts: Vec<_> = texts.iter().map(String::as_str).collect();
            let mut given = pseudonyms(Some(Privacy::Pan), &texts);
            assert!(number::is_whole(&given[0]) || given[0].contains(['.', '*']));
            given.sort_unstable();
            given.dedup();
            assert_eq!(given.len(), texts.len());
        }
    }
}

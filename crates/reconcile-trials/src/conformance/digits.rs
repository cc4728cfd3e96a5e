//! What the simulator's faults do to the digits of amounts.

use reconcile_sandbox::ODD_AMOUNTS;
use rust_decimal::Decimal;

/// How amounts are written under some faults, where those change it.
#[derive(Clone, Copy, Debug)]
pub struct Digits {
    are_odd: bool,
    are_integers: bool,
}

impl Digits {
    /// The digits under these faults.
    #[must_use]
    pub fn under(faults: &[&str]) -> Self {
        Self {
            are_odd: faults.iter().any(|fault| fault.ends_with("odd-amounts")),
            are_integers: faults.contains(&"integers"),
        }
    }

    /// The amount of the payment in that place of the books, from 0, of which
    /// `text` is what the gateway writes without faults.
    #[must_use]
    pub fn of_payment(self, place: usize, text: String) -> String {
        match ODD_AMOUNTS.get(place).filter(|_| self.are_odd) {
            Some(odd) => {
                let exact = odd.parse().or_else(|_| Decimal::from_scientific(odd));
                exact.unwrap().to_string()
            }
            None => self.of(text),
        }
    }

    /// Any other amount.
    #[must_use]
    pub fn of(self, text: String) -> String {
        if self.are_integers && text.contains('.') {
            text.trim_end_matches('0').trim_end_matches('.').to_owned()
        } else {
            text
        }
    }
}

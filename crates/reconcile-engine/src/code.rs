//! The codes of breaks.

use std::{fmt, str::FromStr};

use reconcile_core::FailureCode;

use crate::EngineError;

/// Defines the break codes: the word of the contract, how bad it is, and the
/// title that a finance person reads.
macro_rules! codes {
    ($($(#[$doc:meta])* $variant:ident = $word:literal, $severity:ident, $title:literal;)+) => {
        /// What kind of difference a break is, in the order of the contract.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
        #[non_exhaustive]
        pub enum BreakCode {
            $($(#[$doc])* $variant,)+
        }

        impl BreakCode {
            /// Every code, in the order of the contract.
            pub const ALL: &'static [Self] = &[$(Self::$variant,)+];

            /// The word that stands for it in every file.
            #[must_use]
            pub const fn as_str(self) -> &'static str {
                match self { $(Self::$variant => $word,)+ }
            }

            /// What it is called in a report.
            #[must_use]
            pub const fn title(self) -> &'static str {
                match self { $(Self::$variant => $title,)+ }
            }

            /// How much attention it needs.
            #[must_use]
            pub const fn severity(self) -> Severity {
                match self { $(Self::$variant => Severity::$severity,)+ }
            }
        }

        impl FromStr for BreakCode {
            type Err = EngineError;

            fn from_str(word: &str) -> Result<Self, EngineError> {
                match word {
                    $($word => Ok(Self::$variant),)+
                    _ => Err(EngineError::UnknownCode(word.to_owned())),
                }
            }
        }
    };
}

codes! {
    /// The ledger has it, a complete list of the provider's has not.
    MissingAtProvider = "missing_at_provider", High, "Booked, but not at the provider";
    /// The provider has it, the ledger has not.
    MissingInLedger = "missing_in_ledger", High, "At the provider, but not booked";
    /// The provider lists it again.
    DuplicateAtProvider = "duplicate_at_provider", High, "Listed more than once by the provider";
    /// The ledger books it again.
    DuplicateInLedger = "duplicate_in_ledger", High, "Booked more than once";
    /// It is under way, or booked after the end of what is certain.
    Timing = "timing", Low, "Timing difference, expected to clear";
    /// The ledger has it, and it is not known to be missing: the provider's list is
    /// not known to be complete, or the search for records that add up to it was
    /// given up.
    Unproven = "unproven", Medium, "Not found, but not proven to be missing";
    /// The amounts differ.
    AmountMismatch = "amount_mismatch", High, "Amounts differ";
    /// The currencies differ.
    CurrencyMismatch = "currency_mismatch", High, "Currencies differ";
    /// One side has a credit, the other a debit.
    SignMismatch = "sign_mismatch", High, "Credit on one side, debit on the other";
    /// One side says that the money moved, the other that it did not.
    StatusMismatch = "status_mismatch", High, "One side says paid, the other does not";
    /// The dates lie too far apart, or a verdict came too late.
    DateOutOfWindow = "date_out_of_window", Medium, "Dates too far apart";
    /// One reference stands for different things, or two that differ by a slip
    /// for the same.
    ReferenceMismatch = "reference_mismatch", Medium, "References contradict what moved";
    /// The fee is not the agreed one.
    FeeVariance = "fee_variance", Medium, "Fee differs";
    /// The tax is not the expected one.
    TaxVariance = "tax_variance", Medium, "Tax differs";
    /// The exchange rate is not the expected one.
    FxVariance = "fx_variance", Medium, "Exchange rate differs";
    /// A difference no larger than rounding makes.
    Rounding = "rounding", Low, "Rounding difference";
    /// A provider's net is not the sum of its parts.
    NetIdentity = "net_identity", High, "Net is not the sum of its parts";
    /// A part of a split payment is missing.
    SplitIncomplete = "split_incomplete", High, "Part of a split payment is missing";
    /// More was allocated than there is.
    OverAllocated = "over_allocated", High, "More allocated than received";
    /// Several counterparts fit equally well.
    Ambiguous = "ambiguous", Medium, "Several counterparts fit equally well";
    /// A balance does not follow from the one before.
    RollForward = "roll_forward", High, "Balance does not follow from the day before";
    /// A figure of the provider's is not what its records, its parts or another
    /// place of the provider's make of it.
    ControlTotal = "control_total", High, "A total of the provider's does not tie";
    /// The two sides of a settlement batch differ.
    BatchUnbalanced = "batch_unbalanced", High, "Settlement batch does not balance";
    /// A day or number is missing or repeated.
    SequenceGap = "sequence_gap", High, "A day or number is missing or repeated";
}

impl From<FailureCode> for BreakCode {
    fn from(code: FailureCode) -> Self {
        match code {
            FailureCode::RollForward => Self::RollForward,
            FailureCode::NetIdentity => Self::NetIdentity,
            FailureCode::ControlTotal => Self::ControlTotal,
            FailureCode::BatchUnbalanced => Self::BatchUnbalanced,
            FailureCode::SequenceGap => Self::SequenceGap,
        }
    }
}

impl fmt::Display for BreakCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

/// How much attention a break needs.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Severity {
    /// It is expected to clear by itself, or is no larger than rounding.
    Low,
    /// It needs a look.
    Medium,
    /// Money, or the evidence for it, is wrong until somebody acts.
    High,
}

impl Severity {
    /// The word that stands for it in every file.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Low => "low",
            Self::Medium => "medium",
            Self::High => "high",
        }
    }
}

impl fmt::Display for Severity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_code_reads_back_from_its_word() {
        for &code in BreakCode::ALL {
            assert_eq!(code.to_string().parse(), Ok(code));
        }
        assert_eq!(
            "Timing".parse::<BreakCode>(),
            Err(EngineError::UnknownCode("Timing".to_owned()))
        );
    }
}

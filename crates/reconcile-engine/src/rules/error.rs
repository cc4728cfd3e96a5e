//! What can be wrong with rules.

use rust_decimal::Decimal;

/// Rules that make no sense.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum RulesError {
    /// Without a pass nothing matches.
    #[error("there is no pass: nothing would match")]
    NoPass,
    /// More passes than the matches keep apart.
    #[error("there are {0} passes; at most {limit} are allowed", limit = super::Pass::MOST)]
    TooManyPasses(usize),
    /// Matches and breaks name their pass.
    #[error("two passes are named `{0}`")]
    SameName(String),
    /// A pass without a name.
    #[error("a pass has no name")]
    Unnamed,
    /// A pass that would pair rows for their amounts alone.
    #[error(
        "pass `{0}` compares nothing but amounts: say what must be equal, the days or the text"
    )]
    NothingCompared(String),
    /// An attribute without a name.
    #[error("pass `{0}` compares an attribute without a name")]
    UnnamedAttribute(String),
    /// A tolerance below zero.
    #[error("the tolerance {0} is negative")]
    NegativeTolerance(Decimal),
    /// A similarity or margin outside 0 to 1.
    #[error("pass `{pass}`: {what} is {value}, not between 0 and 1")]
    OutOfScale {
        /// The pass.
        pass: String,
        /// What is out of scale.
        what: &'static str,
        /// Its value.
        value: Decimal,
    },
    /// A group of fewer than two rows, or of more than can be searched.
    #[error("pass `{pass}`: a group of at most {most} rows; say 2 to {limit}", limit = super::Grouping::LIMIT)]
    GroupSize {
        /// The pass.
        pass: String,
        /// The rows that the rule allows.
        most: usize,
    },
    /// Sums alone prove nothing: among many rows, some always add up.
    #[error("pass `{0}` groups by sum without evidence: say what the rows of a group share")]
    NoEvidence(String),
    /// A group by sum of several rows on both sides has no end of solutions.
    #[error("pass `{0}` groups several rows of both sides by sum: that needs a key")]
    ManyToManyBySum(String),
    /// A group by key without a key.
    #[error("pass `{0}` groups by key, and nothing that must be equal identifies")]
    NoKey(String),
    /// Net against gross where both sides state the same.
    #[error("pass `{0}` compares net with gross: say which side is which")]
    NetOfBoth(String),
    /// A week without a business day.
    #[error("no day of the week is a business day")]
    NoBusinessDay,
    /// A fee that makes no sense.
    #[error("the fee schedule: {0}")]
    Fee(&'static str),
    /// A limit of attention that makes no sense.
    #[error("the limits of attention: {0}")]
    Attention(&'static str),
    /// An exclusion that would leave out everything.
    #[error("the exclusion `{0}` names no condition: it would leave out a whole side")]
    ExcludesAll(String),
}

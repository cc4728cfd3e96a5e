//! Identities: the equations that a provider declares about its own figures.

use crate::{Convention, Conventions, Direction, Kind, Status};

/// An equation that a provider's statements and records are to satisfy.
///
/// A provider crate declares identities in its [`Descriptor`](crate::Descriptor);
/// the engine proves them without knowing the provider. None is assumed to hold.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Identity {
    /// A short stable name, as it appears in `proofs.csv`.
    pub name: &'static str,
    /// The equation in words.
    pub title: &'static str,
    /// The equation.
    pub law: Law,
    /// What a failure is filed under.
    pub code: FailureCode,
}

impl Identity {
    /// An identity; a failure of it is filed under what its law is mostly about.
    #[must_use]
    pub const fn new(name: &'static str, title: &'static str, law: Law) -> Self {
        let code = law.code();
        Self {
            name,
            title,
            law,
            code,
        }
    }

    /// Files a failure under something else than what its law is mostly about:
    /// two figures that are to be equal need not be the sides of a batch.
    #[must_use]
    pub const fn filed_under(mut self, code: FailureCode) -> Self {
        self.code = code;
        self
    }

    /// The conventions among which that of [such a total](Law::DayTotal) is
    /// sought; `None` where none is.
    #[must_use]
    pub const fn sought(&self) -> Option<&Conventions> {
        match &self.law {
            Law::DayTotal {
                counting: Counting::Sought(space),
                ..
            } => Some(space),
            _ => None,
        }
    }

    /// Holds the total of a day to this convention, so that none is sought; says
    /// whether the identity is about [such a total](Law::DayTotal).
    pub fn lock(&mut self, convention: Convention) -> bool {
        let Law::DayTotal { counting, .. } = &mut self.law else {
            return false;
        };
        *counting = Counting::Locked(convention);
        true
    }
}

/// What a failed identity is filed under: those of the codes of a break that are
/// about a provider's own figures.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum FailureCode {
    /// `roll_forward`: a balance does not follow from the one before.
    RollForward,
    /// `net_identity`: a net figure is not the sum of its parts.
    NetIdentity,
    /// `control_total`: a total is not what it is the total of, or is told
    /// twice and differs.
    ControlTotal,
    /// `batch_unbalanced`: the two sides of a settlement batch differ.
    BatchUnbalanced,
    /// `sequence_gap`: something is missing, or is there twice.
    SequenceGap,
}

/// The shapes that an identity can have.
///
/// Figures are named as in [`Statement::figures`](crate::Statement::figures);
/// each law is checked for every account and currency on its own. A provider
/// may state other figures of a whole account than of its parts (those with a
/// [`scope`](crate::Statement::scope)): a law is about the wholes or about the
/// parts when any of these states one of its figures. What it needs and is not
/// stated there leaves it untested.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Law {
    /// Every civil day between the first and the last has exactly one statement.
    EveryDayOnce,
    /// `balance[d] = balance[d − 1] + movement[d]`.
    RollForward {
        /// The balance at the end of the day.
        balance: &'static str,
        /// What moved it during the day.
        movement: &'static str,
    },
    /// A balance that changed has at least one part that is not zero.
    StepExplained {
        /// The balance at the end of the day.
        balance: &'static str,
        /// What can move it.
        parts: Vec<&'static str>,
    },
    /// `total = Σ sign × part` on every statement, over amounts or over counts,
    /// with the signs that are not documented solved from the statements at hand.
    Composition {
        /// The figure on the left.
        total: &'static str,
        /// The figures on the right.
        parts: Vec<Part>,
    },
    /// Within one statement, the two figures of each pair are equal: both sides
    /// of a settlement batch, or what is told in two places.
    Equal {
        /// What is to be equal, amounts or counts.
        pairs: Vec<(&'static str, &'static str)>,
    },
    /// A figure of the whole is the sum of a figure over its parts: the
    /// statements with the same id, account, period and currency, and a scope.
    Parts {
        /// The figure of the statement without a scope.
        total: &'static str,
        /// The figure of each statement with one.
        part: &'static str,
    },
    /// The provider's own flag says whether the pairs are equal. Pairs that the
    /// statement of a whole does not state are those of its parts.
    Verdict {
        /// The flag that says that they are.
        flag: &'static str,
        /// What is to be equal, amounts or counts.
        pairs: Vec<(&'static str, &'static str)>,
    },
    /// The periods of an account follow each other without overlap and without
    /// a hole.
    Tiles,
    /// The records of a statement's account that were created in its period
    /// (and whose [`method`](crate::Record::method) is its scope, where it has
    /// one) come to its figures. Tested only where a proven pull covers the period.
    Batch {
        /// Which records come to which figures.
        lines: Vec<BatchLine>,
    },
    /// The records of a day come to its total, by a convention that the provider
    /// may not document. Tested only where a proven pull covers the day.
    DayTotal {
        /// The amount that is stated of each day.
        total: &'static str,
        /// The kinds that count.
        kinds: Vec<Kind>,
        /// Which records of them count on which day, and with what.
        counting: Counting,
    },
    /// The numbers in an attribute of an account's records, in the order of
    /// their creation, follow each other: after 999999 comes 1. Records with one
    /// reference may share a number. Tested only on a proven pull of all kinds
    /// that are numbered.
    Sequence {
        /// The kinds that are numbered.
        kinds: Vec<Kind>,
        /// The attribute of the records: an integer, or text of digits.
        attribute: &'static str,
    },
    /// Every closed day has the provider's verdict, and soon enough.
    VerdictPresent {
        /// The flag that says whether the day has a verdict.
        flag: &'static str,
        /// The count of whole days that the verdict took.
        days: &'static str,
        /// How many it may take.
        within_days: u64,
    },
    /// What is to hold, but cannot fail on anything that the provider tells. It
    /// is declared so that it is reported as open, with the reason, and is not
    /// taken for proved.
    Undecidable {
        /// Why nothing that is told decides it, in one line.
        why: &'static str,
    },
}

impl Law {
    /// What a failure is filed under, unless the identity says otherwise.
    #[must_use]
    pub const fn code(&self) -> FailureCode {
        match self {
            Self::RollForward { .. } | Self::StepExplained { .. } => FailureCode::RollForward,
            Self::Composition { .. } => FailureCode::NetIdentity,
            Self::Equal { .. } | Self::Verdict { .. } => FailureCode::BatchUnbalanced,
            Self::Parts { .. } | Self::Batch { .. } | Self::DayTotal { .. } => {
                FailureCode::ControlTotal
            }
            Self::EveryDayOnce
            | Self::Tiles
            | Self::Sequence { .. }
            | Self::VerdictPresent { .. }
            | Self::Undecidable { .. } => FailureCode::SequenceGap,
        }
    }

    /// Whether it is about records, not about statements alone.
    #[must_use]
    pub const fn needs_records(&self) -> bool {
        matches!(
            self,
            Self::Batch { .. } | Self::DayTotal { .. } | Self::Sequence { .. }
        )
    }
}

/// By which convention the records of a [`Law::DayTotal`] come to it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Counting {
    /// By that of these under which most days tie.
    Sought(Conventions),
    /// By this one, which is known, or was found and is now held to.
    Locked(Convention),
}

/// Which records of a [`Law::Batch`] come to which figures.
///
/// ```
/// use reconcile_core::{BatchLine, Kind, Status};
///
/// let refunds = BatchLine::new([Kind::Refund], [Status::Succeeded])
///     .amount("refund")
///     .count("refund_count");
/// let partial = BatchLine::new([Kind::Refund], [Status::Succeeded])
///     .having("step", "partial")
///     .amount("partial_refund");
/// assert_eq!(partial.count, None);
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct BatchLine {
    /// The kinds that count.
    pub kinds: Vec<Kind>,
    /// The statuses that count.
    pub statuses: Vec<Status>,
    /// The direction that a record must have to count.
    pub direction: Option<Direction>,
    /// The attribute that a record must have to count, and its value as text.
    pub having: Option<(&'static str, &'static str)>,
    /// The figure that the amounts add up to, none of them signed.
    pub amount: Option<&'static str>,
    /// The figure that says how many they are.
    pub count: Option<&'static str>,
}

impl BatchLine {
    /// The records of these kinds and statuses; what they come to is to be said.
    #[must_use]
    pub fn new(
        kinds: impl IntoIterator<Item = Kind>,
        statuses: impl IntoIterator<Item = Status>,
    ) -> Self {
        Self {
            kinds: kinds.into_iter().collect(),
            statuses: statuses.into_iter().collect(),
            ..Self::default()
        }
    }

    /// Counts only records of this direction: reversals of sales, not of refunds.
    #[must_use]
    pub const fn direction(mut self, direction: Direction) -> Self {
        self.direction = Some(direction);
        self
    }

    /// Counts only records that have this attribute with this value.
    #[must_use]
    pub const fn having(mut self, attribute: &'static str, value: &'static str) -> Self {
        self.having = Some((attribute, value));
        self
    }

    /// Sets the figure that the amounts add up to.
    #[must_use]
    pub const fn amount(mut self, figure: &'static str) -> Self {
        self.amount = Some(figure);
        self
    }

    /// Sets the figure that says how many they are.
    #[must_use]
    pub const fn count(mut self, figure: &'static str) -> Self {
        self.count = Some(figure);
        self
    }
}

/// One term of a [`Law::Composition`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Part {
    /// The figure.
    pub figure: &'static str,
    /// How it enters the sum.
    pub sign: Sign,
}

/// How a figure enters a sum.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Sign {
    /// It is added.
    Plus,
    /// It is taken off.
    Minus,
    /// The provider does not document it: it is to be solved.
    Unknown,
}

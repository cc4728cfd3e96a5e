//! Identities: the equations that a provider declares about its own figures.

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
}

impl Identity {
    /// An identity.
    #[must_use]
    pub const fn new(name: &'static str, title: &'static str, law: Law) -> Self {
        Self { name, title, law }
    }
}

/// The shapes that an identity can have. Figures are named as in
/// [`Statement::figures`](crate::Statement::figures); each law is checked for
/// every account and currency on its own.
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
    /// `total = Σ sign × part` on every statement, with the signs that are not
    /// documented solved from the statements at hand.
    Composition {
        /// The figure on the left.
        total: &'static str,
        /// The figures on the right.
        parts: Vec<Part>,
    },
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

//! The models of a provider: what is decided, and why, before it is written as Rust.

use crate::{overrides, place::Place, shape::Shape};

/// The models of a provider.
#[derive(Clone, Debug)]
pub struct Model {
    /// The structs, in the order in which they are written.
    pub structs: Vec<Struct>,
    /// The open enums.
    pub enums: Vec<Enum>,
    /// The type of each root.
    pub roots: Vec<Root>,
}

/// A root and its type.
#[derive(Clone, Debug)]
pub struct Root {
    /// An operation, `<operation>.request` or `error`.
    pub name: String,
    /// The type of the whole body.
    pub model: Type,
}

/// A struct.
#[derive(Clone, Debug)]
pub struct Struct {
    /// Its name.
    pub name: String,
    /// Its documentation.
    pub doc: String,
    /// Whether it has a type parameter.
    pub generic: bool,
    /// Whether code outside of its crate makes one: it is sent.
    pub sent: bool,
    /// Every place that holds one.
    pub places: Vec<Place>,
    /// How many objects were seen there.
    pub objects: u64,
    /// Its fields, in their order.
    pub fields: Vec<Field>,
}

/// A field of a struct.
#[derive(Clone, Debug)]
pub struct Field {
    /// The key on the wire.
    pub key: String,
    /// Other keys under which it comes.
    pub alias: Vec<String>,
    /// The name in Rust.
    pub name: String,
    /// What a person says of it.
    pub doc: Option<String>,
    /// The type of the value, where there is one.
    pub model: Type,
    /// Whether there always is one.
    pub required: bool,
    /// Why it has the type.
    pub why_type: Why,
    /// Why it is required or not.
    pub why_presence: Why,
    /// The places that it is at.
    pub places: Vec<Place>,
    /// What was seen there.
    pub shape: Shape,
}

/// A type of a value.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Type {
    /// Text.
    Text,
    /// Text about a person, or a secret.
    Personal,
    /// A card number.
    MaskedPan,
    /// An amount as a JSON number.
    Decimal,
    /// An amount as text.
    DecimalText,
    /// A whole number that is not negative.
    U64,
    /// A whole number.
    I64,
    /// True or false.
    Bool,
    /// An instant.
    Instant,
    /// An instant, written with milliseconds.
    InstantMillis,
    /// A date and time without an offset.
    LocalDatetime,
    /// A date.
    Date,
    /// Whatever it is, as it came.
    Json,
    /// An open enum.
    Enum(String),
    /// A type written by hand.
    Own(String),
    /// A struct, and what its type parameter is.
    Struct(String, Option<Box<Type>>),
    /// The type parameter of the struct around it.
    Parameter,
    /// Any number of these.
    List(Box<Type>),
    /// By keys that are data.
    Map(Box<Type>),
    /// Null, or this.
    Nullable(Box<Type>),
}

impl Type {
    /// The type parameter is it, or in it.
    #[must_use]
    pub(crate) fn has_parameter(&self) -> bool {
        *self.innermost() == Self::Parameter
    }

    /// It is the open enum of this name, or holds some.
    #[must_use]
    pub(crate) fn names(&self, words: &str) -> bool {
        matches!(self.innermost(), Self::Enum(name) if name == words)
    }

    /// What the lists and maps hold.
    pub(crate) fn innermost(&self) -> &Self {
        match self {
            Self::List(inner) | Self::Map(inner) | Self::Nullable(inner) => inner.innermost(),
            other => other,
        }
    }
}

/// An open enum.
#[derive(Clone, Debug)]
pub struct Enum {
    /// Its name.
    pub name: String,
    /// Its documentation.
    pub doc: String,
    /// Whether its values come as numbers.
    pub wire: overrides::Wire,
    /// The values that are known.
    pub variants: Vec<Variant>,
}

/// A value of an enum.
#[derive(Clone, Debug)]
pub struct Variant {
    /// Its name.
    pub name: String,
    /// Its documentation.
    pub doc: String,
    /// As it comes.
    pub wire: overrides::Word,
}

/// A decision and its reason.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Why {
    /// The rule.
    pub rule: Rule,
    /// What it says here; where a person decided, the line of `overrides.toml`.
    pub reason: String,
    /// Whether a person decided.
    pub decided: bool,
}

impl Why {
    /// What a rule makes of the evidence.
    pub fn shown(rule: Rule, reason: impl Into<String>) -> Self {
        Self {
            rule,
            reason: reason.into(),
            decided: false,
        }
    }

    /// What a person decided.
    pub fn decided(rule: Rule, reason: impl Into<String>) -> Self {
        Self {
            decided: true,
            ..Self::shown(rule, reason)
        }
    }
}

/// The rules by which evidence and decisions become types.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Rule {
    /// A field is required where a person says so, or where twenty objects of
    /// two samples, none of them built, all have it.
    Required,
    /// All other fields are optional; absent, null and `{}` are the same.
    Optional,
    /// Amounts as numbers are exact, and classified by a person.
    Decimal,
    /// Amounts as text are, too.
    DecimalText,
    /// Text is text, whatever it looks like.
    Text,
    /// Whole numbers have 64 bits.
    Integer,
    /// Truth values.
    Bool,
    /// Times are typed where all texts are of one format.
    Time,
    /// Words become an open enum only where a person lists them.
    Enum,
    /// A conflict of kinds needs a type written by hand, or stays JSON.
    Conflict,
    /// Keys that are data make a map.
    Map,
    /// What no sample shows stays JSON.
    NoEvidence,
    /// An absent array is an empty one.
    Array,
    /// An envelope has its content as a type parameter.
    Envelope,
    /// Objects that mean the same share a type, where a person says so; others
    /// are named by their place.
    Object,
}

impl Rule {
    /// Its number among the rules R1 to R20.
    #[must_use]
    pub const fn id(self) -> &'static str {
        match self {
            Self::Required => "R1",
            Self::Optional => "R2",
            Self::Decimal => "R5",
            Self::DecimalText => "R6",
            Self::Text => "R7",
            Self::Integer | Self::Bool => "R8",
            Self::Time => "R10",
            Self::Enum => "R12",
            Self::Conflict => "R13",
            Self::Map => "R14",
            Self::NoEvidence => "R15",
            Self::Array => "R16",
            Self::Envelope => "R17",
            Self::Object => "R18",
        }
    }
}

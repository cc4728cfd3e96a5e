//! What a person decides about the models of a provider: `overrides.toml`.

use std::path::Path;

use serde::Deserialize;

use crate::{Error, place::Pattern, workspace};

/// The decisions for one provider.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Overrides {
    /// Who it is and where the models go.
    pub provider: Provider,
    /// The roots that have a model.
    #[serde(default, rename = "operation")]
    pub operations: Vec<Operation>,
    /// The structs that have a name of their own, in the order in which they are written.
    #[serde(default, rename = "type")]
    pub types: Vec<Type>,
    /// The open enums.
    #[serde(default, rename = "enum")]
    pub enums: Vec<Enum>,
    /// The accounting identities that hold in every fixture.
    #[serde(default, rename = "invariant")]
    pub invariants: Vec<Invariant>,
}

/// Who a provider is and where its models go.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Provider {
    /// Its name for people.
    pub name: String,
    /// The package whose `src/models/generated.rs` the models are.
    #[serde(rename = "crate")]
    pub package: String,
}

/// A root and its model.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Operation {
    /// The root: an operation, `<operation>.request`, or `error`.
    pub name: String,
    /// The Rust type of the whole body, for example `Page<Deposit>`.
    #[serde(rename = "type")]
    pub model: String,
}

/// A struct.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Type {
    /// Its name in Rust.
    pub name: String,
    /// Its documentation.
    pub doc: String,
    /// Every place that holds one.
    pub at: Vec<Pattern>,
    /// The key whose value, or whose elements (`data[]`), the type parameter is.
    pub generic: Option<String>,
    /// What is decided about its fields, in their order in Rust. Fields that are
    /// not told here follow, sorted.
    #[serde(default, rename = "field")]
    pub fields: Vec<Field>,
}

/// What is decided about a field.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Field {
    /// The key on the wire.
    pub key: String,
    /// The name in Rust, where it is not the key in snake case.
    pub name: Option<String>,
    /// The documentation.
    pub doc: Option<String>,
    /// Whether it is always there, as is documented; `false` where it can be done
    /// without, however often it was seen.
    pub required: Option<bool>,
    /// The type, where it is not inferred.
    #[serde(rename = "type")]
    pub kind: Option<Kind>,
    /// Other keys under which it comes.
    #[serde(default)]
    pub alias: Vec<String>,
    /// What must not be shown, and what takes its place in a recording.
    pub privacy: Option<Privacy>,
    /// Whether a recording may hold the text as it came.
    #[serde(default)]
    pub keep: bool,
}

/// The type of a field.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(try_from = "String")]
pub enum Kind {
    /// Text, whatever it looks like.
    Text,
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
    /// An instant with an offset (RFC 3339).
    Instant,
    /// An instant, always written with milliseconds.
    InstantMillis,
    /// A date and time without an offset.
    LocalDatetime,
    /// A date.
    Date,
    /// Whatever it is, as it came.
    Json,
    /// One of `[[enum]]`.
    Enum(String),
    /// An object whose keys are data.
    Map,
    /// A type written by hand in the same module.
    Own(String),
}

impl TryFrom<String> for Kind {
    type Error = String;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        Ok(match text.as_str() {
            "text" => Self::Text,
            "decimal" => Self::Decimal,
            "decimal_text" => Self::DecimalText,
            "u64" => Self::U64,
            "i64" => Self::I64,
            "bool" => Self::Bool,
            "instant" => Self::Instant,
            "instant_millis" => Self::InstantMillis,
            "local_datetime" => Self::LocalDatetime,
            "date" => Self::Date,
            "json" => Self::Json,
            "map" => Self::Map,
            other => match other.split_once(' ') {
                Some(("enum", name)) => Self::Enum(name.to_owned()),
                Some(("own", name)) => Self::Own(name.to_owned()),
                _ => return Err(format!("`{other}` is no type of a field")),
            },
        })
    }
}

/// Why a value must not be shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Privacy {
    /// An e-mail address.
    Email,
    /// A telephone number.
    Phone,
    /// The name of a person.
    Person,
    /// The number of an identity document.
    Document,
    /// The number of an account, an IBAN.
    Account,
    /// A card number, masked or not.
    Pan,
    /// What else a card says: expiry, holder, cryptograms.
    Card,
    /// A street or an internet address.
    Address,
    /// The name of a business.
    Merchant,
    /// A password or token.
    Secret,
    /// Key material.
    Key,
    /// What identifies a record: plain in Rust, replaced in recordings.
    Id,
}

impl Privacy {
    /// Its name in `overrides.toml` and in sidecars.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Email => "email",
            Self::Phone => "phone",
            Self::Person => "person",
            Self::Document => "document",
            Self::Account => "account",
            Self::Pan => "pan",
            Self::Card => "card",
            Self::Address => "address",
            Self::Merchant => "merchant",
            Self::Secret => "secret",
            Self::Key => "key",
            Self::Id => "id",
        }
    }
}

/// An open enum.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Enum {
    /// Its name in Rust.
    pub name: String,
    /// Its documentation.
    pub doc: String,
    /// How it comes.
    #[serde(default)]
    pub wire: Wire,
    /// The values that are known.
    #[serde(rename = "value")]
    pub values: Vec<Variant>,
}

/// How the values of an enum come.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Wire {
    /// As words.
    #[default]
    Text,
    /// As whole numbers.
    Integer,
}

/// A value of an enum.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Variant {
    /// As it comes.
    pub wire: Word,
    /// Its documentation.
    pub doc: String,
    /// The name in Rust, where it is not the word in Pascal case.
    pub name: Option<String>,
}

/// A word or a number.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(untagged)]
pub enum Word {
    /// A word.
    Text(String),
    /// A number.
    Integer(i64),
}

/// An accounting identity.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Invariant {
    /// Its name.
    pub name: String,
    /// What it says, in words.
    pub doc: String,
    /// Where it holds.
    pub each: Pattern,
    /// The equation between paths below that place.
    pub law: String,
}

impl Overrides {
    /// Reads the file; unknown keys are refused.
    pub fn read(path: &Path) -> Result<Self, Error> {
        let text = workspace::read(path)?;
        toml::from_str(&text).map_err(|error| Error::Settings {
            path: path.to_owned(),
            reason: error.to_string(),
        })
    }
}

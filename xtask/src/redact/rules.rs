//! What `overrides.toml` says about a value.

use jiff::{Timestamp, civil};

use super::{Treatment, number};
use crate::{
    overrides::{Enum, Field, Kind, Overrides, Type, Word},
    place::Place,
};

/// The decision that a value is under.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Decision<'a> {
    /// The field, where one is declared.
    pub(crate) field: Option<&'a Field>,
    /// Whether the keys of an object here are data.
    pub(crate) is_map: bool,
}

/// The decisions of an `overrides.toml`, by place.
#[derive(Debug)]
pub(crate) struct Rules<'a> {
    types: &'a [Type],
    enums: &'a [Enum],
}

impl<'a> Rules<'a> {
    pub(crate) fn new(overrides: &'a Overrides) -> Self {
        Self {
            types: &overrides.types,
            enums: &overrides.enums,
        }
    }

    /// The decision about a key of the object at `object`, which is itself under
    /// the decision `above`.
    ///
    /// A decision about an object without a type of its own covers what is in
    /// it, where it can: that something may be kept, or must be hidden, or is
    /// whatever it is.
    pub(crate) fn below(&self, object: &Place, above: Decision<'a>, key: &str) -> Decision<'a> {
        let Some(described) = self.of_object(object) else {
            let field = above.field.filter(|field| {
                field.keep
                    || field.privacy.is_some()
                    || matches!(field.kind, Some(Kind::Own(_) | Kind::Map | Kind::Json))
            });
            return Decision {
                field,
                is_map: false,
            };
        };
        let field = described.fields.iter().find(|field| names(field, key));
        Decision {
            field,
            is_map: field.is_some_and(|field| field.kind == Some(Kind::Map)),
        }
    }

    /// Whether the object at this place is known to have the key.
    pub(super) fn declares(&self, object: &Place, key: &str) -> bool {
        self.of_object(object)
            .is_some_and(|described| described.fields.iter().any(|field| names(field, key)))
    }

    fn of_object(&self, place: &Place) -> Option<&'a Type> {
        self.types
            .iter()
            .find(|described| described.at.iter().any(|pattern| pattern.matches(place)))
    }

    /// What becomes of a text.
    pub(super) fn of_text(&self, field: Option<&Field>, text: &str) -> Treatment {
        if text.is_empty() {
            return Treatment::Keep;
        }
        let Some(field) = field else {
            return Treatment::Replace(None);
        };
        if field.privacy.is_some() {
            return Treatment::Replace(field.privacy);
        }
        let harmless = match &field.kind {
            Some(Kind::Decimal | Kind::DecimalText) if number::is_plain(text) => {
                return Treatment::Amount;
            }
            Some(Kind::Enum(name)) => self.knows(name, text) || Self::is_token(text),
            Some(Kind::Instant | Kind::InstantMillis) => text.parse::<Timestamp>().is_ok(),
            Some(Kind::LocalDatetime) => text.parse::<civil::DateTime>().is_ok(),
            Some(Kind::Date) => text.parse::<civil::Date>().is_ok(),
            _ => field.keep || is_currency(field, text),
        };
        if harmless {
            Treatment::Keep
        } else {
            Treatment::Replace(None)
        }
    }

    /// Whether a text looks like a word of a provider's vocabulary.
    pub(crate) fn is_token(text: &str) -> bool {
        (2..=24).contains(&text.len())
            && text
                .bytes()
                .all(|byte| byte.is_ascii_uppercase() || byte == b'_')
    }

    fn knows(&self, name: &str, word: &str) -> bool {
        let known = |variant: &crate::overrides::Variant| matches!(&variant.wire, Word::Text(text) if text == word);
        self.enums
            .iter()
            .any(|one| one.name == name && one.values.iter().any(known))
    }
}

/// What becomes of a number: what is declared to be an amount, a count or a
/// code stays.
pub(super) fn of_number(field: Option<&Field>, lexeme: &str) -> Treatment {
    let Some(field) = field else {
        return Treatment::Replace(None);
    };
    if field.privacy.is_some() {
        return Treatment::Replace(field.privacy);
    }
    match &field.kind {
        Some(Kind::Decimal | Kind::DecimalText) => Treatment::Amount,
        Some(Kind::U64 | Kind::I64 | Kind::Enum(_) | Kind::Own(_) | Kind::Bool)
            if number::is_whole(lexeme) =>
        {
            Treatment::Keep
        }
        _ if field.keep => Treatment::Keep,
        _ => Treatment::Replace(None),
    }
}

fn names(field: &Field, key: &str) -> bool {
    field.key == key || field.alias.iter().any(|alias| alias == key)
}

/// A code of ISO 4217 under a key that says so.
fn is_currency(field: &Field, text: &str) -> bool {
    let key = field.key.to_ascii_lowercase();
    key.ends_with("currency") && text.len() == 3 && Rules::is_token(text)
}

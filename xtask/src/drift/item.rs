//! Which Rust item reads a place.

use std::fmt;

use super::Known;
use crate::{
    model::{Field, Type},
    overrides::Wire,
    place::{Place, Step},
    shape::Format,
};

/// What reads a place.
#[derive(Clone, Copy)]
pub(super) struct Item<'a> {
    known: &'a Known,
    /// The struct and its field; a whole body has none.
    field: Option<(&'a str, &'a Field)>,
    /// The type of the value at the place, which may be an element of the field.
    pub(super) model: &'a Type,
}

/// The kinds of JSON values, numbers apart by whether they are whole.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Form {
    Bool,
    Whole,
    Fraction,
    Text,
    Array,
    Object,
}

impl<'a> Item<'a> {
    /// What reads the place; nothing where no model does.
    pub(super) fn at(known: &'a Known, place: &Place) -> Option<Self> {
        if place.steps.is_empty() {
            let mut roots = known.model.roots.iter();
            let root = roots.find(|root| root.name == place.root)?;
            return Some(Self {
                known,
                field: None,
                model: &root.model,
            });
        }
        if let Some((Step::Elements, above)) = place.steps.split_last() {
            let above = Place {
                root: place.root.clone(),
                steps: above.to_vec(),
            };
            let item = Self::at(known, &above)?;
            let Type::List(model) = item.model else {
                return (*item.model == Type::Json).then_some(item);
            };
            return Some(Self { model, ..item });
        }
        known.model.structs.iter().find_map(|object| {
            let field = object
                .fields
                .iter()
                .find(|field| field.places.contains(place))?;
            Some(Self {
                known,
                field: Some((&object.name, field)),
                model: &field.model,
            })
        })
    }

    /// Whether an object without it cannot be read.
    pub(super) fn is_required(&self) -> bool {
        self.field.is_some_and(|(_, field)| field.required)
    }

    /// Whether null, `{}` and nothing at all read as an empty list.
    pub(super) fn is_list(&self) -> bool {
        matches!(self.model, Type::List(_))
    }

    /// Whether not every text can be read.
    pub(super) fn depends_on_format(&self) -> bool {
        matches!(
            self.model,
            Type::Decimal
                | Type::DecimalText
                | Type::Instant
                | Type::InstantMillis
                | Type::LocalDatetime
                | Type::Date
        )
    }

    /// Whether a value of this form can be read; nothing where only the author
    /// of the type knows.
    pub(super) fn reads(&self, form: Form, formats: &[Format]) -> Option<bool> {
        let mut model = self.model;
        while let Type::Nullable(inner) = model {
            model = inner;
        }
        let all = |fits: fn(Format) -> bool| formats.iter().all(|format| fits(*format));
        Some(match model {
            Type::Json => true,
            Type::Own(_) | Type::Nullable(_) => return None,
            Type::Text | Type::Personal | Type::MaskedPan => form == Form::Text,
            Type::Decimal | Type::DecimalText => match form {
                Form::Whole | Form::Fraction => true,
                Form::Text => all(|format| matches!(format, Format::Digits | Format::Decimal)),
                _ => false,
            },
            Type::U64 | Type::I64 => form == Form::Whole,
            Type::Bool => form == Form::Bool,
            Type::Instant | Type::InstantMillis => form == Form::Text && all(Format::is_instant),
            Type::LocalDatetime => form == Form::Text && all(Format::is_local_datetime),
            Type::Date => form == Form::Text && all(|format| format == Format::Date),
            Type::Enum(name) => form == self.form_of(name),
            Type::Struct(..) | Type::Parameter | Type::Map(_) => form == Form::Object,
            Type::List(_) => form == Form::Array,
        })
    }

    fn form_of(&self, name: &str) -> Form {
        let mut enums = self.known.model.enums.iter();
        match enums.find(|one| one.name == name).map(|one| one.wire) {
            Some(Wire::Integer) => Form::Whole,
            _ => Form::Text,
        }
    }
}

/// The spelling of the item in Rust.
impl fmt::Display for Item<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Some((object, field)) = self.field else {
            return write!(f, "{}", Spelled(self.model));
        };
        let name = &field.name;
        let model = Spelled(&field.model);
        if field.required || matches!(field.model, Type::List(_)) {
            write!(f, "{object}::{name}: {model}")
        } else {
            write!(f, "{object}::{name}: Option<{model}>")
        }
    }
}

/// A type as Rust spells it.
struct Spelled<'a>(&'a Type);

impl fmt::Display for Spelled<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self.0 {
            Type::Text => "String",
            Type::Personal => "Personal",
            Type::MaskedPan => "MaskedPan",
            Type::Decimal | Type::DecimalText => "Decimal",
            Type::U64 => "u64",
            Type::I64 => "i64",
            Type::Bool => "bool",
            Type::Instant | Type::InstantMillis => "Timestamp",
            Type::LocalDatetime => "DateTime",
            Type::Date => "Date",
            Type::Json => "Json",
            Type::Parameter => "T",
            Type::Own(name) | Type::Enum(name) | Type::Struct(name, None) => name,
            Type::Struct(name, Some(argument)) => {
                return write!(f, "{name}<{}>", Spelled(argument));
            }
            Type::List(item) => return write!(f, "Vec<{}>", Spelled(item)),
            Type::Map(value) => return write!(f, "BTreeMap<String, {}>", Spelled(value)),
            Type::Nullable(inner) => return write!(f, "Option<{}>", Spelled(inner)),
        })
    }
}

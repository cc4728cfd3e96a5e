//! The type of one value.

use std::collections::BTreeSet;

use super::{Lowering, refusal::Problem};
use crate::{
    model::{Rule, Type, Why},
    names,
    overrides::{self, Kind, Privacy, Wire},
    place::{Place, parse_steps},
    shape::{ANY_KEY, Format, Shape, Texts},
};

/// Words in keys of amounts: a number under one is money until somebody says
/// that it is not.
const MONEY: [&str; 21] = [
    "amount",
    "amounts",
    "balance",
    "charge",
    "commission",
    "cost",
    "discount",
    "fee",
    "fees",
    "gross",
    "interest",
    "net",
    "price",
    "rate",
    "surcharge",
    "tax",
    "taxes",
    "tip",
    "total",
    "totals",
    "vat",
];

/// Words in keys of what is about a person, or secret: a text under one stays
/// out of what programs print until somebody says what it is.
const PERSONAL: [&str; 24] = [
    "birth",
    "birthday",
    "cardholder",
    "cvc",
    "cvv",
    "document",
    "email",
    "firstname",
    "iban",
    "lastname",
    "mobile",
    "msisdn",
    "pan",
    "passport",
    "password",
    "phone",
    "pin",
    "secret",
    "ssn",
    "surname",
    "telephone",
    "token",
    "username",
    "whatsapp",
];

/// What is to have a type.
#[derive(Clone, Copy)]
pub(super) struct Value<'a> {
    /// Where it is.
    pub(super) places: &'a [Place],
    /// What was seen there.
    pub(super) shape: &'a Shape,
    /// The key that it, or the list or map around it, has.
    pub(super) key: &'a str,
    /// What somebody decided about it.
    pub(super) decided: Option<&'a overrides::Field>,
    /// The name of the struct, if it is one and has no name.
    pub(super) suggested: &'a str,
}

type Resolved = Result<(Type, Why), Problem>;

impl Lowering<'_> {
    pub(super) fn resolve(&mut self, value: &Value<'_>) -> Resolved {
        let Value { shape, key, .. } = *value;
        let kind = value.decided.and_then(|field| field.kind.as_ref());
        let privacy = value.decided.and_then(|field| field.privacy);
        match kind {
            Some(Kind::Json) => return Ok((Type::Json, told("json", Rule::Conflict))),
            Some(Kind::Own(name)) => {
                let why = told(&format!("own {name}"), Rule::Conflict);
                return Ok((Type::Own(name.clone()), why));
            }
            _ => one_kind(shape, kind.is_some())?,
        }
        if shape.array.count > 0 {
            return self.list(value);
        }
        if kind == Some(&Kind::Map) || (kind.is_none() && only_data_keys(shape)) {
            return self.map(value);
        }
        let (model, why) = match kind {
            Some(Kind::Enum(name)) => self.words(name, shape, privacy)?,
            Some(kind) => (
                classified(kind, shape, privacy)?,
                told(word(kind), rule(kind)),
            ),
            None if shape.object.count > 0 => self.object_type(value)?,
            None => match self.name_of(value.places)? {
                Some(name) if shape.present() == 0 => self.named(value.places, &name),
                _ => inferred(shape, key, privacy)?,
            },
        };
        let takes_empty_object = matches!(model, Type::Struct(..) | Type::Json);
        if shape.empty_object > 0 && !takes_empty_object {
            return Err(Problem {
                what: "`{}` is no value of a plain type".to_owned(),
                write: "type = \"own …\"",
            });
        }
        Ok((model, why))
    }

    fn list(&mut self, value: &Value<'_>) -> Resolved {
        let places: Vec<Place> = value.places.iter().map(Place::elements).collect();
        let none = Shape::default();
        let items = value.shape.array.items.as_deref().unwrap_or(&none);
        let (item, why) = self.resolve(&Value {
            places: &places,
            shape: items,
            ..*value
        })?;
        let item = element(item, items)?;
        let why = match item {
            Type::Json if why.rule == Rule::NoEvidence => why,
            _ => Why {
                rule: Rule::Array,
                reason: format!("each element: {} {}", why.rule.id(), why.reason),
                ..why
            },
        };
        Ok((Type::List(Box::new(item)), why))
    }

    fn map(&mut self, value: &Value<'_>) -> Resolved {
        let mut values = Shape::default();
        let mut below = Vec::new();
        for (key, field) in &value.shape.object.fields {
            values.merge(field);
            below.extend(value.places.iter().map(|place| place.key(key)));
        }
        below.retain(|place| self.shapes.contains_key(place));
        let (item, _) = self.resolve(&Value {
            places: &below,
            shape: &values,
            decided: None,
            ..*value
        })?;
        let item = element(item, &values)?;
        let why = Why::shown(Rule::Map, "its keys are data");
        Ok((Type::Map(Box::new(item)), why))
    }

    fn words(&mut self, name: &str, shape: &Shape, privacy: Option<Privacy>) -> Resolved {
        if privacy.is_some() {
            return Err(Problem {
                what: "what is private is no word of the provider's".to_owned(),
                write: "type = \"text\"",
            });
        }
        let Some(decided) = self.overrides.enums.iter().find(|e| e.name == name) else {
            return Err(Problem {
                what: format!("there is no [[enum]] \"{name}\""),
                write: "type = \"text\"",
            });
        };
        let fitting = match decided.wire {
            Wire::Text => shape.text.count,
            Wire::Integer => shape.integer.count - shape.integer.beyond_i64,
        };
        if fitting < shape.present() {
            return Err(does_not_fit(&format!("enum {name}")));
        }
        self.enums_used.insert(name.to_owned());
        let model = Type::Enum(name.to_owned());
        Ok((model, told(&format!("enum {name}"), Rule::Enum)))
    }

    fn object_type(&mut self, value: &Value<'_>) -> Resolved {
        if let Some(name) = self.name_of(value.places)? {
            return Ok(self.named(value.places, &name));
        }
        let name = value.suggested.to_owned();
        self.unnamed.push((name.clone(), value.places.to_vec()));
        let why = Why::shown(
            Rule::Object,
            "an object without [[type]], named by its place",
        );
        Ok((Type::Struct(name, None), why))
    }

    /// The one name that all of these places have that hold anything.
    fn name_of(&self, places: &[Place]) -> Result<Option<String>, Problem> {
        let holds_object = |place: &&Place| {
            let shape = self.shapes.get(*place);
            shape.is_some_and(|shape| shape.object.count > 0)
        };
        let any_object = places.iter().any(|place| holds_object(&place));
        let names: BTreeSet<Option<&String>> = places
            .iter()
            .filter(|place| !any_object || holds_object(place))
            .map(|place| self.assigned.names.get(place))
            .collect();
        match names.iter().collect::<Vec<_>>().as_slice() {
            [] => Ok(None),
            [name] => Ok(name.cloned()),
            _ if !any_object => Ok(None),
            several => Err(Problem {
                what: format!(
                    "one field, but not one type: {}",
                    several
                        .iter()
                        .map(|name| name.map_or("none", |name| name.as_str()))
                        .collect::<Vec<_>>()
                        .join(", ")
                ),
                write: "type = \"json\"",
            }),
        }
    }

    fn named(&mut self, places: &[Place], name: &str) -> (Type, Why) {
        let why = Why::shown(
            Rule::Object,
            format!("the objects there are [[type]] \"{name}\""),
        );
        let argument = self.argument(places, name).map(Box::new);
        (Type::Struct(name.to_owned(), argument), why)
    }

    /// The type parameter of a generic struct that is a field.
    fn argument(&mut self, places: &[Place], name: &str) -> Option<Type> {
        let decided = self.overrides.types.iter().find(|t| t.name == name)?;
        let steps = parse_steps(decided.generic.as_deref()?);
        let below = places.iter().map(|place| Place {
            root: place.root.clone(),
            steps: [place.steps.as_slice(), &steps].concat(),
        });
        let mut known = Vec::new();
        let mut shape = Shape::default();
        for place in below {
            if let Some(seen) = self.shapes.get(&place) {
                shape.merge(seen);
                known.push(place);
            }
        }
        let resolved = self.resolve(&Value {
            places: &known,
            shape: &shape,
            key: "",
            decided: None,
            suggested: &format!("{name}Content"),
        });
        Some(resolved.map_or(Type::Json, |(model, _)| model))
    }
}

/// What a list or a map has of a type: null where it was seen, and no amounts,
/// since the attribute that keeps them exact belongs to a field.
fn element(item: Type, seen: &Shape) -> Result<Type, Problem> {
    match item {
        Type::Decimal | Type::DecimalText => Err(Problem {
            what: "amounts cannot stand in a list or a map".to_owned(),
            write: "type = \"own …\"",
        }),
        Type::Json => Ok(item),
        item if seen.null > 0 => Ok(Type::Nullable(Box::new(item))),
        item => Ok(item),
    }
}

/// Values of several kinds at one place have no type.
fn one_kind(shape: &Shape, decided: bool) -> Result<(), Problem> {
    let numbers = shape.integer.count + shape.decimal.count;
    let kinds = [
        shape.bool,
        numbers,
        shape.text.count,
        shape.array.count,
        shape.object.count,
    ];
    if kinds.iter().filter(|count| **count > 0).count() <= 1 {
        return Ok(());
    }
    // Where somebody decided for a plain type, what does not fit it is told there.
    let plain = shape.array.count == 0 && shape.object.count == 0;
    if decided && plain {
        return Ok(());
    }
    Err(Problem {
        what: "values of several kinds".to_owned(),
        write: "type = \"own …\"",
    })
}

fn only_data_keys(shape: &Shape) -> bool {
    shape.object.count > 0 && shape.object.fields.keys().all(|key| key == ANY_KEY)
}

/// What somebody decided, where the evidence agrees.
fn classified(kind: &Kind, shape: &Shape, privacy: Option<Privacy>) -> Result<Type, Problem> {
    let integers = &shape.integer;
    let texts = &shape.text;
    let (model, fitting) = match kind {
        Kind::Text => (private(privacy), texts.count),
        Kind::Decimal => (Type::Decimal, integers.count + shape.decimal.count),
        Kind::DecimalText => {
            let amounts = |format| matches!(format, Format::Decimal | Format::Digits);
            (Type::DecimalText, texts.with_format(amounts))
        }
        Kind::U64 => {
            let fitting = integers.count - integers.negative.max(integers.beyond_u64);
            (Type::U64, fitting)
        }
        Kind::I64 => (Type::I64, integers.count - integers.beyond_i64),
        Kind::Bool => (Type::Bool, shape.bool),
        Kind::Instant => (Type::Instant, texts.with_format(Format::is_instant)),
        Kind::InstantMillis => (Type::InstantMillis, texts.with_format(Format::is_instant)),
        Kind::LocalDatetime => (
            Type::LocalDatetime,
            texts.with_format(Format::is_local_datetime),
        ),
        Kind::Date => (
            Type::Date,
            texts.with_format(|format| format == Format::Date),
        ),
        Kind::Json | Kind::Own(_) | Kind::Map | Kind::Enum(_) => (Type::Json, shape.present()),
    };
    if fitting < shape.present() {
        return Err(does_not_fit(word(kind)));
    }
    Ok(model)
}

/// What the evidence says alone.
fn inferred(shape: &Shape, key: &str, privacy: Option<Privacy>) -> Resolved {
    let is_money = names::words(key)
        .iter()
        .any(|word| MONEY.contains(&word.as_str()));
    let numbers = shape.integer.count + shape.decimal.count;
    if shape.decimal.count > 0 || (numbers > 0 && is_money) {
        let unless = match shape.decimal.count {
            0 => " (a count is \"u64\")",
            _ => "",
        };
        return Err(Problem {
            what: format!("what may be an amount must be classified{unless}"),
            write: "type = \"decimal\"",
        });
    }
    if shape.text.with_format(|format| format == Format::Decimal) > 0 {
        return Err(Problem {
            what: "text that may be an amount must be classified (\"text\" where it is none)"
                .to_owned(),
            write: "type = \"decimal_text\"",
        });
    }
    if numbers > 0 {
        return integer(shape);
    }
    if shape.bool > 0 {
        return Ok((
            Type::Bool,
            Why::shown(Rule::Bool, "only booleans were seen"),
        ));
    }
    if shape.text.count > 0 {
        return text(shape, key, privacy);
    }
    let why = Why::shown(Rule::NoEvidence, "no sample shows a value");
    Ok((Type::Json, why))
}

fn integer(shape: &Shape) -> Resolved {
    let integers = &shape.integer;
    if integers.beyond_i64 == 0 {
        let why = Why::shown(Rule::Integer, "whole numbers that fit 64 bits");
        Ok((Type::I64, why))
    } else if integers.beyond_u64 == 0 && integers.negative == 0 {
        let why = Why::shown(
            Rule::Integer,
            "whole numbers that only fit 64 bits without a sign",
        );
        Ok((Type::U64, why))
    } else {
        Err(Problem {
            what: "whole numbers that no type of 64 bits holds".to_owned(),
            write: "type = \"json\"",
        })
    }
}

/// Times become times where all texts are; everything else is text, also where
/// it looks like a number, an identifier or a word of a list.
fn text(shape: &Shape, key: &str, privacy: Option<Privacy>) -> Resolved {
    let texts = &shape.text;
    let filled = texts.count - texts.empty;
    let all = |wanted: fn(Format) -> bool| filled > 0 && texts.with_format(wanted) == filled;
    let time = if privacy.is_some() {
        None
    } else if all(|format| format == Format::Instant(3)) {
        Some((
            Type::InstantMillis,
            "instants with three digits of fraction",
        ))
    } else if all(Format::is_instant) {
        Some((Type::Instant, "instants"))
    } else if all(Format::is_local_datetime) {
        Some((Type::LocalDatetime, "dates and times without an offset"))
    } else if all(|format| format == Format::Date) {
        Some((Type::Date, "dates"))
    } else {
        None
    };
    match time {
        Some(_) if texts.empty > 0 => Err(Problem {
            what: "times, and empty texts that are none".to_owned(),
            write: "type = \"text\"",
        }),
        Some((model, words)) => {
            let why = Why::shown(Rule::Time, format!("all texts are {words}"));
            Ok((model, why))
        }
        None if privacy.is_none() && may_be_personal(texts, key) => {
            let reason = "it looks like something about a person, or secret, \
                and nobody said: privacy = \"…\", or type = \"text\"";
            Ok((Type::Personal, Why::shown(Rule::Text, reason)))
        }
        None => {
            let why = Why::shown(Rule::Text, "text stays text, whatever it looks like");
            Ok((private(privacy), why))
        }
    }
}

fn may_be_personal(texts: &Texts, key: &str) -> bool {
    let words = names::words(key);
    let names_it = |word: &String| PERSONAL.contains(&word.as_str());
    // `document_type` is a word of the provider's, and `pan_suffix` is on every receipt.
    let is_told = words
        .last()
        .is_some_and(|word| word == "type" || word == "suffix");
    texts.with_format(|format| format == Format::Email) > 0
        || (!is_told && words.iter().any(names_it))
}

fn private(privacy: Option<Privacy>) -> Type {
    match privacy {
        None | Some(Privacy::Merchant | Privacy::Id) => Type::Text,
        Some(Privacy::Pan) => Type::MaskedPan,
        Some(
            Privacy::Email
            | Privacy::Phone
            | Privacy::Person
            | Privacy::Document
            | Privacy::Account
            | Privacy::Card
            | Privacy::Address
            | Privacy::Secret
            | Privacy::Key,
        ) => Type::Personal,
    }
}

fn does_not_fit(kind: &str) -> Problem {
    Problem {
        what: format!("type = \"{kind}\", which not all values fit"),
        write: "type = \"own …\"",
    }
}

fn told(kind: &str, rule: Rule) -> Why {
    Why::decided(rule, format!("type = \"{kind}\""))
}

const fn rule(kind: &Kind) -> Rule {
    match kind {
        Kind::Text => Rule::Text,
        Kind::Decimal => Rule::Decimal,
        Kind::DecimalText => Rule::DecimalText,
        Kind::U64 | Kind::I64 => Rule::Integer,
        Kind::Bool => Rule::Bool,
        Kind::Instant | Kind::InstantMillis | Kind::LocalDatetime | Kind::Date => Rule::Time,
        Kind::Enum(_) => Rule::Enum,
        Kind::Map => Rule::Map,
        Kind::Json | Kind::Own(_) => Rule::Conflict,
    }
}

/// A kind as `overrides.toml` writes it, without a name.
const fn word(kind: &Kind) -> &'static str {
    match kind {
        Kind::Text => "text",
        Kind::Decimal => "decimal",
        Kind::DecimalText => "decimal_text",
        Kind::U64 => "u64",
        Kind::I64 => "i64",
        Kind::Bool => "bool",
        Kind::Instant => "instant",
        Kind::InstantMillis => "instant_millis",
        Kind::LocalDatetime => "local_datetime",
        Kind::Date => "date",
        Kind::Json => "json",
        Kind::Enum(_) => "enum …",
        Kind::Map => "map",
        Kind::Own(_) => "own …",
    }
}

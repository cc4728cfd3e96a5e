//! The rules by which two shapes are compared.

use super::{
    Difference, Known, Seen, Severity, counted,
    item::{Form, Item},
    seen::Root,
};
use crate::{
    model::Type,
    overrides::Field,
    place::Place,
    redact::{Decision, Rules},
    shape::{Format, Objects, Shape},
};

/// What any reader keeps exactly, a double included: a number of more digits
/// is worth a word.
const PLAIN_DIGITS: u64 = 15;

/// What a value means that its type does not read.
const REFUSED: &str = "the pull fails with a decode error";

/// What a `Decimal` holds.
const MOST_DIGITS: u64 = 28;

/// Everything that is different.
pub(super) fn all(known: &Known, seen: &Seen) -> Vec<Difference> {
    let mut differences = Vec::new();
    for (root, seen) in seen.roots() {
        let Some(shape) = known.shape(root).filter(|_| known.has_root(root)) else {
            continue;
        };
        let mut comparison = Comparison {
            known,
            rules: Rules::new(&known.overrides),
            longest_fraction: known.longest_fraction(),
            differences: &mut differences,
        };
        comparison.value(&Place::root(root), Decision::default(), shape, &seen.shape);
        comparison.words(seen);
    }
    differences.extend(statuses(known, seen));
    differences
}

/// Statuses of success that are new; refusals are errors of the run.
fn statuses(known: &Known, seen: &Seen) -> Vec<Difference> {
    seen.statuses()
        .filter_map(|(operation, status)| {
            let before = known.statuses(operation)?;
            (!before.contains(&status)).then(|| Difference {
                severity: Severity::Error,
                place: format!("{operation}:"),
                was: format!("answered with {}", listed(before.iter())),
                is: status.to_string(),
                item: None,
                meaning: "what succeeds is told by the status: look at what it means now"
                    .to_owned(),
            })
        })
        .collect()
}

struct Comparison<'a> {
    known: &'a Known,
    rules: Rules<'a>,
    longest_fraction: u64,
    differences: &'a mut Vec<Difference>,
}

impl<'a> Comparison<'a> {
    fn value(&mut self, place: &Place, decision: Decision<'a>, was: &Shape, is: &Shape) {
        self.absences(place, was, is);
        if self.forms(place, was, is) {
            self.numbers(place, was, is);
            self.texts(place, decision.field, was, is);
        }
        if let (Some(was), Some(is)) = (&was.array.items, &is.array.items) {
            self.value(&place.elements(), decision, was, is);
        }
        if was.object.count > 0 && is.object.count > 0 {
            self.fields(place, decision, &was.object, &is.object);
        }
    }

    /// Null, `{}` and `[]` where there was none.
    fn absences(&mut self, place: &Place, was: &Shape, is: &Shape) {
        let of = is.seen();
        for (what, before, now) in [
            ("null", was.null, is.null),
            ("`{}`", was.empty_object, is.empty_object),
        ] {
            if now > 0 && before == 0 && was.seen() > 0 {
                let item = self.item(place);
                let refused = item.is_some_and(|item| item.is_required())
                    || (what == "`{}`" && item.is_some_and(|item| !may_be_object(&item)));
                self.differs(
                    severity(refused, Severity::Warning),
                    place,
                    format!("never {what}"),
                    format!("{what} in {now} of {of}"),
                    absence(item, refused),
                );
            }
        }
        if is.array.empty > 0 && was.array.empty == 0 && was.array.count > 0 {
            self.differs(
                Severity::Warning,
                place,
                "never empty".to_owned(),
                format!("empty in {} of {}", is.array.empty, is.array.count),
                "compiles; reads as an empty list".to_owned(),
            );
        }
        if is.array.items.is_some() && was.array.items.is_none() && was.array.count > 0 {
            self.differs(
                Severity::Info,
                place,
                "always empty".to_owned(),
                "a list with elements".to_owned(),
                self.addition(),
            );
        }
    }

    /// The kinds of values. Whether those that were known are still all there are.
    fn forms(&mut self, place: &Place, was: &Shape, is: &Shape) -> bool {
        let (before, now) = (forms(was), forms(is));
        let formats: Vec<_> = is.text.formats.keys().copied().collect();
        let item = self.item(place);
        let reads = |form: &Form| item.and_then(|item| item.reads(*form, &formats));
        let is_number = |form: &Form| matches!(form, Form::Whole | Form::Fraction);
        // A whole number is an amount, too.
        let expected = |form: &Form| {
            before.contains(form)
                || (is_number(form) && before.iter().any(is_number) && reads(form) == Some(true))
        };
        let strange: Vec<_> = now.iter().filter(|form| !expected(form)).collect();
        if strange.is_empty() {
            return true;
        }
        let read = strange.iter().map(|form| reads(form)).min().flatten();
        if before.is_empty() {
            let was = if was.seen() == 0 {
                "unknown"
            } else {
                "never there"
            };
            let meaning = match (item.map(|item| item.model), read) {
                (_, Some(false)) => REFUSED.to_owned(),
                (Some(Type::Json) | None, _) => self.addition(),
                _ => "compiles; reads what is there".to_owned(),
            };
            let severity = severity(read == Some(false), Severity::Info);
            self.differs(severity, place, was.to_owned(), names(&now), meaning);
            return false;
        }
        let meaning = match read {
            Some(true) => "compiles; still read, and written back as it was before",
            Some(false) => REFUSED,
            None if item.is_some() => "the type is written by hand: its author must look",
            None => "no model reads it",
        };
        let (was, is) = change(&before, &now);
        self.differs(Severity::Error, place, was, is, meaning.to_owned());
        false
    }

    fn numbers(&mut self, place: &Place, was: &Shape, is: &Shape) {
        let item = self.item(place);
        let fits = match item.map(|item| item.model) {
            Some(Type::U64) => is.integer.negative == 0 && is.integer.beyond_u64 == 0,
            Some(Type::I64 | Type::Enum(_)) => is.integer.beyond_i64 == 0,
            Some(Type::Decimal | Type::DecimalText) => digits(is) <= MOST_DIGITS,
            _ => true,
        };
        let more_digits = digits(is) > digits(was).max(PLAIN_DIGITS);
        let longer_fraction = is.decimal.scale > self.longest_fraction;
        if !fits {
            self.differs(
                Severity::Error,
                place,
                width(was),
                if is.integer.negative > 0 && digits(is) <= digits(was) {
                    format!("{}, and negative", width(is))
                } else {
                    width(is)
                },
                "the pull fails with a decode error: it does not fit the type".to_owned(),
            );
        } else if more_digits || longer_fraction {
            self.differs(
                Severity::Info,
                place,
                width(was),
                width(is),
                "compiles; read exactly".to_owned(),
            );
        }
    }

    /// What texts look like, where a type depends on it or where they are the
    /// provider's vocabulary.
    fn texts(&mut self, place: &Place, field: Option<&Field>, was: &Shape, is: &Shape) {
        let (was, is) = (&was.text, &is.text);
        let item = self.item(place);
        let is_typed = item.is_some_and(|item| item.depends_on_format());
        if is_typed && is.empty > 0 && was.empty == 0 {
            self.differs(
                Severity::Error,
                place,
                "never empty".to_owned(),
                format!("an empty text in {} of {}", is.empty, is.count),
                REFUSED.to_owned(),
            );
        }
        let is_enum = item.is_some_and(|item| matches!(item.model, Type::Enum(_)));
        let is_vocabulary = field.is_some_and(|field| field.keep && field.privacy.is_none());
        let known = |format: &Format| {
            let is_word = |format: &Format| matches!(format, Format::Token | Format::Other);
            was.formats.contains_key(format) || (is_word(format) && was.formats.keys().any(is_word))
        };
        let new = is.formats.keys().copied();
        let new: Vec<_> = new.filter(|new| !known(new)).collect();
        let is_first = was.formats.is_empty();
        if new.is_empty() || is_first || is_enum || !(is_typed || is_vocabulary) {
            return;
        }
        let refused = item.is_some_and(|item| item.reads(Form::Text, &new) == Some(false));
        let meaning = if refused {
            REFUSED
        } else {
            "compiles; read as before"
        };
        self.differs(
            severity(refused, Severity::Info),
            place,
            format!("text of the form {}", listed(was.formats.keys())),
            listed(new.iter()),
            meaning.to_owned(),
        );
    }

    fn fields(&mut self, object: &Place, above: Decision<'a>, was: &Objects, is: &Objects) {
        let new: Vec<_> = is
            .fields
            .iter()
            .filter(|(key, _)| !was.fields.contains_key(*key) && !self.is_alias(object, key))
            .collect();
        for (key, shape) in &new {
            self.differs(
                Severity::Info,
                &object.key(*key),
                "unknown".to_owned(),
                names(&forms(shape)),
                self.addition(),
            );
        }
        for (key, known) in &was.fields {
            let place = object.key(key);
            let Some(found) = is.fields.get(key) else {
                let kinds = names(&forms(known));
                let renamed = new.iter().filter(|(_, new)| names(&forms(new)) == kinds);
                let renamed: Vec<_> = renamed.map(|(key, _)| format!("`{key}`")).collect();
                self.lost(&place, known.seen(), was.count, is.count, &renamed);
                continue;
            };
            if found.seen() < is.count {
                self.missing(&place, known.seen() == was.count, found.seen(), is.count);
            }
            let decision = self.rules.below(object, above, key);
            self.value(&place, decision, known, found);
        }
    }

    fn lost(&mut self, place: &Place, known: u64, of: u64, now_of: u64, renamed: &[String]) {
        let item = self.item(place);
        let required = item.is_some_and(|item| item.is_required());
        if known < of && !required {
            return;
        }
        let mut is = format!("in none of {now_of}");
        if !renamed.is_empty() {
            is = format!("{is}; perhaps renamed to {}", renamed.join(" or "));
        }
        self.differs(
            Severity::Error,
            place,
            format!("in {known} of {}", counted(of, "object")),
            is,
            absence(item, required),
        );
    }

    fn missing(&mut self, place: &Place, was_always: bool, found: u64, of: u64) {
        let item = self.item(place);
        let required = item.is_some_and(|item| item.is_required());
        if !was_always && !required {
            return;
        }
        self.differs(
            severity(required, Severity::Warning),
            place,
            "always there".to_owned(),
            format!("in {found} of {of}"),
            absence(item, required),
        );
    }

    fn words(&mut self, seen: &Root) {
        for ((place, name), words) in &seen.words {
            self.differs(
                Severity::Info,
                place,
                format!("a word that `{name}` knows"),
                listed(words.iter()),
                format!("compiles; reads as `{name}::Unknown`"),
            );
        }
    }

    /// A key under which a known field comes elsewhere.
    fn is_alias(&self, object: &Place, key: &str) -> bool {
        self.known.model.structs.iter().any(|one| {
            one.places.contains(object)
                && one
                    .fields
                    .iter()
                    .any(|field| field.alias.iter().any(|alias| alias == key))
        })
    }

    fn item(&self, place: &Place) -> Option<Item<'a>> {
        Item::at(self.known, place)
    }

    fn addition(&self) -> String {
        format!(
            "ignored until it is added: cargo xtask record {} --update",
            self.known.provider()
        )
    }

    fn differs(
        &mut self,
        severity: Severity,
        place: &Place,
        was: String,
        is: String,
        meaning: String,
    ) {
        self.differences.push(Difference {
            severity,
            place: place.to_string(),
            was,
            is,
            item: self.item(place).map(|item| item.to_string()),
            meaning,
        });
    }
}

const fn severity(refused: bool, otherwise: Severity) -> Severity {
    if refused { Severity::Error } else { otherwise }
}

/// What a field that is not there means.
fn absence(item: Option<Item<'_>>, refused: bool) -> String {
    match item {
        None => "no model reads it",
        Some(_) if refused => REFUSED,
        Some(item) if item.is_list() => "compiles; reads as an empty list",
        Some(_) => "compiles; reads None",
    }
    .to_owned()
}

/// `{}` is nothing where an object is expected, and an object elsewhere.
fn may_be_object(item: &Item<'_>) -> bool {
    item.reads(Form::Object, &[]) != Some(false)
}

/// The kinds of values that were there.
fn forms(shape: &Shape) -> Vec<Form> {
    [
        (Form::Bool, shape.bool),
        (Form::Whole, shape.integer.count),
        (Form::Fraction, shape.decimal.count),
        (Form::Text, shape.text.count),
        (Form::Array, shape.array.count),
        (Form::Object, shape.object.count),
    ]
    .into_iter()
    .filter_map(|(form, count)| (count > 0).then_some(form))
    .collect()
}

fn names(forms: &[Form]) -> String {
    let mut names: Vec<_> = forms
        .iter()
        .map(|form| match form {
            Form::Bool => "a boolean",
            Form::Whole | Form::Fraction => "a number",
            Form::Text => "a text",
            Form::Array => "an array",
            Form::Object => "an object",
        })
        .collect();
    names.dedup();
    if names.is_empty() {
        return "null".to_owned();
    }
    names.join(" or ")
}

/// The kinds as they were and are, numbers by whether they are whole where
/// that is all that differs.
fn change(before: &[Form], now: &[Form]) -> (String, String) {
    match (before, now) {
        ([Form::Whole], [.., Form::Fraction]) => (
            "a whole number".to_owned(),
            "a number with a fraction".to_owned(),
        ),
        _ => (names(before), names(now)),
    }
}

fn digits(shape: &Shape) -> u64 {
    shape.integer.digits.max(shape.decimal.digits)
}

fn width(shape: &Shape) -> String {
    let digits = counted(digits(shape), "digit");
    match shape.decimal.scale {
        0 => format!("of up to {digits}"),
        scale => format!("of up to {digits}, {scale} after the point"),
    }
}

fn listed<T: ToString>(items: impl Iterator<Item = T>) -> String {
    let items: Vec<_> = items.map(|item| item.to_string()).collect();
    items.join(", ")
}

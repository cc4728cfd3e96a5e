//! Whether a body survives its model: what came in, against what came out.

mod alias;
mod number;

use std::{
    borrow::Cow,
    collections::{BTreeMap, BTreeSet},
    fmt,
};

use jiff::{Timestamp, civil::DateTime};

use crate::json::{Node, Value};

pub use alias::unalias;
pub(crate) use number::{Number, decimal};

/// What became of a value that did not come back as it was. It tells kinds,
/// digits and lengths, never a value: a body may hold anything.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Loss {
    /// Where, as in `data[0].amount`; `.` is the whole body.
    pub place: String,
    /// What happened there.
    pub change: Change,
}

/// How the output differs from the input.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Change {
    /// It did not come back: the model does not know the key, or loses it.
    Lost {
        /// What was there.
        was: String,
    },
    /// It was not there.
    Added {
        /// What is there.
        is: String,
    },
    /// It is another one.
    Altered {
        /// What was there.
        was: String,
        /// What is there.
        is: String,
    },
}

impl fmt::Display for Loss {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: ", self.place)?;
        match &self.change {
            Change::Lost { was } => write!(f, "{was}, unknown to the model or lost"),
            Change::Added { is } => write!(f, "was absent, is {is}"),
            Change::Altered { was, is } => write!(f, "was {was}, is {is}"),
        }
    }
}

/// What of the input is not in the output as it was.
///
/// The order of keys says nothing. A key whose value is `null`, `{}` or `[]` is
/// as good as absent. Numbers are the same when their value and their scale are:
/// `1e2` is `100`, `30.0` is not `30`. Texts are the same when they decode to
/// the same, or when both are the same time (RFC 3339, or without an offset):
/// providers write fractions with and without zeros at the end.
#[must_use]
pub fn compare(input: &Node<'_>, output: &Node<'_>) -> Vec<Loss> {
    let mut comparison = Comparison::default();
    comparison.nodes(input, output);
    comparison.losses
}

/// How many values a body has, an empty array or object being one.
#[must_use]
pub fn count_values(node: &Node<'_>) -> usize {
    match &node.value {
        Value::Array(items) if !items.is_empty() => items.iter().map(count_values).sum(),
        Value::Object(members) if !members.is_empty() => members
            .iter()
            .map(|member| count_values(&member.node))
            .sum(),
        _ => 1,
    }
}

#[derive(Default)]
struct Comparison {
    path: String,
    losses: Vec<Loss>,
}

impl Comparison {
    fn nodes(&mut self, input: &Node<'_>, output: &Node<'_>) {
        match (&input.value, &output.value) {
            (Value::Object(_), Value::Object(_)) => self.objects(input, output),
            (Value::Array(was), Value::Array(is)) => self.arrays(was, is),
            (was, is) if same(was, is) => {}
            (was, is) => self.altered(was, is),
        }
    }

    fn objects(&mut self, input: &Node<'_>, output: &Node<'_>) {
        let (before, after) = (by_key(input), by_key(output));
        let keys: BTreeSet<_> = before.keys().chain(after.keys()).collect();
        for key in keys {
            let (was, is) = (before.get(key).copied(), after.get(key).copied());
            if was.is_none_or(is_nothing) && is.is_none_or(is_nothing) {
                continue;
            }
            let dot = if self.path.is_empty() { "" } else { "." };
            self.below(&format!("{dot}{key}"), |this| this.pair(was, is));
        }
    }

    fn arrays(&mut self, was: &[Node<'_>], is: &[Node<'_>]) {
        for index in 0..was.len().max(is.len()) {
            self.below(&format!("[{index}]"), |this| {
                this.pair(was.get(index), is.get(index));
            });
        }
    }

    fn pair(&mut self, was: Option<&Node<'_>>, is: Option<&Node<'_>>) {
        match (was, is) {
            (Some(was), Some(is)) => self.nodes(was, is),
            (Some(was), None) => {
                let was = describe(&was.value);
                self.lose(Change::Lost { was });
            }
            (None, Some(is)) => {
                let is = describe(&is.value);
                self.lose(Change::Added { is });
            }
            (None, None) => {}
        }
    }

    fn altered(&mut self, was: &Value<'_>, is: &Value<'_>) {
        let (was, mut is) = (describe(was), describe(is));
        if was == is {
            is = format!("another of the kind: {is}");
        }
        self.lose(Change::Altered { was, is });
    }

    fn lose(&mut self, change: Change) {
        let place = match self.path.as_str() {
            "" => ".".to_owned(),
            path => path.to_owned(),
        };
        self.losses.push(Loss { place, change });
    }

    fn below(&mut self, step: &str, inner: impl FnOnce(&mut Self)) {
        let here = self.path.len();
        self.path.push_str(step);
        inner(self);
        self.path.truncate(here);
    }
}

fn by_key<'n>(node: &'n Node<'_>) -> BTreeMap<Cow<'n, str>, &'n Node<'n>> {
    let members = node.members().iter();
    members
        .map(|member| (member.key.decode(), &member.node))
        .collect()
}

/// What providers write instead of leaving a key out.
fn is_nothing(node: &Node<'_>) -> bool {
    match &node.value {
        Value::Null => true,
        Value::Array(items) => items.is_empty(),
        Value::Object(members) => members.is_empty(),
        _ => false,
    }
}

fn same(was: &Value<'_>, is: &Value<'_>) -> bool {
    match (was, is) {
        (Value::Null, Value::Null) => true,
        (Value::Bool(was), Value::Bool(is)) => was == is,
        (Value::Number(was), Value::Number(is)) => {
            was == is || Number::read(was).is_some_and(|was| Number::read(is) == Some(was))
        }
        (Value::Text(was), Value::Text(is)) => {
            let (was, is) = (was.decode(), is.decode());
            was == is || moment(&was).is_some_and(|was| moment(&is) == Some(was))
        }
        _ => false,
    }
}

/// A time as texts tell it.
#[derive(PartialEq)]
enum Moment {
    /// With an offset from UTC.
    Instant(Timestamp),
    /// Without one.
    Local(DateTime),
}

/// The time that a text is by the grammar of RFC 3339, with or without an
/// offset: the parser takes more, and reads the second 60 as 59.
fn moment(text: &str) -> Option<Moment> {
    let shape: String = text
        .chars()
        .map(|character| match character {
            '0'..='9' => '0',
            other => other,
        })
        .collect();
    let rest = shape.strip_prefix("0000-00-00T00:00:00")?;
    if text.get(17..19) == Some("60") {
        return None;
    }
    let offset = match rest.strip_prefix('.') {
        Some(fraction) => fraction.trim_start_matches('0'),
        None => rest,
    };
    match offset {
        "" => text.parse().ok().map(Moment::Local),
        "Z" | "+00:00" | "-00:00" => text.parse().ok().map(Moment::Instant),
        _ => None,
    }
}

fn describe(value: &Value<'_>) -> String {
    match value {
        Value::Number(lexeme) => Number::read(lexeme)
            .map_or_else(|| value.kind().to_owned(), |number| number.to_string()),
        Value::Text(text) => match text.decode().chars().count() {
            0 => "an empty text".to_owned(),
            1 => "a text of 1 character".to_owned(),
            length => format!("a text of {length} characters"),
        },
        Value::Array(items) => format!("an array of {}", items.len()),
        other => other.kind().to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::json;

    fn losses(input: &str, output: &str) -> Vec<String> {
        let (input, output) = (json::read(input).unwrap(), json::read(output).unwrap());
        compare(&input, &output)
            .iter()
            .map(ToString::to_string)
            .collect()
    }

    #[test]
    fn the_order_of_keys_and_the_escapes_of_texts_say_nothing() {
        let none: [String; 0] = [];
        assert_eq!(
            losses(r#"{"a":1,"b":"é"}"#, r#"{"b":"\u00e9","a":1}"#),
            none
        );
        assert_eq!(losses(r#"{"\u0061":1}"#, r#"{"a":1}"#), none);
    }

    #[test]
    fn a_key_with_null_or_nothing_in_it_is_as_good_as_absent() {
        for nothing in ["null", "{}", "[]"] {
            let none: [String; 0] = [];
            let input = format!(r#"{{"a":{nothing}}}"#);
            assert_eq!(losses(&input, "{}"), none);
            assert_eq!(losses("{}", &input), none);
            assert_eq!(losses(&input, r#"{"a":null}"#), none);
        }
        assert_eq!(losses(r#"{"a":""}"#, "{}").len(), 1);
        assert_eq!(losses(r#"{"a":null}"#, r#"{"a":0}"#).len(), 1);
    }

    #[test]
    fn items_of_arrays_are_never_absent() {
        assert_eq!(
            losses("[1,null]", "[1]"),
            ["[1]: null, unknown to the model or lost"]
        );
        assert_eq!(losses("[null]", "[{}]"), ["[0]: was null, is an object"]);
    }

    #[test]
    fn a_number_is_its_value_and_its_scale() {
        assert_eq!(losses("[1e2]", "[100]").len(), 0);
        assert_eq!(
            losses("[30.0]", "[30]"),
            ["[0]: was a number of 3 digits, 1 after the point, is a number of 2 digits"]
        );
        assert_eq!(losses("[7]", "[8]").len(), 1);
    }

    #[test]
    fn a_time_may_be_written_otherwise_and_no_other_text_may() {
        let instant = r#""2022-10-19T15:45:20Z""#;
        assert_eq!(losses(instant, r#""2022-10-19T15:45:20.000Z""#).len(), 0);
        assert_eq!(losses(instant, r#""2022-10-19T18:45:20+03:00""#).len(), 0);
        assert_eq!(losses(instant, r#""2022-10-19T15:45:20.001Z""#).len(), 1);
        assert_eq!(losses(instant, r#""2022-10-19 15:45:20Z""#).len(), 1);
        let leap = r#""2016-12-31T23:59:60Z""#;
        assert_eq!(losses(leap, r#""2016-12-31T23:59:59Z""#).len(), 1);
        assert_eq!(losses(r#""10.00""#, r#""10.0""#).len(), 1);
        let local = r#""2024-05-08T00:31:05.123450""#;
        assert_eq!(losses(local, r#""2024-05-08T00:31:05.12345""#).len(), 0);
        assert_eq!(losses(local, r#""2024-05-08T00:31:05.12345Z""#).len(), 1);
    }

    #[test]
    fn every_change_is_told_with_its_place_and_without_its_value() {
        let input = r#"{"data":[{"secret":"s3cret","n":1,"kept":"x"}],"flag":true}"#;
        let output = r#"{"data":[{"n":"1","kept":"y","more":2}],"flag":false}"#;
        assert_eq!(
            losses(input, output),
            [
                "data[0].kept: was a text of 1 character, is another of the kind: a text of 1 character",
                "data[0].more: was absent, is a number of 1 digit",
                "data[0].n: was a number of 1 digit, is a text of 1 character",
                "data[0].secret: a text of 6 characters, unknown to the model or lost",
                "flag: was a boolean, is another of the kind: a boolean",
            ]
        );
        assert_eq!(losses("1", "2")[0].split(':').next(), Some("."));
    }

    #[test]
    fn an_empty_array_counts_as_one_value() {
        let node = json::read(r#"{"a":[],"b":[1,{"c":null,"d":{}}]}"#).unwrap();
        assert_eq!(count_values(&node), 4);
    }
}

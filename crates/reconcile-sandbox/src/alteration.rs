//! Alterations: how the bodies of a gateway change their shape.
//!
//! A gateway adds a field, drops one, or writes a number as a text, and tells
//! nobody. An alteration does so on purpose, for those who test whether anybody
//! notices.

use std::fmt;
use std::str::FromStr;

use crate::gateway::GatewayId;

mod rewrite;

use rewrite::Rewriting;

/// One change to the bodies of one operation, written `OPERATION:PATH:CHANGE`.
///
/// The operation is one of [`Alteration::operations`]: those of TuPay have bare
/// names, those of the others begin with the name of the gateway, as in
/// `paywall/end-of-day`, which may be left out where no other has that name.
/// `error` is every error of a gateway, in JSON, whatever was asked for. The path leads from the
/// whole body, which is the empty path, through `.`-separated keys; `[]` after
/// a key is every element of the list there. A path that leads nowhere changes
/// nothing: see [`RequestLog::altered`](crate::RequestLog::altered).
///
/// | change | makes of what the path leads to |
/// |---|---|
/// | `drop` | nothing: the field is not there |
/// | `rename=KEY` | the same under another key, unless that is taken |
/// | `add=KEY` | an object with one more field, a text, unless it has that |
/// | `text` | a text: of a number or boolean, its own letters |
/// | `number` | a number: of a text, the one that it holds, else 1 |
/// | `null` | `null` |
/// | `empty` | `{}` |
/// | `bool` | `true` |
/// | `word=WORD` | that text, which may be empty |
///
/// Whatever is not changed stays as it is, to the digit.
///
/// ```
/// use reconcile_sandbox::Alteration;
///
/// let alteration: Alteration = "deposits:data[].fee:rename=charge".parse()?;
/// assert_eq!(alteration.to_string(), "deposits:data[].fee:rename=charge");
///
/// let error = "deposits:data[]:drop".parse::<Alteration>().unwrap_err();
/// assert_eq!(error.to_string(), "`drop` needs a path that ends in a key, not `data[]`");
/// # Ok::<(), reconcile_sandbox::AlterationParseError>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Alteration {
    operation: &'static str,
    path: Path,
    change: Change,
}

impl Alteration {
    /// The operations whose bodies can be altered, and the errors of each
    /// gateway, as they are printed.
    pub fn operations() -> impl Iterator<Item = &'static str> {
        let gateways = GatewayId::ALL.iter();
        gateways.flat_map(|gateway| gateway.operations()).copied()
    }

    /// The changes there are, for `--help`.
    pub const CHANGES: &'static str =
        "drop, rename=KEY, add=KEY, text, number, null, empty, bool, word=WORD";

    pub(crate) fn is_for(&self, operation: &str) -> bool {
        self.operation == operation
    }

    /// The body after the change, and at how many places it was made; nothing
    /// where the body is no JSON or has no such place.
    pub(crate) fn apply(&self, body: &[u8]) -> Option<(Vec<u8>, u64)> {
        let body = std::str::from_utf8(body).ok()?;
        let mut rewriting = Rewriting::new(&self.change);
        let rewritten = rewriting.body(body, &self.path.0)?;
        let places = rewriting.places();
        (places > 0).then(|| (rewritten.into_bytes(), places))
    }
}

impl fmt::Display for Alteration {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "{}:{}:{}", self.operation, self.path, self.change)
    }
}

impl FromStr for Alteration {
    type Err = AlterationParseError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let mut parts = text.splitn(3, ':');
        let (Some(operation), Some(path), Some(change)) =
            (parts.next(), parts.next(), parts.next())
        else {
            return Err(AlterationParseError::Form {
                text: text.to_owned(),
            });
        };
        let operation = known(operation)?;
        let (path, change): (Path, Change) = (path.parse()?, change.parse()?);
        if change.needs_field() && !matches!(path.0.last(), Some(Step::Field(_))) {
            return Err(AlterationParseError::NoField {
                change: change.to_string(),
                path: path.to_string(),
            });
        }
        Ok(Self {
            operation,
            path,
            change,
        })
    }
}

/// The operation that a name stands for: the bare names are TuPay's, and those
/// that only one other gateway has.
fn known(name: &str) -> Result<&'static str, AlterationParseError> {
    let bare = name.strip_prefix("tupay/").unwrap_or(name);
    if let Some(exact) = Alteration::operations().find(|known| *known == bare) {
        return Ok(exact);
    }
    let is_of_some_gateway = |known: &&str| known.split_once('/').is_some_and(|it| it.1 == name);
    let found: Vec<&str> = Alteration::operations()
        .filter(is_of_some_gateway)
        .collect();
    match found[..] {
        [only] => Ok(only),
        [] => Err(AlterationParseError::Operation {
            name: name.to_owned(),
        }),
        _ => Err(AlterationParseError::Ambiguous {
            name: name.to_owned(),
            of: found.join(", "),
        }),
    }
}

/// Why a text is no alteration.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum AlterationParseError {
    /// It lacks a part.
    #[error("`{text}` is not OPERATION:PATH:CHANGE")]
    Form {
        /// What was given.
        text: String,
    },
    /// No gateway has an operation of that name.
    #[error("there is no operation `{name}`, only {}", all_operations())]
    Operation {
        /// The name that was given.
        name: String,
    },
    /// More than one gateway has an operation of that name.
    #[error("`{name}` can be each of {of}")]
    Ambiguous {
        /// The name that was given.
        name: String,
        /// What it could stand for.
        of: String,
    },
    /// The path is not made of keys and `[]`.
    #[error("`{path}` is no path of the form `data[].fee`")]
    Path {
        /// The path that was given.
        path: String,
    },
    /// There is no such change, or it lacks its key.
    #[error("there is no change `{change}`, only {}", Alteration::CHANGES)]
    Change {
        /// The change that was given.
        change: String,
    },
    /// Only a field can be dropped or renamed: not an element, not the body.
    #[error("`{change}` needs a path that ends in a key, not `{path}`")]
    NoField {
        /// The change that was given.
        change: String,
        /// Where it was to be made.
        path: String,
    },
}

fn all_operations() -> String {
    Alteration::operations().collect::<Vec<_>>().join(", ")
}

/// What an alteration does at its place.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
enum Change {
    Drop,
    Rename(String),
    Add(String),
    Text,
    Number,
    Null,
    Empty,
    Bool,
    Word(String),
}

impl Change {
    /// Whether it is made to a field, not to the value there.
    fn needs_field(&self) -> bool {
        matches!(self, Self::Drop | Self::Rename(_))
    }
}

impl fmt::Display for Change {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Drop => out.write_str("drop"),
            Self::Rename(key) => write!(out, "rename={key}"),
            Self::Add(key) => write!(out, "add={key}"),
            Self::Text => out.write_str("text"),
            Self::Number => out.write_str("number"),
            Self::Null => out.write_str("null"),
            Self::Empty => out.write_str("empty"),
            Self::Bool => out.write_str("bool"),
            Self::Word(word) => write!(out, "word={word}"),
        }
    }
}

impl FromStr for Change {
    type Err = AlterationParseError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        Ok(match text.split_once('=') {
            None => match text {
                "drop" => Self::Drop,
                "text" => Self::Text,
                "number" => Self::Number,
                "null" => Self::Null,
                "empty" => Self::Empty,
                "bool" => Self::Bool,
                _ => return Err(no_change(text)),
            },
            Some(("rename", key)) if !key.is_empty() => Self::Rename(key.to_owned()),
            Some(("add", key)) if !key.is_empty() => Self::Add(key.to_owned()),
            Some(("word", word)) => Self::Word(word.to_owned()),
            Some(_) => return Err(no_change(text)),
        })
    }
}

fn no_change(text: &str) -> AlterationParseError {
    AlterationParseError::Change {
        change: text.to_owned(),
    }
}

/// The way from a body to the places of a change.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
struct Path(Vec<Step>);

#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
enum Step {
    /// The value of the field with this key.
    Field(String),
    /// Every element.
    Elements,
}

impl fmt::Display for Path {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (index, step) in self.0.iter().enumerate() {
            match step {
                Step::Elements => out.write_str("[]")?,
                Step::Field(key) if index == 0 => out.write_str(key)?,
                Step::Field(key) => write!(out, ".{key}")?,
            }
        }
        Ok(())
    }
}

impl FromStr for Path {
    type Err = AlterationParseError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let mut steps = Vec::new();
        if text.is_empty() {
            return Ok(Self(steps));
        }
        for (index, segment) in text.split('.').enumerate() {
            let key = segment.trim_end_matches("[]");
            // Only a body itself can be a list without a key.
            let is_missing = key.is_empty() && (index > 0 || segment.is_empty());
            if is_missing || key.contains(['[', ']']) {
                return Err(AlterationParseError::Path {
                    path: text.to_owned(),
                });
            }
            if !key.is_empty() {
                steps.push(Step::Field(key.to_owned()));
            }
            let lists = (segment.len() - key.len()) / "[]".len();
            steps.extend(std::iter::repeat_n(Step::Elements, lists));
        }
        Ok(Self(steps))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What becomes of `body`, and at how many places.
    fn altered(alteration: &str, body: &str) -> (String, u64) {
        let alteration: Alteration = alteration.parse().unwrap();
        match alteration.apply(body.as_bytes()) {
            Some((body, places)) => (String::from_utf8(body).unwrap(), places),
            None => (body.to_owned(), 0),
        }
    }

    const PAGE: &str =
        r#"{"data":[{"id":1,"fee":0.10,"s":"A"},{"id":2,"fee":1e-7,"s":"7"}],"page":0}"#;

    #[test]
    fn each_change_does_what_it_says_and_leaves_the_rest_to_the_digit() {
        for (alteration, first, second) in [
            ("data[].fee:drop", r#""id":1,"s":"A""#, r#""id":2,"s":"7""#),
            (
                "data[].fee:rename=charge",
                r#""id":1,"charge":0.10,"s":"A""#,
                r#""id":2,"charge":1e-7,"s":"7""#,
            ),
            (
                "data[].fee:text",
                r#""id":1,"fee":"0.10","s":"A""#,
                r#""id":2,"fee":"1e-7","s":"7""#,
            ),
            (
                "data[].s:number",
                r#""id":1,"fee":0.10,"s":1"#,
                r#""id":2,"fee":1e-7,"s":7"#,
            ),
            (
                "data[].s:null",
                r#""id":1,"fee":0.10,"s":null"#,
                r#""id":2,"fee":1e-7,"s":null"#,
            ),
            (
                "data[].s:empty",
                r#""id":1,"fee":0.10,"s":{}"#,
                r#""id":2,"fee":1e-7,"s":{}"#,
            ),
            (
                "data[].s:bool",
                r#""id":1,"fee":0.10,"s":true"#,
                r#""id":2,"fee":1e-7,"s":true"#,
            ),
            (
                "data[].s:word=A \"B\"",
                r#""id":1,"fee":0.10,"s":"A \"B\"""#,
                r#""id":2,"fee":1e-7,"s":"A \"B\"""#,
            ),
            (
                "data[]:add=new",
                r#""id":1,"fee":0.10,"s":"A","new":"new""#,
                r#""id":2,"fee":1e-7,"s":"7","new":"new""#,
            ),
        ] {
            let expected = format!(r#"{{"data":[{{{first}}},{{{second}}}],"page":0}}"#);
            let deposits = format!("deposits:{alteration}");
            assert_eq!(altered(&deposits, PAGE), (expected, 2), "{alteration}");
        }
    }

    #[test]
    fn the_body_and_elements_are_places_too() {
        let whole = |alteration: &str, body: &str| altered(alteration, body).0;
        assert_eq!(whole("balance::add=x", r#"{"a":1}"#), r#"{"a":1,"x":"x"}"#);
        assert_eq!(whole("balance::add=x", "{}"), r#"{"x":"x"}"#);
        assert_eq!(whole("balance::null", "[1,2]"), "null");
        assert_eq!(
            whole("balance:[]:text", "[1.50,true]"),
            r#"["1.50","true"]"#
        );
        assert_eq!(
            whole("balance:[].a:drop", r#"[{"a":1},{"b":2.0}]"#),
            r#"[{},{"b":2.0}]"#
        );
        assert_eq!(
            whole("balance:a[][]:word=", r#"{"a":[[1],[]]}"#),
            r#"{"a":[[""],[]]}"#
        );
    }

    #[test]
    fn what_the_path_does_not_lead_to_is_not_touched() {
        for alteration in [
            "deposits:rows:drop",
            "deposits:page[]:null",
            "deposits:data.fee:null",
            "deposits:page:add=x",
            "deposits:data[]:add=fee",
            "deposits:data[].fee:rename=id",
            "deposits:data[].s:text",
            "deposits:page:number",
        ] {
            assert_eq!(altered(alteration, PAGE), (PAGE.to_owned(), 0));
        }
        let page = "<!doctype html>";
        assert_eq!(altered("error::null", page), (page.to_owned(), 0));
    }

    #[test]
    fn an_alteration_reads_back_what_it_prints() {
        for text in [
            "deposits:data[].fee:drop",
            "cashouts:data[]:add=newField",
            "login::word=EXPIRED",
            "error:code:text",
            "balance:[].balance[][]:number",
            "deposit-status:payer.email:word=a:b=c",
            "notes:data[].type:word=",
        ] {
            let alteration: Alteration = text.parse().unwrap();
            assert_eq!(alteration.to_string(), text);
        }
    }

    #[test]
    fn an_operation_is_printed_with_its_gateway_unless_that_is_tupay() {
        for (given, printed) in [
            ("tupay/deposits", "deposits"),
            ("error", "error"),
            ("end-of-day", "paywall/end-of-day"),
            ("paywall/reconciliation", "paywall/reconciliation"),
            ("streampay/error", "streampay/error"),
        ] {
            let alteration: Alteration = format!("{given}::null").parse().unwrap();
            assert_eq!(alteration.to_string(), format!("{printed}::null"));
        }
    }

    #[test]
    fn what_is_no_alteration_is_refused_with_what_is_wrong() {
        let message = |text: &str| text.parse::<Alteration>().unwrap_err().to_string();
        assert_eq!(
            message("deposits:fee"),
            "`deposits:fee` is not OPERATION:PATH:CHANGE"
        );
        assert!(message("deposit:fee:drop").starts_with(
            "there is no operation `deposit`, only login, deposits, cashouts, balance-report, \
             balance, settlements, notes, deposit-status, cashout-status, error, paywall/"
        ));
        assert_eq!(
            message("reconciliation:fee:drop"),
            "`reconciliation` can be each of paywall/reconciliation, streampay/reconciliation"
        );
        for path in [
            "data..fee",
            ".fee",
            "fee.",
            "data[0].fee",
            "da[]ta",
            "data.[]",
        ] {
            assert_eq!(
                message(&format!("deposits:{path}:null")),
                format!("`{path}` is no path of the form `data[].fee`")
            );
        }
        for change in ["remove", "rename", "rename=", "add=", "drop=now", ""] {
            assert_eq!(
                message(&format!("deposits:data[]:{change}")),
                format!(
                    "there is no change `{change}`, only drop, rename=KEY, add=KEY, text, \
                     number, null, empty, bool, word=WORD"
                )
            );
        }
        assert_eq!(
            message("deposits::rename=x"),
            "`rename=x` needs a path that ends in a key, not ``"
        );
    }
}

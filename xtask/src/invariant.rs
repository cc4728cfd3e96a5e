//! The accounting identities of a provider, held against its fixtures.
//!
//! A law is an equation between sums: `net = gross - fee`. What stands between
//! blanks is `=`, `+`, `-` or a path below the place where the law holds.
//! `a[].b` is the sum over the elements of `a`; `previous.b` belongs to the
//! element before. Where both sides are one path to texts, the texts must be
//! equal, those of all elements too; only amounts of elements are added up. Sums
//! are exact.

use std::{fmt, str::FromStr};

use rust_decimal::Decimal;

use crate::{
    json::{Node, Value},
    lossless::{Number, decimal},
    place::{Pattern, Place, Step, parse_steps, write_steps},
};

/// An equation, as `[[invariant]]` of `overrides.toml` writes it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Law {
    left: Sum,
    right: Sum,
}

/// What became of a law at one place.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// Both sides are equal.
    Holds,
    /// They are not; how, in words without the values.
    Broken(String),
    /// A value that it needs is not there: this one.
    Untestable(String),
}

impl Law {
    /// What becomes of the law at every place of a body that `each` names, with
    /// the place as in `data[0].amount`, `.` being the whole body.
    #[must_use]
    pub fn verdicts(&self, each: &Pattern, root: &str, body: &Node<'_>) -> Vec<(String, Verdict)> {
        let mut verdicts = Vec::new();
        walk(body, None, &Place::root(root), "", &mut |here| {
            if each.matches(here.place) {
                let place = if here.path.is_empty() { "." } else { here.path };
                verdicts.push((place.to_owned(), self.verdict(here.node, here.previous)));
            }
        });
        verdicts
    }

    /// What becomes of the law at `here`, whose `previous` is the element before it.
    fn verdict(&self, here: &Node<'_>, previous: Option<&Node<'_>>) -> Verdict {
        let scope = Scope { here, previous };
        match self.texts_agree(&scope) {
            Some(true) => return Verdict::Holds,
            Some(false) => return Verdict::Broken("the texts differ".to_owned()),
            None => {}
        }
        match (self.left.value(&scope), self.right.value(&scope)) {
            (Ok(left), Ok(right)) if left == right => Verdict::Holds,
            (Ok(left), Ok(right)) => Verdict::Broken(match left.checked_sub(right) {
                Some(difference) => format!("left less right is {}", difference.normalize()),
                None => "the sides differ".to_owned(),
            }),
            (Err(verdict), _) | (_, Err(verdict)) => verdict,
        }
    }

    /// Whether all texts are the same, where both sides are nothing but texts.
    fn texts_agree(&self, scope: &Scope<'_>) -> Option<bool> {
        let mut texts = self.left.texts(scope)?;
        texts.extend(self.right.texts(scope)?);
        let is_sum = self.left.has_elements() || self.right.has_elements();
        if is_sum && texts.iter().all(|text| plain_amount(text).is_some()) {
            return None;
        }
        Some(texts.windows(2).all(|pair| pair.first() == pair.last()))
    }
}

impl FromStr for Law {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let words: Vec<_> = text.split_whitespace().collect();
        let mut sides = words.split(|word| *word == "=");
        match (sides.next(), sides.next(), sides.next()) {
            (Some(left), Some(right), None) => Ok(Self {
                left: Sum::parse(left, text)?,
                right: Sum::parse(right, text)?,
            }),
            _ => Err(format!(
                "`{text}` is no law: write one ` = `, blanks around it"
            )),
        }
    }
}

impl fmt::Display for Law {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} = {}", self.left, self.right)
    }
}

/// One side of a law.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Sum(Vec<Term>);

#[derive(Clone, Debug, PartialEq, Eq)]
struct Term {
    minus: bool,
    of_previous: bool,
    steps: Vec<Step>,
}

struct Scope<'n> {
    here: &'n Node<'n>,
    previous: Option<&'n Node<'n>>,
}

impl Sum {
    fn parse(words: &[&str], law: &str) -> Result<Self, String> {
        let mut terms = Vec::new();
        let mut sign = None;
        for word in words {
            match (*word, sign) {
                ("+", None) if !terms.is_empty() => sign = Some(false),
                ("-", None) => sign = Some(true),
                ("+" | "-", _) => return Err(format!("`{law}`: `{word}` follows nothing")),
                (_, None) if !terms.is_empty() => {
                    return Err(format!("`{law}`: no sign before `{word}`"));
                }
                (path, sign_before) => {
                    terms.push(Term::parse(path, sign_before == Some(true), law)?);
                    sign = None;
                }
            }
        }
        if terms.is_empty() || sign.is_some() {
            return Err(format!("`{law}`: a side ends without a path"));
        }
        Ok(Self(terms))
    }

    /// The texts that this side is, where it is one path to texts.
    fn texts(&self, scope: &Scope<'_>) -> Option<Vec<String>> {
        let Self(terms) = self;
        let [term] = terms.as_slice() else {
            return None;
        };
        if term.minus {
            return None;
        }
        let nodes = term.nodes(scope).ok()?;
        let texts = nodes.iter().map(|node| match &node.value {
            Value::Text(text) => Some(text.decode().into_owned()),
            _ => None,
        });
        texts.collect()
    }

    fn has_elements(&self) -> bool {
        let Self(terms) = self;
        terms
            .iter()
            .any(|term| term.steps.contains(&Step::Elements))
    }

    fn value(&self, scope: &Scope<'_>) -> Result<Decimal, Verdict> {
        let Self(terms) = self;
        let mut total = Decimal::ZERO;
        for term in terms {
            let nodes = term
                .nodes(scope)
                .map_err(|()| Verdict::Untestable(term.to_string()))?;
            for node in nodes {
                let value = amount(node)
                    .ok_or_else(|| Verdict::Broken(format!("`{term}` is no exact number")))?;
                let signed = if term.minus { -value } else { value };
                total = add(total, signed)
                    .ok_or_else(|| Verdict::Broken("a sum has too many digits".to_owned()))?;
            }
        }
        Ok(total)
    }
}

impl Term {
    fn parse(path: &str, minus: bool, law: &str) -> Result<Self, String> {
        let (of_previous, below) = match path.strip_prefix("previous.") {
            Some(below) => (true, below),
            None => (false, path),
        };
        let steps = parse_steps(below);
        let mut again = String::new();
        // A path that is not written as it was read has an empty part.
        let is_path = !steps.is_empty()
            && write_steps(&steps, &mut again).is_ok()
            && again == below
            && steps.iter().all(is_step);
        if !is_path {
            return Err(format!("`{law}`: `{path}` is no path"));
        }
        Ok(Self {
            minus,
            of_previous,
            steps,
        })
    }

    /// The values that the path leads to; an error where one of them is not there.
    fn nodes<'n>(&self, scope: &Scope<'n>) -> Result<Vec<&'n Node<'n>>, ()> {
        let start = if self.of_previous {
            scope.previous.ok_or(())?
        } else {
            scope.here
        };
        let mut nodes = vec![start];
        for step in &self.steps {
            let mut below = Vec::new();
            for node in nodes {
                match (step, &node.value) {
                    (Step::Key(key), _) => below.push(node.member(key).ok_or(())?),
                    (Step::Elements, Value::Array(items)) => below.extend(items),
                    (Step::Elements, _) => return Err(()),
                }
            }
            nodes = below;
        }
        if nodes.iter().any(|node| node.value == Value::Null) {
            return Err(());
        }
        Ok(nodes)
    }
}

impl fmt::Display for Sum {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self(terms) = self;
        for (index, term) in terms.iter().enumerate() {
            f.write_str(match (index, term.minus) {
                (0, false) => "",
                (0, true) => "- ",
                (_, false) => " + ",
                (_, true) => " - ",
            })?;
            term.fmt(f)?;
        }
        Ok(())
    }
}

impl fmt::Display for Term {
    /// The path without its sign.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.of_previous {
            f.write_str("previous.")?;
        }
        write_steps(&self.steps, f)
    }
}

fn is_step(step: &Step) -> bool {
    const NO_KEY: [char; 8] = ['[', ']', '(', ')', '=', '+', '*', '/'];
    match step {
        Step::Key(key) => !key.contains(NO_KEY),
        Step::Elements => true,
    }
}

/// A number, or a text that is one without an exponent.
fn amount(node: &Node<'_>) -> Option<Decimal> {
    match &node.value {
        Value::Number(lexeme) => decimal(lexeme),
        Value::Text(text) => plain_amount(&text.decode()),
        _ => None,
    }
}

fn plain_amount(text: &str) -> Option<Decimal> {
    let is_plain = text
        .bytes()
        .all(|byte| byte.is_ascii_digit() || matches!(byte, b'-' | b'.'));
    (is_plain && Number::read(text).is_some())
        .then(|| Decimal::from_str_exact(text).ok())
        .flatten()
}

/// The exact sum. `Decimal` drops digits of the fraction where a sum has more
/// than it holds, and says nothing; the scale tells.
fn add(one: Decimal, other: Decimal) -> Option<Decimal> {
    let sum = one.checked_add(other)?;
    (sum.scale() >= one.scale().max(other.scale())).then_some(sum)
}

/// A value and where it is.
struct Visit<'v, 'n> {
    node: &'n Node<'n>,
    previous: Option<&'n Node<'n>>,
    place: &'v Place,
    path: &'v str,
}

fn walk<'n>(
    node: &'n Node<'n>,
    previous: Option<&'n Node<'n>>,
    place: &Place,
    path: &str,
    visit: &mut impl FnMut(&Visit<'_, 'n>),
) {
    visit(&Visit {
        node,
        previous,
        place,
        path,
    });
    let mut before = None;
    for (index, item) in node.items().iter().enumerate() {
        let path = format!("{path}[{index}]");
        walk(item, before, &place.elements(), &path, visit);
        before = Some(item);
    }
    for member in node.members() {
        let key = member.key.decode();
        let dot = if path.is_empty() { "" } else { "." };
        let path = format!("{path}{dot}{key}");
        walk(&member.node, None, &place.key(key), &path, visit);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::json;

    fn verdicts(law: &str, each: &str, body: &str) -> Vec<Verdict> {
        let (law, each): (Law, Pattern) = (law.parse().unwrap(), each.parse().unwrap());
        let found = law.verdicts(&each, "x", &json::read(body).unwrap());
        found.into_iter().map(|(_, verdict)| verdict).collect()
    }

    fn broken(verdict: &Verdict) -> bool {
        matches!(verdict, Verdict::Broken(_))
    }

    #[test]
    fn sums_are_exact_where_doubles_are_not() {
        let body = r#"{"a":104642.98,"b":12.4,"c":104655.38}"#;
        assert_eq!(verdicts("a + b = c", "x:", body), [Verdict::Holds]);
        assert_eq!(verdicts("c - b = a", "x:", body), [Verdict::Holds]);
        let body = r#"{"a":104642.98,"b":12.4,"c":104655.380000000001}"#;
        assert_eq!(
            verdicts("a + b = c", "x:", body),
            [Verdict::Broken(
                "left less right is -0.000000000001".to_owned()
            )]
        );
    }

    #[test]
    fn a_law_may_begin_with_a_sign_and_ignores_the_scale() {
        let body = r#"{"a":"-1.50","b":1.5}"#;
        assert_eq!(verdicts("- a = b", "x:", body), [Verdict::Holds]);
    }

    #[test]
    fn elements_are_summed_and_no_elements_are_nought() {
        let body = r#"{"rows":[{"n":"20.06"},{"n":"88123.43"}],"total":"88143.49"}"#;
        assert_eq!(verdicts("rows[].n = total", "x:", body), [Verdict::Holds]);
        let body = r#"{"rows":[],"total":0}"#;
        assert_eq!(verdicts("rows[].n = total", "x:", body), [Verdict::Holds]);
        let body = r#"{"rows":[],"total":"0.01"}"#;
        assert!(broken(&verdicts("rows[].n = total", "x:", body)[0]));
    }

    #[test]
    fn the_first_element_has_no_previous_one() {
        let body = r#"{"rows":[{"t":5,"n":5},{"t":7,"n":2},{"t":8,"n":2}]}"#;
        let found = verdicts("t = previous.t + n", "x:rows[]", body);
        assert_eq!(found[0], Verdict::Untestable("previous.t".to_owned()));
        assert_eq!(found[1], Verdict::Holds);
        assert!(broken(&found[2]));
    }

    #[test]
    fn what_is_missing_or_null_makes_a_law_untestable() {
        for body in [r#"{"a":1}"#, r#"{"a":1,"b":null}"#, r#"{"a":1,"b":[]}"#] {
            let found = verdicts("a = b", "x:", body);
            assert_ne!(found, [Verdict::Holds]);
        }
        let found = verdicts("a = b.c[].d", "x:", r#"{"a":1,"b":{"c":[{"d":1},{}]}}"#);
        assert_eq!(found, [Verdict::Untestable("b.c[].d".to_owned())]);
    }

    #[test]
    fn two_texts_are_compared_as_texts() {
        let law = "id = inner.uuid";
        assert_eq!(
            verdicts(law, "x:", r#"{"id":"a","inner":{"uuid":"a"}}"#),
            [Verdict::Holds]
        );
        assert!(broken(
            &verdicts(law, "x:", r#"{"id":"1","inner":{"uuid":"01"}}"#)[0]
        ));
    }

    #[test]
    fn the_texts_of_all_elements_are_compared() {
        let law = "rows[].of = id";
        for (rows, holds) in [
            (r#"[{"of":"a1"},{"of":"a1"}]"#, true),
            (r#"[{"of":"a1"},{"of":"a2"}]"#, false),
            (r#"[{"of":"1"}]"#, false),
        ] {
            let body = format!(r#"{{"id":"a1","rows":{rows}}}"#);
            assert_eq!(!broken(&verdicts(law, "x:", &body)[0]), holds, "{rows}");
        }
    }

    #[test]
    fn a_text_that_is_no_amount_breaks_a_sum() {
        for text in ["\"abc\"", "\"1e2\"", "\"\"", "true", "\"1,5\"", "\"0x1\""] {
            let body = format!(r#"{{"a":{text},"b":1,"c":2}}"#);
            assert!(broken(&verdicts("a + b = c", "x:", &body)[0]), "{text}");
        }
    }

    #[test]
    fn a_sum_beyond_the_digits_is_told_and_never_rounded() {
        let body =
            r#"{"a":79228162514264337593543950335,"b":0.1,"c":79228162514264337593543950335}"#;
        assert_eq!(
            verdicts("a + b = c", "x:", body),
            [Verdict::Broken("a sum has too many digits".to_owned())]
        );
    }

    #[test]
    fn a_law_that_is_none_is_refused_with_its_text() {
        for text in [
            "",
            "a",
            "a =",
            "= a",
            "a = b = c",
            "a b = c",
            "a + = b",
            "a + + b = c",
            "+ a = b",
            "a = b -",
            "a..b = c",
            "a[ = b",
            "a*2 = b",
            "a=b",
        ] {
            let error = text.parse::<Law>().expect_err(text);
            assert!(error.contains(&format!("`{text}`")), "{error}");
        }
        let law: Law = "a[].b - c.d = - e + previous.f".parse().unwrap();
        assert_eq!(law.to_string(), "a[].b - c.d = - e + previous.f");
    }

    #[test]
    fn a_law_holds_at_every_place_of_its_pattern() {
        let body = r#"{"rows":[{"pos":{"t":1,"u":1},"host":{"t":2,"u":2}}]}"#;
        assert_eq!(
            verdicts("t = u", "x:rows[].*", body),
            [Verdict::Holds, Verdict::Holds]
        );
        assert_eq!(verdicts("t = u", "y:rows[].*", body).len(), 0);
        let law: Law = "t = u".parse().unwrap();
        let found = law.verdicts(
            &"x:**.host".parse().unwrap(),
            "x",
            &json::read(body).unwrap(),
        );
        assert_eq!(found, [("rows[0].host".to_owned(), Verdict::Holds)]);
    }
}

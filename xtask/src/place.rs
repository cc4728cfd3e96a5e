//! Places in bodies: `deposits:data[].amount`.

use std::{fmt, str::FromStr};

use serde::Deserialize;

/// One step down a body.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Step {
    /// Into the value of a key.
    Key(String),
    /// Into the elements of an array.
    Elements,
}

/// A place in the bodies of a root: the root and the steps below it.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Place {
    /// An operation, `<operation>.request` or `error`.
    pub root: String,
    /// The steps from the whole body.
    pub steps: Vec<Step>,
}

impl Place {
    /// The whole body of a root.
    #[must_use]
    pub fn root(root: impl Into<String>) -> Self {
        Self {
            root: root.into(),
            steps: Vec::new(),
        }
    }

    /// The place below a key.
    #[must_use]
    pub fn key(&self, key: impl Into<String>) -> Self {
        self.below(Step::Key(key.into()))
    }

    /// The elements of the array here.
    #[must_use]
    pub fn elements(&self) -> Self {
        self.below(Step::Elements)
    }

    fn below(&self, step: Step) -> Self {
        let mut place = self.clone();
        place.steps.push(step);
        place
    }
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:", self.root)?;
        write_steps(&self.steps, f)
    }
}

impl FromStr for Place {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let (root, path) = text
            .split_once(':')
            .ok_or_else(|| format!("`{text}` is no place: write `operation:path.to[].key`"))?;
        Ok(Self {
            root: root.to_owned(),
            steps: parse_steps(path),
        })
    }
}

/// Writes `a[].b`.
pub fn write_steps(steps: &[Step], f: &mut impl fmt::Write) -> fmt::Result {
    for (index, step) in steps.iter().enumerate() {
        match step {
            Step::Elements => f.write_str("[]")?,
            Step::Key(key) if index == 0 => f.write_str(key)?,
            Step::Key(key) => write!(f, ".{key}")?,
        }
    }
    Ok(())
}

/// Reads `a[].b`.
#[must_use]
pub fn parse_steps(path: &str) -> Vec<Step> {
    path.split('.')
        .filter(|part| !part.is_empty())
        .flat_map(|part| {
            let key = part.trim_end_matches("[]");
            let arrays = (part.len() - key.len()) / 2;
            let key = (!key.is_empty()).then(|| Step::Key(key.to_owned()));
            key.into_iter()
                .chain(std::iter::repeat_n(Step::Elements, arrays))
        })
        .collect()
}

/// A pattern of places: `*` for any root or one key, `**` for any steps.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(try_from = "String")]
pub struct Pattern(Place);

impl Pattern {
    /// Whether the place fits.
    #[must_use]
    pub fn matches(&self, place: &Place) -> bool {
        let Self(pattern) = self;
        (pattern.root == "*" || pattern.root == place.root)
            && steps_match(&pattern.steps, &place.steps)
    }

    /// Whether it names one place, without a wildcard.
    #[must_use]
    pub fn is_exact(&self) -> bool {
        let Self(pattern) = self;
        let wild = |step: &Step| matches!(step, Step::Key(key) if key.starts_with('*'));
        pattern.root != "*" && !pattern.steps.iter().any(wild)
    }
}

fn steps_match(pattern: &[Step], steps: &[Step]) -> bool {
    match pattern.split_first() {
        None => steps.is_empty(),
        Some((Step::Key(key), rest)) if key == "**" => (0..=steps.len())
            .any(|skipped| steps.get(skipped..).is_some_and(|s| steps_match(rest, s))),
        Some((wanted, rest)) => steps.split_first().is_some_and(|(step, below)| {
            let fits = match (wanted, step) {
                (Step::Key(wanted), Step::Key(key)) => wanted == "*" || wanted == key,
                (Step::Elements, Step::Elements) => true,
                _ => false,
            };
            fits && steps_match(rest, below)
        }),
    }
}

impl TryFrom<String> for Pattern {
    type Error = String;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        text.parse()
    }
}

impl FromStr for Pattern {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        text.parse().map(Self)
    }
}

impl fmt::Display for Pattern {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_place_reads_as_it_is_written() {
        for text in [
            "deposits:",
            "deposits:data[].amount",
            "x.request:a[][].b",
            "error:[]",
        ] {
            let place: Place = text.parse().unwrap();
            assert_eq!(place.to_string(), text);
        }
        assert!("data[].amount".parse::<Place>().is_err());
    }

    #[test]
    fn wildcards_match_keys_and_depths() {
        let fits = |pattern: &str, place: &str| {
            let pattern: Pattern = pattern.parse().unwrap();
            pattern.matches(&place.parse().unwrap())
        };
        assert!(fits("*:pages", "terminals:pages"));
        assert!(!fits("*:pages", "terminals:data.pages"));
        assert!(fits("*:**.currency", "deposits:data[].currency"));
        assert!(fits("*:**.currency", "deposits:currency"));
        assert!(fits("deposits:data[].*", "deposits:data[].fee"));
        assert!(!fits("deposits:data.*", "deposits:data[].fee"));
    }
}

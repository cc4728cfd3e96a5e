//! What a list says of its pages.

use std::{borrow::Cow, fmt};

use serde::{
    Deserialize, Deserializer, Serialize,
    de::{Error as _, IgnoredAny, MapAccess, Unexpected, Visitor},
};

/// What a list says of its pages: a number for merchants, an object for
/// terminals and reconciliations, nothing for transactions, where there is no
/// `Pages`. It is written in the form in which it came.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(untagged)]
#[non_exhaustive]
pub enum Pages {
    /// A number. The only one that is published is 1, so whether it counts the
    /// pages or says which this is remains open.
    Number(u64),
    /// An object.
    Position(PagePosition),
}

/// Where in a list a page is. Pages count from 1.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct PagePosition {
    /// How many pages there are; some lists of the platform do not tell.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub total: Option<u64>,
    /// Which page this is.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub current: Option<u64>,
}

impl Pages {
    /// How many pages there are, where it is told beyond doubt.
    #[must_use]
    pub const fn total(&self) -> Option<u64> {
        match self {
            Self::Number(_) => None,
            Self::Position(position) => position.total,
        }
    }

    /// Which page this is, from 1, where it is told beyond doubt.
    #[must_use]
    pub const fn current(&self) -> Option<u64> {
        match self {
            Self::Number(_) => None,
            Self::Position(position) => position.current,
        }
    }
}

/// By hand, since `untagged` reads into a buffer first, and an error in it has
/// no path.
impl<'de> Deserialize<'de> for Pages {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(PagesVisitor)
    }
}

struct PagesVisitor;

impl<'de> Visitor<'de> for PagesVisitor {
    type Value = Pages;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a number of pages, or an object with `total` and `current`")
    }

    fn visit_u64<E>(self, number: u64) -> Result<Pages, E> {
        Ok(Pages::Number(number))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Pages, A::Error> {
        let mut position = PagePosition::default();
        while let Some(key) = map.next_key::<Cow<'de, str>>()? {
            match key.as_ref() {
                "total" => position.total = map.next_value()?,
                "current" => position.current = map.next_value()?,
                FRACTION => return Err(A::Error::invalid_type(Unexpected::Other("number"), &self)),
                _ => map.next_value::<IgnoredAny>().map(drop)?,
            }
        }
        Ok(Pages::Position(position))
    }
}

/// The one key of the map as which `serde_json` shows a number with a fraction
/// where another crate of the build has its feature `arbitrary_precision` on.
const FRACTION: &str = "$serde_json::private::Number";

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_form_is_written_as_it_came() {
        for text in ["1", r#"{"total":3,"current":1}"#, r#"{"current":1}"#, "{}"] {
            let pages: Pages = serde_json::from_str(text).unwrap();
            assert_eq!(serde_json::to_string(&pages).unwrap(), text);
        }
    }

    #[test]
    fn a_number_does_not_say_which_page_it_is() {
        let number: Pages = serde_json::from_str("1").unwrap();
        assert_eq!((number.total(), number.current()), (None, None));
        let position: Pages = serde_json::from_str(r#"{"total":3,"current":1}"#).unwrap();
        assert_eq!((position.total(), position.current()), (Some(3), Some(1)));
    }

    #[test]
    fn what_is_no_page_is_refused_with_its_place() {
        let error = |text| {
            let mut json = serde_json::Deserializer::from_str(text);
            serde_path_to_error::deserialize::<_, Pages>(&mut json).unwrap_err()
        };
        assert_eq!(error(r#"{"total":"3"}"#).path().to_string(), "total");
        for text in [r#""1""#, "[1]", "-1", "1.5", "true"] {
            let reason = error(text).inner().to_string();
            assert!(reason.contains("a number of pages"), "{text}: {reason}");
        }
    }
}

//! What a request asks for: headers, since Paywall takes every parameter of a
//! GET so.

use std::collections::HashMap;
use std::str::FromStr;

use axum::http::HeaderMap;
use jiff::civil::Date;

use super::problem::Problem;

/// The parameters of a request, by name whatever its case.
#[derive(Debug)]
pub(super) struct Parameters<'a> {
    headers: &'a HeaderMap,
    /// Empty unless parameters of the query count.
    query: HashMap<String, String>,
}

impl<'a> Parameters<'a> {
    pub(super) fn new(headers: &'a HeaderMap, query: HashMap<String, String>) -> Self {
        let query = query.into_iter();
        let query = query.map(|(name, value)| (name.to_lowercase(), value));
        Self {
            headers,
            query: query.collect(),
        }
    }

    /// A parameter as it came, if it did. Names are in lower case.
    pub(super) fn text(&self, name: &str) -> Option<&str> {
        let header = self.headers.get(name).and_then(|value| value.to_str().ok());
        header.or_else(|| self.query.get(name).map(String::as_str))
    }

    pub(super) fn required(&self, name: &str) -> Result<&str, Problem> {
        self.text(name).ok_or(Problem::HeaderMissing)
    }

    /// A day, written `yyyy-MM-dd` and in no other way.
    pub(super) fn day(&self, name: &str) -> Result<Date, Problem> {
        day(self.required(name)?).ok_or(Problem::InvalidData)
    }

    pub(super) fn number<N: FromStr>(&self, name: &str) -> Result<N, Problem> {
        let text = self.required(name)?;
        text.parse().map_err(|_| Problem::InvalidData)
    }

    /// A boolean, which is false where it is absent.
    pub(super) fn flag(&self, name: &str) -> Result<bool, Problem> {
        let text = self.text(name).unwrap_or("false");
        text.to_lowercase()
            .parse()
            .map_err(|_| Problem::InvalidData)
    }
}

/// Reads `yyyy-MM-dd`.
pub(super) fn day(text: &str) -> Option<Date> {
    let day: Date = text.parse().ok()?;
    (day.to_string() == text).then_some(day)
}

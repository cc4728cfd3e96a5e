//! Windows, filters and pages of the lists.

use std::borrow::Cow;

use serde::Deserialize;

use super::render::{Dialect, Listed};
use crate::chaos::LateRows;
use crate::faults::{FaultKind, Faults};
use crate::json::Object;

/// The query of a list, as it came.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub(super) struct Parameters {
    from: Option<String>,
    to: Option<String>,
    page: Option<String>,
    country: Option<String>,
    payment_method: Option<String>,
    status: Option<String>,
    client_document: Option<String>,
    /// As TuPay's own document spells it.
    cliente_document: Option<String>,
    #[serde(rename = "type")]
    kind: Option<String>,
}

/// What a list is asked for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Request {
    /// Seconds since the epoch, both bounds included.
    pub(super) from: i64,
    pub(super) to: i64,
    pub(super) page: usize,
    filter: Filter,
}

/// Why a query is refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum BadRequest {
    /// A parameter that is no number.
    Number(&'static str),
    /// A query that is no query.
    Unreadable,
    UpsideDown,
    TooLong,
}

impl BadRequest {
    /// The code and description, of which the gateway publishes none.
    pub(super) fn answer(self) -> (u32, Cow<'static, str>) {
        match self {
            Self::Number(name) => (20, format!("The parameter {name} is not valid.").into()),
            Self::Unreadable => (20, "The parameters are not valid.".into()),
            Self::UpsideDown => (21, "The from value cannot exceed the to value.".into()),
            Self::TooLong => (
                22,
                "The maximum difference between from and to is 60 days.".into(),
            ),
        }
    }
}

/// Sixty days in seconds: the longest distance of `to` from `from`.
const MOST_SECONDS: i64 = 60 * 24 * 60 * 60;

impl Request {
    /// Reads a query. Without bounds, which no document explains, it is the
    /// 60 days up to `now`.
    pub(super) fn read(
        parameters: Parameters,
        faults: &Faults,
        now: i64,
    ) -> Result<Self, BadRequest> {
        let to = number(parameters.to.as_deref(), "to")?;
        let from = number(parameters.from.as_deref(), "from")?;
        let to =
            to.unwrap_or_else(|| from.map_or(now, |from: i64| from.saturating_add(MOST_SECONDS)));
        let from = from.unwrap_or_else(|| to.saturating_sub(MOST_SECONDS));
        if from > to {
            return Err(BadRequest::UpsideDown);
        }
        if to.saturating_sub(from) > MOST_SECONDS {
            return Err(BadRequest::TooLong);
        }
        let spelt_as_documented = faults
            .is_on(FaultKind::ClientDocument)
            .then_some(parameters.cliente_document)
            .flatten();
        Ok(Self {
            from,
            to: to.saturating_sub(faults.is_on(FaultKind::ExclusiveTo).into()),
            page: number(parameters.page.as_deref(), "page")?.unwrap_or(0),
            filter: Filter {
                country: parameters.country,
                method: parameters.payment_method,
                status: parameters.status,
                document: parameters.client_document.or(spelt_as_documented),
                kind: parameters.kind,
            },
        })
    }
}

impl Request {
    /// What all pages of one pull have in common.
    pub(super) fn window(&self) -> String {
        format!("{}..{} {:?}", self.from, self.to, self.filter)
    }
}

/// Which rows of the window are wanted.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Filter {
    country: Option<String>,
    method: Option<String>,
    status: Option<String>,
    document: Option<String>,
    kind: Option<String>,
}

impl Filter {
    pub(super) fn accepts_country(&self, country: &str) -> bool {
        accepts(self.country.as_ref(), country)
    }

    pub(super) fn accepts_method(&self, method: &str) -> bool {
        accepts(self.method.as_ref(), method)
    }

    pub(super) fn accepts_status(&self, status: &str) -> bool {
        accepts(self.status.as_ref(), status)
    }

    pub(super) fn accepts_kind(&self, kind: &str) -> bool {
        accepts(self.kind.as_ref(), kind)
    }

    pub(super) fn accepts_document(&self, document: impl FnOnce() -> String) -> bool {
        self.document
            .as_ref()
            .is_none_or(|wanted| *wanted == document())
    }

    fn is_empty(&self) -> bool {
        *self == Self::default()
    }
}

/// What one list differs by from the others.
#[derive(Debug, Clone, Copy)]
pub(super) struct List {
    pub(super) endpoint: &'static str,
    pub(super) order: Order,
    /// Directa24's notes have the counters before the data.
    pub(super) data_last: bool,
}

/// Which rows come first.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Order {
    Oldest,
    Newest,
}

/// The rows of one page, and where the list ends.
#[derive(Debug)]
pub(super) struct Page<'a, T> {
    pub(super) rows: Vec<&'a T>,
    pub(super) is_beyond_end: bool,
    /// The number of the last page that has rows.
    pub(super) last: usize,
}

/// Cuts a page out of `all`, which is sorted by creation. Without a filter
/// this costs no more than the page has rows, wherever the page lies.
pub(super) fn page<'a, T: Listed>(
    all: &'a [T],
    request: &Request,
    dialect: &Dialect,
    order: Order,
    size: usize,
    late: Option<LateRows>,
) -> Page<'a, T> {
    let after = |bound: i64| all.partition_point(|row| row.created().as_second() < bound);
    let window = all
        .get(after(request.from)..after(request.to.saturating_add(1)))
        .unwrap_or_default();
    let skipped = request.page.saturating_mul(size);
    if request.filter.is_empty() && late.is_none() {
        return cut(window.iter(), window.len(), order, skipped, size);
    }
    let visible: Vec<&T> = window
        .iter()
        .filter(|row| row.matches(&request.filter, dialect))
        .filter(|row| late.is_none_or(|late| late.shows(row.key())))
        .collect();
    cut(visible.iter().copied(), visible.len(), order, skipped, size)
}

fn cut<'a, T>(
    rows: impl DoubleEndedIterator<Item = &'a T>,
    total: usize,
    order: Order,
    skipped: usize,
    size: usize,
) -> Page<'a, T> {
    let rows = match order {
        Order::Oldest => rows.skip(skipped).take(size).collect(),
        Order::Newest => rows.rev().skip(skipped).take(size).collect(),
    };
    Page {
        rows,
        is_beyond_end: skipped > 0 && skipped >= total,
        last: total.saturating_sub(1) / size.max(1),
    }
}

/// What an envelope says about its rows.
#[derive(Debug, Clone, Copy)]
pub(super) struct Envelope {
    pub(super) page: usize,
    pub(super) rows: usize,
    pub(super) page_size: usize,
    pub(super) data_last: bool,
}

impl Envelope {
    /// Writes the body of a page.
    pub(super) fn write<T: Listed>(self, rows: &[&T], dialect: &Dialect) -> Vec<u8> {
        let mut body = Vec::with_capacity(rows.len() * 1_024 + 64);
        let mut object = Object::open(&mut body, dialect.style);
        if self.data_last {
            self.counters(&mut object);
        }
        object.array("data", rows, |out, row| {
            let mut object = Object::open(out, dialect.style);
            row.write(&mut object, dialect);
            object.close();
        });
        if !self.data_last {
            self.counters(&mut object);
        }
        object.close();
        body
    }

    fn counters(self, object: &mut Object<'_>) {
        let count = |number: usize| u64::try_from(number).unwrap_or(u64::MAX);
        object.integer("page", count(self.page));
        object.integer("rows", count(self.rows));
        object.integer("maxRows", count(self.page_size));
    }
}

fn accepts(wanted: Option<&String>, value: &str) -> bool {
    wanted.is_none_or(|wanted| wanted == value)
}

fn number<N: std::str::FromStr>(
    text: Option<&str>,
    name: &'static str,
) -> Result<Option<N>, BadRequest> {
    text.map(str::parse)
        .transpose()
        .map_err(|_| BadRequest::Number(name))
}

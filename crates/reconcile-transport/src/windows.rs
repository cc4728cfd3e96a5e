//! Long ranges cut into the windows a provider accepts.

use jiff::{SignedDuration, Timestamp};

/// A half-open span of time: `from` belongs to it, `to` does not.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Span {
    /// The first instant.
    pub from: Timestamp,
    /// The first instant after it.
    pub to: Timestamp,
}

impl Span {
    /// The span from `from` up to, but without, `to`.
    #[must_use]
    pub fn new(from: Timestamp, to: Timestamp) -> Self {
        Self { from, to }
    }

    /// Whether no instant lies in it; so is an inverted one.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.from >= self.to
    }
}

/// Cuts `span` into consecutive spans of at most `max`, in order.
///
/// They tile it exactly: the first begins and the last ends where `span` does,
/// each begins where the one before ends, and all but the last are `max` long.
/// An empty or inverted span gives none. A `max` that is not positive cannot
/// advance, so the span is returned whole.
#[must_use]
pub fn split(span: Span, max: SignedDuration) -> Vec<Span> {
    let mut spans = Vec::new();
    let mut from = span.from;
    while from < span.to {
        let next = from.checked_add(max).ok().filter(|next| *next > from);
        let to = next.map_or(span.to, |next| next.min(span.to));
        spans.push(Span { from, to });
        from = to;
    }
    spans
}

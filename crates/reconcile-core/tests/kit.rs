//! The conformance kit finds what is wrong with a gateway: one mistake each.

#![cfg(feature = "conformance")]
#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a panic is how a test fails"
)]

use std::{
    fmt,
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
};

use async_trait::async_trait;
use futures::{
    executor::block_on,
    future::ready,
    stream::{self, BoxStream},
};
use jiff::{Timestamp, tz::TimeZone};
use reconcile_core::{
    Attestation, Capabilities, DayTotals, Descriptor, Direction, ErrorKind, Kind, Money,
    PageEvidence, Provider, ProviderError, Record, RecordPage, RecordQuery, StatementPage,
    StatementQuery, Status, Window,
    conformance::{self, Expected, Failure, Harness, Report},
};

/// What a gateway does wrong.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Mistake {
    None,
    EndIncluded,
    StartExcluded,
    PageSkipped,
    EndNotReached,
    IdShared,
    AmountRounded,
    AmountNegative,
    ProviderOfAnother,
    KindIgnored,
    SuccessPretended,
    UnstableOrder,
    SecretShown,
    FailureHidden,
    FailureMistaken,
}

const SECRET: &str = "sentinel";

#[derive(Clone)]
struct Gateway {
    descriptor: Descriptor,
    mistake: Mistake,
    failure: Option<Failure>,
    pulls: Arc<AtomicUsize>,
}

impl fmt::Debug for Gateway {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.mistake {
            Mistake::SecretShown => f.write_str(SECRET),
            _ => f.write_str("Gateway"),
        }
    }
}

impl Gateway {
    fn new(mistake: Mistake) -> Self {
        let capabilities = Capabilities {
            kinds: [Kind::Payment, Kind::Refund].into(),
            ..Capabilities::default()
        };
        Self {
            descriptor: Descriptor::new("acme", "Acme", TimeZone::UTC)
                .with_capabilities(capabilities),
            mistake,
            failure: None,
            pulls: Arc::default(),
        }
    }

    fn contains(&self, window: Window, at: Timestamp) -> bool {
        match self.mistake {
            Mistake::EndIncluded => !window.is_empty() && window.from() <= at && at <= window.to(),
            Mistake::StartExcluded => window.from() < at && at < window.to(),
            _ => window.contains(at),
        }
    }

    /// Ten records, alternately refunds and payments, three to a page.
    fn page(&self, query: &RecordQuery, index: u64, pull: usize) -> RecordPage {
        let is_asked = |record: &Record| {
            let is_of_kind = query.kinds.is_empty() || query.kinds.contains(&record.kind);
            self.contains(query.window, record.created_at)
                && (is_of_kind || self.mistake == Mistake::KindIgnored)
        };
        let mut listed: Vec<_> = (1..=10)
            .map(|number| self.record(number))
            .filter(is_asked)
            .collect();
        if self.mistake == Mistake::UnstableOrder && pull.is_multiple_of(2) {
            listed.reverse();
        }
        let skipped = usize::from(self.mistake == Mistake::PageSkipped && index > 0);
        let start = (usize::try_from(index).unwrap() + skipped) * 3;
        let records: Vec<_> = listed.into_iter().skip(start).take(3).collect();
        let evidence = PageEvidence {
            rows_seen: records.len() as u64,
            last: records.len() < 3 && self.mistake != Mistake::EndNotReached,
            ..PageEvidence::new("records", query.window, index, b"")
        };
        RecordPage {
            evidence,
            records,
            set_aside: Vec::new(),
        }
    }

    fn record(&self, number: i64) -> Record {
        let amount = match self.mistake {
            Mistake::AmountRounded => format!("{number}.00"),
            Mistake::AmountNegative => format!("-{number}.005"),
            _ => format!("{number}.005"),
        };
        let provider = match self.mistake {
            Mistake::ProviderOfAnother => "other",
            _ => "acme",
        };
        let id = match self.mistake {
            Mistake::IdShared => (number + 2) / 4,
            _ => number,
        };
        Record::new(
            provider,
            id.to_string(),
            (kind_of(number), Direction::Credit),
            Status::Succeeded,
            Money::new(amount.parse().unwrap(), "KWD".parse().unwrap()),
            Timestamp::from_second(number * 3600).unwrap(),
        )
    }

    fn error(&self, failure: Failure) -> ProviderError {
        let kind = match self.mistake {
            Mistake::FailureMistaken => ErrorKind::NotFound,
            _ => failure.admissible()[0],
        };
        ProviderError::new(kind, "acme", "it failed")
    }
}

fn kind_of(number: i64) -> Kind {
    if number % 2 == 0 {
        Kind::Payment
    } else {
        Kind::Refund
    }
}

#[async_trait]
impl Provider for Gateway {
    fn descriptor(&self) -> &Descriptor {
        &self.descriptor
    }

    fn records(&self, query: RecordQuery) -> BoxStream<'static, Result<RecordPage, ProviderError>> {
        if let Some(failure) = self.failure {
            return self.error(failure).into_stream();
        }
        let unsupported = self.descriptor.kinds_of(&query.kinds).err();
        if let Some(error) = unsupported.filter(|_| self.mistake != Mistake::SuccessPretended) {
            return error.into_stream();
        }
        let pull = self.pulls.fetch_add(1, Ordering::Relaxed);
        let gateway = self.clone();
        if self.mistake == Mistake::EndNotReached {
            let pages = (0..4).map(move |index| Ok(gateway.page(&query, index, pull)));
            return Box::pin(stream::iter(pages));
        }
        RecordPage::in_sequence(move |index| ready(Ok(gateway.page(&query, index, pull))))
    }

    fn statements(
        &self,
        _: StatementQuery,
    ) -> BoxStream<'static, Result<StatementPage, ProviderError>> {
        ProviderError::unsupported("acme", "gives no statements").into_stream()
    }

    async fn attest(&self, _: &DayTotals) -> Result<Attestation, ProviderError> {
        Err(ProviderError::unsupported("acme", "takes no totals"))
    }
}

#[async_trait]
impl Harness for Gateway {
    fn provider(&self) -> Arc<dyn Provider> {
        Arc::new(self.clone())
    }

    fn window(&self) -> Window {
        // A record lies on each of its bounds.
        let at = |hour: i64| Timestamp::from_second(hour * 3600).unwrap();
        Window::new(at(1), at(10)).unwrap()
    }

    fn expected(&self) -> Vec<Expected> {
        let expected = |number: i64| Expected {
            kind: kind_of(number),
            id: number.to_string(),
            amount: format!("{number}.005"),
        };
        (1..10).map(expected).collect()
    }

    async fn failing(&self, failure: Failure) -> Option<Arc<dyn Provider>> {
        let mut gateway = self.clone();
        gateway.failure = (self.mistake != Mistake::FailureHidden).then_some(failure);
        Some(Arc::new(gateway))
    }

    fn secrets(&self) -> Vec<String> {
        vec![SECRET.to_owned()]
    }
}

fn check(mistake: Mistake) -> Report {
    block_on(conformance::check(&Gateway::new(mistake)))
}

#[test]
fn a_gateway_without_a_mistake_conforms() {
    let report = check(Mistake::None).into_result().unwrap();
    // It has no statements; all else is checked.
    assert_eq!(report.skipped.len(), 1, "{report}");
}

#[test]
fn each_mistake_is_found_by_name() {
    let delivered = "every record is delivered, to the digit";
    let in_window = "records are in the window, and of the provider";
    let failures = "failures have the right kind";
    for (mistake, name) in [
        (Mistake::EndIncluded, in_window),
        (Mistake::StartExcluded, delivered),
        (Mistake::PageSkipped, delivered),
        (Mistake::EndNotReached, "the certificate proves the pull"),
        (Mistake::IdShared, delivered),
        (Mistake::AmountRounded, delivered),
        (Mistake::AmountNegative, delivered),
        (Mistake::ProviderOfAnother, in_window),
        (
            Mistake::KindIgnored,
            "only the kinds that were asked for come",
        ),
        (
            Mistake::SuccessPretended,
            "what is not claimed is unsupported",
        ),
        (Mistake::UnstableOrder, "a pull is the same every time"),
        (Mistake::SecretShown, "secrets are in no output"),
        (Mistake::FailureHidden, failures),
        (Mistake::FailureMistaken, failures),
    ] {
        let report = check(mistake);
        let found = report.failed.iter().any(|(failed, _)| *failed == name);
        assert!(found, "{mistake:?}: {report}");
    }
}

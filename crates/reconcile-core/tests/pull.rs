//! What a pull delivers, and what its certificate says, from the pages that a
//! gateway yields.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a panic is how a test fails"
)]

use async_trait::async_trait;
use futures::{
    StreamExt,
    executor::block_on,
    stream::{self, BoxStream},
};
use jiff::{Timestamp, tz::TimeZone};
use reconcile_core::{
    Attestation, Capabilities, Certificate, DayTotals, Descriptor, Direction, Kind, Money,
    PageEvidence, Provider, ProviderError, ProviderExt, PullOptions, Record, RecordPage,
    RecordQuery, SetAside, StatementPage, StatementQuery, Status, Verdict, Window,
};

/// A gateway whose pages are given.
#[derive(Clone, Debug)]
struct Scripted {
    descriptor: Descriptor,
    pages: Vec<RecordPage>,
}

#[async_trait]
impl Provider for Scripted {
    fn descriptor(&self) -> &Descriptor {
        &self.descriptor
    }

    fn records(&self, _: RecordQuery) -> BoxStream<'static, Result<RecordPage, ProviderError>> {
        stream::iter(self.pages.clone().into_iter().map(Ok)).boxed()
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

fn window() -> Window {
    let at = |second| Timestamp::from_second(second).unwrap();
    Window::new(at(0), at(100)).unwrap()
}

/// A page with these ids; an id that is `?` stands for a row that cannot be read.
fn page(pass: u32, index: u64, last: bool, ids: &[&str]) -> RecordPage {
    let set_aside = (0..).zip(ids).filter(|(_, id)| **id == "?");
    let readable = ids.iter().filter(|id| **id != "?");
    RecordPage {
        evidence: PageEvidence {
            pass,
            last,
            rows_seen: ids.len() as u64,
            ..PageEvidence::new("payments", window(), index, b"")
        },
        records: readable.map(|id| record(id)).collect(),
        set_aside: set_aside
            .map(|(row, _)| SetAside {
                list: "payments".into(),
                page: index,
                index: row,
                path: "amount".into(),
                reason: "expected a decimal".into(),
            })
            .collect(),
    }
}

fn record(id: &str) -> Record {
    Record::new(
        "acme",
        id,
        (Kind::Payment, Direction::Credit),
        Status::Succeeded,
        Money::new("1.00".parse().unwrap(), "PEN".parse().unwrap()),
        Timestamp::from_second(50).unwrap(),
    )
}

/// The ids delivered, the rows set aside, and the certificate.
fn pull(pages: impl IntoIterator<Item = RecordPage>) -> (Vec<String>, usize, Certificate) {
    let capabilities = Capabilities {
        kinds: [Kind::Payment].into(),
        ..Capabilities::default()
    };
    let gateway = Scripted {
        descriptor: Descriptor::new("acme", "Acme", TimeZone::UTC).with_capabilities(capabilities),
        pages: pages.into_iter().collect(),
    };
    let options = PullOptions::at(Timestamp::from_second(10_000).unwrap());
    let mut pull = gateway.pull(RecordQuery::new(window()), options);
    let (mut ids, mut set_aside) = (Vec::new(), 0);
    while let Some(page) = block_on(pull.next()) {
        let page = page.unwrap();
        ids.extend(page.records.into_iter().map(|record| record.id));
        set_aside += page.set_aside.len();
    }
    (ids, set_aside, pull.certificate())
}

fn reasons(certificate: &Certificate) -> &[String] {
    match &certificate.verdict {
        Verdict::Unproven { reasons } => reasons,
        proven => panic!("{proven:?}"),
    }
}

#[test]
fn a_list_that_is_read_again_delivers_each_record_once() {
    let (ids, _, certificate) = pull([
        page(0, 0, false, &["1", "2"]),
        page(0, 1, true, &["2"]),
        page(1, 0, false, &["0", "1"]),
        page(1, 1, true, &["2"]),
    ]);
    assert_eq!(ids, ["1", "2", "0"]);
    assert_eq!((certificate.distinct, certificate.duplicates), (3, 3));
    assert_eq!(certificate.verdict, Verdict::Complete);
}

#[test]
fn a_row_that_cannot_be_read_leaves_the_pull_unproven_and_is_told_once() {
    let (_, told, certificate) = pull([
        page(0, 0, false, &["1", "?"]),
        page(0, 1, true, &["2"]),
        page(1, 0, false, &["1", "?"]),
        page(1, 1, true, &["2"]),
    ]);
    assert_eq!((told, certificate.set_aside), (1, 1));
    assert_eq!(reasons(&certificate).len(), 1);
}

#[test]
fn a_row_that_cannot_be_read_and_shows_up_in_a_later_reading_only_is_told_too() {
    let (_, told, certificate) = pull([
        page(0, 0, false, &["1", "?"]),
        page(0, 1, true, &["2"]),
        page(1, 0, false, &["?", "1"]),
        page(1, 1, true, &["?", "2"]),
    ]);
    assert_eq!((told, certificate.set_aside), (2, 2));
    let (_, told, certificate) = pull([
        page(0, 0, false, &["1", "2"]),
        page(0, 1, true, &["2"]),
        page(1, 0, false, &["?", "1"]),
        page(1, 1, true, &["2"]),
    ]);
    assert_eq!((told, certificate.set_aside), (1, 1));
    assert_eq!(reasons(&certificate).len(), 1);
}

#[test]
fn a_page_with_other_rows_than_stated_leaves_the_pull_unproven() {
    let mut short = page(0, 0, true, &["1"]);
    short.evidence.rows_stated = Some(2);
    let (_, _, certificate) = pull([short.clone()]);
    assert_eq!(
        reasons(&certificate),
        [
            "payments, 1970-01-01T00:00:00Z to 1970-01-01T00:01:40Z, page 0: \
             the provider states 2 rows and sent 1"
        ]
    );
    // A later reading without it settles the matter.
    short.evidence.last = true;
    let (_, _, certificate) = pull([short, page(1, 0, true, &["1", "2"])]);
    assert_eq!(certificate.verdict, Verdict::Complete);
}

#[test]
fn a_pull_ends_at_the_lag_before_now_of_the_provider_or_of_the_user() {
    let at = |second| Timestamp::from_second(second).unwrap();
    let mut descriptor = Descriptor::new("acme", "Acme", TimeZone::UTC);
    descriptor.limits.settle_lag = std::time::Duration::from_secs(60);
    let gateway = Scripted {
        descriptor,
        pages: Vec::new(),
    };
    let read = |options| {
        gateway
            .pull(RecordQuery::new(window()), options)
            .certificate()
            .query
            .read
    };
    let now = PullOptions::at(at(130));
    assert_eq!(read(now).to(), at(70));
    assert_eq!(
        read(now.settle_lag(std::time::Duration::from_secs(40))).to(),
        at(90)
    );
    assert_eq!(read(PullOptions::at(at(160))), window());
}

#[test]
fn where_only_closed_days_are_listed_a_pull_ends_with_the_last_of_them() {
    let at = |text: &str| text.parse::<Timestamp>().unwrap();
    let istanbul = TimeZone::get("Europe/Istanbul").unwrap();
    let mut descriptor = Descriptor::new("acme", "Acme", istanbul);
    descriptor.limits.closed_days = true;
    let gateway = Scripted {
        descriptor,
        pages: Vec::new(),
    };
    let week = Window::new(at("2026-01-01T21:00:00Z"), at("2026-01-08T21:00:00Z")).unwrap();
    let verdict = |now| {
        let pull = gateway.pull(RecordQuery::new(week), PullOptions::at(at(now)));
        pull.certificate().query.read
    };
    // Midnight in Istanbul is 21:00 in UTC; the lag is a quarter of an hour.
    assert_eq!(
        verdict("2026-01-05T21:14:59Z").to(),
        at("2026-01-04T21:00:00Z")
    );
    assert_eq!(
        verdict("2026-01-05T21:15:00Z").to(),
        at("2026-01-05T21:00:00Z")
    );
    assert!(verdict("2026-01-02T12:00:00Z").is_empty());
    assert_eq!(verdict("2026-01-08T22:00:00Z"), week);
}

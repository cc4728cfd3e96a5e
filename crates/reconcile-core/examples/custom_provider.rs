//! A gateway nobody has heard of, behind the trait and through the kit:
//! `cargo run -p reconcile-core --features conformance --example custom_provider`.
//!
//! Acme Pay keeps payments in memory and lists them three to a page; a real
//! gateway would send a request in [`AcmePay::page`].

#![allow(
    clippy::expect_used,
    clippy::print_stdout,
    reason = "an example may fail loudly"
)]

use std::sync::Arc;

use async_trait::async_trait;
use futures::{executor::block_on, future::ready, stream::BoxStream};
use jiff::{Timestamp, tz::TimeZone};
use reconcile_core::{
    Attestation, Capabilities, DayTotals, Descriptor, Direction, Kind, Money, PageEvidence,
    Provider, ProviderError, Record, RecordPage, RecordQuery, StatementPage, StatementQuery,
    Status, Window,
    conformance::{self, Expected, Harness},
};

const PAGE_SIZE: usize = 3;

#[derive(Clone, Debug)]
struct AcmePay {
    descriptor: Descriptor,
    payments: Arc<[Payment]>,
}

#[derive(Debug)]
struct Payment {
    number: u64,
    fils: i128,
    at: Timestamp,
}

impl AcmePay {
    fn new(payments: impl IntoIterator<Item = Payment>) -> Self {
        let mut capabilities = Capabilities::default();
        capabilities.kinds.insert(Kind::Payment);
        let descriptor = Descriptor::new("acme", "Acme Pay", TimeZone::UTC);
        Self {
            descriptor: descriptor.with_capabilities(capabilities),
            payments: payments.into_iter().collect(),
        }
    }

    /// One page of the payments in the window, with its evidence.
    fn page(&self, window: Window, index: u64) -> Result<RecordPage, ProviderError> {
        let skipped = usize::try_from(index).map_or(usize::MAX, |index| index * PAGE_SIZE);
        let records = self
            .payments
            .iter()
            .filter(|payment| window.contains(payment.at))
            .skip(skipped)
            .take(PAGE_SIZE)
            .map(|payment| self.record(payment))
            .collect::<Result<Vec<_>, _>>()?;
        let body = serde_json::to_vec(&records).unwrap_or_default();
        let evidence = PageEvidence {
            rows_seen: records.len() as u64,
            first_id: records.first().map(|record| record.id.clone()),
            last_id: records.last().map(|record| record.id.clone()),
            last: records.len() < PAGE_SIZE,
            ..PageEvidence::new("payments", window, index, &body)
        };
        Ok(RecordPage {
            evidence,
            records,
            set_aside: Vec::new(),
        })
    }

    fn record(&self, payment: &Payment) -> Result<Record, ProviderError> {
        let unreadable = |cause| ProviderError::unreadable("acme", cause);
        let dinar = "KWD".parse().map_err(unreadable)?;
        let amount = Money::from_minor_units(payment.fils, dinar).map_err(unreadable)?;
        Ok(Record {
            reference: Some(format!("order-{}", payment.number)),
            ..Record::new(
                &self.descriptor.id,
                payment.number.to_string(),
                (Kind::Payment, Direction::Credit),
                Status::Succeeded,
                amount,
                payment.at,
            )
        })
    }
}

#[async_trait]
impl Provider for AcmePay {
    fn descriptor(&self) -> &Descriptor {
        &self.descriptor
    }

    fn records(&self, query: RecordQuery) -> BoxStream<'static, Result<RecordPage, ProviderError>> {
        if let Err(unsupported) = self.descriptor.kinds_of(&query.kinds) {
            return unsupported.into_stream();
        }
        let acme = self.clone();
        RecordPage::in_sequence(move |index| ready(acme.page(query.window, index)))
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

impl Harness for AcmePay {
    fn provider(&self) -> Arc<dyn Provider> {
        Arc::new(self.clone())
    }

    fn window(&self) -> Window {
        let end = Timestamp::from_second(86_400).expect("1970 is in range");
        Window::new(Timestamp::UNIX_EPOCH, end).expect("1970 began before its second day")
    }

    fn expected(&self) -> Vec<Expected> {
        let expected = |number: u32| Expected {
            kind: Kind::Payment,
            id: number.to_string(),
            amount: format!("{number}.005"),
        };
        (1..=10).map(expected).collect()
    }
}

fn main() -> Result<(), conformance::Nonconformance> {
    let acme = AcmePay::new((1_u32..=10).map(|number| Payment {
        number: number.into(),
        fils: i128::from(number) * 1000 + 5,
        at: Timestamp::from_second(i64::from(number) * 3600).expect("1970 is in range"),
    }));
    println!("{}", block_on(conformance::check(&acme)).into_result()?);
    Ok(())
}

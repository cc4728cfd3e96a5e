//! The identities that a provider declares, on a month of the simulator.

use std::sync::LazyLock;

use jiff::civil::{Date, date};
use reconcile_core::{Provider, ProviderExt, PullOptions, RecordQuery, StatementQuery, Window};
use reconcile_engine::{Listing, Period, Proof, prove};
use reconcile_sandbox::{Faults, Sandbox, SandboxConfig, WorldConfig, Worlds};

use crate::now;

const FROM: Date = date(2026, 1, 1);
const TO: Date = date(2026, 2, 1);

static WORLDS: LazyLock<Worlds> = LazyLock::new(|| Worlds::generate(&WorldConfig::default()));

/// A simulator of the default month, with these faults.
pub async fn sandbox(faults: &[&str]) -> Sandbox {
    let faults: Result<Faults, _> = faults.iter().map(|fault| fault.parse()).collect();
    let config = SandboxConfig {
        faults: faults.unwrap(),
        ..SandboxConfig::default()
    };
    Sandbox::start_with_worlds(WORLDS.clone(), config)
        .await
        .unwrap()
}

/// Pulls the records and the statements of that month, which must be complete,
/// and proves what the provider declares.
pub async fn proofs(provider: &dyn Provider) -> Vec<Proof> {
    let descriptor = provider.descriptor();
    let month = Window::days(FROM, TO, &descriptor.zone).unwrap();
    let options = PullOptions::at(now());
    let (records, certificate) = provider
        .collect_records(RecordQuery::new(month), options)
        .await
        .unwrap();
    let mut listing = Listing::of(descriptor);
    for record in &records {
        listing.push(record);
    }
    listing.certify(&certificate);
    let pull = provider
        .collect_statements(StatementQuery::new(month), options)
        .await
        .unwrap();
    assert!(pull.verdict.is_proven());
    prove(
        &descriptor.identities,
        &pull.statements,
        Some(&listing),
        Some(Period::new(FROM, TO)),
    )
}

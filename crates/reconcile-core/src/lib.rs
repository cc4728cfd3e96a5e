#![doc = include_str!("../README.md")]

mod attestation;
mod certificate;
#[cfg(feature = "conformance")]
pub mod conformance;
mod convention;
mod descriptor;
mod error;
mod identity;
mod ledger;
mod money;
mod provider;
mod pull;
mod record;
mod statement;
mod sum;
mod time;

pub use attestation::{
    Attestation, Bucket, BucketComparison, DayTotals, Verdict as AttestationVerdict,
};
pub use certificate::{Certificate, CertifiedQuery, Total, Verdict};
pub use convention::{Basis, Convention, Conventions, DateField, DayBounds, Signs, Statuses};
pub use descriptor::{Capabilities, Descriptor, Limits};
pub use error::{ErrorKind, ModelError, Position, ProviderError};
pub use identity::{BatchLine, Counting, FailureCode, Identity, Law, Part, Sign};
pub use ledger::LedgerEntry;
pub use money::{Currency, Money};
pub use provider::{
    PageEvidence, Provider, RecordPage, RecordQuery, SetAside, StatementPage, StatementQuery,
};
pub use pull::{ProviderExt, Pull, PullOptions, PulledPage, StatementPull};
pub use record::{Attribute, Direction, Kind, Record, Status};
pub use statement::{Figure, LocalDay, Statement};
pub use sum::Sum;
pub use time::Window;

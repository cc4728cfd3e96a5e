#![doc = include_str!("../README.md")]

mod balance;
mod cashouts;
mod client;
mod config;
mod deposits;
mod error;
mod list;
pub mod models;
mod notes;
mod payments;
mod provider;
mod session;
mod settlements;
pub mod signature;
mod transactions;

pub use balance::{BalanceReportQuery, NoFilters};
pub use cashouts::CashoutsQuery;
pub use client::Client;
pub use config::{CashoutsPath, Config, Environment};
pub use deposits::DepositsQuery;
pub use error::{ApiError, Error};
pub use list::Query;
pub use models::Page;
pub use notes::{NoteFilters, NotesQuery};
pub use payments::{CashoutReference, Payments, PaymentsConfig};
pub use provider::TuPay;
pub use reconcile_transport::BaseUrl;
pub use secrecy::SecretString;
pub use settlements::{SettlementFilters, SettlementsQuery};
pub use transactions::TransactionFilters;

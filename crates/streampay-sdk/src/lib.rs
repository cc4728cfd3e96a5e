#![doc = include_str!("../README.md")]

mod client;
mod config;
mod error;
mod list;
mod local_time;
mod merchants;
pub mod models;
mod provider;
mod reconciliations;
mod terminals;
mod transactions;

pub use client::Client;
pub use config::{Config, Environment};
pub use error::{ApiError, Error};
pub use list::{Page, Query};
pub use merchants::{MerchantsQuery, NoFilters};
pub use provider::StreamPay;
pub use reconcile_transport::BaseUrl;
pub use reconciliations::{ReconciliationFilters, ReconciliationsQuery};
pub use secrecy::SecretString;
pub use terminals::{TerminalFilters, TerminalsQuery};
pub use transactions::{TransactionFilters, TransactionsQuery};

#![doc = include_str!("../README.md")]

mod calendar;
mod client;
mod codes;
mod config;
mod envelope;
mod error;
mod list;
pub mod models;
mod payment;
mod provider;
mod reconciliation;
mod reconciliations;
mod totals;
mod transactions;

pub use client::Client;
pub use codes::Meanings;
pub use config::{Config, Environment, Step};
pub use error::{ApiError, Error};
pub use provider::Paywall;
pub use reconcile_transport::BaseUrl;
pub use reconciliations::{ReconciliationsQuery, Sort};
pub use secrecy::SecretString;
pub use totals::{BucketName, Comparison};
pub use transactions::{ActivitiesQuery, ActivityFilters, TransactionsQuery};

#![doc = include_str!("../README.md")]

mod call;
mod endpoint;
mod error;
mod excerpt;
mod http;
mod json;
mod pages;
#[cfg(feature = "provider")]
mod provider;
mod rate;
#[cfg(feature = "reqwest")]
mod reqwest_client;
mod retry;
mod session;
mod tap;
mod timer;
mod transport;
mod windows;

pub use crate::call::{Call, Reply};
pub use crate::endpoint::{BaseUrl, EndpointError, RequestUrl};
pub use crate::error::{Error, ErrorKind, asks_to_wait};
pub use crate::excerpt::excerpt;
pub use crate::http::{HttpClient, Limits, SendError, SendFailure};
pub use crate::json::{
    DecimalError, DecodeError, Json, JsonKind, MAX_DEPTH, MaskedPan, Personal, check_depth,
    decimal, decimal_text, decode, decode_row, digest, instant, instant_millis, list, local_date,
    local_datetime, optional_decimal, optional_decimal_text, optional_instant,
    optional_instant_millis, optional_local_date, optional_local_datetime, optional_object,
    parse_decimal,
};
pub use crate::pages::{
    Anomaly, Page, PageFault, PageResult, PageSource, PagedOut, PagesCause, PagesError, ReadAhead,
    pages,
};
pub use crate::rate::RateLimit;
#[cfg(feature = "reqwest")]
pub use crate::reqwest_client::ReqwestClient;
pub use crate::retry::{
    Attempt, Decision, Outcome, Reason, RetryBudget, RetryPolicy, Safety, parse_retry_after,
};
pub use crate::session::{Session, Ticket};
pub use crate::tap::{Exchange, Tap};
pub use crate::timer::{Timer, TokioTimer};
pub use crate::transport::{Authorize, Timeouts, Transport, TransportBuilder};
pub use crate::windows::{Span, split};

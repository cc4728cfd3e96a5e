//! A StreamPay in memory, for lists that behave in every way.

use std::{
    collections::BTreeMap,
    fmt,
    num::NonZeroU32,
    sync::{Arc, Mutex},
};

use async_trait::async_trait;
use bytes::Bytes;
use http::{Request, Response};
use reconcile_transport::{HttpClient, Limits, RetryPolicy, SendError, Transport};
use streampay_sdk::Config;

/// The parameters of a request, by name.
pub(crate) type Parameters = BTreeMap<String, String>;

type Answer = dyn Fn(&str, &Parameters) -> String + Send + Sync;

/// Answers every GET with what a function makes of its path and parameters;
/// where it makes nothing, there is no such page.
pub(crate) struct Fake {
    answer: Box<Answer>,
    asked: Mutex<Vec<String>>,
}

impl Fake {
    pub(crate) fn new(
        answer: impl Fn(&str, &Parameters) -> String + Send + Sync + 'static,
    ) -> Arc<Self> {
        Arc::new(Self {
            answer: Box::new(answer),
            asked: Mutex::default(),
        })
    }

    /// The queries so far, in no certain order.
    pub(crate) fn asked(&self) -> Vec<String> {
        self.asked.lock().unwrap().clone()
    }

    /// The settings for it: so many rows a page.
    pub(crate) fn config(self: &Arc<Self>, page_size: u32) -> Config {
        let transport = Transport::builder()
            .http(Arc::clone(self) as Arc<dyn HttpClient>)
            .retry(RetryPolicy::never())
            .build()
            .unwrap();
        Config::new(
            "https://sandbox-api.streampay.io".parse().unwrap(),
            "key".into(),
        )
        .page_size(NonZeroU32::new(page_size).unwrap())
        .transport(transport)
    }
}

impl fmt::Debug for Fake {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Fake")
    }
}

#[async_trait]
impl HttpClient for Fake {
    async fn send(
        &self,
        request: Request<Bytes>,
        _: &Limits,
    ) -> Result<Response<Bytes>, SendError> {
        let query = request.uri().query().unwrap_or_default();
        let path = request.uri().path();
        let parameters = query
            .split('&')
            .filter_map(|pair| pair.split_once('='))
            .map(|(name, value)| (name.to_owned(), value.to_owned()))
            .collect();
        let path = path.strip_prefix("/v1/clients-sdk/").unwrap();
        self.asked.lock().unwrap().push(format!("{path}?{query}"));
        let body = (self.answer)(path, &parameters);
        // Answers overtake each other now and then.
        tokio::task::yield_now().await;
        let status = if body.is_empty() { 404 } else { 200 };
        Ok(Response::builder()
            .status(status)
            .body(body.into())
            .unwrap())
    }
}

/// What a list says of its pages.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Told {
    Nothing,
    Number,
    Current,
    /// The total and which one it is.
    Position,
    /// The same, with a total that is counted in pages of what was asked for.
    PositionByLimit,
}

/// What is behind the last page.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Behind {
    NoRows,
    LastPage,
    Refusal,
}

/// How a list behaves.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Manner {
    pub(crate) told: Told,
    /// The most rows of a page, whatever is asked for.
    pub(crate) cap: usize,
    /// Whether a page has those in front of it counted by what is asked for, not
    /// by what is sent: with a cap, rows are passed over.
    pub(crate) skips: bool,
    pub(crate) behind: Behind,
}

/// The body of one page of these rows under this key.
pub(crate) fn page(key: &str, rows: &[String], parameters: &Parameters, manner: Manner) -> String {
    let number = |name: &str| parameters[name].parse::<usize>().unwrap();
    let (asked, limit) = (number("page"), number("limit"));
    let size = limit.min(manner.cap);
    let count = rows.len();
    let step = if manner.skips { limit } else { size };
    let pages = count.div_ceil(step).max(1);
    let shown = match manner.behind {
        Behind::Refusal if asked > pages => return String::new(),
        Behind::LastPage => asked.min(pages),
        _ => asked,
    };
    let rows: Vec<_> = rows
        .iter()
        .skip((shown - 1) * step)
        .take(size)
        .map(String::as_str)
        .collect();
    let by_limit = count.div_ceil(limit).max(1);
    let told = match manner.told {
        Told::Nothing => String::new(),
        Told::Number => format!(r#","pages":{asked}"#),
        Told::Current => format!(r#","pages":{{"current":{asked}}}"#),
        Told::Position => format!(r#","pages":{{"total":{pages},"current":{asked}}}"#),
        Told::PositionByLimit => {
            format!(r#","pages":{{"total":{by_limit},"current":{asked}}}"#)
        }
    };
    format!(r#"{{"{key}":[{}]{told}}}"#, rows.join(","))
}

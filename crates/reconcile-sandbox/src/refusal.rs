//! Answers that say what went wrong.

use std::borrow::Cow;
use std::fmt;

use axum::http::{HeaderValue, StatusCode, header};

use crate::answer::Answer;

/// Why there is no answer to what was asked.
#[derive(Debug)]
pub(crate) struct Refusal {
    status: StatusCode,
    form: Form,
    text: Cow<'static, str>,
    retry_after: Option<HeaderValue>,
}

/// Makes the gateway's JSON of a text.
type Writer = Box<dyn FnOnce(&str) -> Vec<u8> + Send>;

/// How a refusal is written.
enum Form {
    Json(Writer),
    /// A page, as the proxy in front of a gateway does.
    Page,
}

impl Refusal {
    /// A refusal in the gateway's own words; `write` makes the body of them.
    pub(crate) fn json(
        status: StatusCode,
        text: impl Into<Cow<'static, str>>,
        write: impl FnOnce(&str) -> Vec<u8> + Send + 'static,
    ) -> Self {
        Self::new(status, text, Form::Json(Box::new(write)))
    }

    /// A page in the place of an answer.
    pub(crate) fn page(status: StatusCode, text: &'static str) -> Self {
        Self::new(status, text, Form::Page)
    }

    fn new(status: StatusCode, text: impl Into<Cow<'static, str>>, form: Form) -> Self {
        Self {
            status,
            form,
            text: text.into(),
            retry_after: None,
        }
    }

    pub(crate) fn retry_after(mut self, when: HeaderValue) -> Self {
        self.retry_after = Some(when);
        self
    }

    /// The refusal as it is sent; its text ends with `note`.
    pub(crate) fn answer(self, note: &str) -> Answer {
        let gap = if note.is_empty() { "" } else { " " };
        let text = [&*self.text, gap, note].concat();
        let mut answer = match self.form {
            Form::Page => Answer::text(self.status, HTML, &page(&text)),
            Form::Json(write) => Answer::json(self.status, write(&text)),
        };
        let retry_after = self.retry_after.map(|when| (header::RETRY_AFTER, when));
        answer.headers.extend(retry_after);
        answer
    }
}

impl fmt::Debug for Form {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(match self {
            Self::Json(_) => "Json",
            Self::Page => "Page",
        })
    }
}

const HTML: &str = "text/html; charset=utf-8";

fn page(text: &str) -> String {
    format!(
        "<!doctype html><html><head><title>Please wait</title></head>\
         <body><h1>{text}</h1></body></html>"
    )
}

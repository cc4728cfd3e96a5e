//! Answers that say what went wrong.

use std::borrow::Cow;

use axum::http::{HeaderValue, StatusCode, header};

use crate::answer::Answer;
use crate::json::{Object, Style};

/// Why there is no answer to what was asked.
#[derive(Debug)]
pub(crate) struct Refusal {
    status: StatusCode,
    form: Form,
    text: Cow<'static, str>,
    retry_after: Option<HeaderValue>,
}

/// How a refusal is written.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Form {
    /// An object of a code, in some APIs a type, and the text under a key.
    Json {
        code: u32,
        kind: Option<&'static str>,
        key: &'static str,
    },
    /// A page, as the proxy in front of a gateway does.
    Page,
}

impl Refusal {
    pub(crate) fn new(status: StatusCode, form: Form, text: impl Into<Cow<'static, str>>) -> Self {
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
            Form::Json { code, kind, key } => {
                let mut body = Vec::new();
                let mut object = Object::open(&mut body, Style::default());
                object.integer("code", code);
                if let Some(kind) = kind {
                    object.text("type", kind);
                }
                object.text(key, &text);
                object.close();
                Answer::json(self.status, body)
            }
        };
        let retry_after = self.retry_after.map(|when| (header::RETRY_AFTER, when));
        answer.headers.extend(retry_after);
        answer
    }
}

const HTML: &str = "text/html; charset=utf-8";

fn page(text: &str) -> String {
    format!(
        "<!doctype html><html><head><title>Please wait</title></head>\
         <body><h1>{text}</h1></body></html>"
    )
}

//! What a refusal says, as far as it may be shown.

use reconcile_transport::excerpt;
use serde_json::{Map, Value};

/// The code and the words of a refusal's body.
///
/// It is read leniently and not as [`Refusal`](crate::models::Refusal): a
/// refusal that has one odd field should still say what it can. No amount is in
/// it, so that a `Value` may hold it.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Words {
    pub(super) code: Option<i64>,
    pub(super) code_text: Option<String>,
    pub(super) message: Option<String>,
    pub(super) solution: Option<String>,
}

impl Words {
    pub(super) fn of(body: &[u8]) -> Self {
        let Ok(Value::Object(body)) = serde_json::from_slice(body) else {
            return Self::default();
        };
        let words = |key| body.get(key).and_then(plain).map(|text| excerpt(&text));
        Self {
            code: body.get("code").and_then(number),
            code_text: body
                .get("code_text")
                .and_then(Value::as_str)
                .filter(|text| is_name(text))
                .map(str::to_owned),
            message: words("error").or_else(|| words("message")),
            solution: words("solution"),
        }
    }
}

fn number(value: &Value) -> Option<i64> {
    value.as_i64().or_else(|| value.as_str()?.parse().ok())
}

/// Whether it is a name such as `TERMINAL_RECONCILING`, which holds nobody's data.
fn is_name(text: &str) -> bool {
    (1..=64).contains(&text.len()) && text.bytes().all(|b| b.is_ascii_uppercase() || b == b'_')
}

/// A text, a list of texts, texts by field, or a text in two languages.
fn plain(value: &Value) -> Option<String> {
    let text = match value {
        Value::String(text) => text.clone(),
        Value::Array(parts) => parts
            .iter()
            .filter_map(plain)
            .collect::<Vec<_>>()
            .join("; "),
        Value::Object(fields) => match fields.get("english").and_then(Value::as_str) {
            Some(english) => english.to_owned(),
            None => by_field(fields),
        },
        Value::Null | Value::Bool(_) | Value::Number(_) => return None,
    };
    (!text.trim().is_empty()).then_some(text)
}

fn by_field(fields: &Map<String, Value>) -> String {
    let parts = fields
        .iter()
        .filter_map(|(field, value)| Some(format!("{field}: {}", plain(value)?)));
    parts.collect::<Vec<_>>().join("; ")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn message(body: &str) -> Option<String> {
        Words::of(body.as_bytes()).message
    }

    #[test]
    fn both_shapes_of_the_platform_are_read() {
        let invalid =
            r#"{"statusCode":400,"message":{"mobile":["must be a number"],"email":["is taken"]}}"#;
        assert_eq!(
            message(invalid).as_deref(),
            Some("email: is taken; mobile: must be a number")
        );
        let rich = r#"{"code_text":"TERMINAL_RECONCILING","code":5010,"statusCode":0,"error":{"arabic":"م","english":"The terminal is reconciling"},"solution":{"arabic":"ح","english":"Try again"}}"#;
        let words = Words::of(rich.as_bytes());
        assert_eq!(
            words,
            Words {
                code: Some(5010),
                code_text: Some("TERMINAL_RECONCILING".into()),
                message: Some("The terminal is reconciling".into()),
                solution: Some("Try again".into()),
            }
        );
    }

    #[test]
    fn an_odd_body_says_what_it_can() {
        assert_eq!(message(r#"{"message":"no"}"#).as_deref(), Some("no"));
        assert_eq!(message(r#"{"message":["a","b"]}"#).as_deref(), Some("a; b"));
        let words = Words::of(br#"{"code":"7","code_text":3,"message":{},"error":null}"#);
        assert_eq!((words.code, words.code_text), (Some(7), None));
        assert_eq!(words.message, None);
        for body in ["", "<html>", "[]", "7", r#"{"message":5}"#] {
            assert_eq!(Words::of(body.as_bytes()), Words::default(), "{body}");
        }
    }

    #[test]
    fn words_are_told_without_what_is_somebodys() {
        let said = r#"{"message":"user jane@example.com unknown","solution":"call +966500000001"}"#;
        let words = Words::of(said.as_bytes());
        assert_eq!(words.message.as_deref(), Some("user […] unknown"));
        assert_eq!(words.solution.as_deref(), Some("call […]"));
    }
}

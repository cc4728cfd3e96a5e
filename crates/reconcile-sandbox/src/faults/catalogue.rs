//! The list of faults: name, values and meaning of each, in one place.

/// A fault or switch, without its value.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
#[allow(
    missing_docs,
    reason = "`spec` has one line for each, which `--help` shows too"
)]
pub enum FaultKind {
    TokenExpiry,
    RateLimit,
    RateLimitRetryAfter,
    ServerError,
    Unavailable,
    CutConnection,
    ShortBody,
    SlowBody,
    HtmlBody,
    RepeatPage,
    WrongPage,
    RowsMismatch,
    OversizeBody,
    DeepJson,
    InsertWhilePaging,
    UnknownFields,
    UnknownValues,
    NullOptionals,
    Integers,
    OddAmounts,
    BadRecord,
    BrokenRollForward,
    MissingDay,
    RepeatedDay,
    UnexplainedStep,
    IpNotAllowed,
    ExpiredStatus,
    WrongPasswordStatus,
    WindowStatus,
    BeyondEnd,
    MaxRows,
    Order,
    ExclusiveTo,
    CashoutAlias,
    ClientDocument,
    LogoutStatus,
    BalanceShape,
    ShuffleKeys,
    Latency,
}

impl FaultKind {
    /// Every fault and switch, transient faults first.
    pub const ALL: &'static [Self] = &[
        Self::TokenExpiry,
        Self::RateLimit,
        Self::RateLimitRetryAfter,
        Self::ServerError,
        Self::Unavailable,
        Self::CutConnection,
        Self::ShortBody,
        Self::SlowBody,
        Self::HtmlBody,
        Self::RepeatPage,
        Self::WrongPage,
        Self::RowsMismatch,
        Self::OversizeBody,
        Self::DeepJson,
        Self::InsertWhilePaging,
        Self::UnknownFields,
        Self::UnknownValues,
        Self::NullOptionals,
        Self::Integers,
        Self::OddAmounts,
        Self::BadRecord,
        Self::BrokenRollForward,
        Self::MissingDay,
        Self::RepeatedDay,
        Self::UnexplainedStep,
        Self::IpNotAllowed,
        Self::ExpiredStatus,
        Self::WrongPasswordStatus,
        Self::WindowStatus,
        Self::BeyondEnd,
        Self::MaxRows,
        Self::Order,
        Self::ExclusiveTo,
        Self::CashoutAlias,
        Self::ClientDocument,
        Self::LogoutStatus,
        Self::BalanceShape,
        Self::ShuffleKeys,
        Self::Latency,
    ];

    pub(super) const fn spec(self) -> Spec {
        match self {
            Self::TokenExpiry => number(
                "token-expiry",
                TOKEN_EXPIRY,
                "the token dies at every N-th authorised request",
            ),
            Self::RateLimit => transient("rate-limit", "429 without `Retry-After`"),
            Self::RateLimitRetryAfter => transient(
                "rate-limit-retry-after",
                "429 with `Retry-After` in seconds (0 or 1) or as a date",
            ),
            Self::ServerError => transient("server-error", "500 with the gateway's JSON error"),
            Self::Unavailable => transient("unavailable", "503, as JSON or as a proxy's HTML page"),
            Self::CutConnection => transient(
                "cut-connection",
                "the socket closes before the headers or within the body",
            ),
            Self::ShortBody => transient(
                "short-body",
                "a body that ends with the connection ends too early",
            ),
            Self::SlowBody => sized(
                "slow-body",
                SLOW_BODY,
                "the body dribbles in eight parts, a pause before each",
            ),
            Self::HtmlBody => transient("html-body", "200 with an HTML page"),
            Self::RepeatPage => transient(
                "repeat-page",
                "a page has the rows of the page before, under the number asked for",
            ),
            Self::WrongPage => transient(
                "wrong-page",
                "a page states another number than the one asked for",
            ),
            Self::RowsMismatch => {
                transient("rows-mismatch", "a page states one row more than it has")
            }
            Self::OversizeBody => sized(
                "oversize-body",
                OVERSIZE_BODY,
                "a body padded with that many mebibytes of blanks",
            ),
            Self::DeepJson => transient("deep-json", "a field nested 100,000 arrays deep"),
            Self::InsertWhilePaging => flag(
                "insert-while-paging",
                "1 row in 20 of a window shows up only between its first requests",
            ),
            Self::UnknownFields => flag(
                "unknown-fields",
                "rows and envelopes have fields that no document knows",
            ),
            Self::UnknownValues => flag(
                "unknown-values",
                "1 row in 10 has a status and a method that no document knows",
            ),
            Self::NullOptionals => flag("null-optionals", "optional fields are null"),
            Self::Integers => flag("integers", "whole amounts are written `10`, not `10.0`"),
            Self::OddAmounts => flag(
                "odd-amounts",
                "the first five deposits have amounts that floats cannot hold",
            ),
            Self::BadRecord => flag(
                "bad-record",
                "the amount of the 8th deposit is an object, of the 8th cashout a text",
            ),
            Self::BrokenRollForward => flag(
                "broken-roll-forward",
                "one day of the balance report states a wrong balance",
            ),
            Self::MissingDay => flag("missing-day", "the balance report leaves out one day"),
            Self::RepeatedDay => flag("repeated-day", "the balance report has one day twice"),
            Self::UnexplainedStep => flag(
                "unexplained-step",
                "from one day on the balance is higher, without a movement",
            ),
            Self::IpNotAllowed => flag("ip-not-allowed", "logging in answers 403 with code 83"),
            Self::ExpiredStatus => number(
                "expired-status",
                REFUSAL,
                "the status for a missing or expired token",
            ),
            Self::WrongPasswordStatus => number(
                "wrong-password-status",
                REFUSAL,
                "the status for wrong credentials",
            ),
            Self::WindowStatus => number(
                "window-status",
                WINDOW,
                "the status for a window over 60 days or upside down; 200 answers no rows",
            ),
            Self::BeyondEnd => choice(
                "beyond-end",
                "empty|not-found|last-page",
                "what a page beyond the last one answers",
            ),
            Self::MaxRows => number("max-rows", MAX_ROWS, "the page size"),
            Self::Order => choice("order", "newest|oldest", "which rows come first"),
            Self::ExclusiveTo => flag(
                "exclusive-to",
                "rows created at the second of `to` are left out",
            ),
            Self::CashoutAlias => flag(
                "cashout-alias",
                "`/v1/cashout` answers as `/v1/cashouts` does",
            ),
            Self::ClientDocument => flag(
                "client-document",
                "the filter `clienteDocument` is honoured too",
            ),
            Self::LogoutStatus => number(
                "logout-status",
                LOGOUT,
                "the status for logging out; 200 has a text body",
            ),
            Self::BalanceShape => choice(
                "balance-shape",
                "object|array|number",
                "the undocumented body of `/v1/balance`",
            ),
            Self::ShuffleKeys => flag(
                "shuffle-keys",
                "the keys of rows and envelopes come in another order",
            ),
            Self::Latency => number("latency", LATENCY, "every request takes that much longer"),
        }
    }
}

/// What is known of a fault.
#[derive(Debug, Clone, Copy)]
pub(super) struct Spec {
    pub(super) name: &'static str,
    pub(super) values: Values,
    pub(super) about: &'static str,
    pub(super) transient: bool,
}

/// What a fault takes behind `=`.
#[derive(Debug, Clone, Copy)]
pub(super) enum Values {
    Flag,
    /// Nothing, or `always`.
    Often,
    Number(Number),
    /// One of these words, joined by `|`, of which the first is the default.
    Choice(&'static str),
}

#[derive(Debug, Clone, Copy)]
pub(super) struct Number {
    hint: &'static str,
    least: u64,
    most: u64,
    /// What the bare name stands for.
    named: u64,
    /// What holds when the fault is off.
    absent: u64,
}

impl Values {
    pub(super) const fn hint(self) -> Option<&'static str> {
        match self {
            Self::Flag => None,
            Self::Often => Some("always"),
            Self::Number(number) => Some(number.hint),
            Self::Choice(words) => Some(words),
        }
    }

    pub(super) const fn when_named(self) -> u64 {
        match self {
            Self::Number(number) => number.named,
            _ => 0,
        }
    }

    pub(super) const fn when_absent(self) -> u64 {
        match self {
            Self::Number(number) => number.absent,
            _ => 0,
        }
    }

    pub(super) fn parse(self, text: &str) -> Option<u64> {
        match self {
            Self::Flag => None,
            Self::Often => (text == "always").then_some(super::ALWAYS),
            Self::Number(number) => text
                .parse()
                .ok()
                .filter(|value| (number.least..=number.most).contains(value)),
            Self::Choice(words) => {
                let index = words.split('|').position(|word| word == text)?;
                u64::try_from(index).ok()
            }
        }
    }
}

const TOKEN_EXPIRY: Number = Number {
    hint: "REQUESTS",
    least: 2,
    most: 1_000_000,
    named: 10,
    absent: 0,
};
const SLOW_BODY: Number = Number {
    hint: "MILLISECONDS",
    least: 1,
    most: 60_000,
    named: 50,
    absent: 0,
};
const OVERSIZE_BODY: Number = Number {
    hint: "MEBIBYTES",
    least: 1,
    most: 1024,
    named: 64,
    absent: 0,
};
const REFUSAL: Number = Number {
    hint: "STATUS",
    least: 400,
    most: 499,
    named: 401,
    absent: 401,
};
const WINDOW: Number = Number {
    hint: "STATUS",
    least: 200,
    most: 499,
    named: 400,
    absent: 400,
};
const MAX_ROWS: Number = Number {
    hint: "ROWS",
    least: 1,
    most: 10_000,
    named: 50,
    absent: 50,
};
const LOGOUT: Number = Number {
    hint: "STATUS",
    least: 200,
    most: 299,
    named: 204,
    absent: 204,
};
const LATENCY: Number = Number {
    hint: "MILLISECONDS",
    least: 1,
    most: 60_000,
    named: 50,
    absent: 0,
};

const fn flag(name: &'static str, about: &'static str) -> Spec {
    Spec {
        name,
        values: Values::Flag,
        about,
        transient: false,
    }
}

const fn transient(name: &'static str, about: &'static str) -> Spec {
    Spec {
        name,
        values: Values::Often,
        about,
        transient: true,
    }
}

const fn sized(name: &'static str, number: Number, about: &'static str) -> Spec {
    Spec {
        name,
        values: Values::Number(number),
        about,
        transient: true,
    }
}

const fn number(name: &'static str, number: Number, about: &'static str) -> Spec {
    Spec {
        name,
        values: Values::Number(number),
        about,
        transient: false,
    }
}

const fn choice(name: &'static str, words: &'static str, about: &'static str) -> Spec {
    Spec {
        name,
        values: Values::Choice(words),
        about,
        transient: false,
    }
}

//! The list of faults: name, values and meaning of each, in one place.

/// Makes the enum, its list and its look-up of one table.
macro_rules! catalogue {
    ($($section:ident { $($kind:ident, $name:literal, $values:expr, $about:literal;)* })*) => {
        /// A fault or switch, without its value.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        #[non_exhaustive]
        pub enum FaultKind {
            $($(
                #[doc = concat!("`", $name, "`: ", $about, ".")]
                $kind,
            )*)*
        }

        impl FaultKind {
            /// Every fault and switch, transient faults first.
            pub const ALL: &'static [Self] = &[$($(Self::$kind),*),*];

            pub(super) const fn spec(self) -> Spec {
                match self {
                    $($(Self::$kind => Spec {
                        name: $name,
                        values: $values,
                        about: $about,
                        section: Section::$section,
                    },)*)*
                }
            }
        }
    };
}

catalogue! {
    Transient {
        RateLimit, "rate-limit", Values::Often, "429 without `Retry-After`";
        RateLimitRetryAfter, "rate-limit-retry-after", Values::Often, "429 with `Retry-After`, in seconds (0 or 1) or as a date";
        ServerError, "server-error", Values::Often, "500 with the gateway's JSON error";
        Unavailable, "unavailable", Values::Often, "503, as JSON or as a proxy's HTML page";
        CutConnection, "cut-connection", Values::Often, "the socket closes before the headers or within the body";
        ShortBody, "short-body", Values::Often, "a body that ends with the connection ends too early";
        SlowBody, "slow-body", SLOW_BODY, "the body dribbles in eight parts, with a pause before each";
        HtmlBody, "html-body", Values::Often, "200 with an HTML page";
        RepeatPage, "repeat-page", Values::Often, "a page has the rows of the page before, under the number asked for";
        WrongPage, "wrong-page", Values::Often, "a page states another number than the one asked for";
        RowsMismatch, "rows-mismatch", Values::Often, "a page states one row more than it has";
        OversizeBody, "oversize-body", OVERSIZE_BODY, "the body is padded with that many mebibytes of blanks";
        DeepJson, "deep-json", Values::Often, "the envelope has a field that is 100,000 arrays deep";
    }
    Lasting {
        TokenExpiry, "token-expiry", TOKEN_EXPIRY, "the token dies at every N-th authorised request";
        InsertWhilePaging, "insert-while-paging", Values::Flag, "1 row in 20 of a window shows up only between its first requests";
        UnknownFields, "unknown-fields", Values::Flag, "rows and envelopes have a field that no document knows";
        UnknownValues, "unknown-values", Values::Flag, "1 row in 10 has a status and a method that no document knows";
        NullOptionals, "null-optionals", Values::Flag, "optional fields are null";
        Integers, "integers", Values::Flag, "whole amounts are written `10`, not `10.0`";
        OddAmounts, "odd-amounts", Values::Flag, "the first five payments have amounts that floats cannot hold";
        BadRecord, "bad-record", Values::Flag, "the amount of the 8th payment is an object, of TuPay's 8th cashout a text";
        BrokenRollForward, "broken-roll-forward", Values::Flag, "one day of the balance report states a wrong balance";
        MissingDay, "missing-day", Values::Flag, "the balance report leaves out one day; Paywall has no end of one";
        RepeatedDay, "repeated-day", Values::Flag, "the balance report has one day twice, each list of Paywall and StreamPay one reconciliation, alike";
        UnexplainedStep, "unexplained-step", Values::Flag, "from one day on the balance is higher, without a movement";
        OmittedDeposit, "omitted-deposit", Values::Flag, "one deposit is in no total of TuPay's balance report";
        ReportDay, "report-day", Values::Choice("created|changed"), "the day on which TuPay's balance report counts what is paid: of its creation, or of its last change";
        ReportZone, "report-zone", Values::Choice("utc|lima"), "the zone of the days of TuPay's balance report";
        ReportCounts, "report-counts", Values::Choice("credited|completed|all"), "which deposits TuPay's balance report counts: approved and completed, only completed, or all";
        ReportDeposits, "report-deposits", Values::Choice("gross|net"), "whether the fees are in the deposits of TuPay's balance report";
        ReportCashouts, "report-cashouts", Values::Choice("with-fee|without-fee"), "whether the fees are in the cashouts of TuPay's balance report";
        IpNotAllowed, "ip-not-allowed", Values::Flag, "logging in to TuPay answers 403 with code 83; Paywall refuses with 513, StreamPay with 403";
        StruckLogin, "struck-login", Values::Flag, "the transient faults that refuse a list refuse logging in, too";
        StruckWrites, "struck-writes", Values::Flag, "the transient faults strike what acts, too, after it acted but for 429";
        ExpiredStatus, "expired-status", REFUSAL, "the status for a missing or expired token";
        WrongPasswordStatus, "wrong-password-status", REFUSAL, "the status for wrong credentials";
        WindowStatus, "window-status", WINDOW, "the status for a window over 60 days or upside down; 200 lists nothing";
        BeyondEnd, "beyond-end", Values::Choice("empty|not-found|last-page"), "what a page beyond the last one answers";
        MaxRows, "max-rows", MAX_ROWS, "the page size; where clients choose it, the most that they get";
        Order, "order", Values::Choice("newest|oldest"), "which rows come first; oldest unless turned at Paywall and StreamPay";
        ExclusiveTo, "exclusive-to", Values::Flag, "rows created at the second of `to` are left out, at Paywall those of `dateto`";
        CashoutAlias, "cashout-alias", Values::Flag, "`/v1/cashout` answers as `/v1/cashouts` does";
        ClientDocument, "client-document", Values::Flag, "the filter `clienteDocument` is honoured, too";
        LogoutStatus, "logout-status", LOGOUT, "the status for logging out; any but 204 has a text body";
        BalanceShape, "balance-shape", Values::Choice("object|array|number"), "the undocumented body of `/v1/balance`";
        MissingHeader, "missing-header", Values::Choice("envelope|unauthorized"), "Paywall refuses a missing header with code 4, or with HTTP 401";
        QueryParameters, "query-parameters", Values::Flag, "Paywall takes parameters from the query, too";
        RefusalStatus, "refusal-status", PAYWALL_STATUS, "the HTTP status of Paywall's refusals, 200 unless turned";
        WrongKeyStatus, "wrong-key-status", PAYWALL_KEY_STATUS, "the HTTP status of Paywall for wrong keys, 200 unless turned";
        NotOpenCode, "not-open-code", code(269), "Paywall's code for a day that cannot be reconciled or listed yet";
        EndOfDayCode, "end-of-day-code", code(65), "Paywall's code for a day that has no end yet, or none to reconcile";
        AlreadyCode, "already-code", code(392), "Paywall's code for a day that is reconciled already";
        NoRecordCode, "no-record-code", code(3), "Paywall's code where there is nothing";
        NotFoundCode, "not-found-code", code(56), "Paywall's code for a payment that it does not know";
        RangeLimit, "range-limit", RANGE, "from how many days on Paywall's list of reconciliations refuses, 31 unless turned";
        LengthIsEnd, "length-is-end", Values::Flag, "the `length` of Paywall's list of reconciliations is where it ends";
        RangeOf, "range-of", Values::Choice("day|stored"), "which date Paywall's list of reconciliations is asked by: the day that is reconciled, or when that was stored";
        ReconcileAgain, "reconcile-again", Values::Choice("update|insert"), "what Paywall keeps when a day is sent again that differed";
        TotalCounts, "total-counts", Values::Choice("all|decided|parts"), "what Paywall's total counts: all, what succeeded or failed, or the sum of the parts";
        DayOf, "day-of", Values::Choice("step|transaction"), "the day on which Paywall counts refunds and cancellations";
        SuccessfulIs, "successful-is", Values::Choice("gross|net"), "whether what was taken back since is successful at Paywall";
        Listed, "listed", Values::Choice("all|completed"), "which transactions Paywall lists";
        StepTypes, "step-types", STEP_TYPES, "Paywall's type of cancellations; refunds and partial refunds have the next two";
        PaywallZone, "paywall-zone", Values::Choice("istanbul|utc"), "the zone of Paywall's days and times";
        Intraday, "intraday", Values::Flag, "Paywall has its intraday lists, at a path that is assumed";
        UnmaskedCard, "unmasked-card", Values::Flag, "Paywall and StreamPay show whole card numbers";
        Unreconciled, "unreconciled", UNRECONCILED, "how many of the last days nobody reconciled with Paywall";
        EndOfDayOff, "end-of-day-off", Values::Choice("amount|count"), "one end of day of Paywall has 0.01 or 1 too many that succeeded";
        VerdictMissing, "verdict-missing", Values::Flag, "one day was never reconciled with Paywall";
        VerdictLate, "verdict-late", Values::Flag, "one day was reconciled with Paywall 43 days late";
        VerdictFalse, "verdict-false", Values::Flag, "one day differed at Paywall and was not sent again";
        EndOfDayStale, "end-of-day-stale", Values::Flag, "Paywall answers about one end of day with the one before";
        ListDisagrees, "list-disagrees", Values::Choice("verdict|twice|alone|later"), "what Paywall lists of one day, and the day itself does not tell: another verdict, a second one, one at all, one 3 days later";
        RefusalShape, "refusal-shape", Values::Choice("mixed|plain|rich"), "how StreamPay refuses: wrong fields plainly and all else with a code, or all in one way";
        PagesShape, "pages-shape", Values::Choice("documented|absent|current|number|both"), "what StreamPay's lists say of their pages";
        PagesNumber, "pages-number", Values::Choice("count|current"), "what StreamPay's pages are where they are a number";
        CapCounts, "cap-counts", Values::Choice("sent|total|places"), "which of StreamPay's pages are counted by what is asked for where fewer rows are sent: none, the total, or those in front, too, whose rows are passed over";
        FilterBy, "filter-by", Values::Choice("start|created"), "what StreamPay compares with `from` and `to`: when it was, or when it was stored";
        StoredLate, "stored-late", HOURS, "how much later 1 in 20 of StreamPay's transactions was stored";
        TidIs, "tid-is", Values::Choice("text|number"), "whether the zeros in front count where StreamPay is asked for a `tid`";
        IgnoresTerminal, "ignores-terminal", Values::Flag, "StreamPay lists the reconciliations of all terminals, whichever is asked for";
        ReversalType, "reversal-type", Values::Choice("plain|named"), "the `type` of StreamPay's reversals: the same for all, or with what was reversed";
        ReversalsCount, "reversals-count", Values::Choice("both|neither"), "whether StreamPay's batches count what was reversed, and the reversal";
        StreamPayZone, "streampay-zone", Values::Choice("riyadh|utc"), "the zone of StreamPay's dates and times";
        UnbalancedBatch, "unbalanced-batch", Values::Choice("amount|count"), "the host has 0.01 or 1 more in one batch of StreamPay";
        WrongVerdict, "wrong-verdict", Values::Choice("unbalanced|balanced"), "StreamPay says of one batch what it is not";
        UnbatchedReceipt, "unbatched-receipt", Values::Flag, "one receipt of StreamPay is in no batch";
        TwiceBatched, "twice-batched", Values::Flag, "one receipt of StreamPay is in the next batch, too";
        BatchHole, "batch-hole", Values::Flag, "one reconciliation of StreamPay is not there";
        StanGap, "stan-gap", Values::Flag, "one terminal of StreamPay passes over a trace number";
        ShuffleKeys, "shuffle-keys", Values::Flag, "the keys of rows and envelopes come in another order";
        Latency, "latency", LATENCY, "every request takes that much longer";
    }
}

/// What is known of a fault.
#[derive(Debug, Clone, Copy)]
pub(super) struct Spec {
    pub(super) name: &'static str,
    pub(super) values: Values,
    pub(super) about: &'static str,
    pub(super) section: Section,
}

/// Whether a fault strikes some of the requests or all of them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Section {
    Transient,
    Lasting,
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
    default: Default,
}

#[derive(Debug, Clone, Copy)]
struct Default {
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
            Self::Number(number) => number.default.named,
            _ => 0,
        }
    }

    pub(super) const fn when_absent(self) -> u64 {
        match self {
            Self::Number(number) => number.default.absent,
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

const TOKEN_EXPIRY: Values = number(
    "REQUESTS",
    2,
    1_000_000,
    Default {
        named: 10,
        absent: 0,
    },
);
const SLOW_BODY: Values = number(
    "MILLISECONDS",
    1,
    60_000,
    Default {
        named: 50,
        absent: 0,
    },
);
const OVERSIZE_BODY: Values = number(
    "MEBIBYTES",
    1,
    1_024,
    Default {
        named: 64,
        absent: 0,
    },
);
const REFUSAL: Values = number(
    "STATUS",
    400,
    499,
    Default {
        named: 401,
        absent: 401,
    },
);
const WINDOW: Values = number(
    "STATUS",
    200,
    499,
    Default {
        named: 400,
        absent: 400,
    },
);
const MAX_ROWS: Values = number(
    "ROWS",
    1,
    10_000,
    Default {
        named: 50,
        absent: 50,
    },
);
const LOGOUT: Values = number(
    "STATUS",
    200,
    299,
    Default {
        named: 204,
        absent: 204,
    },
);
const LATENCY: Values = number(
    "MILLISECONDS",
    1,
    60_000,
    Default {
        named: 50,
        absent: 0,
    },
);

const PAYWALL_STATUS: Values = number(
    "STATUS",
    200,
    499,
    Default {
        named: 400,
        absent: 200,
    },
);
const PAYWALL_KEY_STATUS: Values = number(
    "STATUS",
    200,
    499,
    Default {
        named: 401,
        absent: 200,
    },
);
const RANGE: Values = number(
    "DAYS",
    1,
    100_000,
    Default {
        named: 31,
        absent: 31,
    },
);
const STEP_TYPES: Values = number(
    "FIRST",
    2,
    1_000,
    Default {
        named: 2,
        absent: 2,
    },
);
const UNRECONCILED: Values = number(
    "DAYS",
    1,
    100_000,
    Default {
        named: 1,
        absent: 0,
    },
);

const HOURS: Values = number(
    "HOURS",
    1,
    10_000,
    Default {
        named: 20,
        absent: 0,
    },
);

/// An error code of Paywall, and what it is unless turned.
const fn code(assumed: u64) -> Values {
    number(
        "CODE",
        1,
        999,
        Default {
            named: assumed,
            absent: assumed,
        },
    )
}

const fn number(hint: &'static str, least: u64, most: u64, default: Default) -> Values {
    Values::Number(Number {
        hint,
        least,
        most,
        default,
    })
}

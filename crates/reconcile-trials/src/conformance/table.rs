//! Every fault of the simulator, and what becomes of a pull under it.

use reconcile_core::ErrorKind::{self, Decode, Forbidden, Paging, RateLimited, Unavailable};
use reconcile_sandbox::FaultKind as Fault;

use End::{Fails, IsUnproven};
use Then::{Apart, Conforms, Records, Statements};

/// What becomes of a pull.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Then {
    /// It is as it would be without the fault: the kit passes whole.
    Conforms,
    /// The pull of the records ends like this.
    Records(End),
    /// The pull of the statements ends like this.
    Statements(End),
    /// No pull meets it: a trial of the gateway's own makes the calls that do.
    Apart,
}

/// How a pull ends that the fault spoils.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum End {
    /// With an error of this kind.
    Fails(ErrorKind),
    /// Without an error, and with a verdict that it proves nothing.
    IsUnproven,
}

/// What is turned on together, at all gateways unless one is named, and what
/// then becomes of a pull.
type Trial = (&'static str, Then);

/// Several at once take no more time than one, where they do not meet. What is
/// planted in a gateway's own figures is for the proofs to find: a pull delivers
/// the figures as they are.
const TUPAY_PLANTED: Trial = (
    "tupay/broken-roll-forward tupay/missing-day tupay/repeated-day tupay/unexplained-step \
     tupay/omitted-deposit",
    Conforms,
);
/// How the days of the balance report may be counted: the pull takes the totals
/// as they are told, the proofs find out how they came about.
const TUPAY_REPORT: Trial = (
    "tupay/report-day=changed tupay/report-zone=lima tupay/report-counts=all \
     tupay/report-deposits=net tupay/report-cashouts=without-fee",
    Conforms,
);
const PAYWALL_PLANTED: Trial = (
    "paywall/end-of-day-off=amount paywall/unreconciled=1 paywall/verdict-missing \
     paywall/verdict-late paywall/verdict-false",
    Conforms,
);
const PAYWALL_CODES: Trial = (
    "paywall/not-open-code=65 paywall/end-of-day-code=269 paywall/no-record-code=3 \
     paywall/refusal-status=400 paywall/query-parameters beyond-end=not-found",
    Conforms,
);
const PAYWALL_TOTALS: Trial = (
    "paywall/total-counts=parts paywall/day-of=transaction paywall/successful-is=net",
    Conforms,
);
const STREAMPAY_PLANTED: Trial = (
    "streampay/unbalanced-batch=amount streampay/wrong-verdict=unbalanced \
     streampay/unbatched-receipt streampay/stan-gap streampay/twice-batched \
     streampay/batch-hole",
    Conforms,
);
const STREAMPAY_BATCHES: Trial = (
    "streampay/unbalanced-batch=count streampay/wrong-verdict=balanced \
     streampay/reversals-count=neither streampay/reversal-type=named",
    Conforms,
);
const SLOW: Trial = ("slow-body=1 latency=1", Conforms);
const NEW: Trial = (
    "unknown-fields unknown-values shuffle-keys unmasked-card",
    Conforms,
);

/// Late rows show within six visits, so each list has more pages than that.
const LATE: Trial = ("insert-while-paging max-rows=3", Conforms);

/// The trials of each fault and switch.
pub(super) const TABLE: &[(Fault, &[Trial])] = &[
    (
        Fault::RateLimit,
        &[
            ("rate-limit", Conforms),
            ("rate-limit=always", Records(Fails(RateLimited))),
        ],
    ),
    (
        Fault::RateLimitRetryAfter,
        &[
            ("rate-limit-retry-after", Conforms),
            ("rate-limit-retry-after=always", Records(Fails(RateLimited))),
        ],
    ),
    (
        Fault::ServerError,
        &[
            ("server-error", Conforms),
            ("server-error=always", Records(Fails(Unavailable))),
        ],
    ),
    (
        Fault::Unavailable,
        &[
            ("unavailable", Conforms),
            ("unavailable=always", Records(Fails(Unavailable))),
        ],
    ),
    (
        Fault::CutConnection,
        &[
            ("cut-connection", Conforms),
            ("cut-connection=always", Records(Fails(Unavailable))),
        ],
    ),
    (
        Fault::ShortBody,
        &[
            ("short-body", Conforms),
            ("short-body=always", Records(Fails(Unavailable))),
        ],
    ),
    // A body that takes longer than a call may is the transport's own test.
    (Fault::SlowBody, &[SLOW]),
    (
        Fault::HtmlBody,
        &[
            ("html-body", Conforms),
            ("html-body=always", Records(Fails(Unavailable))),
        ],
    ),
    (
        Fault::RepeatPage,
        &[
            ("repeat-page", Conforms),
            ("repeat-page=always", Records(Fails(Paging))),
        ],
    ),
    (
        Fault::WrongPage,
        &[
            ("tupay/wrong-page", Conforms),
            ("tupay/wrong-page=always", Records(Fails(Paging))),
            ("paywall/wrong-page", Conforms),
            ("paywall/wrong-page=always", Records(Fails(Paging))),
            ("streampay/wrong-page pages-shape=current", Conforms),
            (
                "streampay/wrong-page=always pages-shape=current",
                Records(Fails(Paging)),
            ),
        ],
    ),
    (
        Fault::RowsMismatch,
        &[
            ("tupay/rows-mismatch", Conforms),
            ("tupay/rows-mismatch=always", Records(IsUnproven)),
            ("paywall/rows-mismatch", Conforms),
            ("paywall/rows-mismatch=always", Records(IsUnproven)),
        ],
    ),
    // A body over the cap is refused at once: it would come again.
    (
        Fault::OversizeBody,
        &[("oversize-body=9", Records(Fails(Decode)))],
    ),
    (
        Fault::DeepJson,
        &[
            ("deep-json", Records(Fails(Decode))),
            ("deep-json=always", Records(Fails(Decode))),
        ],
    ),
    (Fault::TokenExpiry, &[("tupay/token-expiry=9", Conforms)]),
    (Fault::InsertWhilePaging, &[LATE]),
    (Fault::UnknownFields, &[NEW]),
    (Fault::UnknownValues, &[NEW]),
    (Fault::NullOptionals, &[("null-optionals", Conforms)]),
    (Fault::Integers, &[("integers", Conforms)]),
    // StreamPay's amounts are texts, in which an exponent has no place.
    (
        Fault::OddAmounts,
        &[
            ("tupay/odd-amounts", Conforms),
            ("paywall/odd-amounts", Conforms),
            ("streampay/odd-amounts", Records(Fails(Decode))),
        ],
    ),
    (Fault::BadRecord, &[("bad-record", Records(Fails(Decode)))]),
    (Fault::BrokenRollForward, &[TUPAY_PLANTED]),
    (
        Fault::MissingDay,
        &[TUPAY_PLANTED, ("paywall/missing-day", Conforms)],
    ),
    (
        Fault::RepeatedDay,
        &[
            TUPAY_PLANTED,
            ("paywall/repeated-day", Conforms),
            ("streampay/repeated-day", Statements(IsUnproven)),
        ],
    ),
    (Fault::UnexplainedStep, &[TUPAY_PLANTED]),
    (Fault::OmittedDeposit, &[TUPAY_PLANTED]),
    (Fault::ReportDay, &[TUPAY_REPORT]),
    (Fault::ReportZone, &[TUPAY_REPORT]),
    (Fault::ReportCounts, &[TUPAY_REPORT]),
    (Fault::ReportDeposits, &[TUPAY_REPORT]),
    (Fault::ReportCashouts, &[TUPAY_REPORT]),
    (
        Fault::IpNotAllowed,
        &[("ip-not-allowed", Records(Fails(Forbidden)))],
    ),
    (
        Fault::StruckLogin,
        &[
            (
                "tupay/struck-login rate-limit unavailable html-body",
                Conforms,
            ),
            (
                "tupay/struck-login unavailable=always",
                Records(Fails(Unavailable)),
            ),
        ],
    ),
    (
        Fault::StruckWrites,
        &[
            ("paywall/struck-writes server-error unreconciled=1", Apart),
            ("streampay/struck-writes server-error", Apart),
        ],
    ),
    (
        Fault::ExpiredStatus,
        &[("tupay/expired-status=403 token-expiry=9", Conforms)],
    ),
    (
        Fault::WrongPasswordStatus,
        &[
            ("tupay/wrong-password-status=400", Apart),
            ("tupay/wrong-password-status=403", Apart),
            ("streampay/wrong-password-status=403", Apart),
        ],
    ),
    // Where such a window lists nothing, who asks for one loses rows unseen.
    (
        Fault::WindowStatus,
        &[
            ("tupay/window-status=200", Conforms),
            ("tupay/window-status=422", Conforms),
        ],
    ),
    (
        Fault::BeyondEnd,
        &[
            ("beyond-end=not-found", Conforms),
            ("beyond-end=last-page", Conforms),
        ],
    ),
    (Fault::MaxRows, &[LATE]),
    (
        Fault::Order,
        &[
            ("tupay/order=oldest", Conforms),
            ("paywall/order=newest", Conforms),
            ("streampay/order=newest", Conforms),
        ],
    ),
    (Fault::ExclusiveTo, &[("exclusive-to", Conforms)]),
    (Fault::CashoutAlias, &[("tupay/cashout-alias", Conforms)]),
    (Fault::ClientDocument, &[("tupay/client-document", Apart)]),
    (Fault::LogoutStatus, &[("tupay/logout-status=200", Apart)]),
    (
        Fault::BalanceShape,
        &[
            ("tupay/balance-shape=array", Apart),
            ("tupay/balance-shape=number", Apart),
        ],
    ),
    (
        Fault::MissingHeader,
        &[
            ("paywall/missing-header=envelope", Apart),
            ("paywall/missing-header=unauthorized", Apart),
        ],
    ),
    (Fault::QueryParameters, &[PAYWALL_CODES]),
    (Fault::RefusalStatus, &[PAYWALL_CODES]),
    (
        Fault::WrongKeyStatus,
        &[
            ("paywall/wrong-key-status=200", Apart),
            ("paywall/wrong-key-status=401", Apart),
            ("paywall/wrong-key-status=403", Apart),
        ],
    ),
    (Fault::NotOpenCode, &[PAYWALL_CODES]),
    (Fault::EndOfDayCode, &[PAYWALL_CODES]),
    (
        Fault::AlreadyCode,
        &[("paywall/already-code=1 unreconciled=1", Apart)],
    ),
    (Fault::NoRecordCode, &[PAYWALL_CODES]),
    (Fault::NotFoundCode, &[("paywall/not-found-code=3", Apart)]),
    // The list of reconciliations is refused whole, and is not there to compare.
    (
        Fault::RangeLimit,
        &[("paywall/range-limit=2", Statements(IsUnproven))],
    ),
    (Fault::LengthIsEnd, &[("paywall/length-is-end", Conforms)]),
    (Fault::RangeOf, &[("paywall/range-of=stored", Conforms)]),
    (
        Fault::ReconcileAgain,
        &[
            ("paywall/reconcile-again=update unreconciled=1", Apart),
            ("paywall/reconcile-again=insert unreconciled=1", Apart),
        ],
    ),
    (
        Fault::TotalCounts,
        &[PAYWALL_TOTALS, ("paywall/total-counts=decided", Conforms)],
    ),
    (Fault::DayOf, &[PAYWALL_TOTALS]),
    (Fault::SuccessfulIs, &[PAYWALL_TOTALS]),
    (Fault::Listed, &[("paywall/listed=completed", Conforms)]),
    (Fault::StepTypes, &[("paywall/step-types=11", Conforms)]),
    (
        Fault::PaywallZone,
        &[("paywall/paywall-zone=utc", Conforms)],
    ),
    (Fault::Intraday, &[("paywall/intraday", Apart)]),
    (Fault::UnmaskedCard, &[NEW]),
    (Fault::Unreconciled, &[PAYWALL_PLANTED]),
    (
        Fault::EndOfDayOff,
        &[PAYWALL_PLANTED, ("paywall/end-of-day-off=count", Conforms)],
    ),
    (Fault::VerdictMissing, &[PAYWALL_PLANTED]),
    (Fault::VerdictLate, &[PAYWALL_PLANTED]),
    (Fault::VerdictFalse, &[PAYWALL_PLANTED]),
    (
        Fault::EndOfDayStale,
        &[("paywall/end-of-day-stale", Statements(IsUnproven))],
    ),
    (
        Fault::ListDisagrees,
        &[
            ("paywall/list-disagrees=verdict", Conforms),
            ("paywall/list-disagrees=twice", Conforms),
            ("paywall/list-disagrees=alone", Conforms),
            ("paywall/list-disagrees=later", Conforms),
        ],
    ),
    (
        Fault::RefusalShape,
        &[
            ("streampay/refusal-shape=plain unavailable", Conforms),
            ("streampay/refusal-shape=rich unavailable", Conforms),
        ],
    ),
    (
        Fault::PagesShape,
        &[
            ("streampay/pages-shape=absent", Conforms),
            ("streampay/pages-shape=absent exclusive-to", Conforms),
            ("streampay/pages-shape=current", Conforms),
            (
                "streampay/pages-shape=current beyond-end=last-page",
                Conforms,
            ),
            ("streampay/pages-shape=number", Conforms),
            ("streampay/pages-shape=both", Conforms),
        ],
    ),
    (
        Fault::PagesNumber,
        &[(
            "streampay/pages-number=current pages-shape=number",
            Conforms,
        )],
    ),
    (
        Fault::CapCounts,
        &[
            ("streampay/cap-counts=total max-rows=7", Conforms),
            ("streampay/cap-counts=places max-rows=7", Conforms),
        ],
    ),
    (
        Fault::FilterBy,
        &[
            ("streampay/filter-by=created", Conforms),
            ("streampay/filter-by=created beyond-end=not-found", Conforms),
        ],
    ),
    (Fault::StoredLate, &[("streampay/stored-late=20", Conforms)]),
    (Fault::TidIs, &[("streampay/tid-is=number", Apart)]),
    (
        Fault::IgnoresTerminal,
        &[("streampay/ignores-terminal", Statements(Fails(Paging)))],
    ),
    (Fault::ReversalType, &[STREAMPAY_BATCHES]),
    (Fault::ReversalsCount, &[STREAMPAY_BATCHES]),
    (
        Fault::StreamPayZone,
        &[("streampay/streampay-zone=utc", Conforms)],
    ),
    (
        Fault::UnbalancedBatch,
        &[STREAMPAY_PLANTED, STREAMPAY_BATCHES],
    ),
    (Fault::WrongVerdict, &[STREAMPAY_PLANTED, STREAMPAY_BATCHES]),
    (Fault::UnbatchedReceipt, &[STREAMPAY_PLANTED]),
    (Fault::TwiceBatched, &[STREAMPAY_PLANTED]),
    (Fault::BatchHole, &[STREAMPAY_PLANTED]),
    (Fault::StanGap, &[STREAMPAY_PLANTED]),
    (Fault::ShuffleKeys, &[NEW]),
    (Fault::Latency, &[SLOW]),
];

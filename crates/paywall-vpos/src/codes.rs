//! What Paywall's numbers mean. Two tables are published, and they contradict
//! each other: <https://developer.paywall.one/payment-orchestration-integration-document/error-codes-and-descriptions>
//! and the enum `ErrorCodes` of the official .NET SDK
//! (<https://github.com/paywallone/PayWall.NetCore>), which reads the answers of
//! this API with it. Neither says which numbers which call answers with.

/// What the two published tables say of a number.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Meanings {
    /// The page "Error Codes and Descriptions", which is about payments.
    pub documentation: Option<&'static str>,
    /// The name in the enum of the official .NET SDK.
    pub sdk: Option<&'static str>,
}

impl Meanings {
    pub(crate) const fn of(code: i64) -> Self {
        Self {
            documentation: documented(code),
            sdk: in_sdk(code),
        }
    }

    /// Both, each with where it is from: neither is known to be the one that is
    /// meant.
    fn in_words(self, code: i64) -> Option<String> {
        let documentation = self
            .documentation
            .map(|words| format!("\"{words}\" in Paywall's documentation"));
        let sdk = self.sdk.map(|name| format!("{name} in its .NET SDK"));
        let told: Vec<_> = documentation.into_iter().chain(sdk).collect();
        (!told.is_empty()).then(|| format!("code {code} is {}", told.join(", and ")))
    }
}

/// What to do about a number where the calls of this crate make one of its
/// meanings likely, and else what the two tables say of it.
pub(crate) fn hint(code: i64) -> Option<String> {
    let likely = likely(code).map(str::to_owned);
    likely.or_else(|| Meanings::of(code).in_words(code))
}

const fn likely(code: i64) -> Option<&'static str> {
    Some(match code {
        3 => {
            "Paywall has nothing under that day or key: is it the right one, and the right account?"
        }
        4 => "a header did not arrive: parameters travel as headers, which a proxy may drop",
        65 => "the day seems to have no end of day yet: it opens at 00:30 of the next, in Istanbul",
        113 => "ask for fewer than 31 days at once",
        269 => "Paywall does not do this now: a day opens at 00:30 of the next, in Istanbul",
        386 => "Paywall does not take the first day: is it over, and before the last?",
        387 => "Paywall does not take the last day: is it over, and after the first?",
        392 => "the day seems to be reconciled already: look at its reconciliation",
        401 => WRONG_CREDENTIALS,
        403 | 513 => FORBIDDEN,
        _ => return None,
    })
}

pub(crate) const WRONG_CREDENTIALS: &str = "check the private key and the private client, of the merchant panel under Developer, Integration: those of another environment, and public ones, do not work";

pub(crate) const FORBIDDEN: &str =
    "Paywall refuses this account or this machine's address: look at the merchant panel";

/// The page, which ends at 41 in what could be read of it.
const fn documented(code: i64) -> Option<&'static str> {
    Some(match code {
        -1 => "payment not found, or the request could not be processed, or a general error",
        0 => "success",
        1 => "failure",
        2 => "unexpected parameters",
        3 => "unsupported payment provider",
        4 => "the MerchantUniqueCode exists already",
        5 => "no suitable provider found",
        6 => "environment or address configuration not found",
        7 => "the payment is completed already",
        8 => "the currency",
        9 => "the installment",
        10 => "the MerchantUniqueCode",
        11 => "the MerchantSuccessBackUrl",
        12 => "the MerchantFailBackUrl",
        13 => "the cardholder",
        14 => "the card number",
        15 => "the month of expiry",
        16 => "the year of expiry",
        17 => "the payment detail",
        18 => "the card detail",
        19 => "the card has expired",
        20 => "the provider's credentials are not configured",
        21 => "the stored card is not valid",
        22 => "the stored card is not found",
        23 => "the stored card is inactive",
        24 => "the provider is not connected",
        25 => "the list of products is empty",
        26 => "the products do not add up to the total",
        27 | 28 => "the MemberId",
        29..=35 => "the marketplace",
        36..=41 => "a product, its discount or its shipping",
        _ => return None,
    })
}

/// The enum, as far as its names can concern the calls of this crate.
const fn in_sdk(code: i64) -> Option<&'static str> {
    Some(match code {
        -1 => "SystemMessage",
        0 => "Success",
        1 => "Unsuccessful",
        2 => "InvalidData",
        3 => "NoData",
        4 => "HeaderMissing",
        5 => "Exception",
        12 => "MerchantNotFound",
        56 => "PaymentNotFound",
        57 => "PaymentActivityNotFound",
        65 => "InvalidEndOfDay",
        92 => "PaymentNotConvenientForOperation",
        93 => "PaymentHasSuccessfulRefund",
        94 => "PaymentHasSuccessfulCancel",
        113 => "DateRangeMustBeLessThan31Days",
        119 => "MerchantUniqueCodeAlreadyExist",
        269 => "ThisOperationCannotDoInThisTime",
        354 => "NoPermissionAndDataInRequest",
        386 => "InvalidStartDate",
        387 => "InvalidEndDate",
        392 => "AlreadyExistData",
        400 => "BadRequest",
        401 => "Unauthorized",
        403 => "Forbidden",
        404 => "NotFound",
        500 => "InternalException",
        502 => "BadRequestNetwork",
        503 => "ServiceUnavailable",
        504 => "GatewayTimeout",
        512 => "CardWallIPReached",
        513 => "InvalidIp",
        _ => return None,
    })
}

//! Changes of what Paywall sends.

use crate::{
    Mutation,
    Right::{Lossless, Refused, Rewritten, Unknown},
    change::Change::{Add, Backwards, Drop, Rename, Set},
};

type Row = (&'static str, crate::Change, crate::Right);

pub(crate) fn mutations() -> Vec<Mutation> {
    let mut all = Vec::new();
    for (fixture, rows) in [
        ("end-of-day/day", day()),
        ("reconcile/not-reconciled", outcome()),
        ("reconcile/request", request()),
        ("reconciliation-list/page", list()),
        ("transaction-list/intraday", transactions()),
        ("payment-inquiry/successful", inquiry()),
        ("payout-query/successful", payout()),
    ] {
        all.extend(rows.into_iter().map(|(name, change, right)| Mutation {
            name,
            fixture,
            change,
            right,
        }));
    }
    all
}

fn day() -> Vec<Row> {
    vec![
        (
            "an amount is whole",
            Set("Body.TotalAmount", "46"),
            Lossless,
        ),
        (
            "an amount has a third decimal",
            Set("Body.TotalAmount", "46.005"),
            Lossless,
        ),
        (
            "an amount is a text",
            Set("Body.TotalAmount", r#""46.00""#),
            Rewritten("Body.TotalAmount"),
        ),
        (
            "an amount is missing",
            Drop("Body.TotalAmount"),
            Refused("Body"),
        ),
        (
            "a count is a decimal",
            Set("Body.TotalCount", "4.0"),
            Refused("Body.TotalCount"),
        ),
        (
            "a count is null",
            Set("Body.TotalCount", "null"),
            Refused("Body.TotalCount"),
        ),
        ("the body is null", Set("Body", "null"), Lossless),
        ("the body is empty", Set("Body", "{}"), Lossless),
        ("the body is missing", Drop("Body"), Lossless),
        ("the body is an array", Set("Body", "[]"), Refused("Body")),
        ("the body is a text", Set("Body", r#""""#), Refused("Body")),
        (
            "the body has a currency",
            Add("Body", "CurrencyId", "1"),
            Unknown("Body.CurrencyId"),
        ),
        ("the message is null", Set("Message", "null"), Lossless),
        (
            "the message is in Turkish",
            Set("Message", r#""İşlem başarılı""#),
            Lossless,
        ),
        (
            "the code is a text",
            Set("ErrorCode", r#""0""#),
            Refused("ErrorCode"),
        ),
        ("the code is new", Set("ErrorCode", "9999"), Lossless),
        ("the result is missing", Drop("Result"), Refused(".")),
        ("the keys are in another order", Backwards, Lossless),
        (
            "the keys are in camel case",
            Rename("Body", "body"),
            Unknown("body"),
        ),
    ]
}

fn outcome() -> Vec<Row> {
    vec![
        (
            "Paywall's side has the other spelling",
            Rename("Body.PayWall", "Paywall"),
            Lossless,
        ),
        ("Paywall's side is missing", Drop("Body.PayWall"), Lossless),
        (
            "the merchant's side is empty",
            Set("Body.Merchant", "{}"),
            Lossless,
        ),
        (
            "the merchant's side has one total",
            Set("Body.Merchant", r#"{"TotalCount":4}"#),
            Refused("Body.Merchant"),
        ),
        (
            "an outcome's day has no time",
            Set("Body.ReconciliationDate", r#""2024-05-07""#),
            Refused("Body.ReconciliationDate"),
        ),
        (
            "an outcome's time has no fraction",
            Set("Body.OperationDateTime", r#""2024-05-08T00:31:05""#),
            Lossless,
        ),
        (
            "an outcome's time has a fraction that ends in nought",
            Set("Body.OperationDateTime", r#""2024-05-08T00:31:05.123450""#),
            Lossless,
        ),
        (
            "an outcome's time has an offset",
            Set("Body.OperationDateTime", r#""2024-05-08T00:31:05+03:00""#),
            Refused("Body.OperationDateTime"),
        ),
    ]
}

fn request() -> Vec<Row> {
    vec![
        (
            "a day is asked for as a time",
            Set("Date", r#""2024-05-07T00:00:00""#),
            Refused("Date"),
        ),
        ("a total is forgotten", Drop("CancelCount"), Refused(".")),
        (
            "an amount is asked for to the cent",
            Set("TotalAmount", "46.10"),
            Lossless,
        ),
    ]
}

fn list() -> Vec<Row> {
    vec![
        (
            "an entry was changed",
            Set(
                "Body.Data[0].UpdateDateTime",
                r#""2024-06-23T20:11:55.3160381""#,
            ),
            Lossless,
        ),
        (
            "an entry's change is missing",
            Drop("Body.Data[0].UpdateDateTime"),
            Lossless,
        ),
        (
            "an entry is of no day",
            Set("Body.Data[0].ReconciliationDate", "null"),
            Refused("Body.Data[0].ReconciliationDate"),
        ),
        (
            "an entry's verdict is a number",
            Set("Body.Data[0].IsReconciled", "1"),
            Refused("Body.Data[0].IsReconciled"),
        ),
        ("the list is empty", Set("Body.Data", "[]"), Lossless),
        (
            "the list is null",
            Set("Body.Data", "null"),
            Refused("Body.Data"),
        ),
        (
            "the total has the other name",
            Rename("Body.TotalRecord", "TotalRecords"),
            Unknown("Body.TotalRecords"),
        ),
    ]
}

fn transactions() -> Vec<Row> {
    const ROW: &str = "Body.Data[0]";
    vec![
        (
            "a region is a number",
            Set("Body.Data[0].RegionId", "34"),
            Lossless,
        ),
        (
            "a region is a text",
            Set("Body.Data[0].RegionId", r#""TR34""#),
            Refused("Body.Data[0].RegionId"),
        ),
        (
            "a status is new",
            Set("Body.Data[0].StatusId", "12"),
            Lossless,
        ),
        ("a card is empty", Set("Body.Data[0].Card", "{}"), Lossless),
        ("a card is null", Set("Body.Data[0].Card", "null"), Lossless),
        (
            "a card is an array",
            Set("Body.Data[0].Card", "[]"),
            Refused("Body.Data[0].Card"),
        ),
        (
            "a card has a new key",
            Add("Body.Data[0].Card", "Bin", r#""40000000""#),
            Unknown("Body.Data[0].Card.Bin"),
        ),
        (
            "a card number is not masked",
            Set("Body.Data[0].Card.Number", r#""4000000000000002""#),
            Rewritten("Body.Data[0].Card.Number"),
        ),
        (
            "activities are null",
            Set("Body.Data[0].Activities", "null"),
            Lossless,
        ),
        (
            "activities are missing",
            Drop("Body.Data[0].Activities"),
            Lossless,
        ),
        (
            "an activity has no amount",
            Set(
                "Body.Data[0].Activities",
                r#"[{"Id":1,"StatusId":4,"InsertDateTime":"2026-05-13T10:18:00"}]"#,
            ),
            Refused("Body.Data[0].Activities[0]"),
        ),
        (
            "interest is an exponent",
            Set("Body.Data[0].Commission.Interest", "1E-2"),
            Lossless,
        ),
        (
            "a commission is null",
            Set("Body.Data[0].Commission", "null"),
            Lossless,
        ),
        (
            "a row has a currency",
            Add(ROW, "CurrencyId", "1"),
            Unknown("Body.Data[0].CurrencyId"),
        ),
        (
            "a row's time is an instant",
            Set("Body.Data[0].InsertDateTime", r#""2026-05-14T11:11:02Z""#),
            Refused("Body.Data[0].InsertDateTime"),
        ),
        (
            "an address is of another version",
            Set("Body.Data[0].ClientIp", r#""2001:db8::1""#),
            Lossless,
        ),
    ]
}

fn inquiry() -> Vec<Row> {
    vec![
        (
            "a rate comes",
            Set("Body.Paywall.InterestRate", "0.0125"),
            Lossless,
        ),
        ("there is no payment", Set("Body.Paywall", "null"), Lossless),
        (
            "a payment's status is a number",
            Set("Body.Paywall.Status", "1"),
            Refused("Body.Paywall.Status"),
        ),
    ]
}

fn payout() -> Vec<Row> {
    vec![
        (
            "a payout's time has no fraction",
            Set("Body.DateTime", r#""2023-09-02T21:36:54""#),
            Lossless,
        ),
        (
            "a payout's time is a number",
            Set("Body.DateTime", "1693690614"),
            Refused("Body.DateTime"),
        ),
        (
            "an account comes",
            Set("Body.ReceiverAccountNumber", r#""0000000001""#),
            Lossless,
        ),
    ]
}

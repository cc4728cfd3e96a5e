//! Changes of what StreamPay sends.

use crate::{
    Mutation,
    Right::{Lossless, Refused, Rewritten, Unknown},
    change::Change::{Add, Backwards, Drop, Rename, Set},
};

const RECEIPT: &str = "reconciliation.reconciliation_receipt";
const AUTHORIZED: &str = "transaction.receipts[0].amount_authorized.value";

pub(crate) fn mutations() -> Vec<Mutation> {
    let mut all = Vec::new();
    for (fixture, rows) in [
        ("merchants/page", pages()),
        ("terminals/page", terminals()),
        ("assign-terminal/assigned", assigned()),
        ("create-merchant/created", merchant()),
        ("transaction/found", amounts_in_text()),
        ("transaction/found", codes_and_cards()),
        ("transaction/found", receipts()),
        ("reconciliation/found", reconciliation()),
        ("create-terminal/created", created()),
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

type Row = (&'static str, crate::Change, crate::Right);

fn pages() -> Vec<Row> {
    vec![
        ("pages are another number", Set("pages", "12"), Lossless),
        (
            "pages are an object",
            Set("pages", r#"{"total":3,"current":1}"#),
            Lossless,
        ),
        (
            "pages have no total",
            Set("pages", r#"{"current":1}"#),
            Lossless,
        ),
        ("pages are missing", Drop("pages"), Lossless),
        ("pages are null", Set("pages", "null"), Lossless),
        ("pages are empty", Set("pages", "{}"), Lossless),
        ("pages are a text", Set("pages", r#""1""#), Refused("pages")),
        ("pages are negative", Set("pages", "-1"), Refused("pages")),
        (
            "pages have a text in them",
            Set("pages", r#"{"total":"3"}"#),
            Refused("pages.total"),
        ),
        (
            "pages tell more",
            Set("pages", r#"{"total":3,"current":1,"next":2}"#),
            Unknown("pages.next"),
        ),
        (
            "the list tells its records beside its pages",
            Add("", "total", "10"),
            Unknown("total"),
        ),
        ("the list is empty", Set("merchants", "[]"), Lossless),
        (
            "the list is null",
            Set("merchants", "null"),
            Refused("merchants"),
        ),
        (
            "a reference is null",
            Set("merchants[0].reference_id", "null"),
            Lossless,
        ),
        (
            "a reference is missing",
            Drop("merchants[0].reference_id"),
            Lossless,
        ),
        (
            "a reference is a number",
            Set("merchants[0].reference_id", "1112"),
            Refused("merchants[0].reference_id"),
        ),
        (
            "an instant has no fraction",
            Set("merchants[0].created_at", r#""2022-11-16T06:44:58Z""#),
            Lossless,
        ),
        (
            "an instant has microseconds",
            Set(
                "merchants[0].created_at",
                r#""2022-11-16T06:44:58.595001Z""#,
            ),
            Lossless,
        ),
        (
            "an instant is in local time",
            Set(
                "merchants[0].created_at",
                r#""2022-11-16T09:44:58.595+03:00""#,
            ),
            Lossless,
        ),
        (
            "a merchant's name has two languages",
            Set("merchants[0].name", r#"{"arabic":"a","english":"b"}"#),
            Refused("merchants[0].name"),
        ),
    ]
}

fn terminals() -> Vec<Row> {
    vec![
        ("pages are a number here, too", Set("pages", "1"), Lossless),
        (
            "a device is an empty object",
            Set("terminals[1].device", "{}"),
            Lossless,
        ),
        (
            "a device is null",
            Set("terminals[1].device", "null"),
            Lossless,
        ),
        ("a device is missing", Drop("terminals[1].device"), Lossless),
        (
            "a device has its type under `type`",
            Rename("terminals[1].device.deviceType", "type"),
            Lossless,
        ),
        (
            "a device has both keys of its type",
            Add("terminals[1].device", "type", r#""phone""#),
            Refused("terminals[1].device"),
        ),
        (
            "a device has no id",
            Drop("terminals[1].device.id"),
            Refused("terminals[1].device"),
        ),
        (
            "a device is a text",
            Set("terminals[1].device", r#""phone""#),
            Refused("terminals[1].device"),
        ),
        (
            "a device is an array",
            Set("terminals[1].device", "[]"),
            Refused("terminals[1].device"),
        ),
        (
            "a device has a new key",
            Add("terminals[1].device", "model", r#""x""#),
            Unknown("terminals[1].device.model"),
        ),
        (
            "a terminal's id of the acquirer is a number",
            Set("terminals[0].tid", "24"),
            Refused("terminals[0].tid"),
        ),
        (
            "a user is no one in particular",
            Set("terminals[0].user", r#"{"nope":1}"#),
            Refused("terminals[0].user"),
        ),
        (
            "a merchant has no id",
            Drop("terminals[0].merchant.id"),
            Lossless,
        ),
        ("keys are in another order", Backwards, Lossless),
    ]
}

fn assigned() -> Vec<Row> {
    vec![
        (
            "an assigned device is null",
            Set("terminal.device", "null"),
            Lossless,
        ),
        (
            "an assigned device is one",
            Set(
                "terminal.device",
                r#"{"id":"a","status":"new","deviceType":"phone"}"#,
            ),
            Lossless,
        ),
        (
            "an assigned user is empty",
            Set("terminal.user", "{}"),
            Lossless,
        ),
        (
            "an assigned user is null",
            Set("terminal.user", "null"),
            Lossless,
        ),
        (
            "an assigned user tells more",
            Add("terminal.user", "is_active", "true"),
            Lossless,
        ),
        (
            "a terminal is null",
            Set("terminal", "null"),
            Refused("terminal"),
        ),
        (
            "a terminal is empty",
            Set("terminal", "{}"),
            Refused("terminal"),
        ),
        (
            "a terminal tells what no other does",
            Add("terminal", "location", "{}"),
            Lossless,
        ),
    ]
}

fn merchant() -> Vec<Row> {
    vec![
        ("a merchant's user is null", Set("user", "null"), Lossless),
        ("a merchant's user is missing", Drop("user"), Lossless),
        (
            "a merchant's user is a person",
            Set(
                "user",
                r#"{"id":"a","name":"Person 9","mobile":"+999000000009","email":"user9@example.com"}"#,
            ),
            Lossless,
        ),
        (
            "a merchant's user is an array",
            Set("user", "[]"),
            Refused("user"),
        ),
        ("a merchant's name is missing", Drop("name"), Lossless),
        ("a merchant's id is missing", Drop("id"), Refused(".")),
    ]
}

fn amounts_in_text() -> Vec<Row> {
    const LABEL: &str = "transaction.receipts[0].amount_authorized.label";
    vec![
        (
            "an amount in text has zeros at its end",
            Set(AUTHORIZED, r#""5.0000""#),
            Lossless,
        ),
        (
            "an amount in text is whole",
            Set(AUTHORIZED, r#""5""#),
            Lossless,
        ),
        (
            "an amount in text is below nought",
            Set(AUTHORIZED, r#""-5.00""#),
            Lossless,
        ),
        (
            "an amount in text has 28 digits",
            Set(AUTHORIZED, r#""12345678901234567890123456.78""#),
            Lossless,
        ),
        (
            "an amount in text has 30 digits",
            Set(AUTHORIZED, r#""1234567890123456789012345678.90""#),
            Refused(AUTHORIZED),
        ),
        (
            "an amount in text is a number",
            Set(AUTHORIZED, "5.00"),
            Rewritten(AUTHORIZED),
        ),
        (
            "an amount in text is empty",
            Set(AUTHORIZED, r#""""#),
            Refused(AUTHORIZED),
        ),
        (
            "an amount in text has an exponent",
            Set(AUTHORIZED, r#""5e0""#),
            Refused(AUTHORIZED),
        ),
        (
            "an amount in text has a blank",
            Set(AUTHORIZED, r#"" 5.00""#),
            Refused(AUTHORIZED),
        ),
        (
            "an amount in text is in Arabic digits",
            Set(AUTHORIZED, r#""٥٫٠٠""#),
            Refused(AUTHORIZED),
        ),
        (
            "an amount is null",
            Set(AUTHORIZED, "null"),
            Refused(AUTHORIZED),
        ),
        ("a label is null", Set(LABEL, "null"), Lossless),
        (
            "a label is in English only",
            Drop("transaction.receipts[0].amount_authorized.label.arabic"),
            Lossless,
        ),
        (
            "a label is in Arabic only",
            Drop("transaction.receipts[0].amount_authorized.label.english"),
            Lossless,
        ),
        (
            "a merchant has no address in Arabic",
            Set("transaction.receipts[0].merchant.address.arabic", "null"),
            Lossless,
        ),
        (
            "a label is in a third language",
            Add(LABEL, "urdu", r#""x""#),
            Unknown("transaction.receipts[0].amount_authorized.label.urdu"),
        ),
    ]
}

fn codes_and_cards() -> Vec<Row> {
    const CODE: &str = "transaction.receipts[0].approval_code";
    vec![
        ("an approval code is missing", Drop(CODE), Lossless),
        ("an approval code is null", Set(CODE, "null"), Lossless),
        ("an approval code is empty", Set(CODE, "{}"), Lossless),
        (
            "an approval code has letters",
            Set("transaction.receipts[0].approval_code.value", r#""00A1B2""#),
            Lossless,
        ),
        (
            "an approval code looks like an amount",
            Set(
                "transaction.receipts[0].approval_code.value",
                r#""1234.50""#,
            ),
            Lossless,
        ),
        (
            "an approval code has no value",
            Set("transaction.receipts[0].approval_code.value", "null"),
            Lossless,
        ),
        (
            "a suffix begins with a zero",
            Set("transaction.receipts[0].pan_suffix", r#""0034""#),
            Lossless,
        ),
        (
            "a suffix is a number",
            Set("transaction.receipts[0].pan_suffix", "1234"),
            Refused("transaction.receipts[0].pan_suffix"),
        ),
        (
            "a card number is masked otherwise",
            Set("transaction.receipts[0].pan", r#""494146XXXXXX3714""#),
            Lossless,
        ),
        (
            "a card number is not masked",
            Set("transaction.receipts[0].pan", r#""4000 0000 0000 0002""#),
            Rewritten("transaction.receipts[0].pan"),
        ),
    ]
}

fn receipts() -> Vec<Row> {
    vec![
        (
            "a scheme is new",
            Set("transaction.receipts[0].card_scheme.id", r#""P9""#),
            Lossless,
        ),
        (
            "a result has no hexadecimal letters",
            Set(
                "transaction.receipts[0].terminal_verification_result",
                r#""0000008001""#,
            ),
            Lossless,
        ),
        (
            "a transaction has no receipts",
            Set("transaction.receipts", "[]"),
            Lossless,
        ),
        (
            "receipts are null",
            Set("transaction.receipts", "null"),
            Refused("transaction.receipts"),
        ),
        (
            "a receipt has a new key",
            Add("transaction.receipts[0]", "is_reconciled", "true"),
            Unknown("transaction.receipts[0].is_reconciled"),
        ),
        (
            "the misspelt key is spelt right",
            Rename(
                "transaction.receipts[0].cardholader_verfication_result",
                "cardholder_verification_result",
            ),
            Unknown("transaction.receipts[0].cardholder_verification_result"),
        ),
        (
            "an approval is a word",
            Set("transaction.receipts[0].is_approved", r#""true""#),
            Refused("transaction.receipts[0].is_approved"),
        ),
        (
            "a date is in another order",
            Set("transaction.receipts[0].start_date", r#""2022-10-17""#),
            Lossless,
        ),
        (
            "a device has its type under `deviceType`",
            Rename("transaction.device.type", "deviceType"),
            Lossless,
        ),
        ("languages are in another order", Backwards, Lossless),
    ]
}

fn reconciliation() -> Vec<Row> {
    const BALANCED: &str = "reconciliation.reconciliation_receipt.is_balanced";
    const SCHEME: &str = "reconciliation.reconciliation_receipt.schemes[0].is_balanced";
    const TOTAL: &str = "reconciliation.reconciliation_receipt.details.total.total";
    const COUNT: &str = "reconciliation.reconciliation_receipt.details.total.count";
    vec![
        (
            "a receipt's balance is a bare flag",
            Set(BALANCED, "true"),
            Refused(BALANCED),
        ),
        ("a receipt's balance is missing", Drop(BALANCED), Lossless),
        (
            "a receipt's balance has no label",
            Drop("reconciliation.reconciliation_receipt.is_balanced.label"),
            Lossless,
        ),
        (
            "a scheme's balance has a label",
            Set(
                SCHEME,
                r#"{"label":{"arabic":"a","english":"b"},"value":true}"#,
            ),
            Refused(SCHEME),
        ),
        ("a scheme's balance is off", Set(SCHEME, "false"), Lossless),
        ("a total is a number", Set(TOTAL, "10.00"), Rewritten(TOTAL)),
        (
            "a total has three decimals",
            Set(TOTAL, r#""10.005""#),
            Lossless,
        ),
        ("a count is a text", Set(COUNT, r#""4""#), Refused(COUNT)),
        ("a count is below nought", Set(COUNT, "-4"), Refused(COUNT)),
        (
            "a count is missing",
            Drop(COUNT),
            Refused("reconciliation.reconciliation_receipt.details.total"),
        ),
        (
            "there are no schemes",
            Set("reconciliation.reconciliation_receipt.schemes", "[]"),
            Lossless,
        ),
        (
            "schemes are null",
            Set("reconciliation.reconciliation_receipt.schemes", "null"),
            Lossless,
        ),
        (
            "schemes are missing",
            Drop("reconciliation.reconciliation_receipt.schemes"),
            Lossless,
        ),
        ("there is no outcome yet", Set(RECEIPT, "null"), Lossless),
        ("the outcome is empty", Set(RECEIPT, "{}"), Lossless),
        (
            "details have a new kind",
            Add(
                "reconciliation.reconciliation_receipt.details",
                "cashback",
                r#"{"total":"0.00","count":0}"#,
            ),
            Unknown("reconciliation.reconciliation_receipt.details.cashback"),
        ),
        (
            "a currency is a code",
            Set("reconciliation.reconciliation_receipt.currency", r#""SAR""#),
            Refused("reconciliation.reconciliation_receipt.currency"),
        ),
    ]
}

fn created() -> Vec<Row> {
    vec![
        (
            "a place is an object",
            Set("terminal.device.location", r#"{"city":"Riyadh"}"#),
            Lossless,
        ),
        (
            "a latitude is a number",
            Set("terminal.device.lat", "24.7136"),
            Lossless,
        ),
        (
            "a latitude is a text",
            Set("terminal.device.lat", r#""24.7136""#),
            Lossless,
        ),
        ("a merchant is missing", Drop("merchant"), Lossless),
        (
            "a status is a new word",
            Set("merchant.status", r#""suspended""#),
            Lossless,
        ),
        (
            "a key is null",
            Set("terminal.device.publicKey", "null"),
            Lossless,
        ),
    ]
}

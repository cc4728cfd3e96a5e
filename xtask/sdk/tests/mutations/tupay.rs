//! Changes of what TuPay sends.

use crate::{
    Mutation,
    Right::{self, Lossless, Malformed, Refused, Rewritten, Unknown},
    change::Change::{self, Add, Backwards, Drop, Rename, Replace, Set, Whole},
};

const DEPOSITS: &str = "deposits/page";
const AMOUNT: &str = "data[0].amount";
const FEE: &str = "data[0].fee";
const ID: &str = "data[0].idDeposit";
const STATUS: &str = "data[0].status";
const CREATED: &str = "data[0].creationDate";
const NAME: &str = "data[0].merchantName";
const REFUND: &str = "data[0].refundAttempted";

pub(crate) fn mutations() -> Vec<Mutation> {
    let mut all = Vec::new();
    let deposit = |(name, change, right)| Mutation {
        name,
        fixture: DEPOSITS,
        change,
        right,
    };
    all.extend(fields().into_iter().map(deposit));
    all.extend(ids_and_flags().into_iter().map(deposit));
    all.extend(amounts().into_iter().map(deposit));
    all.extend(words_and_times().into_iter().map(deposit));
    all.extend(text_of_the_file().into_iter().map(deposit));
    all.extend(other_bodies());
    all
}

type Row = (&'static str, Change, Right);

fn fields() -> Vec<Row> {
    vec![
        (
            "a required amount is missing",
            Drop(AMOUNT),
            Refused("data[0]"),
        ),
        (
            "a required amount is null",
            Set(AMOUNT, "null"),
            Refused(AMOUNT),
        ),
        (
            "a required amount is empty",
            Set(AMOUNT, "{}"),
            Refused(AMOUNT),
        ),
        ("an optional amount is missing", Drop(FEE), Lossless),
        ("an optional amount is null", Set(FEE, "null"), Lossless),
        (
            "an optional amount is an empty object",
            Set(FEE, "{}"),
            Refused(FEE),
        ),
        (
            "an optional text is null",
            Set("data[0].externalId", "null"),
            Lossless,
        ),
        (
            "an optional text is empty",
            Set("data[0].externalId", r#""""#),
            Lossless,
        ),
        ("an optional flag is missing", Drop(REFUND), Lossless),
        ("an optional flag is null", Set(REFUND, "null"), Lossless),
        (
            "a row has a new key",
            Add("data[0]", "riskScore", "3"),
            Unknown("data[0].riskScore"),
        ),
        (
            "a row has a new key that is null",
            Add("data[0]", "riskScore", "null"),
            Lossless,
        ),
        (
            "a row has a new object",
            Add("data[0]", "payer", r#"{"a":{"b":1}}"#),
            Unknown("data[0].payer"),
        ),
        (
            "a page has a new key",
            Add("", "totalRows", "1"),
            Unknown("totalRows"),
        ),
        (
            "an optional key has another name",
            Rename(FEE, "charge"),
            Unknown("data[0].charge"),
        ),
        (
            "a required key has another name",
            Rename(AMOUNT, "total"),
            Refused("data[0]"),
        ),
        (
            "a key is in another case",
            Rename(FEE, "Fee"),
            Unknown("data[0].Fee"),
        ),
        ("all keys are in another order", Backwards, Lossless),
        ("the rows are missing", Drop("data"), Refused(".")),
        ("the rows are null", Set("data", "null"), Refused("data")),
        ("the rows are an object", Set("data", "{}"), Refused("data")),
        ("there are no rows", Set("data", "[]"), Lossless),
        ("a row is null", Set("data[0]", "null"), Refused("data[0]")),
        (
            "a row is an array",
            Set("data[0]", "[]"),
            Refused("data[0]"),
        ),
    ]
}

fn ids_and_flags() -> Vec<Row> {
    vec![
        ("flags are null", Set("data[0].flags", "null"), Lossless),
        ("flags are missing", Drop("data[0].flags"), Lossless),
        (
            "flags have elements of any kind",
            Set("data[0].flags", r#"["a",{"b":1.50},[]]"#),
            Lossless,
        ),
        (
            "flags are a text",
            Set("data[0].flags", r#""none""#),
            Lossless,
        ),
        ("an id is a text", Set(ID, r#""301393325""#), Refused(ID)),
        (
            "an id is the largest that there is",
            Set(ID, "18446744073709551615"),
            Lossless,
        ),
        (
            "an id is larger than any",
            Set(ID, "18446744073709551616"),
            Refused(ID),
        ),
        ("an id is negative", Set(ID, "-1"), Refused(ID)),
        ("an id has a fraction", Set(ID, "301393325.0"), Refused(ID)),
        ("an id has an exponent", Set(ID, "3e8"), Refused(ID)),
        (
            "a text is a number",
            Set("data[0].externalId", "44862"),
            Refused("data[0].externalId"),
        ),
        (
            "a text is a flag",
            Set("data[0].country", "true"),
            Refused("data[0].country"),
        ),
        ("a flag is a number", Set(REFUND, "0"), Refused(REFUND)),
        (
            "a flag is a text",
            Set(REFUND, r#""false""#),
            Refused(REFUND),
        ),
        (
            "a count has a fraction",
            Set("rows", "1.0"),
            Refused("rows"),
        ),
    ]
}

fn amounts() -> Vec<Row> {
    vec![
        ("an amount is whole", Set(AMOUNT, "8"), Lossless),
        (
            "an amount has zeros at its end",
            Set(AMOUNT, "7.9200"),
            Lossless,
        ),
        (
            "an amount has a long fraction",
            Set(AMOUNT, "7.923456789012345"),
            Lossless,
        ),
        (
            "an amount has more digits than a double",
            Set(AMOUNT, "12345678901234567.89"),
            Lossless,
        ),
        (
            "an amount has 28 digits",
            Set(AMOUNT, "1234567890123456789012345.678"),
            Lossless,
        ),
        (
            "an amount has 30 digits",
            Set(AMOUNT, "123456789012345678901234567.890"),
            Refused(AMOUNT),
        ),
        (
            "an amount has 29 digits after the point",
            Set(AMOUNT, "0.12345678901234567890123456789"),
            Refused(AMOUNT),
        ),
        ("an amount has an exponent", Set(AMOUNT, "1e2"), Lossless),
        (
            "an amount has a negative exponent",
            Set(AMOUNT, "792E-2"),
            Lossless,
        ),
        (
            "an amount has a vast exponent",
            Set(AMOUNT, "1e999999999"),
            Refused(AMOUNT),
        ),
        ("an amount is negative", Set(AMOUNT, "-7.92"), Lossless),
        ("an amount is nought", Set(AMOUNT, "0.00"), Lossless),
        (
            "an amount is a text",
            Set(AMOUNT, r#""7.92""#),
            Rewritten(AMOUNT),
        ),
        (
            "an amount is a text with an exponent",
            Set(AMOUNT, r#""1e2""#),
            Refused(AMOUNT),
        ),
        (
            "an amount is a text with a comma",
            Set(AMOUNT, r#""7,92""#),
            Refused(AMOUNT),
        ),
        (
            "an amount is a text with its currency",
            Set(AMOUNT, r#""USD 7.92""#),
            Refused(AMOUNT),
        ),
        (
            "an amount is an empty text",
            Set(AMOUNT, r#""""#),
            Refused(AMOUNT),
        ),
        ("an amount is a flag", Set(AMOUNT, "true"), Refused(AMOUNT)),
        (
            "an amount is an object",
            Set(AMOUNT, r#"{"value":7.92}"#),
            Refused(AMOUNT),
        ),
    ]
}

fn words_and_times() -> Vec<Row> {
    vec![
        ("a status is new", Set(STATUS, r#""EXPIRED""#), Lossless),
        (
            "a status is in another case",
            Set(STATUS, r#""Cancelled""#),
            Lossless,
        ),
        ("a status is empty", Set(STATUS, r#""""#), Lossless),
        ("a status is a number", Set(STATUS, "3"), Refused(STATUS)),
        ("a status is null", Set(STATUS, "null"), Refused(STATUS)),
        (
            "a currency is new",
            Set("data[0].currency", r#""PEN""#),
            Lossless,
        ),
        (
            "an instant has milliseconds",
            Set(CREATED, r#""2024-06-01T13:37:17.120Z""#),
            Lossless,
        ),
        (
            "an instant has nanoseconds",
            Set(CREATED, r#""2024-06-01T13:37:17.123456789Z""#),
            Lossless,
        ),
        (
            "an instant has an offset",
            Set(CREATED, r#""2024-06-01T08:37:17-05:00""#),
            Lossless,
        ),
        (
            "an instant has no offset",
            Set(CREATED, r#""2024-06-01T13:37:17""#),
            Refused(CREATED),
        ),
        (
            "an instant is a date",
            Set(CREATED, r#""2024-06-01""#),
            Refused(CREATED),
        ),
        (
            "an instant is a number of seconds",
            Set(CREATED, "1717249037"),
            Refused(CREATED),
        ),
        (
            "an instant is no day of the calendar",
            Set(CREATED, r#""2024-06-31T13:37:17Z""#),
            Refused(CREATED),
        ),
        (
            "an instant is empty",
            Set(CREATED, r#""""#),
            Refused(CREATED),
        ),
        (
            "an optional instant is null",
            Set("data[0].lastChangeDate", "null"),
            Lossless,
        ),
        (
            "a name is in another script",
            Set(NAME, r#""متجر نيرباي""#),
            Lossless,
        ),
        (
            "a name is escaped",
            Set(NAME, r#""\u0645\u062a\u062c\u0631 \ud83d\ude00\/\"""#),
            Lossless,
        ),
        (
            "a document begins with zeros",
            Set("data[0].clientDocument", r#""00012345678""#),
            Lossless,
        ),
    ]
}

fn text_of_the_file() -> Vec<Row> {
    vec![
        (
            "blanks and line ends are others",
            Replace("{\n", "\r\n\t{ \r\n"),
            Lossless,
        ),
        (
            "a key is written with an escape",
            Replace("\"fee\"", "\"f\\u0065e\""),
            Lossless,
        ),
        (
            "a key comes twice",
            Replace("\"page\"", "\"rows\": 1, \"page\""),
            Malformed,
        ),
        (
            "a byte-order mark stands before it",
            Replace("{\n", "\u{feff}{\n"),
            Malformed,
        ),
        (
            "a comment stands in it",
            Replace("\"page\"", "// the page\n\"page\""),
            Malformed,
        ),
        ("a comma is missing", Replace(",\n", "\n"), Malformed),
        (
            "it is cut short",
            Replace("\"maxRows\": 50\n}", ""),
            Malformed,
        ),
        (
            "it is a page of HTML",
            Whole("<html><body>502 Bad Gateway</body></html>"),
            Malformed,
        ),
        ("it is nothing", Whole(""), Malformed),
        ("it is null", Whole("null"), Refused(".")),
        ("it is an array", Whole("[]"), Refused(".")),
        ("it is an empty object", Whole("{}"), Refused(".")),
        (
            "it is an error",
            Whole(r#"{"code": 83, "description": "no"}"#),
            Refused("."),
        ),
    ]
}

fn other_bodies() -> Vec<Mutation> {
    let rows = other_lists().into_iter().chain(single_answers());
    rows.map(|(name, fixture, change, right)| Mutation {
        name,
        fixture,
        change,
        right,
    })
    .collect()
}

/// A name, a fixture, a change and what is right.
type Elsewhere = (&'static str, &'static str, Change, Right);

fn other_lists() -> Vec<Elsewhere> {
    vec![
        (
            "a balance is below nought",
            "balance-report/two-days",
            Set("data[1].totalBalance", "-0.01"),
            Lossless,
        ),
        (
            "an empty page has a row of another list",
            "balance-report/empty",
            Set("data", r#"[{"idDeposit":1}]"#),
            Refused("data[0]"),
        ),
        (
            "a day has no merchant",
            "balance-report/two-days",
            Drop("data[0].idMerchant"),
            Lossless,
        ),
        (
            "a day has a new total",
            "balance-report/two-days",
            Add("data[0]", "chargebackTotal", "0.0"),
            Unknown("data[0].chargebackTotal"),
        ),
        (
            "a note has a fraction",
            "notes/sibling",
            Set("data[0].amount", "1000000.50"),
            Lossless,
        ),
        (
            "a category is new",
            "notes/sibling",
            Set("data[0].category", r#""REVERSAL""#),
            Lossless,
        ),
        (
            "a settlement has a new status",
            "settlements/sibling",
            Set("data[1].status", r#""PAID""#),
            Lossless,
        ),
        (
            "a settlement has no fee",
            "settlements/sibling",
            Drop("data[0].fee"),
            Lossless,
        ),
        (
            "a cashout has a flag more",
            "cashouts/page",
            Set("data[0].flags", r#"["ON_REVIEW"]"#),
            Lossless,
        ),
        (
            "a cashout's amount has become an object",
            "cashouts/page",
            Set("data[0].amount", r#"{"value":200.0}"#),
            Refused("data[0].amount"),
        ),
    ]
}

fn single_answers() -> Vec<Elsewhere> {
    vec![
        (
            "a user's id is a text",
            "login/success",
            Set("idUser", r#""123""#),
            Refused("idUser"),
        ),
        (
            "a login is an array",
            "login/success",
            Whole("[]"),
            Rewritten("."),
        ),
        (
            "a login says nothing",
            "login/success",
            Whole("{}"),
            Lossless,
        ),
        (
            "a state is new",
            "cashout-status/completed",
            Set("cashout_status", "9"),
            Lossless,
        ),
        (
            "a state is a word",
            "cashout-status/completed",
            Set("cashout_status", r#""1""#),
            Refused("cashout_status"),
        ),
        (
            "a rejection is new",
            "cashout-status/rejected",
            Set("rejection_code", "899"),
            Lossless,
        ),
        (
            "a rejection is null",
            "cashout-status/rejected",
            Set("rejection_code", "null"),
            Lossless,
        ),
        (
            "a payer is empty",
            "deposit-status/pending",
            Set("payer", "{}"),
            Lossless,
        ),
        (
            "a payer is null",
            "deposit-status/pending",
            Set("payer", "null"),
            Lossless,
        ),
        (
            "a payer is missing",
            "deposit-status/pending",
            Drop("payer"),
            Lossless,
        ),
        (
            "a payer is an array",
            "deposit-status/pending",
            Set("payer", "[]"),
            Refused("payer"),
        ),
        (
            "a payer has a new key",
            "deposit-status/pending",
            Add("payer", "phone", r#""1""#),
            Unknown("payer.phone"),
        ),
        (
            "a payer's document is a number",
            "deposit-status/pending",
            Set("payer.document", "78596049"),
            Refused("payer.document"),
        ),
        (
            "a created cashout's id is a number",
            "cashout-create/created",
            Set("cashout_id", "8405147"),
            Refused("cashout_id"),
        ),
    ]
}

//! What is said about rules that make no sense, and where they stand.

use crate::error;

#[test]
fn a_pass_that_makes_no_sense_is_named_by_its_place() {
    let pass = |rest: &str| error(&format!("[[pass]]\nname = \"p\"\n{rest}"));
    insta::assert_snapshot!(error("pass = []"), @r"
    rules.toml, line 1, column 8: there is no pass: nothing would match
    hint: leave out `pass` for the default passes
    ");
    insta::assert_snapshot!(error("[[pass]]"), @"rules.toml, line 1, column 1: missing field `name`");
    insta::assert_snapshot!(error("[[pass]]\nname = \" \"\nequal = [\"reference\"]"), @r#"
    rules.toml, line 2, column 8: a pass has no name
    hint: give it a name, as in name = "reference"
    "#);
    insta::assert_snapshot!(pass(""), @r#"
    rules.toml, line 2, column 8: pass `p` compares nothing but amounts: say what must be equal, the days or the text
    hint: as in equal = ["reference"], or days = { before = 0, after = 3 }
    "#);
    insta::assert_snapshot!(pass("equal = [\"reference\"]\n[[pass]]\nname = \"p\"\nequal = [\"id\"]"), @r"
    rules.toml, line 5, column 8: two passes are named `p`
    hint: matches and breaks name their pass: give each its own name
    ");
    insta::assert_snapshot!(pass("equal = [\"refrence\"]"), @r#"
    rules.toml, line 3, column 10: `refrence` is none of id, reference, account, method, description, amount, currency, date, kind, direction, status, fee, tax, settled_amount, attributes.NAME
    hint: a column of the file is named as an attribute: attributes = ["batch"] under [ledger] or [records], then "attributes.batch"
    "#);
    insta::assert_snapshot!(pass("equal = [\"attributes.\"]"), @r#"
    rules.toml, line 3, column 10: `attributes.` is none of id, reference, account, method, description, amount, currency, date, kind, direction, status, fee, tax, settled_amount, attributes.NAME
    hint: a column of the file is named as an attribute: attributes = ["batch"] under [ledger] or [records], then "attributes.batch"
    "#);
    insta::assert_snapshot!(pass("equal = [\"id\", { ledger = \"memo\", records = \"id\" }]"), @r#"
    rules.toml, line 3, column 27: `memo` is none of id, reference, account, method, description, amount, currency, date, kind, direction, status, fee, tax, settled_amount, attributes.NAME
    hint: a column of the file is named as an attribute: attributes = ["batch"] under [ledger] or [records], then "attributes.batch"
    "#);
    insta::assert_snapshot!(pass("equal = [\"attributes.rrn\"]"), @r#"
    rules.toml, line 3, column 10: the ledger has no attribute `rrn`
    hint: say under [ledger] which columns are attributes, as in attributes = ["batch"]
    "#);
    insta::assert_snapshot!(pass("equal = [{ ledger = \"id\" }]"), @"rules.toml, line 3, column 10: missing field `records`");
    insta::assert_snapshot!(pass("equal = [{ ledger = \"id\", records = \"id\", normalise = [\"spaces\"] }]"), @"rules.toml, line 3, column 55: `spaces` is none of case, punctuation, accents, digits, zeros");
    insta::assert_snapshot!(pass("equal = [7]"), @"rules.toml, line 3, column 10: invalid type: integer `7`, expected a column, or a table of the columns of ledger and records");
    insta::assert_snapshot!(pass("equals = [\"reference\"]"), @"rules.toml, line 3, column 1: unknown field `equals`, expected one of `name`, `equal`, `identifies`, `tolerance`, `days`, `text`, `net`, `group`, `margin`, `across_references`");
    insta::assert_snapshot!(pass("equal = [\"reference\"]\nmargin = \"1.5\""), @"rules.toml, line 4, column 10: 1.5 is not between 0 and 1");
    insta::assert_snapshot!(pass("equal = [\"reference\"]\nnet = true"), @r#"
    rules.toml, line 2, column 8: pass `p` compares net with gross: say which side is which
    hint: as in [fees] ledger = "net", records = "gross"; fees are those of the rows, else of a schedule or inferred
    "#);
    insta::assert_snapshot!(pass("days = { after = -1 }"), @r"
    rules.toml, line 3, column 18: invalid value: integer `-1`, expected u16
    hint: a number of days, from 0 to 65535
    ");
    insta::assert_snapshot!(pass("days = { after = 3 }\ngroup = { by = \"sum\", sides = \"one_to_many\" }"), @r#"
    rules.toml, line 4, column 9: pass `p` groups by sum without evidence: say what the rows of a group share
    hint: as in evidence = ["day", "account"]: among many rows, some add up by chance
    "#);
    insta::assert_snapshot!(pass("days = { after = 3 }\ngroup = { by = \"sum\", sides = \"many_to_many\", evidence = [\"day\"] }"), @r#"
    rules.toml, line 4, column 9: pass `p` groups several rows of both sides by sum: that needs a key
    hint: set by = "key", or sides = "one_to_many" or "many_to_one"
    "#);
    insta::assert_snapshot!(pass("days = { after = 3 }\ngroup = { by = \"sum\", sides = \"one_to_many\", evidence = [\"day\"], most = 1 }"), @r"
    rules.toml, line 4, column 9: pass `p`: a group of at most 1 rows; say 2 to 10000
    hint: set `most` to the most rows that one payment is split into
    ");
    insta::assert_snapshot!(pass("days = { after = 3 }\ngroup = { by = \"sum\", sides = \"many_to_one\", evidence = [\"attributes.batch\"] }"), @r#"
    rules.toml, line 4, column 58: the ledger has no attribute `batch`
    hint: say under [ledger] which columns are attributes, as in attributes = ["batch"]
    "#);
    let by_key = pass("days = { after = 3 }\ngroup = { by = \"key\", sides = \"one_to_many\" }");
    assert!(
        by_key.starts_with("rules.toml, line 4, column 9: pass `p` groups by key"),
        "{by_key}"
    );
}

#[test]
fn whatever_else_makes_no_sense_is_named_by_its_place() {
    insta::assert_snapshot!(error("[calendar]\nweekend = [\"caturday\"]"), @"rules.toml, line 2, column 11: `caturday` is none of monday, tuesday, wednesday, thursday, friday, saturday, sunday");
    insta::assert_snapshot!(error("[calendar]\nholidays = [\"1 May\"]"), @"rules.toml, line 2, column 13: `1 May` is not a date (2026-01-31)");
    insta::assert_snapshot!(error("[calendar]\nweekend = [\"monday\", \"tuesday\", \"wednesday\", \"thursday\", \"friday\", \"saturday\", \"sunday\"]"), @r"
    rules.toml, line 1, column 1: no day of the week is a business day
    hint: leave at least one day of the week out of `weekend`
    ");
    insta::assert_snapshot!(error("[tolerance.currencies]\nsol = { absolute = \"1\" }"), @r#"
    rules.toml, line 2, column 1: `sol` is not an ISO 4217 currency code (three capital letters)
    hint: three capital letters, as in "PEN"
    "#);
    insta::assert_snapshot!(error("[fees]\nschedule = [{}, { least = \"2\", most = \"1\" }]"), @r"
    rules.toml, line 2, column 17: the fee schedule: the least fee is more than the most
    hint: tiers rise by `up_to`, and the last has none; `least` is at most `most`
    ");
    insta::assert_snapshot!(error("[fees]\nschedule = [{ tiers = [{ up_to = \"2\", percent = \"1\" }] }]"), @r"
    rules.toml, line 2, column 13: the fee schedule: the tiers must rise, and only the last be open
    hint: tiers rise by `up_to`, and the last has none; `least` is at most `most`
    ");
    insta::assert_snapshot!(error("[attention]\nstale_after_days = \"seldom\""), @r#"rules.toml, line 2, column 20: invalid value: string "seldom", expected a number of days, from 0 to 65535, or "never""#);
    insta::assert_snapshot!(error("[attention]\nstale_after_days = 70000"), @r#"rules.toml, line 2, column 20: invalid value: integer `70000`, expected a number of days, from 0 to 65535, or "never""#);
    insta::assert_snapshot!(error("[attention]\nsmall = { PEN = \"5\" }\nlarge = { PEN = \"5.00\" }"), @r#"
    rules.toml, line 1, column 1: the limits of attention: a small amount is as large as a large one
    hint: as in small = { PEN = "1.00" }, large = { PEN = "1000.00" }
    "#);
    insta::assert_snapshot!(error("[attention]\nlarge = { PEN = 0 }"), @r#"
    rules.toml, line 1, column 1: the limits of attention: an amount is not above zero
    hint: as in small = { PEN = "1.00" }, large = { PEN = "1000.00" }
    "#);
    insta::assert_snapshot!(error("[fees]\ntax_percent = 18.5"), @r#"
    rules.toml, line 2, column 15: invalid type: floating point `18.5`, expected a decimal in quotes or a whole number
    hint: a fraction without quotes is a float and not exact: write "0.01"
    "#);
    insta::assert_snapshot!(error("[[exclude]]\nside = \"ledger\"\nreason = \"transfers\""), @r"
    rules.toml, line 1, column 1: the exclusion `transfers` names no condition: it would leave out a whole side
    hint: say which rows: by kind, status, account or description_has
    ");
    insta::assert_snapshot!(error("[[exclude]]\nside = \"books\"\nreason = \"transfers\""), @"rules.toml, line 2, column 8: `books` is none of ledger, records");
    insta::assert_snapshot!(error("[ledger]\ncutoff = \"25:00\""), @"rules.toml, line 2, column 10: `25:00` is not a time of day (23:30)");
    insta::assert_snapshot!(error("[ledger]\ncutoff = \"00:00\""), @"rules.toml, line 2, column 10: from midnight on, an instant counts for the day that begins: no cutoff says so");
    insta::assert_snapshot!(error("[ledger]\ncutoff = 23:30:00"), @r"
    rules.toml, line 2, column 10: invalid type: map, expected a string
    hint: put it in quotes
    ");
    insta::assert_snapshot!(error("[records]\nwords = { status = { Paid = \"done\" } }"), @"rules.toml, line 2, column 29: unknown variant `done`, expected one of `pending`, `on_hold`, `succeeded`, `failed`, `cancelled`, `reversed`, `unknown`");
    insta::assert_snapshot!(error("[records]\nwords = { method = { VC = \"visa\" } }"), @"rules.toml, line 2, column 11: unknown field `method`, expected one of `currency`, `kind`, `direction`, `status`");
    insta::assert_snapshot!(error("[ledger]\nattributes = \"batch\""), @r#"rules.toml, line 2, column 14: invalid type: string "batch", expected a list of columns, or a table of names and columns"#);
}

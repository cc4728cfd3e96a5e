//! Amounts in two columns, one of what came in and one of what went out.

#![allow(clippy::unwrap_used, reason = "a panic is how a test fails")]

use std::{fs, path::Path};

use reconcile_engine::Book;
use reconcile_files::{
    BadLine, Field, FileError, Invalid, Ledger, Mapping, RulesFile, read_ledger, read_records,
};

/// The merchant's account of its bank: what comes in is a debit.
const BOOKS: &str = r#"
[ledger]
columns = { reference = "Ref", date = "Fecha", money_in = "Debe", money_out = "Haber" }
currency = "PEN"
"#;

const HEADER: &str = "Ref,Fecha,Debe,Haber\n";

#[test]
fn what_comes_in_is_a_debit_of_the_books_and_a_credit_of_the_banks_statement() {
    let books = book(
        "l.csv",
        "Ref,Fecha,Debe,Haber\nA,2026-01-31,120.00,\nB,2026-01-31,,45.00\n",
        BOOKS,
    );
    assert_eq!(signed(&books), ["A 120.00", "B -45.00"]);
    let statement = "Ref,Fecha,Cargo,Abono\nA,2026-01-31,,120.00\nB,2026-01-31,45.00,\n";
    let rules = r#"
        [records]
        columns = { id = "Ref", reference = "Ref", created_at = "Fecha", money_in = "Abono", money_out = "Cargo" }
        currency = "PEN"
        kind = "payment"
        status = "succeeded"
    "#;
    assert_eq!(
        signed(&records("r.csv", statement, rules).unwrap()),
        ["A 120.00", "B -45.00"]
    );
}

#[test]
fn one_of_the_two_is_empty_or_zero_and_what_is_negative_moves_the_other_way() {
    let rows = [
        ("30.0", "", "30.0"),
        ("30.0", "0.00", "30.0"),
        (" 30.0 ", " ", "30.0"),
        ("", "30.0", "-30.0"),
        ("0", "30.0", "-30.0"),
        ("-30.0", "", "-30.0"),
        ("-30.0", "0.00", "-30.0"),
        ("", "-30.0", "30.0"),
        ("-0.00", "-30.0", "30.0"),
        // Without a sign, the zero of a debit shows none.
        ("0.00", "0.00", "0.00"),
        ("0.00", "", "0.00"),
        ("-0.00", "", "0.00"),
    ];
    for (debe, haber, expected) in rows {
        let csv = format!("{HEADER}A,2026-01-31,{debe},{haber}\n");
        let read = signed(&book("l.csv", &csv, BOOKS));
        assert_eq!(read, [format!("A {expected}")], "{debe} {haber}");
    }
}

#[test]
fn a_zero_moved_the_way_of_the_only_column_that_says_so() {
    let directions = |cells: &str| {
        let book = book("l.csv", &format!("{HEADER}A,2026-01-31,{cells}\n"), BOOKS);
        book.iter().next().unwrap().direction.to_string()
    };
    assert_eq!(directions("0.00,"), "credit");
    assert_eq!(directions(",0.00"), "debit");
    assert_eq!(directions("0.00,0.00"), "credit");
}

#[test]
fn both_are_read_with_the_separators_of_the_file() {
    let rules = r#"
        [ledger]
        columns = { reference = "No", date = "Tarih", money_in = "Borç", money_out = "Alacak" }
        decimal_separator = ","
        thousands_separator = "."
        delimiter = ";"
        currency = "TRY"
    "#;
    let text = "No;Tarih;Borç;Alacak\nA;2026-01-31;1.234,50;0,00\nB;2026-01-31;;2.000,00\n";
    assert_eq!(
        signed(&book("l.csv", text, rules)),
        ["A 1234.50", "B -2000.00"]
    );
}

#[test]
fn other_columns_by_the_names_of_amount_and_direction_are_left_alone() {
    let text =
        "Ref,Fecha,Debe,Haber,amount,direction\nA,2026-01-31,,5,in words: five,D\n".to_owned();
    assert_eq!(signed(&book("l.csv", &text, BOOKS)), ["A -5"]);
    // As are those by the names of the two where they are not asked for.
    let json = r#"{"reference":"A","amount":5,"currency":"PEN","date":"2026-01-31","money_in":{"x":1},"money_out":"-"}"#;
    assert_eq!(signed(&book("l.jsonl", json, "")), ["A 5"]);
}

#[test]
fn lines_of_json_leave_out_the_way_that_nothing_moved() {
    let out = r#"{"Ref":"A","Fecha":"2026-01-31","Haber":"4.50"}"#;
    let both = r#"{"Ref":"B","Fecha":"2026-01-31","Debe":7,"Haber":null}"#;
    let storno = r#"{"Ref":"C","Fecha":"2026-01-31","Debe":-1.5e1,"Haber":0}"#;
    let text = format!("{out}\n{both}\n{storno}\n");
    assert_eq!(
        signed(&book("l.jsonl", &text, BOOKS)),
        ["A -4.50", "B 7", "C -15"]
    );
    // Nor need anything have moved the other way in any line.
    assert_eq!(signed(&book("l.jsonl", out, BOOKS)), ["A -4.50"]);
    // A way that goes by another name is no way, and told of the line.
    let misnamed = BOOKS.replace("\"Debe\"", "\"Deve\"");
    insta::assert_snapshot!(error("l.jsonl", &text, &misnamed), @r"
    l.jsonl, line 2, column Deve: is empty, as is column Haber
    hint: one of them holds the amount, 0 where it is zero; a heading or a balance is no row
    ");
    insta::assert_snapshot!(error("l.jsonl", r#"{"Ref":"A","Fecha":"2026-01-31"}"#, BOOKS), @r#"
    l.jsonl: no column `Debe`; there are `Fecha`, `Ref`
    hint: say which column it is under [ledger] in the rules file: columns = { money_in = "…" }
    "#);
}

#[test]
fn records_may_have_them_among_their_attributes() {
    let rules = r#"
        [records]
        columns = { money_in = "attributes.in", money_out = "attributes.out" }
        kind = "payment"
        status = "succeeded"
        currency = "PEN"
    "#;
    let text = "id,reference,created_at,attributes\n\
                A,A,2026-01-31,\"{\"\"in\"\":\"\"5.00\"\"}\"\n\
                B,B,2026-01-31,\"{\"\"in\"\":0,\"\"out\"\":7}\"\n";
    assert_eq!(
        signed(&records("r.csv", text, rules).unwrap()),
        ["A 5.00", "B -7"]
    );
}

#[cfg(feature = "parquet")]
#[test]
fn decimals_of_parquet_are_read_from_both() {
    use reconcile_files::{Cell, Column, ColumnType, ParquetTable};

    let column = |name, holds| Column { name, holds };
    let columns = [
        column("Ref", ColumnType::Text),
        column("Fecha", ColumnType::Date),
        column("Debe", ColumnType::Amount),
        column("Haber", ColumnType::Amount),
    ];
    let held = tempfile::tempdir().unwrap();
    let path = held.path().join("l.parquet");
    let file = fs::File::create(&path).unwrap();
    let mut table = ParquetTable::create("ledger", &columns, file).unwrap();
    let amount = |text: &str| match text {
        "" => Cell::Absent,
        text => Cell::Amount(text.parse().unwrap()),
    };
    let rows = [
        ("A", "120.50", ""),
        ("B", "0", "45"),
        ("C", "", "-3"),
        ("D", "1.5", "2"),
        ("E", "", ""),
    ];
    for (reference, debe, haber) in rows {
        let day = Cell::Date(jiff::civil::date(2026, 1, 31));
        let cells = [
            Cell::Text(reference.into()),
            day,
            amount(debe),
            amount(haber),
        ];
        table.write(&cells).unwrap();
    }
    table.finish().unwrap();
    let rules = RulesFile::parse(BOOKS, Path::new("rules.toml")).unwrap();
    let ledger = read_ledger(&path, &rules.ledger, Invalid::SetAside).unwrap();
    assert_eq!(signed(&ledger.book), ["A 120.5", "B -45", "C 3"]);
    insta::assert_snapshot!(aside(&ledger), @r#"
    line 4, column Debe: `1.5` stands beside `2` in column Haber: one of them must be empty or zero
    {"date":"2026-01-31","money_in":"1.5","money_out":"2","reference":"D"}
    line 5, column Debe: is empty, as is column Haber
    {"date":"2026-01-31","reference":"E"}
    "#);
}

#[test]
fn a_line_that_moves_both_ways_or_neither_is_at_fault() {
    let said = |cells: &str| {
        let text = format!("{HEADER}A,2026-01-31,1,\nB,2026-01-31,{cells}\n");
        error("l.csv", &text, BOOKS)
    };
    insta::assert_snapshot!(said("120.00,-45.00"), @r"
    l.csv, line 3, column Debe: `120.00` stands beside `-45.00` in column Haber: one of them must be empty or zero
    hint: an entry that moves both ways is two rows; a line of totals is no row
    ");
    insta::assert_snapshot!(said("4111111111111111,1"), @r"
    l.csv, line 3, column Debe: `411111******1111` stands beside `1` in column Haber: one of them must be empty or zero
    hint: an entry that moves both ways is two rows; a line of totals is no row
    ");
    insta::assert_snapshot!(said(" ,"), @r"
    l.csv, line 3, column Debe: is empty, as is column Haber
    hint: one of them holds the amount, 0 where it is zero; a heading or a balance is no row
    ");
    insta::assert_snapshot!(said("0,\"1,50\""), @r#"
    l.csv, line 3, column Haber: `1,50` is not a decimal
    hint: decimal comma? set decimal_separator = "," under [ledger] in the rules file
    "#);
    // A way that cannot be read is not passed over for the other.
    insta::assert_snapshot!(said("x,1"), @"l.csv, line 3, column Debe: `x` is not a decimal");
}

#[test]
fn such_lines_are_set_aside_as_they_stand() {
    let text = format!(
        "{HEADER}A,2026-01-31,1,\nB,2026-01-31,1,2\nC,2026-01-31,,\nTotal,2026-01-31,1,2\n"
    );
    let ledger = with_rules("l.csv", &text, BOOKS, Invalid::SetAside).unwrap();
    assert_eq!((ledger.rows, ledger.book.len()), (4, 1));
    insta::assert_snapshot!(aside(&ledger), @r"
    line 3, column Debe: `1` stands beside `2` in column Haber: one of them must be empty or zero
    B,2026-01-31,1,2
    line 4, column Debe: is empty, as is column Haber
    C,2026-01-31,,
    line 5, column Debe: `1` stands beside `2` in column Haber: one of them must be empty or zero
    Total,2026-01-31,1,2
    ");
}

#[test]
fn both_columns_must_be_there() {
    insta::assert_snapshot!(error("l.csv", "Ref,Fecha,Debe,haber\n", BOOKS), @r#"
    l.csv: no column `Haber`; there are `Ref`, `Fecha`, `Debe`, `haber`
    hint: say which column it is under [ledger] in the rules file: columns = { money_out = "haber" }
    "#);
}

#[test]
fn a_mapping_that_says_an_amount_or_its_way_twice_or_by_half_is_refused() {
    let refused = |settings: &str| {
        let rules = format!("[ledger]\n{settings}");
        let error = RulesFile::parse(&rules, Path::new("rules.toml")).unwrap_err();
        said(&error)
    };
    insta::assert_snapshot!(refused(r#"columns = { money_in = "Debe" }"#), @r#"
    rules.toml, line 1, column 1: `money_in` has a column, and `money_out` has none
    hint: name two columns, as in columns = { money_in = "Debe", money_out = "Haber" }; where the sign says which way an amount moved, one column is `amount`
    "#);
    insta::assert_snapshot!(refused(r#"columns = { amount = "Importe", money_out = "Haber" }"#), @r#"
    rules.toml, line 1, column 1: `money_out` has a column, and `money_in` has none
    hint: name two columns, as in columns = { money_in = "Debe", money_out = "Haber" }; where the sign says which way an amount moved, one column is `amount`
    "#);
    insta::assert_snapshot!(refused(r#"columns = { money_in = "Importe", money_out = "Importe" }"#), @r#"
    rules.toml, line 1, column 1: `money_in` and `money_out` have the same column
    hint: name two columns, as in columns = { money_in = "Debe", money_out = "Haber" }; where the sign says which way an amount moved, one column is `amount`
    "#);
    insta::assert_snapshot!(refused(r#"columns = { money_in = "Debe", money_out = "Haber", amount = "Importe" }"#), @r"
    rules.toml, line 1, column 1: `amount` has a column beside those of `money_in` and `money_out`
    hint: leave out amount where two columns hold it
    ");
    let direction = "rules.toml, line 1, column 1: a direction is set beside the columns of \
                     `money_in` and `money_out`\n\
                     hint: leave out direction: the column that an amount stands in says which \
                     way it moved";
    for settings in [
        "columns = { money_in = \"Debe\", money_out = \"Haber\", direction = \"D/H\" }",
        "columns = { money_in = \"Debe\", money_out = \"Haber\" }\ndirection = \"debit\"",
        "columns = { money_in = \"Debe\", money_out = \"Haber\" }\nwords = { direction = { D = \"debit\" } }",
    ] {
        assert_eq!(refused(settings), direction, "{settings}");
    }
    // Nobody has to know whose debit it is.
    for word in ["debit", "credit"] {
        let said = refused(&format!("columns = {{ {word} = \"Debe\" }}"));
        let hint = "hint: say which column is money_in and which money_out: of a bank or clearing \
                    account, money comes in by the debit column of your books, and by the credit \
                    column of the bank's statement";
        assert!(said.ends_with(hint), "{said}");
    }
}

#[test]
fn a_mapping_from_code_is_held_to_the_same() {
    let mut mapping = Mapping::default();
    mapping.columns.insert(Field::MoneyIn, "Debe".into());
    let (held, path) = file("l.csv", HEADER);
    let error = read_ledger(&path, &mapping, Invalid::SetAside).unwrap_err();
    insta::assert_snapshot!(said(&error).replace(held.path().to_str().unwrap(), ""), @r#"
    /l.csv: cannot be read as is asked: `money_in` has a column, and `money_out` has none
    hint: name two columns, as in columns = { money_in = "Debe", money_out = "Haber" }; where the sign says which way an amount moved, one column is `amount`
    "#);
    let mut mapping = Mapping::default();
    mapping.thousands_separator = Some('.');
    let error = read_ledger(&path, &mapping, Invalid::Stop).unwrap_err();
    assert!(matches!(error, FileError::Mapping { .. }), "{error}");
}

#[test]
fn a_header_of_debits_and_credits_is_told_how_to_map_them() {
    let rules = "[ledger]\ncolumns = { reference = \"R\" }";
    let hint = |header: &str| {
        let said = error("l.csv", &format!("R,{header},date,currency\n"), rules);
        said.split_once("\nhint: ").unwrap().1.to_owned()
    };
    insta::assert_snapshot!(hint("Debe,Haber,Saldo"), @r#"two columns for the amount? say so under [ledger] in the rules file: columns = { money_in = "Debe", money_out = "Haber" } where it is the account of a bank or of clearing in your books, and the other way about where it is the bank's statement"#);
    insta::assert_snapshot!(hint("Deposits,Withdrawals"), @r#"two columns for the amount? say so under [ledger] in the rules file: columns = { money_in = "Deposits", money_out = "Withdrawals" }"#);
    for (header, columns) in [
        (
            "Haber S/,Debe S/",
            r#"money_in = "Debe S/", money_out = "Haber S/""#,
        ),
        (
            "CARGOS,ABONOS",
            r#"money_in = "CARGOS", money_out = "ABONOS""#,
        ),
        (
            "Recargo,Cargo,Abono",
            r#"money_in = "Cargo", money_out = "Abono""#,
        ),
        (
            "BORÇ TUTARI,ALACAK TUTARI",
            r#"money_in = "BORÇ TUTARI", money_out = "ALACAK TUTARI""#,
        ),
        ("مدين,دائن", r#"money_in = "مدين", money_out = "دائن""#),
        (
            "الدائن,المدين",
            r#"money_in = "المدين", money_out = "الدائن""#,
        ),
        (
            "Debit Amount,Credit Amount",
            r#"money_in = "Debit Amount", money_out = "Credit Amount""#,
        ),
        (
            "Débito,Crédito",
            r#"money_in = "Débito", money_out = "Crédito""#,
        ),
        ("Soll,Haben", r#"money_in = "Soll", money_out = "Haben""#),
        (
            "Ingresos,Egresos",
            r#"money_in = "Ingresos", money_out = "Egresos""#,
        ),
    ] {
        let hint = hint(header);
        assert!(
            hint.contains(&format!("columns = {{ {columns} }}")),
            "{hint}"
        );
    }
    // What is one column, or nearly named amount, is no pair.
    for (header, amount) in [
        ("Haber", "…"),
        ("Debe,Importe", "…"),
        ("Debit,Credit,Amount", "Amount"),
    ] {
        let hint = hint(header);
        assert!(
            hint.ends_with(&format!("columns = {{ amount = \"{amount}\" }}")),
            "{hint}"
        );
    }
    let statement = records(
        "r.csv",
        "id,reference,Cargo,Abono,created_at\n",
        "[records]\ncurrency = \"PEN\"\nkind = \"payment\"\nstatus = \"succeeded\"",
    );
    insta::assert_snapshot!(statement.unwrap_err().hint().unwrap(), @r#"two columns for the amount? say so under [records] in the rules file: columns = { money_in = "Abono", money_out = "Cargo" } where it is the bank's statement, and the other way about where it is an account in your books"#);
}

#[test]
fn the_rules_say_in_words_which_way_is_which() {
    let rules = RulesFile::parse(BOOKS, Path::new("rules.toml")).unwrap();
    let (_, sentences) = rules.describe().swap_remove(0);
    insta::assert_snapshot!(sentences.join("\n"), @r#"
    Columns that must be there: reference (in "Ref"), money_in (in "Debe"), money_out (in "Haber"), date (in "Fecha").
    Amounts are written as 1234.50.
    What stands in "Debe" came in, and what stands in "Haber" went out; what is negative there moved the other way. Of the two, one is empty or zero.
    Dates are written as 2026-01-31, or as RFC 3339 instants; an instant counts for its day in UTC, and in a run in the zone of the provider.
    A row that does not say has currency PEN.
    "#);
}

fn book(name: &str, text: &str, rules: &str) -> Book {
    with_rules(name, text, rules, Invalid::Stop).unwrap().book
}

fn with_rules(name: &str, text: &str, rules: &str, invalid: Invalid) -> Result<Ledger, FileError> {
    let rules = RulesFile::parse(rules, Path::new("rules.toml")).unwrap();
    let (_held, path) = file(name, text);
    read_ledger(&path, &rules.ledger, invalid)
}

fn records(name: &str, text: &str, rules: &str) -> Result<Book, FileError> {
    let rules = RulesFile::parse(rules, Path::new("rules.toml")).unwrap();
    let (_held, path) = file(name, text);
    read_records(&path, &rules.records)
}

/// The reference and the signed amount of each row.
fn signed(book: &Book) -> Vec<String> {
    let rows = book.iter();
    rows.map(|row| format!("{} {}", row.reference.unwrap_or("-"), row.signed()))
        .collect()
}

/// The lines that were set aside, with what is wrong.
fn aside(ledger: &Ledger) -> String {
    let text = |line: &BadLine| String::from_utf8(line.text().to_vec()).unwrap();
    let lines = ledger.set_aside.iter();
    let lines = lines.map(|line| format!("{line}\n{}", text(line)));
    lines.collect::<Vec<_>>().join("\n")
}

/// What is said of a ledger that cannot be read by these rules.
fn error(name: &str, text: &str, rules: &str) -> String {
    let rules = RulesFile::parse(rules, Path::new("rules.toml")).unwrap();
    let (held, path) = file(name, text);
    let error = read_ledger(&path, &rules.ledger, Invalid::Stop).unwrap_err();
    said(&error).replace(&format!("{}/", held.path().display()), "")
}

fn said(error: &FileError) -> String {
    match error.hint() {
        Some(hint) => format!("{error}\nhint: {hint}"),
        None => error.to_string(),
    }
}

fn file(name: &str, text: &str) -> (tempfile::TempDir, std::path::PathBuf) {
    let held = tempfile::tempdir().unwrap();
    let path = held.path().join(name);
    fs::write(&path, text).unwrap();
    (held, path)
}

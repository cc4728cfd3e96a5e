//! A labelled corpus as files, and how well a matching of it is:
//!
//! ```sh
//! cargo run --release -p reconcile-sandbox --example labelled_corpus -- dense --pairs 50000 --seed 1 DIR
//! cargo run --release -p reconcile-sandbox --example labelled_corpus -- score DIR/matches.csv DIR/truth.csv
//! cargo run --release -p reconcile-sandbox --example labelled_corpus -- accuracy --pairs 50000 --seeds 11
//! ```
//!
//! The first writes `ledger.csv`, `records.csv`, `rules.toml` and `truth.csv`; the
//! second reads what `reconcile match --rules DIR/rules.toml` made of them; the
//! third matches corpora of several seeds within this process, as they are,
//! backwards and shuffled, and prints the figures. With `--days`, the bookings are of
//! so many days: the period of twice as many pairs is twice as long where their number
//! a day is to stay the same. `speed` matches one corpus, once, and holds no more of
//! it than the books.

#![expect(clippy::print_stdout, reason = "the example is a command")]

use std::{
    collections::{BTreeMap, BTreeSet},
    error::Error,
    fs::{self, File},
    hash::{BuildHasher, BuildHasherDefault, DefaultHasher},
    io::{BufWriter, Write},
    path::{Path, PathBuf},
    time::{Duration, Instant},
};

use jiff::civil::date;
use reconcile_core::{Direction, Kind, Money, Record, Status};
use reconcile_engine::{
    Absence, Book, BreakCode, Column, Context, DayWindow, Outcome, Pass, Row, RowIndex, Rules,
    Side, TextRule, Tolerance, reconcile,
};
use reconcile_sandbox::{Labelled, LabelledRow};
use rust_decimal::Decimal;

type Fallible<T> = Result<T, Box<dyn Error>>;

const USAGE: &str = "usage: labelled_corpus dense [--pairs N] [--seed N] [--days N] DIR \
                     | score MATCHES TRUTH | accuracy [--pairs N] [--seeds N] [--days N] \
                     | speed [--pairs N] [--seed N] [--days N]";

fn main() -> Fallible<()> {
    let mut numbers = BTreeMap::from([
        ("--pairs", 50_000),
        ("--seed", 1),
        ("--seeds", 11),
        ("--days", 92),
    ]);
    let mut words = Vec::new();
    let mut arguments = std::env::args().skip(1);
    while let Some(argument) = arguments.next() {
        match numbers.get_mut(argument.as_str()) {
            Some(number) => *number = arguments.next().ok_or(USAGE)?.parse()?,
            None => words.push(argument),
        }
    }
    let number = |name: &str| numbers.get(name).copied().unwrap_or_default();
    let pairs = usize::try_from(number("--pairs"))?;
    let days = u32::try_from(number("--days"))?;
    let seed = number("--seed");
    let corpus = |seed| Labelled::dense_over(days, pairs, seed);
    match words
        .iter()
        .map(String::as_str)
        .collect::<Vec<_>>()
        .as_slice()
    {
        ["dense", dir] => write(&corpus(seed), &PathBuf::from(dir)),
        ["score", matches, truth] => score(Path::new(matches), Path::new(truth)),
        ["accuracy"] => (1..=number("--seeds")).try_for_each(|seed| accuracy(seed, &corpus(seed))),
        ["speed"] => speed(days, pairs, seed),
        _ => Err(USAGE.into()),
    }
}

fn write(corpus: &Labelled, dir: &Path) -> Fallible<()> {
    fs::create_dir_all(dir)?;
    let file = |name: &str| File::create(dir.join(name)).map(BufWriter::new);
    let mut ledger = file("ledger.csv")?;
    writeln!(ledger, "id,reference,amount,currency,date,description")?;
    for row in &corpus.ledger {
        let LabelledRow {
            id,
            amount,
            date,
            description,
            ..
        } = row;
        writeln!(ledger, "{id},,{amount},PEN,{date},\"{description}\"")?;
    }
    ledger.flush()?;
    let mut records = file("records.csv")?;
    writeln!(records, "{}", Record::COLUMNS.join(","))?;
    for row in &corpus.records {
        let LabelledRow {
            id,
            amount,
            date,
            description,
            ..
        } = row;
        writeln!(
            records,
            "acme,{id},payment,credit,succeeded,OK,,{amount},PEN,,,,,{date}T12:00:00Z,,,,\"{description}\",{{}}"
        )?;
    }
    records.flush()?;
    let mut truth = file("truth.csv")?;
    writeln!(truth, "ledger_id,record_id")?;
    for (booked, listed) in &corpus.pairs {
        writeln!(truth, "{booked},{listed}")?;
    }
    truth.flush()?;
    Ok(fs::write(dir.join("rules.toml"), RULES)?)
}

/// The rules of [`rules`], as `reconcile match` reads them.
const RULES: &str = r#"[[pass]]
name = "memo"
tolerance = { percent = "13" }
days = { before = 0, after = 21 }
text = { ledger = "description", records = "description", least = "0.3" }
"#;

/// Precision and recall over the rows of the ledger that are matched.
fn score(matches: &Path, truth: &Path) -> Fallible<()> {
    let truth: BTreeSet<(String, String)> = fs::read_to_string(truth)?
        .lines()
        .skip(1)
        .filter_map(|line| line.split_once(','))
        .map(|(booked, listed)| (booked.to_owned(), listed.to_owned()))
        .collect();
    let matches = fs::read_to_string(matches)?;
    let mut lines = matches.lines();
    let header: Vec<&str> = lines.next().unwrap_or_default().split(',').collect();
    let column = |name: &str| header.iter().position(|column| *column == name);
    let (booked, listed) = column("ledger_ids")
        .zip(column("record_ids"))
        .ok_or("no matches.csv")?;
    let mut found = Vec::new();
    for line in lines {
        let cells: Vec<&str> = line.split(',').collect();
        let ids = |column: usize| cells.get(column).copied().unwrap_or_default();
        found.push((ids(booked).to_owned(), ids(listed).to_owned()));
    }
    println!("{}", Score::of(&found, &truth));
    Ok(())
}

struct Score {
    found: usize,
    right: usize,
    true_pairs: usize,
}

impl Score {
    fn of(found: &[(String, String)], truth: &BTreeSet<(String, String)>) -> Self {
        Self {
            found: found.len(),
            right: found.iter().filter(|pair| truth.contains(*pair)).count(),
            true_pairs: truth.len(),
        }
    }
}

impl std::fmt::Display for Score {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let share = |part: usize, whole: usize| {
            let share = Decimal::from(part).checked_div(Decimal::from(whole));
            share.unwrap_or_default().round_dp(5)
        };
        write!(
            f,
            "precision {} recall {} ({} matched, {} of them right, {} pairs)",
            share(self.right, self.found),
            share(self.right, self.true_pairs),
            self.found,
            self.right,
            self.true_pairs
        )
    }
}

/// Matches a corpus as it is, backwards and shuffled.
fn accuracy(seed: u64, corpus: &Labelled) -> Fallible<()> {
    let truth = corpus.pairs.iter().cloned().collect();
    let begun = Instant::now();
    let (found, ambiguous) = matched(&corpus.ledger, &corpus.records)?;
    let took = begun.elapsed();
    let backwards = |rows: &[LabelledRow]| rows.iter().rev().cloned().collect::<Vec<_>>();
    let shuffled = |rows: &[LabelledRow]| {
        let mut rows = rows.to_vec();
        rows.sort_by_cached_key(|row| row.id.bytes().rev().collect::<Vec<_>>());
        rows
    };
    let mut said = String::new();
    for (order, ledger, records) in [
        (
            "backwards",
            backwards(&corpus.ledger),
            backwards(&corpus.records),
        ),
        (
            "shuffled",
            shuffled(&corpus.ledger),
            shuffled(&corpus.records),
        ),
    ] {
        let (again, tied) = matched(&ledger, &records)?;
        let same = if again == found && tied == ambiguous {
            "identical"
        } else {
            "DIFFERENT"
        };
        said = format!("{said}, {order} {same}");
    }
    println!(
        "seed {seed}: {}, {ambiguous} rows ambiguous, {took:.1?}{said}",
        Score::of(&found, &truth)
    );
    Ok(())
}

/// Matches a corpus once, and says how well and how long that took.
fn speed(days: u32, pairs: usize, seed: u64) -> Fallible<()> {
    let (mut ledger, mut records) = (Book::new(), Book::new());
    for (booked, listed) in Labelled::sales(days, pairs, seed) {
        booked.map_or(Ok(()), |row| push(&mut ledger, &row, None))?;
        listed.map_or(Ok(()), |row| push(&mut records, &row, Some(Kind::Payment)))?;
    }
    let booked = shuffle(&mut ledger, Side::Ledger)?;
    let listed = shuffle(&mut records, Side::Records)?;
    let (begun, used) = (Instant::now(), processor());
    let outcome = reconcile(&ledger, &records, &rules(), &context())?;
    let took = match processor().zip(used) {
        Some((now, used)) => format!("{:.2?} of a processor", now.saturating_sub(used)),
        None => format!("{:.1?}", begun.elapsed()),
    };
    let sale = |order: &[RowIndex], row: RowIndex| {
        let sold = order.get(row.position()).map(|row| row.position());
        sold.filter(|sale| *sale < pairs)
    };
    let right = outcome.matches.iter().filter(|group| {
        let partners = group.ledger.iter().zip(group.records);
        let mut sales =
            partners.map(|(row, record)| sale(&booked, *row).zip(sale(&listed, *record)));
        sales.all(|sales| sales.is_some_and(|(booked, listed)| booked == listed))
    });
    let score = Score {
        found: outcome.matches.len(),
        right: right.count(),
        true_pairs: pairs,
    };
    println!("{score}, {} rows ambiguous, {took}", ambiguous(&outcome));
    Ok(())
}

/// What this process has used of a processor, where the system tells it: whatever
/// else runs does not count.
fn processor() -> Option<Duration> {
    let told = fs::read_to_string("/proc/self/schedstat").ok()?;
    let nanoseconds = told.split_whitespace().next()?.parse().ok()?;
    Some(Duration::from_nanos(nanoseconds))
}

/// Brings the rows of a book into no order, and gives of each where it was: the pairs
/// come first, in their order on both sides.
fn shuffle(book: &mut Book, side: Side) -> Fallible<Vec<RowIndex>> {
    let mut order: Vec<RowIndex> = book.indices().collect();
    let hash = BuildHasherDefault::<DefaultHasher>::default();
    order.sort_by_cached_key(|row| hash.hash_one((side, row)));
    let mut shuffled = Book::with_capacity(book.len(), book.bytes());
    for row in &order {
        shuffled.push(book.row(*row))?;
    }
    *book = shuffled;
    Ok(order)
}

fn push(book: &mut Book, row: &LabelledRow, kind: Option<Kind>) -> Fallible<()> {
    let amount = Money::new(row.amount, "PEN".parse()?);
    Ok(book.push(Row {
        kind,
        status: kind.map(|_| Status::Succeeded),
        description: Some(&row.description),
        ..Row::new(&row.id, amount, Direction::Credit, row.date)
    })?)
}

/// The matched ids, and how many rows are ambiguous.
fn matched(
    ledger: &[LabelledRow],
    records: &[LabelledRow],
) -> Fallible<(Vec<(String, String)>, usize)> {
    let book = |rows: &[LabelledRow], kind| {
        let mut book = Book::new();
        let pushed = rows.iter().try_for_each(|row| push(&mut book, row, kind));
        pushed.map(|()| book)
    };
    let (ledger, records) = (book(ledger, None)?, book(records, Some(Kind::Payment))?);
    let outcome = reconcile(&ledger, &records, &rules(), &context())?;
    let mut found = Vec::new();
    for group in outcome.matches.iter() {
        for (booked, listed) in group.ledger.iter().zip(group.records) {
            let pair = (ledger.row(*booked).id, records.row(*listed).id);
            found.push((pair.0.to_owned(), pair.1.to_owned()));
        }
    }
    Ok((found, ambiguous(&outcome)))
}

fn ambiguous(outcome: &Outcome) -> usize {
    let breaks = outcome.breaks.iter();
    let ambiguous = breaks.filter(|found| found.code == BreakCode::Ambiguous);
    ambiguous.map(|found| found.ledger.len()).sum()
}

fn context() -> Context {
    Context {
        as_of: date(2026, 11, 21),
        period: None,
        proof_of_absence: Absence::Proven,
    }
}

/// What is known of the corpus: fees of up to 13 percent, lags of up to 21
/// days, memos that share a part of their words.
fn rules() -> Rules {
    let tolerance = Tolerance {
        percent: Decimal::from(13),
        ..Tolerance::default()
    };
    let pass = Pass {
        tolerance: Some(tolerance.into()),
        text: Some(TextRule {
            ledger: Column::Description,
            records: Column::Description,
            least: Decimal::new(3, 1),
        }),
        ..Pass::search("memo", Some(DayWindow::days(0, 21)))
    };
    Rules {
        passes: vec![pass],
        ..Rules::default()
    }
}

//! The command line.

use std::{net::SocketAddr, num::NonZeroUsize, path::PathBuf};

use clap::{ColorChoice, Parser, Subcommand, ValueEnum};
use jiff::civil::Date;
use reconcile_core::Kind;
use reconcile_engine::mutations::LEAST_PAIRS;
use reconcile_files::Format;
use reconcile_sandbox::{Alteration, Fault};

use crate::commands;

/// Pulls what payment gateways say, matches it with your ledger, proves the
/// totals, and shows what breaks and why.
///
/// Exit status: 0 reconciled, nothing open; 1 it worked and there are breaks,
/// failed proofs or an unproven certificate; 2 bad usage, configuration or
/// input file; 3 the provider or the network failed.
#[derive(Debug, Parser)]
#[command(name = "reconcile", version, propagate_version = true)]
pub(crate) struct Args {
    #[command(flatten)]
    pub(crate) global: Global,
    #[command(subcommand)]
    pub(crate) command: Command,
}

/// What options that every command has are listed under.
const GLOBAL: &str = "Global options";

#[derive(Debug, clap::Args)]
pub(crate) struct Global {
    /// The configuration file [default: reconcile.toml here, then in the
    /// user's configuration folder]
    #[arg(long, global = true, help_heading = GLOBAL, value_name = "FILE")]
    pub(crate) config: Option<PathBuf>,
    /// Log what happens to stderr; twice for more. Never a secret
    #[arg(short, long, global = true, help_heading = GLOBAL, action = clap::ArgAction::Count)]
    pub(crate) verbose: u8,
    /// No progress and no summary
    #[arg(short, long, global = true, help_heading = GLOBAL)]
    pub(crate) quiet: bool,
    /// When to use colour
    #[arg(long, global = true, help_heading = GLOBAL, value_name = "WHEN", default_value = "auto")]
    pub(crate) color: ColorChoice,
}

#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Reconcile simulated accounts of all providers: no configuration, no network
    Demo(Demo),
    /// What each provider can do
    Providers,
    /// Check configuration, clock, reachability and credentials
    Doctor,
    /// Pull a provider's records
    Pull(Pull),
    /// Pull a provider's own totals
    Statements(Statements),
    /// Check a provider's figures against each other
    Prove(Prove),
    /// Pull, prove, match with a ledger, and report
    Run(Run),
    /// Match two files; no provider
    Match(Match),
    /// Explain rules files, test them, and compare what two of them match
    #[command(subcommand)]
    Rules(Rules),
    /// Compare your totals of a day with the provider's, and send them
    Attest(Attest),
    /// Run the simulator alone
    Sandbox(Sandbox),
}

/// Which provider, and which time.
#[derive(Debug, clap::Args)]
pub(crate) struct Scope {
    /// The provider, as `reconcile providers` names it
    #[arg(long, value_name = "P")]
    pub(crate) provider: String,
    /// The first date, or instant (RFC 3339); a date is a day in the provider's zone
    #[arg(long, value_name = "D")]
    pub(crate) from: String,
    /// The first date or instant after
    #[arg(long, value_name = "D")]
    pub(crate) to: String,
    /// How many requests may be under way at once
    #[arg(long, value_name = "N")]
    pub(crate) concurrency: Option<NonZeroUsize>,
}

/// Where the files of a run go, and what they are.
#[derive(Clone, Debug, clap::Args)]
pub(crate) struct Destination {
    /// Write the files of the run into this folder, in place of an earlier run's
    #[arg(long, value_name = "DIR")]
    pub(crate) out: Option<PathBuf>,
    /// What the tables of matches, breaks and proofs are written as; xlsx is one
    /// workbook of them and the summary
    #[arg(long, value_name = "FORMAT", default_value = "csv", requires = "out")]
    pub(crate) format: TableFormat,
}

impl Destination {
    /// The same below the folder, where there is one.
    pub(crate) fn below(&self, name: &str) -> Self {
        Self {
            out: self.out.as_ref().map(|folder| folder.join(name)),
            format: self.format,
        }
    }
}

/// The format of a run's tables.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum TableFormat {
    Csv,
    Parquet,
    #[cfg(feature = "xlsx")]
    Xlsx,
}

/// Starts the simulator on loopback, pulls all providers at once, proves, matches
/// each against a generated ledger with known breaks, prints the summaries and
/// writes the reports: those of each provider in a folder of its name.
///
/// Exits with 0 when it found exactly what was planted, at every provider.
#[derive(Debug, clap::Args)]
pub(crate) struct Demo {
    #[command(flatten)]
    pub(crate) destination: Destination,
    /// What the simulated world is drawn from
    #[arg(long, value_name = "N", default_value_t = 1)]
    pub(crate) seed: u64,
    /// How many records each simulated provider has
    #[arg(long, value_name = "N", default_value_t = 2_000)]
    pub(crate) records: usize,
}

/// Pulls a provider's records, each once, and certifies the pull.
///
/// The data goes to stdout or `--out`, the certificate to `--certificate`. A
/// pull ends 15 minutes before now: what is younger may not be listed yet.
#[derive(Debug, clap::Args)]
pub(crate) struct Pull {
    #[command(flatten)]
    pub(crate) scope: Scope,
    /// Only this kind; may be repeated [payment, refund, reversal, payout,
    /// settlement, adjustment]
    #[arg(long = "kind", value_name = "K")]
    pub(crate) kinds: Vec<Kind>,
    /// jsonl, csv or parquet [default: as the extension of --out, else jsonl]
    #[arg(long, value_name = "FORMAT")]
    pub(crate) format: Option<Format>,
    /// Write the records to this file instead of stdout
    #[arg(long, value_name = "FILE")]
    pub(crate) out: Option<PathBuf>,
    /// Write the certificate to this file
    #[arg(long, value_name = "FILE")]
    pub(crate) certificate: Option<PathBuf>,
    /// Set rows that cannot be read aside, and count them; the pull is then unproven
    #[arg(long)]
    pub(crate) skip_invalid: bool,
}

/// Pulls a provider's own totals, one line a figure.
#[derive(Debug, clap::Args)]
pub(crate) struct Statements {
    #[command(flatten)]
    pub(crate) scope: Scope,
    /// jsonl, csv or parquet [default: as the extension of --out, else jsonl]
    #[arg(long, value_name = "FORMAT")]
    pub(crate) format: Option<Format>,
    /// Write the statements to this file instead of stdout
    #[arg(long, value_name = "FILE")]
    pub(crate) out: Option<PathBuf>,
}

/// Pulls records and statements, and checks every identity that the provider
/// declares: each holds, fails or is not testable, with its figures.
#[derive(Debug, clap::Args)]
pub(crate) struct Prove {
    #[command(flatten)]
    pub(crate) scope: Scope,
    #[command(flatten)]
    pub(crate) destination: Destination,
    /// Set rows that cannot be read aside, and count them; the pull is then unproven
    #[arg(long)]
    pub(crate) skip_invalid: bool,
}

/// Pulls, proves, matches with the ledger, and reports.
#[derive(Debug, clap::Args)]
pub(crate) struct Run {
    #[command(flatten)]
    pub(crate) scope: Scope,
    #[command(flatten)]
    pub(crate) books: Books,
    /// Only this kind; may be repeated
    #[arg(long = "kind", value_name = "K")]
    pub(crate) kinds: Vec<Kind>,
}

/// Matches a ledger with a file of records. Without `--certificate` the records
/// count as complete.
#[derive(Clone, Debug, clap::Args)]
pub(crate) struct Match {
    /// The provider's records, as `reconcile pull` writes them or as the rules say
    #[arg(long, value_name = "FILE")]
    pub(crate) records: PathBuf,
    /// The certificate of the records
    #[arg(long, value_name = "FILE")]
    pub(crate) certificate: Option<PathBuf>,
    #[command(flatten)]
    pub(crate) books: Books,
}

/// The least memory that a match can do with.
const LEAST_MEMORY: usize = 64 << 20;

/// How many bytes a size is: `512M` and `512MiB` count in 1024s, as memory does,
/// `512MB` in 1000s.
fn memory(text: &str) -> Result<usize, String> {
    let digits = text.trim_end_matches(|letter: char| letter.is_ascii_alphabetic());
    let unit = text.strip_prefix(digits).unwrap_or_default();
    let unit: usize = match unit.to_ascii_uppercase().as_str() {
        "" | "B" => 1,
        "K" | "KIB" => 1 << 10,
        "KB" => 1_000,
        "M" | "MIB" => 1 << 20,
        "MB" => 1_000_000,
        "G" | "GIB" => 1 << 30,
        "GB" => 1_000_000_000,
        _ => return Err("give a number and K, M or G, as in 512M".to_owned()),
    };
    let number: usize = digits
        .parse()
        .map_err(|_| "give a whole number and K, M or G, as in 512M".to_owned())?;
    match number.checked_mul(unit) {
        Some(bytes) if bytes >= LEAST_MEMORY => Ok(bytes),
        Some(_) => Err("give at least 64M".to_owned()),
        None => Err("it is more than there is".to_owned()),
    }
}

/// The ledger, how it is matched, and where the result goes.
#[derive(Clone, Debug, clap::Args)]
pub(crate) struct Books {
    /// The ledger: CSV, JSON Lines or Parquet
    #[arg(long, value_name = "FILE")]
    pub(crate) ledger: PathBuf,
    /// The rules: columns, formats, passes, tolerances, statuses; `reconcile rules
    /// check` explains them
    #[arg(long, value_name = "FILE")]
    pub(crate) rules: Option<PathBuf>,
    #[command(flatten)]
    pub(crate) destination: Destination,
    /// The day that breaks are aged to [default: the last day of the data]
    #[arg(long, value_name = "D")]
    pub(crate) as_of: Option<Date>,
    /// Stay within this much memory, such as 512M or 2G: rows wait on disk, in --out
    /// or the temporary folder, which takes about twice what the files take
    #[arg(long, value_name = "SIZE", value_parser = memory)]
    pub(crate) memory: Option<usize>,
    /// Set ledger lines that cannot be read aside, into a file in --out, and
    /// provider rows out of the pull, and count them
    #[arg(long)]
    pub(crate) skip_invalid: bool,
}

/// What a rules file says, what it finds, and what a change of it does.
#[derive(Debug, Subcommand)]
pub(crate) enum Rules {
    /// Validate a rules file and explain it in words
    Check(RulesCheck),
    /// List the matches that other rules gain, lose and move
    Diff(RulesDiff),
    /// Plant mistakes of every kind in a world of its own, and see which the rules find
    Test(RulesTest),
}

/// Validates a rules file and explains it in words, in the order in which it is
/// done, with the defaults that are in force.
#[derive(Debug, clap::Args)]
pub(crate) struct RulesCheck {
    /// The rules [default: what holds without any]
    #[arg(value_name = "FILE")]
    pub(crate) file: Option<PathBuf>,
}

/// Matches the same two files by two rules files, and lists the matches that the
/// new rules gain, lose and move (a row of it has another counterpart).
///
/// Exits with 0 when the matches are the same, with 1 when they differ.
#[derive(Debug, clap::Args)]
pub(crate) struct RulesDiff {
    /// The rules as they were
    #[arg(value_name = "OLD")]
    pub(crate) old: PathBuf,
    /// The rules as they are to be
    #[arg(value_name = "NEW")]
    pub(crate) new: PathBuf,
    /// The ledger: CSV, JSON Lines or Parquet
    #[arg(long, value_name = "FILE")]
    pub(crate) ledger: PathBuf,
    /// The provider's records, as `reconcile pull` writes them or as the rules say
    #[arg(long, value_name = "FILE")]
    pub(crate) records: PathBuf,
    /// What the list is written as
    #[arg(long, value_name = "FORMAT", default_value = "table")]
    pub(crate) format: ListFormat,
}

/// Makes a world without a mistake that suits the rules, plants mistakes of every
/// kind of break in it, and lists for each how many are reported under its code,
/// how many under another or not at all, and how many the rules let pass by their
/// own wish, as within a tolerance.
///
/// Exits with 0 when every mistake that the rules do not let pass is found under
/// its code and nothing else is reported, with 1 otherwise.
#[derive(Debug, clap::Args)]
pub(crate) struct RulesTest {
    /// The rules [default: what holds without any]
    #[arg(long, value_name = "FILE")]
    pub(crate) rules: Option<PathBuf>,
    /// How many pairs the world has, 1000 or more
    #[arg(long, value_name = "N", default_value_t = 2_000, value_parser = pairs)]
    pub(crate) pairs: usize,
    /// What the world is drawn from
    #[arg(long, value_name = "N", default_value_t = 1)]
    pub(crate) seed: u64,
    /// What the list is written as
    #[arg(long, value_name = "FORMAT", default_value = "table")]
    pub(crate) format: ListFormat,
    /// Write the list to this file instead of stdout
    #[arg(long, value_name = "FILE")]
    pub(crate) out: Option<PathBuf>,
}

fn pairs(text: &str) -> Result<usize, String> {
    let pairs: usize = text.parse().map_err(|_| "not a whole number".to_owned())?;
    match pairs {
        LEAST_PAIRS.. => Ok(pairs),
        _ => Err(format!(
            "less than {LEAST_PAIRS} has no room for every kind of mistake"
        )),
    }
}

/// The format of a list.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum ListFormat {
    Table,
    Csv,
    Jsonl,
}

/// Compares your totals of a day with the provider's own, each beside the
/// other. Nothing is ever sent without `--submit`; with it, they are sent as
/// they are shown, unless the provider says that the day is reconciled already.
#[derive(Debug, clap::Args)]
#[command(after_long_help = commands::conventions())]
pub(crate) struct Attest {
    /// The provider, as `reconcile providers` names it
    #[arg(long, value_name = "P")]
    pub(crate) provider: String,
    /// The day, in the provider's zone
    #[arg(long, value_name = "D")]
    pub(crate) date: Date,
    #[command(flatten)]
    pub(crate) source: TotalsSource,
    /// The rules that the ledger is read by: columns and formats
    #[arg(long, value_name = "FILE", conflicts_with = "totals")]
    pub(crate) rules: Option<PathBuf>,
    /// Send the totals to the provider
    #[arg(long)]
    pub(crate) submit: bool,
    /// What both sides are written as
    #[arg(long, value_name = "FORMAT", default_value = "table")]
    pub(crate) format: ListFormat,
}

/// Where the totals of a day come from.
#[derive(Debug, clap::Args)]
#[group(required = true, multiple = false)]
pub(crate) struct TotalsSource {
    /// Count them from this ledger: CSV, JSON Lines or Parquet
    #[arg(long, value_name = "FILE")]
    pub(crate) ledger: Option<PathBuf>,
    /// Take them from this file: TOML, JSON or CSV
    #[arg(long, value_name = "FILE")]
    pub(crate) totals: Option<PathBuf>,
}

/// Runs the simulator until it is interrupted; prints base URLs and credentials
/// as environment lines.
#[derive(Debug, clap::Args)]
pub(crate) struct Sandbox {
    /// Where to listen
    #[arg(long, value_name = "ADDRESS", default_value = "127.0.0.1:0")]
    pub(crate) listen: SocketAddr,
    /// What the simulated world is drawn from
    #[arg(long, value_name = "N", default_value_t = 1)]
    pub(crate) seed: u64,
    /// How many records each simulated provider has
    #[arg(long, value_name = "N", default_value_t = 2_000)]
    pub(crate) records: usize,
    /// The first day of the simulated world
    #[arg(long, value_name = "DATE", default_value = "2026-01-01")]
    pub(crate) from: Date,
    /// How many days the simulated world has
    #[arg(long, value_name = "N", default_value_t = 31)]
    pub(crate) days: u32,
    /// How long each answer takes, in milliseconds
    #[arg(long, value_name = "MS", default_value_t = 0)]
    pub(crate) latency: u64,
    /// What goes wrong or deviates; may be repeated. `--fault list` lists them
    #[arg(long = "fault", value_name = "F", value_parser = fault)]
    pub(crate) faults: Vec<FaultOrList>,
    /// What transient faults are drawn from
    #[arg(long, value_name = "N", default_value_t = 1)]
    pub(crate) fault_seed: u64,
    /// Change the shape of answers before they are sent; may be repeated. CHANGE
    /// is drop, rename=KEY, add=KEY, text, number, null, empty, bool or
    /// word=WORD, as in --alter 'deposits:data[].fee:rename=charge'
    #[arg(long = "alter", value_name = "OPERATION:PATH:CHANGE")]
    pub(crate) alterations: Vec<Alteration>,
    /// Write the ledger with known mistakes of the first provider to this file;
    /// to a folder (or a name that ends with /) that of each, as PROVIDER.csv
    #[arg(long, value_name = "FILE|DIR")]
    pub(crate) ledger: Option<PathBuf>,
}

/// A fault, or the wish to see which there are.
#[derive(Clone, Debug)]
pub(crate) enum FaultOrList {
    Fault(Fault),
    List,
}

fn fault(word: &str) -> Result<FaultOrList, String> {
    match word {
        "list" => Ok(FaultOrList::List),
        word => word
            .parse()
            .map(FaultOrList::Fault)
            .map_err(|error| format!("{error}; `--fault list` lists them")),
    }
}

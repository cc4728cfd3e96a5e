//! The rules file.

mod passes;
mod resolve;
mod tables;
mod values;
mod words;

use std::{collections::BTreeSet, path::Path, sync::Arc};

use reconcile_engine::{Column, Rules, Side};

use self::tables::Tables;
use crate::{FileError, Mapping, read_text, shown::shown_sentence};

/// What the rules file says: how the two files are read, and how they are matched.
///
/// Whatever is left out is the default of [`Mapping`] and [`Rules`], which say
/// what each setting means.
///
/// ```
/// # use std::path::Path;
/// # let text = r#"
/// [ledger]
/// columns = { reference = "Order No", amount = "Betrag" }
/// decimal_separator = ","
/// thousands_separator = "."
/// date_format = "%d.%m.%Y %H:%M"
/// zone = "Europe/Berlin"
/// cutoff = "23:30"            # what happens later counts for the next day
/// attributes = ["rrn"]        # further columns that passes compare
/// delimiter = ";"
/// currency = "EUR"
///
/// [records]                   # the same, for a file of records
/// columns = { id = "Order No", money_in = "Credit", money_out = "Debit" } # in place of amount
/// kind = "payment"            # of rows that do not say; also: currency, direction, status
/// words = { status = { Completed = "succeeded", Declined = "failed" } }   # also: currency, kind, direction
///
/// [tolerance]                 # of every pass that has none of its own
/// absolute = "0.01"
/// percent = "1"
/// take = "smaller"            # or larger: which limit holds where both are set
/// currencies.KWD = { absolute = "0.005" }
///
/// [statuses]
/// counts = ["succeeded"]
/// pending = ["pending", "on_hold"]
///
/// [calendar]                  # which days are business days
/// weekend = ["friday", "saturday"]
/// holidays = ["2026-01-01"]
///
/// [fees]                      # net = amount - fee - tax on the fee
/// ledger = "net"
/// records = "gross"
/// infer = true
/// tax_percent = "18"
/// schedule = [
///     { method = "YP", flat = "0.30", percent = "2.9", least = "0.50", most = "10" },
///     { tiers = [{ up_to = "100", percent = "3" }, { percent = "2" }] },
/// ]
///
/// [attention]                 # how severe a break is, beside its code
/// stale_after_days = 30       # one step more when older; or "never"
/// small = { PEN = "1.00" }    # one step less up to such a difference
/// large = { PEN = "1000.00" } # severe from such a difference on
/// by_average = true           # other currencies: a hundredth of, and ten times the average row
///
/// [[exclude]]                 # rows that meet every condition take no part
/// side = "ledger"
/// kind = ["adjustment"]       # also: status, account
/// description_has = "transfer"
/// reason = "internal transfer"
///
/// [[pass]]                    # the passes, in their order, in place of the default ones
/// name = "rrn"
/// equal = [{ ledger = "rrn", records = "attributes.rrn", normalise = ["case", "punctuation", "accents", "digits", "zeros"], prefix = "ORD-" }, "account"]
/// tolerance = { absolute = "0.05" }
///
/// [[pass]]
/// name = "amount_date_text"
/// days = { before = 0, after = 3, business = true }   # the record's day after the ledger's
/// text = { ledger = "description", records = "description", least = "0.4" }
/// net = true
/// margin = "0.05"             # how much better than any other, not to be ambiguous
///
/// [[pass]]
/// name = "payouts"
/// days = { before = 7, after = 3 }
/// group = { by = "sum", sides = "one_to_many", evidence = ["day", "attributes.batch"], most = 60 }
/// # "#;
/// # reconcile_files::RulesFile::parse(text, Path::new("rules.toml")).unwrap();
/// ```
#[derive(Clone, Debug, Default)]
#[non_exhaustive]
pub struct RulesFile {
    /// How the ledger is read.
    pub ledger: Mapping,
    /// How a file of records is read.
    pub records: Mapping,
    /// How they are matched.
    pub rules: Rules,
    /// Whether the file says which statuses count, or leaves it to the default.
    pub says_what_counts: bool,
    /// The passes whose attributes are taken to identify since the file does not
    /// say whether they do.
    presuming: BTreeSet<Arc<str>>,
}

impl RulesFile {
    /// Reads the file; an error names the line and column in it.
    pub fn load(path: &Path) -> Result<Self, FileError> {
        Self::parse(&read_text(path, LONGEST)?, path)
    }

    /// Reads the text of a rules file; `path` is what errors call it.
    ///
    /// What is wrong is an error with its line and column: what TOML does not
    /// know, a setting that there is not, and rules that make no sense.
    pub fn parse(text: &str, path: &Path) -> Result<Self, FileError> {
        let refused = |at: Option<usize>, message: &str, hint| FileError::Rules {
            path: path.into(),
            position: at.map(|at| position(text, at)),
            message: shown_sentence(&one_line(message)),
            hint,
        };
        let tables: Tables = toml::from_str(text).map_err(|error| {
            let message = error.message();
            refused(error.span().map(|at| at.start), message, hint(message))
        })?;
        resolve::rules_file(tables)
            .map_err(|fault| refused(Some(fault.at.start), &fault.message, fault.hint))
    }

    /// Has the readers keep the attributes that the passes look at, and no
    /// others, and demand references only where a pass looks at them.
    fn keep_what_is_asked(&mut self) {
        for (side, mapping) in [
            (Side::Ledger, &mut self.ledger),
            (Side::Records, &mut self.records),
        ] {
            mapping.may_lack_references = !self.rules.look_at(side, &Column::Reference);
            let asked = self.rules.attributes(side);
            let attributes = &mut mapping.attributes;
            attributes.retain(|name, _| asked.contains(name.as_str()));
            for name in passes::needed_attributes(&self.rules, side) {
                let column = attributes.entry(name.to_owned());
                column.or_insert_with(|| name.to_owned());
            }
        }
    }
}

/// The longest rules file, in bytes: people write it.
const LONGEST: u64 = 1 << 20;

/// The line and column of a byte, from 1, the column in characters.
fn position(text: &str, at: usize) -> (usize, usize) {
    let before = text.get(..at).unwrap_or(text);
    let line_start = before.rfind('\n').map_or(0, |newline| newline + 1);
    let column = before.get(line_start..).unwrap_or_default().chars().count();
    (before.matches('\n').count() + 1, column + 1)
}

fn one_line(message: &str) -> String {
    message.lines().collect::<Vec<_>>().join("; ")
}

/// What is a debit in the books of the one is a credit in those of the other.
const TWO_COLUMNS: &str = "say which column is money_in and which money_out: of a bank or clearing \
                           account, money comes in by the debit column of your books, and by the \
                           credit column of the bank's statement";

fn hint(message: &str) -> Option<&'static str> {
    let hints = [
        (
            "floating point",
            "a fraction without quotes is a float and not exact: write \"0.01\"",
        ),
        (
            "IANA time zone",
            "name it as in \"America/Lima\" or \"UTC\"",
        ),
        (
            "pattern of year",
            "use strptime directives, as in \"%d/%m/%Y\"",
        ),
        ("ISO 4217", "three capital letters, as in \"PEN\""),
        (
            "is not a decimal",
            "digits, and a point before the fraction, as in \"0.01\"",
        ),
        ("expected a string", "put it in quotes"),
        ("expected u16", "a number of days, from 0 to 65535"),
        ("unknown variant `debit`, expected one of `id`", TWO_COLUMNS),
        (
            "unknown variant `credit`, expected one of `id`",
            TWO_COLUMNS,
        ),
    ];
    hints
        .into_iter()
        .find(|(part, _)| message.contains(part))
        .map(|(_, hint)| hint)
}

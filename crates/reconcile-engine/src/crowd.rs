//! Settling the rows of one key among themselves.

mod groups;

use std::collections::BTreeMap;

use reconcile_core::{Currency, Direction, Kind, Status};
use rust_decimal::Decimal;

use crate::{
    Book, BreakCode, DayWindow, EngineError, RowIndex, Rule, Side,
    book::Facts,
    findings::Findings,
    join::Crowd,
    nearest::{self, Choice, Pair, Seeker},
    rules::{Pass, Standing},
};

/// The rows of one key. First what agrees is matched; what then is left stays
/// open, so that a later key may bring it together with others, until it is
/// filed.
#[derive(Clone)]
pub(crate) struct Settling<'p> {
    place: u8,
    pass: &'p Pass,
    open: Crowd,
    /// The rows that moved money and have a counterpart: what says the same as one
    /// of them is its duplicate.
    taken: Crowd,
}

impl<'p> Settling<'p> {
    /// Matches what agrees, alone or in groups, by the pass at this place.
    pub(crate) fn matching(
        findings: &mut Findings<'_>,
        (place, pass): (u8, &'p Pass),
        crowd: Crowd,
    ) -> Result<Self, EngineError> {
        let mut settling = Self {
            place,
            pass,
            open: crowd,
            taken: Crowd::default(),
        };
        settling.run(findings, &EXACT)?;
        groups::tie(findings, pass, &mut settling.open, Reach::Equal)?;
        if !findings.rules.tolerance_of(pass).is_exact() {
            settling.run(findings, &TOLERATED)?;
            groups::tie(findings, pass, &mut settling.open, Reach::Tolerance)?;
        }
        settling.run(findings, &STILL)?;
        Ok(settling)
    }

    /// The rows that are not matched.
    pub(crate) const fn open(&self) -> &Crowd {
        &self.open
    }

    /// Whether nothing is left that another row of the key has to do with.
    pub(crate) fn is_settled(&self) -> bool {
        let is_settled = |open: &[RowIndex], others: &[RowIndex], taken: &[RowIndex]| {
            open.is_empty() || others.is_empty() && taken.is_empty()
        };
        let Crowd { ledger, records } = &self.open;
        is_settled(ledger, records, &self.taken.ledger)
            && is_settled(records, ledger, &self.taken.records)
    }

    /// Leaves to others what they found a counterpart for: what repeats it is
    /// its duplicate all the same.
    pub(crate) fn leave(&mut self, findings: &Findings<'_>, left: impl Fn(Side, RowIndex) -> bool) {
        for side in [Side::Ledger, Side::Records] {
            let (open, taken) = (self.open.of_mut(side), self.taken.of_mut(side));
            let left = open.extract_if(.., |row| left(side, *row));
            taken.extend(left.filter(|row| has_moved(findings, side, *row)));
        }
    }

    /// Remembers rows that an earlier pass matched: what repeats them is their
    /// duplicate.
    pub(crate) fn repeat(&mut self, findings: &Findings<'_>, twins: &Crowd) {
        self.note_taken(findings, Side::Ledger, twins.ledger.iter().copied());
        self.note_taken(findings, Side::Records, twins.records.iter().copied());
    }

    fn note_taken(
        &mut self,
        findings: &Findings<'_>,
        side: Side,
        rows: impl Iterator<Item = RowIndex>,
    ) {
        let moved = rows.filter(|row| has_moved(findings, side, *row));
        self.taken.of_mut(side).extend(moved);
    }

    /// Matches the groups that tie without what was left to others.
    pub(crate) fn tie(&mut self, findings: &mut Findings<'_>) -> Result<(), EngineError> {
        let pass = self.pass;
        findings.begin(self.place, pass);
        groups::tie(findings, pass, &mut self.open, Reach::Equal)?;
        if findings.rules.tolerance_of(pass).is_exact() {
            return Ok(());
        }
        groups::tie(findings, pass, &mut self.open, Reach::Tolerance)
    }

    /// Files what is left, each row once: what repeats a match is a duplicate,
    /// and the others are paired by what they have in common. Gives what stands
    /// alone.
    pub(crate) fn file(mut self, findings: &mut Findings<'_>) -> Result<Crowd, EngineError> {
        let pass = self.pass;
        findings.begin(self.place, pass);
        if pass.days.is_some() {
            // What comes late is no duplicate of what came in time.
            groups::file_belated(findings, pass, &mut self.open)?;
            self.run(findings, &BELATED)?;
        }
        self.file_duplicates(findings);
        groups::file_incomplete(findings, pass, &mut self.open)?;
        for step in DIFFERING {
            self.run(findings, step)?;
        }
        self.pair_contradicting(findings)?;
        // What repeats a row that found a counterpart only now is as much a
        // duplicate as what repeats a match.
        self.file_duplicates(findings);
        Ok(self.open)
    }
}

/// What rows must have in common to be paired, and what the pair is.
///
/// A later pass sees only what the earlier ones left. Kinds must agree in all
/// of them, where both rows say theirs.
struct Step {
    ledger: fn(Standing) -> bool,
    record: fn(Standing) -> bool,
    common: Common,
    reach: Reach,
    result: Pairing,
}

enum Common {
    /// Currency and direction.
    Movement,
    /// Currency, direction and status.
    Status,
    /// Currency, with opposite directions.
    Opposite,
    /// The same, and the fees as if the direction were the other side's: of two
    /// amounts of which one is net, the gross one may be booked the wrong way.
    Turned,
    /// Direction.
    Direction,
}

/// How far apart the amounts may be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Reach {
    Equal,
    Tolerance,
    Any,
}

enum Pairing {
    Match(Rule),
    Break(BreakCode),
}

const EXACT: Step = Step {
    ledger: moved,
    record: moved,
    common: Common::Movement,
    reach: Reach::Equal,
    result: Pairing::Match(Rule::Exact),
};

const TOLERATED: Step = Step {
    reach: Reach::Tolerance,
    result: Pairing::Match(Rule::Tolerance),
    ..EXACT
};

const STILL: Step = Step {
    ledger: not_moved,
    record: not_moved,
    common: Common::Status,
    reach: Reach::Equal,
    result: Pairing::Match(Rule::SameStatus),
};

/// What agrees in all but the days, which are too far apart for a match.
const BELATED: Step = Step {
    reach: Reach::Tolerance,
    result: Pairing::Break(BreakCode::DateOutOfWindow),
    ..EXACT
};

/// Money that moved is paired first: a failed attempt beside a payment of
/// another amount explains nothing.
const DIFFERING: &[Step] = &[
    Step {
        ledger: moved,
        record: moved,
        common: Common::Opposite,
        reach: Reach::Equal,
        result: Pairing::Break(BreakCode::SignMismatch),
    },
    Step {
        ledger: moved,
        record: moved,
        common: Common::Turned,
        reach: Reach::Equal,
        result: Pairing::Break(BreakCode::SignMismatch),
    },
    Step {
        ledger: moved,
        record: moved,
        common: Common::Movement,
        reach: Reach::Any,
        result: Pairing::Break(BreakCode::AmountMismatch),
    },
    // After the passes before, no two rows of one currency are left here.
    Step {
        ledger: moved,
        record: moved,
        common: Common::Direction,
        reach: Reach::Any,
        result: Pairing::Break(BreakCode::CurrencyMismatch),
    },
    // An attempt under way explains a booking better than one that failed.
    Step {
        ledger: moved,
        record: |standing| standing == Standing::UnderWay,
        common: Common::Movement,
        reach: Reach::Any,
        result: Pairing::Break(BreakCode::Timing),
    },
    Step {
        ledger: moved,
        record: |standing| standing == Standing::Still,
        common: Common::Movement,
        reach: Reach::Any,
        result: Pairing::Break(BreakCode::StatusMismatch),
    },
    Step {
        ledger: not_moved,
        record: moved,
        common: Common::Movement,
        reach: Reach::Any,
        result: Pairing::Break(BreakCode::StatusMismatch),
    },
];

fn moved(standing: Standing) -> bool {
    standing == Standing::Moved
}

fn not_moved(standing: Standing) -> bool {
    standing != Standing::Moved
}

/// Which rows of a pass look for each other, by what they say of their kind.
///
/// Rows that say theirs go first, since they have the fewest counterparts: in
/// this order, no other choice pairs more rows.
#[derive(Clone, Copy)]
enum Kinds {
    /// The same kind on both sides.
    Same,
    /// A kind in the ledger, none at the provider.
    LedgerOnly,
    /// None in the ledger, a kind at the provider.
    RecordOnly,
    /// None on either side.
    Neither,
}

impl Kinds {
    const ALL: [Self; 4] = [
        Self::Same,
        Self::LedgerOnly,
        Self::RecordOnly,
        Self::Neither,
    ];

    /// Whether a row is among those that look for a counterpart.
    fn admit(self, side: Side, kind: Option<Kind>) -> bool {
        let says_it = match self {
            Self::Same => true,
            Self::LedgerOnly => side == Side::Ledger,
            Self::RecordOnly => side == Side::Records,
            Self::Neither => false,
        };
        kind.is_some() == says_it
    }

    /// The kind that a row and its counterpart must share.
    fn shared(self, kind: Option<Kind>) -> Option<Kind> {
        match self {
            Self::Same => kind,
            Self::LedgerOnly | Self::RecordOnly | Self::Neither => None,
        }
    }
}

/// What two rows must have in common.
type Key = (
    Option<Currency>,
    Option<Direction>,
    Option<Kind>,
    Option<Status>,
);

/// What a pass compares of a row.
type Compared = fn(&Findings<'_>, &Pass, Side, RowIndex) -> Decimal;

const AS_IT_IS: Compared = |findings, pass, side, row| findings.compared(pass, side, row);

/// However far apart the days lie.
const ANYHOW: (Option<DayWindow>, Choice) = (None, Choice::NearestFirst);

impl Settling<'_> {
    fn run(&mut self, findings: &mut Findings<'_>, step: &Step) -> Result<(), EngineError> {
        let (pass, rules) = (self.pass, findings.rules);
        let turned = matches!(step.common, Common::Turned);
        if turned && !pass.net || self.is_one_sided() {
            return Ok(());
        }
        let compared: Compared = if turned {
            |findings, pass, side, row| findings.compared_turned(pass, side, row)
        } else {
            AS_IT_IS
        };
        // A match must lie within the days, a break need not.
        let within = match step.result {
            Pairing::Match(_) => pass.days,
            Pairing::Break(_) => None,
        };
        for kinds in Kinds::ALL {
            let admits = |side: Side, kind: Option<Kind>, status: Option<Status>| {
                let takes_part = match side {
                    Side::Ledger => step.ledger,
                    Side::Records => step.record,
                };
                kinds.admit(side, kind) && takes_part(rules.standing(status))
            };
            // Most keys have one row a side, and rows of one way to say their kind.
            if !self.open_on_both_sides(findings, admits) {
                continue;
            }
            let key = |side: Side, facts: &Facts| {
                admits(side, facts.kind, facts.status)
                    .then(|| step.common.key(side, facts, kinds.shared(facts.kind)))
            };
            let near = |ledger: &Seeker<Key>, gap: Decimal| match step.reach {
                Reach::Equal => gap.is_zero(),
                Reach::Tolerance => {
                    let currency = findings.ledger.facts(ledger.row).currency;
                    let tolerance = rules.tolerance_of(pass).of(currency);
                    tolerance.allows(ledger.amount, gap)
                }
                Reach::Any => true,
            };
            let choice = match step.reach {
                Reach::Tolerance => Choice::LeastInAll,
                Reach::Equal | Reach::Any => Choice::NearestFirst,
            };
            let pairs = self.pair(findings, compared, key, near, (within, choice));
            for pair in pairs {
                match step.result {
                    Pairing::Match(rule) if !pass.net => findings.matched(pair, rule)?,
                    Pairing::Match(Rule::SameStatus) => {
                        findings.matched(pair, Rule::SameStatus)?;
                    }
                    Pairing::Match(_) => {
                        let rule = findings.agreement(pass, &pair);
                        findings.matched(pair, rule)?;
                    }
                    Pairing::Break(code) => findings.differing(pair, code)?,
                }
            }
        }
        Ok(())
    }

    /// Pairs what has one reference, currency and two kinds that contradict
    /// each other: the reference stands for different things.
    fn pair_contradicting(&mut self, findings: &mut Findings<'_>) -> Result<(), EngineError> {
        if self.is_one_sided() {
            return Ok(());
        }
        for &ledger_kind in Kind::ALL {
            for &record_kind in Kind::ALL {
                if ledger_kind == record_kind {
                    continue;
                }
                // A refund has the reference of its payment by nature: that one
                // of the two is missing on each side is no mix-up.
                let related = is_of_a_payment(ledger_kind) && is_of_a_payment(record_kind);
                let rules = findings.rules;
                let key = |side: Side, facts: &Facts| {
                    let kind = match side {
                        Side::Ledger => ledger_kind,
                        Side::Records => record_kind,
                    };
                    let takes_part =
                        facts.kind == Some(kind) && moved(rules.standing(facts.status));
                    let direction = related.then_some(facts.direction);
                    takes_part.then_some((Some(facts.currency), direction, None, None))
                };
                for pair in self.pair(findings, AS_IT_IS, key, |_, _| true, ANYHOW) {
                    findings.differing(pair, BreakCode::ReferenceMismatch)?;
                }
            }
        }
        Ok(())
    }

    /// Pairs the open rows with equal keys, within the days if any, and takes them
    /// off the open ones.
    fn pair(
        &mut self,
        findings: &Findings<'_>,
        compared: Compared,
        key: impl Fn(Side, &Facts) -> Option<Key>,
        near: impl Fn(&Seeker<Key>, Decimal) -> bool,
        (within, choice): (Option<DayWindow>, Choice),
    ) -> Vec<Pair> {
        let pass = self.pass;
        let seekers = |side, book: &Book, rows: &[RowIndex]| -> Vec<Seeker<Key>> {
            let seeker = |&row: &RowIndex| {
                let facts = book.facts(row);
                Some(Seeker {
                    key: key(side, &facts)?,
                    amount: if pass.net {
                        compared(findings, pass, side, row)
                    } else {
                        facts.amount
                    },
                    date: facts.date,
                    side,
                    row,
                })
            };
            rows.iter().filter_map(seeker).collect()
        };
        let mut all = seekers(Side::Ledger, findings.ledger, &self.open.ledger);
        if all.is_empty() {
            return Vec::new();
        }
        let records = seekers(Side::Records, findings.records, &self.open.records);
        if records.is_empty() {
            return Vec::new();
        }
        all.extend(records);
        let calendar = &findings.rules.calendar;
        let timely = within.map(|days| move |booked, listed| days.holds(calendar, booked, listed));
        let pairs = nearest::pair(
            all,
            (findings.ledger, findings.records),
            near,
            timely.as_ref(),
            choice,
        );
        take(&mut self.open.ledger, pairs.iter().map(|pair| pair.ledger));
        take(&mut self.open.records, pairs.iter().map(|pair| pair.record));
        let (booked, listed) = (pairs.iter(), pairs.iter());
        self.note_taken(findings, Side::Ledger, booked.map(|pair| pair.ledger));
        self.note_taken(findings, Side::Records, listed.map(|pair| pair.record));
        pairs
    }

    /// Files the open rows that say the same as one that has a counterpart.
    fn file_duplicates(&mut self, findings: &mut Findings<'_>) {
        for side in [Side::Ledger, Side::Records] {
            let (open, taken) = (self.open.of_mut(side), self.taken.of_mut(side));
            if open.is_empty() || taken.is_empty() {
                continue;
            }
            let twins = Twins::of(findings, side, taken);
            open.retain(|&row| match (twins.repeated_by(findings, row), side) {
                (None, _) => true,
                (Some(twin), Side::Ledger) => {
                    findings.booked_again(row, twin);
                    false
                }
                (Some(twin), Side::Records) => {
                    findings.listed_again(row, twin);
                    false
                }
            });
        }
    }

    /// Whether a side has no open row: then none finds a counterpart any more.
    fn is_one_sided(&self) -> bool {
        self.open.ledger.is_empty() || self.open.records.is_empty()
    }

    /// Whether each side has an open row that is admitted to a search.
    fn open_on_both_sides(
        &self,
        findings: &Findings<'_>,
        admits: impl Fn(Side, Option<Kind>, Option<Status>) -> bool,
    ) -> bool {
        let has_some = |side: Side, open: &[RowIndex]| {
            let book = findings.book(side);
            let mut terms = open.iter().map(|row| book.terms(*row));
            terms.any(|terms| admits(side, terms.kind, terms.status))
        };
        has_some(Side::Ledger, &self.open.ledger) && has_some(Side::Records, &self.open.records)
    }
}

impl Common {
    fn key(&self, side: Side, facts: &Facts, kind: Option<Kind>) -> Key {
        let (currency, direction) = (Some(facts.currency), Some(facts.direction));
        match self {
            Self::Movement => (currency, direction, kind, None),
            Self::Status => (currency, direction, kind, facts.status),
            Self::Direction => (None, direction, kind, None),
            Self::Opposite | Self::Turned if side == Side::Ledger => {
                (currency, direction, kind, None)
            }
            Self::Opposite | Self::Turned if facts.direction == Direction::Credit => {
                (currency, Some(Direction::Debit), kind, None)
            }
            Self::Opposite | Self::Turned => (currency, Some(Direction::Credit), kind, None),
        }
    }
}

fn is_of_a_payment(kind: Kind) -> bool {
    matches!(kind, Kind::Payment | Kind::Refund | Kind::Reversal)
}

fn take(open: &mut Vec<RowIndex>, taken: impl Iterator<Item = RowIndex>) {
    let mut taken: Vec<RowIndex> = taken.collect();
    if !taken.is_empty() {
        taken.sort_unstable();
        open.retain(|row| taken.binary_search(row).is_err());
    }
}

fn has_moved(findings: &Findings<'_>, side: Side, row: RowIndex) -> bool {
    let terms = findings.book(side).terms(row);
    moved(findings.rules.standing(terms.status))
}

/// Rows of a side that moved money and have a counterpart, by what a duplicate of
/// them would say: for each kind the first by content.
struct Twins {
    side: Side,
    by_face: BTreeMap<(Currency, Direction, Decimal), BTreeMap<Option<Kind>, RowIndex>>,
}

impl Twins {
    fn of(findings: &Findings<'_>, side: Side, rows: &[RowIndex]) -> Self {
        let book = findings.book(side);
        let mut by_face: BTreeMap<_, BTreeMap<_, RowIndex>> = BTreeMap::new();
        for &row in rows {
            let facts = book.facts(row);
            let face = (facts.currency, facts.direction, facts.amount);
            let of_face = by_face.entry(face).or_default();
            let twin = of_face.entry(facts.kind).or_insert(row);
            if book.compare(row, *twin).is_lt() {
                *twin = row;
            }
        }
        Self { side, by_face }
    }

    /// The row that this one repeats.
    fn repeated_by(&self, findings: &Findings<'_>, row: RowIndex) -> Option<RowIndex> {
        let facts = findings.book(self.side).facts(row);
        if !moved(findings.rules.standing(facts.status)) {
            return None;
        }
        let face = (facts.currency, facts.direction, facts.amount);
        let twins = self.by_face.get(&face)?;
        let same = twins.get(&facts.kind);
        let twin = match facts.kind {
            Some(_) => same.or_else(|| twins.get(&None)),
            None => same.or_else(|| twins.values().next()),
        };
        twin.copied()
    }
}

//! What the balance report is to satisfy.

use reconcile_core::{
    Basis, Conventions, Counting, DateField, DayBounds, Identity, Kind, Law, Part, Sign, Signs,
    Statuses,
};

use crate::models::{CashoutStatus, DepositStatus};

/// The equations of the balance report. How cashouts, notes and settlements
/// enter `netAmount` is documented nowhere, so these signs are solved; nor is
/// which deposits and cashouts a day's totals count, so that is sought.
pub(super) fn identities() -> Vec<Identity> {
    let movements = [
        ("depositTotal", Sign::Plus),
        ("depositFeeTotal", Sign::Minus),
        ("cashoutTotal", Sign::Unknown),
        ("noteTotal", Sign::Unknown),
        ("settlementTotal", Sign::Unknown),
        ("cancelledSettlementTotal", Sign::Unknown),
    ];
    vec![
        Identity::new(
            "balance_days",
            "every day has exactly one balance",
            Law::EveryDayOnce,
        ),
        Identity::new(
            "balance_roll_forward",
            "a day's balance is the day before's plus the day's net amount",
            Law::RollForward {
                balance: "totalBalance",
                movement: "netAmount",
            },
        ),
        Identity::new(
            "net_amount",
            "the net amount is the signed sum of the day's totals",
            Law::Composition {
                total: "netAmount",
                parts: movements.map(|(figure, sign)| Part { figure, sign }).into(),
            },
        ),
        Identity::new(
            "balance_step",
            "the balance changes only on days with a movement",
            Law::StepExplained {
                balance: "totalBalance",
                parts: movements.map(|(figure, _)| figure).into(),
            },
        ),
        Identity::new(
            "deposit_total",
            "the deposits of a day come to its total",
            of_day(
                "depositTotal",
                Kind::Payment,
                deposits([
                    Basis::Settled,
                    Basis::SettledLessFee,
                    Basis::SettledPlusFee,
                    Basis::Amount,
                ]),
            ),
        ),
        Identity::new(
            "deposit_fee_total",
            "the fees of a day's deposits come to its total",
            of_day("depositFeeTotal", Kind::Payment, deposits([Basis::Fee])),
        ),
        Identity::new(
            "cashout_total",
            "the cashouts of a day come to its total",
            of_day("cashoutTotal", Kind::Payout, cashouts()),
        ),
    ]
}

fn of_day(total: &'static str, kind: Kind, conventions: Conventions) -> Law {
    let dates = [DateField::Created, DateField::Updated];
    Law::DayTotal {
        total,
        kinds: vec![kind],
        counting: Counting::Sought(conventions.dates(dates).days(days())),
    }
}

/// The report dates its days in UTC. TuPay works in Peru, and the samples of its
/// sibling brands are of Brazil.
fn days() -> impl Iterator<Item = DayBounds> {
    let zones = ["America/Lima", "America/Sao_Paulo"];
    let others = zones
        .into_iter()
        .filter_map(|zone| DayBounds::of(zone).ok());
    [DayBounds::UTC].into_iter().chain(others)
}

/// A published sample is a cancelled deposit with a fee.
fn deposits<const N: usize>(bases: [Basis; N]) -> Conventions {
    let statuses = [
        Statuses::of(["APPROVED", "COMPLETED"]),
        Statuses::of(["COMPLETED"]),
        Statuses::of(["APPROVED", "COMPLETED", "PENDING"]),
        Statuses::of(["APPROVED", "CANCELLED", "COMPLETED"]),
        Statuses::Any,
    ];
    Conventions::new(statuses, bases).words([DepositStatus::Declined.as_str()])
}

fn cashouts() -> Conventions {
    let statuses = [
        Statuses::of(["COMPLETED"]),
        Statuses::of(["COMPLETED", "DELIVERED"]),
        Statuses::of(["COMPLETED", "DELIVERED", "PENDING"]),
        Statuses::of(["COMPLETED", "DELIVERED", "ON_HOLD", "PENDING"]),
        Statuses::of(["COMPLETED", "REJECTED"]),
        Statuses::Any,
    ];
    let bases = [
        Basis::Settled,
        Basis::SettledPlusFee,
        Basis::SettledLessFee,
        Basis::Amount,
        Basis::AmountPlusFee,
    ];
    let others = [CashoutStatus::Cancelled, CashoutStatus::Declined];
    Conventions::new(statuses, bases)
        .words(others.iter().map(CashoutStatus::as_str))
        .signs([Signs::Unsigned, Signs::ByDirection])
}

//! From TuPay's rows to records and statements.

use std::collections::BTreeMap;

use jiff::SignedDuration;
use reconcile_core::{
    Attribute, Currency, Direction, Figure, Kind, LocalDay, Money, Record, Statement, Status,
    Window,
};
use rust_decimal::Decimal;

use super::ID;
use crate::{
    Error,
    list::List,
    models::{
        BalanceDay, Cashout, CashoutStatus, Deposit, DepositStatus, Note, NoteCategory, Settlement,
        SettlementStatus,
    },
};

/// A row that becomes a record.
pub(super) trait ToRecord {
    fn to_record(self) -> Result<Record, Unmappable>;
}

/// A value that the model does not admit: its path, and what is wrong.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Unmappable(&'static str, String);

impl Unmappable {
    pub(super) fn at(self, list: List, page: u64, index: u64) -> Error {
        let Self(path, reason) = self;
        Error::Value {
            operation: list.name(),
            page,
            index,
            path,
            reason,
        }
    }
}

impl ToRecord for Deposit {
    fn to_record(self) -> Result<Record, Unmappable> {
        let settled = money("amount", self.amount, "currency", &self.currency)?;
        let requested = pair(
            ("requestedAmount", self.requested_amount),
            ("requestedCurrency", self.requested_currency.as_deref()),
        )?;
        let local = pair(
            ("localAmount", self.local_amount),
            ("localCurrency", self.local_currency.as_deref()),
        )?;
        let mut attributes = Attributes::default();
        attributes.money("local_amount", "local_currency", local);
        attributes.text("country", self.country);
        let record = Record::new(
            ID,
            self.id_deposit.to_string(),
            (Kind::Payment, Direction::Credit),
            deposit_status(&self.status),
            requested.or(local).unwrap_or(settled),
            self.creation_date,
        );
        Ok(Record {
            provider_status: self.status.as_str().to_owned(),
            reference: present(self.external_id),
            settled: Some(settled),
            fee: pair(
                ("fee", self.fee),
                ("feeCurrency", self.fee_currency.as_deref()),
            )?,
            updated_at: self.last_change_date,
            account: self.id_merchant.map(|id| id.to_string()),
            method: present(self.payment_method_code),
            attributes: attributes.0,
            ..record
        })
    }
}

const fn deposit_status(status: &DepositStatus) -> Status {
    match status {
        DepositStatus::Pending => Status::Pending,
        DepositStatus::Approved | DepositStatus::Completed => Status::Succeeded,
        DepositStatus::Cancelled => Status::Cancelled,
        DepositStatus::Declined => Status::Failed,
        DepositStatus::Unknown(_) => Status::Unknown,
    }
}

impl ToRecord for Cashout {
    fn to_record(self) -> Result<Record, Unmappable> {
        let merchant = pair(
            ("merchantAmount", self.merchant_amount),
            ("merchantCurrency", self.merchant_currency.as_deref()),
        )?;
        let credited = pair(
            ("creditedAmount", self.credited_amount),
            ("creditedCurrency", self.credited_currency.as_deref()),
        )?;
        let mut attributes = Attributes::default();
        attributes.money("credited_amount", "credited_currency", credited);
        attributes.text("country", self.country);
        attributes.text("reason", self.reason);
        attributes.text("tax", self.tax.map(|tax| tax.to_string()));
        let record = Record::new(
            ID,
            self.id_cashout.to_string(),
            (Kind::Payout, Direction::Debit),
            cashout_status(&self.status),
            money("amount", self.amount, "currency", &self.currency)?,
            self.creation_date,
        );
        Ok(Record {
            provider_status: self.status.as_str().to_owned(),
            reference: present(self.external_id),
            // Zero until the cashout has moved the balance.
            settled: merchant.filter(|merchant| !merchant.amount.is_zero()),
            fee: pair(
                ("fee", self.fee),
                ("feeCurrency", self.fee_currency.as_deref()),
            )?,
            updated_at: self.last_change_date,
            account: self.id_merchant.map(|id| id.to_string()),
            attributes: attributes.0,
            ..record
        })
    }
}

const fn cashout_status(status: &CashoutStatus) -> Status {
    match status {
        CashoutStatus::OnHold => Status::OnHold,
        CashoutStatus::Pending | CashoutStatus::Delivered => Status::Pending,
        CashoutStatus::Completed => Status::Succeeded,
        CashoutStatus::Rejected | CashoutStatus::Declined => Status::Failed,
        CashoutStatus::Cancelled => Status::Cancelled,
        CashoutStatus::Unknown(_) => Status::Unknown,
    }
}

impl ToRecord for Settlement {
    fn to_record(self) -> Result<Record, Unmappable> {
        let requested = money(
            "requestedAmount",
            self.requested_amount,
            "currency",
            &self.currency,
        )?;
        let currency = Some(self.currency.as_str());
        let mut attributes = Attributes::default();
        attributes.text(
            "amount_to_transfer",
            self.amount_to_transfer.map(|amount| amount.to_string()),
        );
        attributes.text("type", self.r#type);
        let record = Record::new(
            ID,
            self.id.to_string(),
            (Kind::Settlement, Direction::Debit),
            settlement_status(&self.status),
            requested,
            self.creation_date,
        );
        Ok(Record {
            provider_status: self.status.as_str().to_owned(),
            settled: Some(requested),
            fee: pair(("fee", self.fee), ("currency", currency))?,
            account: self.id_merchant.map(|id| id.to_string()),
            attributes: attributes.0,
            ..record
        })
    }
}

const fn settlement_status(status: &SettlementStatus) -> Status {
    match status {
        SettlementStatus::Pending => Status::Pending,
        SettlementStatus::Completed => Status::Succeeded,
        SettlementStatus::Cancelled => Status::Cancelled,
        SettlementStatus::Rejected => Status::Failed,
        SettlementStatus::Unknown(_) => Status::Unknown,
    }
}

impl ToRecord for Note {
    fn to_record(self) -> Result<Record, Unmappable> {
        let direction = match self.category {
            NoteCategory::Credit => Direction::Credit,
            NoteCategory::Debit => Direction::Debit,
            NoteCategory::Unknown(_) => {
                let reason = "expected CREDIT or DEBIT: the direction cannot be told";
                return Err(Unmappable("category", reason.to_owned()));
            }
        };
        let amount = money("amount", self.amount, "currency", &self.currency)?;
        let mut attributes = Attributes::default();
        attributes.text("type", self.r#type);
        let record = Record::new(
            ID,
            self.id.to_string(),
            (Kind::Adjustment, direction),
            // A note is listed when it is booked, and has no status of its own.
            Status::Succeeded,
            amount,
            self.date,
        );
        Ok(Record {
            reference: present(self.external_id),
            settled: Some(amount),
            account: self.id_merchant.map(|id| id.to_string()),
            attributes: attributes.0,
            ..record
        })
    }
}

/// One day of the balance report.
pub(super) fn statement(day: &BalanceDay) -> Result<Statement, Unmappable> {
    let currency = currency("currency", &day.currency)?;
    let account = day.id_merchant.map(|id| id.to_string());
    let out_of_range = || Unmappable("date", "the day is out of range".to_owned());
    let next = day
        .date
        .checked_add(SignedDuration::from_hours(24))
        .map_err(|_| out_of_range())?;
    let period = Window::new(day.date, next).map_err(|_| out_of_range())?;
    let date = day.date.to_zoned(jiff::tz::TimeZone::UTC).date();
    let figures = [
        ("cancelledSettlementTotal", day.cancelled_settlement_total),
        ("cashoutTotal", day.cashout_total),
        ("depositFeeTotal", day.deposit_fee_total),
        ("depositTotal", day.deposit_total),
        ("netAmount", day.net_amount),
        ("noteTotal", day.note_total),
        ("settlementTotal", day.settlement_total),
        ("totalBalance", day.total_balance),
    ];
    Ok(Statement {
        provider: ID.to_owned(),
        id: format!("{}-{date}-{currency}", account.as_deref().unwrap_or("-")),
        account,
        scope: None,
        period,
        day: Some(LocalDay {
            date,
            zone: "UTC".to_owned(),
        }),
        currency,
        figures: figures
            .into_iter()
            .filter_map(|(name, amount)| Some((name.to_owned(), Figure::Amount(amount?))))
            .collect(),
    })
}

#[derive(Default)]
struct Attributes(BTreeMap<String, Attribute>);

impl Attributes {
    fn text(&mut self, name: &str, text: Option<String>) {
        if let Some(text) = present(text) {
            self.0.insert(name.to_owned(), text.into());
        }
    }

    fn money(&mut self, amount: &str, currency: &str, money: Option<Money>) {
        self.text(amount, money.map(|money| money.amount.to_string()));
        self.text(currency, money.map(|money| money.currency.to_string()));
    }
}

/// The text, unless it is empty: TuPay's samples write `""` for what is not there.
fn present(text: Option<String>) -> Option<String> {
    text.filter(|text| !text.is_empty())
}

/// An amount and a currency that may both be absent; an amount alone says nothing.
fn pair(
    (amount_path, amount): (&'static str, Option<Decimal>),
    (currency_path, code): (&'static str, Option<&str>),
) -> Result<Option<Money>, Unmappable> {
    match (amount, code.filter(|code| !code.is_empty())) {
        (Some(amount), Some(code)) => money(amount_path, amount, currency_path, code).map(Some),
        (Some(amount), None) if !amount.is_zero() => Err(Unmappable(
            currency_path,
            format!("expected the currency of `{amount_path}`, found none"),
        )),
        _ => Ok(None),
    }
}

fn money(
    amount_path: &'static str,
    amount: Decimal,
    currency_path: &'static str,
    code: &str,
) -> Result<Money, Unmappable> {
    if amount.is_sign_negative() && !amount.is_zero() {
        let reason = "expected an amount that is not negative: the kind carries the direction";
        return Err(Unmappable(amount_path, reason.to_owned()));
    }
    Ok(Money::new(amount, currency(currency_path, code)?))
}

fn currency(path: &'static str, code: &str) -> Result<Currency, Unmappable> {
    code.parse().map_err(|_| {
        Unmappable(
            path,
            "expected an ISO 4217 code of three capitals".to_owned(),
        )
    })
}

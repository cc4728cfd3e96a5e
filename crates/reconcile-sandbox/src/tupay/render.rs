//! The rows of the lists, as TuPay writes them.

use std::collections::HashMap;

use jiff::Timestamp;

use super::confidential::TuPayConfidential;
use super::lists::Filter;
use super::records::{BalanceDay, Cashout, CashoutStatus, Deposit, Note, Settlement};
use super::world::TuPayWorld;
use crate::faults::{FaultKind, Faults};
use crate::json::{Object, Style};

/// The amounts of the first five deposits under [`FaultKind::OddAmounts`], as
/// they stand in `amount`, `requestedAmount` and `localAmount`. Balances
/// ignore them: they test the reading, not the tying.
pub const ODD_AMOUNTS: [&str; 5] = [
    "123456789012345.67",
    "0.1234567890123456789",
    "30.0",
    "1e-7",
    "42",
];

/// What the rows of a list have in common.
pub(super) trait Listed {
    /// The instant that `from` and `to` select by.
    fn created(&self) -> Timestamp;

    /// A number of its own, for what strikes single rows.
    fn key(&self) -> u64;

    fn matches(&self, filter: &Filter, dialect: &Dialect) -> bool;

    /// Writes the fields in the documented order.
    fn write(&self, row: &mut Object<'_>, dialect: &Dialect);
}

/// How rows are written: the merchant in them, and the deviations.
#[derive(Debug)]
pub(super) struct Dialect {
    pub(super) style: Style,
    confidential: TuPayConfidential,
    unknown_values: bool,
    /// What stands for the amount of a record, by its id.
    odd_amounts: HashMap<u64, &'static str>,
}

impl Dialect {
    pub(super) fn new(
        faults: &Faults,
        world: &TuPayWorld,
        confidential: TuPayConfidential,
    ) -> Self {
        let mut odd_amounts = HashMap::new();
        if faults.is_on(FaultKind::OddAmounts) {
            odd_amounts.extend(world.deposits.iter().map(|it| it.id).zip(ODD_AMOUNTS));
        }
        if faults.is_on(FaultKind::BadRecord) {
            let deposit = world.deposits.get(7).map(|it| (it.id, r#"{"value":7.92}"#));
            let cashout = world.cashouts.get(7).map(|it| (it.id, r#""two hundred""#));
            odd_amounts.extend(deposit.into_iter().chain(cashout));
        }
        Self {
            style: Style::new(faults),
            confidential,
            unknown_values: faults.is_on(FaultKind::UnknownValues),
            odd_amounts,
        }
    }

    /// What logging in answers.
    pub(super) fn user(&self) -> Vec<u8> {
        let TuPayConfidential {
            access_key,
            username,
            user_id,
            ..
        } = &self.confidential;
        let mut body = Vec::new();
        let mut user = Object::open(&mut body, Style::default());
        user.integer("idUser", *user_id);
        user.text("username", username.as_ref().unwrap_or(access_key));
        user.integer("idMerchant", MERCHANT_ID);
        user.close();
        body
    }

    /// Writes the payer with the document of this number.
    pub(super) fn payer(&self, out: &mut Vec<u8>, number: u32) {
        let mut payer = Object::open(out, Style::default());
        payer.text("document", &self.document(number));
        payer.text("document_type", "DNI");
        payer.text("email", &self.confidential.payer_email);
        payer.text("first_name", &self.confidential.payer_first_name);
        payer.text("last_name", &self.confidential.payer_last_name);
        payer.close();
    }

    /// What a record shows as the merchant's own reference.
    pub(super) fn reference(&self, own: String) -> String {
        match &*self.confidential.reference_prefix {
            "" => own,
            prefix => [prefix, &own].concat(),
        }
    }

    /// The merchant's own reference behind what a record shows.
    pub(super) fn own_reference<'a>(&self, shown: &'a str) -> Option<&'a str> {
        shown.strip_prefix(&*self.confidential.reference_prefix)
    }

    /// The Cashout API's number and words for why a cashout failed.
    pub(super) fn rejection(&self, status: CashoutStatus) -> Option<(u32, &str)> {
        let (code, reason) = match status {
            CashoutStatus::Rejected => (807, "ERROR_REJECTED_BY_BANK"),
            CashoutStatus::Declined => (800, "ERROR_ACCOUNT_INCORRECT"),
            _ => return None,
        };
        let chosen = self.confidential.cashout_reason.as_deref();
        Some((code, chosen.unwrap_or(reason)))
    }

    fn merchant_name(&self) -> &str {
        &self.confidential.merchant_name
    }

    /// The document that is shown of the person with this number; a national
    /// document has eight digits.
    fn document(&self, number: u32) -> String {
        let chosen = self.confidential.client_document.clone();
        chosen.unwrap_or_else(|| format!("{number:08}"))
    }

    /// The `reason` of a cashout, which is empty unless it failed.
    fn reason(&self, status: CashoutStatus) -> &str {
        let own = self.rejection(status).map_or("", |(_, reason)| reason);
        let chosen = self.confidential.cashout_reason.as_deref();
        chosen.unwrap_or(own)
    }

    fn is_unknown(&self, key: u64) -> bool {
        self.unknown_values && key.is_multiple_of(10)
    }
}

impl Listed for Deposit {
    fn created(&self) -> Timestamp {
        self.created
    }

    fn key(&self) -> u64 {
        self.id
    }

    fn matches(&self, filter: &Filter, dialect: &Dialect) -> bool {
        filter.accepts_country("PE")
            && filter.accepts_method(self.method.code())
            && filter.accepts_status(self.status.as_str())
            && filter.accepts_document(|| dialect.document(self.document))
    }

    fn write(&self, row: &mut Object<'_>, dialect: &Dialect) {
        let odd = dialect.odd_amounts.get(&self.id).copied();
        let amount = |row: &mut Object<'_>, key: &str, cents| match odd {
            Some(lexeme) => row.raw(key, lexeme),
            None => row.amount(key, cents),
        };
        let unknown = dialect.is_unknown(self.id);
        let method = if unknown { "XNEW" } else { self.method.code() };
        let status = if unknown {
            "IN_REVIEW"
        } else {
            self.status.as_str()
        };
        row.integer("idDeposit", self.id);
        row.text("externalId", &dialect.reference(self.external_id()));
        row.instant("creationDate", self.created);
        row.optional_text("countryName", "Peru");
        row.text("country", "PE");
        row.optional_text("paymentMethodName", self.method.label());
        row.text("paymentMethodCode", method);
        row.optional_text("requestedPaymentMethod", method);
        row.optional_text("requestedPaymentMethodName", self.method.label());
        row.optional_text("clientDocument", &dialect.document(self.document));
        amount(row, "amount", self.amount);
        row.text("currency", "USD");
        row.optional_text("balanceCurrency", "USD");
        amount(row, "requestedAmount", self.local_amount);
        row.text("requestedCurrency", "PEN");
        amount(row, "localAmount", self.local_amount);
        row.text("localCurrency", "PEN");
        row.optional_raw("localCountryTaxFee", "0.0");
        row.optional_raw("usdCountryTaxFee", "0.0");
        row.amount("fee", self.fee);
        row.text("feeCurrency", "USD");
        row.instant("lastChangeDate", self.changed);
        row.text("status", status);
        row.optional_text("idUser", &dialect.confidential.customer_id);
        row.optional_raw("flags", "[]");
        row.integer("idMerchant", MERCHANT_ID);
        row.optional_text("merchantName", dialect.merchant_name());
        row.boolean("refundAttempted", false);
        row.optional_raw("installments", "0");
        row.optional_raw("allowPixApiRefund", "false");
    }
}

impl Listed for Cashout {
    fn created(&self) -> Timestamp {
        self.created
    }

    fn key(&self) -> u64 {
        self.id
    }

    /// Cashouts have no method that a filter could look at.
    fn matches(&self, filter: &Filter, dialect: &Dialect) -> bool {
        filter.accepts_country("PE")
            && filter.accepts_status(self.status.as_str())
            && filter.accepts_document(|| dialect.document(self.document))
    }

    fn write(&self, row: &mut Object<'_>, dialect: &Dialect) {
        let unknown = dialect.is_unknown(self.id);
        let is_settled = self.status == CashoutStatus::Completed;
        let credited = if is_settled {
            self.amount
        } else {
            crate::money::Cents::ZERO
        };
        row.integer("idCashout", self.id);
        row.text("externalId", &dialect.reference(self.external_id()));
        row.instant("creationDate", self.created);
        row.text("country", "PE");
        row.text("currency", self.currency());
        match dialect.odd_amounts.get(&self.id) {
            Some(lexeme) => row.raw("amount", lexeme),
            None => row.amount("amount", self.amount),
        }
        row.optional_text("creditedCurrency", self.currency());
        row.optional_amount("creditedAmount", credited);
        row.text("merchantCurrency", "USD");
        row.amount("merchantAmount", self.merchant_amount);
        row.text("feeCurrency", "USD");
        row.amount("fee", self.fee);
        row.optional_raw("tax", "0.0");
        row.instant("lastChangeDate", self.changed);
        row.text(
            "status",
            if unknown {
                "IN_REVIEW"
            } else {
                self.status.as_str()
            },
        );
        row.optional_text("clientDocument", &dialect.document(self.document));
        row.optional_raw("flags", "[]");
        row.integer("idMerchant", MERCHANT_ID);
        row.optional_text("merchantName", dialect.merchant_name());
        row.optional_text("reason", dialect.reason(self.status));
        row.boolean("existVoucher", is_settled);
    }
}

impl Listed for BalanceDay {
    fn created(&self) -> Timestamp {
        self.midnight
    }

    fn key(&self) -> u64 {
        self.midnight.as_second().unsigned_abs()
    }

    fn matches(&self, _: &Filter, _: &Dialect) -> bool {
        true
    }

    fn write(&self, row: &mut Object<'_>, _: &Dialect) {
        row.integer("idMerchant", MERCHANT_ID);
        row.amount("depositTotal", self.deposits);
        row.amount("cashoutTotal", self.cashouts);
        row.amount("noteTotal", self.notes);
        row.amount("settlementTotal", self.settlements);
        row.amount("cancelledSettlementTotal", self.cancelled_settlements);
        row.amount("depositFeeTotal", self.deposit_fees);
        row.amount("netAmount", self.net());
        row.amount("totalBalance", self.balance);
        row.instant("date", self.midnight);
        row.text("currency", "USD");
    }
}

impl Listed for Settlement {
    fn created(&self) -> Timestamp {
        self.created
    }

    fn key(&self) -> u64 {
        self.id
    }

    fn matches(&self, filter: &Filter, _: &Dialect) -> bool {
        filter.accepts_status(self.status.as_str())
    }

    fn write(&self, row: &mut Object<'_>, dialect: &Dialect) {
        row.integer("id", self.id);
        row.instant("creationDate", self.created);
        row.text("type", "MANUAL");
        row.text("currency", "USD");
        row.amount("requestedAmount", self.requested);
        row.amount("fee", self.fee);
        row.amount("amountToTransfer", self.requested - self.fee);
        row.text("status", self.status.as_str());
        row.integer("idMerchant", MERCHANT_ID);
        row.optional_text("merchantName", dialect.merchant_name());
    }
}

impl Listed for Note {
    fn created(&self) -> Timestamp {
        self.created
    }

    fn key(&self) -> u64 {
        self.id
    }

    fn matches(&self, filter: &Filter, _: &Dialect) -> bool {
        filter.accepts_kind(note_type(self))
    }

    fn write(&self, row: &mut Object<'_>, dialect: &Dialect) {
        let amount = if self.amount.0 < 0 {
            -self.amount
        } else {
            self.amount
        };
        row.integer("id", self.id);
        row.optional_text("externalId", &dialect.reference(String::new()));
        row.integer("idMerchant", MERCHANT_ID);
        row.optional_text("merchantName", dialect.merchant_name());
        row.instant("date", self.created);
        row.amount("amount", amount);
        row.text("currency", "USD");
        row.text("type", note_type(self));
        row.optional_text("description", &dialect.confidential.note_description);
        row.text(
            "category",
            if self.amount.0 < 0 { "DEBIT" } else { "CREDIT" },
        );
    }
}

/// The merchant that every row belongs to.
pub(super) const MERCHANT_ID: u64 = 19_759;

fn note_type(note: &Note) -> &'static str {
    if note.amount.0 < 0 {
        "GENERIC_DEBIT_NOTE"
    } else {
        "GENERIC_CREDIT_NOTE"
    }
}

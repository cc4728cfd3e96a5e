//! Bodies, as Paywall writes them.

use std::collections::HashMap;

use jiff::civil::Date;
use jiff::tz::TimeZone;

use super::access::PaywallConfidential;
use super::generate::INTEREST_HUNDREDTHS;
use super::register::Entry;
use super::totals::PaywallEndOfDay;
use super::world::{
    PaywallStatus, PaywallStep, PaywallStepKind, PaywallTransaction, PaywallWorld, instant,
};
use crate::card;
use crate::faults::{FaultKind, Faults};
use crate::json::{Object, Style};
use crate::money::Cents;
use crate::random::mix;
use crate::tupay::ODD_AMOUNTS;

/// What every answer is wrapped in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Envelope {
    Plain,
    /// Lists of transactions tell of errors twice.
    Listing,
}

impl Envelope {
    /// Around the body of a success.
    pub(super) fn success(self, style: Style, body: impl FnOnce(&mut Vec<u8>)) -> Vec<u8> {
        let mut out = Vec::new();
        let mut object = Object::open(&mut out, style);
        self.head(&mut object, 0, true, "");
        object.with("Body", body);
        object.close();
        out
    }

    /// Around nothing.
    pub(super) fn refusal(self, code: u64, text: &str) -> Vec<u8> {
        let mut out = Vec::new();
        let mut object = Object::open(&mut out, Style::default());
        self.head(&mut object, code, false, text);
        object.raw("Body", "null");
        object.close();
        out
    }

    fn head(self, object: &mut Object<'_>, code: u64, result: bool, text: &str) {
        if self == Self::Listing {
            object.optional_raw("ErrorCodeType", "1");
            object.optional_text("ErrorMessage", text);
        }
        object.integer("ErrorCode", code);
        object.boolean("Result", result);
        object.optional_text("Message", text);
    }
}

/// How bodies are written: the merchant in them, and the deviations.
#[derive(Debug)]
pub(super) struct Dialect {
    pub(super) style: Style,
    confidential: PaywallConfidential,
    zone: TimeZone,
    unknown_values: bool,
    unmasked_card: bool,
    /// The number of the type that a cancellation is; those of refunds follow.
    first_undoing: u64,
    /// What stands for the amount of a transaction, by its id.
    odd_amounts: HashMap<u64, &'static str>,
}

impl Dialect {
    pub(super) fn new(
        faults: &Faults,
        world: &PaywallWorld,
        zone: TimeZone,
        confidential: PaywallConfidential,
    ) -> Self {
        let ids = || world.transactions().iter().map(PaywallTransaction::id);
        let mut odd_amounts = HashMap::new();
        if faults.is_on(FaultKind::OddAmounts) {
            odd_amounts.extend(ids().zip(ODD_AMOUNTS));
        }
        if faults.is_on(FaultKind::BadRecord) {
            odd_amounts.extend(ids().nth(7).map(|id| (id, r#"{"value":7.92}"#)));
        }
        Self {
            style: Style::new(faults),
            confidential,
            zone,
            unknown_values: faults.is_on(FaultKind::UnknownValues),
            unmasked_card: faults.is_on(FaultKind::UnmaskedCard),
            first_undoing: faults.value(FaultKind::StepTypes),
            odd_amounts,
        }
    }

    /// The merchant's own reference behind what a record shows.
    pub(super) fn own_reference<'a>(&self, shown: &'a str) -> Option<&'a str> {
        shown.strip_prefix(&*self.confidential.reference_prefix)
    }

    pub(super) fn end_of_day(&self, day: &PaywallEndOfDay) -> Vec<u8> {
        Envelope::Plain.success(self.style, |out| self.provider_side(out, day))
    }

    /// The outcome of a reconciliation, with both sides.
    pub(super) fn outcome(&self, outcome: &Outcome) -> Vec<u8> {
        Envelope::Plain.success(self.style, |out| {
            let mut body = Object::open(out, self.style);
            body.boolean("IsReconciled", outcome.is_reconciled);
            body.optional_raw("IsSaved", "true");
            let existed = if outcome.existed { "true" } else { "false" };
            body.optional_raw("ExistsReconciliation", existed);
            self.optional_local(&mut body, "OperationDateTime", Some(outcome.at));
            midnight(&mut body, "ReconciliationDate", outcome.day);
            body.with("Merchant", |out| {
                let mut side = Object::open(out, self.style);
                outcome.merchant.write(&mut side);
                side.close();
            });
            body.with("PayWall", |out| self.provider_side(out, &outcome.paywall));
            body.close();
        })
    }

    fn provider_side(&self, out: &mut Vec<u8>, day: &PaywallEndOfDay) {
        let mut side = Object::open(out, self.style);
        side.integer("EndOfDayId", day.id);
        day.write(&mut side);
        side.close();
    }

    pub(super) fn reconciliation(&self, entry: &Entry) -> Vec<u8> {
        Envelope::Plain.success(self.style, |out| {
            let mut body = Object::open(out, self.style);
            body.boolean("IsReconciled", entry.is_reconciled);
            self.optional_local(&mut body, "InsertDateTime", Some(entry.inserted));
            self.optional_local(&mut body, "UpdateDateTime", entry.updated);
            midnight(&mut body, "ReconciliationDate", entry.day);
            body.close();
        })
    }

    pub(super) fn reconciliations(&self, entries: &[Entry], total: usize) -> Vec<u8> {
        Envelope::Plain.success(self.style, |out| {
            let mut body = Object::open(out, self.style);
            body.array("Data", entries, |out, entry| {
                let mut row = Object::open(out, self.style);
                row.integer("ReconciliationId", entry.id);
                midnight(&mut row, "ReconciliationDate", entry.day);
                row.boolean("IsReconciled", entry.is_reconciled);
                self.optional_local(&mut row, "InsertDateTime", Some(entry.inserted));
                self.optional_local(&mut row, "UpdateDateTime", entry.updated);
                row.close();
            });
            body.integer("TotalRecord", number(total));
            body.close();
        })
    }

    /// One page of transactions, each with the steps that are to be shown.
    pub(super) fn page(&self, page: &Page<'_>) -> Vec<u8> {
        Envelope::Listing.success(self.style, |out| {
            let mut body = Object::open(out, self.style);
            let sort = if page.newest_first { "desc" } else { "asc" };
            body.optional_text("SortType", sort);
            body.integer("Page", number(page.number));
            body.integer("PageSize", number(page.size));
            body.integer("TotalRecords", number(page.total));
            body.array("Data", &page.rows, |out, (transaction, steps)| {
                self.transaction(out, transaction, steps);
            });
            body.close();
        })
    }

    fn transaction(&self, out: &mut Vec<u8>, it: &PaywallTransaction, steps: &[&PaywallStep]) {
        let unknown = self.unknown_values && it.id.is_multiple_of(10);
        let own = &self.confidential;
        let reference = [&*own.reference_prefix, &it.reference()].concat();
        let mut row = Object::open(out, self.style);
        row.integer("Id", it.id);
        row.optional_raw("PosType", "1");
        row.raw("RegionId", "null");
        row.text("UniqueCode", &it.unique_code());
        row.text("MerchantUniqueCode", &reference);
        row.optional_text("TrackingCode", &own.tracking_code);
        self.amount(&mut row, it, it.paid());
        row.optional_raw("MethodId", if unknown { "99" } else { "5" });
        row.integer("TypeId", SALE);
        row.integer("StatusId", if unknown { 42 } else { it.status.id() });
        row.optional_raw("Installment", &it.instalments().to_string());
        row.optional_raw("ChannelId", "1");
        row.optional_raw("TagId", "0");
        row.optional_text("Ip", &own.ip);
        row.optional_text("ClientIp", &own.client_ip);
        self.local(&mut row, "InsertDateTime", it.created);
        row.optional_with("Card", |out| self.card(out, it));
        row.optional_with("Commission", |out| self.commission(out, it));
        row.optional_with("PaymentGateway", |out| self.gateway(out));
        row.array("Activities", steps, |out, step| self.step(out, it, step));
        row.close();
    }

    /// The amount of a transaction or of its sale, which faults may bend.
    fn amount(&self, row: &mut Object<'_>, of: &PaywallTransaction, sum: Cents) {
        match self.odd_amounts.get(&of.id) {
            Some(lexeme) => row.raw("Amount", lexeme),
            None => row.decimal("Amount", sum.to_decimal()),
        }
    }

    fn step(&self, out: &mut Vec<u8>, of: &PaywallTransaction, step: &PaywallStep) {
        let mut row = Object::open(out, self.style);
        row.integer("Id", step.id);
        row.integer("TypeId", self.type_id(step.kind));
        row.integer("StatusId", step.status.id());
        if step.kind == PaywallStepKind::Sale {
            self.amount(&mut row, of, step.sum);
        } else {
            row.decimal("Amount", step.sum.to_decimal());
        }
        self.local(&mut row, "InsertDateTime", step.at);
        row.close();
    }

    fn type_id(&self, kind: PaywallStepKind) -> u64 {
        match kind {
            PaywallStepKind::Sale => SALE,
            PaywallStepKind::Cancel => self.first_undoing,
            PaywallStepKind::Refund => self.first_undoing + 1,
            PaywallStepKind::PartialRefund => self.first_undoing + 2,
        }
    }

    fn card(&self, out: &mut Vec<u8>, it: &PaywallTransaction) {
        let issuer = issuer(it);
        let mut card = Object::open(out, self.style);
        card.optional_raw("CardBankId", issuer.bank_id);
        card.optional_text("CardBank", issuer.bank);
        card.optional_raw("CardBrandId", "2");
        card.optional_text("CardBrand", "Visa");
        card.optional_raw("CardFamilyId", issuer.family_id);
        card.optional_text("CardFamily", issuer.family);
        card.optional_raw("CardKindId", "1");
        card.optional_text("CardKind", "Bireysel Kart");
        card.optional_raw("CardTypeId", "1");
        card.optional_text("CardType", "Credit");
        card.optional_text("Owner", &self.confidential.card_owner);
        card.optional_text("Number", &self.card_number(it));
        card.optional_raw("UsedSavedCard", "false");
        card.optional_raw("UsedTempCard", "false");
        card.close();
    }

    /// The first eight and the last four digits, as in the published samples.
    fn card_number(&self, it: &PaywallTransaction) -> String {
        let digits = card::digits(CARD_RANGE, it.card % 10_000_000);
        match &self.confidential.card_number {
            _ if self.unmasked_card => digits,
            Some(chosen) => chosen.clone(),
            None => format!("{CARD_RANGE}****{}", digits.split_at(12).1),
        }
    }

    fn commission(&self, out: &mut Vec<u8>, it: &PaywallTransaction) {
        let applied = it.interest != Cents::ZERO;
        let rate = if applied {
            Cents(INTEREST_HUNDREDTHS)
        } else {
            Cents::ZERO
        };
        let mut object = Object::open(out, self.style);
        object.boolean("Exists", true);
        object.decimal("Commission", COMMISSION.to_decimal());
        object.boolean("AppliedInterest", applied);
        object.decimal("Interest", rate.to_decimal());
        object.decimal("OriginalAmount", it.price.to_decimal());
        object.decimal("InterestAmount", it.interest.to_decimal());
        object.close();
    }

    fn gateway(&self, out: &mut Vec<u8>) {
        let own = &self.confidential;
        let mut gateway = Object::open(out, self.style);
        gateway.integer("PaymentGatewayId", GATEWAY);
        gateway.optional_text("PaymentGatewayName", &own.gateway_name);
        gateway.optional_text("PaymentGatewayProviderName", &own.gateway_provider_name);
        gateway.optional_text("PaymentGatewayProviderKey", &own.gateway_provider_key);
        gateway.close();
    }

    /// What an inquiry answers. No page shows it: the fields are those of the
    /// official .NET SDK.
    pub(super) fn inquiry(&self, it: &PaywallTransaction, steps: &[PaywallStep]) -> Vec<u8> {
        Envelope::Plain.success(self.style, |out| {
            let mut body = Object::open(out, self.style);
            body.with("Paywall", |out| self.payment(out, it, steps));
            body.close();
        })
    }

    fn payment(&self, out: &mut Vec<u8>, it: &PaywallTransaction, steps: &[PaywallStep]) {
        use PaywallStepKind::{Cancel, PartialRefund, Refund, Sale};
        let own = &self.confidential;
        let latest = steps.last();
        let any = |kind| {
            let succeeded = |step: &PaywallStep| step.status == PaywallStatus::Successful;
            let found = steps
                .iter()
                .any(|step| step.kind == kind && succeeded(step));
            if found { "true" } else { "false" }
        };
        let mut row = Object::open(out, self.style);
        row.integer("PaymentId", it.id);
        optional_number(&mut row, "ActivityId", latest.map(PaywallStep::id));
        row.optional_raw("PaymentGatewayId", &GATEWAY.to_string());
        row.optional_text("PaymentGatewayName", &own.gateway_name);
        row.optional_text("PaymentGatewayProviderName", &own.gateway_provider_name);
        row.optional_raw("AnySuccessPayment", any(Sale));
        row.optional_raw("AnySuccessRefund", any(Refund));
        row.optional_raw("AnySuccessPartialRefund", any(PartialRefund));
        row.optional_raw("AnySuccessCancel", any(Cancel));
        row.boolean("Status", it.status == PaywallStatus::Successful);
        row.optional_text("StatusName", it.status.name());
        row.integer("StatusId", it.status.id());
        row.optional_text("TypeName", "Sale");
        row.integer("TypeId", SALE);
        row.optional_raw("Installment", &it.instalments().to_string());
        row.optional_raw("CurrencyId", "1");
        row.optional_text("CurrencyName", "TRY");
        row.optional_raw("PaymentMethodId", "5");
        row.optional_text("PaymentMethodName", "MethodName");
        row.optional_raw("PaymentChannelId", "1");
        row.optional_text("PaymentChannelName", "API");
        row.optional_raw("PaymentTagId", "0");
        row.optional_text("PaymentTagName", "");
        row.optional_text("CardNumber", &self.card_number(it));
        row.optional_text("CardOwnerName", &own.card_owner);
        row.optional_text("CardBankName", issuer(it).bank);
        row.optional_text("CardBrandName", "Visa");
        row.optional_text("CardTypeName", "Credit");
        row.optional_text("CardFamilyName", issuer(it).family);
        self.optional_local(&mut row, "LastActivityDateTime", latest.map(|it| it.at));
        row.decimal("PaymentAmount", it.amount());
        optional_cents(&mut row, "ActivityAmount", latest.map(|it| it.sum));
        row.optional_text("IP", &own.client_ip);
        charges(&mut row, it);
        row.close();
    }

    fn local(&self, object: &mut Object<'_>, key: &str, microsecond: i64) {
        object.text(key, &self.local_time(microsecond));
    }

    fn optional_local(&self, object: &mut Object<'_>, key: &str, microsecond: Option<i64>) {
        match microsecond {
            Some(microsecond) => object.optional_text(key, &self.local_time(microsecond)),
            None => object.raw(key, "null"),
        }
    }

    /// A local time with microseconds and without an offset.
    fn local_time(&self, microsecond: i64) -> String {
        let local = instant(microsecond).to_zoned(self.zone.clone());
        local.strftime("%Y-%m-%dT%H:%M:%S%.6f").to_string()
    }
}

/// What came of a reconciliation.
#[derive(Debug)]
pub(super) struct Outcome {
    pub(super) day: Date,
    pub(super) is_reconciled: bool,
    /// Whether there was one before.
    pub(super) existed: bool,
    /// Microseconds since the epoch.
    pub(super) at: i64,
    pub(super) merchant: PaywallEndOfDay,
    pub(super) paywall: PaywallEndOfDay,
}

/// What a page of transactions has and says.
#[derive(Debug)]
pub(super) struct Page<'a> {
    pub(super) number: usize,
    pub(super) size: usize,
    pub(super) total: usize,
    pub(super) newest_first: bool,
    pub(super) rows: Vec<(&'a PaywallTransaction, Vec<&'a PaywallStep>)>,
}

/// The only type whose number is published.
const SALE: u64 = 1;

const GATEWAY: u64 = 4_703;

/// Two per cent, which is what the published sample says.
const COMMISSION: Cents = Cents(200);

/// The first digits of cards for tests, which no issuer has.
const CARD_RANGE: &str = "40000000";

/// Who issued a card, after the published samples.
struct Issuer {
    bank_id: &'static str,
    bank: &'static str,
    family_id: &'static str,
    family: &'static str,
}

fn issuer(it: &PaywallTransaction) -> &'static Issuer {
    const ISSUERS: [Issuer; 2] = [
        Issuer {
            bank_id: "71",
            bank: "FİNANS BANK A.Ş.",
            family_id: "6",
            family: "Cardfinans",
        },
        Issuer {
            bank_id: "53",
            bank: "T.C.ZİRAAT BANKASI A.Ş.",
            family_id: "7",
            family: "Combo",
        },
    ];
    let [one, other] = &ISSUERS;
    if mix(it.card.into()).is_multiple_of(2) {
        one
    } else {
        other
    }
}

/// The end of an inquiry: interest and commission.
fn charges(row: &mut Object<'_>, it: &PaywallTransaction) {
    let applied = it.interest != Cents::ZERO;
    let rate = applied.then_some(Cents(INTEREST_HUNDREDTHS));
    row.boolean("AppliedInterest", applied);
    optional_cents(row, "InterestRate", rate);
    optional_cents(row, "CommissionRate", Some(COMMISSION));
    optional_cents(row, "OriginalAmount", Some(it.price));
    optional_cents(row, "InterestAmount", applied.then_some(it.interest));
    let commission = it.price.scaled(COMMISSION.0, 10_000);
    optional_cents(row, "CommissionAmount", Some(commission));
}

/// A day is written as its midnight.
fn midnight(object: &mut Object<'_>, key: &str, day: Date) {
    object.text(key, &format!("{day}T00:00:00"));
}

fn optional_number(object: &mut Object<'_>, key: &str, value: Option<u64>) {
    match value {
        Some(value) => object.optional_raw(key, &value.to_string()),
        None => object.raw(key, "null"),
    }
}

fn optional_cents(object: &mut Object<'_>, key: &str, value: Option<Cents>) {
    match value {
        Some(value) => object.optional_decimal(key, value.to_decimal()),
        None => object.raw(key, "null"),
    }
}

fn number(count: usize) -> u64 {
    u64::try_from(count).unwrap_or(u64::MAX)
}

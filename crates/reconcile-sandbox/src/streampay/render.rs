//! Bodies, as StreamPay writes them.

mod receipts;
mod reconciliations;

use std::collections::HashMap;

use jiff::tz::TimeZone;

use super::access::StreamPayConfidential;
use super::batch::Accounting;
use super::generate::riyadh;
use super::register::{MerchantEntry, TerminalEntry, User};
use super::request::List;
use super::words::StreamPayReceiptKind;
use super::world::{
    StreamPayReceipt, StreamPayTerminal, StreamPayTransaction, StreamPayWorld, millisecond, widened,
};
use crate::faults::{FaultKind, Faults};
use crate::json::{Object, Style};
use crate::money::Cents;
use crate::random::mix;
use crate::tupay::ODD_AMOUNTS;

/// How bodies are written: the client's data in them, and the deviations.
#[allow(clippy::struct_excessive_bools, reason = "each is a switch of its own")]
#[derive(Debug)]
pub(super) struct Dialect {
    style: Style,
    confidential: StreamPayConfidential,
    /// Of dates and times.
    zone: TimeZone,
    /// Whole amounts as `10` instead of `10.00`.
    integers: bool,
    unknown_values: bool,
    unmasked_card: bool,
    /// Reversals say of what they are.
    named_reversals: bool,
    /// How much later every twentieth transaction was stored, in milliseconds.
    late: i64,
    pages: PagesShape,
    /// A number of pages says which this is, not how many there are.
    counts_current: bool,
    /// What stands for the amount of a receipt, by its serial.
    odd_amounts: HashMap<u64, String>,
}

/// Where in a list a page is.
#[derive(Debug, Clone, Copy)]
pub(super) struct Pages {
    /// From 1.
    pub(super) current: usize,
    /// One at least.
    pub(super) total: usize,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum PagesShape {
    /// A number for merchants, nothing for transactions, else both.
    Documented,
    Absent,
    Current,
    Number,
    Both,
}

impl PagesShape {
    fn of(self, list: List) -> Self {
        match (self, list) {
            (Self::Documented, List::Merchants) => Self::Number,
            (Self::Documented, List::Transactions) => Self::Absent,
            (Self::Documented, List::Terminals | List::Reconciliations) => Self::Both,
            (other, _) => other,
        }
    }
}

/// A transaction with all that is shown of it.
pub(super) struct Whole<'a> {
    pub(super) transaction: &'a StreamPayTransaction,
    pub(super) terminal: &'a StreamPayTerminal,
    pub(super) receipts: &'a [StreamPayReceipt],
    pub(super) accounting: &'a Accounting,
}

impl Dialect {
    pub(super) fn new(
        faults: &Faults,
        world: &StreamPayWorld,
        confidential: StreamPayConfidential,
    ) -> Self {
        let hours = i64::try_from(faults.value(FaultKind::StoredLate)).unwrap_or(0);
        Self {
            style: Style::new(faults),
            confidential,
            zone: match faults.value(FaultKind::StreamPayZone) {
                0 => riyadh(),
                _ => TimeZone::UTC,
            },
            integers: faults.is_on(FaultKind::Integers),
            unknown_values: faults.is_on(FaultKind::UnknownValues),
            unmasked_card: faults.is_on(FaultKind::UnmaskedCard),
            named_reversals: faults.value(FaultKind::ReversalType) != 0,
            late: hours * 3_600_000,
            pages: match faults.value(FaultKind::PagesShape) {
                0 => PagesShape::Documented,
                1 => PagesShape::Absent,
                2 => PagesShape::Current,
                3 => PagesShape::Number,
                _ => PagesShape::Both,
            },
            counts_current: faults.value(FaultKind::PagesNumber) != 0,
            odd_amounts: odd_amounts(faults, world),
        }
    }

    /// Whether the pages of a list say which one each is.
    pub(super) fn states_page(&self, list: List) -> bool {
        match self.pages.of(list) {
            PagesShape::Documented | PagesShape::Absent => false,
            PagesShape::Current | PagesShape::Both => true,
            PagesShape::Number => self.counts_current,
        }
    }

    /// `created_at` of a transaction, in milliseconds.
    pub(super) fn stored(&self, transaction: &StreamPayTransaction) -> i64 {
        self.delayed(transaction, transaction.at, transaction.serial)
    }

    /// When something of a transaction was stored that happened at that second.
    fn delayed(&self, transaction: &StreamPayTransaction, second: i64, salt: u64) -> i64 {
        let is_late = transaction.serial.is_multiple_of(20);
        let late = if is_late { self.late } else { 0 };
        second * 1_000 + 200 + noise(salt, 4_000) + late
    }

    /// One page of a list.
    pub(super) fn page<T>(
        &self,
        list: List,
        rows: &[T],
        pages: Pages,
        write: impl FnMut(&mut Vec<u8>, &T),
    ) -> Vec<u8> {
        let mut out = Vec::with_capacity(rows.len() * 2_500 + 64);
        let mut envelope = Object::open(&mut out, self.style);
        envelope.array(list.key(), rows, write);
        let Pages { current, total } = pages;
        match self.pages.of(list) {
            PagesShape::Documented | PagesShape::Absent => {}
            PagesShape::Number if self.counts_current => envelope.integer("pages", number(current)),
            PagesShape::Number => envelope.integer("pages", number(total)),
            shape => envelope.with("pages", |out| {
                let mut pages = Object::open(out, self.style);
                if shape == PagesShape::Both {
                    pages.integer("total", number(total));
                }
                pages.integer("current", number(current));
                pages.close();
            }),
        }
        envelope.close();
        out
    }

    /// A merchant as it is listed.
    pub(super) fn merchant_row(&self, out: &mut Vec<u8>, merchant: &MerchantEntry) {
        let mut row = Object::open(out, self.style);
        merchant_fields(&mut row, merchant);
        instant(&mut row, "created_at", merchant.created);
        row.close();
    }

    /// A merchant as it is found.
    pub(super) fn merchant(&self, merchant: &MerchantEntry) -> Vec<u8> {
        let mut out = Vec::new();
        self.merchant_row(&mut out, merchant);
        out
    }

    pub(super) fn created_merchant(&self, merchant: &MerchantEntry) -> Vec<u8> {
        let mut out = Vec::new();
        let mut row = Object::open(&mut out, self.style);
        merchant_fields(&mut row, merchant);
        row.optional_raw("user", "{}");
        row.close();
        out
    }

    /// A terminal as it is listed.
    pub(super) fn listed_terminal(&self, out: &mut Vec<u8>, terminal: &TerminalEntry) {
        let mut row = Object::open(out, self.style);
        self.terminal_head(&mut row, terminal, true);
        self.user_and_device(&mut row, terminal, "null");
        row.boolean("is_assigned_to_user", terminal.user.is_some());
        row.boolean("is_connected", terminal.is_connected);
        instant(&mut row, "created_at", terminal.created);
        instant(&mut row, "updated_at", terminal.updated);
        row.close();
    }

    /// A terminal as it is found.
    pub(super) fn terminal(&self, terminal: &TerminalEntry) -> Vec<u8> {
        self.lone_terminal(terminal, true, "null")
    }

    /// A terminal as it is assigned: its merchant has no id, and no device is
    /// an empty one.
    pub(super) fn assigned_terminal(&self, terminal: &TerminalEntry) -> Vec<u8> {
        self.lone_terminal(terminal, false, "{}")
    }

    /// A terminal as it is unassigned: its merchant has no id.
    pub(super) fn unassigned_terminal(&self, terminal: &TerminalEntry) -> Vec<u8> {
        self.lone_terminal(terminal, false, "null")
    }

    fn lone_terminal(
        &self,
        terminal: &TerminalEntry,
        has_merchant_id: bool,
        no_device: &str,
    ) -> Vec<u8> {
        let mut out = Vec::new();
        let mut envelope = Object::open(&mut out, self.style);
        envelope.with("terminal", |out| {
            let mut row = Object::open(out, self.style);
            self.terminal_head(&mut row, terminal, has_merchant_id);
            self.user_and_device(&mut row, terminal, no_device);
            row.boolean("is_connected", terminal.is_connected);
            row.boolean("is_assigned_to_user", terminal.user.is_some());
            row.close();
        });
        envelope.close();
        out
    }

    pub(super) fn created_terminal(&self, terminal: &TerminalEntry) -> Vec<u8> {
        let mut out = Vec::new();
        let mut envelope = Object::open(&mut out, self.style);
        envelope.with("merchant", |out| {
            let merchant = &terminal.merchant;
            let mut row = Object::open(out, self.style);
            row.text("id", &merchant.id());
            row.optional_text("name", &merchant.name);
            row.optional_text("name_ar", &merchant.name_ar);
            match merchant.reference.as_deref() {
                Some(reference) => row.optional_text("reference_id", reference),
                None => row.raw("reference_id", "null"),
            }
            row.optional_text("status", "active");
            instant(&mut row, "created_at", merchant.created);
            instant(&mut row, "updated_at", merchant.created);
            row.close();
        });
        envelope.with("terminal", |out| {
            let mut row = Object::open(out, self.style);
            row.text("id", &terminal.id());
            row.text("tid", &terminal.tid());
            if let Some(user) = &terminal.user {
                row.optional_with("user", |out| self.created_user(out, user, terminal.created));
            }
            row.optional_with("device", |out| self.created_device(out, terminal));
            instant(&mut row, "created_at", terminal.created);
            instant(&mut row, "updated_at", terminal.updated);
            row.close();
        });
        envelope.close();
        out
    }

    pub(super) fn disconnected(&self) -> Vec<u8> {
        let mut out = Vec::new();
        let mut body = Object::open(&mut out, self.style);
        body.optional_text("message", "Terminal disconnected successfully!");
        body.close();
        out
    }

    fn terminal_head(&self, row: &mut Object<'_>, terminal: &TerminalEntry, has_merchant_id: bool) {
        let merchant = &terminal.merchant;
        row.text("id", &terminal.id());
        row.text("tid", &terminal.tid());
        row.optional_with("merchant", |out| {
            let mut object = Object::open(out, self.style);
            if has_merchant_id {
                object.text("id", &merchant.id());
            }
            object.optional_text("name", &merchant.name);
            object.optional_text("name_ar", &merchant.name_ar);
            object.close();
        });
    }

    fn user_and_device(&self, row: &mut Object<'_>, terminal: &TerminalEntry, no_device: &str) {
        match &terminal.user {
            Some(user) => row.optional_with("user", |out| {
                let mut object = Object::open(out, self.style);
                user_fields(&mut object, user);
                object.close();
            }),
            None => row.raw("user", "null"),
        }
        if !terminal.is_connected {
            return row.raw("device", no_device);
        }
        row.optional_with("device", |out| {
            let mut device = Object::open(out, self.style);
            device.text("id", &terminal.device_id());
            device.optional_text("status", "new");
            device.optional_text("deviceType", "phone");
            device.close();
        });
    }

    fn created_user(&self, out: &mut Vec<u8>, user: &User, created: i64) {
        let mut object = Object::open(out, self.style);
        user_fields(&mut object, user);
        for key in ["is_active", "is_email_verified", "is_mobile_verified"] {
            object.optional_raw(key, "true");
        }
        instant(&mut object, "created_at", created);
        instant(&mut object, "updated_at", created);
        object.close();
    }

    fn created_device(&self, out: &mut Vec<u8>, terminal: &TerminalEntry) {
        let mut device = Object::open(out, self.style);
        device.text("id", &terminal.device_id());
        device.optional_text("publicKey", &self.confidential.device_key);
        for key in ["location", "lat", "lon"] {
            device.raw(key, "null");
        }
        device.optional_text("status", "new");
        device.optional_text("deviceType", "phone");
        device.optional_raw("is_active", "true");
        instant(&mut device, "created_at", terminal.created);
        instant(&mut device, "updated_at", terminal.created);
        device.close();
    }

    /// An amount, which is text.
    fn amount(&self, amount: Cents) -> String {
        let decimal = amount.to_decimal();
        if self.integers && amount.0 % 100 == 0 {
            decimal.trunc().to_string()
        } else {
            decimal.to_string()
        }
    }
}

/// An instant with all three of its decimals, of a field that may be null.
fn instant(object: &mut Object<'_>, key: &str, at: i64) {
    object.optional_text(key, &format!("{:.3}", millisecond(at)));
}

fn merchant_fields(row: &mut Object<'_>, merchant: &MerchantEntry) {
    row.text("id", &merchant.id());
    row.optional_text("name", &merchant.name);
    row.optional_text("name_ar", &merchant.name_ar);
    let reference = merchant.reference.as_deref().unwrap_or_default();
    row.optional_text("reference_id", reference);
}

fn user_fields(object: &mut Object<'_>, user: &User) {
    object.text("id", &user.id());
    object.optional_text("name", &user.name);
    object.optional_text("mobile", &user.mobile);
    object.optional_text("email", &user.email);
}

/// The amounts that faults put in the place of true ones.
fn odd_amounts(faults: &Faults, world: &StreamPayWorld) -> HashMap<u64, String> {
    let payments = world.receipts().iter();
    let mut payments = payments
        .filter(|it| it.kind == StreamPayReceiptKind::Purchase)
        .map(|it| it.serial);
    let first: Vec<u64> = payments.by_ref().take(8).collect();
    let mut odd = HashMap::new();
    if faults.is_on(FaultKind::OddAmounts) {
        let texts = ODD_AMOUNTS.iter().map(|amount| format!("\"{amount}\""));
        odd.extend(first.iter().copied().zip(texts));
    }
    if faults.is_on(FaultKind::BadRecord) {
        let object = r#"{"value":"7.92"}"#.to_owned();
        odd.extend(first.get(7).map(|serial| (*serial, object)));
    }
    odd
}

/// A number below `bound` that is always the same for the same salt.
fn noise(salt: u64, bound: u64) -> i64 {
    i64::try_from(mix(salt) % bound).unwrap_or(0)
}

fn number(number: usize) -> u64 {
    widened(number)
}

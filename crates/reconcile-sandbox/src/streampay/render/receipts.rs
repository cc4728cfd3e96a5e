//! Transactions and their receipts.

use super::{Dialect, Whole, instant, noise};
use crate::card;
use crate::json::Object;
use crate::random::mix;
use crate::streampay::words::{self, StreamPayReceiptKind, of_merchant};
use crate::streampay::world::{Family, StreamPayReceipt, StreamPayTerminal, second, uuid, widened};

impl Dialect {
    /// A transaction as it is listed.
    pub(in crate::streampay) fn listed_transaction(&self, out: &mut Vec<u8>, whole: &Whole<'_>) {
        let mut row = Object::open(out, self.style);
        self.transaction_fields(&mut row, whole);
        row.close();
    }

    /// A transaction as it is found.
    pub(in crate::streampay) fn transaction(&self, whole: &Whole<'_>) -> Vec<u8> {
        let mut out = Vec::new();
        let mut envelope = Object::open(&mut out, self.style);
        envelope.with("transaction", |out| {
            let mut row = Object::open(out, self.style);
            self.transaction_fields(&mut row, whole);
            instant(&mut row, "created_at", self.stored(whole.transaction));
            row.close();
        });
        envelope.close();
        out
    }

    fn transaction_fields(&self, row: &mut Object<'_>, whole: &Whole<'_>) {
        let terminal = whole.terminal;
        row.text("id", &whole.transaction.id());
        row.optional_with("device", |out| {
            let mut device = Object::open(out, self.style);
            device.text("id", &uuid(Family::Device, terminal.number));
            device.optional_text("status", "new");
            device.optional_text("type", "phone");
            device.close();
        });
        row.optional_with("merchant", |out| {
            let mut merchant = Object::open(out, self.style);
            merchant.text("id", &uuid(Family::Merchant, widened(terminal.merchant)));
            merchant.optional_text("name", &self.confidential.merchant_name);
            merchant.optional_text("name_ar", &self.confidential.merchant_name_ar);
            merchant.close();
        });
        if terminal.is_assigned {
            row.optional_with("user", |out| self.taker(out, terminal));
        } else {
            row.raw("user", "null");
        }
        row.array("receipts", whole.receipts, |out, receipt| {
            self.receipt(out, receipt, whole);
        });
    }

    fn taker(&self, out: &mut Vec<u8>, terminal: &StreamPayTerminal) {
        let own = &self.confidential;
        let mut user = Object::open(out, self.style);
        user.text("id", &uuid(Family::User, terminal.number));
        user.optional_text("name", &own.user_name);
        user.optional_text("mobile", &own.user_mobile);
        user.optional_text("email", &own.user_email);
        user.close();
    }

    fn receipt(&self, out: &mut Vec<u8>, it: &StreamPayReceipt, whole: &Whole<'_>) {
        let stan = whole.accounting.stan(it);
        let mut row = Object::open(out, self.style);
        row.text("id", &it.id());
        self.outlet(&mut row);
        row.text("type", self.word(it.kind));
        self.moment(&mut row, it.at, ["start_date", "start_time"]);
        row.optional_text("card_scheme_sponsor", "INMA");
        row.text("tid", &it.tid());
        row.text("system_trace_audit_number", &format!("{stan:06}"));
        row.optional_text("pos_software_version_number", "1.0.0");
        let reference = self.retrieval_reference(it.at, stan);
        row.text("retrieval_reference_number", &reference);
        self.scheme_and_type(&mut row, it);
        self.card(&mut row, it);
        self.amounts(&mut row, it);
        self.outcome(&mut row, it);
        row.optional_with("verification_method", |out| {
            words::VERIFIED.english_first(out);
        });
        self.moment(&mut row, it.at, ["end_date", "end_time"]);
        self.printed(&mut row);
        row.optional_text("entry_mode", "CONTACTLESS");
        let action = if it.is_approved { "000" } else { "116" };
        row.optional_text("action_code", action);
        self.chip(&mut row, it);
        let transaction = whole.transaction.id();
        row.text("transaction_uuid", &transaction);
        let created = self.delayed(whole.transaction, it.at, it.serial);
        let updated = created + (it.changed - it.at) * 1_000;
        instant(&mut row, "created_at", created);
        instant(&mut row, "updated_at", updated);
        let page = [&self.confidential.receipt_page, "/", &transaction].concat();
        row.optional_text("qr_code", &page);
        row.close();
    }

    fn outlet(&self, row: &mut Object<'_>) {
        let own = &self.confidential;
        row.optional_with("merchant", |out| {
            let mut merchant = Object::open(out, self.style);
            merchant.optional_text("id", &own.acquirer_merchant_id);
            merchant.optional_with("name", |out| {
                of_merchant(out, &own.receipt_name, &own.receipt_name);
            });
            merchant.optional_with("address", |out| {
                of_merchant(out, &own.receipt_address, &own.receipt_address);
            });
            merchant.optional_text("category_code", "0763");
            merchant.close();
        });
    }

    fn word(&self, kind: StreamPayReceiptKind) -> &'static str {
        if kind.is_reversal() && !self.named_reversals {
            "reversal"
        } else {
            kind.word()
        }
    }

    /// A second as receipts print it.
    pub(super) fn moment(&self, row: &mut Object<'_>, at: i64, [date, time]: [&str; 2]) {
        let at = second(at).to_zoned(self.zone.clone());
        row.text(date, &at.strftime("%d/%m/%Y").to_string());
        row.text(time, &at.strftime("%H:%M:%S").to_string());
    }

    /// The last digit of the year, the day in it, the hour, and the trace
    /// number, as acquirers usually make it of them.
    fn retrieval_reference(&self, at: i64, stan: u32) -> String {
        let at = second(at).to_zoned(self.zone.clone());
        let (year, day, hour) = (at.year() % 10, at.day_of_year(), at.hour());
        format!("{year}{day:03}{hour:02}{stan:06}")
    }

    fn scheme_and_type(&self, row: &mut Object<'_>, it: &StreamPayReceipt) {
        row.optional_with("card_scheme", |out| {
            let mut scheme = Object::open(out, self.style);
            scheme.optional_with("name", |out| it.scheme.name().english_first(out));
            let code = if self.is_unknown(it) {
                "ZZ"
            } else {
                it.scheme.code()
            };
            scheme.text("id", code);
            scheme.close();
        });
        let (code, name) = it.kind.code_and_name();
        row.with("transaction_type", |out| {
            let mut kind = Object::open(out, self.style);
            kind.optional_with("name", |out| name.arabic_first(out));
            kind.text("id", code);
            kind.close();
        });
    }

    fn is_unknown(&self, it: &StreamPayReceipt) -> bool {
        self.unknown_values && it.serial.is_multiple_of(10)
    }

    fn card(&self, row: &mut Object<'_>, it: &StreamPayReceipt) {
        row.optional_text("pan", &self.card_number(it));
        row.optional_text("card_expiration", &self.confidential.card_expiration);
    }

    /// In groups of four, of which the first six digits and the last four are
    /// shown.
    fn card_number(&self, it: &StreamPayReceipt) -> String {
        let (_, _, range) = it.scheme.chip();
        let digits = card::digits(range, it.card);
        let group = |from: usize| digits.get(from..from + 4).unwrap_or_default();
        let (first, second, third, last) = (group(0), group(4), group(8), group(12));
        match &self.confidential.card_number {
            _ if self.unmasked_card => format!("{first} {second} {third} {last}"),
            Some(chosen) => chosen.clone(),
            None => format!(
                "{first} {}** **** {last}",
                second.get(..2).unwrap_or_default()
            ),
        }
    }

    fn amounts(&self, row: &mut Object<'_>, it: &StreamPayReceipt) {
        row.with("amount_authorized", |out| {
            let mut amount = Object::open(out, self.style);
            amount.optional_with("label", |out| it.kind.amount().arabic_first(out));
            match self.odd_amounts.get(&it.serial) {
                Some(odd) => amount.raw("value", odd),
                None => amount.text("value", &self.amount(it.sum)),
            }
            amount.close();
        });
        row.optional_with("amount_other", |out| {
            let mut amount = Object::open(out, self.style);
            amount.optional_with("label", |out| words::CASH.arabic_first(out));
            amount.text("value", "0.00");
            amount.close();
        });
        row.with("currency", |out| words::RIYAL.arabic_first(out));
    }

    fn outcome(&self, row: &mut Object<'_>, it: &StreamPayReceipt) {
        let message = match it.is_approved {
            _ if self.is_unknown(it) => words::UNDER_REVIEW,
            true => words::APPROVED,
            false => words::DECLINED,
        };
        row.optional_with("status_message", |out| message.arabic_first(out));
        row.boolean("is_approved", it.is_approved);
        row.boolean("is_refunded", it.is_refunded);
        row.boolean("is_reversed", it.is_reversed);
        if !it.is_approved {
            return row.raw("approval_code", "null");
        }
        row.optional_with("approval_code", |out| {
            let mut code = Object::open(out, self.style);
            let value = noise(it.serial, 1_000_000);
            code.optional_text("value", &format!("{value:06}"));
            code.optional_with("label", |out| words::APPROVAL_CODE.arabic_first(out));
            code.close();
        });
    }

    fn printed(&self, row: &mut Object<'_>) {
        let line = &self.confidential.receipt_line;
        for key in ["receipt_line_one", "receipt_line_two"] {
            row.optional_with(key, |out| of_merchant(out, line, line));
        }
        row.optional_with("thanks_message", |out| words::THANKS.arabic_first(out));
        row.optional_with("save_receipt_message", |out| words::KEEP.arabic_first(out));
    }

    fn chip(&self, row: &mut Object<'_>, it: &StreamPayReceipt) {
        let own = &self.confidential;
        let (application, kernel, _) = it.scheme.chip();
        row.optional_text("application_identifier", application);
        row.optional_text("terminal_verification_result", "2480400080");
        row.optional_text("transaction_state_information", "0000");
        row.optional_text("cardholader_verfication_result", "1F0000");
        row.optional_text("cryptogram_information_data", "80");
        let cryptogram = own.application_cryptogram.clone();
        let cryptogram = cryptogram.unwrap_or_else(|| format!("{:016X}", mix(it.serial)));
        row.optional_text("application_cryptogram", &cryptogram);
        row.optional_text("kernel_id", kernel);
        row.optional_text("payment_account_reference", &own.payment_account_reference);
        row.optional_text("pan_suffix", &own.card_suffix);
    }
}

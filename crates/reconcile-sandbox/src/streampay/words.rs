//! The words on receipts, in both languages, and the order in which the
//! published ones have them.

use std::io::Write as _;

use crate::json::{Object, Style};

/// A text in both languages.
#[derive(Debug, Clone, Copy)]
pub(super) struct Words {
    pub(super) arabic: &'static str,
    pub(super) english: &'static str,
}

impl Words {
    const fn new(arabic: &'static str, english: &'static str) -> Self {
        Self { arabic, english }
    }

    pub(super) fn arabic_first(self, out: &mut Vec<u8>) {
        let Self { arabic, english } = self;
        // None of them needs an escape, and writing to a `Vec` cannot fail.
        let _ = write!(out, r#"{{"arabic":"{arabic}","english":"{english}"}}"#);
    }

    pub(super) fn english_first(self, out: &mut Vec<u8>) {
        let Self { arabic, english } = self;
        let _ = write!(out, r#"{{"english":"{english}","arabic":"{arabic}"}}"#);
    }
}

/// The words of the merchant, which may need escapes.
pub(super) fn of_merchant(out: &mut Vec<u8>, arabic: &str, english: &str) {
    let mut words = Object::open(out, Style::default());
    words.text("arabic", arabic);
    words.text("english", english);
    words.close();
}

pub(super) const RIYAL: Words = Words::new("ر.س", "SAR");
pub(super) const APPROVED: Words = Words::new("مقبولة", "Approved");
pub(super) const DECLINED: Words = Words::new("مرفوضة", "Declined");
pub(super) const UNDER_REVIEW: Words = Words::new("قيد المراجعة", "Under Review");
pub(super) const APPROVAL_CODE: Words = Words::new("رمز الموافقة", "Approval Code");
pub(super) const CASH: Words = Words::new("مبلغ النقد", "NAQD AMOUNT");
pub(super) const THANKS: Words = Words::new("شكرا لاستخدامكم مدى", "Thank you for using made");
pub(super) const KEEP: Words = Words::new("يرجى الاحتفاظ بالفاتورة", "please retain receipt");
// The blank at the end is published so.
pub(super) const VERIFIED: Words = Words::new(
    "تم التحقق من هوية حامل الجهاز ",
    "DEVICE OWNER IDENTITY VERIFIED",
);

pub(super) const BALANCED: Words = Words::new("الموازنة إكتملت", "RECONCILIATION COMPLETED");
pub(super) const UNBALANCED: Words =
    Words::new("الموازنة غير متطابقة", "RECONCILIATION NOT BALANCED");
pub(super) const TOTAL: Words = Words::new("المجموع", "Total");
pub(super) const PURCHASE: Words = Words::new("الشراء", "Purchase");
pub(super) const PURCHASE_REVERSAL: Words = Words::new("الشراء المعكوسة", "Purchase Reversal");
pub(super) const REFUND: Words = Words::new("المستردة", "Refund");
pub(super) const REFUND_REVERSAL: Words = Words::new("المستردة المعكوسة", "Refund Reversal");
pub(super) const CREDIT: Words = Words::new("دائن", "Credit");
pub(super) const DEBIT: Words = Words::new("مدين", "Debit");

/// What a receipt is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum StreamPayReceiptKind {
    /// The cardholder pays.
    Purchase,
    /// A purchase is taken back within a minute.
    PurchaseReversal,
    /// The cardholder gets money back.
    Refund,
    /// A refund is taken back within a minute.
    RefundReversal,
}

impl StreamPayReceiptKind {
    /// Whether money goes to the merchant.
    #[must_use]
    pub fn is_paid(self) -> bool {
        matches!(self, Self::Purchase | Self::RefundReversal)
    }

    /// Whether it takes back the receipt before it.
    #[must_use]
    pub fn is_reversal(self) -> bool {
        matches!(self, Self::PurchaseReversal | Self::RefundReversal)
    }

    /// `type`, where each kind has a word of its own.
    pub(super) fn word(self) -> &'static str {
        match self {
            Self::Purchase => "purchase",
            Self::PurchaseReversal => "purchase_reversal",
            Self::Refund => "refund",
            Self::RefundReversal => "refund_reversal",
        }
    }

    /// `transaction_type`: the processing code (ISO 8583), which a reversal
    /// shares with what it reverses, and its name.
    pub(super) fn code_and_name(self) -> (&'static str, Words) {
        match self {
            Self::Purchase => ("00", Words::new("شراء", "PURCHASE")),
            Self::PurchaseReversal => ("00", Words::new("شراء معكوس", "PURCHASE REVERSAL")),
            Self::Refund => ("20", Words::new("استرداد", "REFUND")),
            Self::RefundReversal => ("20", Words::new("استرداد معكوس", "REFUND REVERSAL")),
        }
    }

    /// The label of the amount.
    pub(super) fn amount(self) -> Words {
        match self {
            Self::Purchase => Words::new("مبلغ الشراء", "PURCHASE AMOUNT"),
            Self::Refund => Words::new("مبلغ الاسترداد", "REFUND AMOUNT"),
            Self::PurchaseReversal | Self::RefundReversal => {
                Words::new("المبلغ المعكوس", "REVERSAL AMOUNT")
            }
        }
    }
}

/// A card scheme.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum StreamPayScheme {
    /// `P1`.
    Mada,
    /// `VC`.
    Visa,
    /// `MC`.
    Mastercard,
    /// `DM`.
    Maestro,
    /// `AX`.
    AmericanExpress,
    /// `GN`.
    GccNet,
    /// `UP`.
    UnionPay,
    /// `JC`.
    Jcb,
    /// `DC`.
    Discover,
}

impl StreamPayScheme {
    /// Its code on the wire.
    #[must_use]
    pub fn code(self) -> &'static str {
        match self {
            Self::Mada => "P1",
            Self::Visa => "VC",
            Self::Mastercard => "MC",
            Self::Maestro => "DM",
            Self::AmericanExpress => "AX",
            Self::GccNet => "GN",
            Self::UnionPay => "UP",
            Self::Jcb => "JC",
            Self::Discover => "DC",
        }
    }

    pub(super) fn name(self) -> Words {
        match self {
            Self::Mada => Words::new("مدى", "mada"),
            Self::Visa => Words::new("فيزا", "Visa"),
            Self::Mastercard => Words::new("ماستركارد", "Mastercard"),
            Self::Maestro => Words::new("مايسترو", "Maestro"),
            Self::AmericanExpress => Words::new("امريكان اكسبرس", "American Express"),
            Self::GccNet => Words::new("الشبكة الخليجية", "GCCNet"),
            Self::UnionPay => Words::new("يونيون باي", "UnionPay"),
            Self::Jcb => Words::new("جي سي بي", "JCB"),
            Self::Discover => Words::new("ديسكفر", "Discover"),
        }
    }

    /// The application identifier of its cards, the contactless kernel, and
    /// the first six digits of numbers that no card has.
    pub(super) fn chip(self) -> (&'static str, &'static str, &'static str) {
        match self {
            Self::Mada => ("A0000002281010", "2D", "500000"),
            Self::Visa => ("A0000000031010", "03", "400000"),
            Self::Mastercard => ("A0000000041010", "02", "520000"),
            Self::Maestro => ("A0000000043060", "02", "670000"),
            Self::AmericanExpress => ("A00000002501", "04", "370000"),
            Self::GccNet => ("A0000004320001", "2D", "630000"),
            Self::UnionPay => ("A000000333010101", "07", "620000"),
            Self::Jcb => ("A0000000651010", "05", "350000"),
            Self::Discover => ("A0000001523010", "06", "650000"),
        }
    }
}

//! What other generators get wrong on these very samples.

#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a panic is how a test fails"
)]

use std::collections::BTreeMap;

use rust_decimal::Decimal;
use serde::de::DeserializeOwned;
use streampay_sdk::models as streampay;
use tupay_merchants::models as tupay;
use xtask::{
    Workspace,
    fixture::{self, Fixture},
    json,
    lock::{Lock, Observed},
    lower,
    model::{Model, Type},
    overrides::Overrides,
    place::{Place, Step},
    shape::Shape,
};

fn read<T: DeserializeOwned>(provider: &str, fixture: &str) -> T {
    let path = Workspace::here()
        .fixtures(provider)
        .join(format!("{fixture}.json"));
    let body = std::fs::read(path).unwrap();
    reconcile_transport::decode("try", &body).unwrap()
}

fn receipt() -> streampay::Receipt {
    let reply: streampay::TransactionReply = read("streampay", "transaction/found");
    reply.transaction.receipts.into_iter().next().unwrap()
}

mod amounts {
    use super::*;

    #[test]
    fn an_amount_is_exact_whether_it_is_a_number_or_text() {
        let page: tupay::Page<tupay::Deposit> = read("tupay", "deposits/page");
        let amount: Decimal = page.data[0].amount;
        assert_eq!(amount.to_string(), "7.92");
        let requested: Option<Decimal> = page.data[0].requested_amount;
        assert_eq!(requested.unwrap().to_string(), "30.0");
        let authorized: Decimal = receipt().amount_authorized.value;
        assert_eq!(authorized.to_string(), "5.00");
    }

    #[test]
    fn an_amount_with_more_digits_than_a_double_comes_back() {
        let body = br#"{"idMerchant":4,"totalBalance":12345678901234567.89,"date":"2020-01-30T00:00:00Z","currency":"USD"}"#;
        let day: tupay::BalanceDay = reconcile_transport::decode("try", body).unwrap();
        assert_eq!(serde_json::to_vec(&day).unwrap(), body);
    }
}

mod text_that_looks_like_a_number {
    use super::*;

    #[test]
    fn an_approval_code_is_no_decimal() {
        let code: streampay::LabelledText = receipt().approval_code.unwrap();
        let value: Option<String> = code.value;
        assert_eq!(value.as_deref(), Some("446478"));
        assert_eq!(field_type("streampay", "LabelledText", "value"), Type::Text);
    }

    #[test]
    fn a_suffix_of_a_card_number_stays_text() {
        let suffix: Option<reconcile_transport::Personal> = receipt().pan_suffix;
        assert_eq!(suffix.unwrap().expose(), "0003");
    }

    #[test]
    fn a_terminal_id_keeps_its_zeros() {
        let tid: Option<String> = receipt().tid;
        assert_eq!(tid.as_deref(), Some("0000000000000018"));
        let reply: streampay::TerminalReply = read("streampay", "terminal/found");
        assert_eq!(reply.terminal.tid.as_deref(), Some("0000000000000024"));
    }

    #[test]
    fn hexadecimal_digits_stay_text() {
        let receipt = receipt();
        let hex: [Option<String>; 3] = [
            receipt.cryptogram_information_data,
            receipt.terminal_verification_result,
            receipt.kernel_id,
        ];
        let hex = hex.map(Option::unwrap);
        assert_eq!(hex, ["80", "2480400080", "03"]);
    }

    #[test]
    fn a_user_is_a_number_at_login_and_text_in_a_list() {
        let login: tupay::Login = read("tupay", "login/success");
        let page: tupay::Page<tupay::Deposit> = read("tupay", "deposits/page");
        let by_number: Option<u64> = login.id_user;
        let by_text: Option<tupay::Personal> = page.data[0].id_user.clone();
        assert!(by_number.is_some() && by_text.is_some());
    }
}

mod emptiness {
    use super::*;

    #[test]
    fn an_empty_page_is_no_balance_report() {
        let deposits: tupay::Page<tupay::Deposit> = read("tupay", "deposits/empty");
        let days: tupay::Page<tupay::BalanceDay> = read("tupay", "balance-report/empty");
        assert!(deposits.data.is_empty() && days.data.is_empty());
        let root = lock("tupay").roots.remove("deposits").unwrap();
        let row = shape_at(&root, "data[]");
        assert!(row.object.fields.contains_key("idDeposit"));
        assert!(!row.object.fields.contains_key("totalBalance"));
        // The empty page adds no row of which every field is missing.
        assert_eq!(row.object.count, 2);
    }

    #[test]
    fn an_empty_user_is_none_and_no_device() {
        let merchant: streampay::Merchant = read("streampay", "create-merchant/created");
        let user: Option<streampay::User> = merchant.user;
        assert_eq!(user, None);
        let root = lock("streampay").roots.remove("create-merchant").unwrap();
        let user = shape_at(&root, "user");
        assert_eq!((user.empty_object, user.object.count), (1, 0));
    }

    #[test]
    fn an_empty_device_costs_no_field_its_place() {
        let assigned: streampay::TerminalReply = read("streampay", "assign-terminal/assigned");
        assert_eq!(assigned.terminal.device, None);
        let unassigned: streampay::TerminalReply =
            read("streampay", "unassign-terminal/unassigned");
        assert_eq!(unassigned.terminal.device, None);
        let list: streampay::TerminalList = read("streampay", "terminals/page");
        let device: &streampay::Device = list.terminals[1].device.as_ref().unwrap();
        let id: &String = &device.id;
        assert!(!id.is_empty());
    }

    #[test]
    fn a_device_has_its_type_under_either_key() {
        let list: streampay::TerminalList = read("streampay", "terminals/page");
        let listed = list.terminals[1].device.clone().unwrap();
        let reply: streampay::TransactionReply = read("streampay", "transaction/found");
        let found = reply.transaction.device.unwrap();
        assert_eq!(listed.device_type.as_deref(), Some("phone"));
        assert_eq!(found.device_type, listed.device_type);
    }
}

mod one_key_of_several_shapes {
    use super::*;

    #[test]
    fn a_balance_has_a_label_on_the_receipt_and_none_in_a_scheme() {
        let reply: streampay::ReconciliationReply = read("streampay", "reconciliation/found");
        let receipt = reply.reconciliation.reconciliation_receipt.unwrap();
        let labelled: streampay::LabelledFlag = receipt.is_balanced.unwrap();
        let bare: Option<bool> = receipt.schemes[0].is_balanced;
        assert!(labelled.value && bare.unwrap());
    }

    #[test]
    fn pages_come_in_four_shapes() {
        let numbered: streampay::MerchantList = read("streampay", "merchants/page");
        assert_eq!(numbered.pages, Some(streampay::Pages::Number(1)));
        let placed: streampay::TerminalList = read("streampay", "terminals/page");
        let pages = placed.pages.unwrap();
        assert_eq!((pages.total(), pages.current()), (Some(1), Some(1)));
        let list = |pages: &str| -> streampay::TerminalList {
            let body = format!(r#"{{"terminals":[]{pages}}}"#);
            reconcile_transport::decode("try", body.as_bytes()).unwrap()
        };
        let pages = list(r#","pages":{"current":2}"#).pages.unwrap();
        assert_eq!((pages.total(), pages.current()), (None, Some(2)));
        assert_eq!(list("").pages, None);
    }

    #[test]
    fn a_merchant_of_the_acquirer_is_no_merchant_of_streampay() {
        let merchant: streampay::ReceiptMerchant = receipt().merchant.unwrap();
        let name: streampay::MerchantText = merchant.name.unwrap();
        assert!(name.english.is_some());
        let merchant: streampay::Merchant = read("streampay", "merchant/found");
        let name: Option<String> = merchant.name;
        assert!(name.is_some());
    }
}

mod names {
    use super::*;

    #[test]
    fn two_languages_are_one_type_whatever_the_order_of_their_keys() {
        let text = |body: &str| -> streampay::LocalizedText {
            reconcile_transport::decode("try", body.as_bytes()).unwrap()
        };
        assert_eq!(
            text(r#"{"arabic":"فيزا","english":"Visa"}"#),
            text(r#"{"english":"Visa","arabic":"فيزا"}"#)
        );
        let receipt = receipt();
        let words: [Option<streampay::LocalizedText>; 4] = [
            Some(receipt.currency),
            receipt.status_message,
            receipt.card_scheme.unwrap().name,
            receipt.amount_authorized.label,
        ];
        assert!(words.iter().all(Option::is_some));
    }

    #[test]
    fn objects_of_one_shape_and_two_meanings_are_two_types() {
        let model = model("streampay", &fixtures("streampay"));
        for (name, key, kind) in [
            ("LabelledAmount", "value", Type::DecimalText),
            ("LabelledText", "value", Type::Text),
            ("LabelledName", "value", Type::Text),
            ("LabelledFlag", "value", Type::Bool),
            ("LabelledTotal", "total", Type::DecimalText),
        ] {
            assert_eq!(type_in(&model, name, key), kind, "{name}");
        }
    }

    #[test]
    fn one_sample_less_renames_no_type() {
        for provider in ["tupay", "paywall", "streampay"] {
            let all = fixtures(provider);
            let whole = type_names(&model(provider, &all));
            let roots = all.iter().map(Fixture::root);
            let often = roots.fold(BTreeMap::new(), |mut often, root| {
                *often.entry(root).or_insert(0) += 1;
                often
            });
            for left_out in all.iter().filter(|fixture| often[&fixture.root()] > 1) {
                let rest: Vec<_> = all
                    .iter()
                    .filter(|fixture| fixture.path != left_out.path)
                    .cloned()
                    .collect();
                let path = left_out.path.display();
                // A sample may be the only one of an object: then its type is told to be missing.
                if let Some(model) = try_model(provider, &rest) {
                    assert_eq!(type_names(&model), whole, "without {path}");
                }
            }
        }
    }
}

mod volume {
    use super::*;

    #[test]
    fn a_merchants_name_never_becomes_an_enum() {
        let mut all = fixtures("tupay");
        let before = model("tupay", &all);
        let page = all
            .iter_mut()
            .find(|fixture| fixture.operation == "deposits" && fixture.case == "page")
            .unwrap();
        page.body = many_deposits(&page.body, 14_575);
        let after = model("tupay", &all);
        assert_eq!(type_names(&after), type_names(&before));
        for key in ["merchantName", "country", "currency", "paymentMethodCode"] {
            assert_eq!(type_in(&after, "Deposit", key), Type::Text, "{key}");
        }
        let status = Type::Enum("DepositStatus".to_owned());
        assert_eq!(type_in(&after, "Deposit", "status"), status);
    }

    #[test]
    fn a_word_that_no_sample_has_is_kept() {
        let body = String::from_utf8(std::fs::read(deposits()).unwrap()).unwrap();
        let body = body.replace("\"CANCELLED\"", "\"EXPIRED\"");
        let page: tupay::Page<tupay::Deposit> =
            reconcile_transport::decode("try", body.as_bytes()).unwrap();
        assert_eq!(page.data[0].status.as_str(), "EXPIRED");
    }

    fn deposits() -> std::path::PathBuf {
        Workspace::here()
            .fixtures("tupay")
            .join("deposits/page.json")
    }

    /// A page of the same deposit again and again, each with an id of its own.
    fn many_deposits(body: &[u8], count: usize) -> Vec<u8> {
        let page = json::read(body).unwrap();
        let row = json::write(&page.member("data").unwrap().items()[0]);
        let rows: Vec<_> = (0..count)
            .map(|index| row.replace("301393325", &(301_393_325 + index).to_string()))
            .collect();
        let rows = rows.join(",");
        format!(r#"{{"data":[{rows}],"page":0,"rows":{count},"maxRows":50}}"#).into_bytes()
    }
}

fn fixtures(provider: &str) -> Vec<Fixture> {
    fixture::read_all(&Workspace::here(), provider).unwrap()
}

fn lock(provider: &str) -> Lock {
    Lock::of_fixtures(&Workspace::here(), &fixtures(provider), BTreeMap::new()).unwrap()
}

fn shape_at(root: &Observed, path: &str) -> Shape {
    let place: Place = format!("x:{path}").parse().unwrap();
    let steps = place.steps.iter();
    let shape = steps.fold(&root.shape, |shape, step| match step {
        Step::Key(key) => &shape.object.fields[key],
        Step::Elements => shape.array.items.as_ref().unwrap(),
    });
    shape.clone()
}

fn model(provider: &str, fixtures: &[Fixture]) -> Model {
    try_model(provider, fixtures).unwrap()
}

fn try_model(provider: &str, fixtures: &[Fixture]) -> Option<Model> {
    let workspace = Workspace::here();
    let overrides = Overrides::read(&workspace.overrides(provider)).unwrap();
    let lock = Lock::of_fixtures(&workspace, fixtures, BTreeMap::new()).unwrap();
    lower::lower(&overrides, &lock).ok()
}

fn type_names(model: &Model) -> Vec<String> {
    let structs = model.structs.iter().map(|object| object.name.clone());
    let enums = model.enums.iter().map(|words| words.name.clone());
    let mut names: Vec<_> = structs.chain(enums).collect();
    names.sort();
    names
}

fn field_type(provider: &str, name: &str, key: &str) -> Type {
    type_in(&model(provider, &fixtures(provider)), name, key)
}

fn type_in(model: &Model, name: &str, key: &str) -> Type {
    let mut structs = model.structs.iter();
    let object = structs.find(|object| object.name == name).unwrap();
    let mut fields = object.fields.iter();
    fields.find(|field| field.key == key).unwrap().model.clone()
}

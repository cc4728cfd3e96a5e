//! Answers have the shape of the bodies that are published: the same keys, in
//! the same order, with values of the same kind.

use std::collections::{BTreeMap, BTreeSet};

use crate::client::{Answer, Client, USED};
use crate::shape::Shape;

/// The shape of a body that `fixtures/streampay` has.
fn published(fixture: &str) -> Shape {
    Shape::published(&format!("streampay/{fixture}.json"))
}

fn assert_published(answer: &Answer, fixture: &str) {
    assert_eq!(answer.status, 200, "{}", answer.text());
    assert_eq!(Shape::of(&answer.text()), published(fixture), "{fixture}");
}

/// A refusal is the published one, to the word.
fn assert_refused(answer: &Answer, status: u16, fixture: &str) {
    let path = format!(
        "{}/../../fixtures/streampay/{fixture}.json",
        env!("CARGO_MANIFEST_DIR")
    );
    let text = std::fs::read_to_string(path).unwrap();
    let published: serde_json::Value = serde_json::from_str(&text).unwrap();
    assert_eq!((answer.status, answer.json()), (status, published));
    assert_eq!(Shape::of(&answer.text()), Shape::of(&text));
}

impl Shape {
    fn fields(self) -> Vec<(String, Self)> {
        match self {
            Self::Object(fields) => fields,
            other => panic!("no object but {other:?}"),
        }
    }

    fn elements(self) -> BTreeSet<Self> {
        match self {
            Self::List(elements) => elements,
            other => panic!("no list but {other:?}"),
        }
    }

    /// The same where every field of an object has all of the shapes that it
    /// has in any object of the list.
    fn merged(elements: BTreeSet<Self>) -> (Vec<String>, BTreeMap<String, BTreeSet<Self>>) {
        let mut keys = Vec::new();
        let mut shapes: BTreeMap<_, BTreeSet<_>> = BTreeMap::new();
        for element in elements {
            let fields = element.fields();
            keys = fields.iter().map(|(key, _)| key.clone()).collect();
            for (key, shape) in fields {
                shapes.entry(key).or_default().insert(shape);
            }
        }
        (keys, shapes)
    }

    fn rows(self) -> (Vec<String>, BTreeMap<String, BTreeSet<Self>>) {
        let (_, rows) = self.fields().swap_remove(0);
        Self::merged(rows.elements())
    }
}

#[tokio::test]
async fn merchants_have_the_published_shape() {
    let client = Client::plain().await;
    let list = client.get("/merchants").await;
    assert_published(&list, "merchants/page");
    for id in list.ids("merchants") {
        let found = client.get(&format!("/merchants/{id}")).await;
        assert_published(&found, "merchant/found");
    }
    let body = r#"{"name":"Store","name_ar":"متجر","reference_id":"7"}"#;
    let created = client.act("POST", "/merchants", body).await;
    assert_published(&created, "create-merchant/created");
}

#[tokio::test]
async fn terminals_have_the_published_shape() {
    let client = Client::plain().await;
    let page = Shape::of(&client.get("/terminals").await.text());
    let pages = |shape: &Shape| shape.clone().fields().swap_remove(1);
    let expected = published("terminals/page");
    assert_eq!(pages(&page), pages(&expected));
    assert_eq!(page.rows(), expected.rows());
    let path = format!("/terminals/{}", client.terminal(USED));
    assert_published(&client.get(&path).await, "terminal/found");
}

#[tokio::test]
async fn terminals_that_are_acted_upon_have_the_published_shape() {
    let client = Client::plain().await;
    let idle = client.terminal(USED + 1);
    let act = async |method: &str, terminal: &str, action: &str, body: &str| {
        let path = format!("/terminals/{terminal}/{action}");
        client.act(method, &path, body).await
    };
    let user = r#"{"name":"P","mobile":"+999000000003","email":"user1@example.com"}"#;
    let assigned = act("POST", &idle, "assign", user).await;
    assert_published(&assigned, "assign-terminal/assigned");
    let unassigned = act("PUT", &idle, "unassign", "").await;
    assert_published(&unassigned, "unassign-terminal/unassigned");
    let disconnected = act("PUT", &client.terminal(0), "disconnect", "").await;
    assert_published(&disconnected, "disconnect-terminal/disconnected");

    // The published one is of a merchant without a reference.
    let merchant = &client.get("/merchants").await.ids("merchants")[1];
    let body = format!(r#"{{"trsm_code":"000112","merchant_id":"{merchant}"}}"#);
    let created = client.act("POST", "/terminals", &body).await;
    assert_published(&created, "create-terminal/created");
}

#[tokio::test]
async fn transactions_have_the_published_shape_whatever_became_of_them() {
    let client = Client::plain().await;
    let approved = |text: &str| {
        let code = r#""approval_code":{"value":"1","label":{"arabic":"","english":""}}"#;
        text.replace(r#""approval_code":null"#, code)
    };
    let mut declined = 0;
    for page in 1..6 {
        let path = format!("/transactions?limit=100&page={page}");
        let text = client.get(&path).await.text();
        declined += text.matches(r#""approval_code":null"#).count();
        let rows = Shape::of(&approved(&text)).rows();
        let published = published("transactions/page").rows();
        assert_eq!(rows.0, published.0);
        for (key, shapes) in rows.1 {
            assert!(published.1[&key].is_superset(&shapes), "{key}: {shapes:?}");
        }
    }
    assert!(declined > 10, "{declined}");
    let first = client.sandbox.streampay_world().transactions()[0].id();
    let found = client.get(&format!("/transactions/{first}")).await;
    assert_published(&found, "transaction/found");
}

#[tokio::test]
async fn reconciliations_have_the_published_shape() {
    let client = Client::plain().await;
    let list = client.get("/reconciliations").await;
    assert_published(&list, "reconciliations/page");
    let first = &list.ids("reconciliations")[0];
    let found = client.get(&format!("/reconciliations/{first}")).await;
    assert_published(&found, "reconciliation/found");
    let created = client.reconcile(&client.terminal(0)).await;
    assert_published(&created, "create-reconciliation/created");
}

#[tokio::test]
async fn refusals_are_the_published_ones() {
    let client = Client::plain().await;
    let terminal = client.terminal(0);
    client.reconcile(&terminal).await;
    let again = client.reconcile(&terminal).await;
    assert_refused(&again, 406, "create-reconciliation/refused");
    let user = r#"{"name":"P","mobile":"0500","email":"user1@example.com"}"#;
    let path = format!("/terminals/{terminal}/assign");
    let refused = client.act("POST", &path, user).await;
    assert_refused(&refused, 400, "assign-terminal/invalid");
}

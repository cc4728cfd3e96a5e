//! Batches tie to the receipts, but for what is wrong on purpose, in one place
//! each.

use std::collections::BTreeMap;

use jiff::Timestamp;
use rust_decimal::Decimal;
use serde_json::{Value, json};

use crate::client::{Client, USED, printed};

/// How many, and what they come to.
type Tally = (i64, Decimal);

/// Count and amount of a scheme: what was paid, and what was given back.
type Sides = BTreeMap<String, (Tally, Tally)>;

/// A reconciliation as it is told, and what the receipts since the one before
/// come to.
struct Batch {
    id: String,
    tid: String,
    pos: Sides,
    host: Sides,
    receipts: Sides,
    receipt: Value,
}

impl Batch {
    fn ties(&self) -> bool {
        self.pos == self.receipts
    }

    fn flags(&self) -> Vec<&Value> {
        let schemes = self.receipt["schemes"].as_array().unwrap();
        let schemes = schemes.iter().map(|scheme| &scheme["is_balanced"]);
        let whole = &self.receipt["is_balanced"]["value"];
        [whole].into_iter().chain(schemes).collect()
    }

    /// Whether the gateway's own totals add up.
    fn adds_up(&self) -> bool {
        let tally = |it: &Value| tally(&it["count"], &it["total"]);
        let details = &self.receipt["details"];
        let [total, purchase, purchase_reversal, refund, refund_reversal] = [
            "total",
            "purchase",
            "purchase_reversal",
            "refund",
            "refund_reversal",
        ]
        .map(|key| tally(&details[key]));
        let amount = purchase.1 - purchase_reversal.1 - refund.1 + refund_reversal.1;
        let count = purchase.0 + purchase_reversal.0 + refund.0 + refund_reversal.0;
        let mut of_schemes = (0, Decimal::ZERO);
        let mut sides_add_up = true;
        for scheme in self.receipt["schemes"].as_array().unwrap() {
            for side in ["pos", "host"] {
                let side = &scheme[side];
                let [debit, credit, total] =
                    ["debit", "credit", "total"].map(|key| tally(&side[key]));
                sides_add_up &= total == (debit.0 + credit.0, debit.1 - credit.1);
            }
            let pos = tally(&scheme["pos"]["total"]);
            of_schemes = (of_schemes.0 + pos.0, of_schemes.1 + pos.1);
        }
        sides_add_up && total == (count, amount) && of_schemes == total
    }
}

fn tally(count: &Value, amount: &Value) -> Tally {
    let amount = amount.as_str().unwrap().parse().unwrap();
    (count.as_i64().unwrap(), amount)
}

fn stated(receipt: &Value, side: &str) -> Sides {
    let schemes = receipt["schemes"].as_array().unwrap().iter();
    let schemes = schemes.map(|scheme| {
        let part = |key: &str| {
            let part = &scheme[side][key];
            tally(&part["count"], &part["total"])
        };
        let code = scheme["name"]["value"].as_str().unwrap().to_owned();
        (code, (part("debit"), part("credit")))
    });
    schemes.collect()
}

/// What receipts come to: purchases are paid and refunds given back, and their
/// reversals the other way round.
fn summed<'a>(receipts: impl Iterator<Item = &'a Value>) -> Sides {
    let mut sides = Sides::new();
    for receipt in receipts.filter(|it| it["is_approved"] == true) {
        let scheme = receipt["card_scheme"]["id"].as_str().unwrap().to_owned();
        let amount: Decimal = receipt["amount_authorized"]["value"]
            .as_str()
            .unwrap()
            .parse()
            .unwrap();
        let is_refund = receipt["transaction_type"]["id"] == "20";
        let is_reversal = receipt["type"] == "reversal";
        let (paid, given) = sides.entry(scheme).or_default();
        let side = if is_refund == is_reversal {
            paid
        } else {
            given
        };
        *side = (side.0 + 1, side.1 + amount);
    }
    sides
}

/// Everything that the API tells, terminal by terminal.
async fn batches(client: &Client) -> Vec<Batch> {
    let transactions = client.all("transactions", "").await;
    let receipts: Vec<&Value> = transactions
        .iter()
        .flat_map(|row| row["receipts"].as_array().unwrap())
        .collect();
    let mut batches = Vec::new();
    for place in 0..USED {
        let id = client.terminal(place);
        let tid = client.sandbox.streampay_world().terminals()[place].tid();
        let mut since = Timestamp::MIN;
        for row in client
            .all("reconciliations", &format!("terminal_id={id}"))
            .await
        {
            let receipt = &row["reconciliation_receipt"];
            let at = printed(&receipt["date"], &receipt["time"]);
            let is_of_it = |it: &&&Value| {
                let started = printed(&it["start_date"], &it["start_time"]);
                it["tid"] == tid.as_str() && since <= started && started < at
            };
            batches.push(Batch {
                id: row["id"].as_str().unwrap().to_owned(),
                tid: tid.clone(),
                pos: stated(receipt, "pos"),
                host: stated(receipt, "host"),
                receipts: summed(receipts.iter().filter(is_of_it).copied()),
                receipt: receipt.clone(),
            });
            since = at;
        }
    }
    batches
}

async fn batches_with(fault: &str) -> Vec<Batch> {
    batches(&Client::struck_by(&[fault]).await).await
}

fn those(batches: &[Batch], is_meant: impl Fn(&Batch) -> bool) -> Vec<&Batch> {
    batches.iter().filter(|batch| is_meant(batch)).collect()
}

#[tokio::test]
async fn every_batch_ties_to_its_receipts_adds_up_and_is_balanced() {
    let batches = batches_with("latency=1").await;
    assert!(batches.len() > 12);
    for batch in &batches {
        assert_eq!(batch.pos, batch.receipts, "{} {}", batch.tid, batch.id);
        assert_eq!(batch.host, batch.pos);
        assert!(batch.adds_up());
        assert!(batch.flags().into_iter().all(|flag| *flag == true));
    }
    let all = |is: fn(&(Tally, Tally)) -> bool| {
        let mut schemes = batches.iter().flat_map(|batch| batch.pos.values());
        schemes.any(is)
    };
    assert!(all(|sides| sides.0.0 > 0) && all(|sides| sides.1.0 > 0));
}

#[tokio::test]
async fn the_host_has_a_minor_unit_or_one_too_many_in_one_batch() {
    for (fault, more) in [
        ("unbalanced-batch=amount", (0, Decimal::new(1, 2))),
        ("unbalanced-batch=count", (1, Decimal::ZERO)),
    ] {
        let batches = batches_with(fault).await;
        assert!(batches.iter().all(|batch| batch.ties() && batch.adds_up()));
        let [batch] = those(&batches, |it| it.host != it.pos)[..] else {
            panic!("not one");
        };
        let mut differing = batch
            .pos
            .iter()
            .filter(|(code, sides)| batch.host[*code] != **sides);
        let (code, (pos, _)) = differing.next().unwrap();
        assert!(differing.next().is_none(), "one scheme");
        let host = batch.host[code].0;
        assert_eq!((host.0 - pos.0, host.1 - pos.1), more);
        let false_flags = batch.flags().into_iter().filter(|flag| **flag == false);
        assert_eq!(false_flags.count(), 2, "the whole and the scheme");
        let label = &batch.receipt["is_balanced"]["label"]["english"];
        assert_ne!(label, "RECONCILIATION COMPLETED");
    }
}

#[tokio::test]
async fn one_verdict_is_not_what_the_figures_say() {
    let batches = batches_with("wrong-verdict=unbalanced").await;
    assert!(batches.iter().all(|batch| batch.host == batch.pos));
    let [wrong] = those(&batches, |it| *it.flags()[0] == false)[..] else {
        panic!("not one");
    };
    let false_flags = wrong.flags().into_iter().filter(|flag| **flag == false);
    assert_eq!(false_flags.count(), 2);

    let batches = batches_with("wrong-verdict=balanced").await;
    let [wrong] = those(&batches, |it| it.host != it.pos)[..] else {
        panic!("not one");
    };
    assert!(wrong.flags().into_iter().all(|flag| *flag == true));
    assert!(those(&batches, |it| *it.flags()[0] == false).is_empty());
}

/// How many more the terminal counted than there are receipts.
fn excess(batch: &Batch) -> i64 {
    let count = |sides: &Sides| -> i64 { sides.values().map(|it| it.0.0 + it.1.0).sum() };
    count(&batch.pos) - count(&batch.receipts)
}

#[tokio::test]
async fn one_receipt_is_in_no_batch_or_in_two() {
    for (fault, more) in [("unbatched-receipt", -1), ("twice-batched", 1)] {
        let batches = batches_with(fault).await;
        assert!(batches.iter().all(|it| it.adds_up() && it.host == it.pos));
        let [wrong] = those(&batches, |it| !it.ties())[..] else {
            panic!("not one");
        };
        assert_eq!(excess(wrong), more, "{fault}");
    }
}

#[tokio::test]
async fn one_reconciliation_is_not_there() {
    let right = batches_with("latency=1").await;
    let client = Client::struck_by(&["batch-hole"]).await;
    let batches = batches(&client).await;
    assert_eq!(batches.len(), right.len() - 1);
    let left = |it: &Batch| batches.iter().all(|other| other.id != it.id);
    let [missing] = those(&right, left)[..] else {
        panic!("not one");
    };
    let path = format!("/reconciliations/{}", missing.id);
    assert_eq!(client.get(&path).await.status, 404);
    // The next one does not count what the missing one did.
    let [next] = those(&batches, |it| !it.ties())[..] else {
        panic!("not one");
    };
    assert_eq!(next.tid, missing.tid);
}

#[tokio::test]
async fn one_terminal_passes_over_a_trace_number() {
    let gaps = async |fault: &str| {
        let client = Client::struck_by(&[fault]).await;
        let rows = client.all("transactions", "").await;
        let mut stans: BTreeMap<String, Vec<(Timestamp, i64)>> = BTreeMap::new();
        for receipt in rows
            .iter()
            .flat_map(|row| row["receipts"].as_array().unwrap())
        {
            let at = printed(&receipt["start_date"], &receipt["start_time"]);
            let stan = receipt["system_trace_audit_number"].as_str().unwrap();
            assert_eq!(stan.len(), 6);
            let tid = receipt["tid"].as_str().unwrap().to_owned();
            stans
                .entry(tid)
                .or_default()
                .push((at, stan.parse().unwrap()));
        }
        for stans in stans.values_mut() {
            stans.sort_unstable();
        }
        let steps = |stans: &Vec<(Timestamp, i64)>| -> Vec<i64> {
            let pairs = stans.windows(2);
            let steps = pairs.map(|pair| (pair[1].1 - pair[0].1).rem_euclid(999_999));
            steps.filter(|step| *step != 1).collect()
        };
        stans.values().flat_map(steps).collect::<Vec<_>>()
    };
    assert!(gaps("latency=1").await.is_empty());
    assert_eq!(gaps("stan-gap").await, [2]);
}

#[tokio::test]
async fn one_reconciliation_is_listed_twice() {
    let client = Client::struck_by(&["repeated-day"]).await;
    let rows = client.all("reconciliations", "").await;
    let mut once = rows.clone();
    once.dedup();
    assert_eq!(rows.len(), once.len() + 1);
}

#[tokio::test]
async fn what_was_reversed_counts_there_and_back_or_not_at_all() {
    let batches = batches_with("reversals-count=neither").await;
    let mut left_out = 0;
    for batch in &batches {
        assert!(batch.adds_up() && batch.host == batch.pos);
        let details = &batch.receipt["details"];
        for kind in ["purchase_reversal", "refund_reversal"] {
            assert_eq!(details[kind]["count"], json!(0));
        }
        left_out -= excess(batch);
    }
    let client = Client::plain().await;
    let world = client.sandbox.streampay_world();
    let counted = world
        .reconciliations()
        .iter()
        .flat_map(|it| world.batch(it));
    let reversed = counted.filter(|it| it.is_reversed() || it.kind().is_reversal());
    assert_eq!(i64::try_from(reversed.count()).unwrap(), left_out);
    assert!(left_out > 0);
}

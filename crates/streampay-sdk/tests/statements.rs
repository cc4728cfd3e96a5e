//! From reconciliations to statements: whose they are, and since when.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a panic is how a test fails, in its helpers too"
)]

#[path = "support/fake.rs"]
#[allow(dead_code, reason = "other tests need the rest")]
mod fake;
#[path = "support/mock.rs"]
#[allow(dead_code, reason = "other tests need the rest")]
mod mock;

use std::sync::Arc;

use fake::{Behind, Fake, Manner, Told, page};
use jiff::{SignedDuration, Timestamp, tz::TimeZone};
use mock::fixture;
use reconcile_core::{
    ErrorKind, Provider, ProviderError, ProviderExt, PullOptions, Statement, StatementPull,
    StatementQuery, Window,
};
use reconcile_engine::{ProofVerdict, prove};
use streampay_sdk::StreamPay;

const TOTALS: Manner = Manner {
    told: Told::Position,
    cap: 1000,
    skips: false,
    behind: Behind::NoRows,
};

/// When what is published was stored.
const STORED: &str = "2022-10-19T15:45:20.041Z";

/// A terminal, when it was created, and when it was reconciled: what was on
/// which of these hours.
#[derive(Clone)]
struct Terminal {
    id: &'static str,
    tid: &'static str,
    created: Option<i64>,
    reconciled: Vec<i64>,
}

fn terminal(id: &'static str, tid: &'static str, created: i64, reconciled: &[i64]) -> Terminal {
    Terminal {
        id,
        tid,
        created: Some(created),
        reconciled: reconciled.to_vec(),
    }
}

/// So many hours after the beginning of November 2022 in Riyadh.
fn at(hours: i64) -> Timestamp {
    let start: Timestamp = "2022-10-31T21:00:00Z".parse().unwrap();
    start + SignedDuration::from_hours(hours)
}

fn window(from: i64, to: i64) -> Window {
    Window::new(at(from), at(to)).unwrap()
}

impl Terminal {
    fn row(&self) -> String {
        let created = match self.created {
            Some(hours) => format!(r#","created_at":"{:.3}""#, at(hours)),
            None => String::new(),
        };
        format!(r#"{{"id":"{}","tid":"{}"{created}}}"#, self.id, self.tid)
    }

    /// Its reconciliations, as published but for ids and times.
    fn reconciliations(&self) -> Vec<String> {
        let numbered = self.reconciled.iter().enumerate();
        numbered
            .map(|(number, &hours)| self.reconciliation(number, hours))
            .collect()
    }

    fn reconciliation(&self, number: usize, hours: i64) -> String {
        let riyadh = TimeZone::get("Asia/Riyadh").unwrap();
        let local = riyadh.to_datetime(at(hours));
        let found = fixture!("reconciliation/found").trim_end();
        let row = found
            .strip_prefix("{\n  \"reconciliation\": ")
            .and_then(|rest| rest.strip_suffix("\n}"));
        row.unwrap()
            .replace(
                "09a949c8-c2c1-40f6-9ec8-ef3864da0558",
                &format!("{}-{number}", self.id),
            )
            .replace(STORED, &format!("{:.3}", at(hours)))
            .replace("17/10/2022", &local.strftime("%d/%m/%Y").to_string())
            .replace("17:25:39", &local.strftime("%H:%M:%S").to_string())
    }

    /// Those that were reconciled in a range of epoch milliseconds.
    fn reconciled_between(&self, range: std::ops::RangeInclusive<i64>) -> Vec<String> {
        let numbered = self.reconciled.iter().enumerate();
        numbered
            .filter(|(_, hours)| range.contains(&at(**hours).as_millisecond()))
            .map(|(number, &hours)| self.reconciliation(number, hours))
            .collect()
    }
}

/// An account with these terminals, and one that is not listed any more.
fn account(terminals: &[Terminal], unlisted: Option<Terminal>) -> Arc<Fake> {
    let terminals = terminals.to_vec();
    Fake::new(move |path, parameters| {
        let of = |known: &&Terminal| {
            parameters
                .get("terminal_id")
                .is_none_or(|id| id == known.id)
        };
        let rows: Vec<_> = if path == "terminals" {
            terminals.iter().map(Terminal::row).collect()
        } else {
            let bound = |name| parameters[name].parse().unwrap();
            let range = bound("from")..=bound("to");
            let all = terminals.iter().chain(&unlisted).filter(of);
            all.flat_map(|terminal| terminal.reconciled_between(range.clone()))
                .collect()
        };
        page(path, &rows, parameters, TOTALS)
    })
}

async fn pull(fake: &Arc<Fake>, window: Window) -> Result<StatementPull, ProviderError> {
    let options = PullOptions::at("2026-01-01T00:00:00Z".parse().unwrap());
    let provider = StreamPay::new(fake.config(3)).unwrap();
    let query = StatementQuery::new(window);
    provider.collect_statements(query, options).await
}

/// The wholes: account, id, and the hours of the period.
async fn batches(fake: &Arc<Fake>, window: Window) -> Vec<(String, String, i64, i64)> {
    let pull = pull(fake, window).await.unwrap();
    assert!(pull.verdict.is_proven(), "{:?}", pull.verdict);
    let wholes = pull.statements.iter().filter(|s| s.scope.is_none());
    let hours = |instant: Timestamp| at(0).duration_until(instant).as_hours();
    wholes
        .map(|whole| {
            let account = whole.account.clone().unwrap_or_default();
            let (from, to) = (hours(whole.period.from()), hours(whole.period.to()));
            (account, whole.id.clone(), from, to)
        })
        .collect()
}

fn batch(account: &str, id: &str, from: i64, to: i64) -> (String, String, i64, i64) {
    (account.to_owned(), id.to_owned(), from, to)
}

/// The statements of the published list, for a terminal with the published tid.
async fn published() -> Vec<Statement> {
    let fake = Fake::new(|path, parameters| match path {
        "terminals" => r#"{"terminals":[{"id":"t","tid":"0000000000000018"}]}"#.to_owned(),
        _ if parameters["page"] == "1" && parameters["limit"] != "1" => {
            // What is published is the first of three pages.
            let pages = r#""total": 3,"#;
            assert!(fixture!("reconciliations/page").contains(pages));
            fixture!("reconciliations/page").replace(pages, r#""total": 1,"#)
        }
        _ => r#"{"reconciliations":[]}"#.to_owned(),
    });
    let october = Window::new(
        "2022-10-01T00:00:00Z".parse().unwrap(),
        "2022-10-31T00:00:00Z".parse().unwrap(),
    );
    pull(&fake, october.unwrap()).await.unwrap().statements
}

#[tokio::test]
async fn a_reconciliation_is_a_statement_of_its_totals() {
    let statements = published().await;
    insta::assert_snapshot!(serde_json::to_string_pretty(&statements[0]).unwrap(), @r#"
    {
      "provider": "streampay",
      "id": "09a949c8-c2c1-40f6-9ec8-ef3864da0558",
      "account": "0000000000000018",
      "scope": null,
      "period": {
        "from": "2022-10-17T14:25:39Z",
        "to": "2022-10-17T14:25:39Z"
      },
      "day": {
        "date": "2022-10-17",
        "zone": "Asia/Riyadh"
      },
      "currency": "SAR",
      "figures": {
        "balanced": {
          "flag": true
        },
        "purchase": {
          "amount": "10.05"
        },
        "purchase_count": {
          "count": 3
        },
        "purchase_reversal": {
          "amount": "0.00"
        },
        "purchase_reversal_count": {
          "count": 0
        },
        "refund": {
          "amount": "0.05"
        },
        "refund_count": {
          "count": 1
        },
        "refund_reversal": {
          "amount": "0.00"
        },
        "refund_reversal_count": {
          "count": 0
        },
        "total": {
          "amount": "10.00"
        },
        "total_count": {
          "count": 4
        }
      }
    }
    "#);
    let scopes: Vec<_> = statements.iter().map(|s| s.scope.as_deref()).collect();
    assert_eq!(scopes.iter().filter(|scope| scope.is_none()).count(), 2);
    // Nothing is known before the first, so it covers no time; the second
    // follows it.
    let wholes: Vec<_> = statements.iter().filter(|s| s.scope.is_none()).collect();
    assert!(wholes[0].period.is_empty());
    assert_eq!(wholes[1].period.from(), wholes[0].period.to());
}

#[tokio::test]
async fn a_scheme_of_a_reconciliation_is_a_statement_of_both_sides() {
    let statements = published().await;
    insta::assert_snapshot!(serde_json::to_string_pretty(&statements[1]).unwrap(), @r#"
    {
      "provider": "streampay",
      "id": "09a949c8-c2c1-40f6-9ec8-ef3864da0558",
      "account": "0000000000000018",
      "scope": "VC",
      "period": {
        "from": "2022-10-17T14:25:39Z",
        "to": "2022-10-17T14:25:39Z"
      },
      "day": {
        "date": "2022-10-17",
        "zone": "Asia/Riyadh"
      },
      "currency": "SAR",
      "figures": {
        "balanced": {
          "flag": true
        },
        "host_credit": {
          "amount": "0.05"
        },
        "host_credit_count": {
          "count": 1
        },
        "host_debit": {
          "amount": "10.05"
        },
        "host_debit_count": {
          "count": 3
        },
        "host_total": {
          "amount": "10.00"
        },
        "host_total_count": {
          "count": 4
        },
        "pos_credit": {
          "amount": "0.05"
        },
        "pos_credit_count": {
          "count": 1
        },
        "pos_debit": {
          "amount": "10.05"
        },
        "pos_debit_count": {
          "count": 3
        },
        "pos_total": {
          "amount": "10.00"
        },
        "pos_total_count": {
          "count": 4
        }
      }
    }
    "#);
}

#[tokio::test]
async fn every_identity_over_figures_holds_on_what_is_published() {
    let identities = StreamPay::describe().identities;
    let proofs = prove(&identities, &published().await, None, None);
    let open = ["batch_receipts", "stan", "batches_tile"];
    for identity in &identities {
        let verdicts = proofs
            .iter()
            .filter(|proof| proof.identity == identity.name);
        let verdicts: Vec<_> = verdicts.map(|proof| proof.verdict).collect();
        let name = identity.name;
        assert!(!verdicts.contains(&ProofVerdict::Fails), "{name}");
        let holds = verdicts.contains(&ProofVerdict::Holds);
        assert_eq!(holds, !open.contains(&name), "{name}: {verdicts:?}");
    }
}

#[tokio::test]
async fn a_batch_begins_with_the_one_before_and_the_first_with_the_terminal() {
    let terminals = [
        terminal("b", "0000000000000002", 5, &[30, 54]),
        terminal("a", "0000000000000001", -900, &[-1, 25, 47, 73]),
    ];
    let fake = account(&terminals, None);
    let expected = [
        // The batch that was open when the window began is of the one before;
        // the one that was open when it ended is of this one.
        batch("0000000000000001", "a-2", 25, 47),
        batch("0000000000000001", "a-3", 47, 73),
        batch("0000000000000002", "b-0", 5, 30),
        batch("0000000000000002", "b-1", 30, 54),
    ];
    assert_eq!(batches(&fake, window(0, 48)).await, expected);
}

#[tokio::test]
async fn windows_that_touch_have_each_batch_once() {
    let terminals = [
        terminal("a", "0000000000000001", 3, &[20, 41, 70, 71, 99]),
        terminal("b", "0000000000000002", -50, &[-30, 10, 60]),
        Terminal {
            created: None,
            ..terminal("c", "0000000000000003", 0, &[-72, 30, 31])
        },
    ];
    let fake = account(&terminals, None);
    let mut whole = batches(&fake, window(-100, 200)).await;
    assert_eq!(whole.len(), 11);
    whole.sort();
    for middle in [
        -72, -71, -30, -29, 0, 3, 4, 20, 21, 30, 31, 60, 71, 98, 99, 100,
    ] {
        let mut halves = batches(&fake, window(-100, middle)).await;
        halves.extend(batches(&fake, window(middle, 200)).await);
        halves.sort();
        assert_eq!(halves, whole, "{middle}");
    }
}

#[tokio::test]
async fn where_it_is_not_known_since_when_a_batch_covers_no_time() {
    // A terminal that claims to be younger than its first reconciliation.
    let fake = account(&[terminal("a", "0000000000000001", 40, &[30, 54])], None);
    let expected = [
        batch("0000000000000001", "a-0", 30, 30),
        batch("0000000000000001", "a-1", 30, 54),
    ];
    assert_eq!(batches(&fake, window(0, 48)).await, expected);
}

#[tokio::test]
async fn what_no_listed_terminal_has_is_nobodys() {
    let gone = terminal("gone", "0000000000000009", 0, &[12]);
    let fake = account(&[terminal("a", "0000000000000001", 0, &[30])], Some(gone));
    let expected = [
        batch("0000000000000001", "a-0", 0, 30),
        batch("", "gone-0", 12, 12),
    ];
    assert_eq!(batches(&fake, window(0, 48)).await, expected);
}

#[tokio::test]
async fn what_is_nobodys_and_was_stored_late_leaves_a_doubt() {
    for (hours, is_proven) in [(24, true), (25, false)] {
        let gone = terminal("gone", "0000000000000009", 0, &[12]);
        let fake = Fake::new(move |path, parameters| {
            let (at_once, late) = (at(12), at(12 + hours));
            let late =
                gone.reconciliations()[0].replace(&format!("{at_once:.3}"), &format!("{late:.3}"));
            let rows = match (path, parameters.get("terminal_id")) {
                ("reconciliations", None) => vec![late],
                _ => Vec::new(),
            };
            page(path, &rows, parameters, TOTALS)
        });
        let pull = pull(&fake, window(0, 48)).await.unwrap();
        assert_eq!(pull.verdict.is_proven(), is_proven, "{:?}", pull.verdict);
    }
}

#[tokio::test]
async fn a_filter_that_is_ignored_is_found_out() {
    let terminals = [
        terminal("a", "0000000000000001", 0, &[30]),
        terminal("b", "0000000000000002", 0, &[31]),
    ];
    let healthy = account(&terminals, None);
    assert_eq!(batches(&healthy, window(0, 48)).await.len(), 2);
    let fake = Fake::new(move |path, parameters| {
        let rows = match path {
            "terminals" => terminals.iter().map(Terminal::row).collect(),
            _ => terminals
                .iter()
                .flat_map(Terminal::reconciliations)
                .collect::<Vec<_>>(),
        };
        page(path, &rows, parameters, TOTALS)
    });
    let error = pull(&fake, window(0, 48)).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Paging);
    insta::assert_snapshot!(error, @"streampay reconciliations, page 0: reconciliation a-0 is listed for two terminals: StreamPay seems to ignore `terminal_id`");
}

#[tokio::test]
async fn a_reconciliation_without_a_receipt_leaves_a_doubt() {
    // Whether one that was stored at this hour may end a batch of the window.
    for (reconciled, stored, is_proven) in [
        (vec![30], Some(40), false),
        (vec![30], Some(60), false),
        (vec![30, 50], Some(40), false),
        (vec![30, 50], None, false),
        // The last batch of the window has its end, and this is behind it.
        (vec![30, 50], Some(60), true),
    ] {
        let stored = stored.map(|hours| format!(r#","created_at":"{:.3}""#, at(hours)));
        let stored = stored.unwrap_or_default();
        let fake = Fake::new(move |path, parameters| {
            let a = terminal("a", "0000000000000001", 0, &reconciled);
            let open = format!(r#"{{"id":"open"{stored},"reconciliation_receipt":{{}}}}"#);
            let rows = match path {
                "terminals" => vec![a.row()],
                _ => [a.reconciliations(), vec![open]].concat(),
            };
            page(path, &rows, parameters, TOTALS)
        });
        let pull = pull(&fake, window(0, 48)).await.unwrap();
        assert_eq!(pull.verdict.is_proven(), is_proven, "{:?}", pull.verdict);
    }
}

#[tokio::test]
async fn a_reconciliation_that_is_listed_twice_leaves_a_doubt() {
    let fake = Fake::new(|path, parameters| {
        let a = terminal("a", "0000000000000001", 0, &[30]);
        let rows = match path {
            "terminals" => vec![a.row()],
            _ => [a.reconciliations(), a.reconciliations()].concat(),
        };
        page(path, &rows, parameters, TOTALS)
    });
    let pull = pull(&fake, window(0, 48)).await.unwrap();
    assert_eq!(pull.statements.len(), 2);
    assert!(!pull.verdict.is_proven());
}

#[tokio::test]
async fn what_the_model_does_not_admit_is_an_error_with_its_path() {
    let rows = terminal("a", "0000000000000001", 0, &[30]).reconciliations();
    for (said, other, path) in [
        (
            "\"SAR\"",
            "\"riyals\"",
            "reconciliation_receipt.currency.english",
        ),
        ("02/11/2022", "2022-11-02", "reconciliation_receipt.date"),
        (
            "\"10.05\"",
            "\"x\"",
            "reconciliation_receipt.details.purchase.total",
        ),
    ] {
        let row = rows[0].replace(said, other);
        assert_ne!(row, rows[0], "{said}");
        let fake = Fake::new(move |path, parameters| {
            let rows = match path {
                "terminals" => vec![terminal("a", "0000000000000001", 0, &[]).row()],
                _ => vec![row.clone()],
            };
            page(path, &rows, parameters, TOTALS)
        });
        let error = pull(&fake, window(0, 48)).await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Decode, "{error}");
        assert_eq!(error.path(), Some(path), "{error}");
    }
}

#[tokio::test]
async fn terminals_are_read_whole_and_nothing_is_asked_for_an_empty_window() {
    let many: Vec<_> = ["a", "b", "c", "d", "e", "f", "g"]
        .into_iter()
        .map(|id| terminal(id, id, 0, &[10]))
        .collect();
    let fake = account(&many, None);
    assert_eq!(batches(&fake, window(0, 48)).await.len(), 7);
    let idle = account(&many, None);
    let provider = StreamPay::new(idle.config(3)).unwrap();
    assert!(provider.descriptor().capabilities.statements);
    assert!(
        pull(&idle, window(5, 5))
            .await
            .unwrap()
            .statements
            .is_empty()
    );
    assert!(idle.asked().is_empty());
}

//! Calls that act, at a server that acts and then fails.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    reason = "a panic is how a test fails, in its helpers too"
)]

use futures::TryStreamExt;
use streampay_sdk::{Client, Error, TerminalsQuery, models::AssignTerminal};

/// Assigns terminals so many times: how often the outcome was left open. Each of
/// these was done, and is seen where the error says.
pub(crate) async fn open_assignments(client: &Client, times: usize) -> usize {
    let terminals = client.all_terminals(TerminalsQuery::new());
    let terminals: Vec<_> = terminals.try_collect().await.unwrap();
    let mut open = 0;
    for (number, terminal) in terminals.iter().cycle().take(times).enumerate() {
        let name = format!("Cashier {number}");
        let user = AssignTerminal::new(name.as_str(), "+966500000000", "c@example.com");
        match client.assign_terminal(&terminal.id, &user).await {
            Ok(assigned) => assert_eq!(assigned.id, terminal.id),
            Err(error @ Error::OutcomeUnknown { .. }) => {
                assert!(error.hint().unwrap().contains("find the terminal"));
                let found = client.find_terminal(&terminal.id).await.unwrap();
                assert_eq!(found.user.unwrap().name.unwrap().expose(), name);
                open += 1;
            }
            Err(other) => panic!("{other:?}"),
        }
    }
    open
}

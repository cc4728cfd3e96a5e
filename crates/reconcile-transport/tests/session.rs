//! One login, however many ask for it.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a panic is how a test fails, in its helpers too"
)]

use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use futures_util::future::join_all;
use reconcile_transport::{Session, Ticket};
use tokio::task::yield_now;

const IDLE: Duration = Duration::from_secs(900);

/// A provider's login, counted; the token is the number of the login.
#[derive(Default)]
struct Login {
    count: AtomicU32,
    fails: u32,
}

impl Login {
    async fn open(&self) -> Result<u32, String> {
        let number = self.count.fetch_add(1, Ordering::SeqCst) + 1;
        for _ in 0..5 {
            yield_now().await;
        }
        if number <= self.fails {
            Err(format!("login {number} failed"))
        } else {
            Ok(number)
        }
    }

    fn count(&self) -> u32 {
        self.count.load(Ordering::SeqCst)
    }
}

async fn token(session: &Session<u32, String>, login: &Login) -> Result<(u32, Ticket), String> {
    session
        .current(|| login.open())
        .await
        .map(|(token, ticket)| (*token, ticket))
}

#[tokio::test]
async fn fifty_callers_make_one_login() {
    let (session, login) = (Session::new(IDLE), Login::default());
    let tokens = join_all((0..50).map(|_| token(&session, &login))).await;
    assert!(tokens.iter().all(|token| matches!(token, Ok((1, _)))));
    assert_eq!(login.count(), 1);
}

#[tokio::test]
async fn a_failed_login_fails_all_who_waited_and_the_next_caller_tries_anew() {
    let (session, login) = (
        Session::new(IDLE),
        Login {
            fails: 1,
            ..Login::default()
        },
    );
    let tokens = join_all((0..50).map(|_| token(&session, &login))).await;
    assert!(
        tokens
            .iter()
            .all(|token| *token == Err("login 1 failed".to_owned()))
    );
    assert_eq!(login.count(), 1);
    assert_eq!(token(&session, &login).await.map(|(token, _)| token), Ok(2));
}

#[tokio::test]
async fn when_the_one_who_logs_in_is_dropped_another_takes_over() {
    for polls in 0..8 {
        let session = Arc::new(Session::new(IDLE));
        let login = Arc::new(Login::default());
        let ask = || {
            let (session, login) = (Arc::clone(&session), Arc::clone(&login));
            tokio::spawn(async move { token(&session, &login).await })
        };
        let (first, second) = (ask(), ask());
        for _ in 0..polls {
            yield_now().await;
        }
        first.abort();
        assert!(second.await.unwrap().is_ok(), "{polls} polls");
        assert!(login.count() <= 2, "{polls} polls");
    }
}

#[tokio::test]
async fn a_refusal_ends_the_session_it_names_and_no_newer_one() {
    let (session, login) = (Session::new(IDLE), Login::default());
    let (_, first) = token(&session, &login).await.unwrap();
    session.refuse(first);
    let (second, _) = token(&session, &login).await.unwrap();
    assert_eq!(second, 2);
    // A late answer to the old session.
    session.refuse(first);
    assert_eq!(token(&session, &login).await.unwrap().0, 2);
    assert_eq!(login.count(), 2);
}

#[tokio::test(start_paused = true)]
async fn each_use_prolongs_the_session_and_idling_ends_it() {
    let (session, login) = (Session::new(IDLE), Login::default());
    for _ in 0..5 {
        assert_eq!(token(&session, &login).await.unwrap().0, 1);
        tokio::time::advance(Duration::from_secs(899)).await;
    }
    tokio::time::advance(Duration::from_secs(1)).await;
    assert_eq!(token(&session, &login).await.unwrap().0, 2);
}

#[tokio::test]
async fn a_session_that_is_taken_out_is_gone() {
    let (session, login) = (Session::new(IDLE), Login::default());
    token(&session, &login).await.unwrap();
    assert_eq!(session.take().as_deref(), Some(&1));
    assert_eq!(token(&session, &login).await.unwrap().0, 2);
}

#[tokio::test]
async fn a_session_that_was_opened_otherwise_takes_the_place_of_the_open_one() {
    let (session, login) = (Session::new(IDLE), Login::default());
    let (_, first) = token(&session, &login).await.unwrap();
    session.replace(7);
    // A late answer to the one before.
    session.refuse(first);
    assert_eq!(token(&session, &login).await.unwrap().0, 7);
    assert_eq!(login.count(), 1);
}

#[tokio::test]
async fn debug_shows_nothing_of_the_session() {
    let session: Session<String, String> = Session::new(IDLE);
    session
        .current(|| async { Ok("sentinel".to_owned()) })
        .await
        .unwrap();
    assert!(!format!("{session:#?}").contains("sentinel"));
}

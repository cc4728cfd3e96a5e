//! The pipeline over a scripted HTTP client and a clock that the test turns.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a panic is how a test fails, in its helpers too"
)]

use std::collections::VecDeque;
use std::num::NonZeroUsize;
use std::sync::atomic::{AtomicU32, AtomicU64, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use async_trait::async_trait;
use bytes::Bytes;
use http::header::AUTHORIZATION;
use http::{HeaderMap, HeaderName, HeaderValue, Request, Response, StatusCode};
use reconcile_transport::{
    Authorize, BaseUrl, Call, Error, ErrorKind, Exchange, HttpClient, Limits, Reply, RequestUrl,
    RetryBudget, RetryPolicy, Safety, SendError, SendFailure, Session, Tap, Ticket, Timeouts,
    Transport, TransportBuilder,
};
use tokio::time::Instant;

type Answer = Result<Response<Bytes>, SendFailure>;

/// An HTTP client that gives the answers of a script, and 200 `{}` afterwards.
#[derive(Debug, Default)]
struct Scripted {
    answers: Mutex<VecDeque<Answer>>,
    seen: Mutex<Vec<(Request<Bytes>, Instant)>>,
}

#[async_trait]
impl HttpClient for Scripted {
    async fn send(
        &self,
        request: Request<Bytes>,
        _: &Limits,
    ) -> Result<Response<Bytes>, SendError> {
        self.seen.lock().unwrap().push((request, Instant::now()));
        let answer = self.answers.lock().unwrap().pop_front();
        match answer {
            // A request without an answer waits for ever.
            Some(Err(SendFailure::Timeout)) => std::future::pending().await,
            Some(answer) => answer.map_err(SendError::new),
            None => Ok(Response::new("{}".into())),
        }
    }
}

impl Scripted {
    fn new(answers: impl IntoIterator<Item = Answer>) -> Arc<Self> {
        Arc::new(Self {
            answers: Mutex::new(answers.into_iter().collect()),
            ..Self::default()
        })
    }

    fn requests(&self) -> usize {
        self.seen.lock().unwrap().len()
    }

    fn header(&self, request: usize, name: &HeaderName) -> Option<HeaderValue> {
        self.seen.lock().unwrap()[request]
            .0
            .headers()
            .get(name)
            .cloned()
    }

    fn time_between(&self, first: usize, second: usize) -> Duration {
        let seen = self.seen.lock().unwrap();
        seen[second].1 - seen[first].1
    }
}

#[expect(
    clippy::unnecessary_wraps,
    reason = "a script holds failures beside answers"
)]
fn answer(status: u16, headers: &[(&'static str, &'static str)], body: &'static str) -> Answer {
    let mut response = Response::new(Bytes::from_static(body.as_bytes()));
    *response.status_mut() = StatusCode::from_u16(status).unwrap();
    for (name, value) in headers {
        response
            .headers_mut()
            .insert(*name, HeaderValue::from_static(value));
    }
    Ok(response)
}

fn builder(http: &Arc<Scripted>) -> TransportBuilder {
    Transport::builder()
        .http(Arc::clone(http) as Arc<dyn HttpClient>)
        .seed(1)
}

fn url() -> RequestUrl {
    let query = [("document", "sentinel".to_owned())];
    BaseUrl::parse("https://api.example.com")
        .unwrap()
        .url(&["v1", "deposits"], &query)
        .unwrap()
}

async fn get(transport: &Transport) -> Result<Reply, Error> {
    transport.send(Call::get("deposits", url()), None).await
}

async fn get_over(answers: impl IntoIterator<Item = Answer>) -> (Result<Reply, Error>, usize) {
    let http = Scripted::new(answers);
    let result = get(&builder(&http).build().unwrap()).await;
    (result, http.requests())
}

#[tokio::test(start_paused = true)]
async fn what_may_pass_is_repeated_until_it_passed() {
    let failures = [
        Err(SendFailure::NotSent),
        Err(SendFailure::Broken),
        Err(SendFailure::Timeout),
        answer(408, &[], ""),
        answer(429, &[], ""),
        answer(503, &[], "<html>"),
        answer(200, &[], " \n<html>maintenance</html>"),
        answer(
            200,
            &[("content-type", "Text/HTML; charset=utf-8")],
            "maintenance",
        ),
    ];
    for failure in failures {
        let shown = format!("{failure:?}");
        let (result, requests) = get_over([failure]).await;
        let reply = result.unwrap();
        assert_eq!(
            (reply.status, reply.attempts, requests),
            (StatusCode::OK, 2, 2),
            "{shown}"
        );
    }
}

#[tokio::test(start_paused = true)]
async fn a_call_that_acts_is_repeated_only_if_it_was_not_sent() {
    let post = || Call::post("create", url()).json(&[1]).unwrap();
    for (failure, requests) in [
        (Err(SendFailure::NotSent), 2),
        (Err(SendFailure::Broken), 1),
        (answer(503, &[], ""), 1),
    ] {
        let http = Scripted::new([failure]);
        let _ = builder(&http).build().unwrap().send(post(), None).await;
        assert_eq!(http.requests(), requests);
    }
    let http = Scripted::new([answer(503, &[], "")]);
    let call = post().safety(Safety::Repeatable);
    builder(&http)
        .build()
        .unwrap()
        .send(call, None)
        .await
        .unwrap();
    assert_eq!(http.requests(), 2);
}

#[tokio::test(start_paused = true)]
async fn the_last_answer_is_returned_when_repeating_did_not_help() {
    let (result, requests) = get_over((0..9).map(|_| answer(503, &[], r#"{"code":9}"#))).await;
    let reply = result.unwrap();
    assert_eq!(
        (reply.status.as_u16(), reply.attempts, requests),
        (503, 4, 4)
    );
    assert_eq!(reply.body, r#"{"code":9}"#);
}

#[tokio::test(start_paused = true)]
async fn no_answer_at_all_is_an_error_that_tells_how_often_was_tried_and_shows_no_query() {
    for (failure, kind) in [
        (SendFailure::NotSent, ErrorKind::NotSent),
        (SendFailure::Broken, ErrorKind::Broken),
        (SendFailure::TooLarge, ErrorKind::TooLarge),
    ] {
        let (result, requests) = get_over((0..9).map(|_| Err(failure))).await;
        let error = result.unwrap_err();
        assert_eq!((error.kind(), error.operation()), (kind, Some("deposits")));
        assert_eq!(usize::try_from(error.attempts()).unwrap(), requests);
        assert_eq!(requests, if kind == ErrorKind::TooLarge { 1 } else { 4 });
        assert!(!format!("{error} {error:?}").contains("sentinel"));
    }
}

#[tokio::test(start_paused = true)]
async fn the_total_time_bounds_attempts_that_hang() {
    let start = Instant::now();
    let (result, requests) = get_over((0..9).map(|_| Err(SendFailure::Timeout))).await;
    assert_eq!(result.unwrap_err().kind(), ErrorKind::Timeout);
    // 30 s, a short wait, and what is left of the 60 s.
    assert_eq!(requests, 2);
    assert!(
        start.elapsed() <= Duration::from_millis(60_010),
        "{:?}",
        start.elapsed()
    );
}

#[tokio::test(start_paused = true)]
async fn retry_after_is_honoured_in_seconds_and_as_a_date() {
    let http = Scripted::new([answer(429, &[("retry-after", "7")], "")]);
    get(&builder(&http).build().unwrap()).await.unwrap();
    assert!(http.time_between(0, 1) >= Duration::from_secs(7));

    // A date in the past asks for no wait.
    let http = Scripted::new([answer(
        503,
        &[("retry-after", "Sun, 06 Nov 1994 08:49:37 GMT")],
        "",
    )]);
    get(&builder(&http).build().unwrap()).await.unwrap();
    assert!(http.time_between(0, 1) <= Duration::from_millis(201));
}

#[tokio::test(start_paused = true)]
async fn a_wait_beyond_the_total_time_is_an_error_that_carries_it() {
    let (result, requests) = get_over([answer(429, &[("retry-after", "3600")], "")]).await;
    let error = result.unwrap_err();
    assert_eq!((error.kind(), requests), (ErrorKind::RateLimited, 1));
    assert_eq!(error.retry_after(), Some(Duration::from_secs(3600)));
    assert_eq!(error.status(), Some(StatusCode::TOO_MANY_REQUESTS));
}

#[tokio::test(start_paused = true)]
async fn a_429_silences_every_task_and_halves_the_concurrency_until_successes_come() {
    let http = Scripted::new([answer(429, &[("retry-after", "9")], "")]);
    let transport = builder(&http)
        .concurrency(NonZeroUsize::new(4).unwrap())
        .build()
        .unwrap();
    let start = Instant::now();
    let first = tokio::spawn({
        let transport = transport.clone();
        async move { get(&transport).await }
    });
    tokio::task::yield_now().await;
    assert_eq!((http.requests(), transport.concurrency()), (1, 2));
    get(&transport).await.unwrap();
    assert!(
        start.elapsed() >= Duration::from_secs(9),
        "{:?}",
        start.elapsed()
    );
    first.await.unwrap().unwrap();
    for _ in 0..5 {
        get(&transport).await.unwrap();
    }
    assert_eq!(transport.concurrency(), 4);
}

#[tokio::test(start_paused = true)]
async fn a_redirect_is_an_error_that_names_the_host_alone() {
    for status in [301, 302, 303, 307, 308] {
        let location = ("location", "https://evil.example/login?token=sentinel");
        let (result, requests) = get_over([answer(status, &[location], "")]).await;
        let error = result.unwrap_err();
        assert_eq!((error.kind(), requests), (ErrorKind::Redirected, 1));
        assert_eq!(
            error.to_string(),
            format!(
                "deposits: redirected to evil.example, which is never followed, status {status}"
            )
        );
    }
}

#[tokio::test(start_paused = true)]
async fn refusals_are_replies() {
    for status in [400, 401, 403, 404, 409, 412, 422] {
        let (result, requests) = get_over([answer(status, &[], "<html>")]).await;
        assert_eq!((result.unwrap().status.as_u16(), requests), (status, 1));
    }
}

#[tokio::test(start_paused = true)]
async fn a_web_page_that_stays_is_an_error_unless_any_body_will_do() {
    let (result, requests) = get_over((0..9).map(|_| answer(200, &[], "<html>"))).await;
    assert_eq!(
        (result.unwrap_err().kind(), requests),
        (ErrorKind::Broken, 4)
    );

    let http = Scripted::new([answer(200, &[], "<html>")]);
    let call = Call::delete("logout", url());
    let reply = builder(&http)
        .build()
        .unwrap()
        .send(call, None)
        .await
        .unwrap();
    assert_eq!(reply.body, "<html>");
}

#[tokio::test(start_paused = true)]
async fn a_body_over_the_caps_is_final_whatever_the_client_lets_through() {
    let limits = Limits {
        max_body: 8,
        max_depth: 2,
    };
    for (body, kind) in [
        ("[1,2,3,4,5]", ErrorKind::TooLarge),
        ("[[[]]]", ErrorKind::TooDeep),
    ] {
        let http = Scripted::new([answer(200, &[], body)]);
        let error = get(&builder(&http).limits(limits).build().unwrap())
            .await
            .unwrap_err();
        assert_eq!((error.kind(), http.requests()), (kind, 1));
    }
}

#[tokio::test(start_paused = true)]
async fn an_empty_budget_stops_repeating_until_successes_refill_it() {
    let http = Scripted::new((0..15).map(|_| answer(500, &[], "")));
    let transport = builder(&http)
        .budget(RetryBudget::new(5, 5))
        .build()
        .unwrap();
    for _ in 0..10 {
        get(&transport).await.unwrap();
    }
    assert_eq!(http.requests(), 15);
    for _ in 0..5 {
        get(&transport).await.unwrap();
    }
    http.answers.lock().unwrap().push_back(answer(500, &[], ""));
    assert_eq!(get(&transport).await.unwrap().attempts, 2);
}

#[tokio::test(start_paused = true)]
async fn a_call_whose_time_ran_out_while_it_waited_for_a_place_is_not_sent_again() {
    let http = Scripted::new([Err(SendFailure::NotSent), Err(SendFailure::Timeout)]);
    let timeouts = Timeouts {
        total: Duration::from_secs(20),
        ..Timeouts::default()
    };
    let one = NonZeroUsize::MIN;
    let transport = builder(&http)
        .concurrency(one)
        .timeouts(timeouts)
        .build()
        .unwrap();
    let (first, _) = tokio::join!(get(&transport), get(&transport));
    let error = first.unwrap_err();
    assert_eq!((error.kind(), error.attempts()), (ErrorKind::Timeout, 1));
}

#[tokio::test(start_paused = true)]
async fn a_call_that_is_dropped_at_any_point_leaves_its_place_to_the_next() {
    for polls in 0..12 {
        let http = Scripted::new([answer(503, &[], ""), Err(SendFailure::Timeout)]);
        let transport = builder(&http)
            .concurrency(NonZeroUsize::MIN)
            .build()
            .unwrap();
        let task = tokio::spawn({
            let transport = transport.clone();
            async move { get(&transport).await }
        });
        for _ in 0..polls {
            tokio::time::advance(Duration::from_millis(20)).await;
        }
        task.abort();
        let _ = task.await;
        http.answers.lock().unwrap().clear();
        get(&transport).await.unwrap();
    }
}

/// Tokens that a login hands out; the provider refuses the first.
struct Tokens {
    session: Session<String>,
    logins: AtomicU32,
    helps: bool,
}

impl Tokens {
    fn new(helps: bool) -> Self {
        let session = Session::new(Duration::from_secs(900));
        Self {
            session,
            logins: AtomicU32::new(0),
            helps,
        }
    }
}

#[async_trait]
impl Authorize for Tokens {
    async fn authorize(&self, headers: &mut HeaderMap) -> Result<Ticket, Error> {
        let login = || async {
            Ok(format!(
                "sentinel-{}",
                self.logins.fetch_add(1, Ordering::SeqCst)
            ))
        };
        let (token, ticket) = self.session.current(login).await?;
        let mut value = HeaderValue::from_str(&token).unwrap();
        value.set_sensitive(true);
        headers.insert(AUTHORIZATION, value);
        Ok(ticket)
    }

    fn refused(&self, ticket: Ticket, status: StatusCode) -> bool {
        self.session.refuse(ticket);
        self.helps && status == StatusCode::UNAUTHORIZED
    }
}

#[tokio::test(start_paused = true)]
async fn a_refused_session_is_renewed_a_few_times_also_for_a_call_that_acts() {
    let http = Scripted::new([answer(401, &[], "{}")]);
    let tokens = Tokens::new(true);
    let transport = builder(&http).retry(RetryPolicy::never()).build().unwrap();
    let reply = transport
        .send(Call::post("create", url()), Some(&tokens))
        .await
        .unwrap();
    assert_eq!((reply.status, reply.attempts), (StatusCode::OK, 2));
    assert_eq!(http.header(0, &AUTHORIZATION).unwrap(), "sentinel-0");
    assert_eq!(http.header(1, &AUTHORIZATION).unwrap(), "sentinel-1");

    let http = Scripted::new((0..20).map(|_| answer(401, &[], "{}")));
    let reply = builder(&http)
        .build()
        .unwrap()
        .send(Call::get("list", url()), Some(&tokens))
        .await;
    assert_eq!(
        (reply.unwrap().status, http.requests()),
        (StatusCode::UNAUTHORIZED, 9)
    );
}

#[tokio::test(start_paused = true)]
async fn renewals_take_none_of_the_attempts_that_failures_have() {
    let refused = (0..6).map(|_| answer(401, &[], "{}"));
    let failed = (0..3).map(|_| answer(503, &[], "{}"));
    let http = Scripted::new(refused.chain(failed));
    let reply = builder(&http)
        .build()
        .unwrap()
        .send(Call::get("list", url()), Some(&Tokens::new(true)))
        .await
        .unwrap();
    assert_eq!((reply.status, reply.attempts), (StatusCode::OK, 10));
}

#[tokio::test(start_paused = true)]
async fn a_silence_that_outlasts_a_call_ends_it_in_its_time() {
    let http = Scripted::new([
        answer(503, &[("retry-after", "40")], "{}"),
        answer(503, &[("retry-after", "50")], "{}"),
    ]);
    let transport = builder(&http).build().unwrap();
    let start = tokio::time::Instant::now();
    let timed = async {
        let outcome = get(&transport).await;
        (outcome, start.elapsed().as_secs())
    };
    let later = async {
        tokio::time::sleep(Duration::from_secs(39)).await;
        get(&transport).await
    };
    let ((first, seconds), _) = tokio::join!(timed, later);
    assert_eq!(first.unwrap_err().kind(), ErrorKind::Timeout);
    assert_eq!(seconds, 60);
}

#[tokio::test(start_paused = true)]
async fn a_refusal_that_a_login_does_not_help_is_a_reply_at_once() {
    let http = Scripted::new([answer(403, &[], "{}")]);
    let tokens = Tokens::new(false);
    let reply = builder(&http)
        .build()
        .unwrap()
        .send(Call::get("list", url()), Some(&tokens))
        .await;
    assert_eq!(
        (reply.unwrap().status, http.requests()),
        (StatusCode::FORBIDDEN, 1)
    );
}

/// Logs in through the transport that it authorizes.
struct LoginThrough(Transport);

#[async_trait]
impl Authorize for LoginThrough {
    async fn authorize(&self, _: &mut HeaderMap) -> Result<Ticket, Error> {
        self.0
            .send(Call::post("login", url()), None)
            .await
            .map(|_| Ticket::default())
    }

    fn refused(&self, _: Ticket, _: StatusCode) -> bool {
        false
    }
}

#[tokio::test(start_paused = true)]
async fn a_login_through_the_same_transport_finds_a_place_even_if_there_is_only_one() {
    let http = Scripted::new([]);
    let transport = builder(&http)
        .concurrency(NonZeroUsize::MIN)
        .build()
        .unwrap();
    let auth = LoginThrough(transport.clone());
    transport
        .send(Call::get("list", url()), Some(&auth))
        .await
        .unwrap();
    assert_eq!(http.requests(), 2);
}

#[derive(Debug, Default)]
struct Bytecount(AtomicU64);

impl Tap for Bytecount {
    fn exchange(&self, exchange: &Exchange<'_>) {
        assert!(!format!("{exchange:?}").contains("sentinel"));
        self.0.fetch_add(
            u64::try_from(exchange.body.len()).unwrap(),
            Ordering::SeqCst,
        );
    }
}

#[tokio::test(start_paused = true)]
async fn a_tap_sees_every_answer() {
    let http = Scripted::new([answer(503, &[], "abc"), answer(200, &[], "[0]")]);
    let tap = Arc::new(Bytecount::default());
    let transport = builder(&http)
        .tap(Arc::clone(&tap) as Arc<dyn Tap>)
        .build()
        .unwrap();
    get(&transport).await.unwrap();
    assert_eq!(tap.0.load(Ordering::SeqCst), 6);
}

#[tokio::test(start_paused = true)]
async fn what_is_formatted_shows_no_secret() {
    let http = Scripted::new([answer(
        200,
        &[("set-cookie", "sentinel")],
        r#"["sentinel"]"#,
    )]);
    let transport = builder(&http).build().unwrap();
    let secret = HeaderValue::from_static("sentinel");
    let call = Call::post("login", url())
        .json("sentinel")
        .unwrap()
        .sensitive_header(AUTHORIZATION, secret);
    let described = format!("{call:#?} {transport:#?}");
    let reply = transport.send(call, None).await.unwrap();
    let shown = format!("{described} {reply:#?}");
    assert!(!shown.contains("sentinel"), "{shown}");
    assert!(http.header(0, &AUTHORIZATION).unwrap().is_sensitive());
}

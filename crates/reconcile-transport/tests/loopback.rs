//! The default client over real sockets, against a server that misbehaves by
//! script. It pins how the HTTP stack below classes each failure, so that an
//! upgrade that changes a class is noticed.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a panic is how a test fails, in its helpers too"
)]
#![cfg(feature = "reqwest")]

use std::fmt::{self, Write as _};
use std::io::Write as _;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use flate2::Compression;
use flate2::write::GzEncoder;
use http::{HeaderName, HeaderValue, StatusCode};
use reconcile_transport::{
    BaseUrl, Call, Error, ErrorKind, Limits, Reply, RetryPolicy, Timeouts, Transport,
};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinHandle;
use tracing::field::{Field, Visit};
use tracing::{Event, Metadata, Subscriber, span};

/// What the server does with one connection.
#[derive(Clone)]
enum Act {
    /// Sends these bytes and closes.
    Send(Vec<u8>),
    /// Sends these bytes and keeps the connection open, silent.
    Stall(Vec<u8>),
    /// Closes without an answer.
    Close,
}

/// A server that plays one act a connection, and then answers `{}`.
struct Server {
    base: BaseUrl,
    requests: Arc<Mutex<Vec<String>>>,
    task: JoinHandle<()>,
}

impl Server {
    async fn start(acts: impl IntoIterator<Item = Act>) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let base = format!("http://{}", listener.local_addr().unwrap());
        let requests = Arc::new(Mutex::new(Vec::new()));
        let mut acts: Vec<Act> = acts.into_iter().collect();
        acts.reverse();
        let task = tokio::spawn({
            let requests = Arc::clone(&requests);
            async move {
                let mut stalled = Vec::new();
                loop {
                    let (mut socket, _) = listener.accept().await.unwrap();
                    let request = request(&mut socket).await;
                    requests.lock().unwrap().push(request);
                    let act = acts.pop().unwrap_or_else(|| Act::Send(ok("", b"{}")));
                    // A client that has seen enough hangs up, which is no fault.
                    match act {
                        Act::Send(bytes) => drop(socket.write_all(&bytes).await),
                        Act::Stall(bytes) => {
                            drop(socket.write_all(&bytes).await);
                            stalled.push(socket);
                        }
                        Act::Close => {}
                    }
                }
            }
        });
        Self {
            base: BaseUrl::parse(&base).unwrap(),
            requests,
            task,
        }
    }

    fn requests(&self) -> Vec<String> {
        self.requests.lock().unwrap().clone()
    }

    async fn get(&self) -> Result<Reply, Error> {
        self.get_with(Timeouts::default(), Limits::default()).await
    }

    async fn get_with(&self, timeouts: Timeouts, limits: Limits) -> Result<Reply, Error> {
        let retry = RetryPolicy {
            attempts: 2,
            first_delay: Duration::ZERO,
            ..RetryPolicy::default()
        };
        let transport = Transport::builder()
            .timeouts(timeouts)
            .limits(limits)
            .retry(retry)
            .build()
            .unwrap();
        let url = self
            .base
            .url(&["v1"], &[("document", "sentinel".to_owned())])
            .unwrap();
        let key = HeaderValue::from_static("sentinel-key");
        let call = Call::get("list", url).sensitive_header(HeaderName::from_static("api-key"), key);
        transport.send(call, None).await
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.task.abort();
    }
}

async fn request(socket: &mut TcpStream) -> String {
    let mut head = Vec::new();
    let mut chunk = [0; 1024];
    while !head.windows(4).any(|end| end == b"\r\n\r\n") {
        let read = socket.read(&mut chunk).await.unwrap();
        if read == 0 {
            break;
        }
        head.extend_from_slice(&chunk[..read]);
    }
    String::from_utf8(head).unwrap()
}

fn response(status: u16, headers: &str, body: &[u8]) -> Vec<u8> {
    let mut bytes =
        format!("HTTP/1.1 {status} Any\r\nconnection: close\r\n{headers}\r\n").into_bytes();
    bytes.extend_from_slice(body);
    bytes
}

fn ok(headers: &str, body: &[u8]) -> Vec<u8> {
    response(
        200,
        &format!("content-length: {}\r\n{headers}", body.len()),
        body,
    )
}

fn gzip(body: &[u8]) -> Vec<u8> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::best());
    encoder.write_all(body).unwrap();
    encoder.finish().unwrap()
}

const GZIP: &str = "content-encoding: gzip\r\n";

async fn kind_of(act: Act) -> (ErrorKind, usize) {
    let server = Server::start([act.clone(), act]).await;
    let error = server.get().await.unwrap_err();
    let shown = format!("{error} {error:?} {error:#?}");
    assert!(!shown.contains("sentinel"), "{shown}");
    (error.kind(), server.requests().len())
}

#[tokio::test]
async fn a_plain_answer_arrives_whole_and_is_asked_for_compressed() {
    let server = Server::start([Act::Send(ok("x-any: thing\r\n", b"[1]"))]).await;
    let reply = server.get().await.unwrap();
    assert_eq!(
        (reply.status, reply.body.as_ref()),
        (StatusCode::OK, b"[1]".as_slice())
    );
    assert_eq!(reply.headers["x-any"], "thing");
    let request = server.requests().remove(0);
    assert!(
        request.starts_with("GET /v1?document=sentinel HTTP/1.1\r\n"),
        "{request}"
    );
    for header in [
        "accept-encoding: gzip",
        "accept: application/json",
        "api-key: sentinel-key",
    ] {
        assert_eq!(request.matches(header).count(), 1, "{request}");
    }
}

#[tokio::test]
async fn a_redirect_is_not_followed_and_no_credential_is_sent_on() {
    for status in [301, 302, 303, 307, 308] {
        let other = Server::start([]).await;
        let location = format!("location: {}/\r\ncontent-length: 0\r\n", other.base);
        let server = Server::start([Act::Send(response(status, &location, b""))]).await;
        let error = server.get().await.unwrap_err();
        assert_eq!(
            (error.kind(), server.requests().len()),
            (ErrorKind::Redirected, 1)
        );
        assert_eq!(other.requests(), Vec::<String>::new());
    }
}

#[tokio::test]
async fn a_cookie_is_not_kept() {
    let server = Server::start([Act::Send(ok("set-cookie: token=a\r\n", b"{}"))]).await;
    server.get().await.unwrap();
    server.get().await.unwrap();
    assert!(!server.requests()[1].contains("cookie"));
}

#[tokio::test]
async fn gzip_is_decoded_also_in_several_members() {
    let mut body = gzip(b"[1,");
    body.extend(gzip(b"2]"));
    let server = Server::start([Act::Send(ok(GZIP, &body))]).await;
    let reply = server.get().await.unwrap();
    assert_eq!(reply.body, "[1,2]");
    assert!(!reply.headers.contains_key("content-encoding"));
}

#[tokio::test]
async fn a_gzip_bomb_stops_at_the_cap_on_decoded_bytes() {
    let bomb = gzip(&vec![b' '; 64 << 20]);
    // Cut in half it is damaged, too; that this is not seen shows that decoding
    // ends at the cap.
    let act = Act::Send(ok(GZIP, &bomb[..bomb.len() / 2]));
    assert_eq!(kind_of(act).await, (ErrorKind::TooLarge, 1));
}

#[tokio::test]
async fn a_body_at_the_cap_passes_and_one_byte_more_does_not() {
    let limits = Limits {
        max_body: 1000,
        ..Limits::default()
    };
    for (extra, encoded) in [(0, false), (0, true), (1, false), (1, true)] {
        let body = vec![b' '; 1000 + extra];
        let act = if encoded {
            ok(GZIP, &gzip(&body))
        } else {
            ok("", &body)
        };
        let server = Server::start([Act::Send(act)]).await;
        let result = server.get_with(Timeouts::default(), limits).await;
        assert_eq!(
            result.is_ok(),
            extra == 0,
            "{extra} more, encoded {encoded}"
        );
    }
}

#[tokio::test]
async fn an_endless_body_without_a_length_stops_at_the_cap() {
    let body = response(200, "", &vec![b' '; 9 << 20]);
    assert_eq!(kind_of(Act::Stall(body)).await, (ErrorKind::TooLarge, 1));
}

#[tokio::test]
async fn an_answer_cut_anywhere_is_broken_and_repeated() {
    let whole = ok(GZIP, &gzip(br#"{"data":[1,2,3]}"#));
    let chunked = response(200, "transfer-encoding: chunked\r\n", b"5\r\n[1,2,\r\n");
    let plain = ok("", br#"{"data":[1,2,3]}"#);
    // A body that ends with the connection and is cut there looks whole, but
    // gzip knows its end.
    let body = gzip(br#"{"data":[1,2,3]}"#);
    let unframed = response(200, GZIP, &body[..body.len() - 5]);
    // Without gzip, only the JSON shows it.
    let unclosed = response(200, "", br#"{"data":[1,2"#);
    let acts = [
        Act::Close,
        Act::Send(b"HTTP/1.1 200".to_vec()),
        Act::Send(whole[..whole.len() - 3].to_vec()),
        Act::Send(plain[..plain.len() - 3].to_vec()),
        Act::Send(chunked),
        Act::Send(unframed),
        Act::Send(unclosed),
    ];
    for (number, act) in acts.into_iter().enumerate() {
        let server = Server::start([act.clone()]).await;
        assert_eq!(server.get().await.unwrap().attempts, 2, "act {number}");
        assert_eq!(kind_of(act).await, (ErrorKind::Broken, 2), "act {number}");
    }
}

#[tokio::test]
async fn damaged_gzip_is_broken_and_an_encoding_not_asked_for_is_final() {
    let mut damaged = gzip(br#"{"data":[1,2,3]}"#);
    damaged[15] ^= 0x55;
    assert_eq!(
        kind_of(Act::Send(ok(GZIP, &damaged))).await,
        (ErrorKind::Broken, 2)
    );
    let brotli = ok("content-encoding: br\r\n", b"anything");
    assert_eq!(kind_of(Act::Send(brotli)).await, (ErrorKind::Broken, 1));
}

#[tokio::test]
async fn a_web_page_with_status_200_is_repeated() {
    let server = Server::start([Act::Send(ok("content-type: text/html\r\n", b"<html>"))]).await;
    assert_eq!(server.get().await.unwrap().attempts, 2);
}

#[tokio::test]
async fn what_is_no_http_is_broken() {
    let (kind, _) = kind_of(Act::Send(b"SSH-2.0-OpenSSH_9.7\r\n\r\n".to_vec())).await;
    assert_eq!(kind, ErrorKind::Broken);
}

#[tokio::test]
async fn an_answer_that_stalls_times_out_before_and_within_its_body() {
    let attempt = Duration::from_millis(100);
    let timeouts = Timeouts {
        attempt,
        ..Timeouts::default()
    };
    for bytes in [
        &b""[..],
        &b"HTTP/1.1 200 OK\r\ncontent-length: 9\r\n\r\n[1"[..],
    ] {
        let server = Server::start([Act::Stall(bytes.to_vec()), Act::Stall(bytes.to_vec())]).await;
        let error = server
            .get_with(timeouts, Limits::default())
            .await
            .unwrap_err();
        assert_eq!((error.kind(), error.attempts()), (ErrorKind::Timeout, 2));
    }
}

#[tokio::test]
async fn a_refused_connection_was_not_sent() {
    let server = Server::start([]).await;
    server.task.abort();
    // The listener is closed once the task that owns it is gone.
    while !server.task.is_finished() {
        tokio::task::yield_now().await;
    }
    let error = server.get().await.unwrap_err();
    assert_eq!((error.kind(), error.attempts()), (ErrorKind::NotSent, 2));
}

#[tokio::test]
async fn a_server_without_tls_was_not_sent_anything() {
    let server = Server::start([Act::Send(ok("", b"{}"))]).await;
    let secure = server.base.to_string().replace("http://", "https://");
    let url = BaseUrl::parse(&secure).unwrap().url(&["v1"], &[]).unwrap();
    let transport = Transport::builder()
        .retry(RetryPolicy::never())
        .build()
        .unwrap();
    let error = transport
        .send(Call::get("list", url), None)
        .await
        .unwrap_err();
    assert_eq!(error.kind(), ErrorKind::NotSent);
}

/// Writes every event and span of every level down, with all its fields.
#[derive(Clone, Default)]
struct Everything(Arc<Mutex<String>>);

impl Everything {
    fn write(&self, record: impl FnOnce(&mut dyn Visit)) {
        struct Fields<'a>(&'a mut String);
        impl Visit for Fields<'_> {
            fn record_debug(&mut self, field: &Field, value: &dyn fmt::Debug) {
                write!(self.0, "{field}={value:?} ").unwrap();
            }
        }
        record(&mut Fields(&mut self.0.lock().unwrap()));
    }
}

impl Subscriber for Everything {
    fn enabled(&self, _: &Metadata<'_>) -> bool {
        true
    }

    fn new_span(&self, span: &span::Attributes<'_>) -> span::Id {
        self.write(|fields| span.record(fields));
        span::Id::from_u64(1)
    }

    fn record(&self, _: &span::Id, values: &span::Record<'_>) {
        self.write(|fields| values.record(fields));
    }

    fn event(&self, event: &Event<'_>) {
        self.write(|fields| event.record(fields));
    }

    fn record_follows_from(&self, _: &span::Id, _: &span::Id) {}
    fn enter(&self, _: &span::Id) {}
    fn exit(&self, _: &span::Id) {}
}

#[tokio::test]
async fn no_event_of_any_level_holds_a_secret() {
    let log = Everything::default();
    // For all threads: an event that another test's thread meets first would be
    // off for good where only this one listens.
    tracing::subscriber::set_global_default(log.clone()).unwrap();
    let answer = response(
        503,
        "set-cookie: sentinel\r\ncontent-length: 8\r\n",
        b"sentinel",
    );
    let server = Server::start([Act::Send(answer), Act::Close]).await;
    server.get().await.unwrap_err();
    let log = log.0.lock().unwrap();
    assert!(log.contains("list") && log.contains("503"), "{log}");
    assert!(!log.contains("sentinel"), "{log}");
}

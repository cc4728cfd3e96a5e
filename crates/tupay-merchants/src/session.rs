//! Sessions: login, the token from the cookie, its renewal, logout.

use std::{
    fmt,
    sync::{Arc, PoisonError, RwLock},
    time::Duration,
};

use async_trait::async_trait;
use http::{HeaderMap, HeaderValue, StatusCode, header};
use reconcile_transport::{Authorize, Call, Reply, Safety, Session, Ticket, Transport};
use secrecy::{ExposeSecret, SecretString};
use serde::Serialize;

use crate::{Config, Error, error::ApiError, models::Login};

/// The name of the cookie that carries the token.
const COOKIE: &str = "BEARER_TOKEN";

/// "The `BEARER_TOKEN` cookie will expire after 15 minutes of its last request."
/// A minute is left for the way.
const IDLE: Duration = Duration::from_secs(14 * 60);

/// The session of a client: opened by the first call, renewed when it has
/// expired or is refused, by one task while the others wait.
pub(crate) struct Sessions {
    config: Config,
    transport: Transport,
    session: Session<Open>,
    /// The merchant that every session works as; `None` is the user's own.
    merchant: RwLock<Option<u64>>,
    /// The refusal of the credentials, once they were refused: they are the same
    /// for as long as the client lives, and a password tried too often may lock
    /// the user out.
    refusal: RwLock<Option<ApiError>>,
}

/// An open session, and the merchant whose data it shows.
struct Open {
    token: SecretString,
    merchant: Option<u64>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Credentials<'a> {
    access_key: &'a str,
    secret_key: &'a str,
}

impl Sessions {
    pub(crate) fn new(config: Config, transport: Transport) -> Self {
        Self {
            session: Session::new(IDLE),
            merchant: RwLock::new(config.merchant),
            refusal: RwLock::default(),
            config,
            transport,
        }
    }

    /// Opens a session now, whether or not one is open, or the credentials were
    /// refused before.
    pub(crate) async fn login(&self) -> Result<Login, Error> {
        let (login, open) = self.open_as(self.merchant()).await?;
        self.session.replace(open);
        Ok(login)
    }

    /// Ends the session at TuPay. Without an open one there is nothing to do.
    pub(crate) async fn logout(&self) -> Result<(), Error> {
        let Some(open) = self.session.take() else {
            return Ok(());
        };
        let url = self
            .config
            .base_url
            .url(&["v1", "auth", "session", "destroy"], &[])?;
        let call = with_cookie(Call::delete("logout", url), &open.token)?;
        let reply = self.transport.send(call, None).await?;
        if refuses_the_session(reply.status) {
            // It had ended by itself.
            return Ok(());
        }
        // What a successful logout answers is not documented, so any success will do.
        accepted("logout", reply).map(|_| ())
    }

    /// Works as another merchant from now on, in later sessions too.
    ///
    /// The switch is made in a session of its own: the open one may have ended
    /// at TuPay, and calls under way go on as the merchant they began with.
    pub(crate) async fn switch_context(&self, merchant: u64) -> Result<(), Error> {
        let (_, open) = self.open_as(Some(merchant)).await?;
        *self
            .merchant
            .write()
            .unwrap_or_else(PoisonError::into_inner) = Some(merchant);
        self.session.replace(open);
        Ok(())
    }

    fn merchant(&self) -> Option<u64> {
        *self.merchant.read().unwrap_or_else(PoisonError::into_inner)
    }

    /// The open session, or a new one.
    async fn current(&self) -> Result<(Arc<Open>, Ticket), reconcile_transport::Error> {
        loop {
            let (open, ticket) = self.session.current(|| self.renew()).await?;
            if open.merchant == self.merchant() {
                return Ok((open, ticket));
            }
            // It was being renewed while another merchant was chosen.
            self.session.refuse(ticket);
        }
    }

    async fn renew(&self) -> Result<Open, reconcile_transport::Error> {
        let opened = match self.refusal() {
            Some(refusal) => Err(Error::Api(refusal)),
            None => self.open_as(self.merchant()).await,
        };
        match opened {
            Ok((_, open)) => Ok(open),
            Err(error) => Err(reconcile_transport::Error::session("login", error)),
        }
    }

    fn refusal(&self) -> Option<ApiError> {
        let refusal = self.refusal.read().unwrap_or_else(PoisonError::into_inner);
        refusal.clone()
    }

    /// A new session shows the user's own merchant, so it is switched before
    /// it is used.
    async fn open_as(&self, merchant: Option<u64>) -> Result<(Login, Open), Error> {
        let (login, token) = self.authenticate().await?;
        if let Some(merchant) = merchant {
            self.enter(merchant, &token).await?;
        }
        Ok((login, Open { token, merchant }))
    }

    async fn authenticate(&self) -> Result<(Login, SecretString), Error> {
        let url = self.config.base_url.url(&["v1", "auth", "login"], &[])?;
        let credentials = Credentials {
            access_key: self.config.access_key.expose_secret(),
            secret_key: self.config.secret_key.expose_secret(),
        };
        // A login whose answer is lost leaves a session that nobody uses and
        // that expires: repeating it is safe.
        let call = Call::post("login", url)
            .json(&credentials)?
            .safety(Safety::Repeatable);
        let reply = accepted("login", self.transport.send(call, None).await?);
        let refusal = match &reply {
            Err(Error::Api(error)) => Some(error).filter(|error| error.refuses_credentials()),
            _ => None,
        };
        *self.refusal.write().unwrap_or_else(PoisonError::into_inner) = refusal.cloned();
        let reply = reply?;
        let token = token(&reply.headers).ok_or(Error::NoToken)?;
        let login = reconcile_transport::decode("login", &reply.body)?;
        Ok((login, token))
    }

    async fn enter(&self, merchant: u64, token: &SecretString) -> Result<(), Error> {
        let path = ["v1", "auth", &merchant.to_string(), "switchContext"];
        let url = self.config.base_url.url(&path, &[])?;
        // Switching to the same merchant twice is as good as once.
        let call = Call::post("switch context", url)
            .safety(Safety::Repeatable)
            .any_body();
        let call = with_cookie(call, token)?.header(
            header::CONTENT_TYPE,
            HeaderValue::from_static("application/json"),
        );
        accepted("switch context", self.transport.send(call, None).await?).map(|_| ())
    }
}

#[async_trait]
impl Authorize for Sessions {
    async fn authorize(
        &self,
        headers: &mut HeaderMap,
    ) -> Result<Ticket, reconcile_transport::Error> {
        let (open, ticket) = self.current().await?;
        let value = sensitive(&format!("Bearer {}", open.token.expose_secret()))?;
        headers.insert(header::AUTHORIZATION, value);
        Ok(ticket)
    }

    fn refused(&self, ticket: Ticket, status: StatusCode) -> bool {
        self.session.refuse(ticket);
        refuses_the_session(status)
    }
}

/// How an expired token is answered is not documented, so either refusal may
/// mean that, and is worth another session.
const fn refuses_the_session(status: StatusCode) -> bool {
    matches!(status, StatusCode::UNAUTHORIZED | StatusCode::FORBIDDEN)
}

impl fmt::Debug for Sessions {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Sessions").finish_non_exhaustive()
    }
}

/// The reply, when it is a success.
pub(crate) fn accepted(operation: &'static str, reply: Reply) -> Result<Reply, Error> {
    if reply.status.is_success() {
        Ok(reply)
    } else {
        Err(Error::Api(ApiError::new(operation, &reply)))
    }
}

/// The token in `Set-Cookie: BEARER_TOKEN=…`; the body never holds it.
fn token(headers: &HeaderMap) -> Option<SecretString> {
    headers
        .get_all(header::SET_COOKIE)
        .iter()
        .filter_map(|cookie| {
            let pair = cookie.to_str().ok()?.split(';').next()?;
            let (name, value) = pair.split_once('=')?;
            (name.trim() == COOKIE).then(|| value.trim().trim_matches('"'))
        })
        .find(|value| !value.is_empty())
        .map(SecretString::from)
}

fn with_cookie(call: Call, token: &SecretString) -> Result<Call, Error> {
    let value = sensitive(&format!("{COOKIE}={}", token.expose_secret()))?;
    Ok(call.sensitive_header(header::COOKIE, value))
}

fn sensitive(text: &str) -> Result<HeaderValue, reconcile_transport::Error> {
    let mut value = HeaderValue::from_str(text)
        .map_err(|_| reconcile_transport::Error::session("login", Error::NoToken))?;
    value.set_sensitive(true);
    Ok(value)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn headers(cookies: &[&str]) -> HeaderMap {
        let mut headers = HeaderMap::new();
        for cookie in cookies {
            headers.append(header::SET_COOKIE, cookie.parse().unwrap());
        }
        headers
    }

    #[test]
    fn the_token_is_the_value_of_its_cookie() {
        let found = |cookies: &[&str]| {
            token(&headers(cookies)).map(|token| token.expose_secret().to_owned())
        };
        assert_eq!(found(&["BEARER_TOKEN=abc"]).as_deref(), Some("abc"));
        assert_eq!(
            found(&["SESSION=1; Path=/", "BEARER_TOKEN=a=b; Path=/; HttpOnly"]).as_deref(),
            Some("a=b")
        );
        assert_eq!(
            found(&["BEARER_TOKEN=\"abc\"; Secure"]).as_deref(),
            Some("abc")
        );
        assert_eq!(found(&["BEARER_TOKEN=; Max-Age=0"]), None);
        assert_eq!(found(&["XBEARER_TOKEN=abc"]), None);
        assert_eq!(found(&[]), None);
    }

    #[tokio::test]
    async fn a_session_of_another_merchant_is_not_used() {
        let server = httpmock::MockServer::start_async().await;
        for (path, cookie) in [
            ("/v1/auth/login", "BEARER_TOKEN=fresh"),
            ("/v1/auth/77/switchContext", "OTHER=1"),
        ] {
            server
                .mock_async(|when, then| {
                    when.path(path);
                    then.status(200).header("set-cookie", cookie).body("{}");
                })
                .await;
        }
        let base_url = server.base_url().parse().unwrap();
        let config = Config::new(base_url, "user".into(), "password".into());
        let sessions = Sessions::new(config, Transport::builder().build().unwrap());
        sessions.switch_context(77).await.unwrap();
        // A renewal that began before the switch ends after it.
        sessions.session.replace(Open {
            token: "stale".into(),
            merchant: None,
        });
        let (open, _) = sessions.current().await.unwrap();
        assert_eq!(open.merchant, Some(77));
        assert_eq!(open.token.expose_secret(), "fresh");
    }
}

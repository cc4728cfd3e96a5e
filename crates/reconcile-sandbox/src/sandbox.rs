//! Starting and stopping a sandbox.

use std::io;
use std::net::{Ipv4Addr, SocketAddr};
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use tokio::net::TcpListener;
use tokio::sync::oneshot;
use tokio::task::JoinHandle;

use crate::alteration::Alteration;
use crate::clock::Clock;
use crate::faults::Faults;
use crate::gateway::GatewayId;
use crate::paywall::{self, PaywallAccess, PaywallConfidential, PaywallWorld};
use crate::requests::{RequestLog, Requests};
use crate::streampay::{self, StreamPayAccess, StreamPayConfidential, StreamPayWorld};
use crate::tupay::{self, TuPayAccess, TuPayConfidential, TuPayWorld};
use crate::wire::{Line, Wires};
use crate::worlds::{WorldConfig, Worlds};

/// How a sandbox is to be.
#[derive(Debug, Clone)]
pub struct SandboxConfig {
    /// What its gateways have in their books.
    pub world: WorldConfig,
    /// What goes wrong, and how its gateways deviate.
    pub faults: Faults,
    /// How the bodies of its answers change their shape, one after the other.
    pub alterations: Vec<Alteration>,
    /// How much longer each request takes than it needs.
    pub latency: Duration,
    /// Where it listens; port 0 is any free port.
    pub listen: SocketAddr,
    /// The clock by which sessions expire and days close.
    pub clock: Clock,
    /// The credentials, tokens and personal data of its TuPay.
    pub tupay: TuPayConfidential,
    /// The credentials and personal data of its Paywall.
    pub paywall: PaywallConfidential,
    /// The credentials and personal data of its StreamPay.
    pub streampay: StreamPayConfidential,
}

impl Default for SandboxConfig {
    /// The default world without faults, on a free port of 127.0.0.1.
    fn default() -> Self {
        Self {
            world: WorldConfig::default(),
            faults: Faults::none(),
            alterations: Vec::new(),
            latency: Duration::ZERO,
            listen: SocketAddr::from((Ipv4Addr::LOCALHOST, 0)),
            clock: Clock::system(),
            tupay: TuPayConfidential::default(),
            paywall: PaywallConfidential::default(),
            streampay: StreamPayConfidential::default(),
        }
    }
}

/// Why a sandbox does not start.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum SandboxError {
    /// It could not listen at that address.
    #[error("the sandbox cannot listen at {address}")]
    Listen {
        /// The address that was asked for.
        address: SocketAddr,
        /// What the system says.
        source: io::Error,
    },
    /// A text that is to be sent in a header cannot stand in one.
    #[error("`{field}` of the confidential data of {gateway} cannot stand in a header")]
    Header {
        /// Whose data it is.
        gateway: GatewayId,
        /// The field of that gateway's confidential data.
        field: &'static str,
    },
}

/// Simulated gateways that answer over real sockets until they are stopped
/// or dropped.
#[derive(Debug)]
pub struct Sandbox {
    worlds: Worlds,
    tupay: TuPayAccess,
    paywall: PaywallAccess,
    streampay: StreamPayAccess,
    requests: Arc<Requests>,
    /// Dropping the sender stops the server, too.
    stop: oneshot::Sender<()>,
    server: JoinHandle<io::Result<()>>,
}

impl Sandbox {
    /// Generates the worlds of `config` and serves them. Must be called within
    /// a tokio runtime with input, output and time enabled.
    pub async fn start(config: SandboxConfig) -> Result<Self, SandboxError> {
        let worlds = Worlds::generate(&config.world);
        Self::start_with_worlds(worlds, config).await
    }

    /// Serves worlds that exist already, so that many sandboxes can share
    /// them; `config.world` is not looked at.
    pub async fn start_with_worlds(
        worlds: Worlds,
        config: SandboxConfig,
    ) -> Result<Self, SandboxError> {
        let failed = |source| SandboxError::Listen {
            address: config.listen,
            source,
        };
        let listener = TcpListener::bind(config.listen).await.map_err(failed)?;
        let base_url = format!("http://{}", listener.local_addr().map_err(failed)?);
        let tupay = TuPayAccess::new(base_url.clone(), &config.tupay);
        let paywall = PaywallAccess::new(base_url.clone(), &config.paywall);
        let streampay = StreamPayAccess::new(base_url, &config.streampay);
        let requests = Arc::new(Requests::default());
        let router = Router::new()
            .merge(tupay::router(Arc::new(tupay::Gateway::new(
                Arc::clone(&worlds.tupay),
                tupay.clone(),
                &config,
                &requests,
            )?)))
            .merge(paywall::router(Arc::new(paywall::Gateway::new(
                Arc::clone(&worlds.paywall),
                paywall.clone(),
                &config,
                &requests,
            )?)))
            .merge(streampay::router(Arc::new(streampay::Gateway::new(
                Arc::clone(&worlds.streampay),
                streampay.clone(),
                &config,
                &requests,
            )?)));
        let (stop, server) = serve(listener, router);
        Ok(Self {
            worlds,
            tupay,
            paywall,
            streampay,
            requests,
            stop,
            server,
        })
    }

    /// How to reach the simulated TuPay.
    #[must_use]
    pub fn tupay(&self) -> TuPayAccess {
        self.tupay.clone()
    }

    /// How to reach the simulated Paywall.
    #[must_use]
    pub fn paywall(&self) -> PaywallAccess {
        self.paywall.clone()
    }

    /// How to reach the simulated StreamPay.
    #[must_use]
    pub fn streampay(&self) -> StreamPayAccess {
        self.streampay.clone()
    }

    /// What TuPay has in its books.
    #[must_use]
    pub fn tupay_world(&self) -> &TuPayWorld {
        &self.worlds.tupay
    }

    /// What Paywall has in its books.
    #[must_use]
    pub fn paywall_world(&self) -> &PaywallWorld {
        &self.worlds.paywall
    }

    /// What StreamPay has in its books.
    #[must_use]
    pub fn streampay_world(&self) -> &StreamPayWorld {
        &self.worlds.streampay
    }

    /// The environment variables under which the `reconcile` command and
    /// `cargo xtask record` find the gateways, with their values, **secrets
    /// included**.
    #[must_use]
    pub fn environment(&self) -> Vec<(String, String)> {
        let (tupay, paywall, streampay) = (self.tupay(), self.paywall(), self.streampay());
        let lines = [
            ("RECONCILE_TUPAY_BASE_URL", tupay.base_url),
            ("RECONCILE_TUPAY_ACCESS_KEY", tupay.access_key),
            ("RECONCILE_TUPAY_SECRET_KEY", tupay.secret_key),
            ("RECONCILE_TUPAY_PAYMENTS_API_KEY", tupay.api_key),
            (
                "RECONCILE_TUPAY_PAYMENTS_API_PASSPHRASE",
                tupay.api_passphrase,
            ),
            (
                "RECONCILE_TUPAY_PAYMENTS_API_SIGNATURE",
                tupay.api_signature,
            ),
            ("RECONCILE_PAYWALL_BASE_URL", paywall.base_url),
            ("RECONCILE_PAYWALL_API_KEY", paywall.api_key),
            ("RECONCILE_PAYWALL_API_CLIENT", paywall.api_client),
            ("RECONCILE_STREAMPAY_BASE_URL", streampay.base_url),
            ("RECONCILE_STREAMPAY_API_KEY", streampay.api_key),
        ];
        let lines = lines.into_iter();
        lines
            .map(|(name, value)| (name.to_owned(), value))
            .collect()
    }

    /// What was asked so far.
    #[must_use]
    pub fn requests(&self) -> RequestLog {
        self.requests.snapshot()
    }

    /// Stops listening, and waits for the answers that are under way; a few
    /// seconds at most, since a client may never finish asking.
    pub async fn stop(self) {
        drop(self.stop);
        // The server fails only where it cannot serve, and it stops anyway.
        let _ = tokio::time::timeout(PATIENCE, self.server).await;
    }
}

const PATIENCE: Duration = Duration::from_secs(3);

/// Answers at the listener until the sender is dropped.
fn serve(
    listener: TcpListener,
    router: Router,
) -> (oneshot::Sender<()>, JoinHandle<io::Result<()>>) {
    let service = router.into_make_service_with_connect_info::<Line>();
    let (stop, stopped) = oneshot::channel::<()>();
    let server = axum::serve(Wires(listener), service).with_graceful_shutdown(async {
        // An error means that the sandbox was dropped: just as good.
        let _ = stopped.await;
    });
    (stop, tokio::spawn(server.into_future()))
}

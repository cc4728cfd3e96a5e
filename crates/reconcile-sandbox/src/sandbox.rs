//! Starting and stopping a sandbox.

use std::io;
use std::net::{Ipv4Addr, SocketAddr};
use std::sync::Arc;
use std::time::Duration;

use tokio::net::TcpListener;
use tokio::sync::oneshot;
use tokio::task::JoinHandle;

use crate::alteration::Alteration;
use crate::clock::Clock;
use crate::faults::Faults;
use crate::requests::RequestLog;
use crate::tupay::{Gateway, TuPayAccess, TuPayConfidential, TuPayWorld, WorldConfig, router};
use crate::wire::{Line, Wires};

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
    /// The clock by which sessions expire.
    pub clock: Clock,
    /// The credentials, tokens and personal data of its TuPay.
    pub tupay: TuPayConfidential,
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
    #[error("`{field}` of TuPay's confidential data cannot stand in a header")]
    Header {
        /// The field of [`TuPayConfidential`].
        field: &'static str,
    },
}

/// Simulated gateways that answer over real sockets until they are stopped
/// or dropped.
#[derive(Debug)]
pub struct Sandbox {
    gateway: Arc<Gateway>,
    tupay: TuPayAccess,
    world: Arc<TuPayWorld>,
    /// Dropping the sender stops the server, too.
    stop: oneshot::Sender<()>,
    server: JoinHandle<io::Result<()>>,
}

impl Sandbox {
    /// Generates the world of `config` and serves it. Must be called within
    /// a tokio runtime with input, output and time enabled.
    pub async fn start(config: SandboxConfig) -> Result<Self, SandboxError> {
        let world = Arc::new(TuPayWorld::generate(&config.world));
        Self::start_with_world(world, config).await
    }

    /// Serves a world that exists already, so that many sandboxes can share
    /// it; `config.world` is not looked at.
    pub async fn start_with_world(
        world: Arc<TuPayWorld>,
        config: SandboxConfig,
    ) -> Result<Self, SandboxError> {
        let failed = |source| SandboxError::Listen {
            address: config.listen,
            source,
        };
        let listener = TcpListener::bind(config.listen).await.map_err(failed)?;
        let address = listener.local_addr().map_err(failed)?;
        let tupay = TuPayAccess::new(format!("http://{address}"), &config.tupay);
        let gateway = Gateway::new(Arc::clone(&world), tupay.clone(), config)?;
        let gateway = Arc::new(gateway);
        let service = router(Arc::clone(&gateway)).into_make_service_with_connect_info::<Line>();
        let (stop, stopped) = oneshot::channel::<()>();
        let server = axum::serve(Wires(listener), service).with_graceful_shutdown(async {
            // An error means that the sandbox was dropped: just as good.
            let _ = stopped.await;
        });
        let server = tokio::spawn(server.into_future());
        Ok(Self {
            gateway,
            tupay,
            world,
            stop,
            server,
        })
    }

    /// How to reach the simulated TuPay.
    #[must_use]
    pub fn tupay(&self) -> TuPayAccess {
        self.tupay.clone()
    }

    /// What it has in its books.
    #[must_use]
    pub fn tupay_world(&self) -> &TuPayWorld {
        &self.world
    }

    /// The environment variables under which the `reconcile` command finds
    /// the gateways, with their values, **secrets included**.
    #[must_use]
    pub fn environment(&self) -> Vec<(String, String)> {
        let TuPayAccess {
            base_url,
            access_key,
            secret_key,
            ..
        } = self.tupay();
        vec![
            ("RECONCILE_TUPAY_BASE_URL".to_owned(), base_url),
            ("RECONCILE_TUPAY_ACCESS_KEY".to_owned(), access_key),
            ("RECONCILE_TUPAY_SECRET_KEY".to_owned(), secret_key),
        ]
    }

    /// What was asked so far.
    #[must_use]
    pub fn requests(&self) -> RequestLog {
        self.gateway.requests().snapshot()
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

//! What makes many simulators and clients cheap.

use std::{sync::Arc, time::Duration};

use reconcile_sandbox::{Sandbox, SandboxConfig, Worlds};
use reconcile_transport::{HttpClient, ReqwestClient, Timeouts, Transport};

use crate::{Hurried, at_once};

/// What all simulators and clients of one test share: the worlds, and the
/// connections. Neither is made anew for each fault.
#[derive(Debug)]
pub struct Bench {
    config: SandboxConfig,
    worlds: Worlds,
    http: Arc<ReqwestClient>,
}

impl Bench {
    /// A bench for simulators like this, but for the faults. It is of the
    /// runtime that it is first used in.
    #[must_use]
    pub fn new(config: SandboxConfig) -> Self {
        Self {
            worlds: Worlds::generate(&config.world),
            config,
            http: Arc::new(ReqwestClient::new(Duration::from_secs(5)).unwrap()),
        }
    }

    /// A simulator with these faults.
    pub async fn sandbox(&self, faults: &[&str]) -> Sandbox {
        let faults: Result<_, _> = faults.iter().map(|fault| fault.parse()).collect();
        let config = SandboxConfig {
            faults: faults.unwrap(),
            ..self.config.clone()
        };
        Sandbox::start_with_worlds(self.worlds.clone(), config)
            .await
            .unwrap()
    }

    /// A transport that tries again at once, and waits out a provider in no time.
    ///
    /// What the simulator really takes its time for counts [fifty
    /// times](Hurried) as long, so no call may run out of time.
    #[must_use]
    pub fn transport(&self) -> Transport {
        const PATIENCE: Duration = Duration::from_secs(24 * 60 * 60);
        at_once()
            .http(Arc::clone(&self.http) as Arc<dyn HttpClient>)
            .timer(Arc::new(Hurried::default()))
            .timeouts(Timeouts {
                attempt: PATIENCE,
                total: PATIENCE,
                ..Timeouts::default()
            })
            .build()
            .unwrap()
    }
}

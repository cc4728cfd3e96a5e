//! The gateways of a sandbox, by name.

use std::fmt;
use std::str::FromStr;

use crate::{paywall, streampay, tupay};

/// A gateway that the sandbox simulates, by the name that faults, alterations
/// and operations call it.
///
/// ```
/// use reconcile_sandbox::GatewayId;
///
/// let gateway: GatewayId = "paywall".parse()?;
/// assert_eq!(gateway, GatewayId::Paywall);
/// assert_eq!(gateway.to_string(), "paywall");
/// # Ok::<(), reconcile_sandbox::UnknownGateway>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum GatewayId {
    /// `tupay`.
    TuPay,
    /// `paywall`.
    Paywall,
    /// `streampay`.
    StreamPay,
}

impl GatewayId {
    /// Every gateway of a sandbox.
    pub const ALL: &'static [Self] = &[Self::TuPay, Self::Paywall, Self::StreamPay];

    /// Its name, in lower case.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::TuPay => "tupay",
            Self::Paywall => "paywall",
            Self::StreamPay => "streampay",
        }
    }

    /// What the bodies of its answers are known by, after the names of the
    /// fixtures. But for TuPay's, which was the first, they begin with the name
    /// of the gateway.
    pub(crate) const fn operations(self) -> &'static [&'static str] {
        match self {
            Self::TuPay => tupay::OPERATIONS,
            Self::Paywall => paywall::OPERATIONS,
            Self::StreamPay => streampay::OPERATIONS,
        }
    }

    /// What all of its errors are known by.
    pub(crate) const fn error_operation(self) -> &'static str {
        match self {
            Self::TuPay => "error",
            Self::Paywall => "paywall/error",
            Self::StreamPay => "streampay/error",
        }
    }
}

impl fmt::Display for GatewayId {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(self.as_str())
    }
}

impl FromStr for GatewayId {
    type Err = UnknownGateway;

    fn from_str(name: &str) -> Result<Self, Self::Err> {
        let known = Self::ALL.iter().copied().find(|it| it.as_str() == name);
        known.ok_or_else(|| UnknownGateway(name.to_owned()))
    }
}

/// The sandbox has no gateway of that name.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("there is no gateway `{0}`, only tupay, paywall, streampay")]
pub struct UnknownGateway(String);

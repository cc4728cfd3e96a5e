//! What takes no part.

use std::{collections::BTreeSet, sync::Arc};

use reconcile_core::{Kind, Status};

use super::RulesError;
use crate::{Row, Side};

/// Rows of one side that take no part: those that meet every condition named.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Exclude {
    /// The side whose rows it leaves out.
    pub side: Side,
    /// Why, in words: the excluded row says it.
    pub reason: Arc<str>,
    /// Of one of these kinds; empty is any.
    pub kinds: BTreeSet<Kind>,
    /// With one of these statuses; empty is any.
    pub statuses: BTreeSet<Status>,
    /// Of this account.
    pub account: Option<String>,
    /// With this in the description, capitals or not.
    pub description_has: Option<String>,
}

impl Exclude {
    /// An exclusion without conditions, to be given some.
    #[must_use]
    pub fn new(side: Side, reason: impl Into<Arc<str>>) -> Self {
        Self {
            side,
            reason: reason.into(),
            kinds: BTreeSet::new(),
            statuses: BTreeSet::new(),
            account: None,
            description_has: None,
        }
    }

    /// Whether a row of its side takes no part.
    #[must_use]
    pub fn covers(&self, row: &Row<'_>) -> bool {
        let of_kind = |kind| self.kinds.contains(&kind);
        let of_status = |status| self.statuses.contains(&status);
        let has = |text: &str| {
            let sought = self.description_has.as_deref().unwrap_or_default();
            text.to_lowercase().contains(&sought.to_lowercase())
        };
        (self.kinds.is_empty() || row.kind.is_some_and(of_kind))
            && (self.statuses.is_empty() || row.status.is_some_and(of_status))
            && (self.account.is_none() || row.account == self.account.as_deref())
            && (self.description_has.is_none() || row.description.is_some_and(has))
    }

    pub(super) fn check(&self) -> Result<(), RulesError> {
        let named = !self.kinds.is_empty()
            || !self.statuses.is_empty()
            || self.account.is_some()
            || self
                .description_has
                .as_ref()
                .is_some_and(|text| !text.is_empty());
        if named {
            return Ok(());
        }
        Err(RulesError::ExcludesAll(self.reason.to_string()))
    }
}

//! `reconcile rules`: what a rules file says, and what a change of it does. One
//! file each.

mod check;
mod diff;

use crate::{Finding, args::Rules, error::CommandError};

pub(crate) async fn run(command: &Rules) -> Result<Finding, CommandError> {
    match command {
        Rules::Check(check) => check::run(check),
        Rules::Diff(diff) => diff::run(diff).await,
    }
}

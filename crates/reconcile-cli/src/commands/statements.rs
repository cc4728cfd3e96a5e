//! `reconcile statements`: a provider's own totals.

use std::io::{self, Write};

use reconcile_core::{ProviderExt, Statement, StatementQuery, Verdict};
use reconcile_files::{OutputFile, StatementWriter};

use super::pull;
use crate::{
    Finding,
    args::{self, Global},
    commands,
    error::CommandError,
    progress::Progress,
};

pub(crate) async fn run(global: &Global, args: &args::Statements) -> Result<Finding, CommandError> {
    let (account, window) = commands::open(global, &args.scope)?;
    let format = pull::format(args.format, args.out.as_deref())?;
    let file = args.out.as_deref().map(OutputFile::create).transpose()?;
    let mut query = StatementQuery::new(window);
    if let Some(requests) = args.scope.concurrency {
        query = query.concurrency(requests);
    }
    let progress = Progress::begin(format!("pulling {}", args.scope.provider), global.quiet);
    let options = commands::options(&account);
    let pulled = account.provider.collect_statements(query, options).await?;
    drop(progress);
    if let Some(file) = file {
        let writer = StatementWriter::create(format, file)?;
        write(writer, &pulled.statements)?.commit()?;
    } else {
        let writer = StatementWriter::create(format, io::stdout())?;
        write(writer, &pulled.statements)?
            .flush()
            .map_err(CommandError::Stdout)?;
    }
    if let Verdict::Unproven { reasons } = &pulled.verdict {
        eprintln!("unproven: {}", reasons.join("; "));
        return Ok(Finding::Open);
    }
    Ok(Finding::Clean)
}

fn write<W: Write + Send>(
    mut writer: StatementWriter<W>,
    statements: &[Statement],
) -> Result<W, CommandError> {
    for statement in statements {
        writer.write(statement)?;
    }
    Ok(writer.finish()?)
}

//! `reconcile statements`: a provider's own totals.

use std::io::{self, Write};

use reconcile_core::{ProviderExt, Statement, StatementQuery, Verdict};
use reconcile_files::{FileError, Format, OutputFile, StatementWriter};

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
    let unwritable = CommandError::writing(args.out.as_deref());
    if let Some(file) = file {
        write(format, file, &pulled.statements)
            .map_err(unwritable)?
            .commit()?;
    } else {
        write(format, io::stdout(), &pulled.statements)
            .map_err(unwritable)?
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
    format: Format,
    output: W,
    statements: &[Statement],
) -> Result<W, FileError> {
    let mut writer = StatementWriter::create(format, output)?;
    for statement in statements {
        writer.write(statement)?;
    }
    writer.finish()
}

//! `reconcile pull`: a provider's records.

use std::{
    io::{self, Write},
    path::Path,
};

use reconcile_core::{Certificate, ProviderExt, Pull, Verdict, Window};
use reconcile_files::{FileError, Format, OutputFile, RecordWriter};

use crate::{
    Finding,
    args::{self, Global},
    commands,
    error::CommandError,
    progress::Progress,
};

pub(crate) async fn run(global: &Global, args: &args::Pull) -> Result<Finding, CommandError> {
    let (account, window) = commands::open(global, &args.scope)?;
    let format = format(args.format, args.out.as_deref())?;
    // What cannot be written is found out before anything is asked for.
    let certificate_file = args
        .certificate
        .as_deref()
        .map(OutputFile::create)
        .transpose()?;
    let query = commands::query(window, &args.scope, &args.kinds, args.skip_invalid);
    let mut pull = account.provider.pull(query, commands::options(&account));
    let progress = Progress::begin(format!("pulling {}", args.scope.provider), global.quiet);
    if let Some(path) = args.out.as_deref() {
        let file = OutputFile::create(path)?;
        let unwritable = CommandError::writing(Some(path));
        let mut writer = RecordWriter::create(format, file).map_err(&unwritable)?;
        drain(&mut pull, &mut writer, &unwritable, &progress).await?;
        writer.finish().map_err(unwritable)?.commit()?;
    } else {
        let unwritable = CommandError::writing(None);
        let mut writer = RecordWriter::create(format, io::stdout()).map_err(&unwritable)?;
        let drained = drain(&mut pull, &mut writer, &unwritable, &progress).await;
        // What was read stays with the caller, also when the pull failed.
        let finished = writer.finish().map_err(unwritable);
        drained.map_err(|error| resumable(error, window))?;
        finished?.flush().map_err(CommandError::Stdout)?;
    }
    drop(progress);
    conclude(global, args, &pull.certificate(), certificate_file)
}

/// Says where to go on, when some of what was asked for has been written.
fn resumable(error: CommandError, window: Window) -> CommandError {
    let CommandError::Provider(error) = error else {
        return error;
    };
    let from = error.position().map(|position| position.from);
    let Some(from) = from.filter(|from| *from > window.from()) else {
        return error.into();
    };
    let mut hint =
        format!("everything created before {from} has been written: resume with --from {from}");
    if let Some(first) = error.hint() {
        hint = format!("{first}; {hint}");
    }
    error.with_hint(hint).into()
}

/// Writes page after page, so that memory stays flat however long the pull is.
async fn drain<W: Write + Send>(
    pull: &mut Pull,
    writer: &mut RecordWriter<W>,
    unwritable: impl Fn(FileError) -> CommandError,
    progress: &Progress,
) -> Result<(), CommandError> {
    let (mut pages, mut records) = (0_u64, 0_usize);
    while let Some(page) = pull.next().await {
        let page = page?;
        for record in &page.records {
            writer.write(record).map_err(&unwritable)?;
        }
        page.set_aside.iter().for_each(commands::warn);
        pages += 1;
        records += page.records.len();
        progress.say(format!("{records} records on {pages} pages"));
    }
    Ok(())
}

fn conclude(
    global: &Global,
    args: &args::Pull,
    certificate: &Certificate,
    file: Option<OutputFile>,
) -> Result<Finding, CommandError> {
    if let (Some(mut file), Some(path)) = (file, args.certificate.as_deref()) {
        write_certificate(certificate, &mut file).map_err(|source| CommandError::Write {
            path: path.to_owned(),
            source,
        })?;
        file.commit()?;
    }
    if !global.quiet {
        eprintln!("{}", reconcile_report::completeness(certificate));
        if let Verdict::Unproven { reasons } = &certificate.verdict {
            for reason in reasons {
                eprintln!("  {reason}");
            }
        }
    }
    Ok(if certificate.verdict.is_proven() {
        Finding::Clean
    } else {
        Finding::Open
    })
}

fn write_certificate(certificate: &Certificate, out: &mut impl Write) -> io::Result<()> {
    serde_json::to_writer_pretty(&mut *out, certificate)?;
    out.write_all(b"\n")
}

/// The format that is asked for, or that the name of the file tells, or JSON Lines.
pub(super) fn format(asked: Option<Format>, out: Option<&Path>) -> Result<Format, CommandError> {
    match (asked, out) {
        (Some(format), _) => Ok(format),
        (None, Some(path)) => Ok(Format::of_path(path)?),
        (None, None) => Ok(Format::Jsonl),
    }
}

//! The run as one HTML page that needs nothing beside it.
//!
//! The style and the script are inlined and named by their hash in the content
//! security policy, so nothing else on the page can run, whatever the texts of
//! the ledger or of the provider hold.

mod chart;
mod data;
mod escape;
mod evidence;
mod index;
mod layers;
mod matches;
mod rows;

use std::io::{self, Write};

use base64::{Engine as _, prelude::BASE64_STANDARD};
use sha2::{Digest, Sha256};

pub(crate) use self::index::write as write_index;

use self::escape::{Escaped, Isolated};
use crate::{
    Run, Summary, Verdict,
    amount::{count, counted},
    overview,
};

const TEMPLATE: &str = include_str!("../assets/report.html");
const STYLE: &str = include_str!("../assets/report.css");
const SCRIPT: &str = include_str!("../assets/report.js");

/// Writes the page.
pub(crate) fn write(run: &Run<'_>, out: &mut dyn Write) -> io::Result<()> {
    let summary = run.summary();
    fill(TEMPLATE, out, |name, out| part(name, run, &summary, out))
}

/// Writes the template, with each `{{name}}` replaced by its part.
fn fill(
    template: &str,
    out: &mut dyn Write,
    part: impl Fn(&str, &mut dyn Write) -> io::Result<()>,
) -> io::Result<()> {
    for piece in template.split("{{") {
        match piece.split_once("}}") {
            Some((name, rest)) => {
                part(name, out)?;
                out.write_all(rest.as_bytes())?;
            }
            None => out.write_all(piece.as_bytes())?,
        }
    }
    out.flush()
}

fn part(name: &str, run: &Run<'_>, summary: &Summary, out: &mut dyn Write) -> io::Result<()> {
    match name {
        "policy" => policy(out),
        "css" => out.write_all(STYLE.as_bytes()),
        "js" => out.write_all(SCRIPT.as_bytes()),
        "title" => write!(out, "{}", Escaped(&run.title)),
        "headline" => write!(out, "{}", Escaped(&overview::headline(run, summary))),
        "verdict" => write!(out, "{}", verdict_class(summary.verdict)),
        "about" => about(run, out),
        "kpis" => kpis(run, summary, out),
        "amounts" => amounts(run, out),
        "layers" => layers::write(run, out),
        "matches" => matches::write(run, out),
        "by_code" => by_code(run, out),
        "charts" => chart::write(run, out),
        "shown" => rows::shown(run, out),
        "break_table" => rows::table(run, out),
        "data" => data::write(run, out),
        "proofs" => evidence::proofs(run, out),
        "certificate" => evidence::certificate(run, out),
        unknown => Err(not_known(unknown)),
    }
}

/// A mistake in a template, not in what is shown.
fn not_known(part: &str) -> io::Error {
    io::Error::other(format!("the template asks for `{part}`"))
}

/// Nothing is loaded; only this style and this script count.
fn policy(out: &mut dyn Write) -> io::Result<()> {
    write!(
        out,
        "default-src 'none'; style-src 'sha256-{}'; script-src 'sha256-{}'; base-uri 'none'; form-action 'none'",
        hash(STYLE),
        hash(SCRIPT)
    )
}

fn hash(text: &str) -> String {
    BASE64_STANDARD.encode(Sha256::digest(text))
}

fn verdict_class(verdict: Verdict) -> &'static str {
    match verdict {
        Verdict::Reconciled => "reconciled",
        Verdict::Breaks => "open",
    }
}

fn about(run: &Run<'_>, out: &mut dyn Write) -> io::Result<()> {
    if let Some(provider) = run.provider {
        write!(out, "Provider {} · ", Isolated(provider))?;
    }
    write!(out, "As of {}", run.as_of)
}

fn kpis(run: &Run<'_>, summary: &Summary, out: &mut dyn Write) -> io::Result<()> {
    let matched = summary.matched;
    kpi(
        out,
        "Ledger entries",
        &count(summary.ledger.rows),
        &share(matched.ledger_rows, summary.ledger.rows),
    )?;
    kpi(
        out,
        "Provider records",
        &count(summary.records.rows),
        &share(matched.record_rows, summary.records.rows),
    )?;
    kpi(
        out,
        "Open breaks",
        &count(summary.breaks.values().sum::<usize>()),
        &counted(summary.breaks.len(), "cause", "causes"),
    )?;
    let proofs = summary.proofs;
    kpi(
        out,
        "Failed proofs",
        &count(proofs.fails),
        &format!(
            "{} hold, {} not testable",
            count(proofs.holds),
            count(proofs.not_testable)
        ),
    )?;
    let (word, detail) = match run.certificate {
        None => ("—", "no certificate".to_owned()),
        Some(certificate) if certificate.verdict.is_proven() => {
            ("Proven", counted(certificate.pages.len(), "page", "pages"))
        }
        Some(certificate) => {
            let reasons = overview::reasons(certificate).len();
            ("Unproven", counted(reasons, "reason", "reasons"))
        }
    };
    kpi(out, "Completeness", word, &detail)
}

fn kpi(out: &mut dyn Write, name: &str, figure: &str, detail: &str) -> io::Result<()> {
    write!(
        out,
        "<div><dt>{name}</dt><dd>{figure}<small>{detail}</small></dd></div>"
    )
}

/// "99.9 % matched": cut, never rounded up to a hundred.
fn share(part: usize, whole: usize) -> String {
    match part.saturating_mul(1000).checked_div(whole) {
        Some(thousandths) => {
            format!("{}.{} % matched", thousandths / 10, thousandths % 10)
        }
        None => "none".to_owned(),
    }
}

fn amounts(run: &Run<'_>, out: &mut dyn Write) -> io::Result<()> {
    let flows = overview::flows(run);
    let mut currencies: Vec<_> = flows
        .iter()
        .flat_map(|line| line.by_currency.keys().copied())
        .collect();
    currencies.sort_unstable();
    currencies.dedup();
    if currencies.is_empty() {
        return out.write_all(b"<p class=\"none\">No amounts on either side.</p>");
    }
    out.write_all(
        b"<div class=\"scroll\"><table class=\"amounts\"><thead><tr><th scope=\"col\">Currency</th><th scope=\"col\">Side</th>\
<th scope=\"col\" class=\"n\">Rows</th><th scope=\"col\" class=\"n\">Credits</th><th scope=\"col\" class=\"n\">Debits</th>\
<th scope=\"col\" class=\"n\">Net</th></tr></thead>",
    )?;
    for currency in currencies {
        out.write_all(b"<tbody>")?;
        for (position, line) in flows.iter().enumerate() {
            let flow = line.by_currency.get(&currency).copied().unwrap_or_default();
            let code = if position == 0 { currency.as_str() } else { "" };
            write!(
                out,
                "<tr><td>{code}</td><td>{}</td><td class=\"n\">{}</td><td class=\"n\">{}</td><td class=\"n\">{}</td><td class=\"n\">{}</td></tr>",
                line.label,
                count(flow.rows),
                flow.credits.grouped(currency),
                flow.debits.grouped(currency),
                flow.net().grouped(currency),
            )?;
        }
    }
    out.write_all(b"</table></div>")?;
    not_counted(run, out)
}

fn not_counted(run: &Run<'_>, out: &mut dyn Write) -> io::Result<()> {
    let left_out = overview::left_out(run);
    if !left_out.is_empty() {
        write!(
            out,
            "<p class=\"equation\"><small>Not counted: {}.</small></p>",
            Escaped(&left_out.join("; "))
        )?;
    }
    Ok(())
}

fn or_dash(text: String) -> String {
    if text.is_empty() {
        "—".to_owned()
    } else {
        text
    }
}

fn by_code(run: &Run<'_>, out: &mut dyn Write) -> io::Result<()> {
    let groups = overview::by_code(run);
    if groups.is_empty() {
        return Ok(());
    }
    out.write_all(
        b"<div class=\"scroll\"><table><thead><tr><th scope=\"col\">Cause</th><th scope=\"col\">Severity</th>\
<th scope=\"col\" class=\"n\">Breaks</th><th scope=\"col\" class=\"n\">Net difference</th></tr></thead><tbody>",
    )?;
    for group in groups {
        let severities = group.breaks.iter().map(|broken| broken.severity);
        let severity = severities.max().unwrap_or(group.code.severity());
        write!(
            out,
            "<tr><td>{}</td><td><span class=\"severity {severity}\">{severity}</span></td><td class=\"n\">{}</td><td class=\"n\">{}</td></tr>",
            Escaped(group.code.title()),
            count(group.breaks.len()),
            or_dash(overview::nets(&group.net, "<br>")),
        )?;
    }
    out.write_all(b"</tbody></table></div>")
}

//! The proofs and the certificate.

use std::io::{self, Write};

use reconcile_core::{Certificate, PageEvidence};
use reconcile_engine::{Proof, ProofVerdict};

use super::escape::{Escaped, Isolated, Sentence};
use crate::{
    Run,
    amount::{count, counted, grouped, signed},
    overview::{self, IdentityGroup},
};

/// How many proofs of an identity, and pages of a pull, are shown.
const ROWS: usize = 500;

/// The identities, each with its failures open and all of its proofs behind a fold.
pub(super) fn proofs(run: &Run<'_>, out: &mut dyn Write) -> io::Result<()> {
    if run.proofs.is_empty() {
        return out.write_all(b"<p class=\"none\">No identity was checked.</p>");
    }
    for group in overview::by_identity(run) {
        identity(&group, out)?;
    }
    Ok(())
}

fn identity(group: &IdentityGroup<'_>, out: &mut dyn Write) -> io::Result<()> {
    let failures: Vec<_> = group.with(ProofVerdict::Fails).collect();
    let class = if !failures.is_empty() {
        "fails"
    } else if group.with(ProofVerdict::Holds).next().is_some() {
        "holds"
    } else {
        "not_testable"
    };
    write!(
        out,
        "<article class=\"identity\"><h3>{}</h3><p class=\"{class}\">{}</p>",
        Escaped(group.title),
        group.counts()
    )?;
    if !failures.is_empty() {
        table(&failures, out)?;
    }
    if failures.len() < group.proofs.len() {
        let rest: Vec<_> = group
            .with(ProofVerdict::NotTestable)
            .chain(group.with(ProofVerdict::Holds))
            .collect();
        write!(
            out,
            "<details><summary>{}</summary>",
            counted(
                rest.len(),
                "proof that does not fail",
                "proofs that do not fail"
            )
        )?;
        table(&rest, out)?;
        out.write_all(b"</details>")?;
    }
    out.write_all(b"</article>")
}

fn table(proofs: &[&Proof], out: &mut dyn Write) -> io::Result<()> {
    out.write_all(
        b"<div class=\"scroll\"><table><thead><tr><th scope=\"col\">Date</th><th scope=\"col\">About</th>\
<th scope=\"col\">Verdict</th><th scope=\"col\" class=\"n\">Expected</th><th scope=\"col\" class=\"n\">Actual</th>\
<th scope=\"col\" class=\"n\">Difference</th><th scope=\"col\">Note</th></tr></thead><tbody>",
    )?;
    for proof in proofs.iter().take(ROWS) {
        row(proof, out)?;
    }
    out.write_all(b"</tbody></table></div>")?;
    rest(proofs.len(), "the table of proofs", out)
}

fn row(proof: &Proof, out: &mut dyn Write) -> io::Result<()> {
    let currency = proof
        .currency
        .map_or_else(String::new, |currency| format!(" {currency}"));
    let cell = |text: Option<String>| {
        text.map_or_else(|| "—".to_owned(), |text| format!("{text}{currency}"))
    };
    let figure = |amount: Option<_>| cell(amount.map(|amount| grouped(amount, proof.currency)));
    let date = proof
        .date
        .map_or_else(|| "all days".to_owned(), |date| date.to_string());
    write!(out, "<tr><td class=\"day\">{date}</td><td>")?;
    for text in overview::place(proof) {
        write!(out, "{} ", Isolated(text))?;
    }
    write!(
        out,
        "</td><td class=\"{}\">{}</td><td class=\"n\">{}</td><td class=\"n\">{}</td><td class=\"n\">{}</td><td>{}</td></tr>",
        proof.verdict.as_str(),
        proof.verdict.as_str().replace('_', " "),
        figure(proof.expected),
        figure(proof.actual),
        cell(
            proof
                .difference
                .map(|amount| signed(amount, proof.currency))
        ),
        Sentence(&proof.note),
    )
}

/// The certificate: its verdict in words, the query, the totals and the pages.
pub(super) fn certificate(run: &Run<'_>, out: &mut dyn Write) -> io::Result<()> {
    let Some(certificate) = run.certificate else {
        return out.write_all(
            b"<p class=\"none\">No certificate: the records were taken as they are.</p>",
        );
    };
    let class = if certificate.verdict.is_proven() {
        "holds"
    } else {
        "fails"
    };
    write!(
        out,
        "<p class=\"{class}\">{}.</p>",
        Escaped(&overview::completeness(certificate))
    )?;
    let reasons = overview::reasons(certificate);
    if !reasons.is_empty() {
        out.write_all(b"<ul>")?;
        for reason in reasons.iter().take(ROWS) {
            write!(out, "<li>{}</li>", Sentence(reason))?;
        }
        out.write_all(b"</ul>")?;
        rest(reasons.len(), "certificate.json", out)?;
    }
    query(certificate, out)?;
    totals(certificate, out)?;
    pages(&certificate.pages, out)
}

fn query(certificate: &Certificate, out: &mut dyn Write) -> io::Result<()> {
    let kinds: Vec<_> = certificate
        .query
        .kinds
        .iter()
        .map(|kind| kind.as_str())
        .collect();
    write!(
        out,
        "<dl class=\"facts\"><dt>Provider</dt><dd>{}</dd><dt>Asked</dt><dd>{}</dd><dt>Read</dt><dd>{}</dd>\
<dt>Begun</dt><dd>{}</dd><dt>Kinds</dt><dd>{}</dd><dt>Changed while paging</dt><dd>{}</dd><dt>Set aside, unreadable</dt><dd>{}</dd></dl>",
        Isolated(&certificate.provider),
        certificate.query.asked,
        certificate.query.read,
        certificate.instant,
        if kinds.is_empty() {
            "the usual ones".to_owned()
        } else {
            kinds.join(", ")
        },
        count(certificate.changed_while_paging),
        count(certificate.set_aside),
    )
}

fn totals(certificate: &Certificate, out: &mut dyn Write) -> io::Result<()> {
    if certificate.totals.is_empty() {
        return Ok(());
    }
    out.write_all(
        b"<div class=\"scroll\"><table><caption>What was delivered</caption><thead><tr><th scope=\"col\">Kind</th>\
<th scope=\"col\">Status</th><th scope=\"col\" class=\"n\">Records</th><th scope=\"col\" class=\"n\">Amount</th></tr></thead><tbody>",
    )?;
    for total in &certificate.totals {
        write!(
            out,
            "<tr><td>{}</td><td>{}</td><td class=\"n\">{}</td><td class=\"n\">{} {}</td></tr>",
            total.kind,
            total.status,
            count(total.count),
            grouped(total.amount, Some(total.currency)),
            total.currency,
        )?;
    }
    out.write_all(b"</tbody></table></div>")
}

fn pages(pages: &[PageEvidence], out: &mut dyn Write) -> io::Result<()> {
    write!(
        out,
        "<details><summary>{}</summary><div class=\"scroll\"><table><thead><tr><th scope=\"col\">List</th><th scope=\"col\">Window</th>\
<th scope=\"col\" class=\"n\">Reading</th><th scope=\"col\" class=\"n\">Page</th><th scope=\"col\" class=\"n\">Rows stated</th>\
<th scope=\"col\" class=\"n\">Rows seen</th><th scope=\"col\">First and last id</th><th scope=\"col\">SHA-256 of the body</th><th scope=\"col\">Doubts</th></tr></thead><tbody>",
        counted(pages.len(), "page", "pages")
    )?;
    for page in pages.iter().take(ROWS) {
        let stated = page.rows_stated.map_or_else(|| "—".to_owned(), count);
        write!(
            out,
            "<tr><td>{}</td><td>{}</td><td class=\"n\">{}</td><td class=\"n\">{}</td><td class=\"n\">{stated}</td><td class=\"n\">{}</td><td>{} {}</td><td><code>{}</code></td><td>{}</td></tr>",
            Escaped(&page.list),
            page.window,
            count(page.pass),
            count(page.index),
            count(page.rows_seen),
            Isolated(page.first_id.as_deref().unwrap_or_default()),
            Isolated(page.last_id.as_deref().unwrap_or_default()),
            Escaped(&page.sha256),
            Escaped(&page.doubts.join("; ")),
        )?;
    }
    out.write_all(b"</tbody></table></div>")?;
    rest(pages.len(), "certificate.json", out)?;
    out.write_all(b"</details>")
}

/// Says where the rest of a long list is.
fn rest(all: usize, place: &str, out: &mut dyn Write) -> io::Result<()> {
    match all.saturating_sub(ROWS) {
        0 => Ok(()),
        more => write!(
            out,
            "<p><small>… and {} more in {place}.</small></p>",
            count(more)
        ),
    }
}

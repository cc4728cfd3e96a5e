//! `reconcile providers`: what each can do.

use std::fmt::Write;

use reconcile_core::{Descriptor, Kind};

use crate::{Finding, error::CommandError, registry::PROVIDERS, settings, terminal};

pub(crate) fn run() -> Result<Finding, CommandError> {
    let mut text = String::new();
    for entry in PROVIDERS {
        let descriptor = (entry.descriptor)();
        // Writing to a `String` cannot fail.
        let _ = writeln!(text, "{}  {}", entry.id, descriptor.name);
        for (what, value) in capabilities(&descriptor) {
            let _ = writeln!(text, "  {what:<18}{value}");
        }
        let _ = writeln!(
            text,
            "  settings (reconcile.toml, [providers.{}]; or the environment)",
            entry.id
        );
        for key in entry.keys {
            let required = if key.required { " (required)" } else { "" };
            let variable = settings::variable(entry.id, key.name);
            let _ = writeln!(
                text,
                "    {:<16}{variable:<34}{}{required}",
                key.name, key.about
            );
        }
    }
    terminal::print(&text)?;
    Ok(Finding::Clean)
}

fn capabilities(descriptor: &Descriptor) -> [(&'static str, String); 7] {
    let kinds = |kinds: &std::collections::BTreeSet<Kind>| {
        let words: Vec<_> = kinds.iter().map(|kind| kind.as_str()).collect();
        if words.is_empty() {
            "none".to_owned()
        } else {
            words.join(", ")
        }
    };
    let yes = |flag| if flag { "yes" } else { "no" }.to_owned();
    let capabilities = &descriptor.capabilities;
    let limits = &descriptor.limits;
    let window = limits.max_window.map_or_else(
        || "any".to_owned(),
        |window| {
            format!(
                "{} days a request; any range is split",
                window.as_secs() / 86_400
            )
        },
    );
    [
        ("records", kinds(&capabilities.kinds)),
        ("on request", kinds(&capabilities.kinds_on_request)),
        ("statements", yes(capabilities.statements)),
        ("attest", yes(capabilities.attest)),
        ("identities", descriptor.identities.len().to_string()),
        ("window", window),
        (
            "days",
            descriptor.zone.iana_name().unwrap_or("UTC").to_owned(),
        ),
    ]
}

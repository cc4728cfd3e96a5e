//! `reconcile providers`: what each can do.

use std::fmt::Write;

use reconcile_core::{Descriptor, Kind};

use crate::{
    Finding,
    error::CommandError,
    registry::{Entry, Key, PROVIDERS},
    settings, terminal,
};

pub(crate) fn run() -> Result<Finding, CommandError> {
    let about: Vec<_> = PROVIDERS.iter().map(about).collect();
    terminal::print(&about.join("\n"))?;
    Ok(Finding::Clean)
}

/// What one provider can do, and its settings.
fn about(entry: &Entry) -> String {
    let descriptor = (entry.descriptor)();
    let mut text = format!("{}  {}\n", entry.id, descriptor.name);
    // Writing to a `String` cannot fail.
    for (what, value) in capabilities(&descriptor) {
        let _ = writeln!(text, "  {what:<18}{value}");
    }
    let _ = writeln!(
        text,
        "  settings (reconcile.toml, [providers.{}]; or the environment)",
        entry.id
    );
    let width = |text: fn(&Entry, &Key) -> usize| {
        let widths = entry.keys.iter().map(|key| text(entry, key));
        widths.max().unwrap_or_default() + 2
    };
    let names = width(|_, key| key.name.len());
    let variables = width(|entry, key| settings::variable(entry.id, key.name).len());
    for Key {
        name,
        required,
        about,
    } in entry.keys
    {
        let variable = settings::variable(entry.id, name);
        let required = if *required { " (required)" } else { "" };
        let _ = writeln!(
            text,
            "    {name:<names$}{variable:<variables$}{about}{required}"
        );
    }
    text
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
        |window| match window.as_secs() / 86_400 {
            1 => "1 day a request; any range is split".to_owned(),
            days => format!("{days} days a request; any range is split"),
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

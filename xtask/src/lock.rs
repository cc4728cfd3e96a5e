//! `shapes.lock.json`: what all samples of a provider show, without a value.

use std::{collections::BTreeMap, path::Path};

use serde::{Deserialize, Serialize};

use crate::{
    Error, Workspace,
    fixture::{Fixture, Origin},
    json::{self, Member, Node, Value},
    shape::Shape,
    workspace,
};

/// The version of the rules that make models of a lock.
const GENERATOR: u32 = 1;

/// How long the lines of a lock may be.
const COLUMNS: usize = 100;

/// An environment that is a simulator of ours: what it answers was built.
const SIMULATOR: &str = "simulator";

/// The evidence of a provider.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Lock {
    generator: u32,
    /// What the fixtures show, by root.
    pub roots: BTreeMap<String, Observed>,
    /// What was seen where no body may be kept, by root.
    #[serde(default)]
    pub learned: BTreeMap<String, Learned>,
}

/// What the fixtures of a root show. A body that comes again counts once.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Observed {
    /// How many bodies there are.
    pub samples: u64,
    /// How many of them a page of the provider shows.
    pub documented: u64,
    /// How many the provider answered.
    pub recorded: u64,
    /// How many were built, by a person or by a simulator.
    pub synthetic: u64,
    /// A checksum of them, so that a change that leaves their shape as it was is
    /// seen, too; neither the order of keys nor that of files is in it.
    #[serde(default)]
    pub checksum: String,
    /// What they show.
    pub shape: Shape,
}

/// What was learned of a root from answers that were not kept.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Learned {
    /// How many bodies there were.
    pub samples: u64,
    /// What they show.
    pub shape: Shape,
}

impl Lock {
    /// What fixtures show, with what was learned before.
    pub fn of_fixtures(
        workspace: &Workspace,
        fixtures: &[Fixture],
        learned: BTreeMap<String, Learned>,
    ) -> Result<Self, Error> {
        let mut lock = Evidence::default();
        for fixture in fixtures {
            let body = body(workspace, fixture)?;
            lock.add(fixture.root(), origin(fixture), body);
        }
        Ok(lock.lock(learned))
    }

    /// Reads a lock; nothing where there is none yet.
    pub fn read(workspace: &Workspace, path: &Path) -> Result<Option<Self>, Error> {
        if !path.exists() {
            return Ok(None);
        }
        let text = workspace::read(path)?;
        let refuse = |reason: String| Error::Settings {
            path: workspace.shown(path).to_owned(),
            reason,
        };
        // Ours says more of malformed text and knows duplicate keys.
        json::read(&text).map_err(|error| refuse(error.to_string()))?;
        let lock: Self = serde_json::from_str(&text).map_err(|error| refuse(error.to_string()))?;
        // An older one is read for what was learned, and made anew.
        if lock.generator > GENERATOR {
            return Err(refuse(format!(
                "it is of generator {}, and this is generator {GENERATOR}, which is older",
                lock.generator
            )));
        }
        Ok(Some(lock))
    }

    /// The text of the file: the evidence of a place on one line where it fits.
    #[must_use]
    pub fn text(&self) -> String {
        // A lock is maps of texts, counts and shapes: nothing that JSON refuses.
        let text = serde_json::to_string(self).unwrap_or_default();
        json::read(&text).map_or_else(|_| text.clone(), |lock| json::write_within(&lock, COLUMNS))
    }

    /// What is known of a root, from wherever.
    #[must_use]
    pub fn evidence(&self) -> BTreeMap<String, Observed> {
        let mut evidence = self.roots.clone();
        for (root, learned) in &self.learned {
            let known = evidence.entry(root.clone()).or_default();
            known.samples += learned.samples;
            known.recorded += learned.samples;
            known.shape.merge(&learned.shape);
        }
        evidence
    }
}

/// The body of a fixture; a refusal names the file, the line and the column.
pub fn body<'a>(workspace: &Workspace, fixture: &'a Fixture) -> Result<Node<'a>, Error> {
    json::read(&fixture.body).map_err(|error| Error::Body {
        path: workspace.shown(&fixture.path).to_owned(),
        syntax: error.to_string(),
    })
}

/// Bodies as they are collected: by root, each different one once.
#[derive(Debug, Default)]
pub struct Evidence {
    roots: BTreeMap<String, BTreeMap<String, Sample>>,
}

impl Evidence {
    /// Adds a body. One that is there already, whatever the order of its keys,
    /// is no further evidence.
    pub fn add(&mut self, root: String, origin: Origin, body: Node<'_>) {
        let shape = Shape::of(&body);
        let known = self.roots.entry(root).or_default();
        let sample = known
            .entry(json::write(&sorted(body)))
            .or_insert(Sample { origin, shape });
        sample.origin = sample.origin.min(origin);
    }

    /// The lock of these bodies, with what was learned before.
    #[must_use]
    pub fn lock(self, learned: BTreeMap<String, Learned>) -> Lock {
        let roots = self.roots.into_iter();
        Lock {
            generator: GENERATOR,
            roots: roots
                .map(|(root, samples)| (root, Observed::of(&samples)))
                .collect(),
            learned,
        }
    }
}

#[derive(Debug)]
struct Sample {
    origin: Origin,
    shape: Shape,
}

impl Observed {
    fn of(samples: &BTreeMap<String, Sample>) -> Self {
        let mut observed = Self {
            checksum: checksum(samples.keys()),
            ..Self::default()
        };
        for Sample { origin, shape } in samples.values() {
            observed.samples += 1;
            match origin {
                Origin::Documented => observed.documented += 1,
                Origin::Recorded => observed.recorded += 1,
                Origin::Synthetic => observed.synthetic += 1,
            }
            observed.shape.merge(shape);
        }
        observed
    }
}

/// FNV-1a: it tells changes, and protects nothing.
fn checksum<'a>(bodies: impl Iterator<Item = &'a String>) -> String {
    let bytes = bodies.flat_map(|body| body.bytes());
    let sum = bytes.fold(0xcbf2_9ce4_8422_2325_u64, |sum, byte| {
        (sum ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3)
    });
    format!("{sum:016x}")
}

fn origin(fixture: &Fixture) -> Origin {
    let provenance = &fixture.sidecar.provenance;
    if provenance.environment.as_deref() == Some(SIMULATOR) {
        Origin::Synthetic
    } else {
        provenance.kind
    }
}

/// The same body with its keys sorted, at every level.
fn sorted(node: Node<'_>) -> Node<'_> {
    let value = match node.value {
        Value::Array(items) => Value::Array(items.into_iter().map(sorted).collect()),
        Value::Object(members) => {
            let mut members: Vec<_> = members
                .into_iter()
                .map(|member| Member {
                    node: sorted(member.node),
                    ..member
                })
                .collect();
            members.sort_by(|a, b| a.key.decode().cmp(&b.key.decode()));
            Value::Object(members)
        }
        other => other,
    };
    value.into()
}

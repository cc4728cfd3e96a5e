//! `cargo xtask explain`: why a field has its type.

mod lines;

use std::{collections::BTreeSet, fmt};

use crate::{
    Error, Workspace, emit,
    fixture::{self, Fixture, Origin},
    json::{Node, Value},
    lock::{self, Lock},
    lower,
    model::{Field, Model, Struct, Why},
    overrides::Overrides,
    place::{Place, Step},
    shape::ANY_KEY,
    workspace,
};
use lines::Lines;

/// What there is to say of a field.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Explanation {
    /// `Type.field: Option<Decimal>`.
    pub title: String,
    /// What is said, by what it is about.
    pub facts: Vec<(&'static str, String)>,
}

impl fmt::Display for Explanation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "{}", self.title)?;
        for (about, fact) in &self.facts {
            writeln!(f, "  {about:<9} {fact}")?;
        }
        Ok(())
    }
}

/// Explains `Type.field`, or every field at `root:json.path`.
pub fn explain(
    workspace: &Workspace,
    provider: &str,
    path: &str,
) -> Result<Vec<Explanation>, Error> {
    workspace.select(Some(provider))?;
    let overrides_path = workspace.overrides(provider);
    let overrides = Overrides::read(&overrides_path)?;
    let fixtures = fixture::read_all(workspace, provider)?;
    let learned = Lock::read(workspace, &workspace.lock(provider))?
        .map_or_else(Default::default, |lock| lock.learned);
    let lock = Lock::of_fixtures(workspace, &fixtures, learned)?;
    let model = lower::lower(&overrides, &lock)?;
    let explained = Explained {
        workspace,
        fixtures: &fixtures,
        lines: Lines::of(&workspace::read(&overrides_path)?),
        overrides_path: workspace.shown(&overrides_path).display().to_string(),
    };
    let found = match path.parse::<Place>() {
        Ok(place) => at_place(&model, &place),
        Err(_) => by_name(&model, path),
    };
    if found.is_empty() {
        return Err(unknown(&model, path));
    }
    found
        .into_iter()
        .map(|(object, field)| explained.field(object, field))
        .collect()
}

/// The fields at a place, or those of the struct whose place it is.
fn at_place<'a>(model: &'a Model, place: &Place) -> Vec<(&'a Struct, &'a Field)> {
    let all = || {
        let structs = model.structs.iter();
        structs.flat_map(|object| object.fields.iter().map(move |field| (object, field)))
    };
    // `data[]` is explained as `data`.
    let mut outer = place.clone();
    while outer.steps.last() == Some(&Step::Elements) {
        outer.steps.pop();
    }
    let fields: Vec<_> = all()
        .filter(|(_, field)| field.places.contains(&outer))
        .collect();
    if fields.is_empty() {
        all()
            .filter(|(object, _)| object.places.contains(place))
            .collect()
    } else {
        fields
    }
}

fn by_name<'a>(model: &'a Model, path: &str) -> Vec<(&'a Struct, &'a Field)> {
    let (name, wanted) = path.split_once('.').unwrap_or((path, ""));
    let structs = model.structs.iter().filter(|object| object.name == name);
    structs
        .flat_map(|object| object.fields.iter().map(move |field| (object, field)))
        .filter(|(_, field)| wanted.is_empty() || field.name.trim_start_matches("r#") == wanted)
        .collect()
}

fn unknown(model: &Model, path: &str) -> Error {
    let name = path.split(['.', ':']).next().unwrap_or(path);
    let object = model.structs.iter().find(|object| object.name == name);
    let known: Vec<String> = if path.contains(':') {
        model
            .roots
            .iter()
            .map(|root| format!("{}:", root.name))
            .collect()
    } else if let Some(object) = object {
        let fields = object.fields.iter();
        fields
            .map(|field| format!("{name}.{}", field.name))
            .collect()
    } else {
        model
            .structs
            .iter()
            .map(|object| object.name.clone())
            .collect()
    };
    Error::Unknown {
        what: "field",
        name: path.to_owned(),
        known: known.join(", "),
    }
}

struct Explained<'a> {
    workspace: &'a Workspace,
    fixtures: &'a [Fixture],
    lines: Lines,
    overrides_path: String,
}

impl Explained<'_> {
    fn field(&self, object: &Struct, field: &Field) -> Result<Explanation, Error> {
        let name = field.name.trim_start_matches("r#");
        let mut keys = vec![format!("`{}`", field.key)];
        keys.extend(field.alias.iter().map(|key| format!("`{key}`")));
        let places: Vec<String> = field.places.iter().map(ToString::to_string).collect();
        let because = |why: &Why| {
            let rule = why.rule.id();
            let line = self.lines.field(&object.name, &field.key);
            match line.filter(|_| why.decided) {
                Some(line) => format!("{rule}, {}:{line}: {}", self.overrides_path, why.reason),
                None => format!("{rule}, {}", why.reason),
            }
        };
        let presence = field.shape.presence(object.objects);
        Ok(Explanation {
            title: format!("{}.{name}: {}", object.name, emit::field_type(field)),
            facts: vec![
                ("key", keys.join(" or ")),
                ("at", places.join(", ")),
                ("type", because(&field.why_type)),
                ("presence", because(&field.why_presence)),
                ("evidence", format!("{presence} {}", field.shape)),
                ("fixtures", self.fixtures_with(&field.places)?),
            ],
        })
    }

    fn fixtures_with(&self, places: &[Place]) -> Result<String, Error> {
        let mut names = BTreeSet::new();
        for fixture in self.fixtures {
            let root = fixture.root();
            let mut steps = places.iter().filter(|place| place.root == root).peekable();
            if steps.peek().is_none() {
                continue;
            }
            let body = lock::body(self.workspace, fixture)?;
            if steps.any(|place| occurs(&body, &place.steps)) {
                let origin = match fixture.sidecar.provenance.kind {
                    Origin::Documented => "documented",
                    Origin::Recorded => "recorded",
                    Origin::Synthetic => "synthetic",
                };
                names.insert(format!("{}/{} ({origin})", fixture.operation, fixture.case));
            }
        }
        if names.is_empty() {
            return Ok("none; it was learned from answers that were not kept".to_owned());
        }
        Ok(names.into_iter().collect::<Vec<_>>().join(", "))
    }
}

fn occurs(node: &Node<'_>, steps: &[Step]) -> bool {
    let Some((step, below)) = steps.split_first() else {
        return true;
    };
    match (step, &node.value) {
        (Step::Elements, Value::Array(items)) => items.iter().any(|item| occurs(item, below)),
        (Step::Key(key), Value::Object(members)) => members
            .iter()
            .filter(|member| key == ANY_KEY || member.key.decode() == key.as_str())
            .any(|member| occurs(&member.node, below)),
        _ => false,
    }
}

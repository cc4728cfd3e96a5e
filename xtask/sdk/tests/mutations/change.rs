//! One change of a body.

use xtask::json::{self, Member, Node, Text, Value};

/// A change; its paths are written as messages write them: `data[0].amount`.
pub(crate) enum Change {
    /// Another value stands there.
    Set(&'static str, &'static str),
    /// The key is gone.
    Drop(&'static str),
    /// The object has one key more.
    Add(&'static str, &'static str, &'static str),
    /// The key has another name.
    Rename(&'static str, &'static str),
    /// All objects have their keys the other way round.
    Backwards,
    /// The first such text of the file is another.
    Replace(&'static str, &'static str),
    /// The body is another one altogether.
    Whole(&'static str),
}

impl Change {
    pub(crate) fn apply(&self, body: &str) -> String {
        let mut node = json::read(body).unwrap();
        match *self {
            Self::Set(path, value) => *at(&mut node, path) = json::read(value).unwrap(),
            Self::Drop(path) => {
                let (object, key) = parent(&mut node, path);
                object.retain(|member| member.key.decode() != key);
            }
            Self::Add(path, key, value) => members(at(&mut node, path)).push(Member {
                key: Text::new(key),
                offset: 0,
                node: json::read(value).unwrap(),
            }),
            Self::Rename(path, name) => {
                let (object, key) = parent(&mut node, path);
                for member in object
                    .iter_mut()
                    .filter(|member| member.key.decode() == key)
                {
                    member.key = Text::new(name);
                }
            }
            Self::Backwards => turn(&mut node),
            Self::Replace(from, to) => {
                assert!(body.contains(from), "{from} is not in the body");
                return body.replacen(from, to, 1);
            }
            Self::Whole(text) => return text.to_owned(),
        }
        json::write(&node)
    }
}

fn at<'n, 'a>(node: &'n mut Node<'a>, path: &str) -> &'n mut Node<'a> {
    let mut here = node;
    for step in path
        .replace('[', ".[")
        .split('.')
        .filter(|step| !step.is_empty())
    {
        here = match (&mut here.value, step.strip_prefix('[')) {
            (Value::Array(items), Some(index)) => {
                let index: usize = index.trim_end_matches(']').parse().unwrap();
                &mut items[index]
            }
            (Value::Object(members), None) => {
                let member = members
                    .iter_mut()
                    .find(|member| member.key.decode() == step);
                &mut member.unwrap_or_else(|| panic!("{path}: no {step}")).node
            }
            _ => panic!("{path}: no {step}"),
        };
    }
    here
}

/// The object that a path ends in, and the key in it, which it has.
fn parent<'n, 'a, 'p>(node: &'n mut Node<'a>, path: &'p str) -> (&'n mut Vec<Member<'a>>, &'p str) {
    let (above, key) = path.rsplit_once('.').unwrap_or(("", path));
    let object = at(node, above);
    assert!(object.member(key).is_some(), "{path} is not in the body");
    (members(object), key)
}

fn members<'n, 'a>(node: &'n mut Node<'a>) -> &'n mut Vec<Member<'a>> {
    match &mut node.value {
        Value::Object(members) => members,
        _ => panic!("no object"),
    }
}

fn turn(node: &mut Node<'_>) {
    match &mut node.value {
        Value::Array(items) => items.iter_mut().for_each(turn),
        Value::Object(members) => {
            members.reverse();
            for member in members {
                turn(&mut member.node);
            }
        }
        _ => {}
    }
}

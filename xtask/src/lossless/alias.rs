//! Keys that come under more than one name.

use crate::{
    json::{Member, Node, Text, Value},
    overrides::{Field, Overrides},
    place::Place,
};

/// The body of `root` with every key under the name that the model writes.
///
/// A key that comes under an alias is the same key; [`compare`](super::compare)
/// is to see it under one name.
#[must_use]
pub fn unalias<'a>(body: &Node<'a>, root: &str, overrides: &Overrides) -> Node<'a> {
    rename(body, &Place::root(root), overrides)
}

fn rename<'a>(node: &Node<'a>, place: &Place, overrides: &Overrides) -> Node<'a> {
    let value = match &node.value {
        Value::Array(items) => {
            let elements = place.elements();
            let items = items.iter().map(|item| rename(item, &elements, overrides));
            Value::Array(items.collect())
        }
        Value::Object(members) => {
            let members = members.iter().map(|member| {
                let key = member.key.decode();
                let name = written(&key, place, overrides);
                Member {
                    key: match name.filter(|name| node.member(name).is_none()) {
                        Some(name) => Text::new(name),
                        None => member.key.clone(),
                    },
                    offset: member.offset,
                    node: rename(&member.node, &place.key(key.into_owned()), overrides),
                }
            });
            Value::Object(members.collect())
        }
        scalar => scalar.clone(),
    };
    Node {
        value,
        offset: node.offset,
    }
}

/// The name under which the model writes a key that is an alias.
fn written<'o>(key: &str, object: &Place, overrides: &'o Overrides) -> Option<&'o str> {
    let is_alias = |field: &&Field| field.alias.iter().any(|alias| alias == key);
    let mut types = overrides.types.iter();
    let described =
        types.find(|described| described.at.iter().any(|pattern| pattern.matches(object)))?;
    let field = described.fields.iter().find(is_alias)?;
    Some(&field.key)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::json;

    const OVERRIDES: &str = r#"
[provider]
name = "Example"
crate = "example"
[[type]]
name = "Device"
doc = "A device."
at = ["*:**.device", "x:[]"]
field = [{ key = "deviceType", alias = ["type"] }]
"#;

    fn unaliased(body: &str) -> String {
        let overrides: Overrides = toml::from_str(OVERRIDES).unwrap();
        json::write(&unalias(&json::read(body).unwrap(), "x", &overrides))
    }

    #[test]
    fn a_key_under_an_alias_is_the_key_where_it_is_one() {
        for (body, expected) in [
            (r#"{"device":{"type":1}}"#, r#"{"device":{"deviceType":1}}"#),
            (
                r#"{"a":[{"device":{"type":1}}]}"#,
                r#"{"a":[{"device":{"deviceType":1}}]}"#,
            ),
            (r#"[{"type":1}]"#, r#"[{"deviceType":1}]"#),
            (
                r#"{"type":1,"other":{"type":2}}"#,
                r#"{"type":1,"other":{"type":2}}"#,
            ),
            (
                r#"{"device":{"type":1,"deviceType":2}}"#,
                r#"{"device":{"type":1,"deviceType":2}}"#,
            ),
        ] {
            let expected = json::write(&json::read(expected).unwrap());
            assert_eq!(unaliased(body), expected, "{body}");
        }
    }
}

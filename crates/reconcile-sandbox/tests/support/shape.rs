//! The shape of bodies: the keys in their order, and the kinds of the values.

use std::collections::BTreeSet;
use std::path::Path;

use serde::de::{Deserialize, Deserializer, MapAccess, SeqAccess, Visitor};

/// What a body fixes but for its values.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Shape {
    Null,
    Boolean,
    Integer,
    Decimal,
    Text,
    /// The shapes that its elements have.
    List(BTreeSet<Shape>),
    /// The fields in their order.
    Object(Vec<(String, Shape)>),
}

impl Shape {
    pub(crate) fn of(body: &str) -> Self {
        serde_json::from_str(body).expect("a body of JSON")
    }

    /// The shape of a body that `fixtures/` has.
    pub(crate) fn published(fixture: &str) -> Self {
        let path = Path::new(env!("CARGO_MANIFEST_DIR"))
            .join("../../fixtures")
            .join(fixture);
        let body = std::fs::read_to_string(&path);
        Self::of(&body.unwrap_or_else(|error| panic!("{}: {error}", path.display())))
    }
}

impl<'de> Deserialize<'de> for Shape {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(ShapeVisitor)
    }
}

struct ShapeVisitor;

impl<'de> Visitor<'de> for ShapeVisitor {
    type Value = Shape;

    fn expecting(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        out.write_str("any JSON")
    }

    fn visit_unit<E>(self) -> Result<Shape, E> {
        Ok(Shape::Null)
    }

    fn visit_bool<E>(self, _: bool) -> Result<Shape, E> {
        Ok(Shape::Boolean)
    }

    fn visit_i64<E>(self, _: i64) -> Result<Shape, E> {
        Ok(Shape::Integer)
    }

    fn visit_u64<E>(self, _: u64) -> Result<Shape, E> {
        Ok(Shape::Integer)
    }

    fn visit_f64<E>(self, _: f64) -> Result<Shape, E> {
        Ok(Shape::Decimal)
    }

    fn visit_str<E>(self, _: &str) -> Result<Shape, E> {
        Ok(Shape::Text)
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<Shape, A::Error> {
        let mut elements = BTreeSet::new();
        while let Some(element) = list.next_element()? {
            elements.insert(element);
        }
        Ok(Shape::List(elements))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut object: A) -> Result<Shape, A::Error> {
        let mut fields: Vec<(String, Shape)> = Vec::new();
        while let Some(field) = object.next_entry()? {
            fields.push(field);
        }
        // So `serde_json` shows a number with a fraction where another crate of
        // the build has its feature `arbitrary_precision` on.
        if matches!(&fields[..], [(key, _)] if key == "$serde_json::private::Number") {
            return Ok(Shape::Decimal);
        }
        Ok(Shape::Object(fields))
    }
}

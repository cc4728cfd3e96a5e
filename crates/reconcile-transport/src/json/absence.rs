//! The ways in which gateways say that there is nothing.

use std::borrow::Cow;
use std::fmt;
use std::marker::PhantomData;

use serde::de::value::{BorrowedStrDeserializer, MapAccessDeserializer};
use serde::de::{
    Deserialize, DeserializeSeed, Deserializer, IntoDeserializer as _, MapAccess, Visitor,
};

/// Reads an object of which `null` and `{}` both mean that there is none:
/// `#[serde(default, deserialize_with = "reconcile_transport::optional_object")]`,
/// where `default` adds the absent key.
///
/// Nothing is buffered, so the path of an error within the object is whole,
/// and fields that borrow or keep their text, as the amounts of
/// [`decimal`](mod@crate::decimal) do, work within it. `T` is what serde reads
/// from an object with text as its keys: a struct, or a map of `String`. Not
/// [`Json`](crate::Json), which keeps the text of the object itself.
///
/// # Errors
///
/// Anything but null or an object, an array included, is "expected an object";
/// what `T` refuses within it is told with `T`'s own message.
pub fn optional_object<'de, D, T>(deserializer: D) -> Result<Option<T>, D::Error>
where
    D: Deserializer<'de>,
    T: Deserialize<'de>,
{
    deserializer.deserialize_option(OptionalObject(PhantomData))
}

/// Reads a list of which `null` means that it is empty:
/// `#[serde(default, deserialize_with = "reconcile_transport::list")]`, where
/// `default` adds the absent key. Nothing is buffered, as with
/// [`optional_object`].
///
/// # Errors
///
/// Anything but null or an array, and any element that `T` refuses, with its index.
pub fn list<'de, D, T>(deserializer: D) -> Result<Vec<T>, D::Error>
where
    D: Deserializer<'de>,
    T: Deserialize<'de>,
{
    Option::deserialize(deserializer).map(Option::unwrap_or_default)
}

struct OptionalObject<T>(PhantomData<T>);

impl<'de, T: Deserialize<'de>> Visitor<'de> for OptionalObject<T> {
    type Value = Option<T>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object")
    }

    fn visit_none<E>(self) -> Result<Self::Value, E> {
        Ok(None)
    }

    fn visit_unit<E>(self) -> Result<Self::Value, E> {
        Ok(None)
    }

    fn visit_some<D: Deserializer<'de>>(self, deserializer: D) -> Result<Self::Value, D::Error> {
        deserializer.deserialize_map(self)
    }

    /// Only the first key tells `{}` from an object, and it can be read once:
    /// it is taken out, and handed to `T` again in front of the rest.
    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
        let Some(Key(first)) = map.next_key()? else {
            return Ok(None);
        };
        let whole = Replayed {
            first: Some(first),
            rest: map,
        };
        T::deserialize(MapAccessDeserializer::new(whole)).map(Some)
    }
}

/// A key, borrowed from the body where it has no escapes. Transparent, since
/// `serde_path_to_error` notes keys that are read as text, and no newtypes.
#[derive(serde::Deserialize)]
#[serde(transparent)]
struct Key<'a>(#[serde(borrow)] Cow<'a, str>);

/// An object whose first key was read already; its value was not.
struct Replayed<'de, A> {
    first: Option<Cow<'de, str>>,
    rest: A,
}

impl<'de, A: MapAccess<'de>> MapAccess<'de> for Replayed<'de, A> {
    type Error = A::Error;

    fn next_key_seed<K: DeserializeSeed<'de>>(
        &mut self,
        seed: K,
    ) -> Result<Option<K::Value>, A::Error> {
        match self.first.take() {
            Some(Cow::Borrowed(key)) => seed
                .deserialize(BorrowedStrDeserializer::new(key))
                .map(Some),
            Some(Cow::Owned(key)) => seed.deserialize(key.into_deserializer()).map(Some),
            None => self.rest.next_key_seed(seed),
        }
    }

    fn next_value_seed<V: DeserializeSeed<'de>>(&mut self, seed: V) -> Result<V::Value, A::Error> {
        self.rest.next_value_seed(seed)
    }

    fn size_hint(&self) -> Option<usize> {
        let rest = self.rest.size_hint()?;
        rest.checked_add(usize::from(self.first.is_some()))
    }
}

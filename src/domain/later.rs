//! A part of an answer that is read only where it is shown: whoever does not show it need not know how.

use super::wire::{Tree, Unreadable};
use serde::de::{DeserializeOwned, MapAccess, SeqAccess, Visitor};
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use std::fmt;

/// A part, as it was made or as it came.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Later<T>(Part<T>);

#[derive(Clone, Debug, PartialEq, Eq)]
enum Part<T> {
    Made(T),
    Sent(Tree),
}

impl<T: DeserializeOwned> Later<T> {
    /// A part to be sent, or shown at once.
    #[must_use]
    pub const fn new(part: T) -> Self {
        Self(Part::Made(part))
    }

    /// The part.
    ///
    /// # Errors
    /// What came is no such part.
    pub fn take(self) -> Result<T, Unreadable> {
        match self.0 {
            Part::Made(part) => Ok(part),
            Part::Sent(tree) => T::deserialize(tree),
        }
    }
}

impl<T: Serialize> Serialize for Later<T> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match &self.0 {
            Part::Made(part) => part.serialize(serializer),
            Part::Sent(tree) => tree.serialize(serializer),
        }
    }
}

impl<'de, T> Deserialize<'de> for Later<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Tree::deserialize(deserializer).map(|tree| Self(Part::Sent(tree)))
    }
}

impl Serialize for Tree {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::Null => serializer.serialize_unit(),
            Self::Bool(is) => serializer.serialize_bool(*is),
            Self::Number(false, size) => serializer.serialize_u64(*size),
            Self::Number(true, size) => serializer.serialize_i64(0_i64.wrapping_sub_unsigned(*size)),
            Self::Text(text) => serializer.serialize_str(text),
            Self::List(list) => serializer.collect_seq(list),
            Self::Object(entries) => serializer.collect_map(entries.iter().map(|(name, value)| (name, value))),
        }
    }
}

impl<'de> Deserialize<'de> for Tree {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Whatever;
        impl<'de> Visitor<'de> for Whatever {
            type Value = Tree;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("JSON without fractions")
            }
            fn visit_unit<E>(self) -> Result<Tree, E> {
                Ok(Tree::Null)
            }
            fn visit_bool<E>(self, is: bool) -> Result<Tree, E> {
                Ok(Tree::Bool(is))
            }
            fn visit_u64<E>(self, size: u64) -> Result<Tree, E> {
                Ok(Tree::Number(false, size))
            }
            fn visit_i64<E>(self, number: i64) -> Result<Tree, E> {
                Ok(Tree::Number(number < 0, number.unsigned_abs()))
            }
            fn visit_str<E>(self, text: &str) -> Result<Tree, E> {
                Ok(Tree::Text(text.to_owned()))
            }
            fn visit_string<E>(self, text: String) -> Result<Tree, E> {
                Ok(Tree::Text(text))
            }
            fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<Tree, A::Error> {
                let mut list = Vec::new();
                while let Some(item) = items.next_element()? {
                    list.push(item);
                }
                Ok(Tree::List(list))
            }
            fn visit_map<A: MapAccess<'de>>(self, mut entries: A) -> Result<Tree, A::Error> {
                let mut list = Vec::new();
                while let Some(entry) = entries.next_entry()? {
                    list.push(entry);
                }
                Ok(Tree::Object(list))
            }
        }
        deserializer.deserialize_any(Whatever)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::wire;

    #[test]
    fn a_part_is_sent_as_what_it_is_and_read_when_it_is_taken() {
        let made: Vec<(i64, Option<String>)> = vec![(-9_223_372_036_854_775_808, None), (7, Some("策\n".to_owned()))];
        let json = serde_json::to_string(&Later::new(made.clone())).unwrap();
        assert_eq!(json, serde_json::to_string(&made).unwrap());
        for came in [wire::read::<Later<Vec<(i64, Option<String>)>>>(&json).unwrap(), serde_json::from_str(&json).unwrap()] {
            assert_eq!(serde_json::to_string(&came).unwrap(), json, "it can be passed on unread");
            assert_eq!(came.take(), Ok(made.clone()));
        }
        assert_eq!(wire::read::<Later<bool>>(r#"{"a":[true]}"#).unwrap().take(), Err(Unreadable));
    }
}

//! JSON that the other half has written, read with little code.
//!
//! The reader of `serde_json` is compiled into the reading of every type anew, with an account of what is wrong where; that was a tenth of what
//! a browser loads. Here a text becomes a tree in one way for all types, and a type is taken out of the tree. A mistake has no words, since
//! nobody could mend it. Numbers are whole: no other ones are sent. Texts from elsewhere must never be read with it.

use serde::de::{
    DeserializeOwned, DeserializeSeed, Deserializer, EnumAccess, Error, Expected, MapAccess, SeqAccess, Unexpected, VariantAccess, Visitor,
};
use std::fmt;
use std::vec::IntoIter;

/// Lists and objects inside of each other at most.
const MAX_DEPTH: usize = 128;

/// The text is not what its reader expects.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Unreadable;

impl fmt::Display for Unreadable {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("not the JSON that was expected")
    }
}

impl std::error::Error for Unreadable {}

/// All that can be wrong is the same, so that nothing is compiled to put it into words.
impl Error for Unreadable {
    fn custom<T: fmt::Display>(_: T) -> Self {
        Self
    }
    fn invalid_type(_: Unexpected<'_>, _: &dyn Expected) -> Self {
        Self
    }
    fn invalid_value(_: Unexpected<'_>, _: &dyn Expected) -> Self {
        Self
    }
    fn invalid_length(_: usize, _: &dyn Expected) -> Self {
        Self
    }
    fn unknown_variant(_: &str, _: &'static [&'static str]) -> Self {
        Self
    }
    fn unknown_field(_: &str, _: &'static [&'static str]) -> Self {
        Self
    }
    fn missing_field(_: &'static str) -> Self {
        Self
    }
    fn duplicate_field(_: &'static str) -> Self {
        Self
    }
}

type Read<T> = Result<T, Unreadable>;

/// Reads a value.
///
/// # Errors
/// The text is no JSON, or not of the type.
pub fn read<T: DeserializeOwned>(text: &str) -> Read<T> {
    T::deserialize(tree(text)?)
}

/// What a text says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Tree {
    Null,
    Bool(bool),
    /// Whether it is below zero, and its size.
    Number(bool, u64),
    Text(String),
    List(Vec<Tree>),
    Object(Vec<(String, Tree)>),
}

fn tree(text: &str) -> Read<Tree> {
    let mut reader = Reader { text, at: 0 };
    let tree = reader.value(0)?;
    reader.skip_blanks();
    if reader.at == text.len() { Ok(tree) } else { Err(Unreadable) }
}

struct Reader<'t> {
    text: &'t str,
    /// On the boundary of a character.
    at: usize,
}

impl Reader<'_> {
    fn peek(&self) -> Option<u8> {
        self.text.as_bytes().get(self.at).copied()
    }

    fn skip_blanks(&mut self) {
        while matches!(self.peek(), Some(b' ' | b'\n' | b'\r' | b'\t')) {
            self.at += 1;
        }
    }

    /// Whether this byte comes next; then it is behind.
    fn takes(&mut self, byte: u8) -> bool {
        let is_next = self.peek() == Some(byte);
        self.at += usize::from(is_next);
        is_next
    }

    fn value(&mut self, depth: usize) -> Read<Tree> {
        self.skip_blanks();
        match self.peek().filter(|_| depth < MAX_DEPTH) {
            Some(b'"') => self.string().map(Tree::Text),
            Some(b'[') => {
                let mut list = Vec::new();
                self.parts(b']', |reader| {
                    list.push(reader.value(depth + 1)?);
                    Ok(())
                })?;
                Ok(Tree::List(list))
            }
            Some(b'{') => {
                let mut entries = Vec::new();
                self.parts(b'}', |reader| {
                    let name = reader.string()?;
                    reader.skip_blanks();
                    if !reader.takes(b':') {
                        return Err(Unreadable);
                    }
                    entries.push((name, reader.value(depth + 1)?));
                    Ok(())
                })?;
                Ok(Tree::Object(entries))
            }
            Some(_) => self.word(),
            None => Err(Unreadable),
        }
    }

    /// What stands between brackets, with commas.
    fn parts(&mut self, end: u8, mut part: impl FnMut(&mut Self) -> Read<()>) -> Read<()> {
        self.at += 1;
        self.skip_blanks();
        if self.takes(end) {
            return Ok(());
        }
        loop {
            self.skip_blanks();
            part(self)?;
            self.skip_blanks();
            if self.takes(end) {
                return Ok(());
            }
            if !self.takes(b',') {
                return Err(Unreadable);
            }
        }
    }

    /// A number, or one of the three words.
    fn word(&mut self) -> Read<Tree> {
        let rest = &self.text[self.at..];
        let word = &rest[..rest.find(|c: char| !(c.is_ascii_alphanumeric() || c == '-')).unwrap_or(rest.len())];
        self.at += word.len();
        if matches!(self.peek(), Some(b'.' | b'+')) {
            return Err(Unreadable);
        }
        match word {
            "null" => Ok(Tree::Null),
            "true" => Ok(Tree::Bool(true)),
            "false" => Ok(Tree::Bool(false)),
            number => {
                let digits = number.strip_prefix('-').unwrap_or(number);
                let plain =
                    !digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_digit()) && (digits == "0" || !digits.starts_with('0'));
                let size = digits.parse().ok().filter(|_| plain).ok_or(Unreadable)?;
                Ok(Tree::Number(digits.len() < number.len(), size))
            }
        }
    }

    fn string(&mut self) -> Read<String> {
        if !self.takes(b'"') {
            return Err(Unreadable);
        }
        let mut made = String::new();
        loop {
            let rest = &self.text[self.at..];
            let plain = rest.find(|c: char| c == '"' || c == '\\' || c < ' ').ok_or(Unreadable)?;
            made.push_str(&rest[..plain]);
            self.at += plain;
            if self.takes(b'"') {
                return Ok(made);
            }
            if !self.takes(b'\\') {
                return Err(Unreadable);
            }
            let letter = self.peek().ok_or(Unreadable)?;
            // Behind a letter of several bytes there is no such escape.
            self.at += 1;
            made.push(match letter {
                b'"' | b'\\' | b'/' => char::from(letter),
                b'b' => '\u{8}',
                b'f' => '\u{c}',
                b'n' => '\n',
                b'r' => '\r',
                b't' => '\t',
                b'u' => self.unit()?,
                _ => return Err(Unreadable),
            });
        }
    }

    /// A character by its number, or by two of UTF-16.
    fn unit(&mut self) -> Read<char> {
        let first = self.hex()?;
        if !(0xD800..0xDC00).contains(&first) {
            return char::from_u32(first).ok_or(Unreadable);
        }
        if !(self.takes(b'\\') && self.takes(b'u')) {
            return Err(Unreadable);
        }
        let second = self.hex()?.checked_sub(0xDC00).filter(|low| *low < 0x400).ok_or(Unreadable)?;
        char::from_u32(0x1_0000 + (first - 0xD800) * 0x400 + second).ok_or(Unreadable)
    }

    fn hex(&mut self) -> Read<u32> {
        let digits = self.text.get(self.at..self.at + 4).filter(|digits| digits.bytes().all(|byte| byte.is_ascii_hexdigit()));
        self.at += 4;
        digits.and_then(|digits| u32::from_str_radix(digits, 16).ok()).ok_or(Unreadable)
    }
}

fn seq<'de, V: Visitor<'de>>(list: Vec<Tree>, visitor: V) -> Read<V::Value> {
    let mut left = list.into_iter();
    let value = visitor.visit_seq(Items(&mut left))?;
    if left.len() == 0 { Ok(value) } else { Err(Unreadable) }
}

fn number<'de, V: Visitor<'de>>(tree: Tree, visitor: V) -> Read<V::Value> {
    match tree {
        Tree::Number(false, size) => visitor.visit_u64(size),
        Tree::Number(true, size) => visitor.visit_i64(0_i64.checked_sub_unsigned(size).ok_or(Unreadable)?),
        _ => Err(Unreadable),
    }
}

/// Makes the ways to numbers.
macro_rules! numbers {
    ($($way:ident)+) => {
        $(fn $way<V: Visitor<'de>>(self, visitor: V) -> Read<V::Value> {
            number(self, visitor)
        })+
    };
}

/// Makes the ways to texts.
macro_rules! texts {
    ($($way:ident)+) => {
        $(fn $way<V: Visitor<'de>>(self, visitor: V) -> Read<V::Value> {
            match self {
                Tree::Text(text) => visitor.visit_string(text),
                _ => Err(Unreadable),
            }
        })+
    };
}

/// Each way tries only what the type can be: an object is never read from a list, though `serde` offers that.
impl<'de> Deserializer<'de> for Tree {
    type Error = Unreadable;

    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Read<V::Value> {
        match self {
            Self::Null => visitor.visit_unit(),
            Self::Bool(is) => visitor.visit_bool(is),
            Self::Number(..) => number(self, visitor),
            Self::Text(text) => visitor.visit_string(text),
            Self::List(list) => seq(list, visitor),
            Self::Object(entries) => visitor.visit_map(Entries::of(entries)),
        }
    }

    numbers! { deserialize_i8 deserialize_i16 deserialize_i32 deserialize_i64 deserialize_u8 deserialize_u16 deserialize_u32 deserialize_u64 }
    texts! { deserialize_char deserialize_str deserialize_string deserialize_identifier }

    fn deserialize_bool<V: Visitor<'de>>(self, visitor: V) -> Read<V::Value> {
        match self {
            Self::Bool(is) => visitor.visit_bool(is),
            _ => Err(Unreadable),
        }
    }

    fn deserialize_option<V: Visitor<'de>>(self, visitor: V) -> Read<V::Value> {
        match self {
            Self::Null => visitor.visit_none(),
            some => visitor.visit_some(some),
        }
    }

    fn deserialize_newtype_struct<V: Visitor<'de>>(self, _: &'static str, visitor: V) -> Read<V::Value> {
        visitor.visit_newtype_struct(self)
    }

    fn deserialize_seq<V: Visitor<'de>>(self, visitor: V) -> Read<V::Value> {
        match self {
            Self::List(list) => seq(list, visitor),
            _ => Err(Unreadable),
        }
    }

    fn deserialize_tuple<V: Visitor<'de>>(self, _: usize, visitor: V) -> Read<V::Value> {
        self.deserialize_seq(visitor)
    }

    fn deserialize_tuple_struct<V: Visitor<'de>>(self, _: &'static str, _: usize, visitor: V) -> Read<V::Value> {
        self.deserialize_seq(visitor)
    }

    fn deserialize_map<V: Visitor<'de>>(self, visitor: V) -> Read<V::Value> {
        match self {
            Self::Object(entries) => visitor.visit_map(Entries::of(entries)),
            _ => Err(Unreadable),
        }
    }

    fn deserialize_struct<V: Visitor<'de>>(self, _: &'static str, _: &'static [&'static str], visitor: V) -> Read<V::Value> {
        self.deserialize_map(visitor)
    }

    fn deserialize_enum<V: Visitor<'de>>(self, _: &'static str, _: &'static [&'static str], visitor: V) -> Read<V::Value> {
        visitor.visit_enum(match self {
            Self::Text(name) => Variant { name, content: Self::Null },
            Self::Object(mut entries) if entries.len() == 1 => {
                let (name, content) = entries.pop().ok_or(Unreadable)?;
                Variant { name, content }
            }
            _ => return Err(Unreadable),
        })
    }

    fn deserialize_ignored_any<V: Visitor<'de>>(self, visitor: V) -> Read<V::Value> {
        visitor.visit_unit()
    }

    serde::forward_to_deserialize_any! { f32 f64 bytes byte_buf unit unit_struct }
}

struct Items<'l>(&'l mut IntoIter<Tree>);

impl<'de> SeqAccess<'de> for Items<'_> {
    type Error = Unreadable;

    fn next_element_seed<T: DeserializeSeed<'de>>(&mut self, seed: T) -> Read<Option<T::Value>> {
        self.0.next().map(|tree| seed.deserialize(tree)).transpose()
    }

    fn size_hint(&self) -> Option<usize> {
        Some(self.0.len())
    }
}

struct Entries {
    left: IntoIter<(String, Tree)>,
    /// The value of the entry whose name was read.
    value: Tree,
}

impl Entries {
    fn of(entries: Vec<(String, Tree)>) -> Self {
        Self { left: entries.into_iter(), value: Tree::Null }
    }
}

impl<'de> MapAccess<'de> for Entries {
    type Error = Unreadable;

    fn next_key_seed<K: DeserializeSeed<'de>>(&mut self, seed: K) -> Read<Option<K::Value>> {
        let Some((name, value)) = self.left.next() else { return Ok(None) };
        self.value = value;
        seed.deserialize(Tree::Text(name)).map(Some)
    }

    fn next_value_seed<V: DeserializeSeed<'de>>(&mut self, seed: V) -> Read<V::Value> {
        seed.deserialize(std::mem::replace(&mut self.value, Tree::Null))
    }
}

struct Variant {
    name: String,
    content: Tree,
}

impl<'de> EnumAccess<'de> for Variant {
    type Error = Unreadable;
    type Variant = Tree;

    fn variant_seed<V: DeserializeSeed<'de>>(self, seed: V) -> Read<(V::Value, Tree)> {
        Ok((seed.deserialize(Tree::Text(self.name))?, self.content))
    }
}

impl<'de> VariantAccess<'de> for Tree {
    type Error = Unreadable;

    fn unit_variant(self) -> Read<()> {
        if matches!(self, Self::Null) { Ok(()) } else { Err(Unreadable) }
    }

    fn newtype_variant_seed<T: DeserializeSeed<'de>>(self, seed: T) -> Read<T::Value> {
        seed.deserialize(self)
    }

    fn tuple_variant<V: Visitor<'de>>(self, _: usize, visitor: V) -> Read<V::Value> {
        self.deserialize_seq(visitor)
    }

    fn struct_variant<V: Visitor<'de>>(self, _: &'static [&'static str], visitor: V) -> Read<V::Value> {
        self.deserialize_map(visitor)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use serde::Deserialize;
    use serde_json::Value;

    #[derive(Debug, PartialEq, Deserialize)]
    #[serde(rename_all = "snake_case")]
    enum Shape {
        Bare,
        Held(i64),
        Pair(i8, String),
        Named { at: Option<u64> },
    }

    #[derive(Debug, PartialEq, Deserialize)]
    struct All {
        shapes: Vec<Shape>,
        #[serde(default)]
        missing: String,
        nothing: Option<bool>,
        unit: (),
        pair: (i64, bool),
    }

    /// What both readers make of a text.
    fn both<T: DeserializeOwned + PartialEq + fmt::Debug>(text: &str) -> Option<T> {
        let ours = read::<T>(text).ok();
        assert_eq!(ours, serde_json::from_str::<T>(text).ok(), "{text}");
        ours
    }

    #[test]
    fn types_of_every_make_are_read_as_serde_json_reads_them() {
        let text = r#" { "shapes" : ["bare", {"held":-9223372036854775808}, {"pair":[1,"\u7b56\ud83d\ude00\n\/"]}, {"named":{"at":18446744073709551615}},
            {"named":{}}], "nothing":null, "more":{"x":[1,{}]}, "unit":null, "pair":[0,true] } "#;
        assert_eq!(both::<All>(text).unwrap().shapes.len(), 5);
        let shapes = r#""bare" {"bare":null} "held" {"held":1,"bare":null} {"pair":[1]} {"pair":[1,"",2]} {"pair":[128,""]} "other" 1 {}
            {"held":9223372036854775808} {"named":{"at":-1}} {"named":{"at":1,"at":2}}"#;
        for shape in shapes.split_whitespace() {
            both::<Shape>(shape);
        }
        both::<Result<i64, String>>(r#"{"Err":"x"}"#);
    }

    #[test]
    fn what_is_no_json_is_refused() {
        let wrong = r#"[ [1 [1, [1,] [,1] { {"a"} {"a":} {"a":1,} {a:1} " "\ "\x" "\策" "\u12" "\u12策" "\ud800" "\ud800\u0041" "\udc00" 01 - --1
            +1 1- tru nulls [1]] 18446744073709551616 1.5 1e5"#;
        for text in wrong.split_whitespace().chain(["", " ", "\"\n\"", "1 2"]) {
            assert!(read::<Value>(text).is_err(), "{text}");
        }
        let deep = |levels: usize| format!("{}{}", "[".repeat(levels), "]".repeat(levels));
        assert!(read::<Value>(&deep(MAX_DEPTH)).is_ok() && read::<Value>(&deep(MAX_DEPTH + 1)).is_err());
    }

    proptest! {
        #[test]
        fn whatever_serde_json_writes_is_read(values in proptest::collection::vec((".*", any::<i64>(), any::<u64>(), any::<Option<bool>>()), 0..8)) {
            let value = serde_json::to_value(&values).unwrap();
            prop_assert_eq!(read::<Value>(&value.to_string()).unwrap(), value.clone());
            prop_assert_eq!(read::<Value>(&serde_json::to_string_pretty(&value).unwrap()).unwrap(), value);
        }

        #[test]
        fn no_text_does_harm(text in r#"[\[\]{}",:\\u0-9a-ftrnl \u{7b56}.eE+-]{0,24}"#) {
            if let Ok(value) = read::<Value>(&text) {
                prop_assert_eq!(serde_json::from_str::<Value>(&text).unwrap(), value);
            }
        }
    }
}

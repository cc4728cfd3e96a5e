//! Names in Rust for keys and words on the wire.
//!
//! A name is a function of the key alone, so that no other key or sample can
//! change it; what cannot stand side by side is refused where it is used. Names
//! are ASCII, although Rust takes more: serde's `rename_all` panics on others, and
//! what a key in Arabic is called in English is for a person to say.

/// The keywords of the 2024 edition, those reserved for later included.
const KEYWORDS: [&str; 52] = [
    "abstract", "as", "async", "await", "become", "box", "break", "const", "continue", "crate",
    "do", "dyn", "else", "enum", "extern", "false", "final", "fn", "for", "gen", "if", "impl",
    "in", "let", "loop", "macro", "match", "mod", "move", "mut", "override", "priv", "pub", "ref",
    "return", "Self", "self", "static", "struct", "super", "trait", "true", "try", "type",
    "typeof", "unsafe", "unsized", "use", "virtual", "where", "while", "yield",
];

/// Keywords that no `r#` makes a name.
const NEVER_RAW: [&str; 4] = ["Self", "self", "super", "crate"];

/// What generated code calls otherwise: a type of such a name would shadow it.
const TAKEN: [&str; 38] = [
    "Box",
    "BTreeMap",
    "Clone",
    "Copy",
    "Date",
    "DateTime",
    "Debug",
    "Decimal",
    "Default",
    "Deserialize",
    "Drop",
    "Eq",
    "Err",
    "Fn",
    "FnMut",
    "FnOnce",
    "From",
    "Hash",
    "Into",
    "Iterator",
    "Json",
    "MaskedPan",
    "None",
    "Ok",
    "Option",
    "Ord",
    "PartialEq",
    "PartialOrd",
    "Personal",
    "Result",
    "Self",
    "Send",
    "Serialize",
    "Some",
    "String",
    "T",
    "Timestamp",
    "Vec",
];

/// The name of a field: the key in snake case, with `r#` where it is a keyword.
/// Nothing where a person must find one.
#[must_use]
pub(crate) fn field(key: &str) -> Option<String> {
    let name = ascii_words(key)?.join("_");
    let first = name.chars().next()?;
    Some(if NEVER_RAW.contains(&name.as_str()) {
        format!("{name}_")
    } else if KEYWORDS.contains(&name.as_str()) {
        format!("r#{name}")
    } else if first.is_ascii_alphabetic() {
        name
    } else {
        format!("field_{name}")
    })
}

/// The name of a type or the end of one, and of a variant: Pascal case.
/// Nothing where a person must find one.
#[must_use]
pub(crate) fn pascal(word: &str) -> Option<String> {
    let words = ascii_words(word)?;
    let name: String = words.iter().map(|word| capitalised(word)).collect();
    let first = name.chars().next()?;
    Some(if NEVER_RAW.contains(&name.as_str()) {
        format!("{name}_")
    } else if first.is_ascii_alphabetic() {
        name
    } else {
        format!("Value{name}")
    })
}

/// Whether a type may have the name.
#[must_use]
pub(crate) fn is_type_name(name: &str) -> bool {
    let mut characters = name.chars();
    characters.next().is_some_and(char::is_uppercase)
        && characters.all(|c| c.is_ascii_alphanumeric())
        && !TAKEN.contains(&name)
}

/// How a struct spells its keys: an argument of serde's `rename_all`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Spelling {
    /// As the fields are called.
    Snake,
    /// `camelCase`
    Camel,
    /// `PascalCase`
    Pascal,
    /// `SCREAMING_SNAKE_CASE`
    ScreamingSnake,
    /// `kebab-case`
    Kebab,
}

impl Spelling {
    /// All of them, the plainest first.
    pub(crate) const ALL: [Self; 5] = [
        Self::Snake,
        Self::Camel,
        Self::Pascal,
        Self::ScreamingSnake,
        Self::Kebab,
    ];

    /// The argument of `rename_all`; none where nothing is renamed.
    #[must_use]
    pub(crate) const fn argument(self) -> Option<&'static str> {
        match self {
            Self::Snake => None,
            Self::Camel => Some("camelCase"),
            Self::Pascal => Some("PascalCase"),
            Self::ScreamingSnake => Some("SCREAMING_SNAKE_CASE"),
            Self::Kebab => Some("kebab-case"),
        }
    }

    /// The key that serde makes of a field's name.
    #[must_use]
    pub(crate) fn key(self, field: &str) -> String {
        let name = field.trim_start_matches("r#");
        let pascal = || name.split('_').map(capitalised).collect::<String>();
        match self {
            Self::Snake => name.to_owned(),
            Self::Camel => {
                let pascal = pascal();
                let mut characters = pascal.chars();
                characters.next().map_or_else(String::new, |first| {
                    first.to_ascii_lowercase().to_string() + characters.as_str()
                })
            }
            Self::Pascal => pascal(),
            Self::ScreamingSnake => name.to_ascii_uppercase(),
            Self::Kebab => name.replace('_', "-"),
        }
    }
}

/// The words of a key of which every letter can be in a name.
fn ascii_words(key: &str) -> Option<Vec<String>> {
    let foreign = |c: char| !c.is_ascii() && c.is_alphanumeric();
    (!key.contains(foreign)).then(|| words(key))
}

/// The words of a key, in lower case: `idUser`, `URLPath`, `on-hold`.
pub(crate) fn words(key: &str) -> Vec<String> {
    let mut words = Vec::new();
    let mut word = String::new();
    let characters: Vec<char> = key.chars().collect();
    for (index, &character) in characters.iter().enumerate() {
        let before = index.checked_sub(1).and_then(|at| characters.get(at));
        let after = characters.get(index + 1);
        if !character.is_alphanumeric() {
            words.push(std::mem::take(&mut word));
            continue;
        }
        let starts = character.is_uppercase()
            && before.is_some_and(|before| {
                before.is_lowercase()
                    || before.is_ascii_digit()
                    || (before.is_uppercase() && after.is_some_and(|after| after.is_lowercase()))
            });
        if starts {
            words.push(std::mem::take(&mut word));
        }
        word.extend(character.to_lowercase());
    }
    words.push(word);
    words.retain(|word| !word.is_empty());
    words
}

fn capitalised(word: &str) -> String {
    let mut characters = word.chars();
    characters.next().map_or_else(String::new, |first| {
        first.to_ascii_uppercase().to_string() + characters.as_str()
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_become_names_of_fields() {
        for (key, name) in [
            ("idUser", "id_user"),
            ("InsertDateTime", "insert_date_time"),
            ("merchant_name", "merchant_name"),
            ("URLPath", "url_path"),
            ("userID", "user_id"),
            ("Address2", "address2"),
            ("address2Line", "address2_line"),
            ("x-request-id", "x_request_id"),
            ("type", "r#type"),
            ("gen", "r#gen"),
            ("async", "r#async"),
            ("self", "self_"),
            ("crate", "crate_"),
            ("1st", "field_1st"),
            ("Option", "option"),
            ("String", "string"),
            ("Vec", "vec"),
            ("_id", "id"),
            ("a–b", "a_b"),
        ] {
            assert_eq!(field(key).as_deref(), Some(name), "{key}");
        }
        for key in ["", "--", "نص", "naïve"] {
            assert_eq!(field(key), None, "{key}");
        }
    }

    #[test]
    fn words_become_names_of_variants() {
        for (word, name) in [
            ("ON_HOLD", "OnHold"),
            ("PENDING", "Pending"),
            ("refund_reversal", "RefundReversal"),
            ("3DS", "Value3Ds"),
            ("self", "Self_"),
        ] {
            assert_eq!(pascal(word).as_deref(), Some(name), "{word}");
        }
    }

    #[test]
    fn names_that_rust_or_generated_code_has_are_no_types() {
        for name in [
            "Option", "String", "Vec", "Result", "Box", "Decimal", "T", "deposit", "A_B",
        ] {
            assert!(!is_type_name(name), "{name}");
        }
        assert!(is_type_name("Deposit"));
        assert!(is_type_name("Terminal2"));
    }

    #[test]
    fn a_spelling_is_serdes() {
        for (spelling, key) in [
            (Spelling::Snake, "id_deposit"),
            (Spelling::Camel, "idDeposit"),
            (Spelling::Pascal, "IdDeposit"),
            (Spelling::ScreamingSnake, "ID_DEPOSIT"),
            (Spelling::Kebab, "id-deposit"),
        ] {
            assert_eq!(spelling.key("id_deposit"), key);
        }
        assert_eq!(Spelling::Camel.key("r#type"), "type");
    }
}

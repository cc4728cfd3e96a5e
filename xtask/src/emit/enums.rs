//! Open enums: a value that is not known is kept as it came.

use proc_macro2::{Literal, TokenStream};
use quote::quote;

use super::{
    doc::{Level, doc},
    ident,
};
use crate::{
    model::{Enum, Variant},
    overrides::{Wire, Word},
};

/// An enum and its conversions.
pub(super) fn items(words: &Enum) -> Vec<TokenStream> {
    match words.wire {
        Wire::Text => of_texts(words),
        Wire::Integer => of_integers(words),
    }
}

fn of_texts(words: &Enum) -> Vec<TokenStream> {
    let name = ident(&words.name);
    let doc = doc(&words.doc, Level::Item);
    let variants = words.variants.iter().map(variant);
    let names = || words.variants.iter().map(|variant| ident(&variant.name));
    let [to_text, from_text] = [names(), names()];
    let literals = || words.variants.iter().map(literal);
    let [text_to, text_from] = [literals(), literals()];
    vec![
        quote! {
            #doc
            #[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
            #[serde(from = "String", into = "String")]
            #[non_exhaustive]
            pub enum #name {
                #(#variants)*
                /// A word that this version does not know, as it came.
                Unknown(String),
            }
        },
        quote! {
            impl #name {
                /// The word as it is on the wire.
                #[must_use]
                pub fn as_str(&self) -> &str {
                    match self {
                        #(Self::#to_text => #text_to,)*
                        Self::Unknown(word) => word,
                    }
                }
            }
        },
        quote! {
            impl AsRef<str> for #name {
                fn as_ref(&self) -> &str {
                    self.as_str()
                }
            }
        },
        quote! {
            impl From<String> for #name {
                fn from(value: String) -> Self {
                    match value.as_str() {
                        #(#text_from => Self::#from_text,)*
                        _ => Self::Unknown(value),
                    }
                }
            }
        },
        quote! {
            impl From<#name> for String {
                fn from(value: #name) -> Self {
                    value.as_str().to_owned()
                }
            }
        },
    ]
}

fn of_integers(words: &Enum) -> Vec<TokenStream> {
    let name = ident(&words.name);
    let doc = doc(&words.doc, Level::Item);
    let variants = words.variants.iter().map(variant);
    let names = || words.variants.iter().map(|variant| ident(&variant.name));
    let [to_number, from_number] = [names(), names()];
    let literals = || words.variants.iter().map(literal);
    let [number_to, number_from] = [literals(), literals()];
    vec![
        quote! {
            #doc
            #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
            #[serde(from = "i64", into = "i64")]
            #[non_exhaustive]
            pub enum #name {
                #(#variants)*
                /// A number that this version does not know.
                Unknown(i64),
            }
        },
        quote! {
            impl #name {
                /// The number as it is on the wire.
                #[must_use]
                pub const fn as_i64(self) -> i64 {
                    match self {
                        #(Self::#to_number => #number_to,)*
                        Self::Unknown(number) => number,
                    }
                }
            }
        },
        quote! {
            impl From<i64> for #name {
                fn from(value: i64) -> Self {
                    match value {
                        #(#number_from => Self::#from_number,)*
                        _ => Self::Unknown(value),
                    }
                }
            }
        },
        quote! {
            impl From<#name> for i64 {
                fn from(value: #name) -> Self {
                    value.as_i64()
                }
            }
        },
    ]
}

/// A number is said in the documentation, since the name does not tell it.
fn variant(variant: &Variant) -> TokenStream {
    let name = ident(&variant.name);
    let doc = match &variant.wire {
        Word::Text(_) => doc(&variant.doc, Level::Member),
        Word::Integer(number) => {
            let said = format!("{number}: {}", lower_first(&variant.doc));
            doc(&said, Level::Member)
        }
    };
    quote! {
        #doc
        #name,
    }
}

fn literal(variant: &Variant) -> Literal {
    match &variant.wire {
        Word::Text(word) => Literal::string(word),
        Word::Integer(number) => Literal::i64_unsuffixed(*number),
    }
}

fn lower_first(text: &str) -> String {
    let mut characters = text.chars();
    characters.next().map_or_else(String::new, |first| {
        first.to_ascii_lowercase().to_string() + characters.as_str()
    })
}

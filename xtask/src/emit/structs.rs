//! Structs and their fields.

use proc_macro2::TokenStream;
use quote::quote;

use super::{
    Imports,
    doc::{Level, doc},
    ident, rust_type,
};
use crate::{
    model::{Field, Struct, Type},
    names::Spelling,
};

/// A struct.
pub(super) fn item(object: &Struct, imports: &mut Imports) -> TokenStream {
    let name = ident(&object.name);
    let doc = doc(&object.doc, Level::Item);
    let generics = object.generic.then(|| quote!(<T>));
    let default = (object.sent && has_default(object)).then(|| quote!(Default,));
    let spelling = spelling(object);
    let rename_all = spelling
        .argument()
        .map(|spelling| quote!(#[serde(rename_all = #spelling)]));
    // Serde infers no bound from a field that is read by a function.
    let is_inferred = |field: &Field| field.required || !field.model.has_parameter();
    let bound = (!object.fields.iter().all(is_inferred))
        .then(|| quote!(#[serde(bound(deserialize = "T: Deserialize<'de>"))]));
    let fields: Vec<TokenStream> = object
        .fields
        .iter()
        .map(|field| self::field(field, object.objects, spelling, imports))
        .collect();
    quote! {
        #doc
        #[derive(Clone, Debug, #default PartialEq, Eq, Serialize, Deserialize)]
        #rename_all
        #bound
        #[non_exhaustive]
        pub struct #name #generics {
            #(#fields)*
        }
    }
}

/// Imports the structs that a type names.
pub(super) fn imports_of(model: &Type, module: &str, imports: &mut Imports) {
    match model {
        Type::Struct(name, argument) => {
            imports.add(&format!("{module}::{name}"));
            if let Some(argument) = argument {
                imports_of(argument, module, imports);
            }
        }
        Type::List(inner) | Type::Map(inner) | Type::Nullable(inner) => {
            imports_of(inner, module, imports);
        }
        _ => {}
    }
}

fn field(field: &Field, objects: u64, spelling: Spelling, imports: &mut Imports) -> TokenStream {
    let name = ident(&field.name);
    let evidence = field.shape.presence(objects);
    let said = match &field.doc {
        Some(said) => format!("{said}\n\n{evidence}"),
        None => evidence,
    };
    let doc = doc(&said, Level::Member);
    let key = &field.key;
    let rename = (spelling.key(&field.name) != *key).then(|| quote!(#[serde(rename = #key)]));
    let alias = field.alias.iter().map(|key| quote!(#[serde(alias = #key)]));
    let model = field_type(field, imports);
    let is_list = matches!(field.model, Type::List(_));
    let absence = match (field.required, is_list) {
        (true, _) => quote!(),
        (false, true) => quote!(#[serde(default, skip_serializing_if = "Vec::is_empty")]),
        (false, false) => quote!(#[serde(default, skip_serializing_if = "Option::is_none")]),
    };
    let wire = wire(field, imports);
    quote! {
        #doc
        #rename
        #(#alias)*
        #wire
        #absence
        pub #name: #model,
    }
}

/// The type of the field itself: an optional list is an empty one.
pub(super) fn field_type(field: &Field, imports: &mut Imports) -> TokenStream {
    let inner = rust_type(&field.model, imports);
    if field.required || matches!(field.model, Type::List(_)) {
        inner
    } else {
        quote!(Option<#inner>)
    }
}

/// How a field is read and written, where serde alone would do it otherwise.
fn wire(field: &Field, imports: &mut Imports) -> TokenStream {
    let (attribute, function) = match (&field.model, field.required) {
        (Type::Decimal, true) => ("with", "decimal"),
        (Type::Decimal, false) => ("with", "optional_decimal"),
        (Type::DecimalText, true) => ("with", "decimal_text"),
        (Type::DecimalText, false) => ("with", "optional_decimal_text"),
        (Type::InstantMillis, true) => ("with", "instant_millis"),
        (Type::InstantMillis, false) => ("with", "optional_instant_millis"),
        (Type::Instant, true) => ("deserialize_with", "instant"),
        (Type::Instant, false) => ("deserialize_with", "optional_instant"),
        (Type::LocalDatetime, true) => ("deserialize_with", "local_datetime"),
        (Type::LocalDatetime, false) => ("deserialize_with", "optional_local_datetime"),
        (Type::Date, true) => ("deserialize_with", "local_date"),
        (Type::Date, false) => ("deserialize_with", "optional_local_date"),
        (Type::List(_), false) => ("deserialize_with", "list"),
        (Type::Struct(..) | Type::Map(_) | Type::Parameter, false) => {
            ("deserialize_with", "optional_object")
        }
        _ => return quote!(),
    };
    imports.add(&format!("reconcile_transport::{function}"));
    let attribute = ident(attribute);
    quote!(#[serde(#attribute = #function)])
}

/// The spelling that most keys have; the others are renamed one by one.
fn spelling(object: &Struct) -> Spelling {
    let fitting = |spelling: Spelling| {
        let fields = object.fields.iter();
        fields
            .filter(|field| spelling.key(&field.name) == field.key)
            .count()
    };
    // Of equals, `max_by_key` takes the last.
    Spelling::ALL
        .into_iter()
        .rev()
        .max_by_key(|spelling| fitting(*spelling))
        .unwrap_or(Spelling::Snake)
}

/// Whether every field has a value that says nothing.
fn has_default(object: &Struct) -> bool {
    object.fields.iter().all(|field| {
        let is_list = matches!(field.model, Type::List(_));
        !field.required || is_list || !matches!(field.model, Type::Enum(_) | Type::Own(_))
    })
}

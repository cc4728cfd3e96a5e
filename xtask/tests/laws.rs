//! What holds of every body: the comparison finds each change and nothing else,
//! repairs mend what they name, and sums over bodies are those of whole numbers.

#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a panic is how a test fails"
)]

use proptest::{collection::vec, prelude::*};
use xtask::{
    fixture::Repair,
    invariant::{Law, Verdict},
    json,
    lossless::compare,
    repair::mend,
};

/// A body without nothings (`null`, `{}`, `[]`), whose absence would not be told.
fn body() -> impl Strategy<Value = String> {
    let leaf = prop_oneof![
        any::<bool>().prop_map(|flag| flag.to_string()),
        (any::<i64>(), 0_u32..4).prop_map(|(units, scale)| lexeme(units.into(), scale)),
        "[a-zA-Z0-9 ]{0,6}".prop_map(|text| format!("\"{text}\"")),
    ];
    leaf.prop_recursive(4, 24, 4, |inner| {
        prop_oneof![
            vec(inner.clone(), 1..4).prop_map(|items| format!("[{}]", items.join(","))),
            vec(inner, 1..4).prop_map(object),
        ]
    })
}

fn object(values: Vec<String>) -> String {
    let members: Vec<_> = values
        .into_iter()
        .enumerate()
        .map(|(index, value)| format!("\"k{index}\":{value}"))
        .collect();
    format!("{{{}}}", members.join(","))
}

/// `units` with a point before the last `scale` digits.
fn lexeme(units: i128, scale: u32) -> String {
    let scale = usize::try_from(scale).unwrap();
    let sign = if units < 0 { "-" } else { "" };
    let digits = format!("{:0>width$}", units.unsigned_abs(), width = scale + 1);
    let (whole, fraction) = digits.split_at(digits.len() - scale);
    let point = if scale == 0 { "" } else { "." };
    format!("{sign}{whole}{point}{fraction}")
}

fn count_losses(input: &str, output: &str) -> usize {
    compare(&json::read(input).unwrap(), &json::read(output).unwrap()).len()
}

/// The canonical text of an object, without the line end.
fn canonical(values: Vec<String>) -> String {
    let node = object(values);
    json::write(&json::read(&node).unwrap())
        .trim_end()
        .to_owned()
}

proptest! {
    #[test]
    fn what_a_repair_mends_is_what_was_broken(values in vec(body(), 1..4), comment in "[a-z \"/]{0,9}") {
        use Repair::{AppendCloseBrace, PrependOpenBrace, StripLineComment};
        let sound = canonical(values);
        let mended = format!("{sound}\n");
        let commented = sound.replacen('\n', &format!(" // {comment}\n"), 1);
        for (broken, repairs) in [
            (sound[1..].to_owned(), &[PrependOpenBrace][..]),
            (sound[..sound.len() - 1].to_owned(), &[AppendCloseBrace]),
            (sound[1..sound.len() - 1].to_owned(), &[PrependOpenBrace, AppendCloseBrace]),
            (commented.clone(), &[StripLineComment]),
            (commented[1..].to_owned(), &[StripLineComment, PrependOpenBrace]),
        ] {
            let whole = mend(&broken, repairs);
            prop_assert_eq!(whole.as_ref(), Ok(&mended));
            // Nothing else mends it, and nothing mends it twice.
            prop_assert!(mend(&broken, &repairs[1..]).is_err());
            prop_assert!(mend(&mended, repairs).is_err());
        }
    }

    #[test]
    fn a_body_is_the_same_as_itself_however_it_is_laid_out(body in body()) {
        let node = json::read(&body).unwrap();
        prop_assert_eq!(count_losses(&body, &json::write(&node)), 0);
    }

    #[test]
    fn every_lost_and_every_added_key_is_told_once(values in vec(body(), 1..5), lost in any::<prop::sample::Index>()) {
        let lost = lost.index(values.len());
        let whole = object(values.clone());
        let mut kept = values;
        // The key stays, so that its value alone is gone.
        kept[lost] = "null".to_owned();
        let without = object(kept);
        prop_assert_eq!(count_losses(&whole, &without), 1);
        prop_assert_eq!(count_losses(&without, &whole), 1);
    }

    #[test]
    fn two_numbers_are_the_same_only_with_value_and_scale(
        one in any::<i64>(), other in any::<i64>(), scale in 0_u32..6, more in 1_u32..3
    ) {
        let here = lexeme(one.into(), scale);
        prop_assert_eq!(count_losses(&here, &lexeme(other.into(), scale)), usize::from(one != other));
        let longer = lexeme(one.into(), scale + more);
        prop_assert_eq!(count_losses(&here, &longer), 1);
        let shifted = format!("{one}e-{scale}");
        prop_assert_eq!(count_losses(&here, &shifted), 0);
    }

    #[test]
    fn a_sum_holds_exactly_when_it_does_in_whole_numbers(
        parts in vec(-1_000_000_000_000_i64..1_000_000_000_000, 0..20),
        fee in -1_000_000_i64..1_000_000,
        off in prop_oneof![Just(0_i64), -2_i64..3],
        scale in 0_u32..9,
    ) {
        let total: i64 = parts.iter().sum::<i64>() - fee + off;
        let rows: Vec<_> = parts.iter().map(|part| format!("{{\"n\":{}}}", lexeme((*part).into(), scale))).collect();
        let body = format!(
            "{{\"rows\":[{}],\"fee\":\"{}\",\"total\":{}}}",
            rows.join(","), lexeme(fee.into(), scale), lexeme(total.into(), scale)
        );
        let law: Law = "rows[].n - fee = total".parse().unwrap();
        let found = law.verdicts(&"x:".parse().unwrap(), "x", &json::read(&body).unwrap());
        prop_assert_eq!(found.len(), 1);
        prop_assert_eq!(found[0].1 == Verdict::Holds, off == 0);
    }
}

//! The totals of a day on both sides.

use reconcile_core::{Bucket, BucketComparison, Currency, Sum};

use crate::{
    Style,
    amount::{count, grouped, signed},
    terminal::Sheet,
};

/// A table of the totals of a day: the merchant's, the provider's, and by how
/// much the merchant's are more.
///
/// Amounts are in major units of the currency. What the provider has not told
/// is a dash.
#[must_use]
pub fn day_totals(buckets: &[BucketComparison], currency: Currency, style: Style) -> String {
    let mut sheet = Sheet::new(style);
    let header = [
        "",
        "",
        "your count",
        "provider's",
        "difference",
        "your amount",
        "provider's",
        "difference",
    ];
    let mut rows = vec![header.map(str::to_owned).to_vec()];
    rows.extend(buckets.iter().map(|bucket| row(bucket, currency)));
    sheet.table(&rows);
    sheet.finish()
}

fn row(bucket: &BucketComparison, currency: Currency) -> Vec<String> {
    let BucketComparison {
        name,
        merchant,
        provider,
    } = bucket;
    let amount = |amount| grouped(amount, Some(currency));
    let dash = || "—".to_owned();
    let of_provider = |text: &dyn Fn(&Bucket) -> String| provider.as_ref().map_or_else(dash, text);
    let mark = if *provider == Some(*merchant) {
        "="
    } else {
        "≠"
    };
    vec![
        name.clone(),
        mark.to_owned(),
        count(merchant.count),
        of_provider(&|theirs| count(theirs.count)),
        of_provider(&|theirs| more(merchant.count, theirs.count)),
        amount(merchant.amount),
        of_provider(&|theirs| amount(theirs.amount)),
        of_provider(&|theirs| {
            let difference = Sum::from(merchant.amount).minus(theirs.amount);
            difference.map_or_else(|_| dash(), |more| signed(more, Some(currency)))
        }),
    ]
}

/// How many more ours are, with its sign.
fn more(ours: u64, theirs: u64) -> String {
    match ours.checked_sub(theirs) {
        Some(0) => "0".to_owned(),
        Some(more) => format!("+{}", count(more)),
        None => format!("−{}", count(theirs.abs_diff(ours))),
    }
}

#[cfg(test)]
mod tests {
    use rust_decimal::dec;

    use super::*;

    #[test]
    fn both_sides_stand_beside_each_other_with_the_difference() {
        let bucket = |count, amount| Bucket { count, amount };
        let compared = |name: &str, merchant, provider| BucketComparison {
            name: name.to_owned(),
            merchant,
            provider,
        };
        let shown = day_totals(
            &[
                compared(
                    "total",
                    bucket(1204, dec!(88143.49)),
                    Some(bucket(1205, dec!(88143.5))),
                ),
                compared("refund", bucket(2, dec!(1)), Some(bucket(2, dec!(1.00)))),
                compared("cancel", bucket(2, dec!(1)), None),
            ],
            "TRY".parse().unwrap(),
            Style::default(),
        );
        insta::assert_snapshot!(shown, @"
                   your count  provider's  difference  your amount  provider's  difference
        total   ≠       1,204       1,205          −1    88,143.49   88,143.50       −0.01
        refund  =           2           2           0         1.00        1.00        0.00
        cancel  ≠           2           —           —         1.00           —           —
        ");
    }
}

//! The two charts: how old the breaks are, and on which days the differences lie.
//!
//! Only the bars are drawn. Labels are text beside the drawing, so that they
//! stay readable when it shrinks, and the figures stand in a table below it.

use std::{
    collections::BTreeMap,
    io::{self, Write},
};

use jiff::civil::Date;
use reconcile_core::Currency;
use rust_decimal::{Decimal, prelude::ToPrimitive};

use crate::{
    Run,
    ageing::{self, Bucket},
    amount::{Tally, count, signed},
};

/// The drawing's own units; it is stretched to the width of the page.
const WIDTH: i64 = 1000;
const HEIGHT: i64 = 200;

/// Writes both charts; none where nothing is open.
pub(super) fn write(run: &Run<'_>, out: &mut dyn Write) -> io::Result<()> {
    if run.breaks().next().is_none() {
        return Ok(());
    }
    ageing(run, out)?;
    for (currency, days) in by_day(run) {
        differences(currency, &days, out)?;
    }
    Ok(())
}

fn ageing(run: &Run<'_>, out: &mut dyn Write) -> io::Result<()> {
    let buckets = ageing::buckets(run);
    let breaks = |bucket: &Bucket| i64::try_from(bucket.count()).unwrap_or(i64::MAX);
    let most = buckets.iter().map(breaks).max().unwrap_or(1);
    let words: Vec<_> = buckets
        .iter()
        .map(|bucket| format!("{}: {}", bucket.days, count(bucket.count())))
        .collect();

    out.write_all(b"<figure><figcaption><h3>Age of the breaks</h3><small>Breaks by days since their date</small></figcaption>")?;
    svg("ageing", "Age of the breaks", &words.join("; "), out)?;
    let step = WIDTH / 6;
    for (position, bucket) in (0_i64..).zip(&buckets) {
        let height = scaled(breaks(bucket), most, HEIGHT);
        bar(
            "bar",
            position * step + step / 5,
            HEIGHT - height,
            step * 3 / 5,
            height,
            out,
        )?;
    }
    write!(
        out,
        "<line class=\"zero\" x1=\"0\" y1=\"{HEIGHT}\" x2=\"{WIDTH}\" y2=\"{HEIGHT}\"/></svg><div class=\"ticks even\" aria-hidden=\"true\">"
    )?;
    for bucket in &buckets {
        let breaks = count(bucket.count());
        write!(out, "<span><b>{breaks}</b>{}</span>", bucket.days)?;
    }
    // The amounts by age are a table of their own right, so they stand open.
    out.write_all(b"</div><details open><summary>Figures</summary><table>\
<thead><tr><th scope=\"col\">Days</th><th scope=\"col\">Currency</th><th scope=\"col\" class=\"n\">Breaks</th>\
<th scope=\"col\" class=\"n\">Differences, unsigned</th></tr></thead><tbody>")?;
    for [days, currency, breaks, amount] in ageing::table(&buckets) {
        write!(
            out,
            "<tr><td>{days}</td><td>{currency}</td><td class=\"n\">{breaks}</td><td class=\"n\">{amount}</td></tr>"
        )?;
    }
    out.write_all(b"</tbody></table></details></figure>")
}

fn differences(
    currency: Currency,
    days: &BTreeMap<Date, Tally>,
    out: &mut dyn Write,
) -> io::Result<()> {
    let (Some((&first, _)), Some((&last, _))) = (days.first_key_value(), days.last_key_value())
    else {
        return Ok(());
    };
    // A bar can show no sum of more digits; the table below does.
    let value = |sum: &Tally| sum.to_decimal().unwrap_or_default();
    let most = days
        .values()
        .map(|sum| value(sum).abs())
        .max()
        .unwrap_or_default();
    let title = format!("Differences by day, {currency}");
    let largest = signed(most, Some(currency)).replace('+', "");
    write!(
        out,
        "<figure><figcaption><h3>{title}</h3><small>Ledger higher above the line, provider higher below; largest {largest}</small></figcaption>"
    )?;
    let words = format!(
        "{} days from {first} to {last}; the largest sum is {largest}",
        count(days.len())
    );
    svg(&format!("days-{currency}"), &title, &words, out)?;
    let span = distance(first, last).max(1);
    let width = (WIDTH / (span + 1) - 2).clamp(4, 40);
    let middle = HEIGHT / 2;
    for (&day, sum) in days {
        let (value, x) = (
            value(sum),
            scaled(distance(first, day), span, WIDTH - width),
        );
        let height = part_of(value.abs(), most, middle);
        let (class, y) = if value.is_sign_negative() {
            ("under", middle)
        } else {
            ("over", middle - height)
        };
        bar(class, x, y, width, height, out)?;
    }
    write!(
        out,
        "<line class=\"zero\" x1=\"0\" y1=\"{middle}\" x2=\"{WIDTH}\" y2=\"{middle}\"/></svg><div class=\"ticks\" aria-hidden=\"true\"><span>{first}</span>"
    )?;
    if last > first {
        write!(out, "<span>{last}</span>")?;
    }
    out.write_all(b"</div>")?;
    let rows = days
        .iter()
        .map(|(day, sum)| [day.to_string(), sum.signed(currency)]);
    figures(["Day", "Difference"], rows, out)
}

/// The sums of the differences of each day, by currency.
fn by_day(run: &Run<'_>) -> BTreeMap<Currency, BTreeMap<Date, Tally>> {
    let mut sums = BTreeMap::<_, BTreeMap<_, Tally>>::new();
    for broken in run.breaks() {
        if let (Some(currency), Some(date), Some(difference)) =
            (broken.currency, broken.date, broken.difference)
        {
            let days = sums.entry(currency).or_default();
            days.entry(date).or_default().add(difference);
        }
    }
    sums
}

/// Opens a drawing with its name and what it shows for those who do not see it.
fn svg(id: &str, title: &str, words: &str, out: &mut dyn Write) -> io::Result<()> {
    write!(
        out,
        "<svg viewBox=\"0 0 {WIDTH} {HEIGHT}\" preserveAspectRatio=\"none\" role=\"img\" aria-labelledby=\"{id}-title {id}-desc\">\
<title id=\"{id}-title\">{title}</title><desc id=\"{id}-desc\">{words}</desc>"
    )
}

fn bar(
    class: &str,
    x: i64,
    y: i64,
    width: i64,
    height: i64,
    out: &mut dyn Write,
) -> io::Result<()> {
    if height == 0 {
        return Ok(());
    }
    write!(
        out,
        "<rect class=\"{class}\" x=\"{x}\" y=\"{y}\" width=\"{width}\" height=\"{height}\"/>"
    )
}

/// Closes a figure with its table.
fn figures(
    header: [&str; 2],
    rows: impl Iterator<Item = [String; 2]>,
    out: &mut dyn Write,
) -> io::Result<()> {
    let [left, right] = header;
    write!(
        out,
        "<details><summary>Figures</summary><table><thead><tr><th scope=\"col\">{left}</th><th scope=\"col\" class=\"n\">{right}</th></tr></thead><tbody>"
    )?;
    for [label, figure] in rows {
        write!(
            out,
            "<tr><td>{label}</td><td class=\"n\">{figure}</td></tr>"
        )?;
    }
    out.write_all(b"</tbody></table></details></figure>")
}

/// The length of a bar for a count: at least two units for what is not zero.
fn scaled(part: i64, whole: i64, length: i64) -> i64 {
    part_of(part.into(), whole.into(), length)
}

/// The length of a bar for an amount. Lengths are no money, so they may be cut.
fn part_of(part: Decimal, whole: Decimal, length: i64) -> i64 {
    if part.is_zero() {
        return 0;
    }
    let share = part.checked_div(whole).unwrap_or_default();
    let scaled = share
        .checked_mul(length.into())
        .and_then(|length| length.to_i64());
    scaled.unwrap_or_default().clamp(2, length)
}

fn distance(from: Date, to: Date) -> i64 {
    from.until(to).map_or(0, |span| i64::from(span.get_days()))
}

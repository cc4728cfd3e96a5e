//! Dates and times as receipts print them: `DD/MM/YYYY` and `HH:MM:SS`, without
//! a zone.

use jiff::civil::DateTime;

/// The date and time, or `None` where either has another form: `5/10/22` may be
/// either of two days.
pub(crate) fn printed(date: &str, time: &str) -> Option<DateTime> {
    let [day, month, year] = numbers(date, '/', [2, 2, 4])?;
    let [hour, minute, second] = numbers(time, ':', [2, 2, 2])?;
    let small = |number: i16| i8::try_from(number).ok();
    DateTime::new(
        year,
        small(month)?,
        small(day)?,
        small(hour)?,
        small(minute)?,
        small(second)?,
        0,
    )
    .ok()
}

/// Three numbers of so many digits each.
fn numbers(text: &str, separator: char, digits: [usize; 3]) -> Option<[i16; 3]> {
    let mut parts = text.split(separator);
    let [first, second, third] = digits.map(|digits| {
        let part = parts.next()?;
        let is_number = part.len() == digits && part.bytes().all(|b| b.is_ascii_digit());
        is_number.then(|| part.parse().ok())?
    });
    parts.next().is_none().then_some([first?, second?, third?])
}

#[cfg(test)]
mod tests {
    use jiff::civil::{Date, Time, date};
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn a_printed_date_is_read_day_first() {
        assert_eq!(
            printed("05/10/2022", "17:23:13"),
            Some(date(2022, 10, 5).at(17, 23, 13, 0))
        );
    }

    #[test]
    fn what_has_another_form_is_not_guessed() {
        for (date, time) in [
            ("5/10/2022", "17:23:13"),
            ("05/10/22", "17:23:13"),
            ("2022/10/05", "17:23:13"),
            ("05-10-2022", "17:23:13"),
            ("31/02/2022", "17:23:13"),
            ("05/13/2022", "17:23:13"),
            ("05/10/2022/", "17:23:13"),
            ("+5/10/2022", "17:23:13"),
            (" 5/10/2022", "17:23:13"),
            ("٠٥/١٠/٢٠٢٢", "17:23:13"),
            ("05/10/2022", "17:23"),
            ("05/10/2022", "24:00:00"),
            ("05/10/2022", "17:23:60"),
            ("05/10/2022", "17:23:13.5"),
            ("", ""),
        ] {
            assert_eq!(printed(date, time), None, "{date} {time}");
        }
    }

    proptest! {
        #[test]
        fn every_date_and_time_is_read_as_printed(days in 0_i64..40_000, seconds in 0_i64..86_400) {
            let day = Date::new(1980, 1, 1).unwrap().saturating_add(jiff::Span::new().days(days));
            let time = Time::midnight().wrapping_add(jiff::Span::new().seconds(seconds));
            let at = day.to_datetime(time);
            let (date, clock) = (at.strftime("%d/%m/%Y").to_string(), at.strftime("%H:%M:%S").to_string());
            prop_assert_eq!(printed(&date, &clock), Some(at));
        }

        #[test]
        fn no_text_panics(date in "\\PC{0,12}", time in "\\PC{0,12}") {
            let _ = printed(&date, &time);
        }
    }
}

//! The page.

use reconcile_report::{Run, Style, terminal};

use crate::sample::{HOSTILE, Month, file};

fn page(run: &Run<'_>) -> String {
    file(run, "report.html")
}

/// What stands in the data element, which a browser gives to `JSON.parse`.
fn data(page: &str) -> serde_json::Value {
    let start = "<script type=\"application/json\" id=\"data\">";
    let (_, rest) = page.split_once(start).unwrap();
    let (json, _) = rest.split_once("</script>").unwrap();
    serde_json::from_str(json).unwrap()
}

/// Where what is in the array of a break.
const FIGURES: [usize; 3] = [6, 7, 8];
const LEDGER: usize = 11;
const PROVIDER: usize = 12;

#[test]
fn texts_of_others_never_become_markup() {
    let month = Month::new();
    let mut run = month.run();
    run.title = HOSTILE.to_owned();
    let page = page(&run);
    assert_eq!(
        page.matches("<script").count(),
        2,
        "the data and the script"
    );
    assert_eq!(page.matches("</script>").count(), 2);
    assert!(page.contains("&lt;/script&gt;&lt;script&gt;alert(&quot;1&quot;)"));
    assert!(page.contains("<bdi dir=\"auto\">&lt;/script&gt;"));
}

#[test]
fn the_data_holds_every_text_as_it_is() {
    let month = Month::new();
    let data = data(&page(&month.run()));
    let breaks = data["breaks"].as_array().unwrap();
    let described = |side: usize| {
        breaks
            .iter()
            .flat_map(|item| item[side][1].as_array().unwrap())
            .any(|row| row[9] == HOSTILE)
    };
    assert!(described(LEDGER));
}

#[test]
fn amounts_reach_the_script_as_text() {
    let month = Month::new();
    let data = data(&page(&month.run()));
    for item in data["breaks"].as_array().unwrap() {
        for figure in FIGURES {
            assert!(item[figure].is_string() || item[figure].is_null(), "{item}");
        }
    }
}

#[test]
fn a_break_is_an_array_in_the_order_that_the_script_reads() {
    let month = Month::new();
    let data = data(&page(&month.run()));
    let amounts_differ = &data["breaks"][3];
    let expected = serde_json::json!([
        "60174ebd65c33ee5",
        2,
        "medium",
        "2026-10-01",
        30,
        "PEN",
        "30.00",
        "28.53",
        "1.47",
        "reference",
        "ledger 30.00 − provider 28.53 = 1.47 PEN, the provider's fee",
        [
            1,
            [["L-2", "30.00", "PEN", "2026-10-01", "order-2", "payment"]]
        ],
        [
            1,
            [[
                "P-2",
                "28.53",
                "PEN",
                "2026-10-01",
                "order-2",
                "payment",
                "succeeded",
                "1.47",
                "merchant-7"
            ]]
        ],
    ]);
    assert_eq!(*amounts_differ, expected);
    assert_eq!(
        data["causes"][2],
        serde_json::json!(["amount_mismatch", "Amounts differ"])
    );
    let entry = "[id, amount, currency, date, reference, kind, status, fee, account, description, \
                 tax, settled, method]";
    assert!(page(&month.run()).contains(entry));
    let read = "[id, cause, severity, date, age, currency, expected, actual, difference, rule, \
                explanation, ledger, provider]";
    assert!(page(&month.run()).contains(read));
}

#[test]
fn a_side_with_many_rows_shows_their_sum_and_a_line_for_each_up_to_a_limit() {
    let month = Month::crowded(30);
    let page = page(&month.run());
    let (_, row) = page
        .split_once("<tbody><tr><td data-label=\"Date\">")
        .unwrap();
    let (row, _) = row.split_once("</tr>").unwrap();
    assert_eq!(row.matches("<div class=\"line\">").count(), 20, "{row}");
    assert_eq!(row.matches("<div class=\"entry\">").count(), 0, "{row}");
    assert!(row.contains("<small>and 10 more</small>"));
    let side = &data(&page)["breaks"][0][PROVIDER];
    assert_eq!(side[0], 30);
    // A search finds the rows that are not shown.
    assert_eq!(side[1].as_array().unwrap().len(), 20);
    assert_eq!(side[2].as_array().unwrap().len(), 10);
}

#[test]
fn paper_has_every_row_and_no_controls() {
    let page = page(&Month::new().run());
    let (_, print) = page.split_once("@media print {").unwrap();
    assert!(
        print.contains("#filters, figure summary, th button { display: none"),
        "{print}"
    );
    assert!(page.contains("addEventListener(\"beforeprint\", () => add(visible.length - next))"));
}

#[test]
fn the_page_loads_nothing() {
    let month = Month::new();
    let page = page(&month.run());
    for outside in ["http:", "https:", "src=", "url(", "@import", "<link", "{{"] {
        assert!(!page.contains(outside), "{outside}");
    }
    assert!(page.contains("content=\"default-src 'none'; style-src 'sha256-"));
    assert!(!page.contains("unsafe-inline"));
    assert!(!page.contains(" style=\"") && !page.contains(" onclick="));
}

#[test]
fn many_breaks_are_all_data_and_only_the_first_are_markup() {
    let month = Month::long();
    let page = page(&month.run());
    assert_eq!(data(&page)["breaks"].as_array().unwrap().len(), 250);
    assert_eq!(page.matches("<td data-label=\"Date\">").count(), 200);
    assert!(
        page.contains(
            "The first 200 of 250 breaks; all are in the table of breaks beside this page."
        )
    );
}

#[test]
fn a_clean_month_says_so() {
    let month = Month::clean();
    let page = page(&month.run());
    assert!(page.contains("<p class=\"verdict reconciled\">Reconciled: nothing is open</p>"));
    assert!(page.contains("Nothing is open."));
    assert!(!page.contains("<svg"));
}

#[test]
fn charts_have_a_name_a_description_and_a_table() {
    let month = Month::new();
    let page = page(&month.run());
    let charts = page.matches("<svg").count();
    assert!(charts >= 2, "{charts}");
    assert_eq!(page.matches("<desc id=").count(), charts);
    assert_eq!(page.matches("<summary>Figures</summary>").count(), charts);
}

#[test]
fn the_layers_stand_below_each_other_with_the_first_that_is_open() {
    let month = Month::totals_apart();
    let page = page(&month.run());
    let (_, layers) = page.split_once("<section id=\"layers\">").unwrap();
    let (layers, _) = layers.split_once("</section>").unwrap();
    assert!(
        layers.contains(
            "<h3>PEN <span class=\"open\">+104,642.98 is open at rows to the provider&#39;s totals</span></h3>"
        ),
        "{layers}"
    );
    let states: Vec<_> = layers.match_indices("<li>").collect();
    assert_eq!(states.len(), 3, "{layers}");
    assert!(layers.contains("<li><span>rows to rows</span> <span class=\"holds\">ties</span>"));
}

#[test]
fn matches_are_counted_by_rule_with_what_each_allows() {
    let page = page(&Month::tolerated().run());
    let row = "<td><bdi dir=\"auto\">reference_tolerance</bdi></td><td class=\"n\">1</td>\
               <td class=\"n\">0</td><td class=\"n\">1</td><td class=\"n\">1</td>\
               <td class=\"n\">+0.01 PEN</td>";
    assert!(page.contains(row), "{page}");
}

#[test]
fn a_cause_is_as_severe_as_the_worst_of_its_breaks() {
    let page = page(&Month::eased().run());
    let (_, causes) = page.split_once("<th scope=\"col\">Cause</th>").unwrap();
    let (causes, _) = causes.split_once("</table>").unwrap();
    assert_eq!(causes.matches("severity low").count(), 1, "{causes}");
}

#[test]
fn what_is_to_be_known_of_the_search_is_said_everywhere() {
    let month = Month::noted();
    let run = month.run();
    assert!(
        page(&run)
            .contains("Note: the search gave up on <bdi dir=\"auto\">دفعة</bdi>, 7 &lt; 8</p>")
    );
    let text = terminal(&run, Style::default());
    assert!(
        text.contains("\n  Note: the search gave up on دفعة, 7 < 8\n"),
        "{text}"
    );
    let mut table = Vec::new();
    run.summary_table().write_csv(&mut table).unwrap();
    let table = String::from_utf8(table).unwrap();
    assert!(
        table.contains("note,,,,\"the search gave up on دفعة, 7 < 8\""),
        "{table}"
    );
}

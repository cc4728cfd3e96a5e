//! The page.

use reconcile_report::Run;

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
    let described = |side: &str| {
        breaks
            .iter()
            .flat_map(|item| item[side]["rows"].as_array().unwrap())
            .any(|row| row["description"] == HOSTILE)
    };
    assert!(described("ledger"));
}

#[test]
fn amounts_reach_the_script_as_text() {
    let month = Month::new();
    let data = data(&page(&month.run()));
    for item in data["breaks"].as_array().unwrap() {
        for figure in ["expected", "actual", "difference"] {
            assert!(item[figure].is_string() || item[figure].is_null(), "{item}");
        }
    }
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

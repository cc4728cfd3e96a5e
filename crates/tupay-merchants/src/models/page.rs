//! What a page says about the pages behind it.

use super::Page;

impl<T> Page<T> {
    /// Whether another page is to be asked for. Where TuPay gives no page
    /// size, only a page without rows is the last.
    #[must_use]
    pub const fn has_more(&self) -> bool {
        is_full(self.rows, self.max_rows)
    }
}

/// Whether a page of so many rows may be followed by another.
pub(crate) const fn is_full(rows: u64, max_rows: u64) -> bool {
    rows > 0 && rows >= max_rows
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn without_a_page_size_only_an_empty_page_is_the_last() {
        let has_more = |rows, max_rows| {
            let page = Page::<()> {
                data: Vec::new(),
                page: 0,
                rows,
                max_rows,
            };
            page.has_more()
        };
        assert!(has_more(50, 50) && has_more(51, 50) && !has_more(49, 50));
        assert!(has_more(1, 0) && !has_more(0, 0));
    }
}

//! What deposits and cashouts are filtered by.

use crate::{
    list::{Filters, Query, Row},
    models::Personal,
};

/// The filters of deposits and of cashouts, which differ in their statuses only.
#[derive(Clone, Debug)]
pub struct TransactionFilters<S> {
    country: Option<String>,
    payment_method: Option<String>,
    client_document: Option<Personal>,
    status: Option<S>,
}

impl<S> Default for TransactionFilters<S> {
    fn default() -> Self {
        Self {
            country: None,
            payment_method: None,
            client_document: None,
            status: None,
        }
    }
}

impl<S> Query<TransactionFilters<S>> {
    /// Only of this country, ISO 3166-1 alpha-2.
    #[must_use]
    pub fn country(mut self, country: impl Into<String>) -> Self {
        self.filters.country = Some(country.into());
        self
    }

    /// Only of this method, such as `XA` or `XAQR`. Cashouts do not carry their
    /// method, so for them TuPay's own filtering cannot be checked.
    #[must_use]
    pub fn payment_method(mut self, code: impl Into<String>) -> Self {
        self.filters.payment_method = Some(code.into());
        self
    }

    /// Only of the customer or beneficiary with this document number.
    #[must_use]
    pub fn client_document(mut self, document: impl Into<Personal>) -> Self {
        self.filters.client_document = Some(document.into());
        self
    }

    /// Only with this status. The status changes while a list is read, so
    /// asking for page after page with this filter loses rows. What begins with
    /// `all_` does not send it, and filters what arrives.
    #[must_use]
    pub fn status(mut self, status: S) -> Self {
        self.filters.status = Some(status);
        self
    }
}

/// A row that these filters are for.
pub(crate) trait Transaction: Row {
    type Status: AsRef<str> + PartialEq + Clone + Send + Sync + 'static;

    fn country(&self) -> Option<&String>;
    fn client_document(&self) -> Option<&Personal>;
    fn status(&self) -> &Self::Status;

    /// Whether it is of this method, or does not say of which it is.
    fn may_be_of_method(&self, code: &str) -> bool;
}

/// The rows with these statuses.
pub(crate) trait StatusOf: AsRef<str> + PartialEq + Clone + Send + Sync + 'static {
    type Row: Transaction<Status = Self>;
}

impl<S: StatusOf> Filters for TransactionFilters<S> {
    type Row = S::Row;

    fn parameters(&self) -> Vec<(&'static str, String)> {
        let document = self.client_document.as_ref().map(Personal::expose);
        [
            ("country", self.country.as_deref()),
            ("paymentMethod", self.payment_method.as_deref()),
            // TuPay documents this spelling; its sibling brands `clientDocument`.
            ("clienteDocument", document),
            ("status", self.status.as_ref().map(AsRef::as_ref)),
        ]
        .into_iter()
        .filter_map(|(name, value)| Some((name, value?.to_owned())))
        .collect()
    }

    fn lasting(&self) -> Self {
        Self {
            status: None,
            ..self.clone()
        }
    }

    fn admits(&self, row: &S::Row) -> bool {
        let method = self.payment_method.as_deref();
        is_or_any(self.country.as_ref(), row.country())
            && is_or_any(self.client_document.as_ref(), row.client_document())
            && is_or_any(self.status.as_ref(), Some(row.status()))
            && method.is_none_or(|code| row.may_be_of_method(code))
    }
}

/// Whether a filter is not set, or is what the row has.
pub(crate) fn is_or_any<T: PartialEq>(filter: Option<&T>, value: Option<&T>) -> bool {
    filter.is_none() || filter == value
}

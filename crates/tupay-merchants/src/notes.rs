//! Credit and debit notes. Documented by the sibling brands of TuPay only.

use futures::stream::BoxStream;
use jiff::Timestamp;

use crate::{
    Client, Error, Page,
    list::{self, Filters, List, Query, Row},
    models::Note,
    transactions::is_or_any,
};

/// What the list of notes is asked for.
pub type NotesQuery = Query<NoteFilters>;

/// The filters of notes.
#[derive(Clone, Debug, Default)]
pub struct NoteFilters {
    r#type: Option<String>,
}

impl NotesQuery {
    /// Only of this type, such as `GENERIC_CREDIT_NOTE`.
    #[must_use]
    pub fn r#type(mut self, r#type: impl Into<String>) -> Self {
        self.filters.r#type = Some(r#type.into());
        self
    }
}

impl Filters for NoteFilters {
    type Row = Note;

    fn parameters(&self) -> Vec<(&'static str, String)> {
        let r#type = self.r#type.clone().map(|r#type| ("type", r#type));
        r#type.into_iter().collect()
    }

    fn lasting(&self) -> Self {
        self.clone()
    }

    fn admits(&self, row: &Note) -> bool {
        is_or_any(self.r#type.as_ref(), row.r#type.as_ref())
    }
}

impl Row for Note {
    const LIST: List = List::Notes;

    fn key(&self) -> String {
        self.id.to_string()
    }

    fn instant(&self) -> Timestamp {
        self.date
    }
}

impl Client {
    /// One page of notes: `GET /v1/notes`.
    ///
    /// ```
    /// # tokio::runtime::Runtime::new()?.block_on(async {
    /// # let sandbox = reconcile_sandbox::Sandbox::start(Default::default()).await?;
    /// # let access = sandbox.tupay();
    /// # let config = tupay_merchants::Config::new(access.base_url.parse()?, access.access_key.clone().into(), access.secret_key.clone().into());
    /// # let client = tupay_merchants::Client::new(config)?;
    /// use tupay_merchants::NotesQuery;
    ///
    /// let january = NotesQuery::new()
    ///     .between("2026-01-01T00:00:00Z".parse()?, "2026-02-01T00:00:00Z".parse()?);
    /// for note in client.notes(&january).await?.data {
    ///     println!("{} {} {}", note.id, note.amount, note.currency);
    /// }
    /// # Ok::<(), Box<dyn std::error::Error>>(()) })?;
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub async fn notes(&self, query: &NotesQuery) -> Result<Page<Note>, Error> {
        self.page(query).await
    }

    /// All notes that the query is for, over any range, each once.
    ///
    /// Ends with [`Error::Unproven`] when it cannot be shown that none is missing.
    #[must_use]
    pub fn all_notes(&self, query: NotesQuery) -> BoxStream<'static, Result<Note, Error>> {
        list::every(self, query)
    }
}

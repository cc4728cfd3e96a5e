//! A provider's records, as far as identities are about them.

use std::{
    collections::{BTreeMap, BTreeSet, HashSet},
    sync::Arc,
};

use jiff::{Timestamp, civil::Date, tz::TimeZone};
use reconcile_core::{
    Certificate, Descriptor, Direction, Kind, Law, Money, Record, Status, Verdict, Window,
};

/// The records of a pull, to test identities on.
///
/// It keeps of each record only what the identities of the provider are about,
/// and nothing at all where none is about records. A law about records is
/// tested only once the pull is [certified](Self::certify).
#[derive(Clone, Debug)]
pub struct Listing {
    zone: TimeZone,
    is_needed: bool,
    attributes: BTreeSet<&'static str>,
    entries: Vec<Entry>,
    /// How many bytes the texts of the entries take.
    texts: usize,
    names: HashSet<Arc<str>>,
    pull: Option<Pull>,
}

impl Listing {
    /// An empty listing for the identities of this provider, whose days are
    /// those of its zone.
    #[must_use]
    pub fn of(descriptor: &Descriptor) -> Self {
        let laws = || descriptor.identities.iter().map(|identity| &identity.law);
        Self {
            zone: descriptor.zone.clone(),
            is_needed: laws().any(Law::needs_records),
            attributes: laws().flat_map(attributes).collect(),
            entries: Vec::new(),
            texts: 0,
            names: HashSet::new(),
            pull: None,
        }
    }

    /// Takes in a record; each is to be taken in once, as a pull delivers it.
    pub fn push(&mut self, record: &Record) {
        if !self.is_needed {
            return;
        }
        let attributes = record.attributes.iter().filter_map(|(name, value)| {
            let name = *self.attributes.get(name.as_str())?;
            Some((name, value.to_string().into()))
        });
        let attributes: Vec<(_, Box<str>)> = attributes.collect();
        let of_attributes = attributes.iter().map(|(_, value)| value.len());
        self.texts += record.id.len() + record.reference.as_deref().map_or(0, str::len);
        self.texts += of_attributes.sum::<usize>() + size_of_val(attributes.as_slice());
        let entry = Entry {
            id: record.id.as_str().into(),
            reference: record.reference.as_deref().map(Into::into),
            created_at: record.created_at,
            updated_at: record.updated_at,
            amount: record.amount,
            settled: record.settled,
            fee: record.fee,
            kind: record.kind,
            direction: record.direction,
            status: record.status,
            provider_status: self.name(&record.provider_status),
            account: record.account.as_deref().map(|name| self.name(name)),
            method: record.method.as_deref().map(|name| self.name(name)),
            attributes,
        };
        self.entries.push(entry);
    }

    /// How many bytes its records take in memory, about.
    #[must_use]
    pub fn bytes(&self) -> usize {
        self.entries.capacity() * size_of::<Entry>() + self.texts
    }

    /// Says what was pulled, and whether that is proven to be all.
    pub fn certify(&mut self, certificate: &Certificate) {
        self.pull = Some(Pull {
            read: certificate.query.read,
            kinds: certificate.query.kinds.clone(),
            doubts: match &certificate.verdict {
                Verdict::Unproven { reasons } => Some(reasons.clone()),
                _ => None,
            },
        });
    }

    /// A name that many records share, kept once.
    fn name(&mut self, name: &str) -> Arc<str> {
        if let Some(kept) = self.names.get(name) {
            return Arc::clone(kept);
        }
        let kept: Arc<str> = name.into();
        self.names.insert(Arc::clone(&kept));
        kept
    }
}

/// The attributes that a law is about.
fn attributes(law: &Law) -> Vec<&'static str> {
    match law {
        Law::Batch { lines } => lines
            .iter()
            .filter_map(|line| line.having)
            .map(|(attribute, _)| attribute)
            .collect(),
        Law::Sequence { attribute, .. } => vec![*attribute],
        _ => Vec::new(),
    }
}

/// What is kept of a record.
#[derive(Clone, Debug)]
pub(crate) struct Entry {
    pub(crate) id: Box<str>,
    pub(crate) reference: Option<Box<str>>,
    pub(crate) created_at: Timestamp,
    pub(crate) updated_at: Option<Timestamp>,
    pub(crate) amount: Money,
    pub(crate) settled: Option<Money>,
    pub(crate) fee: Option<Money>,
    pub(crate) kind: Kind,
    pub(crate) direction: Direction,
    pub(crate) status: Status,
    pub(crate) provider_status: Arc<str>,
    pub(crate) account: Option<Arc<str>>,
    pub(crate) method: Option<Arc<str>>,
    attributes: Vec<(&'static str, Box<str>)>,
}

impl Entry {
    /// When it last changed.
    pub(crate) fn changed_at(&self) -> Timestamp {
        self.updated_at.unwrap_or(self.created_at)
    }

    /// The amount, the settled amount and the fee.
    pub(crate) const fn parts(&self) -> [Option<Money>; 3] {
        [Some(self.amount), self.settled, self.fee]
    }

    /// The value of an attribute that a law is about.
    pub(crate) fn attribute(&self, name: &str) -> Option<&str> {
        let found = self.attributes.iter().find(|(known, _)| *known == name);
        found.map(|(_, value)| value.as_ref())
    }
}

/// What was pulled.
#[derive(Clone, Debug)]
struct Pull {
    read: Window,
    kinds: BTreeSet<Kind>,
    /// Why it is not proven to be all; `None` where it is.
    doubts: Option<Vec<String>>,
}

/// The records of a proven pull, by account and in the order of their creation.
pub(crate) struct Records<'a> {
    pull: &'a Pull,
    zone: &'a TimeZone,
    accounts: BTreeMap<Option<&'a str>, Vec<&'a Entry>>,
}

impl<'a> Records<'a> {
    /// The records of a listing, or why nothing can be concluded from them.
    pub(crate) fn of(listing: Option<&'a Listing>) -> Result<Self, String> {
        let listing = listing.ok_or("no records were pulled")?;
        let pull = listing.pull.as_ref().ok_or("the pull has no certificate")?;
        if let Some(doubts) = &pull.doubts {
            return Err(format!(
                "the pull is not proven complete: {}",
                doubts.join("; ")
            ));
        }
        let mut accounts: BTreeMap<_, Vec<&Entry>> = BTreeMap::new();
        for entry in &listing.entries {
            let account = entry.account.as_deref();
            accounts.entry(account).or_default().push(entry);
        }
        for entries in accounts.values_mut() {
            // What is left equal has one id and kind: it is one record.
            entries.sort_unstable_by_key(|entry| (entry.created_at, &entry.id, entry.kind));
        }
        Ok(Self {
            pull,
            zone: &listing.zone,
            accounts,
        })
    }

    /// Fails with the reason where records of these kinds were not asked for.
    pub(crate) fn listing(&self, kinds: impl IntoIterator<Item = Kind>) -> Result<(), String> {
        let mut kinds = kinds.into_iter();
        match kinds.find(|kind| !self.pull.kinds.contains(kind)) {
            Some(kind) => Err(format!("no records of kind {kind} were pulled")),
            None => Ok(()),
        }
    }

    /// Fails with the reason where some of the period was not read.
    pub(crate) fn covering(&self, period: Window) -> Result<(), String> {
        let read = self.pull.read;
        if read.from() <= period.from() && period.to() <= read.to() {
            Ok(())
        } else {
            Err(format!(
                "its period is {period}, and records were pulled for {read}"
            ))
        }
    }

    /// The instants for which records were read.
    pub(crate) const fn read(&self) -> Window {
        self.pull.read
    }

    /// Every account, with its records.
    pub(crate) fn accounts(&self) -> impl Iterator<Item = (Option<&'a str>, &[&'a Entry])> {
        let accounts = self.accounts.iter();
        accounts.map(|(account, entries)| (*account, entries.as_slice()))
    }

    /// The records of an account that were created in a period.
    pub(crate) fn within(&self, account: Option<&'a str>, period: Window) -> &[&'a Entry] {
        let entries = self.accounts.get(&account).map_or(&[][..], Vec::as_slice);
        let before = |instant| entries.partition_point(|entry| entry.created_at < instant);
        entries
            .get(before(period.from())..before(period.to()))
            .unwrap_or_default()
    }

    /// Whether any record says which account it belongs to.
    pub(crate) fn name_accounts(&self) -> bool {
        self.accounts.keys().any(Option::is_some)
    }

    /// The day of an instant, as the provider counts days.
    pub(crate) fn day(&self, instant: Timestamp) -> Date {
        self.zone.to_datetime(instant).date()
    }
}

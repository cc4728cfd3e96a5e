//! Which nodes have a word, and which may have a text that is alike enough.
//!
//! The words of a text are followed from the rarest on, until what is left of it
//! could not make two texts alike any more. Who shares too little weight of words
//! with it is not looked at any further: in dense books, that is nearly everyone.

use std::ops::Range;

use super::{
    candidates::SCANNED,
    nodes::{Field, Node},
    text::{Agreement, Bits, Outline, Texts, Word},
};

/// How many entries of the lists of its words are looked at for a node.
const LOOKED: usize = 8192;

/// The record nodes by the words of their texts.
pub(super) struct Lists {
    /// Where the list of each word begins; the last one ends them.
    starts: Vec<usize>,
    /// The lists one after the other, each in order.
    records: Vec<u32>,
    /// The day of each of them: most words lead to many who lie too far apart,
    /// and a list tells so faster than its nodes do.
    days: Vec<u16>,
    /// The day from which they are counted.
    first_day: i64,
    /// Of each node its text in outline.
    outlines: Vec<Outline>,
    /// The nodes without a text, in order.
    pub(super) textless: Vec<usize>,
}

/// Where words lead to.
#[derive(Default)]
pub(super) struct Reached {
    /// The nodes, each once and in order.
    pub(super) records: Vec<u32>,
    /// What the best of those may have in common that only words lead to that
    /// were not followed, since they lead to too many.
    pub(super) unfollowed: Option<Agreement>,
    /// What each word led to, and what it may weigh that they share it.
    found: Vec<(u32, Bits)>,
}

impl Reached {
    pub(super) fn clear(&mut self) {
        self.records.clear();
        self.found.clear();
        self.unfollowed = None;
    }
}

impl Lists {
    pub(super) fn of(field: &Field<'_>) -> Self {
        let texts = &field.texts;
        let mut starts = vec![0; texts.len() + 1];
        let mut textless = Vec::new();
        for (place, node) in field.records.iter().enumerate() {
            let words = texts.words(node.text);
            if words.is_empty() {
                textless.push(place);
            }
            for word in words {
                if let Some(count) = starts.get_mut(*word as usize + 1) {
                    *count += 1;
                }
            }
        }
        let mut sum = 0;
        for start in &mut starts {
            sum += *start;
            *start = sum;
        }
        let mut lists = Self {
            records: vec![0; sum],
            days: vec![0; sum],
            outlines: field
                .records
                .iter()
                .map(|node| texts.outline(node.text))
                .collect(),
            first_day: field.records.iter().map(|node| node.day).min().unwrap_or(0),
            textless,
            starts: Vec::new(),
        };
        let mut next = starts.clone();
        for (place, node) in (0..).zip(&field.records) {
            let day = lists.counted(node.day);
            for word in texts.words(node.text) {
                let Some(next) = next.get_mut(*word as usize) else {
                    continue;
                };
                let entry = lists.records.get_mut(*next).zip(lists.days.get_mut(*next));
                if let Some(entry) = entry {
                    (*entry.0, *entry.1) = (place, day);
                }
                *next += 1;
            }
        }
        lists.starts = starts;
        lists
    }

    /// A day as the lists count it; what lies out of their reach is their first
    /// or their last, so that no window loses a day of its own.
    fn counted(&self, day: i64) -> u16 {
        let days = day.saturating_sub(self.first_day).max(0);
        u16::try_from(days).unwrap_or(u16::MAX)
    }

    /// Where the nodes of a range that have a word stand in the lists.
    fn with(&self, word: Word, range: &Range<usize>) -> Range<usize> {
        let word = word as usize;
        let ends = self.starts.get(word).zip(self.starts.get(word + 1));
        let (start, end) = ends.map_or((0, 0), |(start, end)| (*start, *end));
        let list = self.records.get(start..end).unwrap_or_default();
        let before = |place: usize| list.partition_point(|record| (*record as usize) < place);
        start + before(range.start)..start + before(range.end)
    }

    /// The nodes at a part of the lists whose day is in a window.
    fn within(&self, part: Range<usize>, (first, last): (u16, u16)) -> impl Iterator<Item = u32> {
        let records = self.records.get(part.clone()).unwrap_or_default();
        let days = self.days.get(part).unwrap_or_default();
        let both = records.iter().zip(days);
        both.filter(move |(_, day)| (first..=last).contains(*day))
            .map(|(record, _)| *record)
    }

    /// Gathers the nodes of a range whose texts may be alike enough. `false` where
    /// no word leads to few enough of them.
    pub(super) fn reach(
        &self,
        texts: &Texts,
        node: &Node<'_>,
        least: u64,
        range: &Range<usize>,
        reached: &mut Reached,
    ) -> bool {
        reached.clear();
        // With no least similarity, who shares nothing is a candidate, too.
        if least == 0 {
            return false;
        }
        let total = texts.total(node.text);
        let window = (self.counted(node.window.0), self.counted(node.window.1));
        let (mut left, mut looked, mut others) = (total, 0, 0);
        let mut follows = true;
        for way in self.ways(texts, node, range) {
            // Who shares none of the words so far shares at most what is left,
            // and is the most alike where it says nothing else.
            let most = Agreement {
                common: left,
                left: total - left,
                right: 0,
            };
            let speaks = most.alike() >= least;
            let too_many = looked + way.length > LOOKED;
            if follows && speaks && too_many {
                reached.unfollowed = Some(most);
            }
            follows &= speaks && !too_many;
            if !follows {
                others += way.heaviest;
                continue;
            }
            looked += way.length;
            left -= texts.weight(way.word);
            for (list, weight) in self.lists(texts, way.word, range) {
                let shared = texts.weight(way.word).max(weight);
                let found = self.within(list, window);
                reached.found.extend(found.map(|record| (record, shared)));
            }
        }
        let own = texts.outline(node.text);
        reached.found.sort_unstable();
        for found in reached.found.chunk_by(|a, b| a.0 == b.0) {
            let shared: Bits = found.iter().map(|(_, shared)| shared).sum();
            let record = found.first().map_or(0, |(record, _)| *record);
            let outline = self.outlines.get(record as usize);
            let may_be_alike =
                |outline: &Outline| own.most_alike(*outline, shared + others) >= least;
            if outline.is_some_and(may_be_alike) {
                reached.records.push(record);
            }
        }
        let leads = reached.unfollowed.is_none() || looked > 0;
        leads && reached.records.len() <= SCANNED
    }

    /// Where the words of a node lead to in a range, the fewest first.
    fn ways(&self, texts: &Texts, node: &Node<'_>, range: &Range<usize>) -> Vec<Way> {
        let way = |word: &Word| {
            let mut way = Way {
                length: 0,
                word: *word,
                heaviest: 0,
            };
            for (list, weight) in self.lists(texts, *word, range) {
                way.length += list.len();
                way.heaviest = way.heaviest.max(weight);
            }
            way
        };
        let mut ways: Vec<Way> = texts.words(node.text).iter().map(way).collect();
        ways.sort_unstable();
        ways
    }

    /// The lists of a word and of those that it may be cut off from or to, each
    /// with what its word weighs.
    fn lists(
        &self,
        texts: &Texts,
        word: Word,
        range: &Range<usize>,
    ) -> impl Iterator<Item = (Range<usize>, Bits)> {
        let kin = texts.kin(word);
        kin.map(|kin| (self.with(kin, range), texts.weight(kin)))
    }
}

/// Where a word leads to.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
struct Way {
    /// How many nodes, those that several lists lead to counted in each.
    length: usize,
    word: Word,
    /// What the weightiest of the words weighs that it leads by.
    heaviest: Bits,
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::search::text::Vocabulary;

    /// Words that begin one another, and one that begins too many to lead to them.
    fn word() -> impl Strategy<Value = String> {
        prop_oneof![
            Just("a".to_owned()),
            Just("gonz".to_owned()),
            Just("gonzalez".to_owned()),
            "(lima|ana|eva)",
            "a[a-h][a-h]",
            "[0-9]{2}",
        ]
    }

    fn node(place: usize, text: usize) -> Node<'static> {
        Node {
            block: 0,
            amount: place as i128,
            limit: 0,
            day: 0,
            window: (0, 0),
            kind: None,
            reference: None,
            text,
            rows: Vec::new(),
        }
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(64))]
        #[test]
        fn no_text_that_is_alike_enough_is_passed_over(
            lines in prop::collection::vec(prop::collection::vec(word(), 1..6), 40..80),
            least in 100..900_u64,
        ) {
            let mut vocabulary = Vocabulary::default();
            let text = |line: &Vec<String>| vocabulary.add(&line.join(" "));
            let records: Vec<_> = lines.iter().map(text).enumerate().collect();
            let records: Vec<_> = records.into_iter().map(|(place, text)| node(place, text)).collect();
            let field = Field { ledger: Vec::new(), records, texts: vocabulary.weigh(), too_long: 0 };
            let lists = Lists::of(&field);
            let all = 0..field.records.len();
            let mut reached = Reached::default();
            for node in &field.records {
                prop_assert!(lists.reach(&field.texts, node, least, &all, &mut reached));
                for (record, _) in &reached.found {
                    let other = field.records.get(*record as usize).map_or(0, |node| node.text);
                    let alike = field.texts.agreement(node.text, other).alike() >= least;
                    prop_assert!(!alike || reached.records.contains(record));
                }
            }
        }
    }
}

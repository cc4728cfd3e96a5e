//! Which nodes have a word, and which may have a text that is alike enough.
//!
//! The words of a text are followed from the rarest on, until what is left of it
//! could not make two texts alike any more. Who shares too little weight of words
//! with it is not looked at any further: in dense books, that is nearly everyone.

use std::ops::Range;

use super::{
    candidates::SCANNED,
    nodes::{Field, Seeker},
    text::{Agreement, Bits, Outline, Texts, Word},
};

/// How many entries of the lists of its words are looked at for a node.
const LOOKED: usize = 8192;

/// Of lists up to so long, nothing is remembered from look to look.
const SHORT: usize = 16;

/// The record nodes by the words of their texts.
pub(super) struct Lists {
    /// Where the list of each word begins; the last one ends them.
    starts: Vec<usize>,
    /// The lists one after the other, each in the order of its nodes.
    entries: Vec<Entry>,
    /// The day from which they are counted.
    first_day: i32,
    /// Of each node its text in outline.
    outlines: Vec<Outline>,
    /// The nodes without a text, in order.
    pub(super) textless: Vec<u32>,
}

/// A node that has a word.
#[derive(Clone, Copy, Default)]
struct Entry {
    record: u32,
    /// Its day: most words lead to many who lie too far apart, and a list tells so
    /// faster than its nodes do.
    day: u16,
}

/// Where words lead to.
#[derive(Default)]
pub(super) struct Reached {
    /// The nodes in no order, each once, with what their texts agree in at most.
    pub(super) records: Vec<(u32, Bits)>,
    /// What the best of those may have in common that only words lead to that
    /// were not followed, since they lead to too many.
    pub(super) unfollowed: Option<Agreement>,
    /// Of every node, one more than what it may weigh that words led to it; zero
    /// where none did.
    shared: Vec<u32>,
    /// The nodes that words led to, each once.
    found: Vec<u32>,
    ways: Vec<Way>,
    spans: Vec<Span>,
    /// Of each word, where in its list the last look at the first range and at the
    /// second began: the next one begins nearby, since nodes come in the order of
    /// their amounts.
    begun: Vec<[u32; 2]>,
}

impl Reached {
    pub(super) fn clear(&mut self) {
        self.records.clear();
        self.found.clear();
        self.ways.clear();
        self.spans.clear();
        self.unfollowed = None;
    }
}

/// Where a word of a node leads to.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
struct Way {
    /// How many nodes, those that several lists lead to counted in each.
    length: usize,
    word: Word,
    /// What the weightiest of the words weighs that it leads by.
    heaviest: u32,
    /// The first of its spans, and the first of the next.
    spans: (usize, usize),
}

/// A part of a list that a way leads to, and what its word weighs.
#[derive(Clone, Copy)]
struct Span {
    start: usize,
    end: usize,
    weight: u32,
}

impl Lists {
    pub(super) fn of(field: &Field<'_>) -> Self {
        let texts = &field.texts;
        let mut starts = vec![0_usize; texts.len() + 1];
        let mut textless = Vec::new();
        for (place, node) in (0..).zip(field.records.iter()) {
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
        let records = field.records.iter();
        let mut lists = Self {
            entries: vec![Entry::default(); sum],
            outlines: records
                .clone()
                .map(|node| texts.outline(node.text))
                .collect(),
            first_day: records.clone().map(|node| node.day).min().unwrap_or(0),
            textless,
            starts: Vec::new(),
        };
        let mut next = starts.clone();
        for (place, node) in (0..).zip(records) {
            let day = lists.counted(node.day);
            for word in texts.words(node.text) {
                let Some(next) = next.get_mut(*word as usize) else {
                    continue;
                };
                if let Some(entry) = lists.entries.get_mut(*next) {
                    *entry = Entry { record: place, day };
                }
                *next += 1;
            }
        }
        lists.starts = starts;
        lists
    }

    /// A day as the lists count it; what lies out of their reach is their first
    /// or their last, so that no window loses a day of its own.
    fn counted(&self, day: i32) -> u16 {
        let days = day.saturating_sub(self.first_day).max(0);
        u16::try_from(days).unwrap_or(u16::MAX)
    }

    /// Gathers the nodes of some ranges whose texts may be alike enough. `false`
    /// where no word leads to few enough of them.
    pub(super) fn reach(
        &self,
        texts: &Texts,
        seeker: Seeker<'_, '_>,
        least: u64,
        ranges: &[Range<u32>],
        reached: &mut Reached,
    ) -> bool {
        reached.clear();
        // With no least similarity, who shares nothing is a candidate, too.
        if least == 0 {
            return false;
        }
        reached.shared.resize(self.outlines.len(), 0);
        reached.begun.resize(texts.len(), [0; 2]);
        let text = seeker.node.text;
        self.find_ways(texts, text, ranges, reached);
        let total = texts.total(text);
        let (mut left, mut looked, mut others) = (total, 0, 0);
        let mut follows = true;
        for place in 0..reached.ways.len() {
            let Some(&way) = reached.ways.get(place) else {
                continue;
            };
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
                others += Bits::from(way.heaviest);
                continue;
            }
            looked += way.length;
            let weight = texts.weight(way.word);
            left -= Bits::from(weight);
            self.follow(weight, way, seeker.window, reached);
        }
        let own = texts.outline(text);
        for record in &reached.found {
            let place = *record as usize;
            let Some((shared, outline)) =
                reached.shared.get_mut(place).zip(self.outlines.get(place))
            else {
                continue;
            };
            let shared = std::mem::take(shared).saturating_sub(1);
            let most = own.at_most(*outline, Bits::from(shared) + others);
            if most.alike() >= least {
                reached.records.push((*record, most.score()));
            }
        }
        let leads = reached.unfollowed.is_none() || looked > 0;
        leads && reached.records.len() <= SCANNED
    }

    /// Notes the nodes that a way leads to whose day is in a window, and what it may
    /// weigh that they share its word.
    fn follow(&self, weight: u32, way: Way, window: (i32, i32), reached: &mut Reached) {
        let days = self.counted(window.0)..=self.counted(window.1);
        let spans = reached.spans.get(way.spans.0..way.spans.1);
        for span in spans.unwrap_or_default() {
            let entries = self.entries.get(span.start..span.end).unwrap_or_default();
            for Entry { record, .. } in entries.iter().filter(|entry| days.contains(&entry.day)) {
                let Some(shared) = reached.shared.get_mut(*record as usize) else {
                    continue;
                };
                if *shared == 0 {
                    reached.found.push(*record);
                    *shared = 1;
                }
                *shared = shared.saturating_add(weight.max(span.weight));
            }
        }
    }

    /// Finds where the words of a node lead to in some ranges, the fewest first.
    fn find_ways(&self, texts: &Texts, text: u32, ranges: &[Range<u32>], reached: &mut Reached) {
        let Reached {
            ways, spans, begun, ..
        } = reached;
        for word in texts.words(text) {
            let first = spans.len();
            let mut way = Way {
                length: 0,
                word: *word,
                heaviest: 0,
                spans: (first, first),
            };
            for kin in texts.kin(*word) {
                let weight = texts.weight(kin);
                way.heaviest = way.heaviest.max(weight);
                let (first, list) = self.list(kin);
                let mut anew = [0; 2];
                let begun = match begun.get_mut(kin as usize) {
                    Some(begun) if list.len() > SHORT => begun,
                    _ => &mut anew,
                };
                for (range, begun) in ranges.iter().zip(begun) {
                    let start = seek(list, range.start, *begun as usize);
                    let end = seek(list, range.end, start);
                    *begun = u32::try_from(start).unwrap_or(u32::MAX);
                    let (start, end) = (first + start, first + end);
                    if start < end {
                        way.length += end - start;
                        spans.push(Span { start, end, weight });
                    }
                }
            }
            way.spans.1 = spans.len();
            ways.push(way);
        }
        ways.sort_unstable();
    }

    /// Where the list of a word begins, and the list: the nodes that have it.
    fn list(&self, word: Word) -> (usize, &[Entry]) {
        let word = word as usize;
        let ends = self.starts.get(word).zip(self.starts.get(word + 1));
        let (start, end) = ends.map_or((0, 0), |(start, end)| (*start, *end));
        (start, self.entries.get(start..end).unwrap_or_default())
    }
}

/// How many entries of a list in order lie before a place, sought from a guess on in
/// steps that double: the nearer the guess, the fewer entries are looked at.
fn seek(list: &[Entry], place: u32, guess: usize) -> usize {
    let is_before = |at: usize| list.get(at).is_some_and(|entry| entry.record < place);
    let guess = guess.min(list.len());
    let (mut low, mut high, mut step) = (guess, guess, 1);
    if is_before(guess) {
        while is_before(high) {
            low = high + 1;
            high = (high + step).min(list.len());
            step *= 2;
        }
    } else {
        while low > 0 && !is_before(low - 1) {
            high = low - 1;
            low = low.saturating_sub(step);
            step *= 2;
        }
    }
    let within = list.get(low..high).unwrap_or_default();
    low + within.partition_point(|entry| entry.record < place)
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use proptest::prelude::*;

    use super::*;
    use crate::search::{nodes::Node, text::Vocabulary};

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

    fn node(place: usize, text: u32) -> Node<'static> {
        Node {
            block: 0,
            amount: place as i128,
            day: 0,
            kind: None,
            reference: None,
            text,
        }
    }

    proptest! {
        #[test]
        fn a_place_is_found_from_any_guess(
            list in prop::collection::btree_set(0..60_u32, 0..40),
            place in 0..64_u32,
            guess in 0..50_usize,
        ) {
            let entry = |record| Entry { record, day: 0 };
            let list: Vec<Entry> = list.into_iter().map(entry).collect();
            let before = list.iter().filter(|entry| entry.record < place).count();
            prop_assert_eq!(seek(&list, place, guess), before);
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
            let texts: Vec<_> = lines.iter().map(text).collect();
            let nodes = texts.into_iter().enumerate();
            let records = nodes.map(|(place, text)| node(place, text)).collect();
            let field = Field::of_records(records, vocabulary.weigh());
            let lists = Lists::of(&field);
            let all = 0..u32::try_from(field.records.len()).unwrap();
            let mut reached = Reached::default();
            for node in field.records.iter() {
                let ranges = std::slice::from_ref(&all);
                let seeker = Seeker {
                    place: 0,
                    node,
                    limit: 0,
                    window: (0, 0),
                };
                prop_assert!(lists.reach(&field.texts, seeker, least, ranges, &mut reached));
                let mut most = BTreeMap::new();
                for (record, score) in &reached.records {
                    prop_assert!(most.insert(*record, *score).is_none(), "reached twice");
                }
                for record in &reached.found {
                    let other = field.records.get(*record).map_or(0, |node| node.text);
                    let agreement = field.texts.agreement(node.text, other);
                    let reached = most.get(record);
                    prop_assert!(agreement.alike() < least || reached.is_some());
                    prop_assert!(reached.is_none_or(|most| *most >= agreement.score()));
                }
            }
        }
    }
}

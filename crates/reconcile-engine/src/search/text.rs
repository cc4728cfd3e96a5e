//! How alike texts are: words weigh by how rare they are.

use std::{collections::HashMap, ops::Range};

use foldhash::fast::FixedState;

use crate::normalise;

/// A word, by its place in the order of the alphabet.
pub(super) type Word = u32;

/// Bits of information, in 256ths.
pub(super) type Bits = u64;

/// How many words of a text count: those after them are left out.
const MOST_WORDS: usize = 48;

/// Of how many words another may be the beginning to lead to them: what could be
/// any of more leads nowhere, though it counts once two texts are compared.
const MOST_ENDINGS: u32 = 32;

/// The words of texts while they are gathered.
#[derive(Default)]
pub(super) struct Vocabulary {
    words: HashMap<Box<str>, Word, FixedState>,
    /// By word, whether it stands at the end of a text, where it may be cut off.
    last: Vec<bool>,
    texts: Lines,
    made: String,
    /// The words of the text at hand.
    line: Vec<Word>,
}

/// The words of texts, one text after the other.
#[derive(Default)]
struct Lines {
    words: Vec<Word>,
    /// Where each text ends.
    ends: Vec<usize>,
}

impl Lines {
    fn push(&mut self, line: &[Word]) {
        self.words.extend(line);
        self.ends.push(self.words.len());
    }

    fn range(&self, text: usize) -> Range<usize> {
        let end = |text: usize| self.ends.get(text).copied();
        let start = text.checked_sub(1).and_then(end).unwrap_or(0);
        start..end(text).unwrap_or(start)
    }

    fn line(&self, text: usize) -> &[Word] {
        self.words.get(self.range(text)).unwrap_or_default()
    }

    fn line_mut(&mut self, text: usize) -> &mut [Word] {
        let range = self.range(text);
        self.words.get_mut(range).unwrap_or_default()
    }
}

impl Vocabulary {
    /// Adds a text and gives its place.
    pub(super) fn add(&mut self, text: &str) -> u32 {
        self.made.clear();
        normalise::words(text, &mut self.made);
        self.line.clear();
        for word in self.made.split_ascii_whitespace().take(MOST_WORDS) {
            let found = self.words.get(word).copied();
            let word = found.unwrap_or_else(|| {
                let next = Word::try_from(self.last.len()).unwrap_or(Word::MAX);
                self.words.insert(word.into(), next);
                self.last.push(false);
                next
            });
            self.line.push(word);
        }
        let last = self
            .line
            .last()
            .and_then(|word| self.last.get_mut(*word as usize));
        if let Some(last) = last {
            *last = true;
        }
        self.line.sort_unstable();
        self.line.dedup();
        let place = self.texts();
        self.texts.push(&self.line);
        place
    }

    /// How many texts there are.
    pub(super) fn texts(&self) -> u32 {
        // A book has fewer rows than that.
        u32::try_from(self.texts.ends.len()).unwrap_or(u32::MAX)
    }

    /// Weighs every word, once all texts are there, and renumbers them by the
    /// alphabet: in which order the texts came does not show.
    pub(super) fn weigh(self) -> Texts {
        let mut sorted: Vec<(Box<str>, Word)> = self.words.into_iter().collect();
        sorted.sort_unstable();
        let mut place = vec![0; sorted.len()];
        for (new, (_, old)) in (0..).zip(&sorted) {
            if let Some(place) = place.get_mut(*old as usize) {
                *place = new;
            }
        }
        let mut texts = self.texts;
        let mut counts = vec![0_u64; sorted.len()];
        for word in &mut texts.words {
            *word = place.get(*word as usize).copied().unwrap_or(Word::MAX);
            if let Some(count) = counts.get_mut(*word as usize) {
                *count += 1;
            }
        }
        for text in 0..texts.ends.len() {
            texts.line_mut(text).sort_unstable();
        }
        let lines = || (0..texts.ends.len()).map(|text| texts.line(text));
        let all = lines().filter(|line| !line.is_empty()).count();
        let all = u64::try_from(all).unwrap_or(u64::MAX).saturating_add(1);
        let may_be_cut = |(text, old): &(Box<str>, Word)| {
            let last = self.last.get(*old as usize).copied().unwrap_or(false);
            last || text.chars().all(char::is_alphabetic)
        };
        let stems = stems(&sorted, &counts, all, may_be_cut);
        let weight = |line: &[Word]| {
            let stems = line.iter().filter_map(|word| stems.get(*word as usize));
            stems.map(|stem| stem.weight).sum()
        };
        Texts {
            totals: lines().map(weight).collect(),
            stems,
            lines: texts,
        }
    }
}

/// A word by itself and as the beginning of others: in one place, since either is
/// asked for with the other.
#[derive(Clone, Copy, Default)]
struct Stem {
    /// What it weighs itself, in bits.
    weight: u32,
    /// How many words right after it in the alphabet begin with it.
    endings: u32,
    /// What it weighs that it stands for one of them, in bits.
    cut_weight: u32,
    /// The nearest word before it that is its beginning.
    parent: Option<Word>,
}

/// Of each word what it weighs, and those after it that it may be cut off from.
fn stems(
    sorted: &[(Box<str>, Word)],
    counts: &[u64],
    all: u64,
    may_be_cut: impl Fn(&(Box<str>, Word)) -> bool,
) -> Vec<Stem> {
    // No logarithm of a count is that long.
    let weight = |count| u32::try_from(rarity(all, count)).unwrap_or(u32::MAX);
    let stem = |count: &u64| Stem {
        weight: weight(*count),
        ..Stem::default()
    };
    let mut stems: Vec<Stem> = counts.iter().map(stem).collect();
    // The stems that the word at hand begins with, the shortest first.
    let mut open: Vec<(Word, u64)> = Vec::new();
    let mut before = 0;
    let close = |stems: &mut Vec<Stem>, (stem, start): (Word, u64), end: Word, before: u64| {
        if let Some(found) = stems.get_mut(stem as usize) {
            found.endings = end - stem - 1;
            found.cut_weight = weight(before - start);
        }
    };
    for (place, word) in (0..).zip(sorted) {
        let begins = |stem: Word| {
            let stem = sorted.get(stem as usize);
            stem.is_some_and(|(stem, _)| word.0.starts_with(&**stem))
        };
        while let Some(&last) = open.last().filter(|(stem, _)| !begins(*stem)) {
            close(&mut stems, last, place, before);
            open.pop();
        }
        if let Some(found) = stems.get_mut(place as usize) {
            found.parent = open.last().map(|(stem, _)| *stem);
        }
        if may_be_cut(word) {
            open.push((place, before));
        }
        before += counts.get(place as usize).copied().unwrap_or(0);
    }
    let end = Word::try_from(sorted.len()).unwrap_or(Word::MAX);
    for stem in open {
        close(&mut stems, stem, end, before);
    }
    stems
}

/// The texts of a search, and what their words weigh.
pub(super) struct Texts {
    /// Of each text its words in order.
    lines: Lines,
    /// Of each text what all its words weigh. These, as what is kept of every row, are
    /// in less room than they are counted with.
    totals: Vec<u32>,
    /// By word.
    stems: Vec<Stem>,
}

/// What two texts have in common, and what each has beside it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Agreement {
    pub(super) common: Bits,
    pub(super) left: Bits,
    pub(super) right: Bits,
}

impl Agreement {
    /// Counts words of both as common: what that weighs, and what each of them
    /// weighed for itself.
    fn take(&mut self, common: Bits, (left, right): (Bits, Bits)) {
        self.common += common;
        self.left = self.left.saturating_sub(left);
        self.right = self.right.saturating_sub(right);
    }

    /// What the agreement weighs: what is common, less by how much each text has
    /// beside it.
    pub(super) fn score(&self) -> Bits {
        self.common * self.alike() / 1000
    }

    /// How alike the texts are, in thousandths. That both have words of their
    /// own tells against them three times as much as that one says more.
    pub(super) fn alike(&self) -> u64 {
        let (less, more) = (self.left.min(self.right), self.left.max(self.right));
        let whole = 4 * self.common + 3 * less + more;
        // Words that every text has weigh nothing and tell nothing apart.
        (4000 * self.common).checked_div(whole).unwrap_or(1000)
    }
}

/// What is known of a text without a look at its words, to tell fast what it is
/// not alike.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Outline {
    total: u32,
    /// What its weightiest word weighs.
    heaviest: u32,
    /// How many of its words begin so many others that they lead to none of them,
    /// and what they weigh.
    loose: (u32, u32),
    /// Which those are, and which such words its own begin with: a bit each, which
    /// some have in common.
    stems: u64,
    begun: u64,
}

impl Outline {
    /// What two texts agree in at most that share words of such a weight, beside
    /// those that no word leads to.
    pub(super) fn at_most(self, other: Self, shared: Bits) -> Agreement {
        let (own, theirs) = (self.loose_in(other), other.loose_in(self));
        let rest = |text: Self, stems: Bits, begun: Bits| {
            let loose = stems + begun * Bits::from(text.heaviest);
            Bits::from(text.total).saturating_sub(shared + loose)
        };
        Agreement {
            common: shared + own.1 + theirs.1,
            left: rest(self, own.1, theirs.0),
            right: rest(other, theirs.1, own.0),
        }
    }

    /// How many of its loose words may begin words of another text, and what they
    /// weigh.
    fn loose_in(self, other: Self) -> (Bits, Bits) {
        if self.stems & other.begun == 0 {
            (0, 0)
        } else {
            (self.loose.0.into(), self.loose.1.into())
        }
    }
}

impl Texts {
    /// The same texts in another order, and no others: whoever is looked at after
    /// each other then lies side by side. Gives each its new place.
    pub(super) fn laid_out<'t>(self, order: impl Iterator<Item = &'t mut u32>) -> Self {
        let mut lines = Lines {
            words: Vec::with_capacity(self.lines.words.len()),
            ends: Vec::with_capacity(self.lines.ends.len()),
        };
        let mut totals = Vec::with_capacity(self.totals.len());
        for (new, text) in (0..).zip(order) {
            lines.push(self.words(*text));
            totals.extend(self.totals.get(*text as usize));
            *text = new;
        }
        Self {
            lines,
            totals,
            ..self
        }
    }

    /// What a text is in outline.
    pub(super) fn outline(&self, text: u32) -> Outline {
        let mut outline = Outline {
            total: self.totals.get(text as usize).copied().unwrap_or(0),
            ..Outline::default()
        };
        for word in self.words(text) {
            let weight = self.weight(*word);
            outline.heaviest = outline.heaviest.max(weight);
            if self.is_loose(*word) {
                outline.loose.0 += 1;
                outline.loose.1 += weight;
                outline.stems |= 1 << (word % 64);
            }
            for stem in self.begins_with(*word).filter(|stem| self.is_loose(*stem)) {
                outline.begun |= 1 << (stem % 64);
            }
        }
        outline
    }

    /// How many different words there are.
    pub(super) fn len(&self) -> usize {
        self.stems.len()
    }

    /// The words of a text in order, each once.
    pub(super) fn words(&self, text: u32) -> &[Word] {
        self.lines.line(text as usize)
    }

    /// What all words of a text weigh.
    pub(super) fn total(&self, text: u32) -> Bits {
        let total = self.totals.get(text as usize);
        total.copied().unwrap_or(0).into()
    }

    /// What a word weighs.
    pub(super) fn weight(&self, word: Word) -> u32 {
        self.stem(word).weight
    }

    /// The words that a word leads to: itself, those that it may be cut off
    /// from, and those that may be cut off from it.
    pub(super) fn kin(&self, word: Word) -> impl Iterator<Item = Word> {
        let endings = if self.is_loose(word) {
            0
        } else {
            self.stem(word).endings
        };
        let begun = self.begins_with(word).filter(|stem| !self.is_loose(*stem));
        (word..=word + endings).chain(begun)
    }

    /// The words that a word begins with.
    fn begins_with(&self, word: Word) -> impl Iterator<Item = Word> {
        std::iter::successors(self.stem(word).parent, |word| self.stem(*word).parent)
    }

    /// Whether a word begins too many others to lead to them.
    fn is_loose(&self, word: Word) -> bool {
        self.stem(word).endings > MOST_ENDINGS
    }

    /// What two texts have in common: the same words, then words that are cut
    /// off on one side, each once.
    pub(super) fn agreement(&self, left: u32, right: u32) -> Agreement {
        let mut found = Agreement {
            common: 0,
            left: self.total(left),
            right: self.total(right),
        };
        let (left, right) = (self.words(left), self.words(right));
        // A text has at most 48 words: the bits of one number.
        let mut taken = 0_u64;
        let mut alone = 0_u64;
        let mut others = right.iter().enumerate().peekable();
        for (place, word) in left.iter().enumerate() {
            while others.next_if(|(_, other)| *other < word).is_some() {}
            if let Some((other, _)) = others.next_if(|(_, other)| *other == word) {
                taken |= 1 << other;
                let weight = self.weight(*word).into();
                found.take(weight, (weight, weight));
            } else {
                alone |= 1 << place;
            }
        }
        for (place, word) in left.iter().enumerate() {
            if alone >> place & 1 == 0 {
                continue;
            }
            let stem = self.stem(*word);
            if stem.endings == 0 && stem.parent.is_none() {
                continue;
            }
            let open = right
                .iter()
                .enumerate()
                .filter(|(other, _)| taken >> other & 1 == 0);
            let related = open.filter_map(|(place, other)| {
                Some((self.cut((*word, stem), *other)?, place, *other))
            });
            // The weightier relation is the likelier one.
            if let Some((weight, place, other)) = related.max() {
                taken |= 1 << place;
                let own = (self.weight(*word).into(), self.weight(other).into());
                found.take(weight, own);
            }
        }
        found
    }

    /// What it weighs that one of two words is cut off from the other.
    fn cut(&self, (word, stem): (Word, Stem), other: Word) -> Option<Bits> {
        let (shorter, distance) = if word < other {
            (stem, other - word)
        } else {
            stem.parent?;
            (self.stem(other), word - other)
        };
        (distance <= shorter.endings).then_some(shorter.cut_weight.into())
    }

    fn stem(&self, word: Word) -> Stem {
        self.stems.get(word as usize).copied().unwrap_or_default()
    }
}

/// How many bits it tells that something is one of `count` among `all`.
pub(super) fn rarity(all: u64, count: u64) -> Bits {
    log2(all).saturating_sub(log2(count.max(1)))
}

/// The binary logarithm in 256ths, rounded down; of zero it is zero.
pub(super) fn log2(number: u64) -> Bits {
    let Some(whole) = number.checked_ilog2() else {
        return 0;
    };
    // The mantissa as a number from 2³¹ to 2³², squared once a bit.
    let mut mantissa = if whole >= 31 {
        number >> (whole - 31)
    } else {
        number << (31 - whole)
    };
    let mut bits = u64::from(whole);
    for _ in 0..8 {
        mantissa = (mantissa * mantissa) >> 31;
        bits <<= 1;
        if mantissa >> 32 != 0 {
            bits |= 1;
            mantissa >>= 1;
        }
    }
    bits
}

#[cfg(test)]
mod tests {
    use super::*;

    fn texts(texts: &[&str]) -> Texts {
        let mut vocabulary = Vocabulary::default();
        for text in texts {
            vocabulary.add(text);
        }
        vocabulary.weigh()
    }

    #[test]
    fn logarithms_are_those_of_the_table() {
        let table = [
            (0, 0),
            (1, 0),
            (2, 256),
            (3, 405),
            (1000, 2551),
            (u64::MAX, 16383),
        ];
        for (number, bits) in table {
            assert_eq!(log2(number), bits, "{number}");
        }
    }

    #[test]
    fn rare_words_weigh_more_and_their_order_nothing() {
        let texts = texts(&[
            "payment ana lima",
            "lima ana payment",
            "payment eva",
            "payment",
        ]);
        let common = |left, right| texts.agreement(left, right).common;
        assert_eq!(common(0, 1), texts.total(0));
        assert_eq!(texts.agreement(0, 1).alike(), 1000);
        assert!(common(0, 1) > common(0, 2));
        assert_eq!(common(0, 3), common(2, 3));
    }

    #[test]
    fn a_word_that_is_cut_off_stands_for_the_whole_one() {
        let texts = texts(&["order gonzalez", "order gonz", "order gomez", "go order"]);
        assert!(texts.agreement(0, 1).common > texts.agreement(0, 2).common);
        assert_eq!(texts.agreement(0, 1), texts.agreement(1, 0));
        // A shorter stem tells less.
        assert!(texts.agreement(0, 3).common > texts.agreement(0, 2).common);
        assert!(texts.agreement(0, 3).common < texts.agreement(0, 1).common);
        let gonzalez = texts.words(0)[0];
        assert_eq!(texts.kin(gonzalez).count(), 3);
    }
}

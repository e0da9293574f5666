//! Every word of a sorted list that a typed word may stand for: the word itself, one that it
//! begins, one that it misspells, one whose beginning it misspells.
//!
//! Misspellings are counted by restricted Damerau–Levenshtein distance (insert, delete, replace,
//! swap two neighbours). The list is sorted, so neighbours share beginnings: the rows of the
//! distance table are kept as far as the next word begins like the last, and as soon as no ending
//! can come near enough any more, all words with that beginning are stepped over. Twenty thousand
//! words take a fraction of a millisecond.
#![expect(
    clippy::indexing_slicing,
    reason = "a hot kernel over tables whose sizes it sets itself"
)]

/// Words longer than this are neither indexed beyond it nor searched with errors, which bounds
/// the table.
pub(super) const MAX_WORD: usize = 32;

/// Distinct folded words in byte order, in one allocation.
#[derive(Debug, Default)]
pub(super) struct WordList {
    text: String,
    starts: Vec<u32>,
    /// How many first bytes each word has in common with the one before it.
    shared: Vec<u8>,
}

/// How near a word came.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Near {
    /// Position in the list.
    pub word: usize,
    /// Edits between the typed word and the word, or its beginning.
    pub edits: u8,
    /// Only the beginning of the word was typed.
    pub beginning: bool,
}

impl WordList {
    /// From sorted, distinct words.
    pub fn new(sorted: &[String]) -> WordList {
        let mut list = WordList::default();
        let mut last: &[u8] = &[];
        for word in sorted {
            let bytes = word.as_bytes();
            let shared = last.iter().zip(bytes).take_while(|(a, b)| a == b).count();
            list.starts
                .push(u32::try_from(list.text.len()).unwrap_or(u32::MAX));
            list.shared.push(u8::try_from(shared).unwrap_or(u8::MAX));
            list.text.push_str(word);
            last = bytes;
        }
        list.starts
            .push(u32::try_from(list.text.len()).unwrap_or(u32::MAX));
        list
    }

    pub fn len(&self) -> usize {
        self.shared.len()
    }

    pub fn get(&self, word: usize) -> &str {
        let start = usize::try_from(self.starts[word]).unwrap_or(usize::MAX);
        let end = usize::try_from(self.starts[word + 1]).unwrap_or(usize::MAX);
        &self.text[start..end]
    }

    /// Where this word stands, if it is in the list.
    pub fn find(&self, wanted: &str) -> Option<usize> {
        let position = self.lower_bound(wanted);
        (position < self.len() && self.get(position) == wanted).then_some(position)
    }

    /// The words that begin so.
    pub fn with_beginning(&self, beginning: &str) -> std::ops::Range<usize> {
        let first = self.lower_bound(beginning);
        let mut low = first;
        let mut high = self.len();
        while low < high {
            let middle = low + (high - low) / 2;
            if self.get(middle).starts_with(beginning) {
                low = middle + 1;
            } else {
                high = middle;
            }
        }
        first..low
    }

    fn lower_bound(&self, wanted: &str) -> usize {
        let (mut low, mut high) = (0, self.len());
        while low < high {
            let middle = low + (high - low) / 2;
            if self.get(middle) < wanted {
                low = middle + 1;
            } else {
                high = middle;
            }
        }
        low
    }

    /// The words within `most` edits of the typed word, or whose beginning is.
    pub fn near(&self, typed: &str, most: u8) -> Vec<Near> {
        let typed = typed.as_bytes();
        let mut found = Vec::new();
        if typed.is_empty() || typed.len() > MAX_WORD {
            return found;
        }
        let mut table = Table::new(typed, most);
        let mut dead_from = usize::MAX;
        for word in 0..self.len() {
            let shared = usize::from(self.shared[word]);
            if shared >= dead_from {
                if let Some(edits) = table.beginning_at(dead_from) {
                    found.push(Near {
                        word,
                        edits,
                        beginning: true,
                    });
                }
                continue;
            }
            let bytes = self.get(word).as_bytes();
            let reach = bytes.len().min(typed.len() + usize::from(most) + 1);
            dead_from = usize::MAX;
            for depth in shared.min(reach)..reach {
                if !table.push(depth + 1, bytes) {
                    dead_from = depth + 1;
                    break;
                }
            }
            let depth = reach.min(dead_from);
            let whole = (dead_from == usize::MAX && reach == bytes.len())
                .then(|| table.whole_at(depth))
                .flatten();
            if let Some(edits) = whole {
                found.push(Near {
                    word,
                    edits,
                    beginning: false,
                });
            } else if let Some(edits) = table.beginning_at(depth) {
                found.push(Near {
                    word,
                    edits,
                    beginning: true,
                });
            }
        }
        found
    }
}

const WIDTH: usize = MAX_WORD + 1;

/// Rows of the distance table: row d is about the first d bytes of the current word.
struct Table<'t> {
    typed: &'t [u8],
    most: u8,
    rows: Vec<[u8; WIDTH]>,
    /// The least distance of the whole typed word to a beginning of the word up to this row.
    beginnings: Vec<u8>,
}

impl<'t> Table<'t> {
    fn new(typed: &'t [u8], most: u8) -> Table<'t> {
        let depth = typed.len() + usize::from(most) + 2;
        let mut rows = vec![[0_u8; WIDTH]; depth + 1];
        for (cell, count) in rows[0].iter_mut().zip(0_u8..) {
            *cell = count;
        }
        let beginnings = vec![rows[0][typed.len()]; depth + 1];
        Table {
            typed,
            most,
            rows,
            beginnings,
        }
    }

    /// Computes row `depth`; false when no longer word that begins like this can be near.
    fn push(&mut self, depth: usize, word: &[u8]) -> bool {
        let length = self.typed.len();
        let byte = word[depth - 1];
        let mut row = [0_u8; WIDTH];
        row[0] = u8::try_from(depth).unwrap_or(u8::MAX);
        let mut least = row[0];
        for column in 1..=length {
            let above = self.rows[depth - 1];
            let same = u8::from(self.typed[column - 1] != byte);
            let mut cell = (above[column - 1] + same)
                .min(above[column] + 1)
                .min(row[column - 1] + 1);
            let swapped = depth > 1
                && column > 1
                && self.typed[column - 1] == word[depth - 2]
                && self.typed[column - 2] == byte;
            if swapped {
                cell = cell.min(self.rows[depth - 2][column - 2] + 1);
            }
            row[column] = cell;
            least = least.min(cell);
        }
        self.rows[depth] = row;
        self.beginnings[depth] = self.beginnings[depth - 1].min(row[length]);
        // A swap can still rescue a row from the one before it, so both must be too far.
        let before = self.rows[depth - 1][..=length].iter().min().copied();
        least <= self.most || before.is_some_and(|least| least < self.most)
    }

    fn whole_at(&self, depth: usize) -> Option<u8> {
        let edits = self.rows[depth][self.typed.len()];
        (edits <= self.most).then_some(edits)
    }

    fn beginning_at(&self, depth: usize) -> Option<u8> {
        let edits = self.beginnings[depth];
        (edits <= self.most).then_some(edits)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// The textbook table, whole, without any of the shortcuts above.
    fn distance(a: &[u8], b: &[u8]) -> usize {
        let mut d = vec![vec![0; b.len() + 1]; a.len() + 1];
        for i in 0..=a.len() {
            for j in 0..=b.len() {
                d[i][j] = if i == 0 || j == 0 {
                    i + j
                } else {
                    let cost = usize::from(a[i - 1] != b[j - 1]);
                    let mut best = (d[i - 1][j - 1] + cost)
                        .min(d[i - 1][j] + 1)
                        .min(d[i][j - 1] + 1);
                    if i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1] {
                        best = best.min(d[i - 2][j - 2] + 1);
                    }
                    best
                };
            }
        }
        d[a.len()][b.len()]
    }

    fn expected(words: &[String], typed: &str, most: usize) -> Vec<Near> {
        let typed = typed.as_bytes();
        let mut found = Vec::new();
        for (word, text) in words.iter().enumerate() {
            let bytes = text.as_bytes();
            let whole = distance(typed, bytes);
            let beginning = (0..=bytes.len())
                .map(|end| distance(typed, &bytes[..end]))
                .min()
                .unwrap();
            if whole <= most {
                found.push(Near {
                    word,
                    edits: u8::try_from(whole).unwrap(),
                    beginning: false,
                });
            } else if beginning <= most {
                found.push(Near {
                    word,
                    edits: u8::try_from(beginning).unwrap(),
                    beginning: true,
                });
            }
        }
        found
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(600))]
        #[test]
        fn the_shortcuts_find_what_the_whole_table_finds(
            words in prop::collection::btree_set("[abc]{1,7}", 1..40),
            typed in "[abc]{1,6}",
            most in 0_u8..3,
        ) {
            let words: Vec<String> = words.into_iter().collect();
            let list = WordList::new(&words);
            prop_assert_eq!(list.near(&typed, most), expected(&words, &typed, usize::from(most)));
        }

        #[test]
        fn beginnings_are_found_by_halving(
            words in prop::collection::btree_set("[ab]{1,5}", 1..40), typed in "[ab]{0,4}",
        ) {
            let words: Vec<String> = words.into_iter().collect();
            let list = WordList::new(&words);
            let found: Vec<_> = list.with_beginning(&typed).map(|w| list.get(w).to_owned()).collect();
            let expected: Vec<_> = words.iter().filter(|w| w.starts_with(&typed)).cloned().collect();
            prop_assert_eq!(found, expected);
            prop_assert_eq!(list.find(&typed).is_some(), words.contains(&typed));
        }
    }

    #[test]
    fn words_beyond_any_bound_are_simply_not_near() {
        let list = WordList::new(&["a".repeat(500), "b".to_owned()]);
        assert_eq!(list.near(&"a".repeat(400), 2), []);
        assert_eq!(list.near("", 2), []);
        assert_eq!(list.near("aa", 1).len(), 1);
        assert_eq!(list.near("ab", 1).len(), 2);
    }
}

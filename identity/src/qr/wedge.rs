//! What a scanner that types like a keyboard does to a payload, and how far it can be undone.
//!
//! Under a Vietnamese input method `|` becomes `¦`, `\` or `/`, a `$` comes before or after, letters and their marks
//! come apart, and control characters come along. That is undone here. Where digits were taken for tone marks (VNI)
//! or two letters for one (`dd`, Telex), the letters are lost: such a payload is refused, never guessed at.

use std::ops::Range;

use zeroize::Zeroizing;

use crate::text::clean_line;

/// What stands between fields.
const SEPARATORS: [char; 4] = ['|', '¦', '\\', '/'];

/// The payload's text as one clean line, without what scanners put in front: the symbology identifier (`]Q1`,
/// ISO/IEC 15424) and `$`.
pub(super) fn repaired(text: &str) -> Zeroizing<String> {
    let line = Zeroizing::new(clean_line(text));
    let rest = match line.strip_prefix("]Q").map(|rest| (rest.as_bytes().first(), rest.get(1..))) {
        Some((Some(b'0'..=b'9'), Some(rest))) => rest,
        _ => line.as_str(),
    };
    Zeroizing::new(rest.trim_start_matches(['$', ' ']).to_owned())
}

/// A payload in fields.
pub(super) struct Fields<'a> {
    text: &'a str,
    /// What follows the first field.
    pub separator: char,
    ranges: Vec<Range<usize>>,
}

impl<'a> Fields<'a> {
    /// Splits at the separator that follows the first field. `None` where there is none.
    pub fn split(text: &'a str) -> Option<Self> {
        let separator = text.chars().find(|c| SEPARATORS.contains(c))?;
        Some(Self { text, separator, ranges: ranges(text, |c| c == separator) })
    }

    /// Splits at every separator there is, for a scanner that wrote now one, now another.
    pub fn split_at_any(self) -> Self {
        Self { ranges: ranges(self.text, |c| SEPARATORS.contains(&c)), ..self }
    }

    /// How many there would be if it were split at every separator.
    pub fn at_any(&self) -> usize {
        self.text.matches(SEPARATORS).count() + 1
    }

    /// How many there are.
    pub fn len(&self) -> usize {
        self.ranges.len()
    }

    /// Field `index` from 0, trimmed; empty where there is none.
    pub fn get(&self, index: usize) -> &'a str {
        let range = self.ranges.get(index).cloned();
        range.and_then(|range| self.text.get(range)).unwrap_or_default().trim()
    }

    /// Joins the fields from `first` to `last` as they stood, separators between them.
    pub fn join(&mut self, first: usize, last: usize) {
        let (Some(start), Some(end)) = (self.ranges.get(first), self.ranges.get(last)) else { return };
        let joined = start.start..end.end;
        self.ranges.splice(first..=last, [joined]);
    }

    /// Drops the last field.
    pub fn pop(&mut self) {
        self.ranges.pop();
    }

    /// The fields from `index` on.
    pub fn rest(&self, index: usize) -> impl Iterator<Item = &'a str> {
        (index..self.len()).map(|index| self.get(index))
    }
}

fn ranges(text: &str, separates: impl Fn(char) -> bool) -> Vec<Range<usize>> {
    let mut start = 0;
    let mut ranges = Vec::new();
    for (index, separator) in text.match_indices(separates) {
        ranges.push(start..index);
        start = index + separator.len();
    }
    ranges.push(start..text.len());
    ranges
}

//! Text from outside, made fit for one line of a screen, a ticket or a record.

use unicode_normalization::{UnicodeNormalization as _, char::is_combining_mark};

/// Marks on one letter beyond this are dropped: towers of them cover the lines above and below. Vietnamese needs
/// none in NFC, other alphabets of the country at most two.
const MARKS_ON_ONE_LETTER: usize = 4;

/// `text` as one line: without control characters, without those that turn the writing direction or draw nothing,
/// every kind of white space one space, none at either end, in NFC. Doing it again changes nothing.
///
/// It escapes nothing: what is written into HTML or XML is escaped there.
pub fn clean_line(text: &str) -> String {
    // NFC never grows more than threefold (Unicode Annex 15); growing would leave copies behind which nobody wipes.
    let mut line = String::with_capacity(3 * text.len());
    let (mut gap, mut marks) = (false, 0);
    for character in text.chars().filter(|c| c.is_whitespace() || !is_hidden(*c)).nfc() {
        if character.is_whitespace() {
            (gap, marks) = (!line.is_empty(), 0);
            continue;
        }
        marks = if is_combining_mark(character) { marks + 1 } else { 0 };
        if marks > MARKS_ON_ONE_LETTER || (marks > 0 && line.is_empty()) {
            continue;
        }
        if std::mem::take(&mut gap) {
            line.push(' ');
        }
        line.push(character);
    }
    line
}

/// [`clean_line`] of at most `characters` characters (Unicode scalar values); `None` where it is longer.
pub fn clean_line_within(text: &str, characters: usize) -> Option<String> {
    let line = clean_line(text);
    let fits = line.chars().nth(characters).is_none();
    fits.then_some(line)
}

/// The longest name of a person, in characters: the registers take no longer one.
pub const LONGEST_NAME: usize = 100;

/// The name of a person as somebody typed it, cleaned: letters with their marks, spaces, and `'`, `’`, `-`, `.`; at least
/// one letter. `None` for anything else, and for one longer than [`LONGEST_NAME`].
pub fn person_name(typed: &str) -> Option<String> {
    let name = clean_line_within(typed, LONGEST_NAME)?;
    let fits =
        |c: char| c.is_alphabetic() || is_combining_mark(c) || matches!(c, ' ' | '\'' | '’' | '-' | '.');
    (name.chars().any(char::is_alphabetic) && name.chars().all(fits)).then_some(name)
}

/// [`clean_line`], cut to at most `characters` characters: where something is left out it ends in `…`.
pub fn cut_line(text: &str, characters: usize) -> String {
    let mut line = clean_line(text);
    let mut kept = characters.saturating_sub(1);
    if line.chars().nth(characters).is_some() {
        // A letter goes with its marks.
        while kept > 0 && line.chars().nth(kept).is_some_and(is_combining_mark) {
            kept -= 1;
        }
        let end = line.char_indices().nth(kept).map_or(0, |(index, _)| index);
        line.truncate(end);
        line.truncate(line.trim_end().len());
        line.extend((characters > 0).then_some('…'));
    }
    line
}

/// Control characters and those that draw nothing or turn the direction: Unicode's property
/// Default_Ignorable_Code_Point, and the format controls outside it.
pub(crate) fn is_hidden(character: char) -> bool {
    character.is_control()
        || matches!(
            character,
            '\u{AD}'
                | '\u{34F}'
                | '\u{61C}'
                | '\u{115F}'..='\u{1160}'
                | '\u{17B4}'..='\u{17B5}'
                | '\u{180B}'..='\u{180F}'
                | '\u{200B}'..='\u{200F}'
                | '\u{202A}'..='\u{202E}'
                | '\u{2060}'..='\u{206F}'
                | '\u{3164}'
                | '\u{FE00}'..='\u{FE0F}'
                | '\u{FEFF}'
                | '\u{FFA0}'
                | '\u{FFF0}'..='\u{FFFB}'
                | '\u{1BCA0}'..='\u{1BCA3}'
                | '\u{1D173}'..='\u{1D17A}'
                | '\u{E0000}'..='\u{E0FFF}'
        )
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn what_nobody_sees_is_gone_and_a_name_stays_as_it_is() {
        for (text, expected) in [
            ("Nguyễn Thị Hoà", "Nguyễn Thị Hoà"),
            ("  Nguyễn\t\r\nThị \u{A0} Hoà\n", "Nguyễn Thị Hoà"),
            ("Nguye\u{302}\u{303}n", "Nguyễn"),
            ("Nguye\u{200B}\u{302}\u{303}n", "Nguyễn"),
            ("\u{202E}aoH\u{202C}", "aoH"),
            ("\u{2066}a\u{2069}\u{200E}b\u{200F}c\u{61C}d\u{FEFF}e\u{AD}f", "abcdef"),
            ("a\u{0}b\u{1B}[31mc\u{7F}", "ab[31mc"),
            ("A\u{E0041}B", "AB"),
            ("\u{301}a", "a"),
            ("", ""),
            (" \u{200D} ", ""),
        ] {
            assert_eq!(clean_line(text), expected, "{text:?}");
        }
    }

    #[test]
    fn a_name_is_letters_and_what_joins_them() {
        for (typed, name) in [
            ("Thị", Some("Thị")),
            ("  nguye\u{302}\u{303}n  thị hoa\u{300} ", Some("nguyễn thị hoà")),
            ("Y Blơm Niê Kdăm", Some("Y Blơm Niê Kdăm")),
            ("K'Tư Đ’ Ly-Sơn M.", Some("K'Tư Đ’ Ly-Sơn M.")),
            ("H\u{202e}oà\u{0}", Some("Hoà")),
            ("", None),
            ("' -", None),
            ("Hoà 2", None),
            ("<b>Hoà</b>", None),
            ("Hoà; DROP", None),
        ] {
            assert_eq!(person_name(typed).as_deref(), name, "{typed:?}");
        }
        assert_eq!(person_name(&"Ơ".repeat(100)), Some("Ơ".repeat(100)));
        assert_eq!(person_name(&"Ơ".repeat(101)), None);
    }

    #[test]
    fn a_tower_of_marks_is_cut_down() {
        let tower = format!("x{}y", "\u{301}".repeat(500));
        assert_eq!(clean_line(&tower), "x\u{301}\u{301}\u{301}\u{301}y");
    }

    #[test]
    fn length_counts_what_is_left() {
        assert_eq!(clean_line_within(" a  b ", 3).as_deref(), Some("a b"));
        assert_eq!(clean_line_within("abcd", 3), None);
        assert_eq!(clean_line_within("", 0).as_deref(), Some(""));
    }

    #[test]
    fn a_cut_says_that_it_is_one_and_never_parts_a_letter_from_its_marks() {
        assert_eq!(cut_line("Trạm y tế xã Mẫu", 16), "Trạm y tế xã Mẫu");
        assert_eq!(cut_line("Trạm y tế xã Mẫu", 8), "Trạm y…");
        assert_eq!(cut_line("ax\u{301}\u{302}bc", 4), "a…");
        assert_eq!(cut_line("abc", 1), "…");
        assert_eq!(cut_line("abc", 0), "");
    }

    proptest! {
        #[test]
        fn twice_is_as_once_and_nothing_hidden_is_left(text in "\\PC{0,40}|.{0,40}|[ae\u{301}\u{323}\u{302} \t\u{200D}]{0,40}") {
            let line = clean_line(&text);
            prop_assert_eq!(&clean_line(&line), &line);
            prop_assert!(!line.chars().any(is_hidden));
            prop_assert!(line.chars().all(|c| c == ' ' || !c.is_whitespace()));
            prop_assert_eq!(line.trim(), &line);
        }

        #[test]
        fn a_cut_is_never_longer(text in ".{0,40}|[x\u{301}\u{302}]{0,30}", characters in 0_usize..12) {
            prop_assert!(cut_line(&text, characters).chars().count() <= characters);
        }
    }
}

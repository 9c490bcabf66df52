//! Every text of the screens, in each language: Fluent messages in `kiosk/words`.

use std::{borrow::Cow, collections::HashMap};

use flows::Language;
use fluent_templates::{LanguageIdentifier, Loader, fluent_bundle::FluentValue};
use identity::{ReasonCode, lds::FileId};
use unic_langid::langid;

fluent_templates::static_loader! {
    static TEXTS = {
        locales: "./words",
        fallback_language: "vi",
        // The marks around what is filled in have no glyph.
        customise: |bundle| bundle.set_use_isolating(false),
    };
}

const VI: LanguageIdentifier = langid!("vi");
const EN: LanguageIdentifier = langid!("en");

/// The texts in one language.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Words(pub Language);

impl Words {
    const fn locale(self) -> LanguageIdentifier {
        match self.0 {
            Language::Vi => VI,
            Language::En => EN,
        }
    }

    /// The text of `key`.
    pub fn say(self, key: &str) -> String {
        TEXTS.lookup(&self.locale(), key)
    }

    /// The text of `key` with a number in it.
    pub fn say_with(self, key: &str, name: &'static str, number: u64) -> String {
        let arguments = HashMap::from([(Cow::Borrowed(name), FluentValue::from(number))]);
        TEXTS.lookup_with_args(&self.locale(), key, &arguments)
    }

    /// The sentence for a person about `code`. What says that all is well stops nobody and has none.
    pub fn reason(self, code: ReasonCode) -> String {
        TEXTS.try_lookup(&self.locale(), &reason_key(code)).unwrap_or_else(|| self.say("staff-text"))
    }

    /// What a chip's file is called on the screen.
    pub fn file(self, file: FileId) -> String {
        self.say(match file {
            FileId::Sod => "reading-file-sod",
            FileId::DG1 => "reading-file-dg1",
            FileId::DG2 => "reading-file-dg2",
            FileId::DG13 => "reading-file-dg13",
            FileId::DG14 => "reading-file-dg14",
            FileId::DG15 => "reading-file-dg15",
            _ => "reading-file-other",
        })
    }
}

fn reason_key(code: ReasonCode) -> String {
    format!("reason-{}", code.as_str().replace('_', "-"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeMap;

    const VI_TEXT: &str = include_str!("../words/vi/main.ftl");
    const EN_TEXT: &str = include_str!("../words/en/main.ftl");

    fn messages(text: &str) -> BTreeMap<&str, &str> {
        text.lines().filter(|line| !line.starts_with('#')).filter_map(|line| line.split_once(" = ")).collect()
    }

    fn arguments(text: &str) -> Vec<&str> {
        text.split('{').skip(1).filter_map(|rest| rest.split('}').next()).map(str::trim).collect()
    }

    #[test]
    fn nobody_meets_a_text_that_their_language_lacks() {
        let (vi, en) = (messages(VI_TEXT), messages(EN_TEXT));
        assert_eq!(vi.keys().collect::<Vec<_>>(), en.keys().collect::<Vec<_>>());
        for (key, text) in &vi {
            assert_eq!(arguments(text), arguments(en[key]), "{key}");
            assert!(!text.trim().is_empty() && !en[key].trim().is_empty(), "{key}");
        }
    }

    #[test]
    fn every_code_that_can_reach_a_person_has_its_own_words() {
        // What says that all is well stops nobody.
        let never_shown =
            |code: &ReasonCode| code.action().is_empty() && !matches!(code, ReasonCode::HolderNotChecked);
        for (language, texts) in [(Language::Vi, messages(VI_TEXT)), (Language::En, messages(EN_TEXT))] {
            let mut seen = BTreeMap::new();
            for code in ReasonCode::ALL.iter().filter(|code| !never_shown(code)) {
                assert!(texts.contains_key(reason_key(*code).as_str()), "{code} in {language:?}");
                let text = Words(language).reason(*code);
                assert_eq!(seen.insert(text, code), None, "{code} shares its words in {language:?}");
            }
        }
    }

    fn sources(folder: &std::path::Path, found: &mut String) {
        for entry in std::fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                sources(&path, found);
            } else {
                *found += &std::fs::read_to_string(path).unwrap();
            }
        }
    }

    #[test]
    fn every_key_that_is_named_exists_and_every_text_is_used() {
        let mut text = String::new();
        sources(std::path::Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/src")), &mut text);
        let known = messages(VI_TEXT);
        for call in ["say(\"", "say_with(\""] {
            for rest in text.split(call).skip(1) {
                let key = rest.split('"').next().unwrap();
                assert!(known.contains_key(key), "no text {key}");
            }
        }
        for key in known.keys().filter(|key| !key.starts_with("reason-")) {
            assert!(text.contains(&format!("\"{key}\"")), "nobody says {key}");
        }
    }

    #[test]
    fn what_is_filled_in_carries_no_invisible_marks() {
        let text = Words(Language::Vi).say_with("idle-text", "seconds", 20);
        assert!(text.contains(" 20 giây"), "{text:?}");
    }
}

//! Article by article: what it asks, which code does it, and which test shows it.

/// One line of `docs/law.md`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Requirement {
    /// The article.
    pub article: &'static str,
    /// What it asks of software.
    pub asks: &'static str,
    /// The files that do it.
    pub code: &'static [&'static str],
    /// The tests that show it, as `FILE::NAME`.
    pub tests: &'static [&'static str],
}

/// Every requirement that has code.
pub const REQUIREMENTS: [Requirement; 3] = [
    Requirement {
        article: "Luật 91/2025/QH15 Đ9; NĐ 356/2025/NĐ-CP Đ6",
        asks: "Consent is given to each purpose by itself, nothing is ticked beforehand, silence is not consent, and it can be proved: to which text, when, how.",
        code: &["flows/src/consent.rs", "flows/src/engine/mod.rs", "kiosk/src/screens/consent.rs"],
        tests: &[
            "flows/src/consent.rs::a_text_that_was_shown_is_never_edited",
            "kiosk/src/window/tests.rs::fingers_lead_from_welcome_to_the_number",
        ],
    },
    Requirement {
        article: "Luật 91/2025/QH15 Đ19 k1",
        asks: "Processing without consent rests on a law, a contract or an emergency, and the record says which.",
        code: &["flows/src/law/processing.rs"],
        tests: &["flows/src/law/processing.rs::what_needs_consent_has_it_as_its_basis"],
    },
    Requirement {
        article: "Luật 91/2025/QH15 (children)",
        asks: "Under 7 the representative consents alone, from 7 to under 18 child and representative, except in an emergency; age is verified.",
        code: &["flows/src/law/age.rs"],
        tests: &[
            "flows/src/law/age.rs::a_child_is_asked_from_the_seventh_birthday_on_and_not_a_day_before",
            "flows/src/law/age.rs::a_person_consents_alone_from_the_eighteenth_birthday_on_and_not_a_day_before",
        ],
    },
];

#[cfg(test)]
mod tests {
    use super::*;
    use std::path::Path;

    fn root() -> &'static Path {
        Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/.."))
    }

    /// A document that names code which is gone is worse than none.
    #[test]
    fn the_code_and_the_tests_that_are_named_are_there() {
        for requirement in &REQUIREMENTS {
            assert!(!requirement.code.is_empty() && !requirement.tests.is_empty(), "{}", requirement.article);
            for file in requirement.code {
                assert!(root().join(file).exists(), "{}: no {file}", requirement.article);
            }
            for test in requirement.tests {
                let (file, name) = test.split_once("::").unwrap();
                let text = std::fs::read_to_string(root().join(file)).unwrap_or_default();
                assert!(text.contains(&format!("fn {name}(")), "{}: no test {test}", requirement.article);
            }
        }
    }
}

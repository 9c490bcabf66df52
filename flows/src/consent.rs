//! The texts that consent is asked with, word for word (Luật 91/2025/QH15 Đ9; NĐ 356/2025 Đ6).
//!
//! Whoever gave consent gave it to one text. So each text has a version that is never edited: a new wording is a
//! new version, and the old one stays here for as long as answers to it are kept. The kiosk shows
//! [`current`]; the server knows an answer's text by its digest.

use sha2::{Digest as _, Sha256};

use crate::{Language, law::age::ConsentRole, step::Purpose};

/// One version of the text for one purpose, in one language.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ConsentText {
    /// What for.
    pub purpose: Purpose,
    /// Whom it asks.
    pub role: ConsentRole,
    /// In which language.
    pub language: Language,
    /// Counts from 1 for each purpose and role; the languages of one version say the same.
    pub version: u16,
    /// The question, and the paragraphs below it: what is read, what for, what is kept, what a no means.
    pub paragraphs: [&'static str; 5],
}

impl ConsentText {
    /// The paragraphs with one line feed between them: what the digest is of.
    pub fn text(&self) -> String {
        self.paragraphs.join("\n")
    }

    /// SHA-256 of [`Self::text`], UTF-8.
    pub fn sha256(&self) -> [u8; 32] {
        Sha256::digest(self.text()).into()
    }

    /// [`Self::sha256`] as an answer carries it: lower-case hex.
    pub fn sha256_hex(&self) -> String {
        hex::encode(self.sha256())
    }
}

/// Every text that was ever shown. Only added to.
pub const TEXTS: [ConsentText; 8] = [
    ConsentText {
        purpose: Purpose::HealthCheckIn,
        role: ConsentRole::Person,
        language: Language::Vi,
        version: 1,
        paragraphs: [
            "Ông/bà có đồng ý cho máy đọc chip trên thẻ không?",
            "Máy đọc và gửi cho trạm thông tin trong chip: họ tên, số định danh, ngày sinh, nơi cư trú, ảnh, và cả dân tộc, tôn giáo, họ tên cha mẹ, vợ chồng.",
            "Để đăng ký khám hôm nay, tra cứu bảo hiểm y tế và đối chiếu với cơ sở dữ liệu dân cư.",
            "Ảnh là dữ liệu nhạy cảm: chỉ để hiện lên màn hình, không lưu lại. Dân tộc, tôn giáo và tên người thân cũng không lưu.",
            "Không đồng ý cũng không sao: nhân viên sẽ đăng ký cho ông/bà.",
        ],
    },
    ConsentText {
        purpose: Purpose::HealthCheckIn,
        role: ConsentRole::Person,
        language: Language::En,
        version: 1,
        paragraphs: [
            "May the kiosk read the chip of your card?",
            "It reads the chip and sends the station your name, number, date of birth, residence, photo, and also ethnicity, religion, names of parents and spouse.",
            "To check you in today, look up your insurance and compare with the population database.",
            "The photo is sensitive data: only shown on the screen, not kept. Nor are ethnicity, religion and relatives.",
            "You may say no: the staff will then check you in.",
        ],
    },
    ConsentText {
        purpose: Purpose::HealthCheckIn,
        role: ConsentRole::Child,
        language: Language::Vi,
        version: 1,
        paragraphs: [
            "Cháu có đồng ý không?",
            "Trạm dùng họ tên, ngày sinh, số định danh của cháu, và những gì máy đã đọc trên thẻ.",
            "Để đăng ký khám hôm nay và hỏi cơ sở dữ liệu dân cư xem thông tin có đúng không.",
            "Ảnh và dữ liệu nhạy cảm khác trên thẻ không được lưu lại. Cha, mẹ hoặc người giám hộ cũng được hỏi.",
            "Cháu không đồng ý cũng không sao: nhân viên sẽ đăng ký cho cháu.",
        ],
    },
    ConsentText {
        purpose: Purpose::HealthCheckIn,
        role: ConsentRole::Child,
        language: Language::En,
        version: 1,
        paragraphs: [
            "Do you agree?",
            "The station uses your name, date of birth and number, and what the kiosk has read from your card.",
            "To check you in today, and to ask the population database whether this is right.",
            "The photo and other sensitive data on the card are not kept. Your parent or guardian is asked as well.",
            "You may say no: the staff will then check you in.",
        ],
    },
    ConsentText {
        purpose: Purpose::HealthCheckIn,
        role: ConsentRole::Representative,
        language: Language::Vi,
        version: 1,
        paragraphs: [
            "Là cha, mẹ hoặc người giám hộ, ông/bà có đồng ý cho cháu không?",
            "Trạm dùng họ tên, ngày sinh, số định danh của cháu, và những gì máy đã đọc trên thẻ.",
            "Để đăng ký khám hôm nay và đối chiếu với cơ sở dữ liệu dân cư.",
            "Ảnh trên thẻ là dữ liệu nhạy cảm: không lưu lại. Dân tộc, tôn giáo và tên người thân cũng không lưu.",
            "Không đồng ý cũng không sao: nhân viên sẽ đăng ký cho cháu.",
        ],
    },
    ConsentText {
        purpose: Purpose::HealthCheckIn,
        role: ConsentRole::Representative,
        language: Language::En,
        version: 1,
        paragraphs: [
            "As parent or guardian, do you agree for the child?",
            "The station uses the child's name, date of birth and number, and what the kiosk has read from the card.",
            "To check the child in today, and to compare with the population database.",
            "The photo on the card is sensitive data: it is not kept. Nor are ethnicity, religion and relatives.",
            "You may say no: the staff will then check the child in.",
        ],
    },
    ConsentText {
        purpose: Purpose::HealthCheckIn,
        role: ConsentRole::Person,
        language: Language::Vi,
        version: 2,
        paragraphs: [
            "Ông/bà có đồng ý cho máy đọc chip trên thẻ không?",
            "Máy đọc và gửi cho trạm thông tin trong chip: họ tên, số định danh, ngày sinh, nơi cư trú, ảnh, và cả dân tộc, tôn giáo, họ tên cha mẹ, vợ chồng.",
            "Để đăng ký khám hôm nay, tra cứu bảo hiểm y tế, hỏi Bộ Công an về thẻ và đối chiếu dữ liệu dân cư.",
            "Ảnh là dữ liệu nhạy cảm: chỉ để hiện lên màn hình, không lưu lại. Dân tộc, tôn giáo và tên người thân cũng không lưu.",
            "Không đồng ý cũng không sao: nhân viên sẽ đăng ký cho ông/bà.",
        ],
    },
    ConsentText {
        purpose: Purpose::HealthCheckIn,
        role: ConsentRole::Person,
        language: Language::En,
        version: 2,
        paragraphs: [
            "May the kiosk read the chip of your card?",
            "It reads the chip and sends the station your name, number, date of birth, residence, photo, and also ethnicity, religion, names of parents and spouse.",
            "To check you in today, look up your insurance, and ask the police ministry about the card and the population data.",
            "The photo is sensitive data: only shown on the screen, not kept. Nor are ethnicity, religion and relatives.",
            "You may say no: the staff will then check you in.",
        ],
    },
];

/// The text that asks somebody in this `role` for `purpose`, in `language`: the newest version. None where there is none: then consent cannot
/// be asked for, and a person takes over.
pub fn current(purpose: Purpose, role: ConsentRole, language: Language) -> Option<&'static ConsentText> {
    TEXTS
        .iter()
        .filter(|text| (text.purpose, text.role) == (purpose, role) && text.language == language)
        .max_by_key(|text| text.version)
}

/// The text with this digest, of whatever version.
pub fn known(sha256: &[u8; 32]) -> Option<ConsentText> {
    TEXTS.into_iter().find(|text| text.sha256() == *sha256)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Whoever edits a text that people have agreed to changes what they agreed to.
    #[test]
    fn a_text_that_was_shown_is_never_edited() {
        let digests: Vec<_> = TEXTS
            .iter()
            .map(|text| (text.role, text.language, text.version, text.sha256_hex()[..16].to_owned()))
            .collect();
        let shown = [
            (ConsentRole::Person, Language::Vi, 1, "f73daa6408b3aa06"),
            (ConsentRole::Person, Language::En, 1, "fe61e26f86b94b05"),
            (ConsentRole::Child, Language::Vi, 1, "2232330d725faeea"),
            (ConsentRole::Child, Language::En, 1, "3b5f2d765bd2f962"),
            (ConsentRole::Representative, Language::Vi, 1, "259f5d1987a8844c"),
            (ConsentRole::Representative, Language::En, 1, "54efa68e914d92a2"),
            (ConsentRole::Person, Language::Vi, 2, "e64564a2d9508734"),
            (ConsentRole::Person, Language::En, 2, "906ca9f2955e4f42"),
        ];
        let shown =
            shown.map(|(role, language, version, digest)| (role, language, version, digest.to_owned()));
        assert_eq!(digests, shown, "leave the old text as it is and add a version");
    }

    #[test]
    fn every_purpose_can_be_asked_for_in_every_language() {
        for (purpose, role) in Purpose::ALL.into_iter().flat_map(|p| ConsentRole::ALL.map(|role| (p, role))) {
            let versions = [Language::Vi, Language::En].map(|language| {
                let text = current(purpose, role, language).unwrap();
                assert_eq!((text.purpose, text.role, text.language), (purpose, role, language));
                assert!(text.paragraphs.iter().all(|paragraph| !paragraph.trim().is_empty()));
                text.version
            });
            assert_eq!(versions[0], versions[1], "{purpose:?}, {role:?}: one language is behind the other");
        }
    }

    #[test]
    fn a_text_is_known_by_its_digest_and_no_other_is() {
        let text = current(Purpose::HealthCheckIn, ConsentRole::Person, Language::Vi).unwrap();
        assert_eq!(known(&text.sha256()), Some(*text));
        assert_eq!(known(&[0; 32]), None);
    }
}

//! EF.COM (ICAO 9303-10 4.6.1): which files the chip says it has. Unsigned: the SOD's list is the one to trust.

use super::{FileId, LdsError};
use crate::tlv::{self, Reader};

/// What EF.COM says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Com {
    /// The version of the logical data structure, such as `0107`.
    pub lds_version: String,
    /// The version of Unicode, such as `040000`.
    pub unicode_version: String,
    /// The data groups listed, in the file's order.
    pub files: Vec<FileId>,
}

/// Reads EF.COM.
///
/// # Errors
/// Where it is not built as the standard says, or lists a tag that is no data group's.
pub fn parse(file: &[u8]) -> Result<Com, LdsError> {
    let mut reader = Reader::new(tlv::only(FileId::Com.tag().into(), file)?);
    let lds_version = digits(reader.expect_tag(0x5F01)?, 4)?;
    let unicode_version = digits(reader.expect_tag(0x5F36)?, 6)?;
    let files = reader
        .expect_tag(0x5C)?
        .iter()
        .map(|tag| {
            FileId::from_data_group_tag(*tag).ok_or(LdsError::Content("a tag that is no data group's"))
        })
        .collect::<Result<Vec<_>, _>>()?;
    reader.finish()?;
    if files.len() > 16 {
        return Err(LdsError::TooMuch("data groups"));
    }
    Ok(Com { lds_version, unicode_version, files })
}

fn digits(content: &[u8], length: usize) -> Result<String, LdsError> {
    match std::str::from_utf8(content) {
        Ok(text) if text.len() == length && text.bytes().all(|byte| byte.is_ascii_digit()) => Ok(text.into()),
        _ => Err(LdsError::Content("a version that is not digits")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The example of ICAO 9303-10 4.6.1 with DG13, DG14 and DG15 added.
    const FILE: &str = "60175f0104303130375f36063034303030305c0561756d6e6f";

    #[test]
    fn the_files_listed_are_read_in_order() {
        let com = parse(&hex::decode(FILE).unwrap()).unwrap();
        assert_eq!((com.lds_version.as_str(), com.unicode_version.as_str()), ("0107", "040000"));
        assert_eq!(com.files, [FileId::DG1, FileId::DG2, FileId::DG13, FileId::DG14, FileId::DG15]);
    }

    #[test]
    fn an_unknown_tag_and_a_cut_file_are_refused() {
        let file = hex::decode(FILE).unwrap();
        assert!(parse(&hex::decode(FILE.replace("6f", "7f")).unwrap()).is_err());
        for end in 0..file.len() {
            assert!(parse(&file[..end]).is_err(), "{end}");
        }
    }
}

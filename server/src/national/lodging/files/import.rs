//! Lists of guests that a place has: Excel or CSV in the columns of the portal's file.
//!
//! Whatever arrives is hostile until it is read: sizes are bounded before and while a file is unpacked, formulas are refused
//! and never computed, and nothing is guessed. A row with a fault gives no draft; every fault says its row and column.

mod csv;
mod excel;
mod row;

use flows::lodging::{DocumentFault, Draft};
use thiserror::Error;

use super::{Column, LONGEST};

/// The largest file that is read, in bytes.
pub const LARGEST: usize = 2 << 20;

/// The most that an Excel file may unpack to, in bytes, all its parts together.
pub const UNPACKED: u64 = 16 << 20;

/// What a list held.
#[derive(Debug)]
pub struct Import {
    /// The guests, each with its row in the file.
    pub drafts: Vec<(usize, Draft)>,
    /// What is wrong. Rows with a fault are not among the drafts.
    pub faults: Vec<RowFault>,
}

/// What is wrong with a cell.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RowFault {
    /// The row, from 1: of a CSV file the line.
    pub row: usize,
    /// The column; none: one beyond the last.
    pub column: Option<Column>,
    /// What is wrong.
    pub fault: CellFault,
}

/// What can be wrong with a cell. Never quotes it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum CellFault {
    /// A cell of a CSV file that a spreadsheet would compute.
    #[error("a formula: type the value itself")]
    Formula,
    /// A number where there must be text: its zeros may be lost.
    #[error("a number, whose leading zeros may be lost: format the column as text and type it again")]
    Number,
    /// Too long.
    #[error("longer than 1,000 characters")]
    TooLong,
    /// Something in a column that there is not.
    #[error("something beyond the last column (S)")]
    Beyond,
    /// Not a date.
    #[error(
        "not a date: dd/MM/yyyy, of a birth also MM/yyyy or yyyy; of arrival and departure HH:mm may follow"
    )]
    Date,
    /// No arrival, without which there is nothing to declare.
    #[error("no arrival")]
    NoArrival,
    /// Not a sex.
    #[error("not a sex: 'M - Nam' or 'F - Nữ'")]
    Sex,
    /// Not a nationality.
    #[error("not a nationality: 'VNM - Viet Nam'")]
    Nationality,
    /// A code that is not in the list.
    #[error("no such code: choose one from the sheet DANH_MUC, as '1 - Du lịch'")]
    Code,
    /// A number that is none of such a document, or a number without its kind.
    #[error("{0}")]
    Document(DocumentFault),
}

impl CellFault {
    /// What pages say.
    pub const fn vietnamese(self) -> &'static str {
        match self {
            Self::Formula => "có công thức: hãy gõ giá trị",
            Self::Number => "ô dạng số có thể mất số 0 ở đầu: định dạng cột là văn bản rồi gõ lại",
            Self::TooLong => "dài quá 1.000 ký tự",
            Self::Beyond => "có dữ liệu ngoài cột cuối (S)",
            Self::Date => "không phải ngày: dd/MM/yyyy",
            Self::NoArrival => "thiếu ngày đến",
            Self::Sex => "không phải giới tính: M - Nam hoặc F - Nữ",
            Self::Nationality => "không phải quốc tịch: VNM - Viet Nam",
            Self::Code => "không có mã này trong danh mục",
            Self::Document(_) => "số giấy tờ không đúng với loại giấy tờ",
        }
    }
}

/// Why a file is not read at all.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum ImportError {
    /// Nothing in it, or no row of a guest.
    #[error("there is no guest in the file; data begin below the row of headers")]
    Empty,
    /// The file is too large.
    #[error("the file is larger than 2 MiB: split it")]
    TooLarge,
    /// It unpacks to too much.
    #[error("the file unpacks to more than 16 MiB: no list of guests does; make a new one")]
    Unpacks,
    /// Not an Excel file that can be read: broken, encrypted, or the form before 2007.
    #[error("this is no Excel file that can be read: save it as .xlsx without a password")]
    NotAWorkbook,
    /// A formula.
    #[error("there is a formula in row {row}, column {column}: type the value itself")]
    Formula {
        /// Its row, from 1.
        row: usize,
        /// Its column, from 1.
        column: usize,
    },
    /// Neither UTF-8 nor UTF-16 with its mark.
    #[error("the file's encoding is not known: save it as 'CSV UTF-8'")]
    Encoding,
    /// Not CSV.
    #[error("there is no separator in the file: use ',', ';' or a tab")]
    Separator,
    /// The row of headers is not there.
    #[error("there is no row of headers that begins with STT and HỌ TÊN in the first four rows")]
    NoHeader,
    /// A header is another one: columns were moved.
    #[error("column {} must be '{}'; columns count by their place", .0.letter(), .0.header())]
    Header(Column),
    /// Too many rows.
    #[error("there are more than {LONGEST} rows of guests: split the file")]
    TooManyRows,
}

impl ImportError {
    /// What pages say.
    pub fn vietnamese(self) -> String {
        match self {
            Self::Empty => "tệp không có khách nào".into(),
            Self::TooLarge => "tệp lớn hơn 2 MiB: hãy tách ra".into(),
            Self::Unpacks => "tệp giải nén quá lớn: hãy lập tệp mới".into(),
            Self::NotAWorkbook => "không đọc được tệp Excel: lưu lại dạng .xlsx, không đặt mật khẩu".into(),
            Self::Formula { row, column } => {
                format!("có công thức ở dòng {row}, cột {column}: hãy gõ giá trị")
            }
            Self::Encoding => "không rõ bảng mã: lưu lại dạng CSV UTF-8".into(),
            Self::Separator => "không thấy dấu phân cách: dùng ',', ';' hoặc tab".into(),
            Self::NoHeader => "không thấy dòng tiêu đề bắt đầu bằng STT, HỌ TÊN".into(),
            Self::Header(column) => format!("cột {} phải là '{}'", column.letter(), column.header()),
            Self::TooManyRows => format!("quá {LONGEST} dòng khách: hãy tách tệp"),
        }
    }
}

/// A cell as it was found.
struct Cell {
    text: String,
    /// It was a number, not text.
    number: bool,
}

/// A row as it was found: cells by their place.
struct Line {
    row: usize,
    cells: Vec<Cell>,
    faults: Vec<RowFault>,
}

/// Reads a list. Excel files begin with the mark of a ZIP archive; everything else is CSV.
///
/// # Errors
/// Where the file as a whole cannot be used.
pub fn read(bytes: &[u8]) -> Result<Import, ImportError> {
    if bytes.len() > LARGEST {
        return Err(ImportError::TooLarge);
    }
    // The form of Excel before 2007, and of encrypted files (MS-CFB 2.2).
    if bytes.starts_with(&[0xD0, 0xCF, 0x11, 0xE0]) {
        return Err(ImportError::NotAWorkbook);
    }
    let lines = if bytes.starts_with(b"PK") { excel::lines(bytes)? } else { csv::lines(bytes)? };
    row::drafts(lines)
}

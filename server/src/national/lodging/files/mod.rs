//! Files for the portal's pages, and lists of guests that places have.
//!
//! [`excel`] writes the portal's import file for Vietnamese guests (`tblt_vn_import.xlsx`), [`xml`] the one for foreigners;
//! [`import`] reads lists in the import file's columns. The portal says "success" whatever it took of a file: each file
//! says how many guests are in it, and a person compares that with what the portal's page shows.

pub mod excel;
pub mod import;
pub mod layout;
pub mod xml;

#[cfg(test)]
mod tests;

use thiserror::Error;

pub use excel::ExcelFile;
pub use import::{CellFault, Import, ImportError, RowFault};
pub use layout::Column;

/// How many guests one file has at most, written or read.
pub const LONGEST: usize = 1_000;

/// Why a file cannot be written. Guests are named by their place in the list, from 0.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum FileError {
    /// Nobody to write.
    #[error("there is nobody to write into the file: the portal would say success to an empty one")]
    Empty,
    /// More than one file holds.
    #[error("{0} guests are more than the {LONGEST} of one file: split them")]
    TooMany(usize),
    /// A guest of the other kind.
    #[error("guest {0} goes into the other file: Vietnamese by Excel, foreigners by XML")]
    OtherKind(usize),
    /// A value does not fit.
    #[error("{field} of guest {index} does not fit into the file; correct it there")]
    Value {
        /// The guest.
        index: usize,
        /// Which value: the column's letter, or the element's name.
        field: &'static str,
    },
    /// The spreadsheet could not be made.
    #[error("the spreadsheet could not be made; try again, and tell whoever runs the server")]
    NotMade,
}

/// Checks how many there are.
fn count(guests: usize) -> Result<(), FileError> {
    match guests {
        0 => Err(FileError::Empty),
        count if count > LONGEST => Err(FileError::TooMany(count)),
        _ => Ok(()),
    }
}

//! The axis `validity`: the document's dates.

use jiff::civil::Date;

use super::{data_groups::Contents, verdict::Axis};
use crate::{
    lds::{
        LdsError,
        dg13::{DataGroup13, Expiry},
    },
    reason::ReasonCode,
};

/// The date of issue, where the document states one.
pub(super) fn issue(contents: &Contents) -> Result<Option<Date>, LdsError> {
    contents.details.as_ref().map_or(Ok(None), DataGroup13::date_of_issue)
}

/// The expiry: DG13's word, which `Không thời hạn` may be; without one the MRZ's date.
pub(super) fn expiry(contents: &Contents, today: Date) -> Result<Option<Expiry>, LdsError> {
    let stated = contents.details.as_ref().map_or(Ok(None), DataGroup13::expiry)?;
    let issued = issue(contents).ok().flatten();
    Ok(stated.or_else(|| contents.mrz.expiry(issued, today).map(Expiry::On)))
}

pub(super) fn verify(contents: &Contents, today: Date) -> Axis {
    let (issue, expiry) = (issue(contents), expiry(contents, today));
    match (issue, expiry) {
        (_, Ok(Some(Expiry::On(last)))) if last < today => Axis::failed(ReasonCode::DocumentExpired),
        (Ok(Some(issued)), _) if issued > today => Axis::failed(ReasonCode::DocumentNotYetValid),
        (Err(_), _) | (_, Err(_) | Ok(None)) => Axis::not_done(ReasonCode::DatesUnreadable),
        (Ok(_), Ok(Some(Expiry::Never))) => Axis::passed(ReasonCode::NoExpiry),
        (Ok(_), Ok(Some(Expiry::On(_)))) => Axis::passed(ReasonCode::WithinValidity),
    }
}

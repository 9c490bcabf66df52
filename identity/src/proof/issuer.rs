//! The axis `issuer`, as far as the document's own words decide: a trusted issuer speaks only for its state, and only for the
//! kinds of document that it says.

use super::verdict::Axis;
use crate::{mrz::Zone, reason::ReasonCode, trust::certificate::Certificate};

/// Whether `signer`, which an installed CSCA certified, may sign the document with this zone (ICAO 9303-12 table 5).
///
/// A signer carries its CSCA's country: that is how the CSCA was found.
pub(super) fn may_sign(signer: &Certificate, mrz: &Zone) -> Result<(), Axis> {
    let country = signer.issuer().country();
    if !country.is_some_and(|country| mrz.issuing_state().is_country(&country)) {
        return Err(Axis::failed(ReasonCode::IssuerOfAnotherState));
    }
    if !signer.may_sign_kind(mrz.document_code()) {
        return Err(Axis::failed(ReasonCode::IssuerCertificateMalformed));
    }
    Ok(())
}

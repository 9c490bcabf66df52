//! What a conversation's fault is to the caller.

use tracing::error;

use crate::{
    api::{
        caller::store_fault,
        problem::{Failure, Kind},
    },
    session::{Fault, TypedFault},
};

impl From<Fault> for Failure {
    fn from(fault: Fault) -> Self {
        let kind = match fault {
            Fault::Store(fault) => return store_fault(&fault),
            Fault::UnknownSession => Kind::SessionUnknown,
            Fault::UnknownCall => Kind::CallUnknown,
            Fault::ServiceNotOffered => Kind::ServiceNotOffered,
            Fault::UnexpectedAnswer => Kind::AnswerUnexpected,
            Fault::EvidenceMalformed => Kind::EvidenceMalformed,
            Fault::VneidUnavailable => Kind::VneidUnavailable,
            Fault::Typed(TypedFault::Number) => Kind::TypedNumberMalformed,
            Fault::Typed(TypedFault::Name) => Kind::TypedNameMalformed,
            Fault::Typed(TypedFault::Birth) => Kind::TypedBirthMalformed,
            Fault::ConsentMalformed => Kind::ConsentDigestMalformed,
            Fault::ScreenMalformed => Kind::ScreenNameMalformed,
            Fault::StateMalformed | Fault::VerificationLost | Fault::Random(_) => {
                error!(%fault, "a conversation failed");
                Kind::Internal
            }
        };
        kind.into()
    }
}

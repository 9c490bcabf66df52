//! Signing in at VNeID: begun at the kiosk, ended by the browser of the person's own telephone.
//!
//! The telephone is told nothing but that it is over: who signed in is asked at the kiosk that began it.

use flows::{
    Person,
    engine::{Effect, Event},
    step::Way,
    wire::SignInBegun,
};
use identity::{ReasonCode, SecretBytes};
use secrecy::ExposeSecret as _;
use tracing::{info, warn};
use uuid::Uuid;

use super::{Conversations, Fault, SignedCall, state::write, turn::step_name};
use crate::{
    console::live::News,
    national::{
        NationalError,
        vneid::{Attempt, Level, Returned},
    },
    store::{
        StepCall, StoreError,
        sign_ins::{NewSignIn, SIGN_IN_MINUTES, SignInTurn, SignInUnderWay},
        visits::station_day,
    },
};

/// Where VNeID sends the telephone back to.
pub const CALLBACK: &str = "/vneid/callback";

/// How often a turn is written anew where another was quicker.
const MOST_TRIES: u8 = 3;

/// How a sign-in ended, for the telephone.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SignInEnd {
    /// The kiosk shows whom it was.
    Done,
    /// VNeID did not confirm it, or too late. The kiosk says why.
    NotConfirmed,
    /// No such sign-in is under way: used, replaced, too old, or never begun; or the kiosk went on without it.
    Unknown,
}

impl Conversations {
    /// Whether people may sign in at VNeID here: it is configured, and their telephone finds the way back.
    pub(super) fn offers_vneid(&self) -> bool {
        self.vneid.is_some() && self.public_address.is_some()
    }

    /// Begins a sign-in for a conversation that waits for evidence. The response is a [`SignInBegun`].
    ///
    /// # Errors
    /// [`Fault::UnknownSession`]; [`Fault::UnexpectedAnswer`] where VNeID is not among the ways asked for;
    /// [`Fault::VneidUnavailable`]; or where it could not be written.
    pub async fn begin_sign_in(&self, session: Uuid, call: SignedCall) -> Result<SecretBytes, Fault> {
        let place = self.place(self.clock.now());
        let (row, state) = self.load(session, &call.request.kiosk, &place).await?;
        let expected = state.session.expects(Way::Vneid, &place.rules());
        let (true, Some(vneid), Some(address)) = (expected, &self.vneid, &self.public_address) else {
            return Err(Fault::UnexpectedAnswer);
        };
        let begun = vneid.authorization_url(&format!("{}{CALLBACK}", address.as_str())).await;
        let begun = begun.map_err(|error| {
            warn!(%error, "no sign-in was begun");
            Fault::VneidUnavailable
        })?;
        let response = write(&SignInBegun {
            url: begun.url.expose_secret().to_owned(),
            expires_in: u16::try_from(SIGN_IN_MINUTES * 60).unwrap_or(u16::MAX),
        })?;
        let sign_in = NewSignIn {
            session,
            kiosk: row.kiosk,
            state: begun.attempt.state().into(),
            attempt: begun.attempt.to_bytes(),
            request: call.request,
            response: response.clone(),
            at: place.at,
        };
        self.store.keep_sign_in(sign_in).await?;
        Ok(response)
    }

    /// Ends a sign-in with what the telephone's browser brought back.
    ///
    /// # Errors
    /// Where it could not be read or written.
    pub async fn end_sign_in(&self, returned: &Returned) -> Result<SignInEnd, Fault> {
        // Taken before anything is asked: a sign-in is good once, whatever comes of it.
        let Some(kept) = self.store.take_sign_in(&returned.state, self.clock.now()).await? else {
            return Ok(SignInEnd::Unknown);
        };
        let outcome = self.confirmed(&kept, returned).await;
        let code = outcome.as_ref().err().map_or("", |code| code.as_str());
        info!(session = %kept.session, code, "a sign-in ended");
        let end = if outcome.is_ok() { SignInEnd::Done } else { SignInEnd::NotConfirmed };
        Ok(if self.signed_in(&kept, &outcome).await? { end } else { SignInEnd::Unknown })
    }

    /// Who signed in, or why nobody did.
    async fn confirmed(&self, kept: &SignInUnderWay, returned: &Returned) -> Result<Person, ReasonCode> {
        if kept.expired {
            return Err(ReasonCode::VneidExpired);
        }
        let vneid = self.vneid.as_ref().ok_or(ReasonCode::VneidUnavailable)?;
        let attempt = Attempt::from_bytes(kept.attempt.as_slice()).ok_or(ReasonCode::VneidRefused)?;
        match vneid.exchange(&attempt, returned).await {
            Ok(signed_in) if !signed_in.person.birth.is_possible(station_day(self.clock.now())) => {
                Err(ReasonCode::VneidUnavailable)
            }
            Ok(signed_in) if signed_in.level == Level::Two => Ok(signed_in.person),
            Ok(_) => Err(ReasonCode::VneidLevelTooLow),
            Err(NationalError::Refused { .. }) => Err(ReasonCode::VneidRefused),
            Err(error) => {
                warn!(%error, "a sign-in was not confirmed");
                Err(ReasonCode::VneidUnavailable)
            }
        }
    }

    /// Takes the conversation one step on. Says whether it still waited for that.
    async fn signed_in(
        &self,
        kept: &SignInUnderWay,
        outcome: &Result<Person, ReasonCode>,
    ) -> Result<bool, Fault> {
        for _ in 0..MOST_TRIES {
            let place = self.place(self.clock.now());
            let (row, mut state) = match self.load(kept.session, &kept.kiosk, &place).await {
                Err(Fault::UnknownSession) => return Ok(false),
                loaded => loaded?,
            };
            let asked = step_name(&state.session.step(&place.rules()));
            state.begin_evidence();
            let Ok(effect) = state.session.advance(Event::SignedIn(outcome.clone()), &place.rules()) else {
                return Ok(false);
            };
            state.tidy(&place);
            let call = match effect {
                Effect::CallStaff(code) => Some(StepCall { step: asked.to_owned(), code }),
                _ => None,
            };
            let rings = call.is_some();
            let turn = SignInTurn {
                session: row.id,
                kiosk: row.kiosk,
                version: row.version,
                state: write(&state)?,
                call,
                at: place.at,
            };
            match self.store.save_sign_in(turn).await {
                Err(StoreError::StaleSession) => {}
                saved => {
                    saved?;
                    if rings {
                        self.live.tell(News::Rang);
                    }
                    return Ok(true);
                }
            }
        }
        Ok(false)
    }
}

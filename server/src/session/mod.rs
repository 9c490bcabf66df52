//! The conversation: evidence in, verdict, next step, outcome. Its state is a row: a restart loses nothing.
//!
//! Each call reads the row, decides, and writes everything that follows from it in one transaction at the end.
//! A call that fails or is cut off before that leaves the conversation where it was.

use std::sync::Arc;

use flows::{
    Service, Step,
    engine::{Event, Session},
    health::Station,
    step::Way,
    wire::{CallProgress, CallStaff, ChallengeIssued, OpenSession, SessionView, StaffCalled, Welcome},
};
use identity::{SecretBytes, trust::TrustStore};
use jiff::Timestamp;
use uuid::Uuid;

use crate::{
    clock::Clock,
    config::PublicAddress,
    console::live::{Live, News},
    national::IdentityProvider,
    random::Random,
    store::{
        NewCall, NewChallenge, NewSession, RequestKey, Respond, SessionRow, Store, Submission,
        sessions::CHALLENGE_SECONDS,
    },
};

mod evidence;
mod fault;
mod presented;
mod registers;
mod rules;
mod sign_in;
mod state;
mod turn;

pub use fault::Fault;
pub use presented::TypedFault;
pub use registers::Registers;
pub(crate) use registers::{alert, insured};
use rules::Place;
pub use sign_in::{CALLBACK, SignInEnd};
pub(crate) use state::{AtDesk, Proven, at_desk, proven};
use state::{State, read, write};

/// A verified call of a kiosk that may change something.
#[derive(Debug, Clone)]
pub struct SignedCall {
    /// Which call of which kiosk it is.
    pub request: RequestKey,
    /// What was signed, kept as evidence.
    pub submission: Submission,
}

/// The conversations of a place.
pub struct Conversations {
    /// What is kept.
    pub store: Arc<dyn Store>,
    /// The time.
    pub clock: Clock,
    /// Randomness for sessions and challenges.
    pub random: Random,
    /// The issuers that the server trusts.
    pub trust: Arc<TrustStore>,
    /// The station.
    pub station: Arc<Station>,
    /// Whether what is shown says DỮ LIỆU MÔ PHỎNG.
    pub simulated: bool,
    /// Where people reach this server from elsewhere: tickets then say where their place can be looked at.
    pub public_address: Option<PublicAddress>,
    /// The national systems.
    pub registers: Registers,
    /// Where people may sign in with their own telephone.
    pub vneid: Option<Arc<dyn IdentityProvider>>,
    /// Tells the staff's pages.
    pub live: Live,
}

impl std::fmt::Debug for Conversations {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Conversations({})", self.station.code)
    }
}

impl Conversations {
    /// What the first screen shows.
    pub fn welcome(&self) -> Welcome {
        Welcome {
            station: self.station.name.clone(),
            simulated: self.simulated,
            services: vec![Service::Health],
        }
    }

    /// Opens a conversation. The response is a [`SessionView`].
    ///
    /// # Errors
    /// [`Fault::ServiceNotOffered`], or where it could not be written.
    pub async fn open(&self, call: SignedCall, wish: OpenSession) -> Result<SecretBytes, Fault> {
        if wish.service != Service::Health {
            return Err(Fault::ServiceNotOffered);
        }
        let at = self.clock.now();
        let id = self.random.uuid()?;
        let mut ways = wish.ways;
        ways.retain(|way| *way != Way::Vneid || self.offers_vneid());
        let state = State::new(Session::new(wish.service, wish.language, ways));
        let response = write(&state.view(id, &self.place(at)))?;
        let session = NewSession {
            id,
            kiosk: call.request.kiosk.clone(),
            service: wish.service,
            language: wish.language,
            state: write(&state)?,
            request: call.request,
            response: response.clone(),
            at,
        };
        self.store.open_session(session).await?;
        Ok(response)
    }

    /// The step that a conversation is at.
    ///
    /// # Errors
    /// [`Fault::UnknownSession`], or where it could not be read.
    pub async fn view(&self, id: Uuid, kiosk: &str) -> Result<SessionView, Fault> {
        let place = self.place(self.clock.now());
        let (_, state) = self.load(id, kiosk, &place).await?;
        let mut view = state.view(id, &place);
        if matches!(view.step, Step::CallStaff { .. }) {
            self.repeat_unanswered(&place).await?;
            view.call = self.store.session_call(id).await?.map(|standing| place.progress(&standing));
        }
        Ok(view)
    }

    /// How a call of this kiosk stands.
    ///
    /// # Errors
    /// [`Fault::UnknownCall`], or where it could not be read.
    pub async fn call(&self, id: Uuid, kiosk: &str) -> Result<CallProgress, Fault> {
        let place = self.place(self.clock.now());
        self.repeat_unanswered(&place).await?;
        let standing = self.store.call_standing(id, kiosk).await?.ok_or(Fault::UnknownCall)?;
        Ok(place.progress(&standing))
    }

    async fn repeat_unanswered(&self, place: &Place<'_>) -> Result<(), Fault> {
        if self.store.repeat_unanswered(place.at).await? > 0 {
            self.live.tell(News::Rang);
        }
        Ok(())
    }

    /// Makes a challenge for a conversation that waits for evidence. The response is a [`ChallengeIssued`].
    ///
    /// # Errors
    /// [`Fault::UnknownSession`]; [`Fault::UnexpectedAnswer`] where no evidence is asked for; or where it could
    /// not be written.
    pub async fn challenge(&self, session: Uuid, call: SignedCall) -> Result<SecretBytes, Fault> {
        let at = self.clock.now();
        let (row, state) = self.load(session, &call.request.kiosk, &self.place(at)).await?;
        if !state.session.expects_evidence() {
            return Err(Fault::UnexpectedAnswer);
        }
        let (id, nonce) = (self.random.uuid()?, self.random.bytes::<8>()?);
        let response = write(&ChallengeIssued {
            challenge_id: id.to_string(),
            nonce: SecretBytes::new(nonce.to_vec()),
            expires_in: u16::try_from(CHALLENGE_SECONDS).unwrap_or(u16::MAX),
        })?;
        let challenge = NewChallenge {
            id,
            session,
            kiosk: row.kiosk,
            nonce,
            request: call.request,
            response: response.clone(),
            at,
        };
        self.store.issue_challenge(challenge).await?;
        Ok(response)
    }

    /// Calls staff to a kiosk that has no conversation. The response is a [`StaffCalled`].
    ///
    /// # Errors
    /// [`Fault::ScreenMalformed`], or where it could not be written.
    pub async fn call_staff(&self, call: SignedCall, wish: CallStaff) -> Result<SecretBytes, Fault> {
        let small = |byte: u8| byte.is_ascii_lowercase() || byte == b'_';
        if !(1..=40).contains(&wish.step.len()) || !wish.step.bytes().all(small) {
            return Err(Fault::ScreenMalformed);
        }
        let new = NewCall {
            kiosk: call.request.kiosk.clone(),
            session: None,
            step: wish.step,
            code: wish.code,
            request: call.request,
            respond: Respond::new(|id: &Uuid| called(*id)),
            at: self.clock.now(),
        };
        let call = self.store.call_staff(new).await?;
        self.live.tell(News::Rang);
        Ok(called(call))
    }

    fn place(&self, at: Timestamp) -> Place<'_> {
        Place {
            station: &self.station,
            simulated: self.simulated,
            public_address: self.public_address.as_ref(),
            at,
        }
    }

    /// The row and its state, with what staff did to it since.
    async fn load(&self, id: Uuid, kiosk: &str, place: &Place<'_>) -> Result<(SessionRow, State), Fault> {
        let row = self.store.session(id, kiosk).await?.ok_or(Fault::UnknownSession)?;
        let mut state: State = read(&row.state)?;
        // Staff write records, never states: the conversation learns here what they did.
        let by_staff = match &row.recorded {
            Some(recorded) => Some(Event::AdmittedByStaff(place.ticket(recorded))),
            None if row.handed_back => Some(Event::HandedBack),
            None => row.calls_closed.then_some(Event::ClosedByStaff),
        };
        if let Some(event) = by_staff
            && state.session.advance(event, &place.rules()).is_ok()
        {
            state.tidy(place);
        }
        Ok((row, state))
    }
}

fn called(id: Uuid) -> SecretBytes {
    write(&StaffCalled { call_id: id.to_string() }).unwrap_or_default()
}

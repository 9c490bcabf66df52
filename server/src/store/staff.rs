//! Accounts of staff, how they sign in, and how long they stay signed in.

use std::net::IpAddr;

use async_trait::async_trait;
use identity::{SecretBytes, number::PersonalNumber};
use jiff::{SignedDuration, Timestamp};
use secrecy::SecretString;
use uuid::Uuid;

use super::StoreError;
use crate::staff::{Code, OneTimeSecret, PasswordHash, Post, UserName};

/// Minutes without a touch after which a member of staff is signed out.
pub const IDLE_MINUTES: i64 = 15;
/// Hours after which they sign in anew however busy they are.
pub const LONGEST_HOURS: i64 = 12;
/// Minutes to enter the one-time code, or to enrol, after the password.
pub const CODE_MINUTES: i64 = 10;
/// Hours for which the secret that enrols is good.
pub const ENROLMENT_HOURS: i64 = 48;
/// Seconds between two notes of when someone was last there.
pub const TOUCH_SECONDS: i64 = 60;

/// Where an attempt to sign in comes from: the machine's address; of IPv6 the network, in which a machine has as many
/// addresses as it likes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Source(String);

impl Source {
    /// The place of this address.
    pub fn of(address: IpAddr) -> Self {
        Self(match address.to_canonical() {
            IpAddr::V4(address) => address.to_string(),
            IpAddr::V6(address) => {
                let [a, b, c, d, ..] = address.segments();
                format!("{a:x}:{b:x}:{c:x}:{d:x}::/64")
            }
        })
    }

    /// As it is hashed.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// What a new member of staff begins with.
#[derive(Debug, Clone)]
pub enum Credential {
    /// A secret that enrols, once: SHA-256 of it ([`Code::digest`]).
    Enrolment([u8; 32]),
    /// Password and device, of the demonstration.
    Ready {
        /// The password's hash.
        password: PasswordHash,
        /// What the device shares.
        one_time: OneTimeSecret,
    },
}

/// A new account.
#[derive(Clone)]
pub struct NewStaff {
    /// What they sign in with.
    pub user_name: UserName,
    /// Their name, which stands in what they decide.
    pub name: String,
    /// Their personal number, for VNeID. Kept as a keyed hash alone.
    pub number: Option<PersonalNumber>,
    /// What they do, and where.
    pub posts: Vec<Post>,
    /// What they begin with.
    pub credential: Credential,
    /// The manager who adds them; none from the command line.
    pub by: Option<Uuid>,
    /// Now.
    pub at: Timestamp,
}

impl std::fmt::Debug for NewStaff {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("NewStaff").field("posts", &self.posts).finish_non_exhaustive()
    }
}

/// What became of a new account.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Added {
    /// It is there.
    Added(Uuid),
    /// Another has this user name.
    UserNameTaken,
    /// Another has this personal number.
    NumberTaken,
}

/// A change to an account.
#[derive(Debug, Clone)]
pub enum Change {
    /// What they do, and where.
    Posts(Vec<Post>),
    /// They may not sign in any more, and are signed out.
    Lock,
    /// They may again.
    Unlock,
    /// Password, device and recovery codes are forgotten, and they enrol anew: SHA-256 of the secret for it.
    Reset([u8; 32]),
    /// A new password. They are signed out everywhere else.
    Password {
        /// Its hash.
        hash: PasswordHash,
        /// The session that goes on.
        keep: Uuid,
    },
    /// The same password under newer parameters. Nobody is signed out.
    Rehash(PasswordHash),
}

/// A change to an account, and who makes it.
#[derive(Debug, Clone)]
pub struct ChangeStaff {
    /// Whose account.
    pub staff: Uuid,
    /// What changes.
    pub change: Change,
    /// Who changes it; none from the command line.
    pub by: Option<Uuid>,
    /// Now.
    pub at: Timestamp,
}

/// What became of a change.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Changed {
    /// It is done.
    Done,
    /// No such account.
    Unknown,
    /// Nobody would be left who may manage accounts there.
    LastManager,
}

/// An account, for those who manage them.
#[derive(Clone, PartialEq, Eq)]
pub struct StaffAccount {
    /// Its id.
    pub id: Uuid,
    /// What they sign in with.
    pub user_name: UserName,
    /// Their name.
    pub name: String,
    /// What they do, and where.
    pub posts: Vec<Post>,
    /// Whether VNeID can tell who they are.
    pub number_known: bool,
    /// Whether they have password and device.
    pub enrolled: bool,
    /// Since when they may not sign in.
    pub locked_at: Option<Timestamp>,
    /// Recovery codes that are left.
    pub recovery_codes: u32,
}

impl std::fmt::Debug for StaffAccount {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("StaffAccount")
            .field("id", &self.id)
            .field("posts", &self.posts)
            .finish_non_exhaustive()
    }
}

/// An attempt to sign in with a password.
#[derive(Debug, Clone)]
pub struct SignInAttempt {
    /// What was typed.
    pub user_name: UserName,
    /// From where.
    pub source: Source,
    /// Now.
    pub at: Timestamp,
}

/// What an attempt is compared with.
#[derive(Debug, Clone)]
pub enum Expected {
    /// There is no such account, or it may not sign in. Whoever asks must not learn which.
    Nobody,
    /// A password.
    Password {
        /// Whose.
        staff: Uuid,
        /// Its hash.
        hash: PasswordHash,
    },
    /// The secret that enrols: SHA-256 of it.
    Enrolment {
        /// Whose.
        staff: Uuid,
        /// SHA-256 of the secret.
        digest: [u8; 32],
    },
}

/// How an attempt begins. It is counted as a failure until [`StaffAccounts::pass_password`] takes that back: attempts
/// made at the same time cannot outrun the count.
#[derive(Debug, Clone)]
pub enum SignInBegun {
    /// It may be made.
    Expects(Expected),
    /// Too many failed before. Nothing was compared.
    Wait {
        /// Until when.
        until: Timestamp,
    },
}

/// A password, or a secret that enrols, that was right.
#[derive(Debug, Clone)]
pub struct PasswordPassed {
    /// The attempt.
    pub attempt: SignInAttempt,
    /// Whose it is.
    pub staff: Uuid,
    /// Whether they enrol: then a secret for their device is drawn.
    pub enrols: bool,
}

/// The token in a browser's cookie: 256 random bits in hexadecimal. The store keeps a keyed hash of it.
#[derive(Debug, Clone)]
pub struct SessionToken(pub SecretString);

/// A one-time code, or a recovery code, after the password.
#[derive(Clone)]
pub struct CodeAttempt {
    /// The token that the password gave.
    pub token: SessionToken,
    /// What was typed.
    pub code: SecretString,
    /// From where.
    pub source: Source,
    /// Now.
    pub at: Timestamp,
}

impl std::fmt::Debug for CodeAttempt {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("CodeAttempt").field("at", &self.at).finish_non_exhaustive()
    }
}

/// The end of an enrolment: a password, and a code that shows that the device has the secret.
#[derive(Debug, Clone)]
pub struct Enrolment {
    /// The code, with the token that the enrolment secret gave.
    pub attempt: CodeAttempt,
    /// The chosen password's hash.
    pub password: PasswordHash,
    /// Recovery codes, shown once after this: their SHA-256.
    pub recovery: Vec<[u8; 32]>,
}

/// What became of a code.
#[derive(Debug, Clone)]
pub enum CodeAnswer {
    /// Signed in, under a new token: one that somebody planted before is worth nothing.
    SignedIn(SessionToken),
    /// A wrong code, or one that was used before.
    Wrong,
    /// Too many failed.
    Wait {
        /// Until when.
        until: Timestamp,
    },
    /// The password was too long ago, or is not this token's.
    Expired,
}

/// What an enrolment's page shows.
#[derive(Debug, Clone)]
pub struct Enrolling {
    /// Who.
    pub user_name: UserName,
    /// For the device.
    pub one_time: OneTimeSecret,
}

/// How someone signed in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Way {
    /// Password and one-time code.
    Local,
    /// VNeID.
    VneId,
}

/// A member of staff who is signed in.
#[derive(Clone)]
pub struct StaffSession {
    /// The session.
    pub session: Uuid,
    /// Who.
    pub staff: Uuid,
    /// Their name.
    pub name: String,
    /// What they do, and where.
    pub posts: Vec<Post>,
    /// How they signed in.
    pub way: Way,
    /// Since when.
    pub opened_at: Timestamp,
    /// When they were last noted to be there.
    pub seen_at: Timestamp,
    /// What every form of this session carries (HMAC-SHA-256 of the token under a key of the server).
    pub csrf: [u8; 32],
}

impl StaffSession {
    /// Whether it is time to note that they are there.
    pub fn to_be_touched(&self, at: Timestamp) -> bool {
        self.seen_at.duration_until(at) >= SignedDuration::from_secs(TOUCH_SECONDS)
    }
}

impl std::fmt::Debug for StaffSession {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("StaffSession")
            .field("session", &self.session)
            .field("staff", &self.staff)
            .field("posts", &self.posts)
            .finish_non_exhaustive()
    }
}

/// A sign-in by VNeID that has begun: kept sealed, found by its `state` and the browser that began it, good once, for
/// [`CODE_MINUTES`].
#[derive(Clone)]
pub struct IdentityAttempt {
    /// OpenID Connect's `state`.
    pub state: SecretString,
    /// What is needed to end it: nonce and PKCE verifier.
    pub attempt: SecretBytes,
    /// The page that was wanted.
    pub next: String,
    /// Now.
    pub at: Timestamp,
}

impl std::fmt::Debug for IdentityAttempt {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("IdentityAttempt").field("at", &self.at).finish_non_exhaustive()
    }
}

/// What a token is good for.
#[derive(Debug, Clone)]
pub enum Presented {
    /// Someone is signed in.
    SignedIn(Box<StaffSession>),
    /// They were, and nothing was touched for [`IDLE_MINUTES`], or it has been [`LONGEST_HOURS`].
    TimedOut,
    /// Nothing.
    Nobody,
}

/// Why a session ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SessionEnd {
    /// Signed out.
    SignedOut,
    /// Nothing was touched, or it lasted long enough.
    TimedOut,
    /// The account was locked, reset, or got another password.
    AccountChanged,
    /// The second factor took its place.
    Completed,
}

impl SessionEnd {
    /// The word in the database.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::SignedOut => "signed_out",
            Self::TimedOut => "timed_out",
            Self::AccountChanged => "account_changed",
            Self::Completed => "completed",
        }
    }
}

/// Accounts of staff, and their sessions. Each operation is one transaction with its leaf in the audit log.
#[async_trait]
pub trait StaffAccounts: Send + Sync {
    /// Adds an account.
    ///
    /// # Errors
    /// Where it could not be written.
    async fn add_staff(&self, staff: NewStaff) -> Result<Added, StoreError>;

    /// Every account, by name.
    ///
    /// # Errors
    /// Where they could not be read.
    async fn staff(&self) -> Result<Vec<StaffAccount>, StoreError>;

    /// Changes an account.
    ///
    /// # Errors
    /// Where it could not be written.
    async fn change_staff(&self, change: ChangeStaff) -> Result<Changed, StoreError>;

    /// Begins an attempt with a password, and counts it.
    ///
    /// # Errors
    /// Where it could not be written.
    async fn begin_sign_in(&self, attempt: SignInAttempt) -> Result<SignInBegun, StoreError>;

    /// Notes that an attempt failed.
    ///
    /// # Errors
    /// Where it could not be written.
    async fn fail_sign_in(&self, attempt: SignInAttempt) -> Result<(), StoreError>;

    /// Takes an attempt back whose password was right, where nobody signs in by it.
    ///
    /// # Errors
    /// Where it could not be written.
    async fn take_back_attempt(&self, attempt: SignInAttempt) -> Result<(), StoreError>;

    /// Takes the password as right. The token is good for the second factor alone, for [`CODE_MINUTES`].
    ///
    /// # Errors
    /// Where it could not be written.
    async fn pass_password(&self, passed: PasswordPassed) -> Result<SessionToken, StoreError>;

    /// Takes the second factor.
    ///
    /// # Errors
    /// Where it could not be written.
    async fn enter_code(&self, attempt: CodeAttempt) -> Result<CodeAnswer, StoreError>;

    /// What the page of an enrolment shows. None where the token is good for none.
    ///
    /// # Errors
    /// Where it could not be read.
    async fn enrolling(&self, token: &SessionToken, at: Timestamp) -> Result<Option<Enrolling>, StoreError>;

    /// Ends an enrolment: password, device and recovery codes are kept, and the person is signed in.
    ///
    /// # Errors
    /// Where it could not be written.
    async fn enrol(&self, enrolment: Enrolment) -> Result<CodeAnswer, StoreError>;

    /// Keeps a sign-in by VNeID while the browser is away. The token is for that browser.
    ///
    /// # Errors
    /// Where it could not be written.
    async fn keep_identity_attempt(&self, attempt: IdentityAttempt) -> Result<SessionToken, StoreError>;

    /// What was kept, once: the attempt, and the page that was wanted. None where it is not this browser's, or too old.
    ///
    /// # Errors
    /// Where it could not be written.
    async fn take_identity_attempt(
        &self,
        state: &SecretString,
        browser: &SessionToken,
        at: Timestamp,
    ) -> Result<Option<(SecretBytes, String)>, StoreError>;

    /// Signs in whose number this is, as VNeID says. None where no account has it that may sign in.
    ///
    /// # Errors
    /// Where it could not be written.
    async fn sign_in_by_number(
        &self,
        number: &PersonalNumber,
        at: Timestamp,
    ) -> Result<Option<SessionToken>, StoreError>;

    /// Who presents a token.
    ///
    /// # Errors
    /// Where it could not be read.
    async fn staff_session(&self, token: &SessionToken, at: Timestamp) -> Result<Presented, StoreError>;

    /// Notes that someone is there.
    ///
    /// # Errors
    /// Where it could not be written.
    async fn touch_staff_session(&self, session: Uuid, at: Timestamp) -> Result<(), StoreError>;

    /// Ends a session. One that has ended stays so.
    ///
    /// # Errors
    /// Where it could not be written.
    async fn sign_out(&self, session: Uuid, at: Timestamp) -> Result<(), StoreError>;

    /// Ends the sessions that have timed out, and forgets failures that are too old to count. How many ended.
    ///
    /// # Errors
    /// Where it could not be written.
    async fn end_timed_out(&self, at: Timestamp) -> Result<u64, StoreError>;
}

/// Recovery codes as a member of staff gets them, and what is kept of each.
pub fn digests(codes: &[Code]) -> Vec<[u8; 32]> {
    codes.iter().map(Code::digest).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_machine_with_many_addresses_is_one_place() {
        let source = |text: &str| Source::of(text.parse().unwrap());
        assert_eq!(source("2001:db8:1:2::1"), source("2001:db8:1:2:ffff::9"));
        assert_ne!(source("2001:db8:1:2::1"), source("2001:db8:1:3::1"));
        assert_eq!(source("::ffff:127.0.0.1"), source("127.0.0.1"));
        assert_ne!(source("192.0.2.1"), source("192.0.2.2"));
    }
}

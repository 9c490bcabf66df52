//! Why a national system gave no usable answer. No variant can hold personal data.

use thiserror::Error;

/// A national system.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum System {
    /// The population database (Cơ sở dữ liệu quốc gia về dân cư).
    Population,
    /// The provincial integration platform (LGSP), another way to the population database.
    Lgsp,
    /// The health-insurance register (cổng tiếp nhận BHXH).
    Insurance,
    /// The chip check of C06.
    ChipCheck,
    /// VNeID as identity provider.
    Vneid,
    /// The police portal for stays (tbltkbtt).
    Lodging,
}

impl std::fmt::Display for System {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Self::Population => "the population database",
            Self::Lgsp => "the provincial integration platform",
            Self::Insurance => "the health-insurance register",
            Self::ChipCheck => "the chip check of C06",
            Self::Vneid => "VNeID",
            Self::Lodging => "the lodging portal",
        })
    }
}

/// Why a look-up has no answer. None is a reason to turn a person away.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum NationalError {
    /// The system is down or does not speak as it should. Asking again later may help.
    #[error("{system} is unavailable: {trouble}; admit the person as not verified and ask again later")]
    Unavailable {
        /// Which system.
        system: System,
        /// What was seen of it.
        trouble: Trouble,
    },
    /// The system refuses us, not the person. Asking again does not help until an operator has acted.
    #[error("{system} refuses this server with code {code}; check its account and settings under [national]")]
    Refused {
        /// Which system.
        system: System,
        /// The system's own code: `maKetQua`, a SOAP fault code, or an HTTP status.
        code: String,
    },
    /// A field of the person does not fit the system's format.
    #[error("{system} cannot be asked: {field} does not fit its format; staff look the person up by hand")]
    NotAskable {
        /// Which system.
        system: System,
        /// The field's name in the format.
        field: &'static str,
    },
}

impl NationalError {
    /// Whether the system itself did not work: what a circuit breaker counts. An answer that is of no use is one.
    pub(super) fn is_outage(&self) -> bool {
        let Self::Unavailable { trouble, .. } = self else { return false };
        matches!(
            trouble,
            Trouble::NoConnection | Trouble::TimedOut | Trouble::Interrupted | Trouble::Status(500..)
        )
    }
}

/// What was seen of a system that is unavailable.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum Trouble {
    /// Nobody listens, or the network does not lead there.
    #[error("no connection")]
    NoConnection,
    /// No whole answer within the time limit.
    #[error("no answer in time")]
    TimedOut,
    /// The connection ended within the answer.
    #[error("the connection broke")]
    Interrupted,
    /// An HTTP status that is no answer.
    #[error("HTTP status {0}")]
    Status(u16),
    /// The answer is over the size limit.
    #[error("the answer is too large")]
    TooLarge,
    /// The answer is not in the format.
    #[error("the answer is malformed: {0}")]
    Malformed(Flaw),
    /// The answer is whole, but its signature or what it is bound to is wrong.
    #[error("the answer is not proved to be its own")]
    Unproved,
    /// The answer says that it is simulated, and this server is in production.
    #[error("its answers are simulated")]
    Simulated,
    /// The system itself says that it has trouble.
    #[error("it reports trouble of its own")]
    Reported,
    /// The same, with a code of its own (`maKetQua` 100 or 101).
    #[error("it reports trouble of its own (code {0})")]
    ReportedCode(u16),
    /// It failed several times in a row and is left alone for a while.
    #[error("it failed several times in a row and is left alone for a while")]
    CircuitOpen,
    /// As many calls as may be are under way, and none ended in time.
    #[error("too many calls to it are under way")]
    Busy,
    /// This server's random generator gave nothing for the request's number.
    #[error("this server's random generator failed")]
    NoRandomness,
}

/// What of an answer's format is broken.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum Flaw {
    /// Not UTF-8.
    #[error("it is not UTF-8")]
    Encoding,
    /// Not well-formed, or it ends too early.
    #[error("it is not well-formed")]
    Syntax,
    /// A document type declaration, which has no place in SOAP (SOAP 1.1 section 3).
    #[error("it has a document type declaration")]
    DocumentType,
    /// A processing instruction, which has none either.
    #[error("it has a processing instruction")]
    ProcessingInstruction,
    /// An entity beyond XML's own five.
    #[error("it refers to an entity that there is not")]
    Entity,
    /// More levels of elements than are followed.
    #[error("its elements are nested too deeply")]
    Depth,
    /// A prefix without a namespace.
    #[error("a prefix in it has no namespace")]
    Namespace,
    /// Well-formed, but a value is missing, is there twice, or is not of its kind.
    #[error("a value in it is missing, doubled or not of its kind")]
    Content,
}

impl Flaw {
    /// What is broken where JSON could not be read.
    pub(super) fn of(error: &serde_json::Error) -> Self {
        if error.is_data() { Self::Content } else { Self::Syntax }
    }
}

/// Why a client cannot be made from its configuration.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum ConfigurationError {
    /// The address is not one.
    #[error("the address of {0} is not a URL; write it as http://127.0.0.1:PORT/PATH")]
    Address(System),
    /// Requests go unencrypted, so they may not leave this machine.
    #[error(
        "{0} is not on this machine and this server does not encrypt its calls yet; use a loopback address"
    )]
    NotLoopback(System),
    /// The HTTP client cannot be set up.
    #[error("the HTTP client for {0} cannot be made; check its time limits")]
    Client(System),
    /// A setting cannot be sent.
    #[error(
        "the setting {field} of {system} does not fit its format: too long, of another shape, or a character \
         that a header cannot hold; docs/national.md says what fits"
    )]
    Setting {
        /// Which system.
        system: System,
        /// The setting's name.
        field: &'static str,
    },
}

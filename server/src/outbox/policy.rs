//! Every kind of message: to whom, when, how often, and what is kept. `docs/outbox.md` is this table.

use std::fmt::Write as _;

use flows::law::Record;
use jiff::{SignedDuration, Timestamp};

use crate::{
    random::{Random, RandomUnavailable},
    store::MessageKind,
};

/// What holds for one kind of message.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Policy {
    /// The kind.
    pub kind: MessageKind,
    /// To whom it goes.
    pub to: &'static str,
    /// What makes it.
    pub when: &'static str,
    /// By what the other side can tell a repetition.
    pub known_by: &'static str,
    /// How it is tried again; none: nobody delivers it, a person tells it.
    pub retry: Option<Retry>,
    /// The rule by which its receipt is kept; none: there is none.
    pub receipt: Option<Record>,
}

/// How a message is tried again: exponential back-off with full jitter.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Retry {
    /// The longest wait after the first attempt.
    pub first: SignedDuration,
    /// What the longest wait is multiplied by after each attempt.
    pub factor: u32,
    /// The longest wait of all.
    pub cap: SignedDuration,
    /// How long after its first attempt, since it was queued or staff had it tried again, a message that fails becomes
    /// a dead letter.
    pub give_up: SignedDuration,
}

const CHECK_IN: Policy = Policy {
    kind: MessageKind::CheckIn,
    to: "health-insurance register (cổng tiếp nhận BHXH), checkInKcb",
    when: "the station's software reports the first cost of a visit, and again the first cost in a ward; not for an \
           emergency nor for laboratory work alone",
    known_by: "`MA_LK`, the visit's id, and `NGAY_VAO_NOI_TRU` (stand-in)",
    retry: Some(Retry {
        first: SignedDuration::from_secs(5),
        factor: 2,
        cap: SignedDuration::from_mins(10),
        give_up: SignedDuration::from_hours(72),
    }),
    receipt: Some(Record::OutboxReceipt),
};

const INSURANCE_LOOK_UP: Policy = Policy {
    kind: MessageKind::InsuranceLookUp,
    to: "health-insurance register, look-up",
    when: "a visit was recorded as CHUA_XAC_MINH: the register could not be asked; its answer may soon be another \
           (050, 121 to 123); or the visit's insurance was corrected",
    known_by: "a question changes nothing there",
    retry: Some(Retry {
        first: SignedDuration::from_secs(30),
        factor: 2,
        cap: SignedDuration::from_mins(15),
        give_up: SignedDuration::from_hours(48),
    }),
    receipt: None,
};

const POPULATION_CHECK: Policy = Policy {
    kind: MessageKind::PopulationCheck,
    to: "population database (CSDLQG về dân cư), XacThucThongTinCongDan",
    when: "a visit was recorded while the database could not be asked",
    known_by: "a question changes nothing there",
    retry: Some(Retry {
        first: SignedDuration::from_mins(1),
        factor: 2,
        cap: SignedDuration::from_hours(1),
        give_up: SignedDuration::from_hours(24),
    }),
    receipt: None,
};

const CORRECTION: Policy = Policy {
    kind: MessageKind::Correction,
    to: "a member of staff, who tells the system by its own portal or by telephone",
    when: "an admission was corrected after something of it was sent, and the system has no call to take it back",
    known_by: "the person who tells it",
    retry: None,
    receipt: None,
};

const STAY_DECLARATION: Policy = Policy {
    kind: MessageKind::StayDeclaration,
    to: "police portal for stays, kbtt-vn and kbtt; guests of one kind at one place go together",
    when: "a stay is ready at a place that declares by the portal",
    known_by: "the portal refuses a guest who is staying already: after an unclear answer that is the first one, taken",
    retry: Some(Retry {
        first: SignedDuration::from_secs(5),
        factor: 2,
        cap: SignedDuration::from_mins(5),
        // Past the portal's window (today and yesterday) it goes by file or on paper, before this is over.
        give_up: SignedDuration::from_hours(72),
    }),
    receipt: None,
};

const STAY_CHANGE: Policy = Policy {
    kind: MessageKind::StayChange,
    to: "police portal for stays, doi-ngay-tra-phong",
    when: "a declared Vietnamese guest stays longer, or left before they meant to",
    known_by: "the same change again changes nothing there (stand-in)",
    retry: Some(Retry {
        first: SignedDuration::from_secs(5),
        factor: 2,
        cap: SignedDuration::from_mins(10),
        give_up: SignedDuration::from_hours(24),
    }),
    receipt: None,
};

const STAY_CORRECTION: Policy = Policy {
    kind: MessageKind::StayCorrection,
    to: "the owner, who tells the police of the commune by their portal's pages or by telephone",
    when: "a stay was corrected or withdrawn after it was sent, and the portal has no call to take it back; a change of a \
           foreigner's departure",
    known_by: "the person who tells it",
    retry: None,
    receipt: None,
};

/// The policy of every kind of message.
pub const MESSAGES: [Policy; 7] = [
    CHECK_IN,
    INSURANCE_LOOK_UP,
    POPULATION_CHECK,
    CORRECTION,
    STAY_DECLARATION,
    STAY_CHANGE,
    STAY_CORRECTION,
];

impl Policy {
    /// What holds for `kind`.
    pub const fn of(kind: MessageKind) -> Self {
        match kind {
            MessageKind::CheckIn => CHECK_IN,
            MessageKind::InsuranceLookUp => INSURANCE_LOOK_UP,
            MessageKind::PopulationCheck => POPULATION_CHECK,
            MessageKind::Correction => CORRECTION,
            MessageKind::StayDeclaration => STAY_DECLARATION,
            MessageKind::StayChange => STAY_CHANGE,
            MessageKind::StayCorrection => STAY_CORRECTION,
        }
    }
}

impl Retry {
    /// The longest wait after the attempt that was the `tried`th, from 1.
    pub fn longest(&self, tried: u32) -> SignedDuration {
        let mut wait = self.first;
        for _ in 1..tried {
            if wait >= self.cap {
                break;
            }
            wait = wait.saturating_mul(i32::try_from(self.factor).unwrap_or(i32::MAX));
        }
        wait.min(self.cap)
    }

    /// When a message that failed at `now` is tried again: at a time between now and the longest wait, each as
    /// likely, so that those that failed together do not come back together. None where it is given up.
    ///
    /// # Errors
    /// Where the generator fails.
    pub fn again(
        &self,
        tried: u32,
        since: Timestamp,
        now: Timestamp,
        random: &Random,
    ) -> Result<Option<Timestamp>, RandomUnavailable> {
        if now.duration_since(since) >= self.give_up {
            return Ok(None);
        }
        let longest = u64::try_from(self.longest(tried).as_millis()).unwrap_or(0);
        // 64 bits over at most an hour of milliseconds: what modulo favours is beyond measure.
        let wait = u64::from_le_bytes(random.bytes()?) % (longest + 1);
        let wait = SignedDuration::from_millis(i64::try_from(wait).unwrap_or(0));
        Ok(Some(now.saturating_add(wait).unwrap_or(now)))
    }
}

fn in_words(time: SignedDuration) -> String {
    let seconds = time.as_secs();
    match (seconds % 3600, seconds % 60) {
        (0, _) => format!("{} h", seconds / 3600),
        (_, 0) => format!("{} min", seconds / 60),
        _ => format!("{seconds} s"),
    }
}

/// The text of `docs/outbox.md`.
pub fn documentation() -> String {
    let mut text = String::from(include_str!("policy.md"));
    text.push_str(
        "\n| message | to | when | known by | first wait | × | cap | dead letter after | receipt kept |\n\
         |---|---|---|---|---|---|---|---|---|\n",
    );
    for policy in MESSAGES {
        let retry = policy.retry.map_or_else(
            || "never tried | | | at once".to_owned(),
            |Retry { first, factor, cap, give_up }| {
                format!("0 to {} | {factor} | {} | {}", in_words(first), in_words(cap), in_words(give_up))
            },
        );
        let receipt = policy
            .receipt
            .and_then(Record::rule)
            .map_or_else(|| "none".to_owned(), |rule| rule.period.to_string());
        let Policy { kind, to, when, known_by, .. } = policy;
        // Writing to a string does not fail.
        let _ = writeln!(text, "| `{}` | {to} | {when} | {known_by} | {retry} | {receipt} |", kind.as_str());
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::conformance::{at, seeded};

    #[test]
    fn the_documentation_is_this_table() {
        let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../docs/outbox.md");
        if std::env::var_os("UPDATE_DOCS").is_some() {
            std::fs::write(path, documentation()).unwrap();
        }
        assert_eq!(std::fs::read_to_string(path).unwrap(), documentation(), "run it with UPDATE_DOCS=1");
    }

    #[test]
    fn every_kind_has_its_row() {
        for kind in MessageKind::ALL {
            assert_eq!(Policy::of(kind).kind, kind);
            assert_eq!(MESSAGES.iter().filter(|policy| policy.kind == kind).count(), 1);
        }
    }

    #[test]
    fn a_receipt_outlives_the_register_s_own_list() {
        let kept_since = CHECK_IN.receipt.unwrap().over_before(at(0)).unwrap();
        assert!(at(0).duration_since(kept_since) > SignedDuration::from_hours(60 * 24));
    }

    #[test]
    fn the_longest_wait_grows_to_its_cap_and_never_beyond() {
        for retry in MESSAGES.iter().filter_map(|policy| policy.retry) {
            assert_eq!(retry.longest(1), retry.first);
            assert_eq!(retry.longest(2), retry.first * 2);
            assert_eq!(retry.longest(u32::MAX), retry.cap);
            assert!(retry.cap < retry.give_up);
        }
    }

    #[test]
    fn waits_are_spread_over_all_of_the_time() {
        let retry = CHECK_IN.retry.unwrap();
        let random = seeded(5);
        let waits: Vec<_> = (0..400)
            .map(|_| retry.again(3, at(0), at(10), &random).unwrap().unwrap().duration_since(at(10)))
            .collect();
        let most = retry.longest(3);
        assert!(waits.iter().all(|wait| (SignedDuration::ZERO..=most).contains(wait)));
        for quarter in 0..4 {
            let within = most * quarter / 4..most * (quarter + 1) / 4;
            let count = waits.iter().filter(|wait| within.contains(*wait)).count();
            assert!((60..140).contains(&count), "{count} of 400 in quarter {quarter}");
        }
    }

    #[test]
    fn a_message_is_given_up_when_its_time_is_over() {
        let retry = CHECK_IN.retry.unwrap();
        let end = at(0) + retry.give_up;
        let just_before = end - SignedDuration::from_millis(1);
        assert!(retry.again(99, at(0), just_before, &seeded(1)).unwrap().is_some());
        assert_eq!(retry.again(99, at(0), end, &seeded(1)).unwrap(), None);
    }
}

//! Accounts of staff, and how they sign in.

use std::net::Ipv4Addr;

use jiff::SignedDuration;
use secrecy::SecretString;

use super::*;
use crate::{
    staff::{Code, OneTimeSecret, PasswordHash, Post, Role, UserName, lockout},
    store::staff::{
        Added, Change, ChangeStaff, Changed, CodeAnswer, CodeAttempt, Credential, Enrolment, Expected,
        IDLE_MINUTES, IdentityAttempt, LONGEST_HOURS, NewStaff, PasswordPassed, Presented, SessionToken,
        SignInAttempt, SignInBegun, Source, StaffSession, Way, digests,
    },
};

const SECRET: &str = "MOPHONGMOPHONGMOPHONGMOPHONGMOPH";

/// The code that a device with [`SECRET`] shows.
fn code_at(at: Timestamp) -> String {
    code_of(&OneTimeSecret::from_base32(SECRET).unwrap(), at)
}

/// The code that a device shows.
fn code_of(secret: &OneTimeSecret, at: Timestamp) -> String {
    let secret = totp_rs::Secret::try_from_base32(secret.shown().replace(' ', "")).unwrap();
    let device = totp_rs::Builder::new().with_secret(secret).build().unwrap();
    device.generate(u64::try_from(at.as_second()).unwrap()).to_string()
}

fn user(name: &str) -> UserName {
    UserName::parse(name).unwrap()
}

fn desk() -> Source {
    Source::of(Ipv4Addr::LOCALHOST.into())
}

fn elsewhere(last: u8) -> Source {
    Source::of(Ipv4Addr::new(192, 0, 2, last).into())
}

fn posts(roles: &[Role]) -> Vec<Post> {
    roles.iter().map(|role| Post { place: STATION.into(), role: *role }).collect()
}

fn hash() -> PasswordHash {
    // Nothing here looks into it.
    PasswordHash::from_stored("$argon2id$v=19$m=19456,t=2,p=1$hash".into())
}

async fn add(store: &dyn Store, name: &str, full: &str, roles: &[Role], credential: Credential) -> Uuid {
    let staff = NewStaff {
        user_name: user(name),
        name: full.into(),
        number: None,
        posts: posts(roles),
        credential,
        by: None,
        at: at(0),
    };
    match store.add_staff(staff).await.unwrap() {
        Added::Added(id) => id,
        refused => panic!("{refused:?}"),
    }
}

fn ready() -> Credential {
    Credential::Ready { password: hash(), one_time: OneTimeSecret::from_base32(SECRET).unwrap() }
}

fn attempt(name: &str, source: Source, at: Timestamp) -> SignInAttempt {
    SignInAttempt { user_name: user(name), source, at }
}

/// The password was right.
async fn passed(store: &dyn Store, attempt: SignInAttempt) -> SessionToken {
    let begun = store.begin_sign_in(attempt.clone()).await.unwrap();
    let (staff, enrols) = match begun {
        SignInBegun::Expects(Expected::Password { staff, .. }) => (staff, false),
        SignInBegun::Expects(Expected::Enrolment { staff, .. }) => (staff, true),
        other => panic!("{other:?}"),
    };
    store.pass_password(PasswordPassed { attempt, staff, enrols }).await.unwrap()
}

async fn enter(
    store: &dyn Store,
    token: &SessionToken,
    code: &str,
    source: Source,
    at: Timestamp,
) -> CodeAnswer {
    let code = SecretString::from(code);
    store.enter_code(CodeAttempt { token: token.clone(), code, source, at }).await.unwrap()
}

/// Signs in somebody who has an account.
async fn sign_in(store: &dyn Store, name: &str, source: Source, at: Timestamp) -> SessionToken {
    let token = passed(store, attempt(name, source.clone(), at)).await;
    match enter(store, &token, &code_at(at), source, at).await {
        CodeAnswer::SignedIn(token) => token,
        other => panic!("{other:?}"),
    }
}

/// Makes a member of staff with these roles and signs them in.
pub async fn signed_in(
    store: &dyn Store,
    name: &str,
    full: &str,
    roles: &[Role],
    at: Timestamp,
) -> SessionToken {
    add(store, name, full, roles, ready()).await;
    sign_in(store, name, desk(), at).await
}

/// Makes a member of staff with these posts, wherever they are, and signs them in.
pub async fn signed_in_with(
    store: &dyn Store,
    name: &str,
    full: &str,
    posts: Vec<Post>,
    at: Timestamp,
) -> SessionToken {
    let staff = NewStaff {
        user_name: user(name),
        name: full.into(),
        number: None,
        posts,
        credential: ready(),
        by: None,
        at,
    };
    assert!(matches!(store.add_staff(staff).await.unwrap(), Added::Added(_)));
    sign_in(store, name, desk(), at).await
}

pub async fn session(store: &dyn Store, token: &SessionToken, at: Timestamp) -> Option<StaffSession> {
    match store.staff_session(token, at).await.unwrap() {
        Presented::SignedIn(session) => Some(*session),
        _ => None,
    }
}

/// A wrong password. Until when the next attempt waits, if this one was not compared.
async fn wrong(store: &dyn Store, name: &str, source: Source, at: Timestamp) -> Option<Timestamp> {
    let attempt = attempt(name, source, at);
    match store.begin_sign_in(attempt.clone()).await.unwrap() {
        SignInBegun::Expects(_) => {
            store.fail_sign_in(attempt).await.unwrap();
            None
        }
        SignInBegun::Wait { until } => Some(until),
    }
}

async fn intact(store: &dyn Store) {
    assert!(matches!(store.verify_audit().await.unwrap(), AuditReport::Intact { .. }));
}

pub async fn an_account_is_listed_as_it_was_added(world: &World<'_>) {
    let id = add(world.store, "le.thi.can", "Lê Thị Cán", &[Role::Manager, Role::Auditor], ready()).await;
    let accounts = world.store.staff().await.unwrap();
    let account = &accounts[0];
    assert_eq!((account.id, account.name.as_str(), accounts.len()), (id, "Lê Thị Cán", 1));
    assert_eq!(
        (&account.user_name, &account.posts),
        (&user("le.thi.can"), &posts(&[Role::Manager, Role::Auditor]))
    );
    assert!(account.enrolled && !account.number_known && account.locked_at.is_none());
    let again = NewStaff {
        user_name: user("Le.Thi.Can"),
        name: "Người khác".into(),
        number: None,
        posts: Vec::new(),
        credential: ready(),
        by: Some(id),
        at: at(1),
    };
    assert_eq!(world.store.add_staff(again.clone()).await.unwrap(), Added::UserNameTaken);
    let number = PersonalNumber::parse("001180000099").unwrap();
    let numbered = |name| NewStaff { user_name: user(name), number: Some(number.clone()), ..again.clone() };
    assert!(matches!(world.store.add_staff(numbered("first")).await.unwrap(), Added::Added(_)));
    assert_eq!(world.store.add_staff(numbered("second")).await.unwrap(), Added::NumberTaken);
    intact(world.store).await;
}

pub async fn a_password_and_a_code_sign_in(world: &World<'_>) {
    let id = add(world.store, "mau", "Trần Văn Mẫu", &[Role::Reception], ready()).await;
    let halfway = passed(world.store, attempt("mau", desk(), at(0))).await;
    assert!(session(world.store, &halfway, at(0)).await.is_none(), "the password alone opens a page");
    let CodeAnswer::SignedIn(token) = enter(world.store, &halfway, &code_at(at(5)), desk(), at(5)).await
    else {
        panic!("the code was refused")
    };
    let signed_in = session(world.store, &token, at(6)).await.unwrap();
    assert_eq!((signed_in.staff, signed_in.name.as_str(), signed_in.way), (id, "Trần Văn Mẫu", Way::Local));
    assert_eq!((signed_in.posts, signed_in.opened_at), (posts(&[Role::Reception]), at(5)));
    // Neither the token before nor another opens anything, and each session has a secret of its own.
    assert!(session(world.store, &halfway, at(6)).await.is_none());
    let other = SessionToken("ab".repeat(32).into());
    assert!(session(world.store, &other, at(6)).await.is_none());
    let second = sign_in(world.store, "mau", desk(), at(60)).await;
    assert_ne!(session(world.store, &second, at(60)).await.unwrap().csrf, signed_in.csrf);
    world.store.sign_out(signed_in.session, at(61)).await.unwrap();
    assert!(session(world.store, &token, at(61)).await.is_none());
    assert!(session(world.store, &second, at(61)).await.is_some());
    intact(world.store).await;
}

pub async fn a_code_counts_once(world: &World<'_>) {
    add(world.store, "mau", "Trần Văn Mẫu", &[Role::Reception], ready()).await;
    sign_in(world.store, "mau", desk(), at(0)).await;
    let again = passed(world.store, attempt("mau", desk(), at(1))).await;
    let answer = enter(world.store, &again, &code_at(at(0)), desk(), at(1)).await;
    assert!(matches!(answer, CodeAnswer::Wrong), "{answer:?}");
    let answer = enter(world.store, &again, &code_at(at(30)), desk(), at(30)).await;
    assert!(matches!(answer, CodeAnswer::SignedIn(_)), "{answer:?}");
}

pub async fn guesses_are_held_up_and_the_owner_elsewhere_is_not(world: &World<'_>) {
    add(world.store, "mau", "Trần Văn Mẫu", &[Role::Reception], ready()).await;
    sign_in(world.store, "mau", elsewhere(1), at(0)).await;
    for second in 0..5 {
        assert_eq!(wrong(world.store, "mau", desk(), at(second)).await, None);
    }
    assert_eq!(wrong(world.store, "mau", desk(), at(5)).await, Some(at(4 + 30)));
    // The right password waits as well.
    let begun = world.store.begin_sign_in(attempt("mau", desk(), at(6))).await.unwrap();
    assert!(matches!(begun, SignInBegun::Wait { .. }));
    assert_eq!(wrong(world.store, "mau", desk(), at(34)).await, None);
    assert_eq!(wrong(world.store, "mau", desk(), at(35)).await, Some(at(34 + 60)));
    // From where they work, and for others at this desk, nothing is held up.
    sign_in(world.store, "mau", elsewhere(1), at(60)).await;
    add(world.store, "can", "Lê Thị Cán", &[Role::Reception], ready()).await;
    sign_in(world.store, "can", desk(), at(90)).await;
    // However many places guess: where the owner signed in lately they still can.
    for place in 2..=60 {
        wrong(world.store, "mau", elsewhere(place), at(100)).await;
    }
    assert!(
        wrong(world.store, "mau", elsewhere(99), at(101)).await.is_some(),
        "an account may be guessed at from everywhere"
    );
    sign_in(world.store, "mau", elsewhere(1), at(120)).await;
    // An account that is not there is held up alike.
    for second in 0..5 {
        wrong(world.store, "nobody", elsewhere(1), at(200 + second)).await;
    }
    assert!(wrong(world.store, "nobody", elsewhere(1), at(206)).await.is_some());
    intact(world.store).await;
}

pub async fn guesses_at_the_code_count_as_well(world: &World<'_>) {
    add(world.store, "mau", "Trần Văn Mẫu", &[Role::Reception], ready()).await;
    let right = code_at(at(0));
    let guess = if right == "000000" { "000001" } else { "000000" };
    let token = passed(world.store, attempt("mau", desk(), at(0))).await;
    for _ in 0..4 {
        assert!(matches!(enter(world.store, &token, guess, desk(), at(0)).await, CodeAnswer::Wrong));
    }
    // Another right password in between takes nothing back but itself.
    let token = passed(world.store, attempt("mau", desk(), at(0))).await;
    assert!(matches!(enter(world.store, &token, guess, desk(), at(0)).await, CodeAnswer::Wrong));
    let answer = enter(world.store, &token, &right, desk(), at(0)).await;
    assert!(matches!(answer, CodeAnswer::Wait { until } if until == at(30)), "{answer:?}");
    let answer = enter(world.store, &token, &code_at(at(30)), desk(), at(30)).await;
    assert!(matches!(answer, CodeAnswer::SignedIn(_)), "{answer:?}");
    // Signed in: the count begins anew.
    assert_eq!(wrong(world.store, "mau", desk(), at(31)).await, None);
    assert_eq!(wrong(world.store, "mau", desk(), at(32)).await, None);
}

pub async fn whoever_tries_many_accounts_is_held_up_too(world: &World<'_>) {
    add(world.store, "mau", "Trần Văn Mẫu", &[Role::Reception], ready()).await;
    sign_in(world.store, "mau", desk(), at(0)).await;
    for account in 0..lockout::PLACE {
        assert_eq!(wrong(world.store, &format!("guess-{account}"), desk(), at(1)).await, None);
    }
    assert!(wrong(world.store, "guess-again", desk(), at(2)).await.is_some());
    sign_in(world.store, "mau", desk(), at(30)).await;
    assert!(
        wrong(world.store, "guess-again", desk(), at(30)).await.is_some(),
        "an own account wipes the count"
    );
}

/// Enrols with this code of the device. The password's hash is not looked into.
async fn enrol(
    store: &dyn Store,
    token: &SessionToken,
    code: &str,
    codes: &[Code],
    at: Timestamp,
) -> CodeAnswer {
    let attempt = CodeAttempt { token: token.clone(), code: code.into(), source: desk(), at };
    store.enrol(Enrolment { attempt, password: hash(), recovery: digests(codes) }).await.unwrap()
}

pub async fn a_new_member_of_staff_enrols_once(world: &World<'_>) {
    let secret = Code::draw(&seeded(9)).unwrap();
    add(world.store, "moi", "Phạm Thị Mới", &[Role::Clinician], Credential::Enrolment(secret.digest())).await;
    let begun = world.store.begin_sign_in(attempt("moi", desk(), at(0))).await.unwrap();
    assert!(
        matches!(begun, SignInBegun::Expects(Expected::Enrolment { digest, .. }) if digest == secret.digest())
    );
    let token = passed(world.store, attempt("moi", desk(), at(0))).await;
    let late = passed(world.store, attempt("moi", desk(), at(0))).await;
    let enrolling = world.store.enrolling(&token, at(1)).await.unwrap().unwrap();
    assert_eq!(enrolling.user_name, user("moi"));
    let code = code_of(&enrolling.one_time, at(1));
    assert!(matches!(enrol(world.store, &token, "000000", &[], at(1)).await, CodeAnswer::Wrong));
    let CodeAnswer::SignedIn(signed_in) = enrol(world.store, &token, &code, &[], at(1)).await else {
        panic!()
    };
    assert!(session(world.store, &signed_in, at(2)).await.is_some());
    for token in [&token, &late] {
        assert!(world.store.enrolling(token, at(2)).await.unwrap().is_none(), "it can be done twice");
        assert!(matches!(enrol(world.store, token, &code, &[], at(2)).await, CodeAnswer::Expired));
    }
    let begun = world.store.begin_sign_in(attempt("moi", desk(), at(40))).await.unwrap();
    assert!(matches!(begun, SignInBegun::Expects(Expected::Password { .. })));
    // A secret that lay about for too long is none.
    let old = Code::draw(&seeded(10)).unwrap();
    add(world.store, "cu-ky", "Phạm Văn Cũ", &[Role::Clinician], Credential::Enrolment(old.digest())).await;
    let begun = world.store.begin_sign_in(attempt("cu-ky", desk(), at(48 * 3600))).await.unwrap();
    assert!(matches!(begun, SignInBegun::Expects(Expected::Nobody)), "{begun:?}");
    intact(world.store).await;
}

pub async fn a_recovery_code_is_good_once(world: &World<'_>) {
    let secret = Code::draw(&seeded(9)).unwrap();
    add(world.store, "moi", "Phạm Thị Mới", &[Role::Clinician], Credential::Enrolment(secret.digest())).await;
    let token = passed(world.store, attempt("moi", desk(), at(0))).await;
    let one_time = world.store.enrolling(&token, at(0)).await.unwrap().unwrap().one_time;
    let codes = [Code::draw(&seeded(11)).unwrap(), Code::draw(&seeded(12)).unwrap()];
    enrol(world.store, &token, &code_of(&one_time, at(0)), &codes, at(0)).await;
    assert_eq!(world.store.staff().await.unwrap()[0].recovery_codes, 2);
    for expected in [true, false] {
        let token = passed(world.store, attempt("moi", desk(), at(40))).await;
        let answer = enter(world.store, &token, &codes[1].shown().to_lowercase(), desk(), at(40)).await;
        assert_eq!(matches!(answer, CodeAnswer::SignedIn(_)), expected, "{answer:?}");
    }
    assert_eq!(world.store.staff().await.unwrap()[0].recovery_codes, 1);
    intact(world.store).await;
}

pub async fn whoever_does_nothing_is_signed_out(world: &World<'_>) {
    let token = signed_in(world.store, "mau", "Trần Văn Mẫu", &[Role::Reception], at(0)).await;
    let idle = IDLE_MINUTES * 60;
    let there = session(world.store, &token, at(idle - 1)).await.unwrap();
    assert!(there.to_be_touched(at(idle - 1)) && !there.to_be_touched(at(1)));
    world.store.touch_staff_session(there.session, at(idle - 1)).await.unwrap();
    assert!(session(world.store, &token, at(2 * idle - 2)).await.is_some());
    let answer = world.store.staff_session(&token, at(2 * idle - 1)).await.unwrap();
    assert!(matches!(answer, Presented::TimedOut), "{answer:?}");
    assert_eq!(world.store.end_timed_out(at(2 * idle - 2)).await.unwrap(), 0);
    assert_eq!(world.store.end_timed_out(at(2 * idle - 1)).await.unwrap(), 1);
    world.store.touch_staff_session(there.session, at(2 * idle)).await.unwrap();
    let answer = world.store.staff_session(&token, at(2 * idle)).await.unwrap();
    assert!(matches!(answer, Presented::TimedOut), "who comes back late is not told why");
    intact(world.store).await;
}

pub async fn nobody_stays_signed_in_for_ever(world: &World<'_>) {
    let token = signed_in(world.store, "mau", "Trần Văn Mẫu", &[Role::Reception], at(0)).await;
    let end = at(0) + SignedDuration::from_hours(LONGEST_HOURS);
    let id = session(world.store, &token, at(0)).await.unwrap().session;
    world.store.touch_staff_session(id, end - SignedDuration::from_secs(1)).await.unwrap();
    assert!(session(world.store, &token, end - SignedDuration::from_secs(1)).await.is_some());
    assert!(session(world.store, &token, end).await.is_none());
}

async fn change(store: &dyn Store, staff: Uuid, change: Change, at: Timestamp) -> Changed {
    store.change_staff(ChangeStaff { staff, change, by: None, at }).await.unwrap()
}

pub async fn a_locked_account_is_signed_out_and_stays_out(world: &World<'_>) {
    let token = signed_in(world.store, "mau", "Trần Văn Mẫu", &[Role::Reception], at(0)).await;
    let halfway = passed(world.store, attempt("mau", desk(), at(1))).await;
    let id = world.store.staff().await.unwrap()[0].id;
    assert_eq!(change(world.store, id, Change::Lock, at(2)).await, Changed::Done);
    assert!(session(world.store, &token, at(3)).await.is_none());
    let answer = enter(world.store, &halfway, &code_at(at(40)), desk(), at(40)).await;
    assert!(matches!(answer, CodeAnswer::Expired), "{answer:?}");
    let begun = world.store.begin_sign_in(attempt("mau", desk(), at(41))).await.unwrap();
    assert!(matches!(begun, SignInBegun::Expects(Expected::Nobody)), "{begun:?}");
    assert_eq!(change(world.store, id, Change::Unlock, at(42)).await, Changed::Done);
    assert!(session(world.store, &token, at(43)).await.is_none(), "the old session came back");
    sign_in(world.store, "mau", desk(), at(90)).await;
    assert_eq!(change(world.store, world.id(), Change::Lock, at(91)).await, Changed::Unknown);
    intact(world.store).await;
}

pub async fn another_password_signs_out_everywhere_else(world: &World<'_>) {
    let here = signed_in(world.store, "mau", "Trần Văn Mẫu", &[Role::Reception], at(0)).await;
    let there = sign_in(world.store, "mau", elsewhere(1), at(30)).await;
    let here_id = session(world.store, &here, at(31)).await.unwrap();
    let change_to = Change::Password { hash: hash(), keep: here_id.session };
    assert_eq!(change(world.store, here_id.staff, change_to, at(32)).await, Changed::Done);
    assert!(session(world.store, &here, at(33)).await.is_some());
    assert!(session(world.store, &there, at(33)).await.is_none());
    // Forgotten altogether: nothing that was known opens it.
    let secret = Code::draw(&seeded(9)).unwrap();
    change(world.store, here_id.staff, Change::Reset(secret.digest()), at(34)).await;
    assert!(session(world.store, &here, at(35)).await.is_none());
    let begun = world.store.begin_sign_in(attempt("mau", desk(), at(36))).await.unwrap();
    assert!(matches!(begun, SignInBegun::Expects(Expected::Enrolment { .. })), "{begun:?}");
    intact(world.store).await;
}

pub async fn the_last_manager_stays(world: &World<'_>) {
    let first = add(world.store, "can", "Lê Thị Cán", &[Role::Manager], ready()).await;
    let second = add(world.store, "mau", "Trần Văn Mẫu", &[Role::Reception], ready()).await;
    for refused in [Change::Lock, Change::Posts(posts(&[Role::Auditor]))] {
        assert_eq!(change(world.store, first, refused, at(1)).await, Changed::LastManager);
    }
    change(world.store, second, Change::Posts(posts(&[Role::Manager])), at(2)).await;
    assert_eq!(change(world.store, first, Change::Lock, at(3)).await, Changed::Done);
    assert_eq!(change(world.store, second, Change::Lock, at(4)).await, Changed::LastManager);
    intact(world.store).await;
}

pub async fn a_password_alone_opens_nothing(world: &World<'_>) {
    add(world.store, "mau", "Trần Văn Mẫu", &[Role::Reception], ready()).await;
    let token = passed(world.store, attempt("mau", desk(), at(0))).await;
    assert!(
        world.store.enrolling(&token, at(1)).await.unwrap().is_none(),
        "a device could be put in place of theirs"
    );
    let answer = enrol(world.store, &token, &code_at(at(1)), &[], at(1)).await;
    assert!(matches!(answer, CodeAnswer::Expired), "{answer:?}");
    // It is good for ten minutes.
    let answer = enter(world.store, &token, &code_at(at(601)), desk(), at(601)).await;
    assert!(matches!(answer, CodeAnswer::Expired), "{answer:?}");
}

pub async fn who_signs_in_by_vneid_is_staff_already(world: &World<'_>) {
    let number = PersonalNumber::parse("001180000099").unwrap();
    assert!(
        world.store.sign_in_by_number(&number, at(0)).await.unwrap().is_none(),
        "an account came by itself"
    );
    let staff = NewStaff {
        user_name: user("can"),
        name: "Lê Thị Cán".into(),
        number: Some(number.clone()),
        posts: posts(&[Role::Reception]),
        credential: ready(),
        by: None,
        at: at(0),
    };
    let Added::Added(id) = world.store.add_staff(staff).await.unwrap() else { panic!() };
    let token = world.store.sign_in_by_number(&number, at(1)).await.unwrap().unwrap();
    let signed_in = session(world.store, &token, at(2)).await.unwrap();
    assert_eq!((signed_in.staff, signed_in.way), (id, Way::VneId));
    change(world.store, id, Change::Lock, at(3)).await;
    assert!(world.store.sign_in_by_number(&number, at(4)).await.unwrap().is_none());
    intact(world.store).await;
}

pub async fn an_attempt_is_good_once_in_the_browser_that_began_it(world: &World<'_>) {
    let begin = async |state: &str, seconds| {
        let attempt = IdentityAttempt {
            state: state.into(),
            attempt: secret("nonce and verifier"),
            next: "/staff/visits".into(),
            at: at(seconds),
        };
        world.store.keep_identity_attempt(attempt).await.unwrap()
    };
    let take = async |state: &str, browser: &SessionToken, seconds| {
        world.store.take_identity_attempt(&state.into(), browser, at(seconds)).await.unwrap()
    };
    let (first, second) = (begin("one", 0).await, begin("two", 0).await);
    assert_eq!(take("one", &second, 1).await, None, "another browser ends it");
    assert_eq!(take("one", &first, 1).await, Some((secret("nonce and verifier"), "/staff/visits".into())));
    assert_eq!(take("one", &first, 1).await, None, "it can be ended twice");
    assert_eq!(take("two", &second, 601).await, None, "it is good for ever");
    intact(world.store).await;
}

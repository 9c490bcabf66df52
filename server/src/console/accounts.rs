//! Accounts: the manager's page, and everybody's own.

use askama::Template;
use axum::{
    Form,
    extract::State,
    http::StatusCode,
    response::{IntoResponse as _, Redirect, Response},
};
use identity::number::PersonalNumber;
use secrecy::{ExposeSecret as _, SecretString};
use serde::Deserialize;
use uuid::Uuid;

use super::{
    Console, Frame,
    check::Id,
    failure::{Failure, html},
    form,
    session::Staff,
    sign_in::enrolment::chosen,
};
use crate::{
    staff::{Code, Password, Post, Role, UserName},
    store::staff::{Added, Change, ChangeStaff, Changed, Credential, NewStaff, StaffAccount},
};

/// A role that may be ticked.
struct Tick {
    code: &'static str,
    name: &'static str,
    ticked: bool,
}

/// An account as the page shows it.
struct AccountView {
    id: Uuid,
    user_name: String,
    name: String,
    roles: Vec<Tick>,
    number_known: bool,
    enrolled: bool,
    locked: bool,
    recovery_codes: u32,
}

fn ticks(has: impl Fn(Role) -> bool) -> Vec<Tick> {
    Role::STATION.map(|role| Tick { code: role.as_str(), name: role.name(), ticked: has(role) }).into()
}

impl AccountView {
    fn new(account: StaffAccount, station: &str) -> Self {
        let has = |role| account.posts.iter().any(|post| post.role == role && post.place == station);
        Self {
            id: account.id,
            roles: ticks(has),
            user_name: account.user_name.as_str().to_owned(),
            name: account.name,
            number_known: account.number_known,
            enrolled: account.enrolled,
            locked: account.locked_at.is_some(),
            recovery_codes: account.recovery_codes,
        }
    }
}

/// A secret that is shown once.
struct Shown {
    user_name: String,
    code: String,
}

#[derive(Template)]
#[template(path = "accounts.html")]
struct ListPage {
    frame: Frame,
    accounts: Vec<AccountView>,
    roles: Vec<Tick>,
    shown: Option<Shown>,
    faults: Vec<String>,
}

async fn page(
    console: &Console,
    staff: &Staff,
    shown: Option<Shown>,
    faults: Vec<String>,
) -> Result<Response, Failure> {
    let status = if faults.is_empty() { StatusCode::OK } else { StatusCode::UNPROCESSABLE_ENTITY };
    let accounts = console.store.staff().await?.into_iter();
    let page = ListPage {
        frame: staff.frame(console),
        accounts: accounts.map(|account| AccountView::new(account, &console.station.code)).collect(),
        roles: ticks(|_| false),
        shown,
        faults,
    };
    html(status, &page)
}

/// `GET /staff/accounts`
pub(super) async fn list(State(console): State<Console>, staff: Staff) -> Result<Response, Failure> {
    staff.require(Role::Manager)?;
    page(&console, &staff, None, Vec::new()).await
}

/// The fields of a form: a role is sent once for each tick.
type Fields = Vec<(String, String)>;

fn field<'a>(fields: &'a Fields, name: &str) -> &'a str {
    fields.iter().find(|(found, _)| found == name).map_or("", |(_, value)| value)
}

/// The roles that are ticked, at this station.
fn posts(fields: &Fields, station: &str) -> Vec<Post> {
    let ticked = fields.iter().filter(|(name, _)| name == "role");
    ticked
        .filter_map(|(_, code)| Some(Post { place: station.to_owned(), role: Role::parse(code)? }))
        .collect()
}

/// `POST /staff/accounts`: adds an account.
pub(super) async fn add(
    State(console): State<Console>,
    staff: Staff,
    Form(fields): Form<Fields>,
) -> Result<Response, Failure> {
    staff.require(Role::Manager)?;
    let mut faults = Vec::new();
    let name = form::name(field(&fields, "name"), "Họ và tên / Name", &mut faults);
    let user_name = UserName::parse(field(&fields, "user_name"));
    if user_name.is_err() {
        faults.push("Tên đăng nhập: 3 đến 40 ký tự a-z, 0-9, '.', '-', '_' (user name)".into());
    }
    let digits: String = field(&fields, "number").chars().filter(|c| !c.is_whitespace()).collect();
    let number = (!digits.is_empty()).then(|| PersonalNumber::parse(&digits)).transpose();
    if number.is_err() {
        faults.push("Số định danh: phải đủ 12 chữ số, hoặc để trống (12 digits, or leave it empty)".into());
    }
    let posts = posts(&fields, &console.station.code);
    if posts.is_empty() {
        faults.push("Chưa chọn việc nào (choose a role)".into());
    }
    let (Some(name), Ok(user_name), Ok(number), []) = (name, user_name, number, faults.as_slice()) else {
        return page(&console, &staff, None, faults).await;
    };
    let code = Code::draw(&console.random)?;
    let new = NewStaff {
        user_name: user_name.clone(),
        name,
        number,
        posts,
        credential: Credential::Enrolment(code.digest()),
        by: Some(staff.id),
        at: console.clock.now(),
    };
    let fault = match console.store.add_staff(new).await? {
        Added::Added(_) => {
            let shown = Shown { user_name: user_name.as_str().to_owned(), code: code.shown() };
            return page(&console, &staff, Some(shown), Vec::new()).await;
        }
        Added::UserNameTaken => "Tên đăng nhập này đã có người dùng (the user name is taken)",
        Added::NumberTaken => "Số định danh này đã thuộc tài khoản khác (another account has this number)",
    };
    page(&console, &staff, None, vec![fault.to_owned()]).await
}

/// `POST /staff/accounts/{account}`: changes one.
pub(super) async fn change(
    State(console): State<Console>,
    staff: Staff,
    Id(account): Id,
    Form(fields): Form<Fields>,
) -> Result<Response, Failure> {
    staff.require(Role::Manager)?;
    let accounts = console.store.staff().await?;
    let account = accounts.into_iter().find(|known| known.id == account).ok_or(Failure::NotFound)?;
    let station = &console.station.code;
    let code = Code::draw(&console.random)?;
    let what = field(&fields, "what");
    let wanted = match what {
        "roles" => {
            // What they do elsewhere is not this station's to change.
            let elsewhere = account.posts.into_iter().filter(|post| post.place != *station);
            Change::Posts(elsewhere.chain(posts(&fields, station)).collect())
        }
        "lock" => Change::Lock,
        "unlock" => Change::Unlock,
        "reset" => Change::Reset(code.digest()),
        _ => return Err(Failure::NotFound),
    };
    let change =
        ChangeStaff { staff: account.id, change: wanted, by: Some(staff.id), at: console.clock.now() };
    match console.store.change_staff(change).await? {
        Changed::Done if what == "reset" => {
            let shown = Shown { user_name: account.user_name.as_str().to_owned(), code: code.shown() };
            page(&console, &staff, Some(shown), Vec::new()).await
        }
        Changed::Done => Ok(Redirect::to("/staff/accounts").into_response()),
        Changed::Unknown => Err(Failure::NotFound),
        Changed::LastManager => {
            let fault = "Trạm phải còn ít nhất một người quản lý (one manager has to be left)".to_owned();
            page(&console, &staff, None, vec![fault]).await
        }
    }
}

#[derive(Template)]
#[template(path = "account.html")]
struct OwnPage {
    frame: Frame,
    user_name: String,
    recovery_codes: u32,
    done: bool,
    fault: String,
}

async fn own(console: &Console, staff: &Staff) -> Result<StaffAccount, Failure> {
    let accounts = console.store.staff().await?;
    accounts.into_iter().find(|account| account.id == staff.id).ok_or(Failure::NotFound)
}

async fn own_page(console: &Console, staff: &Staff, done: bool, fault: String) -> Result<Response, Failure> {
    let account = own(console, staff).await?;
    let status = if fault.is_empty() { StatusCode::OK } else { StatusCode::UNPROCESSABLE_ENTITY };
    let page = OwnPage {
        frame: staff.frame(console),
        user_name: account.user_name.as_str().to_owned(),
        recovery_codes: account.recovery_codes,
        done,
        fault,
    };
    html(status, &page)
}

/// `GET /staff/account`
pub(super) async fn show_own(State(console): State<Console>, staff: Staff) -> Result<Response, Failure> {
    own_page(&console, &staff, false, String::new()).await
}

/// The old password, and the new one twice.
#[derive(Deserialize)]
pub(super) struct NewPassword {
    #[serde(default)]
    old: SecretString,
    #[serde(default)]
    password: SecretString,
    #[serde(default)]
    again: SecretString,
}

/// `POST /staff/account`: another password. Whoever sits at a screen that was left alone must know the old one.
pub(super) async fn change_own(
    State(console): State<Console>,
    staff: Staff,
    super::session::From(source): super::session::From,
    Form(form): Form<NewPassword>,
) -> Result<Response, Failure> {
    use crate::store::staff::{Expected, SignInAttempt, SignInBegun};
    let account = own(&console, &staff).await?;
    let at = console.clock.now();
    let attempt = SignInAttempt { user_name: account.user_name.clone(), source, at };
    // Guesses at the old password count like guesses at signing in.
    let hash = match console.store.begin_sign_in(attempt.clone()).await? {
        SignInBegun::Expects(Expected::Password { hash, .. }) => Some(hash),
        SignInBegun::Expects(_) => None,
        SignInBegun::Wait { .. } => {
            let fault = "Sai nhiều lần. Xin thử lại sau ít phút (too many failures: wait)".to_owned();
            return own_page(&console, &staff, false, fault).await;
        }
    };
    let old = Password::typed(form.old.expose_secret());
    if !console.passwords.verify(&old, hash.as_ref()).await? {
        console.store.fail_sign_in(attempt).await?;
        let fault = "Mật khẩu cũ không đúng (wrong old password)".to_owned();
        return own_page(&console, &staff, false, fault).await;
    }
    console.store.take_back_attempt(attempt).await?;
    let password = match chosen(&form.password, &form.again, &account.user_name) {
        Ok(password) => password,
        Err(fault) => return own_page(&console, &staff, false, fault.words()).await,
    };
    let change = Change::Password { hash: console.passwords.hash(&password).await?, keep: staff.session };
    console.store.change_staff(ChangeStaff { staff: staff.id, change, by: Some(staff.id), at }).await?;
    own_page(&console, &staff, true, String::new()).await
}

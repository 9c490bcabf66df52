//! Accounts of staff from outside the pages: the first one, a lost device, and those of the demonstration.

use std::path::Path;

use clap::{Args, Subcommand};
use identity::number::PersonalNumber;
use jiff::Timestamp;
use secrecy::{ExposeSecret as _, SecretString};
use serde::Deserialize;

use super::{Arguments, StartError, open, places, station};
use crate::{
    clock::Clock,
    config::{self, Config},
    lodging::Places,
    random::Random,
    staff::{Code, OneTimeSecret, Password, Post, Role, UserName, password::Passwords},
    store::{
        StaffAccounts as _,
        sqlite::SqliteStore,
        staff::{Added, Change, ChangeStaff, Credential, ENROLMENT_HOURS, NewStaff},
    },
};

/// What is done with accounts while the server does not run.
#[derive(Debug, Clone, Subcommand)]
pub enum StaffCommand {
    /// Adds an account and prints a secret with which its owner enrols, once.
    Add(AddStaff),
    /// Forgets password, device and recovery codes of an account and prints a new secret.
    Reset {
        /// What they sign in with.
        #[arg(long)]
        user_name: UserName,
    },
}

/// A new account.
#[derive(Debug, Clone, Args)]
pub struct AddStaff {
    /// What they sign in with: 3 to 40 of a-z, 0-9, '.', '-' and '_'.
    #[arg(long)]
    pub user_name: UserName,
    /// Their name, which stands in what they decide.
    #[arg(long)]
    pub name: String,
    /// What they do there; may be given more than once.
    #[arg(long = "role", required = true, value_parser = parse_role)]
    pub roles: Vec<Role>,
    /// Where: the id of a lodging, or the code of a commune for its police. Left out: the health station.
    #[arg(long)]
    pub place: Option<String>,
}

fn parse_role(code: &str) -> Result<Role, String> {
    let codes = || Role::ALL.map(Role::as_str).join(", ");
    Role::parse(code).ok_or_else(|| format!("one of {}", codes()))
}

/// Whether somebody can do this at a place.
fn fits(role: Role, place: &str, station: &str, places: &Places) -> bool {
    match role {
        Role::Reception | Role::Clinician | Role::Manager | Role::Auditor => place == station,
        Role::LodgingOwner | Role::LodgingStaff => places.get(place).is_some(),
        Role::PoliceOfficer => places.of_commune(place).next().is_some(),
    }
}

fn check(posts: &[Post], station: &str, places: &Places) -> Result<(), StartError> {
    let wrong = posts.iter().find(|post| !fits(post.role, &post.place, station, places));
    wrong.map_or(Ok(()), |post| Err(StartError::Post { role: post.role.as_str(), place: post.place.clone() }))
}

/// Carries out a command on the accounts. What it prints is for the operator to hand over.
///
/// # Errors
/// Where the data are in use or cannot be read, or the account cannot be as wanted.
pub async fn staff(
    arguments: &Arguments,
    command: &StaffCommand,
    real: &Clock,
    random: Random,
) -> Result<String, StartError> {
    let config = Config::load(&arguments.config)?;
    let station = station(&config.station.relative())?;
    let places = places(&config)?;
    let data = &arguments.data;
    std::fs::create_dir_all(data).map_err(|source| StartError::File { path: data.clone(), source })?;
    let store = open(&config, data, real, random.clone()).await?;
    let done = carry_out(&store, command, (&station.code, &places), real.now(), &random).await;
    store.close().await;
    done
}

async fn carry_out(
    store: &SqliteStore,
    command: &StaffCommand,
    (station, places): (&str, &Places),
    at: Timestamp,
    random: &Random,
) -> Result<String, StartError> {
    let code = Code::draw(random).map_err(crate::store::StoreError::from)?;
    let user_name = match command {
        StaffCommand::Add(new) => {
            let posts = posts(&new.roles, new.place.as_deref().unwrap_or(station));
            check(&posts, station, places)?;
            let staff = NewStaff {
                user_name: new.user_name.clone(),
                name: new.name.clone(),
                number: None,
                posts,
                credential: Credential::Enrolment(code.digest()),
                by: None,
                at,
            };
            match store.add_staff(staff).await? {
                Added::Added(_) => &new.user_name,
                Added::UserNameTaken | Added::NumberTaken => return Err(StartError::UserNameTaken),
            }
        }
        StaffCommand::Reset { user_name } => {
            let accounts = store.staff().await?;
            let account = accounts.iter().find(|account| account.user_name == *user_name);
            let staff = account.ok_or(StartError::UnknownUserName)?.id;
            let change = Change::Reset(code.digest());
            store.change_staff(ChangeStaff { staff, change, by: None, at }).await?;
            user_name
        }
    };
    Ok(format!(
        "user name: {}\nenrolment code: {}\nGood once, for {ENROLMENT_HOURS} hours: type it as the password at /staff/sign-in.",
        user_name.as_str(),
        code.shown()
    ))
}

fn posts(roles: &[Role], station: &str) -> Vec<Post> {
    roles.iter().map(|role| Post { place: station.to_owned(), role: *role }).collect()
}

/// A made-up member of staff.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct StaffFile {
    user_name: UserName,
    name: String,
    number: Option<PersonalNumber>,
    /// What they do at the station.
    #[serde(default)]
    roles: Vec<Role>,
    /// What they do elsewhere: at lodgings, or for a commune's police.
    #[serde(default)]
    posts: Vec<Post>,
    password: SecretString,
    one_time: SecretString,
}

/// Adds the made-up members of staff that a demonstration's configuration names and that are not there yet.
///
/// # Errors
/// Where a file cannot be read or used.
pub(super) async fn add_made_up(
    store: &SqliteStore,
    config: &Config,
    station: &str,
    places: &Places,
    at: Timestamp,
    passwords: &Passwords,
) -> Result<(), StartError> {
    for file in &config.staff.accounts {
        let path = file.relative();
        add_one(store, &path, (station, places), at, passwords).await?;
    }
    Ok(())
}

async fn add_one(
    store: &SqliteStore,
    path: &Path,
    (station, places): (&str, &Places),
    at: Timestamp,
    passwords: &Passwords,
) -> Result<(), StartError> {
    let unusable = || StartError::StaffFile { path: path.to_owned() };
    let file: StaffFile = config::read(path)?;
    if store.staff().await?.iter().any(|account| account.user_name == file.user_name) {
        return Ok(());
    }
    let password =
        Password::chosen(file.password.expose_secret(), &file.user_name).map_err(|_| unusable())?;
    let credential = Credential::Ready {
        password: passwords.hash(&password).await.map_err(|_| unusable())?,
        one_time: OneTimeSecret::from_base32(file.one_time.expose_secret()).ok_or_else(unusable)?,
    };
    let mut posts = posts(&file.roles, station);
    posts.extend(file.posts);
    check(&posts, station, places)?;
    let StaffFile { user_name, name, number, .. } = file;
    let staff = NewStaff { user_name, name, number, posts, credential, by: None, at };
    match store.add_staff(staff).await? {
        Added::Added(_) => Ok(()),
        Added::UserNameTaken | Added::NumberTaken => Err(unusable()),
    }
}

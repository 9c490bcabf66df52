//! `cccd simulate`: a virtual card on a virtual reader.

use std::{
    net::{SocketAddr, ToSocketAddrs as _},
    path::PathBuf,
    process::ExitCode,
    time::Duration,
};

use devices::{
    card::{
        VirtualCard,
        personalise::{mrz_key, personalise},
        vpcd,
    },
    seeds::{self, Bearer},
};
use serde_json::json;

use crate::Failure;

#[derive(clap::Args)]
pub struct Arguments {
    /// Whose card or passport it is: the name of a file in seeds/citizens or seeds/passports.
    #[arg(long, required_unless_present = "list")]
    citizen: Option<String>,
    /// Where vpcd waits for a card.
    #[arg(long, default_value_t = format!("127.0.0.1:{}", vpcd::PORT))]
    vpcd: String,
    /// Milliseconds that the chip takes over each answer; real ones need 15 and more.
    #[arg(long, default_value_t = 0)]
    answer_ms: u16,
    /// After so many commands the card jumps off the reader.
    #[arg(long)]
    jump_off_after: Option<usize>,
    /// Prints the header of each command that the card answers, one a line (CLA INS P1 P2, hexadecimal).
    #[arg(long)]
    headers: bool,
    /// The folder with the made-up people.
    #[arg(long, default_value = "seeds")]
    seeds: PathBuf,
    /// Lists everybody instead: what each is here to show, and the number that opens their card; of a passport what
    /// `read --mrz` takes.
    #[arg(long, conflicts_with = "citizen")]
    list: bool,
    /// With --list: one JSON object a line.
    #[arg(long)]
    json: bool,
}

pub fn run(arguments: &Arguments, random: fn(&mut [u8])) -> Result<ExitCode, Failure> {
    let Some(slug) = &arguments.citizen else { return list(arguments) };
    let card = personalise(&seeds::bearer(&arguments.seeds, slug)?)?;
    let address: SocketAddr = arguments
        .vpcd
        .to_socket_addrs()?
        .next()
        .ok_or_else(|| format!("no such address: {}", arguments.vpcd))?;
    let mut chip = VirtualCard::new(card, Box::new(random));
    let manner = vpcd::Manner {
        jumps_off_after: arguments.jump_off_after,
        answers_in: Duration::from_millis(arguments.answer_ms.into()),
        hears: arguments.headers.then_some(|header| println!("{}", hex::encode_upper(header))),
    };
    eprintln!("DỮ LIỆU MÔ PHỎNG: the card or passport of {slug}. Ctrl-C takes it away.");
    vpcd::stay(address, &mut chip, manner, |place| match place {
        vpcd::Place::Waiting => {
            eprintln!(
                "nobody waits for a card at {address} yet: pcscd with vpcd does after its first client"
            );
        }
        vpcd::Place::Lying => eprintln!("the card lies on the reader at {address}"),
        vpcd::Place::Left => eprintln!("the reader is gone"),
    })
    .map_err(|error| format!("{address}: {error}"))?;
    eprintln!("the card has jumped off");
    Ok(ExitCode::SUCCESS)
}

fn list(arguments: &Arguments) -> Result<ExitCode, Failure> {
    for bearer in seeds::bearers(&arguments.seeds)? {
        let (kind, password) = match &bearer {
            Bearer::Citizen(citizen) => {
                let can = citizen.person.personal_number.can();
                ("can", String::from_utf8_lossy(can.as_bytes()).into_owned())
            }
            Bearer::Traveller(passport) => {
                let [number, birth, expiry] = mrz_key(passport.as_ref())?;
                ("mrz", format!("{},{birth},{expiry}", number.trim_end_matches('<')))
            }
        };
        if arguments.json {
            crate::print(&json!({"citizen": bearer.slug(), kind: password, "about": bearer.about()}));
        } else {
            println!("{:<20} {password}  {}", bearer.slug(), bearer.about());
        }
    }
    Ok(ExitCode::SUCCESS)
}

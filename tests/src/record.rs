//! What the server recorded, as its operator sees it.

use std::{
    fmt::Write as _,
    io,
    path::{Path, PathBuf},
};

use serde_json::Value;

use crate::{process::program, world::World};

fn wrong(what: &str) -> io::Error {
    io::Error::new(io::ErrorKind::InvalidData, what.to_owned())
}

/// All visits of the world's day, the latest first (`server … visits`).
///
/// # Errors
/// Where the server's program refuses.
pub fn visits(world: &World) -> io::Result<Vec<Value>> {
    let mut command = program("server")?;
    command.args(["--config", "server/server.toml", "--clock", crate::world::CLOCK, "--data"]);
    let output = command.arg(world.folder().join("server")).arg("visits").output()?;
    if !output.status.success() {
        return Err(wrong(&format!("server visits: {}", String::from_utf8_lossy(&output.stderr))));
    }
    match serde_json::from_slice(&output.stdout)? {
        Value::Array(visits) => Ok(visits),
        _ => Err(wrong("server visits printed something else than a list")),
    }
}

/// The latest visit.
///
/// # Errors
/// Where there is none.
pub fn latest_visit(world: &World) -> io::Result<Value> {
    visits(world)?.into_iter().next().ok_or_else(|| wrong("no check-in was recorded"))
}

/// Writes `verdict.json` and `check-in.json`.
///
/// # Errors
/// Where a file cannot be written.
pub fn save(visit: &Value, folder: &Path) -> io::Result<()> {
    let verdict = visit.get("chip").ok_or_else(|| wrong("the visit carries no verdict"))?;
    std::fs::write(folder.join("verdict.json"), serde_json::to_vec_pretty(verdict)?)?;
    std::fs::write(folder.join("check-in.json"), serde_json::to_vec_pretty(visit)?)
}

/// The verdict axis by axis, the record and the number, for a person to read.
///
/// # Errors
/// Where the record lacks something, or its number is not the one on the screen.
pub fn summary(visit: &Value, number: &str) -> io::Result<String> {
    let text = |value: &Value, name: &str| {
        value
            .get(name)
            .and_then(Value::as_str)
            .map(str::to_owned)
            .ok_or_else(|| wrong(&format!("no {name} in the record")))
    };
    let chip = visit.get("chip").ok_or_else(|| wrong("the visit carries no verdict"))?;
    let verdict = chip.get("verdict").ok_or_else(|| wrong("the visit carries no verdict"))?;
    let mut lines = String::from("Verdict\n");
    for axis in ["security_object", "data_groups", "issuer", "revocation", "chip", "validity", "holder"] {
        let found = verdict.get(axis).ok_or_else(|| wrong("an axis is missing"))?;
        let (result, code) = (text(found, "result")?, text(found, "code")?);
        writeln!(lines, "  {axis:<16} {result:<9} {code}").map_err(io::Error::other)?;
    }
    let (access, challenge) = (text(chip, "access")?, text(chip, "challenge")?);
    let recorded = text(visit, "number")?;
    if recorded != number {
        return Err(wrong(&format!("the screen says {number}, the record {recorded}")));
    }
    let of = |name| text(visit, name);
    let (visit_id, method, insurance) = (of("visit")?, of("phuong_thuc_dinh_danh")?, of("insurance")?);
    write!(
        lines,
        "  {:<16} {access}\n  {:<16} {challenge}\nCheck-in {visit_id}\n  phuong_thuc_dinh_danh {method}, insurance {insurance}, room {}\nNumber {number}\n",
        "access",
        "challenge",
        of("room")?
    )
    .map_err(io::Error::other)?;
    Ok(lines)
}

/// The one file in `folder`.
///
/// # Errors
/// Where there is none, or more than one.
pub fn only_file(folder: &Path) -> io::Result<PathBuf> {
    let files: Vec<_> = std::fs::read_dir(folder)?.collect::<io::Result<_>>()?;
    match files.as_slice() {
        [only] => Ok(only.path()),
        _ => Err(wrong(&format!("{} files in {}", files.len(), folder.display()))),
    }
}

//! What the server recorded, as its operator sees it.

use std::{
    fmt::Write as _,
    io,
    path::{Path, PathBuf},
};

use serde_json::Value;

fn wrong(what: &str) -> io::Error {
    io::Error::new(io::ErrorKind::InvalidData, what.to_owned())
}

/// Writes `verdict.json` and `check-in.json`.
///
/// # Errors
/// Where a file cannot be written.
pub fn save(visit: &Value, folder: &Path) -> io::Result<()> {
    let beside = ["verdict", "access", "challenge"].map(|name| (name.to_owned(), visit.get(name).cloned()));
    let verdict: serde_json::Map<_, _> =
        beside.into_iter().filter_map(|(name, value)| Some((name, value?))).collect();
    std::fs::write(folder.join("verdict.json"), serde_json::to_vec_pretty(&verdict)?)?;
    std::fs::write(folder.join("check-in.json"), serde_json::to_vec_pretty(visit)?)
}

/// The verdict axis by axis, the record and the number, for a person to read.
///
/// # Errors
/// Where the record lacks something.
pub fn summary(visit: &Value) -> io::Result<String> {
    let text = |value: &Value, name: &str| {
        value
            .get(name)
            .and_then(Value::as_str)
            .map(str::to_owned)
            .ok_or_else(|| wrong(&format!("no {name} in the record")))
    };
    let verdict = visit.get("verdict").ok_or_else(|| wrong("the visit carries no verdict"))?;
    let mut lines = String::from("Verdict\n");
    for axis in ["security_object", "data_groups", "issuer", "revocation", "chip", "validity", "holder"] {
        let found = verdict.get(axis).ok_or_else(|| wrong("an axis is missing"))?;
        let (result, code) = (text(found, "result")?, text(found, "code")?);
        writeln!(lines, "  {axis:<16} {result:<9} {code}").map_err(io::Error::other)?;
    }
    let (access, challenge) = (text(visit, "access")?, text(visit, "challenge")?);
    let number = text(visit, "number")?;
    let of = |name| text(visit, name);
    let (visit_id, method, insurance) = (of("visit")?, of("phuong_thuc_dinh_danh")?, insurance(visit)?);
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

fn insurance(visit: &Value) -> io::Result<&str> {
    let state = visit.get("insurance").and_then(|insurance| insurance.get("state")?.as_str());
    state.ok_or_else(|| wrong("no insurance in the record"))
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

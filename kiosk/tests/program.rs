//! The program refuses to start where it must, and says why.

use std::{path::Path, process::Command};

/// What the program says before it ends, with the example configuration changed by `change`.
#[expect(clippy::unwrap_used, reason = "a test stops at the first thing that is not as it says")]
fn refuses(folder: &Path, change: impl Fn(String) -> String, arguments: &[&str]) -> String {
    let example = std::fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/kiosk.toml")).unwrap();
    let path = folder.join("kiosk.toml");
    std::fs::write(&path, change(example)).unwrap();
    let output = Command::new(env!("CARGO_BIN_EXE_kiosk"))
        .arg("--config")
        .arg(&path)
        .args(arguments)
        .current_dir(folder)
        // Should it start after all, there is no display to start on.
        .env_remove("DISPLAY")
        .env_remove("WAYLAND_DISPLAY")
        // Would silence all that follows, if it counted.
        .env("RUST_LOG", "off")
        .output()
        .unwrap();
    assert!(!output.status.success());
    String::from_utf8_lossy(&output.stderr).into_owned()
}

#[test]
fn a_made_up_time_is_refused_where_real_people_come() {
    let folder = tempfile::tempdir().unwrap();
    let production = |text: String| text.replace("\"demonstration\"", "\"production\"");
    let said = refuses(folder.path(), production, &["--clock", "2026-09-15T08:00:00+07:00"]);
    assert!(said.contains("--clock"), "{said}");
}

#[test]
fn what_is_logged_is_not_the_environments_to_say() {
    let folder = tempfile::tempdir().unwrap();
    let said = refuses(folder.path(), |text| text, &[]);
    assert!(said.contains("ERROR"), "{said}");
    assert!(!said.contains('\u{1b}'), "colours only for a terminal: {said:?}");
}

#[test]
fn a_kiosk_without_its_key_does_not_start() {
    let folder = tempfile::tempdir().unwrap();
    let said = refuses(folder.path(), |text| text, &[]);
    assert!(said.contains("demo.key") && said.contains("cccd seeds"), "{said}");
}

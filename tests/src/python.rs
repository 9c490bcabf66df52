//! Independent judges: Python packages that share no code with what they judge. `make setup` installs them, pinned.

use std::{
    io::{self, Write as _},
    path::Path,
    process::{Command, Stdio},
};

use crate::process::root;

/// A command for a program of the tests' Python environment, started in the project's root.
///
/// # Errors
/// Where it is not installed.
pub fn program(name: &str) -> io::Result<Command> {
    let path = root().canonicalize()?.join("target/python/bin").join(name);
    if !path.is_file() {
        let words = "the Python packages of the tests are not installed: run `make setup`";
        return Err(io::Error::new(io::ErrorKind::NotFound, words));
    }
    let mut command = Command::new(path);
    command.current_dir(root()).env("PYTHONPATH", "tests/python").env("PYTHONDONTWRITEBYTECODE", "1");
    Ok(command)
}

/// Runs a command to its end and gives what it printed.
///
/// # Errors
/// Where it cannot be run, or with what it said where it ends with another code than 0.
pub fn run(command: &mut Command, input: &str) -> io::Result<String> {
    let mut child = command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn()?;
    if let Some(mut stdin) = child.stdin.take() {
        stdin.write_all(input.as_bytes())?;
    }
    let output = child.wait_with_output()?;
    let said = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    if output.status.success() {
        return Ok(said(&output.stdout));
    }
    Err(io::Error::other(format!("{}{}", said(&output.stdout), said(&output.stderr))))
}

/// Checks that a text is a Bundle of FHIR R5.
///
/// # Errors
/// With what is wrong.
pub fn validate_fhir(bundle: &str) -> io::Result<String> {
    run(program("python")?.arg("tests/python/validate_fhir.py"), bundle)
}

/// Checks that files, JSON or snapshots of it, are Bundles of FHIR R5. Gives a line for each.
///
/// # Errors
/// With what is wrong.
pub fn validate_fhir_files(files: &[impl AsRef<Path>]) -> io::Result<String> {
    let mut command = program("python")?;
    command.arg("tests/python/validate_fhir.py").args(files.iter().map(AsRef::as_ref));
    run(&mut command, "")
}

/// Checks that an import file of the lodging portal is as the hand-typed table says.
///
/// # Errors
/// With what is wrong.
pub fn check_lodging_workbook(workbook: &Path, expected: &Path) -> io::Result<String> {
    run(program("python")?.arg("tests/python/check_lodging_workbook.py").arg(workbook).arg(expected), "")
}

//! The API, called as its own description says, and as it says not to.

use end_to_end::{
    process::root,
    python, staff,
    world::{World, test_folder},
};

/// Cases for each operation, beside those that try each value of the description by itself.
const CASES: &str = "30";

/// Not among them: `positive_data_acceptance` and `use_after_free` (the answer also depends on where a conversation
/// stands), `missing_required_header` and `ignored_auth` (the hook signs every call; server/tests has the unsigned).
const CHECKS: &str = "not_a_server_error,status_code_conformance,content_type_conformance,\
                      response_headers_conformance,response_schema_conformance,negative_data_rejection,\
                      unsupported_method";

#[test]
fn the_api_answers_as_its_description_says() {
    let world = World::start(&test_folder("api").unwrap()).unwrap();
    // The station's software reports first costs of visits that there are.
    staff::receive_by_hand(&world, "Trần Văn Tám").unwrap();
    let visits = staff::visits(&world).unwrap();
    let visit = visits[0]["visit"].as_str().unwrap();
    let server = world.server_address().unwrap();
    let root = root().canonicalize().unwrap();
    let mut command = python::program("schemathesis").unwrap();
    // What it remembers from one run to the next it leaves where it runs.
    command
        .current_dir(world.folder())
        .env("PYTHONPATH", root.join("tests/python"))
        .env("SCHEMATHESIS_HOOKS", "signing")
        .env("KIOSK_SERVER", server)
        .env("KIOSK_KEY", root.join("target/seeds/kiosks/demo.key"))
        .env("KIOSK_ID", "demo")
        .env("CLINIC_KEY", root.join("target/seeds/kiosks/clinic.key"))
        .env("CLINIC_VISIT", visit)
        .env("KIOSK_CLOCK", world.now().unwrap().to_string())
        .args(["run", &format!("{server}/openapi.json"), "--checks", CHECKS])
        .args(["--max-examples", CASES, "--seed", "1", "--continue-on-failure", "--no-color"]);
    python::run(&mut command, "").unwrap_or_else(|error| panic!("{error}"));

    let log = std::fs::read_to_string(world.folder().join("logs/server.log")).unwrap();
    for (method, route) in [
        ("GET", "/v1/welcome"),
        ("POST", "/v1/sessions"),
        ("GET", "/v1/sessions/{id}"),
        ("POST", "/v1/sessions/{id}/answers"),
        ("POST", "/v1/sessions/{id}/challenges"),
        ("POST", "/v1/sessions/{id}/vneid"),
        ("POST", "/v1/staff-calls"),
        ("GET", "/v1/staff-calls/{id}"),
        ("POST", "/v1/visits/{id}/first-cost"),
    ] {
        let answered = format!("method={method} route=\"{route}\" status=200");
        assert!(log.contains(&answered), "{method} {route} was never called so that it was answered");
    }
    assert!(!log.contains(" ERROR "), "the server met a fault of its own: target/end-to-end/api/logs");
}

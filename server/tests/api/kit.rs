//! A whole server in this process, at a time of the test's choosing, and kiosks that sign their calls.

use std::{
    os::unix::fs::PermissionsExt as _,
    path::{Path, PathBuf},
    sync::{
        Arc, Mutex,
        atomic::{AtomicI64, AtomicU64, Ordering},
    },
};

use axum::{
    Router,
    body::{Body, to_bytes},
    extract::State,
    http::{HeaderMap, Request, StatusCode},
    middleware::Next,
    response::Response,
};
use flows::signature::{self, Parameters};
use jiff::Timestamp;
use national_mock::{Mock, people::People};
use ring::signature::{Ed25519KeyPair, KeyPair as _};
use serde::de::DeserializeOwned;
use serde_json::Value;
use server::{
    clock::Clock,
    config::Config,
    outbox::Worker,
    program::{Assembled, assemble},
    random::Random,
    store::sqlite::SqliteStore,
};
use tempfile::TempDir;
use tokio::net::TcpListener;
use tower::ServiceExt as _;

/// The time at which tests begin, that of the seeds.
pub const MORNING: &str = "2026-09-15T08:00:00+07:00";

const AUTHORITY: &str = "127.0.0.1:8080";

/// A kiosk with a key of its own.
pub struct Kiosk {
    pub id: &'static str,
    key: Ed25519KeyPair,
}

impl Kiosk {
    /// Enrolled with every server of these tests.
    pub fn demo() -> Self {
        Self::new("demo", 1)
    }

    /// Enrolled as well.
    pub fn other() -> Self {
        Self::new("other", 2)
    }

    /// Software of the station, enrolled with every server of these tests.
    pub fn clinic() -> Self {
        Self::new("clinic", 5)
    }

    /// Not enrolled.
    pub fn stranger() -> Self {
        Self::new("stranger", 3)
    }

    /// Has the first one's name and not its key.
    pub fn impostor() -> Self {
        Self::new("demo", 4)
    }

    fn new(id: &'static str, seed: u8) -> Self {
        Self { id, key: Ed25519KeyPair::from_seed_unchecked(&[seed; 32]).unwrap() }
    }

    fn public_key(&self) -> String {
        hex::encode(self.key.public_key())
    }

    fn file(&self) -> String {
        let key = self.public_key();
        format!("id = \"{}\"\npublic_key = \"{key}\"\nplace = \"Cửa chính\"\n", self.id)
    }
}

/// The server.
pub struct Server {
    router: Router,
    pub store: Arc<SqliteStore>,
    /// Delivers what is due when the test says so.
    pub worker: Worker,
    pub folder: TempDir,
    pub config: Config,
    clock: Arc<AtomicI64>,
    drawn: Arc<AtomicU64>,
}

impl Server {
    /// A server with a fresh database, among simulated national systems that have time.
    pub async fn start() -> Self {
        let clock = morning();
        let systems = national_systems(&clock).await;
        Self::among(&systems, 30_000, clock).await
    }

    /// A server whose insurance register answers about Mrs Hoà with this code, and with a new card where the code
    /// promises one.
    pub async fn whose_register_says(code: &str) -> Self {
        let clock = morning();
        let file = std::fs::read_to_string(seeds().join("citizens/nguyen-thi-hoa.toml")).unwrap();
        let said =
            file.replace("result = \"000\"", &format!("result = \"{code}\"\nnew_card = \"HT3010148012345\""));
        assert_ne!(said, file);
        let people = People::from_texts(&[&said]).unwrap();
        let systems = listening(national_mock::router(&mock_of(people, &clock))).await;
        Self::among(&systems, 30_000, clock).await
    }

    /// A server whose population database knows nobody with the data of `slug`.
    pub async fn whose_population_lacks(slug: &str) -> Self {
        let clock = morning();
        let file = std::fs::read_to_string(seeds().join(format!("citizens/{slug}.toml"))).unwrap();
        let lacking = file.replace("matches = true", "matches = false");
        assert_ne!(lacking, file);
        let people = People::from_texts(&[&lacking]).unwrap();
        let systems = listening(national_mock::router(&mock_of(people, &clock))).await;
        Self::among(&systems, 30_000, clock).await
    }

    /// A server whose calls to the national systems are overheard.
    pub async fn overheard() -> (Self, Arc<Mutex<Vec<Overheard>>>) {
        let clock = morning();
        let heard = Arc::new(Mutex::new(Vec::new()));
        let router = national_mock::router(&mock(&clock));
        let router = router.layer(axum::middleware::from_fn_with_state(Arc::clone(&heard), overhear));
        let systems = listening(router).await;
        (Self::among(&systems, 30_000, clock).await, heard)
    }

    /// A server that waits half a second for a national system.
    pub async fn hurried() -> Self {
        let clock = morning();
        let systems = national_systems(&clock).await;
        Self::among(&systems, 500, clock).await
    }

    /// A server whose national systems are down.
    pub async fn alone() -> Self {
        Self::among("http://127.0.0.1:9", 30_000, morning()).await
    }

    /// A server in production mode that trusts nobody yet.
    pub async fn in_production() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let text = production(folder.path());
        Self::with(folder, &text, morning()).await
    }

    async fn among(systems: &str, patience: u32, clock: Arc<AtomicI64>) -> Self {
        Self::with(tempfile::tempdir().unwrap(), &configuration(systems, patience), clock).await
    }

    async fn with(folder: TempDir, text: &str, clock: Arc<AtomicI64>) -> Self {
        write_kiosks(folder.path());
        std::fs::write(folder.path().join("server.toml"), text).unwrap();
        let config = Config::load(&folder.path().join("server.toml")).unwrap();
        let drawn = Arc::new(AtomicU64::new(0));
        let Assembled { router, store, worker, .. } = assembled(&config, folder.path(), &clock, &drawn).await;
        Self { router, store, worker, folder, config, clock, drawn }
    }

    /// Ends the server and leaves its data.
    pub async fn close(self) -> TempDir {
        drop((self.router, self.worker));
        Arc::into_inner(self.store).unwrap().close().await;
        self.folder
    }

    /// Ends the server and starts it on the same data.
    pub async fn restart(mut self) -> Self {
        drop((self.router, self.worker));
        Arc::into_inner(self.store).unwrap().close().await;
        let again = assembled(&self.config, self.folder.path(), &self.clock, &self.drawn).await;
        (self.router, self.store, self.worker) = (again.router, again.store, again.worker);
        self
    }

    pub fn now(&self) -> Timestamp {
        shown(&self.clock)
    }

    pub fn wait(&self, seconds: i64) {
        self.clock.fetch_add(seconds * 1000, Ordering::Relaxed);
    }

    /// A number that no other call in this test has.
    pub fn fresh(&self) -> u64 {
        self.drawn.fetch_add(1, Ordering::Relaxed)
    }

    pub fn get(&self, path: &str) -> Call<'_> {
        Call::new(self, "GET", path, Vec::new())
    }

    pub fn post(&self, path: &str, body: &Value) -> Call<'_> {
        Call::new(self, "POST", path, serde_json::to_vec(body).unwrap())
    }

    /// A call with a body that need not be JSON.
    pub fn post_bytes(&self, path: &str, body: Vec<u8>) -> Call<'_> {
        Call::new(self, "POST", path, body)
    }

    /// Lê Thị Cán, of the seeds, signed in as she would in a browser.
    pub async fn staff(&self) -> Staff {
        let mut staff = Staff::default();
        let password = "user_name=le.thi.can&password=tram+y+te+xa+Mau+2026";
        let answer = self.raw(staff.form("/staff/sign-in", password)).await;
        staff.cookie = answer.cookie("staff-step");
        let secret = totp_rs::Secret::try_from_base32("MOPHONGMOPHONGMOPHONGMOPHONGMOPH").unwrap();
        let device = totp_rs::Builder::new().with_secret(secret).build().unwrap();
        let code = device.generate(u64::try_from(self.now().as_second()).unwrap());
        let answer = self.raw(staff.form("/staff/sign-in/code", &format!("code={code}"))).await;
        staff.cookie = answer.cookie("staff");
        let page = self.raw(staff.page("/staff")).await;
        let page = String::from_utf8(page.body).unwrap();
        let (_, csrf) = page.split_once("name=\"csrf\" value=\"").unwrap();
        csrf[..64].clone_into(&mut staff.csrf);
        staff
    }

    /// Sends a request as it is.
    pub async fn raw(&self, request: Request<Body>) -> Answer {
        let response = self.router.clone().oneshot(request).await.unwrap();
        let (parts, body) = response.into_parts();
        Answer {
            status: parts.status,
            headers: parts.headers,
            body: to_bytes(body, usize::MAX).await.unwrap().to_vec(),
        }
    }
}

/// A clock that stands at [`MORNING`] until the test moves it.
pub fn morning() -> Arc<AtomicI64> {
    Arc::new(AtomicI64::new(MORNING.parse::<Timestamp>().unwrap().as_millisecond()))
}

fn shown(clock: &AtomicI64) -> Timestamp {
    Timestamp::from_millisecond(clock.load(Ordering::Relaxed)).unwrap()
}

/// The configuration that comes with the server, for this test's kiosks and systems.
fn configuration(systems: &str, patience: u32) -> String {
    let limits = format!("answer_milliseconds = {patience}\nretry_milliseconds = 1\n");
    let text = include_str!("../../server.toml")
        .replace("[\"../seeds/kiosks/demo.toml\"]", "[\"demo.toml\", \"other.toml\"]")
        .replace(
            "5a016dc60ff27552cc537e29f6ae2a3c210fe13fd8b000487ffbffe63def7083",
            &Kiosk::clinic().public_key(),
        )
        .replace("../seeds", seeds().to_str().unwrap())
        .replace("http://127.0.0.1:8090", systems);
    format!(
        "{text}\n[national.population.limits]\n{limits}\n[national.insurance.limits]\n{limits}\n[national.lodging.limits]\n{limits}"
    )
}

/// The folder of the made-up people and places.
pub fn seeds() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../seeds").canonicalize().unwrap()
}

/// The simulated national systems, in this process.
async fn national_systems(clock: &Arc<AtomicI64>) -> String {
    listening(national_mock::router(&mock(clock))).await
}

fn mock(clock: &Arc<AtomicI64>) -> Arc<Mock> {
    mock_of(People::load(&seeds()).unwrap(), clock)
}

fn mock_of(people: People, clock: &Arc<AtomicI64>) -> Arc<Mock> {
    let clock = Arc::clone(clock);
    Mock::new(people, Arc::new(move || shown(&clock)), None)
}

async fn listening(router: Router) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    tokio::spawn(async move { axum::serve(listener, router).await });
    format!("http://{address}")
}

/// A call to a national system, and its answer.
#[derive(Clone)]
pub struct Overheard {
    pub path: String,
    pub asked: String,
    pub answered: String,
}

async fn overhear(
    State(heard): State<Arc<Mutex<Vec<Overheard>>>>,
    request: Request<Body>,
    next: Next,
) -> Response {
    let (head, body) = request.into_parts();
    let asked = to_bytes(body, usize::MAX).await.unwrap();
    let path = head.uri.path().to_owned();
    let response = next.run(Request::from_parts(head, Body::from(asked.clone()))).await;
    let (head, body) = response.into_parts();
    let answered = to_bytes(body, usize::MAX).await.unwrap();
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    heard.lock().unwrap().push(Overheard { path, asked: text(&asked), answered: text(&answered) });
    Response::from_parts(head, Body::from(answered))
}

async fn assembled(
    config: &Config,
    folder: &Path,
    clock: &Arc<AtomicI64>,
    drawn: &Arc<AtomicU64>,
) -> Assembled {
    let (clock, random) = (show(clock), draw(drawn));
    assemble(config, &folder.join("data"), clock, random).await.unwrap()
}

/// A clock that shows what the test sets.
fn show(clock: &Arc<AtomicI64>) -> Clock {
    let clock = Arc::clone(clock);
    Clock::new(move || shown(&clock))
}

/// Not random at all: every test runs the same each time.
fn draw(drawn: &Arc<AtomicU64>) -> Random {
    let drawn = Arc::clone(drawn);
    Random::new(move |bytes| {
        for block in bytes.chunks_mut(32) {
            let seed = drawn.fetch_add(1, Ordering::Relaxed).to_be_bytes();
            let hash = ring::digest::digest(&ring::digest::SHA256, &seed);
            block.copy_from_slice(&hash.as_ref()[..block.len()]);
        }
        Ok(())
    })
}

/// What a server needs beside its configuration.
pub fn start_parts(clock: &Arc<AtomicI64>) -> (Clock, Random) {
    (show(clock), draw(&Arc::new(AtomicU64::new(0))))
}

/// A configuration for production in `folder`, with kiosks, accounts and a key of its own, that trusts nobody yet.
pub fn production(folder: &Path) -> String {
    write_kiosks(folder);
    let key = folder.join("master.key");
    if !key.exists() {
        std::fs::write(&key, [7; 32]).unwrap();
        std::fs::set_permissions(&key, std::fs::Permissions::from_mode(0o600)).unwrap();
    }
    let text = configuration("http://127.0.0.1:9", 30_000);
    let (before, rest) = text.split_once("accounts = [").unwrap();
    let (_, after) = rest.split_once(']').unwrap();
    format!("{before}accounts = []{after}")
        .replace("-mo-phong\"", "\"")
        .replace("mode = \"demonstration\"", "mode = \"production\"\nmaster_key = \"master.key\"")
        .replace(&format!("trust = [\"{}/trust\"]", seeds().display()), "trust = []")
}

fn write_kiosks(folder: &Path) {
    for kiosk in [Kiosk::demo(), Kiosk::other()] {
        std::fs::write(folder.join(format!("{}.toml", kiosk.id)), kiosk.file()).unwrap();
    }
}

/// A call of a kiosk, signed when it is sent. What is set differently is for the test to say.
#[derive(Clone)]
pub struct Call<'a> {
    server: &'a Server,
    method: &'static str,
    path: String,
    body: Vec<u8>,
    pub created: i64,
    pub nonce: String,
    pub key: Option<String>,
}

impl<'a> Call<'a> {
    fn new(server: &'a Server, method: &'static str, path: &str, body: Vec<u8>) -> Self {
        let fresh = server.fresh();
        Self {
            server,
            method,
            path: path.to_owned(),
            body,
            created: server.now().as_second(),
            nonce: format!("nonce-{fresh}"),
            key: (method == "POST").then(|| format!("00000000-0000-4000-8000-{fresh:012x}")),
        }
    }

    /// The same call, as a kiosk sends it again: signed anew, under the same Idempotency-Key.
    pub fn again(&self) -> Self {
        let again = Self::new(self.server, self.method, &self.path, self.body.clone());
        Self { key: self.key.clone(), ..again }
    }

    pub fn with(mut self, change: impl FnOnce(&mut Self)) -> Self {
        change(&mut self);
        self
    }

    /// The server's fingerprint of it: SHA-256 over method, path, query and body.
    pub fn fingerprint(&self) -> [u8; 32] {
        let mut text = format!("{}\0{}\0\0", self.method, self.path).into_bytes();
        text.extend(&self.body);
        ring::digest::digest(&ring::digest::SHA256, &text).as_ref().try_into().unwrap()
    }

    /// The request as `kiosk` sends it.
    pub fn signed(&self, kiosk: &Kiosk) -> Request<Body> {
        let digest = signature::content_digest(&self.body);
        let mut headers = Vec::new();
        if self.method == "POST" {
            headers.push(("content-digest", digest.as_str()));
        }
        if let Some(key) = &self.key {
            headers.push(("idempotency-key", key.as_str()));
        }
        let parameters =
            Parameters { created: self.created, nonce: self.nonce.clone(), key_id: kiosk.id.to_owned() };
        let request = signature::Request {
            method: self.method,
            authority: AUTHORITY,
            path: &self.path,
            query: "",
            headers: &headers,
        };
        let unsigned = request.prepare(&parameters).unwrap();
        let signed = signature::signature_header(kiosk.key.sign(unsigned.base.as_bytes()).as_ref());
        let mut request = Request::builder()
            .method(self.method)
            .uri(&self.path)
            .header("host", AUTHORITY)
            .header("signature-input", unsigned.signature_input)
            .header("signature", signed);
        for (name, value) in &headers {
            request = request.header(*name, *value);
        }
        if !self.body.is_empty() {
            request = request.header("content-type", "application/json");
        }
        request.body(Body::from(self.body.clone())).unwrap()
    }

    pub async fn send(&self, kiosk: &Kiosk) -> Answer {
        self.server.raw(self.signed(kiosk)).await
    }
}

/// A member of staff's browser.
#[derive(Default)]
pub struct Staff {
    cookie: String,
    csrf: String,
}

impl Staff {
    /// One that has this cookie.
    pub fn with_cookie(cookie: &str) -> Self {
        Self { cookie: cookie.to_owned(), csrf: String::new() }
    }

    /// Opens a page.
    pub fn page(&self, path: &str) -> Request<Body> {
        let request = Request::get(path).header("host", AUTHORITY).header("cookie", &self.cookie);
        request.body(Body::empty()).unwrap()
    }

    /// Sends a form.
    pub fn form(&self, path: &str, fields: &str) -> Request<Body> {
        Request::post(path)
            .header("host", AUTHORITY)
            .header("origin", format!("http://{AUTHORITY}"))
            .header("content-type", "application/x-www-form-urlencoded")
            .header("cookie", &self.cookie)
            .body(Body::from(format!("{fields}&csrf={}", self.csrf)))
            .unwrap()
    }
}

/// What came back.
#[derive(Debug, Clone)]
pub struct Answer {
    pub status: StatusCode,
    pub headers: HeaderMap,
    pub body: Vec<u8>,
}

impl Answer {
    /// The body, which is text.
    pub fn text(&self) -> &str {
        std::str::from_utf8(&self.body).unwrap()
    }

    /// The cookie that is set under this name.
    #[track_caller]
    pub fn cookie(&self, name: &str) -> String {
        let cookies = self.headers.get_all("set-cookie").iter().map(|cookie| cookie.to_str().unwrap());
        let found = cookies.filter_map(|cookie| cookie.split(';').next()).find(|pair| {
            pair.split_once('=').is_some_and(|(found, value)| found == name && !value.is_empty())
        });
        found.unwrap_or_else(|| panic!("no cookie {name}: {self:?}")).to_owned()
    }

    #[track_caller]
    pub fn json<T: DeserializeOwned>(&self) -> T {
        assert!(self.status.is_success(), "{} {}", self.status, String::from_utf8_lossy(&self.body));
        serde_json::from_slice(&self.body).unwrap()
    }

    /// The status and code of a problem, which must be one in every respect.
    #[track_caller]
    pub fn problem(&self) -> (u16, String) {
        assert_eq!(self.headers["content-type"], "application/problem+json", "{self:?}");
        let problem: flows::wire::Problem = serde_json::from_slice(&self.body).unwrap();
        assert_eq!(problem.status, self.status.as_u16());
        assert_eq!(problem.kind, format!("urn:problem:{}", problem.code));
        assert!(!problem.title.is_empty() && !problem.detail.is_empty());
        (problem.status, problem.code)
    }
}

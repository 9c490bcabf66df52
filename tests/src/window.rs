//! Seeing and touching the kiosk's window from outside: AccessKit tree and pictures over egui's inspection
//! protocol (test builds only), fingers as real X pointer events.

use std::{
    io,
    net::{SocketAddr, TcpListener, TcpStream},
    path::Path,
};

use egui::accesskit::{Node, NodeId, Role, TreeUpdate};
use egui_inspection::{
    Request, Response,
    protocol::{read_handshake, read_message, write_message},
};
use x11rb::{
    connection::Connection as _,
    protocol::{xproto::ConnectionExt as _, xtest::ConnectionExt as _},
    rust_connection::RustConnection,
};

/// How many looks at the window something may take to appear. A look takes a frame, some tens of milliseconds.
const LOOKS: usize = 3_000;

/// A control or text as assistive technology sees it.
#[derive(Debug, Clone, PartialEq)]
pub struct Seen {
    /// What kind it is.
    pub role: Role,
    /// Its name.
    pub label: String,
    /// Left, top, right, bottom in pixels.
    pub bounds: [f64; 4],
    /// Whether it can be used now.
    pub enabled: bool,
}

/// The kiosk's window.
#[derive(Debug)]
pub struct Window {
    stream: TcpStream,
    x: RustConnection,
    root: u32,
}

/// A free loopback address for the window's inspection port: give it as `EGUI_INSPECTION`.
///
/// # Errors
/// Where there is none.
pub fn free_address() -> io::Result<SocketAddr> {
    TcpListener::bind(("127.0.0.1", 0))?.local_addr()
}

fn other(error: impl std::fmt::Display) -> io::Error {
    io::Error::other(error.to_string())
}

impl Window {
    /// Connects to the window once it is there.
    ///
    /// # Errors
    /// Where it does not come, or the display cannot be reached. `still_running` says whether waiting makes sense.
    pub fn connect(
        address: SocketAddr,
        display: &str,
        mut still_running: impl FnMut() -> io::Result<bool>,
    ) -> io::Result<Self> {
        let (x, screen) = x11rb::connect(Some(display)).map_err(other)?;
        let root = x.setup().roots.get(screen).ok_or_else(|| other("the display has no screen"))?.root;
        loop {
            match TcpStream::connect(address) {
                Ok(mut stream) => {
                    stream.set_nodelay(true)?;
                    read_handshake(&mut stream)?;
                    return Ok(Self { stream, x, root });
                }
                Err(_) if still_running()? => {
                    // The X server's answer is what paces this loop.
                    x.get_input_focus().map_err(other)?.reply().map_err(other)?;
                    std::thread::yield_now();
                }
                Err(error) => return Err(error),
            }
        }
    }

    fn ask(&mut self, request: &Request) -> io::Result<Response> {
        write_message(&mut self.stream, request)?;
        match read_message(&mut self.stream)? {
            Response::Error { message } => Err(other(message)),
            response => Ok(response),
        }
    }

    /// Everything that is on the screen and has a name.
    ///
    /// # Errors
    /// Where the window is gone.
    pub fn look(&mut self) -> io::Result<Vec<Seen>> {
        let Response::Tree { pixels_per_point, accesskit, .. } = self.ask(&Request::GetTree)? else {
            return Err(other("the window answered with something else than its tree"));
        };
        Ok(accesskit.map(|tree| seen(&tree, f64::from(pixels_per_point))).unwrap_or_default())
    }

    /// Waits until something named `label` (or whose name holds it) is on the screen.
    ///
    /// # Errors
    /// Where it does not appear: the error lists what was there instead.
    pub fn wait_for(&mut self, label: &str) -> io::Result<Seen> {
        self.wait_until(label, |all| {
            let exact = all.iter().find(|seen| seen.label == label);
            exact.or_else(|| all.iter().find(|seen| seen.label.contains(label))).cloned()
        })
    }

    /// Waits until `found` finds in what is on the screen what it looks for.
    ///
    /// # Errors
    /// Where it does not: the error names `what` and lists what was there instead.
    pub fn wait_until<T>(&mut self, what: &str, found: impl Fn(&[Seen]) -> Option<T>) -> io::Result<T> {
        let mut last = Vec::new();
        for _ in 0..LOOKS {
            last = self.look()?;
            if let Some(result) = found(&last) {
                return Ok(result);
            }
        }
        let names: Vec<_> = last.iter().map(|seen| seen.label.as_str()).collect();
        Err(other(format!("{what:?} did not appear; on the screen: {names:?}")))
    }

    /// Waits for a control named `label` that can be used, and touches its middle.
    ///
    /// # Errors
    /// As [`Window::wait_for`].
    pub fn touch(&mut self, label: &str) -> io::Result<()> {
        let usable = |role| matches!(role, Role::Button | Role::CheckBox | Role::RadioButton | Role::Switch);
        let target = self.wait_until(label, |all| {
            all.iter().find(|seen| seen.label == label && usable(seen.role) && seen.enabled).cloned()
        })?;
        let [left, top, right, bottom] = target.bounds;
        self.touch_at(f64::midpoint(left, right), f64::midpoint(top, bottom))
    }

    /// Touches a point of the display with a real pointer event.
    ///
    /// # Errors
    /// Where the display is gone.
    pub fn touch_at(&mut self, x: f64, y: f64) -> io::Result<()> {
        const MOTION: u8 = 6;
        const PRESS: u8 = 4;
        const RELEASE: u8 = 5;
        #[expect(clippy::cast_possible_truncation, reason = "a point on the screen, rounded to its pixel")]
        let (x, y) = (x.round() as i16, y.round() as i16);
        for (kind, detail) in [(MOTION, 0), (PRESS, 1), (RELEASE, 1)] {
            self.x.xtest_fake_input(kind, detail, 0, self.root, x, y, 0).map_err(other)?;
        }
        // The answer comes after the events went out to the window.
        self.x.get_input_focus().map_err(other)?.reply().map_err(other)?;
        Ok(())
    }

    /// Saves a picture of the window as PNG.
    ///
    /// # Errors
    /// Where the window is gone or the file cannot be written.
    pub fn picture(&mut self, path: &Path) -> io::Result<()> {
        match self.ask(&Request::GetScreenshot { pixels_per_point: None })? {
            Response::Screenshot(png) => std::fs::write(path, png.bytes),
            _ => Err(other("the window answered with something else than a picture")),
        }
    }
}

/// Walks the tree; bounds of a node are in its own coordinates, transformed by its ancestors.
fn seen(tree: &TreeUpdate, scale: f64) -> Vec<Seen> {
    let node = |id: NodeId| tree.nodes.iter().find(|(known, _)| *known == id).map(|(_, node)| node);
    let name = |node: &Node| node.label().or_else(|| node.value()).unwrap_or_default().trim().to_owned();
    tree.nodes
        .iter()
        .filter(|(_, node)| !node.is_hidden())
        .filter_map(|(_, found)| {
            let own = name(found);
            let label = if own.is_empty() {
                found.labelled_by().iter().filter_map(|id| node(*id)).map(name).collect::<Vec<_>>().join(" ")
            } else {
                own
            };
            let bounds = found.bounds()?;
            (!label.is_empty()).then(|| Seen {
                role: found.role(),
                label,
                bounds: [bounds.x0, bounds.y0, bounds.x1, bounds.y1].map(|value| value * scale),
                enabled: !found.is_disabled(),
            })
        })
        .collect()
}

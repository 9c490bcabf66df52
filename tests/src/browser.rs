//! A real browser: headless Chromium, driven as a person would, over WebDriver.

use std::{
    io::{self, BufRead as _, BufReader},
    path::Path,
    process::{Child, Command, Stdio},
    time::Duration,
};

use thirtyfour::{
    By, ChromiumLikeCapabilities as _, DesiredCapabilities, WebDriver, WebElement,
    extensions::query::{ElementQueryable as _, ElementWaitable as _},
};

/// How long a page may take to show what is waited for.
const PATIENCE: Duration = Duration::from_secs(20);
/// How often it is looked for.
const EVERY: Duration = Duration::from_millis(100);

/// A phone held upright, in CSS pixels.
pub const PHONE: (u32, u32) = (390, 844);
/// A desk's screen.
pub const DESK: (u32, u32) = (1280, 900);
/// A television.
pub const TELEVISION: (u32, u32) = (1920, 1080);

/// A browser with one window. Ended with its driver when dropped; [`Browser::quit`] ends it tidily.
#[derive(Debug)]
pub struct Browser {
    driver: WebDriver,
    _program: Program,
}

/// Chromium's driver, ended when dropped.
#[derive(Debug)]
struct Program(Child);

impl Drop for Program {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

fn start_driver() -> io::Result<(Program, u16)> {
    let mut child = Command::new("chromedriver")
        .arg("--port=0")
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .map_err(|error| {
            io::Error::new(error.kind(), format!("chromedriver (Debian: chromium-driver): {error}"))
        })?;
    let stdout = child.stdout.take();
    let program = Program(child);
    let mut lines = BufReader::new(stdout.ok_or_else(|| io::Error::other("no output"))?).lines();
    for line in lines.by_ref() {
        let line = line?;
        let Some((_, port)) = line.split_once("started successfully on port ") else { continue };
        let port = port.trim_end_matches('.').parse().map_err(io::Error::other)?;
        // Whatever else it prints must not fill the pipe.
        std::thread::spawn(move || lines.for_each(drop));
        return Ok((program, port));
    }
    Err(io::Error::other("chromedriver ended before it said where it listens"))
}

impl Browser {
    /// Opens a browser whose page has this size in CSS pixels; at phone size it behaves as a phone's.
    ///
    /// # Errors
    /// Where Chromium or its driver is missing or does not start.
    pub async fn open((width, height): (u32, u32)) -> io::Result<Self> {
        let (program, port) = start_driver()?;
        let mut wanted = DesiredCapabilities::chrome();
        // The sandbox needs rights that a container does not give; pages here are our own.
        for argument in
            ["--headless=new", "--no-sandbox", "--disable-dev-shm-usage", "--disable-gpu", "--lang=vi"]
        {
            wanted.add_arg(argument).map_err(io::Error::other)?;
        }
        // As a device: a window would lose the height of its own frame.
        let device = serde_json::json!({
            "deviceMetrics": { "width": width, "height": height, "pixelRatio": 1.0, "touch": width < 600, "mobile": width < 600 }
        });
        wanted.add_experimental_option("mobileEmulation", device).map_err(io::Error::other)?;
        let driver =
            WebDriver::new(format!("http://127.0.0.1:{port}"), wanted).await.map_err(io::Error::other)?;
        Ok(Self { driver, _program: program })
    }

    /// The driver itself, for what is not here.
    pub fn driver(&self) -> &WebDriver {
        &self.driver
    }

    /// Opens an address and waits until it has loaded.
    ///
    /// # Errors
    /// Where it cannot be reached.
    pub async fn go(&self, address: &str) -> io::Result<()> {
        self.driver.goto(address).await.map_err(io::Error::other)
    }

    /// The path and query of the page.
    ///
    /// # Errors
    /// Where the browser is gone.
    pub async fn path(&self) -> io::Result<String> {
        let address = self.driver.current_url().await.map_err(io::Error::other)?;
        let query = address.query().map(|query| format!("?{query}")).unwrap_or_default();
        Ok(format!("{}{query}", address.path()))
    }

    /// Waits for the first element that this CSS selector finds, visible or not.
    ///
    /// # Errors
    /// Where it does not come.
    pub async fn find(&self, css: &str) -> io::Result<WebElement> {
        self.driver
            .query(By::Css(css.to_owned()))
            .wait(PATIENCE, EVERY)
            .first()
            .await
            .map_err(io::Error::other)
    }

    /// Waits until the page shows these words.
    ///
    /// # Errors
    /// Where they do not come; the error holds what stood there instead.
    pub async fn wait_for(&self, words: &str) -> io::Result<()> {
        let quoted = words.replace('"', "");
        let path = format!("//body//*[not(self::script) and contains(normalize-space(.), \"{quoted}\")]");
        let found = self.driver.query(By::XPath(path)).wait(PATIENCE, EVERY).exists().await;
        if found.map_err(io::Error::other)? {
            return Ok(());
        }
        Err(io::Error::other(format!("{words:?} does not come; there stands: {}", self.text().await?)))
    }

    /// All that the page shows.
    ///
    /// # Errors
    /// Where the browser is gone.
    pub async fn text(&self) -> io::Result<String> {
        self.find("body").await?.text().await.map_err(io::Error::other)
    }

    /// Types into the field with this name, in place of what stands there.
    ///
    /// # Errors
    /// Where there is none.
    pub async fn fill(&self, name: &str, text: &str) -> io::Result<()> {
        let field = self.find(&format!("[name=\"{name}\"]")).await?;
        field.clear().await.map_err(io::Error::other)?;
        field.send_keys(text).await.map_err(io::Error::other)
    }

    /// Presses the button or link that shows these words.
    ///
    /// # Errors
    /// Where there is none.
    pub async fn press(&self, words: &str) -> io::Result<()> {
        let path = format!("//*[self::button or self::a][contains(normalize-space(.), \"{words}\")]");
        self.leave(By::XPath(path)).await
    }

    /// Presses what this CSS selector finds, which leads elsewhere.
    ///
    /// # Errors
    /// Where there is none.
    pub async fn leave_by(&self, css: &str) -> io::Result<()> {
        self.leave(By::Css(css.to_owned())).await
    }

    async fn leave(&self, way: By) -> io::Result<()> {
        // A list that renews itself takes the button away while it is being pressed: the new one is as good.
        const TRIES: usize = 5;
        let mut tried = Ok(());
        for _ in 0..TRIES {
            let button = self.driver.query(way.clone()).wait(PATIENCE, EVERY).first().await;
            let button = button.map_err(io::Error::other)?;
            tried = button.click().await;
            if tried.is_ok() {
                // The old page must be gone, or the next step would still meet it.
                return button.wait_until().wait(PATIENCE, EVERY).stale().await.map_err(io::Error::other);
            }
        }
        tried.map_err(io::Error::other)
    }

    /// Waits until an element that this CSS selector finds shows these words.
    ///
    /// # Errors
    /// Where none does.
    pub async fn wait_for_in(&self, css: &str, words: &str) -> io::Result<()> {
        let wanted = words.to_owned();
        let shows = move |shown: &str| shown.contains(&wanted);
        let query = self.driver.query(By::Css(css.to_owned())).with_text(shows);
        if query.wait(PATIENCE, EVERY).exists().await.map_err(io::Error::other)? {
            return Ok(());
        }
        Err(io::Error::other(format!(
            "{words:?} does not come in {css}; there stands: {}",
            self.text().await?
        )))
    }

    /// Waits until this script gives true.
    ///
    /// # Errors
    /// Where it does not come to that.
    pub async fn wait_until(&self, script: &str) -> io::Result<()> {
        for _ in 0..PATIENCE.as_millis() / EVERY.as_millis() {
            if self.run(script).await? == serde_json::Value::Bool(true) {
                return Ok(());
            }
            tokio::time::sleep(EVERY).await;
        }
        Err(io::Error::other(format!("never so: {script}; there stands: {}", self.text().await?)))
    }

    /// Touches an element that leads nowhere else: the page stays.
    ///
    /// # Errors
    /// Where there is none, or it is covered.
    pub async fn touch(&self, css: &str) -> io::Result<()> {
        self.find(css).await?.click().await.map_err(io::Error::other)
    }

    /// Fills in the form that this CSS selector finds, opening what it is folded into, and presses its button.
    ///
    /// # Errors
    /// Where there is no such form, or it has no such field.
    pub async fn send(&self, form: &str, fields: &[(&str, &str)]) -> io::Result<()> {
        let unfold = format!(
            "for (let part = document.querySelector({form:?}); part; part = part.parentElement) if (part.tagName === 'DETAILS') part.open = true"
        );
        self.find(form).await?;
        self.run(&unfold).await?;
        for (name, value) in fields {
            let css = format!("{form} [name=\"{name}\"]");
            let field = self.find(&css).await?;
            if field.tag_name().await.map_err(io::Error::other)? == "select" {
                let chosen = self.find(&format!("{css} option[value=\"{value}\"]")).await?;
                chosen.click().await.map_err(io::Error::other)?;
            } else {
                field.clear().await.map_err(io::Error::other)?;
                field.send_keys(*value).await.map_err(io::Error::other)?;
            }
        }
        self.leave_by(&format!("{form} button")).await
    }

    /// What a script in the page gives.
    ///
    /// # Errors
    /// Where it fails.
    pub async fn run(&self, script: &str) -> io::Result<serde_json::Value> {
        let answer = self.driver.execute(script, Vec::new()).await.map_err(io::Error::other)?;
        Ok(answer.json().clone())
    }

    /// By how many CSS pixels the page is wider than the window: what a person would have to scroll sideways.
    ///
    /// # Errors
    /// Where the browser is gone.
    pub async fn overflow(&self) -> io::Result<i64> {
        let script = "return document.documentElement.scrollWidth - document.documentElement.clientWidth";
        self.run(script).await?.as_i64().ok_or_else(|| io::Error::other("no width"))
    }

    /// Takes a picture of the window.
    ///
    /// # Errors
    /// Where it cannot be written.
    pub async fn picture(&self, path: &Path) -> io::Result<()> {
        self.driver.screenshot(path).await.map_err(io::Error::other)
    }

    /// Ends the browser, then its driver.
    ///
    /// # Errors
    /// Where it does not answer any more.
    pub async fn quit(self) -> io::Result<()> {
        self.driver.quit().await.map_err(io::Error::other)
    }
}

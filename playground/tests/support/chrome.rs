//! Headless Chromium, driven through chromedriver.

use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use fantoccini::error::NewSessionError;
use fantoccini::{Client, ClientBuilder};
use hyper_util::client::legacy::connect::HttpConnector;
use serde_json::json;
use tempfile::TempDir;

/// How long chromedriver may take to be ready.
const READY: Duration = Duration::from_secs(30);

/// Runs chromedriver until its standard input ends, which it does with the test, however that ends (killed, too). Then
/// it ends chromedriver and every browser whose profile is in the folder, and removes the folder.
const WATCH: &str = r#"
driver=$1 home=$2
# In the background, a shell's command would have no standard input to outlive.
"$driver" --port=0 --log-level=SEVERE 2>/dev/null &
while read -r _; do :; done
kill -KILL $! 2>/dev/null
# New ones may be on their way, so until there are none.
for _ in 1 2 3 4 5 6 7 8 9 10; do
    found=
    for process in /proc/[0-9]*; do
        case $(tr '\0' ' ' <"$process/cmdline") in
        *"--user-data-dir=$home/"*) found=1 && kill -KILL "${process#/proc/}" ;;
        esac
    done 2>/dev/null
    [ -n "$found" ] || break
    sleep 0.1
done
rm -rf "$home"
"#;

/// A running chromedriver. It and its browsers end when this value is dropped.
#[derive(Debug)]
pub struct Chrome {
    url: String,
    browser: PathBuf,
    home: TempDir,
    watch: Child,
}

impl Chrome {
    /// Starts chromedriver on a free port and waits until it is ready.
    pub async fn start() -> Self {
        let driver = program(&["chromedriver"]);
        let browser = program(&["chromium", "chromium-browser", "google-chrome"]);
        let home = tempfile::tempdir().expect("a temporary folder");
        let mut command = Command::new("sh");
        command
            .args(["-c", WATCH, "watch"])
            .arg(driver)
            .arg(home.path())
            // The one language that every Chromium has, whatever the machine speaks.
            .env("LANGUAGE", "en_US")
            // Chromium leaves things in the temporary folder when it is killed.
            .env("TMPDIR", home.path())
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::null());
        // A signal for the test's process group must not end the watch before its work.
        std::os::unix::process::CommandExt::process_group(&mut command, 0);
        let mut watch = command.spawn().expect("sh runs");
        let said = BufReader::new(watch.stdout.take().expect("a pipe"));
        let port = tokio::task::spawn_blocking(move || {
            // "ChromeDriver was started successfully on port 40123."
            said.lines().map_while(Result::ok).find_map(|line| {
                let (_, port) = line.split_once("successfully on port ")?;
                port.trim_end_matches('.').parse::<u16>().ok()
            })
        });
        let port = tokio::time::timeout(READY, port)
            .await
            .ok()
            .and_then(Result::ok)
            .flatten()
            .expect("chromedriver says its port");
        let chrome = Self {
            url: format!("http://127.0.0.1:{port}"),
            browser,
            home,
            watch,
        };
        chrome.ready().await;
        chrome
    }

    /// Opens a browser with a profile of its own: nobody else's cookies.
    pub async fn open(&self) -> Client {
        let profile = tempfile::Builder::new()
            .prefix("profile")
            .tempdir_in(self.home.path())
            .expect("a profile folder")
            .keep();
        let arguments = [
            format!("--user-data-dir={}", profile.display()),
            "--headless=new".to_owned(),
            "--window-size=1280,900".to_owned(),
            "--no-first-run".to_owned(),
            "--disable-gpu".to_owned(),
            "--disable-dev-shm-usage".to_owned(),
            "--disable-extensions".to_owned(),
            // It speaks to localhost only.
            "--disable-background-networking".to_owned(),
            "--disable-component-update".to_owned(),
            "--disable-sync".to_owned(),
            "--disable-quic".to_owned(),
        ];
        // Root and some containers have no sandbox; these pages are our own.
        if let Ok(browser) = self.session(&arguments).await {
            return browser;
        }
        let open = ["--no-sandbox".to_owned()];
        self.session(&[&arguments[..], &open].concat())
            .await
            .expect("Chromium starts")
    }

    async fn session(&self, arguments: &[String]) -> Result<Client, NewSessionError> {
        let options = json!({ "binary": self.browser, "args": arguments });
        let capabilities = [
            ("browserName".to_owned(), json!("chrome")),
            ("goog:chromeOptions".to_owned(), options),
        ];
        ClientBuilder::new(HttpConnector::new())
            .capabilities(capabilities.into_iter().collect())
            .connect(&self.url)
            .await
    }

    /// Asks chromedriver's `/status` until it says that it is ready.
    async fn ready(&self) {
        let begin = Instant::now();
        let address = self.url.trim_start_matches("http://");
        while begin.elapsed() < READY {
            let ready = tokio::time::timeout(Duration::from_secs(1), is_ready(address)).await;
            if let Ok(Ok(true)) = ready {
                return;
            }
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
        panic!("chromedriver at {} is not ready", self.url);
    }
}

impl Drop for Chrome {
    fn drop(&mut self) {
        // The watch tidies up when its standard input ends.
        drop(self.watch.stdin.take());
        let _ = self.watch.wait();
    }
}

/// Saves what the browser shows as `target/tmp/screenshots/NAME.png`.
pub async fn screenshot(browser: &Client, name: &str) -> PathBuf {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("screenshots");
    std::fs::create_dir_all(&folder).expect("a folder for screenshots");
    let path = folder.join(name).with_extension("png");
    let picture = browser.screenshot().await.expect("a screenshot");
    std::fs::write(&path, picture).expect("the screenshot is saved");
    path
}

/// The first of these programs that is installed.
fn program(names: &[&str]) -> PathBuf {
    let path = std::env::var_os("PATH").unwrap_or_default();
    names
        .iter()
        .flat_map(|name| std::env::split_paths(&path).map(move |folder| folder.join(name)))
        .find(|program| program.is_file())
        .unwrap_or_else(|| {
            panic!(
                "{} is not installed: ./scripts/test installs it (Debian packages: chromium, chromium-driver)",
                names[0]
            )
        })
}

async fn is_ready(address: &str) -> std::io::Result<bool> {
    use tokio::io::{AsyncReadExt, AsyncWriteExt};
    let mut stream = tokio::net::TcpStream::connect(address).await?;
    let request = format!("GET /status HTTP/1.1\r\nHost: {address}\r\n\r\n");
    stream.write_all(request.as_bytes()).await?;
    // It keeps the connection open, so the answer has no end to wait for.
    let mut answer = Vec::new();
    while !answer.ends_with(b"}") && stream.read_buf(&mut answer).await? > 0 {}
    Ok(String::from_utf8_lossy(&answer).contains("\"ready\":true"))
}

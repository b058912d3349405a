//! The processor of a small function: a share of one core, through the kernel's control groups.

use std::fmt;
use std::fs;
use std::path::{Path, PathBuf};

use simulators::lambda::FunctionConfig;

/// A function with 1769 MB has one core, and others their share of it.
/// <https://docs.aws.amazon.com/lambda/latest/dg/configuration-memory.html>
const SHARE: (u64, u64) = (256, 1769);
/// The share is dealt out anew this often, in microseconds, as measurements of Lambda show: a
/// longer time would let a short start through at full speed.
const PERIOD: u64 = 20_000;

/// A control group; it goes when this is dropped and its processes have ended.
pub struct Throttle {
    folder: PathBuf,
}

impl fmt::Display for Throttle {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (part, whole) = SHARE;
        write!(
            f,
            "the processor of a {part} MB function: {part}/{whole} of a core, every {} ms",
            PERIOD / 1000
        )
    }
}

impl Drop for Throttle {
    fn drop(&mut self) {
        // An empty group costs nothing.
        let _ = fs::remove_dir(&self.folder);
    }
}

impl Throttle {
    /// A group with the share of a function with 256 MB; `name` is its own. Fails with why there
    /// can be none.
    pub fn to_share(name: &str) -> Result<Self, String> {
        let quota = PERIOD * SHARE.0 / SHARE.1;
        let mut why = "no control groups for the processor are mounted".to_owned();
        for parent in parents() {
            let folder = parent.join(name.trim_start_matches('/').replace('/', "-"));
            if let Err(error) = fs::create_dir(&folder) {
                why = format!("{}: {error}", folder.display());
                continue;
            }
            let throttle = Self { folder };
            match throttle.limit(quota) {
                Ok(()) => return Ok(throttle),
                Err(error) => why = format!("{}: {error}", throttle.folder.display()),
            }
        }
        Err(why)
    }

    fn limit(&self, quota: u64) -> std::io::Result<()> {
        let second = self.folder.join("cpu.max");
        if second.exists() {
            return fs::write(second, format!("{quota} {PERIOD}"));
        }
        fs::write(self.folder.join("cpu.cfs_period_us"), PERIOD.to_string())?;
        fs::write(self.folder.join("cpu.cfs_quota_us"), quota.to_string())
    }

    /// Starts the function inside the group: a shell enters it, and becomes the program.
    pub fn wrap(&self, config: &mut FunctionConfig) {
        let root = config.binary.parent().map(Path::to_owned);
        config.task_root = config.task_root.take().or(root);
        let enter = r#"echo $$ >"$0" && exec "$@""#;
        let procs = self.folder.join("cgroup.procs").display().to_string();
        let program = config.binary.display().to_string();
        let mut arguments = vec!["-c".to_owned(), enter.to_owned(), procs, program];
        arguments.append(&mut config.arguments);
        config.arguments = arguments;
        config.binary = "/bin/sh".into();
    }
}

/// Where groups for the processor may be made: below our own, and at the top, in both versions of
/// the kernel's interface.
fn parents() -> Vec<PathBuf> {
    let read = |file: &str| fs::read_to_string(file).unwrap_or_default();
    let (mounts, own) = (read("/proc/self/mounts"), read("/proc/self/cgroup"));
    let mut parents = Vec::new();
    for mount in mounts.lines() {
        let mut fields = mount.split(' ').skip(1);
        let (Some(at), Some(kind), Some(options)) = (fields.next(), fields.next(), fields.next())
        else {
            continue;
        };
        let of_cpu = |controllers: &str| controllers.split(',').any(|name| name == "cpu");
        let ours = match kind {
            "cgroup" if of_cpu(options) => own
                .lines()
                .filter_map(|line| line.split_once(':')?.1.split_once(':'))
                .find(|(controllers, _)| of_cpu(controllers)),
            "cgroup2" => own
                .lines()
                .find_map(|line| line.strip_prefix("0::"))
                .map(|path| ("", path)),
            _ => continue,
        };
        if let Some((_, path)) = ours {
            parents.push(Path::new(at).join(path.trim_start_matches('/')));
        }
        parents.push(at.into());
    }
    parents
}

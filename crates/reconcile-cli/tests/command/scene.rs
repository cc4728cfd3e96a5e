//! A folder, a home and a simulated account, and the command run in them.

use std::{
    collections::BTreeMap,
    fs,
    path::{Path, PathBuf},
    process::{Command, Output},
    sync::LazyLock,
};

use reconcile_sandbox::{
    Faults, PlantedLedger, Sandbox, SandboxConfig, WorldConfig, paywall_ledger, streampay_ledger,
    tupay_ledger,
};
use tempfile::TempDir;
use tokio::runtime::Runtime;

/// The first provider, and the whole of its simulated world.
pub(crate) const JANUARY: &str = "--provider tupay --from 2026-01-01 --to 2026-02-01";

/// Every provider of the command.
pub(crate) const PROVIDERS: [&str; 3] = ["tupay", "paywall", "streampay"];

/// A provider, and the whole of its simulated world.
pub(crate) fn january(provider: &str) -> String {
    format!("--provider {provider} --from 2026-01-01 --to 2026-02-01")
}

/// The simulators of all tests run here.
static RUNTIME: LazyLock<Runtime> = LazyLock::new(|| {
    tokio::runtime::Builder::new_multi_thread()
        .worker_threads(2)
        .enable_all()
        .build()
        .expect("a runtime")
});

pub(crate) struct Scene {
    folder: TempDir,
    sandbox: Option<Sandbox>,
    /// What the command finds in its environment.
    pub(crate) environment: BTreeMap<String, String>,
}

impl Scene {
    /// Nothing is configured, and there is no provider.
    pub(crate) fn bare() -> Self {
        let folder = tempfile::tempdir().expect("a temporary folder");
        for name in ["work", "home"] {
            fs::create_dir(folder.path().join(name)).expect("a folder");
        }
        Self {
            folder,
            sandbox: None,
            environment: BTreeMap::new(),
        }
    }

    /// A configured account of 120 records that behaves well.
    pub(crate) fn clean() -> Self {
        Self::with(&[])
    }

    /// The same account with these faults.
    pub(crate) fn with(faults: &[&str]) -> Self {
        let faults = faults
            .iter()
            .map(|fault| fault.parse())
            .collect::<Result<Faults, _>>()
            .expect("faults");
        Self::of(SandboxConfig {
            world: WorldConfig {
                records: 120,
                ..WorldConfig::default()
            },
            faults,
            ..SandboxConfig::default()
        })
    }

    pub(crate) fn of(config: SandboxConfig) -> Self {
        let sandbox = RUNTIME
            .block_on(Sandbox::start(config))
            .expect("a free port");
        Self {
            environment: sandbox.environment().into_iter().collect(),
            sandbox: Some(sandbox),
            ..Self::bare()
        }
    }

    /// The same scene with another setting of the first provider in the
    /// environment.
    pub(crate) fn setting(self, key: &str, value: &str) -> Self {
        self.setting_of("tupay", key, value)
    }

    /// The same scene with another setting of a provider in the environment.
    pub(crate) fn setting_of(mut self, provider: &str, key: &str, value: &str) -> Self {
        let variable = format!("RECONCILE_{}_{key}", provider.to_uppercase());
        self.environment.insert(variable, value.to_owned());
        self
    }

    /// The same scene with no provider but this in the environment.
    pub(crate) fn only(mut self, provider: &str) -> Self {
        let prefix = format!("RECONCILE_{}_", provider.to_uppercase());
        self.environment.retain(|name, _| name.starts_with(&prefix));
        self
    }

    pub(crate) fn sandbox(&self) -> &Sandbox {
        self.sandbox.as_ref().expect("a scene with a simulator")
    }

    /// The command with these arguments, which hold no blanks.
    pub(crate) fn command(&self, arguments: &str) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_reconcile"));
        for (name, _) in std::env::vars() {
            if name.starts_with("RECONCILE_") {
                command.env_remove(name);
            }
        }
        for name in ["XDG_CONFIG_HOME", "COLUMNS", "NO_COLOR"] {
            command.env_remove(name);
        }
        command
            .args(arguments.split_whitespace())
            .current_dir(self.path(""))
            .env("HOME", self.folder.path().join("home"))
            .envs(&self.environment);
        command
    }

    pub(crate) fn run(&self, arguments: &str) -> Ran {
        let output = self.command(arguments).output().expect("the command runs");
        Ran::new(&output)
    }

    /// Runs what must fail: nothing on stdout, no file more or less, and on
    /// stderr one line, its causes and a hint, which are returned.
    pub(crate) fn refusal(&self, status: i32, arguments: &str) -> String {
        let before = self.listing();
        let ran = self.run(arguments);
        assert_eq!(ran.status, status, "{arguments}\n{}", ran.stderr);
        assert_eq!(ran.stdout, "", "{arguments}");
        assert_eq!(self.listing(), before, "{arguments}");
        let lines: Vec<_> = ran.stderr.lines().collect();
        let (first, rest) = lines.split_first().expect("an error");
        let (last, causes) = rest.split_last().expect("a hint");
        assert!(first.starts_with("error: "), "{first}");
        assert!(last.starts_with("  hint: "), "{last}");
        for cause in causes {
            assert!(cause.starts_with("  caused by: "), "{cause}");
        }
        self.redacted(&ran.stderr)
    }

    /// The text without what differs from run to run.
    pub(crate) fn redacted(&self, text: &str) -> String {
        let mut text = text.to_owned();
        for (name, value) in &self.environment {
            if name.ends_with("_BASE_URL") {
                text = text.replace(value.as_str(), "[base URL]");
            }
        }
        let folder = self.folder.path().to_string_lossy();
        text.replace(&*folder, "[folder]").trim_end().to_owned()
    }

    /// A path in the working folder.
    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join("work").join(name)
    }

    /// A path in the home folder.
    pub(crate) fn home(&self, name: &str) -> PathBuf {
        self.folder.path().join("home").join(name)
    }

    pub(crate) fn write(&self, name: &str, text: &str) {
        let path = self.path(name);
        fs::create_dir_all(path.parent().expect("a folder")).expect("a folder");
        fs::write(path, text).expect("a file");
    }

    pub(crate) fn read(&self, name: &str) -> String {
        fs::read_to_string(self.path(name)).unwrap_or_else(|error| panic!("{name}: {error}"))
    }

    /// Writes `ledger.csv`, the books of the first provider's account.
    pub(crate) fn write_ledger(&self) {
        self.write_ledger_of("tupay");
    }

    /// Writes `ledger.csv`, the books of a provider's account, and says what is
    /// wrong with them.
    pub(crate) fn write_ledger_of(&self, provider: &str) -> PlantedLedger {
        let sandbox = self.sandbox();
        let ledger = match provider {
            "tupay" => tupay_ledger(sandbox.tupay_world(), 1),
            "paywall" => paywall_ledger(sandbox.paywall_world(), 1),
            "streampay" => streampay_ledger(sandbox.streampay_world(), 1),
            other => panic!("{other} is not simulated"),
        };
        self.write("ledger.csv", &ledger.to_csv());
        ledger
    }

    /// Every path in the working folder, sorted.
    pub(crate) fn listing(&self) -> Vec<String> {
        self.contents("").into_keys().collect()
    }

    /// Every file below a folder with its bytes, and every folder with none.
    pub(crate) fn contents(&self, folder: &str) -> BTreeMap<String, Vec<u8>> {
        let root = self.path(folder);
        let mut found = BTreeMap::new();
        collect(&root, &root, &mut found);
        found
    }
}

fn collect(root: &Path, folder: &Path, found: &mut BTreeMap<String, Vec<u8>>) {
    for entry in fs::read_dir(folder).expect("a folder") {
        let path = entry.expect("an entry").path();
        let name = path.strip_prefix(root).expect("below the root");
        let name = name.to_string_lossy().into_owned();
        if path.is_dir() {
            found.insert(name, Vec::new());
            collect(root, &path, found);
        } else {
            found.insert(name, fs::read(&path).expect("a file"));
        }
    }
}

/// What came of a command.
#[derive(Debug)]
pub(crate) struct Ran {
    pub(crate) status: i32,
    pub(crate) stdout: String,
    pub(crate) stderr: String,
}

impl Ran {
    fn new(output: &Output) -> Self {
        Self {
            status: output.status.code().expect("no signal"),
            stdout: String::from_utf8_lossy(&output.stdout).into_owned(),
            stderr: String::from_utf8_lossy(&output.stderr).into_owned(),
        }
    }

    /// Checks the exit status, and shows what was said where it is another.
    #[track_caller]
    pub(crate) fn exits(self, status: i32) -> Self {
        assert_eq!(self.status, status, "{}{}", self.stdout, self.stderr);
        self
    }
}

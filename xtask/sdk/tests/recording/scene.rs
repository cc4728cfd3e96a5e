//! A simulator, a copy of the fixtures, and the command.

use std::{
    collections::BTreeMap,
    fs,
    path::{Path, PathBuf},
    process::{Command, Stdio},
    sync::LazyLock,
};

use reconcile_sandbox::{Alteration, Faults, Sandbox, SandboxConfig, WorldConfig, Worlds};
use tokio::runtime::Runtime;
use xtask::Workspace;

/// The last day of the simulated world.
pub(crate) const UNTIL: &str = "2026-01-31";

static WORLDS: LazyLock<Worlds> = LazyLock::new(|| {
    Worlds::generate(&WorldConfig {
        records: 400,
        ..WorldConfig::default()
    })
});

/// A simulator that answers until it is dropped, and a copy of the fixtures.
pub(crate) struct Scene {
    sandbox: Sandbox,
    folder: tempfile::TempDir,
    environment: BTreeMap<String, String>,
    runtime: Runtime,
}

/// How the command ended and what it said.
#[derive(Debug)]
pub(crate) struct Ran {
    pub(crate) status: i32,
    pub(crate) stdout: String,
    pub(crate) stderr: String,
}

impl Scene {
    /// The usual world, its answers changed by these alterations.
    pub(crate) fn altered(alterations: &[&str]) -> Self {
        let alterations = alterations.iter().map(|text| text.parse());
        Self::of(SandboxConfig {
            alterations: alterations.collect::<Result<Vec<Alteration>, _>>().unwrap(),
            ..SandboxConfig::default()
        })
    }

    /// The usual world with these faults.
    pub(crate) fn faulty(faults: &[&str]) -> Self {
        let faults = faults.iter().map(|text| text.parse());
        Self::of(SandboxConfig {
            faults: faults.collect::<Result<Faults, _>>().unwrap(),
            ..SandboxConfig::default()
        })
    }

    pub(crate) fn of(config: SandboxConfig) -> Self {
        let runtime = Runtime::new().unwrap();
        let started = Sandbox::start_with_worlds(WORLDS.clone(), config);
        let sandbox = runtime.block_on(started).unwrap();
        let environment = sandbox.environment().into_iter().collect();
        let folder = tempfile::tempdir().unwrap();
        let fixtures = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../fixtures");
        copy(&fixtures, &folder.path().join("fixtures"));
        Self {
            sandbox,
            folder,
            environment,
            runtime,
        }
    }

    /// The same with another setting of TuPay.
    pub(crate) fn setting(self, key: &str, value: &str) -> Self {
        self.setting_of("tupay", key, value)
    }

    /// The same with another setting of a provider.
    pub(crate) fn setting_of(mut self, provider: &str, key: &str, value: &str) -> Self {
        self.environment
            .insert(variable(provider, key), value.to_owned());
        self
    }

    /// The same without a setting of TuPay.
    pub(crate) fn without(self, key: &str) -> Self {
        self.without_of("tupay", key)
    }

    /// The same without a setting of a provider.
    pub(crate) fn without_of(mut self, provider: &str, key: &str) -> Self {
        self.environment.remove(&variable(provider, key));
        self
    }

    /// A setting of a provider.
    pub(crate) fn setting_named(&self, provider: &str, key: &str) -> String {
        self.environment[&variable(provider, key)].clone()
    }

    pub(crate) fn environment(&self) -> BTreeMap<String, String> {
        self.environment.clone()
    }

    pub(crate) fn sandbox(&self) -> &Sandbox {
        &self.sandbox
    }

    pub(crate) fn runtime(&self) -> &Runtime {
        &self.runtime
    }

    /// The copy of the fixtures, as a checkout.
    pub(crate) fn workspace(&self) -> Workspace {
        Workspace::at(self.folder.path())
    }

    pub(crate) fn path(&self, below: &str) -> PathBuf {
        self.folder.path().join(below)
    }

    /// Runs the command on the copy of the fixtures.
    pub(crate) fn run(&self, arguments: &str) -> Ran {
        let output = Command::new(env!("CARGO_BIN_EXE_xtask-sdk"))
            .args(arguments.split_whitespace())
            .arg("--root")
            .arg(self.folder.path())
            .env_clear()
            .envs(&self.environment)
            .current_dir(self.folder.path())
            .stdin(Stdio::null())
            .output()
            .unwrap();
        Ran {
            status: output.status.code().unwrap(),
            stdout: String::from_utf8(output.stdout).unwrap(),
            stderr: String::from_utf8(output.stderr).unwrap(),
        }
    }

    /// Every file that is no committed fixture, or is one no longer.
    pub(crate) fn written(&self) -> BTreeMap<PathBuf, Vec<u8>> {
        let committed = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
        let mut files = self.files();
        files.retain(|path, content| {
            let below = path.strip_prefix(self.folder.path()).unwrap();
            fs::read(committed.join(below)).ok().as_ref() != Some(content)
        });
        files
    }

    /// Every file below the folder with its content.
    pub(crate) fn files(&self) -> BTreeMap<PathBuf, Vec<u8>> {
        let mut files = BTreeMap::new();
        collect(self.folder.path(), &mut files);
        files
    }
}

impl Ran {
    /// Checks the exit status.
    #[track_caller]
    pub(crate) fn exits(self, status: i32) -> Self {
        assert_eq!(self.status, status, "{}{}", self.stdout, self.stderr);
        self
    }
}

fn variable(provider: &str, key: &str) -> String {
    format!("RECONCILE_{provider}_{key}").to_uppercase()
}

fn copy(from: &Path, to: &Path) {
    fs::create_dir_all(to).unwrap();
    for entry in fs::read_dir(from).unwrap() {
        let entry = entry.unwrap();
        let target = to.join(entry.file_name());
        if entry.path().is_dir() {
            copy(&entry.path(), &target);
        } else {
            fs::copy(entry.path(), target).unwrap();
        }
    }
}

fn collect(folder: &Path, files: &mut BTreeMap<PathBuf, Vec<u8>>) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            collect(&path, files);
        } else {
            files.insert(path.clone(), fs::read(&path).unwrap());
        }
    }
}

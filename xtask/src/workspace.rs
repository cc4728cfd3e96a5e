//! Where things are in the checkout.

use std::{
    fs,
    path::{Path, PathBuf},
};

use crate::Error;

/// A checkout, or a copy of the parts of one that these commands read and write.
#[derive(Clone, Debug)]
pub struct Workspace {
    root: PathBuf,
}

impl Workspace {
    /// The checkout that this package is part of.
    #[must_use]
    pub fn here() -> Self {
        let package = Path::new(env!("CARGO_MANIFEST_DIR"));
        Self::at(package.parent().unwrap_or(package))
    }

    /// The checkout at this path.
    #[must_use]
    pub fn at(root: impl Into<PathBuf>) -> Self {
        Self { root: root.into() }
    }

    /// The path without the part that only this machine has, for messages.
    #[must_use]
    pub fn shown<'a>(&self, path: &'a Path) -> &'a Path {
        path.strip_prefix(&self.root).unwrap_or(path)
    }

    /// The names of all providers that have fixtures, sorted.
    pub fn providers(&self) -> Result<Vec<String>, Error> {
        let folder = self.root.join("fixtures");
        let mut names: Vec<_> = folders(&folder)?
            .iter()
            .filter_map(|path| Some(path.file_name()?.to_str()?.to_owned()))
            .collect();
        names.sort();
        Ok(names)
    }

    /// The provider of this name, or all where there is none.
    pub fn select(&self, provider: Option<&str>) -> Result<Vec<String>, Error> {
        let known = self.providers()?;
        match provider {
            None => Ok(known),
            Some(name) if known.iter().any(|known| known == name) => Ok(vec![name.to_owned()]),
            Some(name) => Err(Error::Unknown {
                what: "provider",
                name: name.to_owned(),
                known: known.join(", "),
            }),
        }
    }

    /// The fixtures of a provider.
    #[must_use]
    pub fn fixtures(&self, provider: &str) -> PathBuf {
        self.root.join("fixtures").join(provider)
    }

    /// What a person decides about a provider's models.
    #[must_use]
    pub fn overrides(&self, provider: &str) -> PathBuf {
        self.fixtures(provider).join("overrides.toml")
    }

    /// What the samples of a provider show.
    #[must_use]
    pub fn lock(&self, provider: &str) -> PathBuf {
        self.fixtures(provider).join("shapes.lock.json")
    }

    /// The generated models of a crate.
    #[must_use]
    pub fn models(&self, package: &str) -> PathBuf {
        let source = self.root.join("crates").join(package).join("src");
        source.join("models").join("generated.rs")
    }

    /// The generated table from the operations of a provider to its models.
    #[must_use]
    pub fn roots(&self, provider: &str) -> PathBuf {
        let source = self.root.join("xtask").join("sdk").join("src");
        source.join("roots").join(format!("{provider}.rs"))
    }
}

/// The folders in a folder, sorted.
pub(crate) fn folders(path: &Path) -> Result<Vec<PathBuf>, Error> {
    Ok(entries(path)?
        .into_iter()
        .filter(|path| path.is_dir())
        .collect())
}

/// What is in a folder, sorted.
pub(crate) fn entries(path: &Path) -> Result<Vec<PathBuf>, Error> {
    let read = |source| Error::Read {
        path: path.to_owned(),
        source,
    };
    let mut entries = fs::read_dir(path)
        .map_err(read)?
        .map(|entry| entry.map(|entry| entry.path()))
        .collect::<Result<Vec<_>, _>>()
        .map_err(read)?;
    entries.sort();
    Ok(entries)
}

/// The text of a file that must be UTF-8.
pub(crate) fn read(path: &Path) -> Result<String, Error> {
    fs::read_to_string(path).map_err(|source| Error::Read {
        path: path.to_owned(),
        source,
    })
}

//! Settings from the configuration file and the environment.

use std::{
    collections::BTreeMap,
    env,
    error::Error,
    path::{Path, PathBuf},
};

use reconcile_files::{read_text, shown, shown_sentence};
use secrecy::{ExposeSecret, SecretString};

use crate::{
    error::CommandError,
    registry::{Entry, Key, PROVIDERS},
};

/// The name of the configuration file.
pub(crate) const FILE: &str = "reconcile.toml";

/// The longest configuration, in bytes: people write it.
const LONGEST: u64 = 1 << 20;

/// The configuration: a table of values a provider, and the environment over it.
#[derive(Debug, Default)]
pub(crate) struct Configuration {
    /// The file that was read, if any.
    pub(crate) path: Option<PathBuf>,
    providers: BTreeMap<String, BTreeMap<String, SecretString>>,
}

impl Configuration {
    /// Reads the file that is named, or else the one in the working directory,
    /// or else the one in the user's configuration folder. None at all is fine:
    /// the environment alone is enough.
    pub(crate) fn load(named: Option<&Path>) -> Result<Self, CommandError> {
        let candidates = [Some(PathBuf::from(FILE)), in_user_folder()];
        let path = match named {
            Some(path) => Some(path.to_owned()),
            None => candidates.into_iter().flatten().find(|path| path.is_file()),
        };
        path.map_or_else(|| Ok(Self::default()), |path| Self::read(&path))
    }

    fn read(path: &Path) -> Result<Self, CommandError> {
        let file = path.display();
        let text = read_text(path, LONGEST)?;
        // The message shows no value: one may be a secret.
        let broken = |what: &str| {
            CommandError::configuration(
                format!("{file}: {what}"),
                "each provider has a table like [providers.tupay] with keys and values",
            )
        };
        let table: toml::Table = text.parse().map_err(|error: toml::de::Error| {
            let line = error.span().map_or(1, |span| {
                1 + text
                    .bytes()
                    .take(span.start)
                    .filter(|byte| *byte == b'\n')
                    .count()
            });
            broken(&format!(
                "line {line} is not TOML: {}",
                shown_sentence(error.message())
            ))
        })?;
        if let Some(stray) = table.keys().find(|key| *key != "providers") {
            return Err(broken(&format!("`{}` is not known", shown(stray))));
        }
        let tables = match table.get("providers") {
            Some(tables) => tables
                .as_table()
                .ok_or_else(|| broken("`providers` is no table"))?,
            None => &toml::Table::new(),
        };
        let mut providers = BTreeMap::new();
        for (name, values) in tables {
            if PROVIDERS.iter().all(|entry| entry.id != name) {
                return Err(CommandError::configuration(
                    format!(
                        "{file}: there is no provider `{}`, which has a table",
                        shown(name)
                    ),
                    "`reconcile providers` lists them",
                ));
            }
            let values = values
                .as_table()
                .ok_or_else(|| broken(&format!("`providers.{name}` is no table")))?;
            let values = scalars(values).ok_or_else(|| {
                broken(&format!(
                    "a value in `providers.{name}` is no text, number or flag"
                ))
            })?;
            providers.insert(name.clone(), values);
        }
        Ok(Self {
            path: Some(path.to_owned()),
            providers,
        })
    }

    /// The settings of one provider: the environment over the file.
    pub(crate) fn of(&self, entry: &'static Entry) -> Result<Settings, CommandError> {
        let mut values = self.providers.get(entry.id).cloned().unwrap_or_default();
        if let Some(stray) = values.keys().find(|key| entry.key(key).is_none()) {
            let known: Vec<_> = entry.keys.iter().map(|key| key.name).collect();
            return Err(CommandError::configuration(
                format!(
                    "[providers.{}] has an unknown key `{}`",
                    entry.id,
                    shown(stray)
                ),
                format!("known are {}", known.join(", ")),
            ));
        }
        for key in entry.keys {
            if let Ok(value) = env::var(variable(entry.id, key.name)) {
                values.insert(key.name.to_owned(), value.into());
            }
        }
        Ok(Settings { entry, values })
    }
}

/// The settings of one provider.
#[derive(Debug)]
pub(crate) struct Settings {
    pub(crate) entry: &'static Entry,
    values: BTreeMap<String, SecretString>,
}

impl Settings {
    /// The settings that lines of an environment hold, and no others.
    pub(crate) fn of_lines(entry: &'static Entry, lines: &[(String, String)]) -> Self {
        let value = |key: &Key| {
            let name = variable(entry.id, key.name);
            let (_, value) = lines.iter().find(|(line, _)| *line == name)?;
            Some((key.name.to_owned(), value.clone().into()))
        };
        Self {
            entry,
            values: entry.keys.iter().filter_map(value).collect(),
        }
    }

    /// Whether anything is set at all.
    pub(crate) fn is_empty(&self) -> bool {
        self.values.is_empty()
    }

    /// The value, if it is set and not empty.
    pub(crate) fn get(&self, key: &str) -> Option<&SecretString> {
        self.values
            .get(key)
            .filter(|value| !value.expose_secret().is_empty())
    }

    /// The value, or an error that says how to set it.
    pub(crate) fn require(&self, key: &str) -> Result<&SecretString, CommandError> {
        self.get(key).ok_or_else(|| self.missing_key(key))
    }

    /// The error of a setting that is missing.
    pub(crate) fn missing_key(&self, key: &str) -> CommandError {
        let Entry { id, .. } = self.entry;
        CommandError::configuration(
            format!("{id} is not configured: `{key}` is missing"),
            format!(
                "set {} in the environment, or `{key}` under [providers.{id}] in {FILE}",
                variable(id, key)
            ),
        )
    }

    /// The error of settings that a provider does not take together.
    pub(crate) fn unusable(&self, error: &dyn Error) -> CommandError {
        CommandError::configuration(
            error.to_string(),
            format!("check the settings of {}", self.entry.id),
        )
    }

    /// The value as something that is no secret. An error names the key and what
    /// is wrong, and shows no value: a secret may stand in the wrong place.
    pub(crate) fn parse<T>(
        &self,
        key: &str,
        parse: impl FnOnce(&str) -> Result<T, String>,
    ) -> Result<Option<T>, CommandError> {
        let Some(value) = self.get(key) else {
            return Ok(None);
        };
        parse(value.expose_secret()).map(Some).map_err(|reason| {
            let Entry { id, .. } = self.entry;
            let about = self.entry.key(key).map_or("a setting", |key| key.about);
            CommandError::configuration(
                format!("{id}: `{key}` is not usable: {reason}"),
                format!(
                    "`{key}`: {about}; it comes from {} or from [providers.{id}] in {FILE}",
                    variable(id, key)
                ),
            )
        })
    }
}

/// The environment variable of a key.
pub(crate) fn variable(provider: &str, key: &str) -> String {
    format!("RECONCILE_{provider}_{key}")
        .replace('.', "_")
        .to_uppercase()
}

/// The values by key; those of a table within have its name in front, as in
/// `conventions.deposit_total`. `None` where one is no value.
fn scalars(table: &toml::Table) -> Option<BTreeMap<String, SecretString>> {
    let mut values = BTreeMap::new();
    for (key, value) in table {
        match value.as_table() {
            Some(within) => {
                for (name, value) in within {
                    values.insert(format!("{key}.{name}"), scalar(value)?);
                }
            }
            None => {
                values.insert(key.clone(), scalar(value)?);
            }
        }
    }
    Some(values)
}

fn scalar(value: &toml::Value) -> Option<SecretString> {
    let text = match value {
        toml::Value::String(text) => text.clone(),
        toml::Value::Integer(number) => number.to_string(),
        toml::Value::Boolean(flag) => flag.to_string(),
        _ => return None,
    };
    Some(text.into())
}

fn in_user_folder() -> Option<PathBuf> {
    let folder = env::var_os("XDG_CONFIG_HOME")
        .map(PathBuf::from)
        .or_else(|| {
            let home = env::var_os("HOME").or_else(|| env::var_os("USERPROFILE"))?;
            Some(PathBuf::from(home).join(".config"))
        })?;
    Some(folder.join("reconcile").join(FILE))
}

//! `timeoff keys add|list|revoke`: who may use the signed API. `timeoff keys rotate`: another key for
//! what is stored encrypted.

use std::io::Write as _;
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};

use clap::Subcommand;
use jiff::Timestamp;
use timeoff::admin::keys::{self, KeyFile, KeyName};
use timeoff::admin::store::{self, Registered};
use timeoff::platform::clock::Clock;
use timeoff::platform::config::DatabaseConfig;
use timeoff::platform::crypto::Keyring;
use timeoff::platform::db::{Db, Server, TenantTx};
use timeoff::tenant::rotation;

use crate::columns::columns;
use crate::{Failure, begin, chosen};

/// Who changed something, for the audit log.
const BY: &str = "command line";

#[derive(Subcommand)]
pub enum ApiKeys {
    /// Register a key for the signed API. Makes a new pair and writes its private half into a file, unless --public-key names a key that is there already.
    Add {
        /// What it is for, such as payroll.
        name: String,
        /// Slack's team id; may be left out when there is only one workspace.
        #[arg(long)]
        workspace: Option<String>,
        /// Where the private half goes; - prints it. [default: timeoff-NAME.pem]
        #[arg(long, value_name = "FILE", conflicts_with = "public_key")]
        out: Option<PathBuf>,
        /// An Ed25519 public key in PEM, whose private half stays where it is.
        #[arg(long, value_name = "FILE")]
        public_key: Option<PathBuf>,
    },
    /// List the keys of the signed API.
    List {
        /// Slack's team id; may be left out when there is only one workspace.
        #[arg(long)]
        workspace: Option<String>,
    },
    /// Take a key of the signed API back: what it signs is refused from now on.
    Revoke {
        /// Its name or its id.
        key: String,
        /// Slack's team id; may be left out when there is only one workspace.
        #[arg(long)]
        workspace: Option<String>,
    },
}

pub async fn run(command: ApiKeys) -> Result<(), Failure> {
    match command {
        ApiKeys::Add {
            name,
            workspace,
            out,
            public_key,
        } => {
            let name = KeyName::parse(&name)?;
            match public_key {
                Some(file) => register(&name, workspace, &file).await,
                None => make(&name, workspace, out).await,
            }
        }
        ApiKeys::List { workspace } => list(workspace).await,
        ApiKeys::Revoke { key, workspace } => revoke(&key, workspace).await,
    }
}

/// Encrypts every stored secret with the first key.
pub async fn rotate() -> Result<(), Failure> {
    let keys = std::env::var("TOKEN_ENCRYPTION_KEYS").unwrap_or_default();
    let keyring = Keyring::parse(&keys).map_err(|error| {
        format!("TOKEN_ENCRYPTION_KEYS is what timeoff runs with, the new key first: {error}")
    })?;
    let server = Server::of_person(&DatabaseConfig::from_env()?).await?;
    Db::check(&server).await?;
    let db = Db::connect_lazy(server, 1);
    let rotated = rotation::rotate(&db, &keyring, &Clock::System).await?;
    db.close().await;
    let secrets = |count: usize| match count {
        1 => "1 secret".to_owned(),
        count => format!("{count} secrets"),
    };
    println!(
        "Encrypted {} with the first key; {} had it already.",
        secrets(rotated.exchanged),
        secrets(rotated.kept)
    );
    if rotated.unreadable.is_empty() {
        return Ok(());
    }
    let places: Vec<String> = rotated.unreadable.into_iter().collect();
    Err(format!(
        "No key opens what is stored in\n  - {}\nAdd the key that it was stored with to the end of the list, or install the app there again.",
        places.join("\n  - ")
    )
    .into())
}

/// Registers a public key that somebody else has made.
async fn register(name: &KeyName, workspace: Option<String>, file: &Path) -> Result<(), Failure> {
    let shown = file.display();
    let pem = std::fs::read_to_string(file).map_err(|error| format!("{shown}: {error}"))?;
    let public = keys::read_public(&pem).map_err(|error| format!("{shown}: {error}"))?;
    let id = keys::new_id()?;
    add(name, workspace, &id, public.as_bytes()).await?;
    println!("Added the key “{name}”: {id}");
    println!("Requests that are signed with its private half name it by keyid=\"{id}\".");
    Ok(())
}

/// Makes a key pair, keeps the public half and hands out the private one.
async fn make(
    name: &KeyName,
    workspace: Option<String>,
    out: Option<PathBuf>,
) -> Result<(), Failure> {
    let (id, key) = (keys::new_id()?, keys::generate()?);
    let text = KeyFile::write(&id, &key)?;
    let file = out.unwrap_or_else(|| format!("timeoff-{name}.pem").into());
    let printed = file == Path::new("-");
    if !printed {
        // Before the key is registered: one whose private half is nowhere is of no use.
        write_private(&file, &text)?;
    }
    if let Err(error) = add(name, workspace, &id, key.verifying_key().as_bytes()).await {
        if !printed {
            // The reason why it was not registered is what the operator must read.
            let _ = std::fs::remove_file(&file);
        }
        return Err(error);
    }
    if printed {
        eprintln!("Added the key “{name}”: {id}");
        eprintln!(
            "This is its private half. It is kept nowhere else: store it where nobody but its user reads it."
        );
        print!("{text}");
    } else {
        let file = file.display();
        println!("Added the key “{name}”: {id}");
        println!(
            "Its private half is in {file} and nowhere else: whoever has that file may use the API."
        );
        println!("Try it:  timeoff admin leaves --key {file}");
    }
    Ok(())
}

/// Writes a new file that only its owner may read.
fn write_private(file: &Path, text: &str) -> Result<(), Failure> {
    let shown = file.display();
    let mut made = std::fs::OpenOptions::new()
        .write(true)
        .create_new(true)
        .mode(0o600)
        .open(file)
        .map_err(|error| match error.kind() {
            std::io::ErrorKind::AlreadyExists => {
                format!("{shown} is there already. --out names another file.")
            }
            _ => format!("Cannot write {shown}: {error}"),
        })?;
    made.write_all(text.as_bytes())
        .and_then(|()| made.sync_all())
        .map_err(|error| format!("Cannot write {shown}: {error}").into())
}

async fn open(workspace: Option<String>) -> Result<TenantTx, Failure> {
    let (db, workspace) = chosen(workspace).await?;
    Ok(begin(&db, &workspace).await?.0)
}

async fn add(
    name: &KeyName,
    workspace: Option<String>,
    id: &str,
    public: &[u8],
) -> Result<(), Failure> {
    let mut tx = open(workspace).await?;
    match store::add_key(&mut tx, id, name, public, BY).await? {
        Registered::Yes => Ok(tx.commit().await?),
        Registered::NameTaken => Err(format!(
            "There is a key “{name}” already. Choose another name, or revoke that one first: timeoff keys revoke {name}"
        )
        .into()),
        Registered::KeyTaken => Err(
            "This public key is registered already, or was until it was revoked. `timeoff keys list` shows it."
                .into(),
        ),
    }
}

async fn list(workspace: Option<String>) -> Result<(), Failure> {
    let mut tx = open(workspace).await?;
    let found = store::keys(&mut tx).await?;
    if found.is_empty() {
        println!("No keys yet. `timeoff keys add NAME` makes one.");
        return Ok(());
    }
    let day = |at: Timestamp| at.strftime("%a %-d %B %Y %H:%M UTC").to_string();
    let mut rows = vec![["KEY", "NAME", "ADDED", "LAST USED", "REVOKED"].map(str::to_owned)];
    rows.extend(found.into_iter().map(|key| {
        [
            key.id,
            key.name,
            day(key.created_at),
            key.last_used_at.map_or_else(|| "never".to_owned(), day),
            key.revoked_at.map(day).unwrap_or_default(),
        ]
    }));
    print!("{}", columns(&rows));
    Ok(())
}

async fn revoke(key: &str, workspace: Option<String>) -> Result<(), Failure> {
    let mut tx = open(workspace).await?;
    let Some(revoked) = store::revoke_key(&mut tx, key, BY).await? else {
        return Err(
            format!("No key in use is called “{key}”. `timeoff keys list` shows them.").into(),
        );
    };
    tx.commit().await?;
    println!(
        "Revoked the key “{}” ({}). What it signs is refused from now on.",
        revoked.name, revoked.id
    );
    Ok(())
}

//! The file of the embedded database: nobody but its owner reads it, and a copy of it can be made while it is in use.

use sqlx::{AnyConnection, Connection as _, Executor as _};
use std::io;
use std::path::{Path, PathBuf};

/// The file that a URL names; `None` for a database that is no file.
fn path_of(url: &str) -> Option<PathBuf> {
    let options: sqlx::sqlite::SqliteConnectOptions = url.parse().ok()?;
    (!url.contains(":memory:") && !url.contains("mode=memory")).then(|| options.get_filename().to_owned())
}

/// Makes the file private before anything is written to it, whatever the umask. SQLite gives its log and its index the same mode.
pub(super) fn keep_private(url: &str) -> io::Result<()> {
    let Some(path) = path_of(url) else { return Ok(()) };
    if url.contains("mode=rwc") {
        match new_private(&path) {
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {}
            made => return made,
        }
    }
    #[cfg(unix)]
    for suffix in ["", "-wal", "-shm"] {
        use std::os::unix::fs::PermissionsExt as _;
        let mut file = path.clone().into_os_string();
        file.push(suffix);
        match std::fs::metadata(&file) {
            // Whoever owns it may have set it narrower.
            Ok(found) if found.permissions().mode() & 0o077 == 0 => {}
            Ok(found) => std::fs::set_permissions(&file, std::fs::Permissions::from_mode(found.permissions().mode() & 0o700))?,
            Err(error) if error.kind() == io::ErrorKind::NotFound => {}
            Err(error) => return Err(error),
        }
    }
    Ok(())
}

/// Makes an empty file that only its owner can read, where there is none.
fn new_private(path: &Path) -> io::Result<()> {
    let mut options = std::fs::OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options.open(path).map(drop)
}

/// Copies the database to a new file, as it is at one moment. Servers go on reading and writing meanwhile.
///
/// # Errors
/// A sentence: there is no database, the file is there already, or it cannot be written.
pub async fn back_up(url: &str, to: &Path) -> Result<(), String> {
    let from = path_of(url).ok_or("this database is no file")?;
    if !from.is_file() {
        return Err(format!("there is no database at {}", from.display()));
    }
    // Reserved first, so that a file which appears meanwhile is not overwritten.
    new_private(to).map_err(|error| match error.kind() {
        io::ErrorKind::AlreadyExists => format!("{} is there already; choose another name", to.display()),
        _ => format!("cannot write {}: {error}", to.display()),
    })?;
    let mut part = to.to_owned().into_os_string();
    part.push(".part");
    let part = PathBuf::from(part);
    let copied = copy(url, &part, to).await;
    if copied.is_err() {
        // What is half done is of no use to anybody; if it cannot be removed, the first error still is the one to report.
        drop(std::fs::remove_file(&part));
        drop(std::fs::remove_file(to));
    }
    copied
}

async fn copy(url: &str, part: &Path, to: &Path) -> Result<(), String> {
    let cannot = |error: &dyn std::fmt::Display| format!("cannot copy the database to {}: {error}", part.display());
    new_private(part).map_err(|error| cannot(&error))?;
    sqlx::any::install_default_drivers();
    let mut connection = AnyConnection::connect(url).await.map_err(|error| cannot(&error))?;
    connection.execute("PRAGMA busy_timeout = 4000").await.map_err(|error| cannot(&error))?;
    let name = part.to_str().ok_or("the name of the file must be UTF-8")?;
    sqlx::query("VACUUM INTO $1").bind(name).execute(&mut connection).await.map_err(|error| cannot(&error))?;
    connection.close().await.map_err(|error| cannot(&error))?;
    std::fs::File::open(part).and_then(|file| file.sync_all()).map_err(|error| cannot(&error))?;
    std::fs::rename(part, to).map_err(|error| cannot(&error))
}

#[cfg(all(test, unix))]
mod tests {
    use super::super::Store;
    use std::os::unix::fs::PermissionsExt as _;

    #[tokio::test]
    async fn the_files_of_a_database_are_private_also_those_that_were_not() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("console.db");
        let url = format!("sqlite:{}?mode=rwc", path.display());
        let modes = || {
            let files = ["console.db", "console.db-wal", "console.db-shm"].map(|name| dir.path().join(name));
            files.iter().map(|file| std::fs::metadata(file).unwrap().permissions().mode() & 0o777).collect::<Vec<_>>()
        };
        let store = Store::open(&url).await.unwrap();
        assert_eq!(modes(), [0o600; 3]);
        for file in std::fs::read_dir(dir.path()).unwrap() {
            std::fs::set_permissions(file.unwrap().path(), std::fs::Permissions::from_mode(0o644)).unwrap();
        }
        let again = Store::open(&url).await.unwrap();
        assert_eq!(modes(), [0o600; 3]);
        again.close().await;
        store.close().await;
    }
}

/// Fails where an embedded database is not there: a command that opened it would make an empty one, and say that there is nothing in it.
///
/// # Errors
/// A sentence that says where the file was looked for.
pub(super) fn must_exist(url: &str) -> Result<(), String> {
    let file = url.starts_with("sqlite:").then(|| path_of(url)).flatten();
    match file.filter(|file| !file.exists()) {
        Some(file) => Err(format!("there is no database at {}: set --data-dir to the data directory of the server", file.display())),
        None => Ok(()),
    }
}

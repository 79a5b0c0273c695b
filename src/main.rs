//! The command line: `serve`, `demo`, `migrate`, `account`, `audit verify`, `backup`, `seal forget`, `cam`.
//!
//! Parses and dispatches; what the commands do stands in `boot` and `command`.

use clap::{Parser, Subcommand};
use std::path::PathBuf;
use std::process::ExitCode;
use trtc_console::boot::accounts::{self, Account};
use trtc_console::boot::rights_files::{self, Export, Import};
use trtc_console::command::{self, Cam};
use trtc_console::server::clock::Clock;
use trtc_console::server::config::{Config, Flags};
use trtc_console::server::gate::password::Cost;
use trtc_console::{boot, demo};

/// A page is made of thousands of small strings, for which the allocator of the system is slow.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

/// What somebody needs who has just got the program.
const FIRST_STEPS: &str = "First steps:
  trtc-console demo     run a demo organisation on http://127.0.0.1:8700 and print its logins
  trtc-console serve    run your own console; on the first start, the log shows an address and a one-time code
                        for creating the root account
  trtc-console backup console-backup.db
                        copy the database while the console is running

Data is kept in the directory `data`; use --data-dir to choose another one. `trtc-console help serve` lists all settings.";

/// A shared console for Tencent Real-Time Communication in which everyone sees and does only what CAM allows.
#[derive(Parser)]
#[command(version, arg_required_else_help = true, after_help = FIRST_STEPS)]
struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Run the console
    Serve {
        #[command(flatten)]
        flags: Flags,
    },
    /// Run the console with a demo organisation, which is created if the database is empty
    Demo {
        #[command(flatten)]
        flags: Flags,
        /// Write the logins of the demo organisation to this file as JSON
        #[arg(long, env = "TRTC_CONSOLE_CREDENTIALS_FILE")]
        credentials_file: Option<PathBuf>,
    },
    /// Update the tables of the database and exit
    Migrate {
        #[command(flatten)]
        flags: Flags,
    },
    /// List, unlock, reset and log out accounts, also while the server is running
    Account {
        #[command(flatten)]
        flags: Flags,
        #[command(subcommand)]
        command: Account,
    },
    /// Verify the operation records, also while the server is running
    Audit {
        #[command(subcommand)]
        command: Audit,
    },
    /// Copy the database to a new file, also while the server is running
    Backup {
        /// The new file
        file: PathBuf,
        #[command(flatten)]
        flags: Flags,
    },
    /// Manage the secrets that are sealed in the database
    Seal {
        #[command(subcommand)]
        command: Seal,
    },
    /// Work with CAM policies: offline, and with the rights of a root account as a file
    Cam {
        #[command(subcommand)]
        command: OfCam,
    },
}

#[derive(Subcommand)]
enum OfCam {
    #[command(flatten)]
    Offline(Cam),
    /// Write policies, user groups, members and attachments of a root account to one file, also while the server is running
    Export {
        #[command(flatten)]
        flags: Flags,
        #[command(flatten)]
        export: Export,
    },
    /// Take such a file in, all of it or nothing, also while the server is running; exit with 1 when the file is refused, with 2 when something cannot be read or written
    Import {
        #[command(flatten)]
        flags: Flags,
        #[command(flatten)]
        import: Import,
    },
}

#[derive(Subcommand)]
enum Audit {
    /// Go through the chain of records and say where it is broken; exit with 1 if it is, with 2 if it cannot be read
    Verify {
        /// UIN of a root account; without it the records of all are verified
        #[arg(long)]
        owner: Option<i64>,
        #[command(flatten)]
        flags: Flags,
    },
}

#[derive(Subcommand)]
enum Seal {
    /// Remove the sealed secrets that the present sealing key cannot open, after theirs is lost; callback keys must then be entered again
    Forget {
        #[command(flatten)]
        flags: Flags,
    },
}

#[tokio::main]
async fn main() -> ExitCode {
    let done = match Cli::parse().command {
        Command::Serve { flags } => with(flags, boot::serve).await,
        Command::Demo { flags, credentials_file } => with(flags, |config| demo::serve(config, credentials_file)).await,
        Command::Migrate { flags } => with(flags, boot::migrate).await,
        Command::Backup { file, flags } => with(flags, |config| boot::back_up(config, file)).await,
        Command::Seal { command: Seal::Forget { flags } } => {
            with(flags, async |config| boot::forget_sealed(config, &Clock::System).await).await
        }
        Command::Account { flags, command } => return account(flags, command).await,
        Command::Audit { command: Audit::Verify { owner, flags } } => return verify_audit(flags, owner).await,
        Command::Cam { command } => return cam(command).await,
    };
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(problem) => {
            eprintln!("trtc-console: {problem}");
            ExitCode::FAILURE
        }
    }
}

async fn account(flags: Flags, command: Account) -> ExitCode {
    let done = match Config::load(flags) {
        Ok(config) => accounts::run(&config, &Clock::System, Cost::STANDARD, command).await,
        Err(problem) => Err(accounts::Problem::Other(problem)),
    };
    match done {
        Ok(said) => {
            print!("{said}");
            ExitCode::SUCCESS
        }
        Err(problem) => {
            eprintln!("trtc-console: {problem}");
            problem.exit_code()
        }
    }
}

async fn cam(command: OfCam) -> ExitCode {
    let done = match command {
        OfCam::Offline(command) => return command::cam(&command, Clock::System.now_ms()),
        OfCam::Export { flags, export } => match Config::load(flags) {
            Ok(config) => rights_files::export(&config, &export).await,
            Err(problem) => Err(problem),
        },
        OfCam::Import { flags, import } => match Config::load(flags) {
            Ok(config) => rights_files::import(&config, &Clock::System, Cost::STANDARD, &import).await,
            Err(problem) => Err(problem),
        },
    };
    match done {
        Ok(said) => {
            eprint!("{}", said.beside);
            print!("{}", said.out);
            ExitCode::from(said.code)
        }
        Err(problem) => {
            eprintln!("trtc-console: {problem}");
            ExitCode::from(2)
        }
    }
}

async fn verify_audit(flags: Flags, owner: Option<i64>) -> ExitCode {
    let verified = match Config::load(flags) {
        Ok(config) => boot::audit::verify(&config, owner).await,
        Err(problem) => Err(problem),
    };
    match verified {
        Ok(verified) => {
            print!("{}", verified.said);
            if verified.whole { ExitCode::SUCCESS } else { ExitCode::FAILURE }
        }
        Err(problem) => {
            eprintln!("trtc-console: {problem}");
            ExitCode::from(2)
        }
    }
}

async fn with<F, Fut>(flags: Flags, work: F) -> Result<(), String>
where
    F: FnOnce(Config) -> Fut,
    Fut: Future<Output = Result<(), String>>,
{
    work(Config::load(flags)?).await
}

//! Gives the crate a number for the sources that both halves are compiled from, as `TRTC_CONSOLE_SHARED_SOURCES`: program and browser bundle
//! carry it, so that a bundle of other sources than the program's is told apart.
//!
//! Made of contents and names alone: the same sources have the same number on every machine, and without Git.

use std::path::{Path, PathBuf};
use std::{fs, io};

/// What both halves are made of. The server alone may change without the bundle.
const SHARED: [&str; 10] = [
    "Cargo.lock",
    "Cargo.toml",
    "src/calendar.rs",
    "src/cam",
    "src/catalog",
    "src/domain",
    "src/lib.rs",
    "src/remote",
    "src/text.rs",
    "src/ui",
];

fn main() -> io::Result<()> {
    let mut files = Vec::new();
    for path in SHARED {
        println!("cargo:rerun-if-changed={path}");
        collect(Path::new(path), &mut files)?;
    }
    files.sort();
    let mut sum = FNV_OFFSET;
    for file in files {
        add(&mut sum, file.to_string_lossy().as_bytes());
        add(&mut sum, &[0]);
        add(&mut sum, &fs::read(&file)?);
        add(&mut sum, &[0]);
    }
    println!("cargo:rustc-env=TRTC_CONSOLE_SHARED_SOURCES={sum:016x}");
    Ok(())
}

fn collect(path: &Path, files: &mut Vec<PathBuf>) -> io::Result<()> {
    if !path.is_dir() {
        files.push(path.to_owned());
        return Ok(());
    }
    for entry in fs::read_dir(path)? {
        collect(&entry?.path(), files)?;
    }
    Ok(())
}

/// FNV-1a of 64 bits: nobody gains by making two of one number, so it need not be hard.
const FNV_OFFSET: u64 = 0xcbf2_9ce4_8422_2325;

fn add(sum: &mut u64, bytes: &[u8]) {
    for byte in bytes {
        *sum = (*sum ^ u64::from(*byte)).wrapping_mul(0x0000_0100_0000_01b3);
    }
}

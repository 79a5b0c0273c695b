//! What operators run the console with: the container, the compose file, the unit of systemd and the archive.
//!
//! Nothing here is started, there may be neither Docker nor systemd; the files are read, and compared with the program and the repository.
//! `deploy/image.sh` tries the image where it can, and says so where it cannot.

use crate::readme::{is_command, settings};
use std::collections::BTreeSet;
use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;
use std::process::Command;

fn read(path: &str) -> String {
    fs::read_to_string(path).unwrap_or_else(|error| panic!("{path}: {error}"))
}

/// The lines that are no comments; what ends with a backslash goes on.
fn lines(text: &str) -> Vec<String> {
    let kept: Vec<&str> = text.lines().filter(|line| !line.trim_start().starts_with('#')).collect();
    kept.join("\n").replace("\\\n", " ").lines().filter(|line| !line.trim().is_empty()).map(str::to_owned).collect()
}

/// Every environment variable of ours that a text names is one of the program.
#[track_caller]
fn assert_variables_are_known(text: &str) {
    let known: BTreeSet<String> = settings().into_iter().map(|(_, variable)| variable).collect();
    let named: BTreeSet<String> = text
        .match_indices("TRTC_CONSOLE_")
        .map(|(at, _)| text[at..].chars().take_while(|c| c.is_ascii_uppercase() || *c == '_').collect())
        .collect();
    assert!(!named.is_empty());
    let unknown: Vec<_> = named.difference(&known).collect();
    assert!(unknown.is_empty(), "the program has no {unknown:?}");
}

/// `image:tag` with a tag that says a version.
fn is_pinned(image: &str) -> bool {
    image.split_once(':').is_some_and(|(_, tag)| tag.contains(|c: char| c.is_ascii_digit()) || tag == "trixie-slim")
}

#[test]
fn the_container_is_built_in_stages_and_does_not_run_as_root() {
    let text = read("deploy/Dockerfile");
    let instructions = lines(&text);
    let of = |name: &str| -> Vec<&str> {
        instructions.iter().filter_map(|line| line.strip_prefix(name).and_then(|rest| rest.strip_prefix(' '))).map(str::trim).collect()
    };
    let stages: Vec<Vec<&str>> = of("FROM").into_iter().map(|from| from.split(' ').collect()).collect();
    let names: Vec<&str> = stages.iter().filter_map(|stage| stage.get(2).copied()).collect();
    assert!(stages.len() >= 2 && names.contains(&"build"), "a builder and what is shipped: {stages:?}");
    for stage in &stages {
        assert!(is_pinned(stage[0]), "{}: name a version", stage[0]);
    }
    let cargo: toml::Table = read("Cargo.toml").parse().unwrap();
    let rust = cargo["package"]["rust-version"].as_str().unwrap();
    assert!(stages.iter().any(|stage| stage[0].starts_with(&format!("rust:{rust}-"))), "the compiler of `rust-version`, {rust}");
    // A program that was built on a newer system than it runs on would miss a newer C library.
    let release = |image: &str| ["trixie", "bookworm"].into_iter().find(|name| image.contains(name)).map(str::to_owned);
    let builder = stages.iter().find(|stage| stage.get(2) == Some(&"build")).unwrap()[0];
    assert!(release(builder).is_some() && release(builder) == release(stages.last().unwrap()[0]));

    let shipped = instructions.iter().rposition(|line| line.starts_with("FROM ")).unwrap();
    let user = instructions[shipped..].iter().rev().find_map(|line| line.strip_prefix("USER ")).expect("a user");
    let ids: Vec<u32> = user.split(':').map(|id| id.parse().expect("a number")).collect();
    assert!(ids.len() == 2 && ids.iter().all(|id| *id > 0), "{user}");
    assert!(
        !instructions[shipped..].iter().any(|line| line.contains("apt-get")),
        "what is shipped has nothing that the program does not need"
    );

    assert!(of("RUN").iter().any(|run| run.contains("make build")));
    for copy in of("COPY") {
        match copy.strip_prefix("--from=") {
            Some(rest) => assert!(names.contains(&rest.split(' ').next().unwrap()), "{copy}"),
            None => assert!(Path::new(copy.split(' ').next().unwrap()).exists(), "{copy}"),
        }
    }
    assert_variables_are_known(&text);
    let port = of("EXPOSE")[0];
    assert!(text.contains(&format!("TRTC_CONSOLE_LISTEN=0.0.0.0:{port}")) && of("HEALTHCHECK")[0].contains(&format!("/{port} ")));
    let data = of("VOLUME")[0];
    assert!(text.contains(&format!("TRTC_CONSOLE_DATA_DIR={data}")) && text.contains(&format!("-m 700 {data}")));
    assert!(text.contains(&format!("SQLITE_TMPDIR={data}")), "with --read-only there is no other place to write to");
    let command: Vec<String> = serde_json::from_str(of("CMD")[0]).unwrap();
    assert!(is_command(&command.iter().map(String::as_str).collect::<Vec<_>>()), "{command:?}");
}

/// What the script that tries the image says and ends with, when `tool` is what stands for Docker and Podman.
fn image(tool: &str, arguments: &[&str]) -> (i32, String) {
    let dir = tempfile::tempdir().unwrap();
    for name in ["docker", "podman"] {
        let path = dir.path().join(name);
        fs::write(&path, format!("#!/bin/sh\n{tool}\n")).unwrap();
        fs::set_permissions(&path, fs::Permissions::from_mode(0o755)).unwrap();
    }
    let path = format!("{}:{}", dir.path().display(), std::env::var("PATH").unwrap());
    let tried = Command::new("deploy/image.sh").args(arguments).env("PATH", path).output().unwrap();
    (tried.status.code().unwrap(), String::from_utf8(tried.stderr).unwrap())
}

#[test]
fn an_image_that_cannot_be_tried_is_said_and_is_no_failure() {
    let dir = tempfile::tempdir().unwrap();
    let (program, site) = (dir.path().join("trtc-console"), dir.path().join("site"));
    fs::write(&program, "").unwrap();
    fs::create_dir(&site).unwrap();
    let quick = ["--quick", program.to_str().unwrap(), site.to_str().unwrap()];
    let without_base = "case $1 in info) ;; build) echo --build-context ;; *) exit 1 ;; esac";
    for (tool, reason) in [("exit 1", "answers"), (without_base, "cannot get debian:trixie-slim")] {
        let (code, said) = image(tool, &quick);
        assert_eq!((code, said.lines().count()), (0, 1), "{said}");
        assert!(
            said.starts_with("NOT TRIED: the container image, which was only linted, because ") && said.trim_end().ends_with(reason),
            "{said}"
        );
    }
    let (code, said) = image("exit 1", &[]);
    assert!(code != 0 && said.starts_with("NOT TRIED: the container image, because "), "whoever asks for the image wants it: {said}");
    let no_build = "case $*-$1 in *--help-*) echo --build-context ;; *-build) echo broken >&2; exit 1 ;; esac";
    let (code, said) = image(no_build, &quick);
    assert!(code != 0 && said.contains("broken"), "a fault is one: {said}");
}

#[test]
fn the_builder_sees_what_it_needs_and_nothing_else() {
    let text = read(".dockerignore");
    let rules = lines(&text);
    assert_eq!(rules[0], "*", "nothing that is not named, so no data and no secrets");
    let let_in: Vec<&str> = rules.iter().filter_map(|rule| rule.strip_prefix('!')).collect();
    for path in &let_in {
        assert!(Path::new(path).exists(), "{path}");
    }
    let needed = ["Cargo.toml", "Cargo.lock", "build.rs", "Makefile", "LICENSE", "src", "style", "migrations", "end2end", ".cargo"];
    assert!(needed.iter().all(|path| let_in.contains(path)), "{let_in:?}");
    assert!(rules.iter().any(|rule| rule == "end2end/node_modules"));
}

/// The lines below a key of a YAML file, as far as they are further to the right. The key that is furthest to the left counts.
fn block<'a>(lines: &'a [String], key: &str) -> &'a [String] {
    let depth = |line: &str| line.len() - line.trim_start().len();
    let keys = lines.iter().enumerate().filter(|(_, line)| line.trim() == format!("{key}:"));
    let (start, head) = keys.min_by_key(|(_, line)| depth(line)).unwrap_or_else(|| panic!("there is no {key}"));
    let end = lines[start + 1..].iter().position(|line| depth(line) <= depth(head)).map_or(lines.len(), |end| start + 1 + end);
    &lines[start + 1..end]
}

#[test]
fn compose_demands_its_secrets_and_opens_nothing_to_the_network() {
    let text = read("deploy/compose.yaml");
    let lines = lines(&text);
    let value = |lines: &[String], key: &str| -> Option<String> {
        lines.iter().find_map(|line| line.trim().strip_prefix(key)?.strip_prefix(": ").map(|value| value.trim_matches('"').to_owned()))
    };
    for service in ["console", "database"] {
        let service = block(block(&lines, "services"), service);
        let image = value(service, "image").unwrap();
        assert!(is_pinned(&image), "{image}: name a version");
        assert!(value(service, "security_opt").unwrap().contains("no-new-privileges:true"));
        assert!(value(service, "restart").is_some() && value(service, "privileged").is_none() && value(service, "network_mode").is_none());
    }
    let console = block(block(&lines, "services"), "console");
    let database = block(block(&lines, "services"), "database");
    let version = env!("CARGO_PKG_VERSION");
    assert_eq!(value(console, "image"), Some(format!("trtc-console:{version}")));
    let context = Path::new("deploy").join(value(console, "context").unwrap());
    assert!(context.join(value(console, "dockerfile").unwrap()).exists() && context.join("Cargo.toml").exists());
    assert!(value(console, "read_only").unwrap() == "true" && value(console, "cap_drop").unwrap() == "[ALL]");
    assert_eq!(value(console, "condition").unwrap(), "service_healthy");
    assert!(!block(database, "healthcheck").is_empty());
    assert!(!database.iter().any(|line| line.trim() == "ports:"), "nobody outside asks the database");
    assert!(block(console, "ports").iter().all(|port| port.trim().starts_with("- \"127.0.0.1:")));

    assert_variables_are_known(&text);
    let secrets = [(console, "TRTC_CONSOLE_DATABASE_URL"), (console, "TRTC_CONSOLE_SEAL_KEY"), (database, "POSTGRES_PASSWORD")];
    for (service, variable) in secrets {
        assert!(value(service, variable).unwrap().contains(":?"), "{variable} has no default that everybody knows");
    }
    let gateway = value(&lines, "gateway").unwrap();
    assert_eq!(value(console, "TRTC_CONSOLE_TRUSTED_PROXIES"), Some(gateway));
    assert!(read(".gitignore").lines().any(|line| line == "/deploy/.env"));
}

#[test]
fn the_unit_leaves_the_program_what_it_needs_and_no_more() {
    let text = read("deploy/trtc-console.service");
    let lines = lines(&text);
    let value = |name: &str| lines.iter().find_map(|line| line.strip_prefix(name)?.strip_prefix('='));
    for section in ["[Unit]", "[Service]", "[Install]"] {
        assert!(lines.iter().any(|line| line == section), "{section}");
    }
    let user = value("User").expect("a user of its own");
    assert!(user != "root" && text.contains(&format!("useradd --system --home-dir /var/lib/{user} ")));
    for (name, demanded) in [
        ("NoNewPrivileges", "yes"),
        ("CapabilityBoundingSet", ""),
        ("AmbientCapabilities", ""),
        ("ProtectSystem", "strict"),
        ("ProtectHome", "yes"),
        ("ProtectProc", "invisible"),
        ("PrivateTmp", "yes"),
        ("PrivateDevices", "yes"),
        ("PrivateUsers", "yes"),
        ("ProtectKernelLogs", "yes"),
        ("ProtectKernelModules", "yes"),
        ("ProtectKernelTunables", "yes"),
        ("ProtectControlGroups", "yes"),
        ("RestrictNamespaces", "yes"),
        ("RestrictSUIDSGID", "yes"),
        ("RestrictRealtime", "yes"),
        ("LockPersonality", "yes"),
        ("MemoryDenyWriteExecute", "yes"),
        ("SystemCallArchitectures", "native"),
        ("SystemCallFilter", "@system-service"),
        ("StateDirectoryMode", "0700"),
        ("UMask", "0077"),
        ("Restart", "on-failure"),
    ] {
        assert_eq!(value(name), Some(demanded), "{name}");
    }
    assert!(value("LimitNOFILE").unwrap().parse::<u32>().unwrap() >= 16_384);
    // What it keeps is in the one directory where it may write.
    let settings_file: toml::Table = read("deploy/console.toml").parse().unwrap();
    assert_eq!(settings_file["data_dir"].as_str().unwrap(), format!("/var/lib/{}", value("StateDirectory").unwrap()));

    let flags: Vec<String> = settings().into_iter().map(|(flag, _)| format!("--{flag}")).collect();
    let program = "/opt/trtc-console/trtc-console";
    let runs: Vec<&str> = text.split(program).skip(1).map(|rest| rest.lines().next().unwrap()).collect();
    assert!(runs.len() >= 2, "the unit and the commands beside it");
    for run in runs {
        let words: Vec<&str> = run.split_whitespace().collect();
        let command: Vec<&str> = words.iter().copied().take_while(|word| !word.starts_with('-')).collect();
        assert!(is_command(&command), "{run}");
        assert!(words.iter().filter(|word| word.starts_with('-')).all(|flag| flags.iter().any(|known| known == flag)), "{run}");
        let file = words.iter().find(|word| word.ends_with(".toml")).unwrap();
        assert!(text.contains(&format!("deploy/console.toml {file}")), "{file} is made");
    }
}

#[test]
fn the_archive_holds_what_is_needed_and_is_the_same_each_time() {
    let dir = tempfile::tempdir().unwrap();
    let at = |name: &str| dir.path().join(name).to_string_lossy().into_owned();
    fs::create_dir_all(at("site/pkg")).unwrap();
    fs::write(at("site/pkg/manifest.json"), "{}").unwrap();
    let pack = |out: &str| {
        // Another time, and another program in no more than its time.
        fs::write(at("program"), "#!/bin/sh\n").unwrap();
        let packed = Command::new("deploy/dist.sh")
            .args([at("program"), at("site"), at(out)])
            .env("SOURCE_DATE_EPOCH", "1700000000")
            .output()
            .unwrap();
        assert!(packed.status.success(), "{}", String::from_utf8_lossy(&packed.stderr));
        read(&at(&format!("{out}/SHA256SUMS")))
    };
    let sums = pack("one");
    assert_eq!(sums, pack("two"));
    let archive = sums.split_whitespace().nth(1).unwrap();
    let top = archive.strip_suffix(".tar.gz").unwrap();
    assert!(top.starts_with(concat!("trtc-console-", env!("CARGO_PKG_VERSION"), "-")) && top.matches('-').count() >= 4, "{top}");
    let list = Command::new("tar").args(["-tvzf", &at(&format!("one/{archive}")), "--numeric-owner"]).output().unwrap();
    let list = String::from_utf8(list.stdout).unwrap();
    let named: BTreeSet<&str> = list.lines().filter_map(|line| line.split_whitespace().last()?.strip_prefix(top)).collect();
    let expected = [
        "/",
        "/LICENSE",
        "/README.md",
        "/deploy/",
        "/deploy/console.toml",
        "/deploy/trtc-console.service",
        "/site/",
        "/site/pkg/",
        "/site/pkg/manifest.json",
        "/trtc-console",
    ];
    assert_eq!(named, expected.into_iter().collect());
    assert!(list.lines().all(|line| line.contains(" 0/0 ") && line.contains("2023-11-14")), "{list}");
}

#!/usr/bin/env bash
# Installs what building and testing need. Every step is skipped when it is done and says in a sentence what to do when it cannot be done.
#
#   end2end/setup.sh build        compiler, wasm32 target, wasm-bindgen, wasm-split, npm packages
#   end2end/setup.sh test         a browser, fonts, PostgreSQL's programs
#   end2end/setup.sh STEP…        only these steps: rust, wasm32, bindgen, split, npm, browser, postgres, deny
#   end2end/setup.sh wasm -- CMD  runs a cargo command with the toolchain that has the wasm32 standard library
#   end2end/setup.sh path TOOL    prints where wasm-bindgen, wasm-split-cli, cargo-deny or the browser is; nothing when it is missing
#
# Must never start a service, change a tool that somebody else installed, or wait for an answer.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
export DEBIAN_FRONTEND=noninteractive PLAYWRIGHT_SKIP_BROWSER_DOWNLOAD=1

readonly WASM=wasm32-unknown-unknown
readonly CACHE="${XDG_CACHE_HOME:-$HOME/.cache}/trtc-console"

say() { printf '  setup: %s\n' "$*" >&2; }
stop() {
  printf '\nsetup cannot go on: %s\n' "$1" >&2
  shift
  printf '  %s\n' "$@" >&2
  exit 1
}
have() { command -v "$1" >/dev/null 2>&1; }
# Runs a command, shows its output only when it fails.
quietly() {
  local log
  log=$(mktemp)
  if "$@" >"$log" 2>&1 </dev/null; then
    rm -f "$log"
  else
    tail -n 40 "$log" >&2
    rm -f "$log"
    return 1
  fi
}

# --- Debian packages -----------------------------------------------------------------------------------------------------------

as_root() { if [ "$(id -u)" = 0 ]; then "$@"; else sudo -n "$@"; fi; }
can_apt() { have apt-get && { [ "$(id -u)" = 0 ] || sudo -n true 2>/dev/null; }; }
is_debian() { [ -r /etc/os-release ] && grep -qx 'ID=debian' /etc/os-release; }
apt_known() { apt-cache show "$1" >/dev/null 2>&1; }
apt_lists_fresh=
apt_lists() {
  [ -n "$apt_lists_fresh" ] || quietly as_root apt-get update || say "apt-get update failed; going on with the lists at hand"
  apt_lists_fresh=yes
}
# Installs packages; fails when it may not or cannot.
apt() {
  can_apt || return 1
  apt_lists
  say "installing $* with apt-get"
  quietly as_root apt-get install -y --no-install-recommends "$@"
}

# --- steps ---------------------------------------------------------------------------------------------------------------------

step_rust() {
  have cargo || stop "there is no Rust compiler." "Install Rust $(required_rust) or newer: https://rustup.rs"
  local version
  version=$(rustc --version | cut -d' ' -f2)
  [ "$(printf '%s\n%s\n' "$(required_rust)" "$version" | sort -V | head -n 1)" = "$(required_rust)" ] ||
    stop "Rust $version is too old; $(required_rust) is needed." "With rustup: rustup update stable"
  have cc || apt gcc libc6-dev || stop "there is no C compiler (SQLite is compiled)." "Install gcc or clang, on Debian and Ubuntu: apt-get install build-essential"
}
required_rust() { sed -n 's/^rust-version = "\(.*\)"/\1/p' Cargo.toml; }

# The browser half is compiled with the ordinary toolchain when it has the target, otherwise with Debian's.
has_wasm() { [ -n "$(compgen -G "$("$@" --print target-libdir --target $WASM 2>/dev/null)/libstd-*.rlib")" ]; }
step_wasm32() {
  if has_wasm rustc || { [ -x /usr/bin/rustc ] && has_wasm /usr/bin/rustc && [ -e "$(debian_linker)" ]; }; then return; fi
  if have rustup; then
    say "adding the $WASM target with rustup"
    if timeout 300 rustup target add $WASM >/dev/null 2>&1 </dev/null && has_wasm rustc; then return; fi
    say "rustup could not download it; Debian's compiler may serve"
  fi
  wasm32_from_debian || stop "the standard library for $WASM is missing." \
    "With rustup and a network: rustup target add $WASM" \
    "On Debian 12 with security updates, as root: make setup" \
    "Elsewhere: your system's package of the Rust standard library for $WASM"
}
debian_linker() { echo "$(/usr/bin/rustc --print sysroot)/lib/rustlib/$(/usr/bin/rustc -vV | sed -n 's/^host: //p')/bin/rust-lld"; }
# Debian ships a newer compiler with its library's sources (for building web browsers), though not compiled for wasm32: that is done here, once.
# It lives in /usr/bin and leaves rustup alone.
wasm32_from_debian() {
  is_debian && can_apt || return 1
  apt_lists
  apt_known rustc-web && apt rustc-web cargo-web rust-web-src || return 1
  local llvm dir library
  llvm=$(/usr/bin/rustc -vV | sed -n 's/^LLVM version: \([0-9]*\).*/\1/p')
  apt "lld-$llvm" || return 1
  as_root mkdir -p "$(dirname "$(debian_linker)")" && as_root ln -sfn "/usr/bin/lld-$llvm" "$(debian_linker)" || return 1
  say "compiling the standard library for $WASM (about a minute, once)"
  dir=$(mktemp -d)
  mkdir "$dir/src"
  echo '#![no_std]' >"$dir/src/lib.rs"
  printf '[package]\nname = "empty"\nedition = "2024"\n[workspace]\n' >"$dir/Cargo.toml"
  (cd "$dir" && CARGO_TARGET_DIR=target RUSTC=/usr/bin/rustc RUSTC_BOOTSTRAP=1 quietly /usr/bin/cargo build --release --target $WASM -Zbuild-std=std,panic_abort) || return 1
  library=$(/usr/bin/rustc --print target-libdir --target $WASM)
  rm -f "$dir/target/$WASM/release/deps/"libempty-*
  as_root mkdir -p "$library" && as_root rm -f "$library/"*.rlib && as_root cp "$dir/target/$WASM/release/deps/"*.rlib "$library/" || return 1
  rm -rf "$dir"
}
wasm() {
  if ! has_wasm rustc && [ -x /usr/bin/rustc ] && has_wasm /usr/bin/rustc; then
    [ "$1" = cargo ] && shift && set -- /usr/bin/cargo "$@"
    export RUSTC=/usr/bin/rustc
  fi
  exec "$@"
}

# wasm-bindgen must have the very version of the crate. Another version on the PATH is left as it is; ours goes to the cache.
bindgen_version() { awk '/^name = "wasm-bindgen"$/ { getline; gsub(/"/, "", $3); print $3 }' Cargo.lock; }
bindgen_path() {
  local version place
  version=$(bindgen_version)
  for place in wasm-bindgen "$CACHE/wasm-bindgen-$version/bin/wasm-bindgen"; do
    if [ "$("$place" --version 2>/dev/null)" = "wasm-bindgen $version" ]; then command -v "$place" && return; fi
  done
}
step_bindgen() {
  [ -z "$(bindgen_path)" ] || return 0
  local version
  version=$(bindgen_version)
  say "compiling wasm-bindgen $version (about two minutes, once)"
  # Without --locked: versions that work together are enough for a tool, and not every registry mirror has every old one.
  CARGO_TARGET_DIR="$CACHE/build" CARGO_PROFILE_RELEASE_OPT_LEVEL=1 quietly \
    cargo install wasm-bindgen-cli --version "=$version" --root "$CACHE/wasm-bindgen-$version" ||
    stop "wasm-bindgen $version could not be installed." "By hand: cargo install wasm-bindgen-cli --version $version"
  rm -rf "$CACHE/build"
}

# The splitter reads what the macro of the locked leptos writes; which versions go together stands in neither, so it is this one.
readonly SPLIT=0.2.4
split_path() { command -v "$CACHE/wasm-split-$SPLIT/bin/wasm-split-cli"; }
step_split() {
  [ -z "$(split_path)" ] || return 0
  say "compiling wasm-split-cli $SPLIT (about a minute, once)"
  CARGO_TARGET_DIR="$CACHE/build" CARGO_PROFILE_RELEASE_OPT_LEVEL=1 quietly \
    cargo install wasm_split_cli_support --features build-binary --version "=$SPLIT" --root "$CACHE/wasm-split-$SPLIT" ||
    stop "wasm-split-cli $SPLIT could not be installed." "By hand: cargo install wasm_split_cli_support --features build-binary --version $SPLIT"
  rm -rf "$CACHE/build"
}

# Any version on the PATH will do; ours goes to the cache. The one tool that can be done without: `make deny` says then what was not checked.
readonly DENY=0.20.2
deny_path() { command -v cargo-deny "$CACHE/cargo-deny-$DENY/bin/cargo-deny" | head -n 1; }
step_deny() {
  [ -z "$(deny_path)" ] || return 0
  say "compiling cargo-deny $DENY (about two minutes, once)"
  # Without optimisation: it runs for seconds, and would be compiled for many minutes.
  CARGO_TARGET_DIR="$CACHE/build" CARGO_PROFILE_DEV_DEBUG=none quietly \
    cargo install cargo-deny --debug --locked --version "=$DENY" --root "$CACHE/cargo-deny-$DENY" ||
    say "cargo-deny $DENY could not be installed, see above; by hand: cargo install cargo-deny --locked"
  rm -rf "$CACHE/build"
}

step_npm() {
  have node && have npm || apt nodejs npm || stop "Node.js and npm are missing." "Install Node.js 20 or newer: https://nodejs.org"
  [ "$(node -p 'process.versions.node.split(".")[0]')" -ge 20 ] || stop "Node.js $(node --version) is too old; 20 is needed." "Install it from https://nodejs.org"
  cmp -s end2end/package-lock.json end2end/node_modules/.installed-lock && return
  say "installing npm packages"
  (cd end2end && quietly npm ci --no-audit --no-fund) || stop "npm could not install the packages of end2end/package-lock.json." "Look above for its reason; by hand: cd end2end && npm ci"
  cp end2end/package-lock.json end2end/node_modules/.installed-lock
}

# A browser: the one named by CHROMIUM, Playwright's own, or the system's.
browser_path() {
  local place
  for place in "${CHROMIUM:-}" "${PLAYWRIGHT_BROWSERS_PATH:-$HOME/.cache/ms-playwright}"/chromium-*/chrome-linux*/chrome chromium chromium-browser google-chrome; do
    if [ -n "$place" ] && have "$place"; then command -v "$place" && return; fi
  done
}
step_browser() {
  if [ -z "$(browser_path)" ]; then
    { is_debian && apt chromium; } || {
      step_npm
      say "downloading Playwright's Chromium"
      (cd end2end && quietly timeout 600 npx playwright install chromium) || true
    }
    [ -n "$(browser_path)" ] || stop "there is no Chromium for the browser tests." \
      "Any of: cd end2end && npx playwright install --with-deps chromium" "apt-get install chromium (Debian)" "CHROMIUM=/path/to/chromium make test"
  fi
  # Chinese pages are looked at too; without a font they are boxes, though nothing fails.
  if have fc-list && [ -z "$(fc-list :lang=zh family | head -n 1)" ]; then
    apt fonts-noto-cjk || say "no Chinese font was found; screenshots will show boxes (package fonts-noto-cjk or the like)"
  fi
}

postgres_path() {
  local place
  for place in initdb /usr/lib/postgresql/*/bin/initdb /usr/pgsql-*/bin/initdb; do
    if have "$place"; then command -v "$place" && return; fi
  done
}
step_postgres() {
  # The tests make a certificate for their cluster. Debian's PostgreSQL depends on openssl anyway.
  have openssl || apt openssl || stop "openssl is missing (the tests of encrypted connections make a certificate with it)." "Install your system's package openssl"
  [ -z "$(postgres_path)" ] || return 0
  apt postgresql && [ -n "$(postgres_path)" ] ||
    stop "PostgreSQL's server programs are missing (the storage tests start a cluster of their own)." "Install PostgreSQL 14 or newer, on Debian and Ubuntu: apt-get install postgresql"
}

for word in "$@"; do
  case $word in
    build) step_rust; step_wasm32; step_bindgen; step_split; step_npm ;;
    test) step_browser; step_postgres ;;
    rust | wasm32 | bindgen | split | npm | browser | postgres | deny) "step_$word" ;;
    wasm) [ "${2:-}" = -- ] && shift 2 && wasm "$@" ;;
    path)
      case ${2:-} in wasm-bindgen) bindgen_path ;; wasm-split-cli) split_path ;; cargo-deny) deny_path ;; browser) browser_path ;; esac || true
      exit
      ;;
    *) sed -n '2,9s/^# \{0,1\}//p' "$0" && exit 2 ;;
  esac
done

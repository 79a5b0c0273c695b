# Everything that people and CI do with this project. `make` alone lists it.
#
# Nothing is checked by CI that is not checked here. Details stand in end2end/setup.sh (tools) and end2end/bundle.mjs (browser bundle).

SHELL := /bin/bash
.SHELLFLAGS := -eu -o pipefail -c
.DEFAULT_GOAL := help
TARGET := $(or $(CARGO_TARGET_DIR),target)
SITE := $(TARGET)/site
NPX := PATH="$(CURDIR)/end2end/node_modules/.bin:$$PATH"

help: ## list the targets
	@sed -nE 's/^([a-z0-9-]+):[^#]*## (.*)/  make \1|\2/p' $(MAKEFILE_LIST) | column -t -s'|'

run: build ## serve the console with a demo organisation; ARGS="--listen 0.0.0.0:8700" and the like are passed on
	TRTC_CONSOLE_SITE_DIR="$(SITE)" exec "$(TARGET)/release/trtc-console" demo $(ARGS)

build: ## the server, optimised, and the browser bundle
	@end2end/setup.sh build
	cargo build --locked --release --features ssr --bin trtc-console
	@$(MAKE) --no-print-directory bundle

test: ## everything CI runs: check, the Rust tests, the browser tests
	@end2end/setup.sh build test
	@$(MAKE) --no-print-directory check
	cargo build --locked --features ssr --bin trtc-console
	cargo test --locked --features ssr
	@$(MAKE) --no-print-directory bundle e2e

check: ## format and lints of both halves and of the browser tests
	cargo fmt --check
	cargo clippy --locked --features ssr --all-targets -- -D warnings
	cargo clippy --locked --features hydrate --lib -- -D warnings
	@end2end/setup.sh npm
	$(NPX) tsc --project end2end && $(NPX) tsc --project end2end/tsconfig.modules.json

bundle: ## only the browser bundle; DEV=1 skips what only makes it smaller
	@end2end/setup.sh build
	@end2end/setup.sh wasm -- cargo build --locked --lib --features hydrate --target wasm32-unknown-unknown --profile wasm-release
	@node end2end/bundle.mjs --wasm "$(TARGET)/wasm32-unknown-unknown/wasm-release/trtc_console.wasm" --site "$(SITE)" $(if $(DEV),--dev)

e2e: ## only the browser tests, against what is built; ARGS="-g login" and the like are passed on
	cd end2end && TRTC_CONSOLE_PROGRAM="$(abspath $(TARGET))/debug/trtc-console" TRTC_CONSOLE_SITE_DIR="$(abspath $(SITE))" npx playwright test $(ARGS)

screenshots: ## take the pictures of the README anew, from what is built
	cd end2end && TRTC_CONSOLE_PROGRAM="$(abspath $(TARGET))/debug/trtc-console" TRTC_CONSOLE_SITE_DIR="$(abspath $(SITE))" npx playwright test --config screenshots.config.ts

bench: ## nanoseconds per decision of the CAM engine; it needs neither half of the console
	cargo bench --locked --bench decide

load: build ## requests and events a second of the optimised server, as ratios of one run; ARGS="--seconds 10" and the like are passed on
	node end2end/load.mjs --program "$(TARGET)/release/trtc-console" --site "$(SITE)" $(ARGS)

deny: ## licences, advisories and banned crates; needs cargo-deny
	cargo deny --all-features check

setup: ## install every tool that is missing
	@end2end/setup.sh build test

clean: ## remove what was built
	cargo clean
	rm -rf end2end/node_modules end2end/report end2end/results

.PHONY: help run build test check bundle e2e screenshots bench load deny setup clean

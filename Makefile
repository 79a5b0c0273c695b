# Everything that people and CI do with this project. `make` alone lists it.
#
# Nothing is checked by CI that is not checked here. Details stand in end2end/setup.sh (tools) and end2end/bundle.mjs (browser bundle).

SHELL := /bin/bash
.SHELLFLAGS := -eu -o pipefail -c
.DEFAULT_GOAL := help
TARGET := $(or $(CARGO_TARGET_DIR),target)
SITE := $(TARGET)/site
NPX := PATH="$(CURDIR)/end2end/node_modules/.bin:$$PATH"
PROGRAM := $(TARGET)/release/trtc-console
export BEGUN := $(or $(BEGUN),$(shell date +%s))
# $(call step,2/4,What comes now): a line before what takes long. cargo's own progress follows it.
step = @printf '\n[step %s, after %d:%02d] %s\n' '$(1)' $$((($$(date +%s) - $(BEGUN)) / 60)) $$((($$(date +%s) - $(BEGUN)) % 60)) '$(2)' >&2
COMPILE_BROWSER_HALF := end2end/setup.sh wasm -- cargo build --locked --lib --features hydrate --target wasm32-unknown-unknown --profile wasm-release
MAKE_BUNDLE := node end2end/bundle.mjs --wasm "$(TARGET)/wasm32-unknown-unknown/wasm-release/trtc_console.wasm" --site "$(SITE)"

help: ## list the targets
	@sed -nE 's/^([a-z0-9-]+):[^#]*## (.*)/  make \1|\2/p' $(MAKEFILE_LIST) | column -t -s'|'

run: build ## serve the console with a demo organisation; ARGS="--listen 0.0.0.0:8700" and the like are passed on
	@printf '\nServing the demo organisation; Ctrl-C ends it.\n' >&2
	@TRTC_CONSOLE_SITE_DIR="$(SITE)" exec "$(PROGRAM)" demo $(ARGS)

build: ## the server, optimised, and the browser bundle
	$(if $(wildcard $(PROGRAM)),,@echo 'The first build takes 10 to 30 minutes on two cores; later ones take seconds.' >&2)
	$(call step,1/4,Looking for tools; what is missing is installed)
	@end2end/setup.sh build
	$(call step,2/4,Compiling the server)
	@cargo build --locked --release --features ssr --bin trtc-console
	$(call step,3/4,Compiling the browser half)
	@$(COMPILE_BROWSER_HALF)
	$(call step,4/4,Making the bundle)
	@$(MAKE_BUNDLE)
	@printf '\nBuilt in %d:%02d: %s and %s\n' $$((($$(date +%s) - $(BEGUN)) / 60)) $$((($$(date +%s) - $(BEGUN)) % 60)) '$(PROGRAM)' '$(SITE)' >&2

dist: build ## an archive for other machines, with its checksum, in target/dist
	@deploy/dist.sh "$(PROGRAM)" "$(SITE)" "$(TARGET)/dist"

image: ## the container image: builds it and tries the demo in it; needs Docker or Podman
	@deploy/image.sh

test: ## everything CI runs: check, the Rust tests, the browser tests, the container image where it can be tried
	@end2end/setup.sh build test
	@$(MAKE) --no-print-directory check
	cargo build --locked --features ssr --bin trtc-console
	cargo test --locked --features ssr
	@$(MAKE) --no-print-directory bundle e2e
	@deploy/image.sh --quick "$(TARGET)/debug/trtc-console" "$(SITE)"

check: ## format, lints of both halves and of the browser tests, licences and advisories of the dependencies
	cargo fmt --check
	cargo clippy --locked --features ssr --all-targets -- -D warnings
	cargo clippy --locked --features hydrate --lib -- -D warnings
	@end2end/setup.sh npm
	$(NPX) tsc --project end2end && $(NPX) tsc --project end2end/tsconfig.modules.json
	@$(MAKE) --no-print-directory deny

bundle: ## only the browser bundle, and what each page needs of it; DEV=1 skips what only makes it smaller, and the ceilings
	@end2end/setup.sh build
	@$(COMPILE_BROWSER_HALF)
	@$(MAKE_BUNDLE) $(if $(DEV),--dev)

e2e: ## only the browser tests, against what is built; ARGS="-g login" and the like are passed on
	cd end2end && TRTC_CONSOLE_PROGRAM="$(abspath $(TARGET))/debug/trtc-console" TRTC_CONSOLE_SITE_DIR="$(abspath $(SITE))" npx playwright test $(ARGS)

screenshots: ## take the pictures of the README anew, from what is built
	cd end2end && TRTC_CONSOLE_PROGRAM="$(abspath $(TARGET))/debug/trtc-console" TRTC_CONSOLE_SITE_DIR="$(abspath $(SITE))" npx playwright test --config screenshots.config.ts

bench: ## nanoseconds per decision of the CAM engine; it needs neither half of the console
	cargo bench --locked --bench decide

bench-impact: ## how long a review takes that reaches 1,000 accounts
	cargo bench --locked --features ssr --bench impact

bench-intake: build ## events a second of the optimised server beside inserts of the same rows; ARGS="--postgres URL --seconds 10" and the like are passed on
	cargo bench --locked --features ssr --bench intake -- --program "$(abspath $(PROGRAM))" --site "$(abspath $(SITE))" $(ARGS)

load: build ## answers and events a second of the optimised server, and what pages cost, as ratios of one run; ARGS="--seconds 10" and the like are passed on
	node end2end/load.mjs --program "$(PROGRAM)" --site "$(SITE)" $(ARGS)

deny: ## licences, bans, sources and advisories of the dependencies
	@end2end/setup.sh deny
	@tool=$$(end2end/setup.sh path cargo-deny); \
	if [ -z "$$tool" ]; then \
	  echo 'NOT CHECKED: licences, bans, sources and advisories of the dependencies, because there is no cargo-deny' >&2; \
	elif timeout 120 "$$tool" fetch db >/dev/null 2>&1 </dev/null; then \
	  "$$tool" --log-level error --all-features check; \
	else \
	  echo 'NOT CHECKED: advisories, because their database (github.com/RustSec/advisory-db) cannot be fetched' >&2; \
	  "$$tool" --log-level error --all-features check bans licenses sources; \
	fi

setup: ## install every tool that is missing
	@end2end/setup.sh build test deny

clean: ## remove what was built
	cargo clean
	rm -rf end2end/node_modules end2end/report end2end/results

.PHONY: help run build dist image test check bundle e2e screenshots bench bench-impact bench-intake load deny setup clean

# What one types in this tree. Everything that is missing is installed first, and said; see scripts/need.sh.

.DEFAULT_GOAL := help
.PHONY: help run build test lint test-server schema test-web e2e screenshots fmt clean need-run need-test
PARTS := ingest limits latency fanout streams lists replay growth timing footprint
.PHONY: fuzz torture bench $(PARTS:%=bench-%)
# Steps share the compiler's cache and the machine's few cores: one after the other.
.NOTPARALLEL:

# For example: make run ARGS='--listen 0.0.0.0:8080'
ARGS ?=
TOOLS := .tools/venv/bin
DIST := $(if $(wildcard web/package.json),web/dist/index.html)
MODULES := web/node_modules/.package-lock.json
INPUTS := $(shell find web/src web/public web/scripts web/index.html web/*.ts web/*.json -type f 2>/dev/null)

help: ## Lists the targets
	@awk -F ':.*## ' '/^[a-z0-9-]+:.*## / { printf "  make %-12s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

run: build ## Builds and starts the server with a database of its own; Ctrl-C stops both
	@exec target/release/callbackd serve $(ARGS)

build: need-run $(DIST) ## Builds the console and the server (target/release/callbackd)
	cargo build --release --locked --bin callbackd

test: need-test lint test-server schema test-web e2e ## Every check and every test
	@echo "make test: all checks and tests passed"

lint: need-test ## Format, lints, documentation, licences, spelling
	cargo fmt --check
	cargo clippy --locked --all-targets -- -D warnings
	RUSTDOCFLAGS="-D warnings" cargo doc --locked --no-deps --document-private-items
	$(TOOLS)/cargo-deny --locked check bans licenses sources
	$(TOOLS)/typos

test-server: need-run $(DIST) ## Tests of the server, against a PostgreSQL of their own
	cargo test --locked

# For example: make schema SCHEMA_EXAMPLES=500 SCHEMA_SEED=1.
schema: need-test $(DIST) ## Every answer of the server against the document of its API
	cargo test --locked --test it -- --ignored --exact schema::every_answer_is_one_that_the_document_says

ifneq ($(DIST),)
test-web: $(MODULES) ## Types, lints and unit tests of the console
	cd web && npm run check

# The server as `cargo test` has built it: `cargo build` would choose other features and compile half of it again.
e2e: need-test $(DIST) ## The console in a browser against the real server
	cargo test --locked --no-run --test it
	$(if $(wildcard web/playwright.config.ts),cd web && CHROMIUM="$$(cat ../.tools/browser 2>/dev/null || command -v chromium)" npm run e2e)

screenshots: need-test $(DIST) ## Takes the pictures of the README anew
	cargo test --locked --no-run --test it
	cd web && CHROMIUM="$$(cat ../.tools/browser 2>/dev/null || command -v chromium)" node scripts/screenshots.mjs

# Both files are newer than what they were made from, so an unchanged console is not built again.
$(DIST): $(MODULES) $(INPUTS)
	cd web && npm run build
	@touch $@

# Not `npm ci`: it refuses a lock file in which the binaries of other platforms are not listed.
$(MODULES): web/package.json web/package-lock.json
	cd web && npm install --no-save --no-audit --no-fund
	@touch $@
else
test-web e2e screenshots: ;
endif

# For example: make fuzz FUZZ_SECONDS=600, or of one property alone: FUZZ=body.
FUZZ_SECONDS ?= 60
FUZZ ?= $(notdir $(wildcard tests/fuzz/corpus/*))
fuzz: need-run ## Bytes that nobody would send, against every parser, FUZZ_SECONDS for each
	@sh scripts/need.sh fuzz
	@sh tests/fuzz/run.sh $(FUZZ_SECONDS) $(FUZZ)

# For example: make torture TORTURE_MINUTES=5 TORTURE_SEED=7, or one stage of it: TORTURE_PART=restore.
torture: need-run $(DIST) ## A quarter of an hour of faults, and whether every promise holds
	cargo test --locked --test torture -- --ignored --exact everything --nocapture

bench: need-run $(DIST) ## Twenty-five minutes of measuring on a quiet machine; bench-ingest, -limits, -latency, … alone
	cargo bench --locked --bench inbox

$(PARTS:%=bench-%): bench-%: need-run $(DIST)
	cargo bench --locked --bench inbox -- $*

fmt: ## Formats the code
	cargo fmt
	$(if $(DIST),cd web && npm run format)

clean: ## Removes what was built, but no data
	cargo clean
	rm -rf web/dist web/node_modules .tools

need-run:
	@sh scripts/need.sh run

need-test:
	@sh scripts/need.sh test

# Everything a newcomer needs: `make run` starts the product, `make test` passes all tests.
# Rust and Node must be there; everything else is installed by Cargo and npm, inside this folder.

SHELL := /bin/bash
.SHELLFLAGS := -eu -o pipefail -c
.DEFAULT_GOAL := help

PORT ?= 7071
DATA ?= .local
PROMPT ?= a red fox in snow
SEEDS ?= 1000

.PHONY: help
help: ## What can be made
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | awk -F ':.*## ' '{ printf "  make %-10s %s\n", $$1, $$2 }'

.PHONY: tools
tools:
	@command -v cargo >/dev/null || { echo "Rust is missing: install it with rustup, then run this again."; exit 1; }
	@command -v cc >/dev/null || { echo "A C compiler is missing: install gcc or clang, then run this again."; exit 1; }

.PHONY: node
node:
	@command -v npm >/dev/null || { echo "Node.js is missing: install version 20 or newer, then run this again."; exit 1; }

.PHONY: build
# Always the whole workspace: a part of it would have other features, and be built again for them.
build: tools
	cargo build --workspace --bins

# The web page. `npm ci` and the build run only when something of theirs changed.
WEB_SOURCES := $(shell find frontend -type f -not -path '*/node_modules/*' -not -path '*/.next/*' -not -path '*/out/*' \
	-not -path '*/test-results/*' -not -path '*/e2e/*' -not -name next-env.d.ts -not -name '*.tsbuildinfo' 2>/dev/null)

frontend/node_modules/.package-lock.json: frontend/package-lock.json
	npm ci --prefix frontend --no-audit --no-fund --loglevel=error
	@touch $@

frontend/out/index.html: frontend/node_modules/.package-lock.json $(WEB_SOURCES)
	cd frontend && NEXT_TELEMETRY_DISABLED=1 npm run --silent build
	@touch $@

.PHONY: web
web:
	@if command -v npm >/dev/null; then $(MAKE) --no-print-directory frontend/out/index.html; \
	else echo "Node.js is missing, so there is a small page only: install version 20 or newer for the whole one."; fi

.PHONY: test-web
test-web: node build frontend/out/index.html ## Run the tests of the web page, in a real browser
	cd frontend && npm test --silent && npm run --silent e2e

.PHONY: run
run: build web ## Start the whole product on this machine: http://localhost:7071
	@exec target/debug/imagegen-local --port $(PORT) --data $(DATA)

.PHONY: demo
demo: build ## Make a picture with what `make run` started: make demo PROMPT="a red fox in snow"
	@target/debug/imagegen-local demo --port $(PORT) --prompt "$(PROMPT)"

.PHONY: emulated
emulated: build node ## Make a picture as in Azure: without keys, documents in Cosmos DB's emulator, pictures in Azurite
	test -d tests/peers/node_modules/azurite || npm ci --prefix tests/peers --no-audit --no-fund --loglevel=error
	@infra/scripts/emulated.sh "$(PROMPT)"

# One build of everything, then the tests of everything with it. The client packages that the tests use unmodified
# are those of the lock file.
.PHONY: test
test: tools node ## Run all tests
	npm ci --prefix tests/peers --no-audit --no-fund --loglevel=error
	cargo build --workspace --all-targets
	cargo test --workspace
	$(MAKE) --no-print-directory test-web

.PHONY: safety
safety: build ## Hold prompts with known verdicts against the safety check of what `make run` started
	@target/debug/imagegen-local with --data $(DATA) -- target/debug/imagegen safety evaluate

.PHONY: release
release: tools
	cargo build --release --workspace --bins

# What is deployed. Zig links it against an older glibc than this machine may have, so that it starts on every image of
# the Functions host; the handler is built alone, so that nothing of the tests is in it.
PACKAGE_TARGET := x86_64-unknown-linux-gnu
PACKAGE_GLIBC := 2.31
PACKAGE_TOOLS := target/package-tools

$(PACKAGE_TOOLS)/bin/cargo-zigbuild: infra/package-tools.txt
	@command -v python3 >/dev/null || { echo "Python is missing: install version 3.9 or newer, then run this again."; exit 1; }
	python3 -m venv $(PACKAGE_TOOLS)
	$(PACKAGE_TOOLS)/bin/pip install --quiet --disable-pip-version-check -r infra/package-tools.txt
	touch $@

.PHONY: package
package: tools $(PACKAGE_TOOLS)/bin/cargo-zigbuild ## Build what is deployed: target/imagegen.zip
	rustup target add $(PACKAGE_TARGET) 2>/dev/null || true
	PATH="$(CURDIR)/$(PACKAGE_TOOLS)/bin:$$PATH" cargo zigbuild -p imagegen --profile dist --target $(PACKAGE_TARGET).$(PACKAGE_GLIBC)
	target/$(PACKAGE_TARGET)/dist/imagegen package --glibc $(PACKAGE_GLIBC) --out target/package --zip target/imagegen.zip
	@ls -l target/imagegen.zip

.PHONY: page
page: web ## Build what the Static Web App serves: target/page
	test -f frontend/out/index.html
	rm -rf target/page && mkdir -p target && cp -R frontend/out target/page

.PHONY: sim
sim: release ## Simulate crashes, repeats and delays: make sim SEEDS=10000
	target/release/imagegen-simulation --seeds $(SEEDS)

# What the figures stand beside. Where Node or Python is missing, those columns stay empty and the bench says so.
.PHONY: peers
peers:
	-npm ci --prefix benches/peers --no-audit --no-fund --loglevel=error
	-test -x target/bench-peers/bin/python || python3 -m venv target/bench-peers
	-target/bench-peers/bin/pip install --quiet --disable-pip-version-check -r benches/peers/requirements.txt

.PHONY: bench
bench: release peers ## Measure the figures of docs/benchmarks.md
	target/release/imagegen-bench

.PHONY: generate
generate: build ## Bring the generated files up to date
	target/debug/imagegen generate

.PHONY: lint
lint: build node frontend/out/index.html ## Formatting, clippy, the page's linter and types, and generated files
	cargo fmt --all --check
	cargo clippy --workspace --all-targets -- -D warnings
	cd frontend && npm run --silent lint && npm run --silent typecheck
	target/debug/imagegen generate --check

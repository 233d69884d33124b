# The two commands of README.md: `make run` does the main job, `make test` tests it. `make help` lists the others.

SHELL := /bin/bash
.SHELLFLAGS := -euo pipefail -c
.DEFAULT_GOAL := help
.NOTPARALLEL:

# What `make run` builds and runs. `make run CONFIGURATION=debug` shares its build with `make test`.
CONFIGURATION ?= release
# A running LangFlow; without one, `make run` starts the demonstration.
export LANGFLOW_URL ?=
# The binary that the suites outside of Swift test.
AMBASSADOR ?= .build/debug/ambassador

.PHONY: help
help: ## List the commands
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "make %-16s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

.PHONY: run
run: build ## Run it: before LANGFLOW_URL where that is set, else the demonstration
	@binary=$$(swift build -c $(CONFIGURATION) --show-bin-path)/ambassador; \
	if [ -n "$$LANGFLOW_URL" ]; then exec "$$binary" serve --upstream "$$LANGFLOW_URL"; else exec "$$binary" demo; fi

.PHONY: build
build: ## Build the binary, optimized (CONFIGURATION=debug for the other)
	@scripts/install-dependencies build
	swift build -c $(CONFIGURATION) --product ambassador

.PHONY: test
test: ## Run all Swift tests, those against a real Redis too
	@scripts/install-dependencies test
	swift test

.PHONY: debug
debug:
	@scripts/install-dependencies test
	swift build --build-tests --explicit-target-dependency-import-check error

.PHONY: test-system
test-system: debug ## Two ambassadors on one Redis, Redis hanging and dead, 1,000 identical misses
	AMBASSADOR="$(AMBASSADOR)" Tests/System/run

.PHONY: test-crash
test-crash: debug ## kill -9 under load, 20 times for each promise of the audit log
	AMBASSADOR="$(AMBASSADOR)" Tests/Crash/run --rounds 20

.PHONY: test-langflow
test-langflow: debug ## The suite against a real LangFlow 1.13, which it installs into .langflow/
	AMBASSADOR="$(AMBASSADOR)" Tests/LangFlow/run

.PHONY: benchmark
benchmark: ## Measure hits beside nginx's proxy_cache and misses beside a direct call
	Benchmarks/run

.PHONY: lint
lint: ## Check the format
	swift format lint --strict --parallel --recursive Package.swift Sources Tests

.PHONY: format
format: ## Format
	swift format format --in-place --parallel --recursive Package.swift Sources Tests

.PHONY: clean
clean: ## Remove what was built
	swift package clean

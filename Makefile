# The two commands of README.md: `make run` does the main job, `make test` tests it. `make help` lists the others.

SHELL := /bin/bash
.SHELLFLAGS := -euo pipefail -c
.DEFAULT_GOAL := help
.NOTPARALLEL:

# What `make run` builds and runs. `make run CONFIGURATION=debug` shares its build with `make test`.
CONFIGURATION ?= release
# What ships: one file without Swift's shared libraries, and without the run-time checks for exclusive access, which the tests
# have on; they were a tenth of a hit.
RELEASE_FLAGS := --static-swift-stdlib -Xswiftc -enforce-exclusivity=unchecked
BUILD_FLAGS := -c $(CONFIGURATION) $(if $(filter release,$(CONFIGURATION)),$(RELEASE_FLAGS))
# A running LangFlow; without one, `make run` starts the demonstration.
export LANGFLOW_URL ?=
# The binary that the suites outside of Swift test.
AMBASSADOR ?= .build/debug/ambassador

.PHONY: help
help: ## List the commands
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "make %-16s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

.PHONY: run
run: build ## Run it: before LANGFLOW_URL where that is set, else the demonstration
	@binary=$$($(MAKE) --silent binary); \
	if [ -n "$$LANGFLOW_URL" ]; then exec "$$binary" serve --upstream "$$LANGFLOW_URL"; else exec "$$binary" demo; fi

.PHONY: build
build: ## Build the binary, optimized (CONFIGURATION=debug for the other)
	@scripts/install-dependencies build
	swift build $(BUILD_FLAGS) --product ambassador

.PHONY: binary
binary: ## Print the path of what `make build` made
	@echo "$$(swift build $(BUILD_FLAGS) --show-bin-path)/ambassador"

.PHONY: test
test: ## Run all Swift tests, those against a real Redis too
	@scripts/install-dependencies test
	# One test after the other: among them are those that load every core, and those that look at time-outs.
	swift test --no-parallel

.PHONY: debug
debug:
	@scripts/install-dependencies test
	swift build --build-tests --explicit-target-dependency-import-check error

.PHONY: test-system
test-system: debug ## Two ambassadors on one Redis, Redis hanging and dead, 1,000 identical misses
	AMBASSADOR="$(AMBASSADOR)" Tests/System/run

.PHONY: test-governance
test-governance: debug ## A shared limit while Redis hangs, a budget over kill -9, guesses, a revoked key
	AMBASSADOR="$(AMBASSADOR)" Tests/System/governance

.PHONY: test-clocks
test-clocks: debug ## A wall clock that is 3 and 100 days off for a while: budgets, retention, stored answers, breakers
	AMBASSADOR="$(AMBASSADOR)" Tests/System/clocks

.PHONY: test-slow-clients
test-slow-clients: debug ## 1,000 slow callers beside a normal one, whose p99 must hold
	AMBASSADOR="$(AMBASSADOR)" Tests/System/slow-clients

.PHONY: test-descriptors
test-descriptors: debug ## Idle connections that fill a small limit of open files, and a limit that ends
	AMBASSADOR="$(AMBASSADOR)" Tests/System/descriptors

.PHONY: test-hostile-caller
test-hostile-caller: debug ## Callers that break every rule: each gets an answer that is allowed, and others are served
	AMBASSADOR="$(AMBASSADOR)" Tests/System/hostile_caller.py

.PHONY: test-worst-inputs
test-worst-inputs: debug ## Four callers that send the worst inputs, beside hits and probes that must be answered
	AMBASSADOR="$(AMBASSADOR)" Tests/System/worst-inputs

.PHONY: test-streams
test-streams: debug ## Streams: the first byte, the memory of 200 slow readers, a stop in the middle
	AMBASSADOR="$(AMBASSADOR)" Tests/System/streams

.PHONY: test-hostile
test-hostile: debug ## Ten minutes before an upstream that breaks every rule (SECONDS=60 for one)
	AMBASSADOR="$(AMBASSADOR)" Tests/System/hostile $(if $(filter command line,$(origin SECONDS)),--seconds $(SECONDS))

.PHONY: test-accounting
test-accounting: debug ## 10,000 requests of all kinds: the audit log has each call once, and its cost is LangFlow's own count
	AMBASSADOR="$(AMBASSADOR)" Tests/System/accounting

.PHONY: test-surroundings
test-surroundings: debug ## README's tour, Redis, TLS, a Unix socket; Tests/laboratory runs it as an ordinary user
	AMBASSADOR="$(AMBASSADOR)" Tests/System/surroundings

.PHONY: test-process
test-process: debug ## Signals, outputs that are full or unread, no /proc, no free descriptor
	AMBASSADOR="$(AMBASSADOR)" Tests/System/process

.PHONY: test-openapi
test-openapi: debug ## docs/openapi.yaml: valid, and both planes answer as it says (schemathesis)
	AMBASSADOR="$(AMBASSADOR)" Tests/System/openapi

.PHONY: test-upgrade
test-upgrade: debug ## Files of every earlier version, 300,000 records each, brought up to date over kill -9
	AMBASSADOR="$(AMBASSADOR)" Tests/System/upgrade --rows 300000 --kills 3

.PHONY: test-crash
test-crash: debug ## kill -9 under load, 20 times for each promise of the audit log
	AMBASSADOR="$(AMBASSADOR)" Tests/Crash/run --rounds 20

.PHONY: test-langflow
test-langflow: debug ## The suite against a real LangFlow 1.13, which it installs into .langflow/
	AMBASSADOR="$(AMBASSADOR)" Tests/LangFlow/run

.PHONY: test-browser
test-browser: debug ## Web pages in a headless Chromium that call the ambassador, allowed and not
	@scripts/install-dependencies browser
	AMBASSADOR="$(AMBASSADOR)" Tests/Browser/run

.PHONY: test-clients
test-clients: debug ## The examples of docs/clients.md, OpenAI's SDK, LangChain, Java, curl, before a real LangFlow
	@scripts/install-dependencies clients
	AMBASSADOR="$(AMBASSADOR)" Tests/Clients/run

.PHONY: fuzz
fuzz: ## Compare the framer with the parser over 10,000,000 mutated requests
	@scripts/install-dependencies build
	swift build $(BUILD_FLAGS) --product framer-fuzz
	"$$(swift build $(BUILD_FLAGS) --show-bin-path)/framer-fuzz" 10000000

.PHONY: benchmark
benchmark: ## Measure beside nginx, a bare C server and others, all parts (PART=hits for one)
	Benchmarks/run $(if $(PART),--part $(PART))

.PHONY: benchmark-audit
benchmark-audit: ## Measure how many audit records a second are written, and how fast they are found
	@scripts/install-dependencies build
	swift build $(BUILD_FLAGS) --product audit-benchmark
	"$$(swift build $(BUILD_FLAGS) --show-bin-path)/audit-benchmark"

.PHONY: benchmark-audit-minute
benchmark-audit-minute: ## Measure whether the audit log keeps up for a minute: records a second, CPU and bytes a record
	@scripts/install-dependencies build
	swift build $(BUILD_FLAGS) --product audit-benchmark
	"$$(swift build $(BUILD_FLAGS) --show-bin-path)/audit-benchmark" --seconds 60

.PHONY: folding-data
folding-data: ## Write what folding knows of Unicode once more (raise the version in InputHasher where old lines change)
	swift scripts/folding-data.swift > Sources/AmbassadorCore/Caching/Folding/FoldingData.swift.new
	mv Sources/AmbassadorCore/Caching/Folding/FoldingData.swift.new Sources/AmbassadorCore/Caching/Folding/FoldingData.swift

.PHONY: benchmark-worst
benchmark-worst: ## Measure what the worst input of each kind costs, and whether it holds an event loop
	@scripts/install-dependencies build
	swift build $(BUILD_FLAGS) --product worst-inputs
	"$$(swift build $(BUILD_FLAGS) --show-bin-path)/worst-inputs"

.PHONY: lint
lint: ## Check the format
	swift format lint --strict --parallel --recursive Package.swift Sources Tests

.PHONY: format
format: ## Format
	swift format format --in-place --parallel --recursive Package.swift Sources Tests

.PHONY: clean
clean: ## Remove what was built
	swift package clean

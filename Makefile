# Every command of the repository. `make` alone lists them.
#
# Python's packages live in .venv/, made by the first command that needs it and made again when the lock files change.

.DEFAULT_GOAL := help
.PHONY: help run test test-kafka test-clients kafka check fix migration contracts bench faults lock

VENV := .venv
PY := $(VENV)/bin/python
RUNTIME := $(VENV)/.runtime
DEVELOPMENT := $(VENV)/.development
INSTALL := $(PY) -m pip --disable-pip-version-check --no-input install --quiet
PYTEST := $(PY) -m pytest
# What partners make clients with: not ours, so in a folder apart.
CLIENTS := .clients

# Half of a test's time is waiting, so one more than there are cores. Each has databases of its own, and more than four
# would crowd the server.
WORKERS ?= $(shell n=$$(getconf _NPROCESSORS_ONLN 2>/dev/null || echo 2); [ "$$n" -gt 3 ] && echo 4 || echo $$((n + 1)))

# ONLY=walks is every kind's folder of that name, ONLY=walks/safety one room, ONLY=unit one kind.
CHOSEN = $(foreach name,$(ONLY),$(wildcard tests/$(name) tests/*/$(name)))
# Names that no folder of tests/ has, or that lead out of it.
UNKNOWN = $(foreach name,$(ONLY),$(if $(findstring .,$(name))$(filter /%,$(name)),$(name),$(if $(wildcard tests/$(name) tests/*/$(name)),,$(name))))
SLOWEST ?= 40
# STRICT=1 lets a test fail, instead of being skipped, for what the machine lacks: CI has it all.
export SAMSYN_STRICT := $(STRICT)

# Compiled modules are kept: a test run starts a hundred processes.
unexport PYTHONDONTWRITEBYTECODE

help:
	@sed -n 's/^\([a-z-]*\):.*## \(.*\)/\1|\2/p' $(MAKEFILE_LIST) | awk -F'|' '{ printf "  make %-11s %s\n", $$1, $$2 }'
	@echo "Marks of tests (pytest -m):"
	@sed -n '/^markers = \[/,/^\]/s/^  "\(.*\)",$$/  \1/p' pyproject.toml

run: $(RUNTIME) ## Start everything on this machine; Ctrl-C stops it (DEMO=no: without made-up data).
	@$(VENV)/bin/samsyn up $(if $(filter no,$(DEMO)),,--demo)

test: $(DEVELOPMENT) ## Run all tests but those on real Kafka (ONLY=walks: one service's, or kit or deploy; STRICT=1).
	@if [ -n "$(strip $(UNKNOWN))" ]; then echo "No folder of tests/ is called $(strip $(UNKNOWN))." >&2; exit 2; fi
	@$(PYTEST) -n $(WORKERS) --slowest=$(SLOWEST) -m "not bench and not long and not kafka and not clients" $(CHOSEN)

test-kafka: $(DEVELOPMENT) ## Run the bus, fault, broker and end-to-end tests on real Kafka (or KAFKA_BOOTSTRAP_SERVERS=host:port).
	@$(PY) -m deploy.kafka.beside $(PYTEST) -n $(WORKERS) --slowest=$(SLOWEST) -m "not bench and not long" \
		tests/contract/kit/bus tests/faults tests/e2e tests/integration/deploy/kafka

test-clients: $(DEVELOPMENT) $(CLIENTS)/.ready ## Lint the API's description, and walk the README's way with clients made of it (needs Node.js).
	@$(PYTEST) -m clients tests/clients

kafka: $(PY) ## Get and start a real Apache Kafka here; `make kafka DO=stop` ends it.
	@$(PY) -m deploy.kafka.broker $(or $(DO),start)

check: $(DEVELOPMENT) ## Look for faults without running anything: style, types, import contracts, generated files.
	@failed=; \
	$(PY) -m ruff check . || failed=1; \
	$(PY) -m ruff format --check --quiet . || failed=1; \
	$(PY) -m mypy || failed=1; \
	$(VENV)/bin/lint-imports || failed=1; \
	$(PY) -m deploy.contracts check || failed=1; \
	[ -z "$$failed" ]

fix: $(DEVELOPMENT) ## Mend what ruff can mend.
	@$(PY) -m ruff check --fix .
	@$(PY) -m ruff format .

migration: $(DEVELOPMENT) ## Draft a migration: make migration SERVICE=reports TITLE="reports have a sender"
	@if [ -z "$(SERVICE)" ] || [ -z "$(TITLE)" ]; then \
		echo 'Say which and what for: make migration SERVICE=reports TITLE="reports have a sender"' >&2; exit 2; fi
	@$(PY) -m deploy.contracts migration "$(SERVICE)" "$(TITLE)"

contracts: $(DEVELOPMENT) ## Write the generated files again: schemas, OpenAPI, routes, message schemas, AsyncAPI, catalogues.
	@$(PY) -m deploy.contracts write

bench: $(DEVELOPMENT) ## Measure and print a table (ONLY=name picks, JSON=1 prints one object a line).
	@ONLY="$(ONLY)" JSON="$(JSON)" $(PYTEST) -m bench --timeout=1800 tests/bench $(if $(JSON),3>&1 >&2)

faults: $(DEVELOPMENT) ## Run the long failure tests: 20 kills of everything, under load.
	@$(PYTEST) -m long -s --timeout=3600 tests

lock: $(DEVELOPMENT) ## Write both lock files again from pyproject.toml (UPGRADE=1 takes the newest versions).
	@$(INSTALL) uv
	@$(call locked,requirements.lock,pyproject.toml --group build)
	@$(call locked,requirements-dev.lock,pyproject.toml --group dev -c requirements.lock)
	@$(call locked,tests/clients/requirements.txt,--group clients)

# One file for all systems and Pythons that we serve: hashes guard each package, no address says where it came from.
define locked
$(VENV)/bin/uv --quiet pip compile $(2) --output-file $(1) $(if $(UPGRADE),--upgrade) --universal \
	--python-version 3.11 --generate-hashes --no-emit-index-url --no-emit-find-links --no-header --no-annotate
endef

# deploy/python.sh knows which Python will do; `make run PYTHON=...` asks for one.
# Whoever comes second waits, looks again, and finds what the first has made. HOLDS_LOCK is the Python that it is made with.
ifndef HOLDS_LOCK
$(PY):
$(RUNTIME): $(PY) requirements.lock pyproject.toml
$(DEVELOPMENT): $(RUNTIME) requirements-dev.lock
$(PY) $(RUNTIME) $(DEVELOPMENT):
	@python=$$([ -x $(PY) ] && echo $(PY) || deploy/python.sh $(PYTHON)) || exit 1; \
	"$$python" deploy/alone.py .venv.lock $(MAKE) --no-print-directory HOLDS_LOCK="$$python" $@
else
$(PY):
	@echo "Making $(VENV) with $$("$(HOLDS_LOCK)" --version)."
	@"$(HOLDS_LOCK)" -m venv --clear $(VENV)

$(RUNTIME): $(PY) requirements.lock pyproject.toml
	@echo "Installing what Samsyn runs on (once, and when requirements.lock changes)."
	@$(INSTALL) --require-hashes -r requirements.lock
	@$(INSTALL) --no-deps --no-build-isolation -e .
	@touch $@

$(DEVELOPMENT): $(RUNTIME) requirements-dev.lock
	@echo "Installing what its tests and checks need (once, and when requirements-dev.lock changes)."
	@$(INSTALL) --require-hashes -r requirements-dev.lock
	@touch $@
endif

$(CLIENTS)/.ready: $(PY) tests/clients/package-lock.json tests/clients/requirements.txt
	@command -v npm >/dev/null || { echo "Clients are made with Node.js 20 or newer and its npm. On Debian: apt install nodejs npm" >&2; exit 1; }
	@echo "Getting what clients are made with (once, and when tests/clients changes)."
	@mkdir -p $(CLIENTS)
	@cp tests/clients/package.json tests/clients/package-lock.json $(CLIENTS)
	@cd $(CLIENTS) && npm ci --ignore-scripts --no-audit --no-fund --silent
	@$(PY) -m venv --clear $(CLIENTS)/venv
	@$(CLIENTS)/venv/bin/python -m pip --disable-pip-version-check --no-input install --quiet --require-hashes \
		-r tests/clients/requirements.txt
	@touch $@

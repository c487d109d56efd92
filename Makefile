# Needs GNU make and Python 3.11 or newer; everything else is installed into .venv here.

PYTHON ?= python3
PORT ?= 8000

# The installer's own version is held to one series, so that a new one cannot change what a lock means.
UV_VERSION := ~=0.13.9

# Many machines forbid Python to keep what it has compiled, so as not to litter: then every process that is started
# compiles all libraries anew, for 3.5 s of a processor. It is kept here, where it litters nothing.
unexport PYTHONDONTWRITEBYTECODE
export PYTHONPYCACHEPREFIX ?= $(CURDIR)/.venv/bytecode

has_node := $(shell node -e 'const [a, b] = process.versions.node.split("."); \
	console.log(a > 20 || (a == 20 && b >= 19) ? "yes" : "")' 2>/dev/null)
dashboard_sources := schema.graphql $(shell find dashboard -type f -not -path '*/node_modules/*' \
	-not -path '*/dist/*' -not -path '*/gql/*')
released := $(shell ls docs/releases/*.graphql | sort --version-sort | tail -n 1)
uv := VIRTUAL_ENV="$(CURDIR)/.venv" .venv/bin/uv --quiet pip
# An empty UPGRADE keeps every pin that still fits; a word in it moves them all to their newest.
compile := $(uv) compile pyproject.toml --universal --python-version 3.11 --generate-hashes \
	--no-header --no-annotate $(if $(UPGRADE),--upgrade)

.DEFAULT_GOAL := help
.PHONY: clients dashboard docs help release run fleet test soak check bench format floors lint lock migrate pages-check pictures schema schema-check types

help: ## list these targets
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-9s %s\n", $$1, $$2 }' $(firstword $(MAKEFILE_LIST))

run: .venv/installed-runtime dashboard ## serve on http://127.0.0.1:8000 with the sandbox on (PORT= changes it, Ctrl-C stops it)
	@MAYCALL_SANDBOX="$${MAYCALL_SANDBOX:-true}" MAYCALL_WEBHOOKS_ALLOW_PRIVATE="$${MAYCALL_WEBHOOKS_ALLOW_PRIVATE:-true}" MAYCALL_WORKERS="$(or $(WORKERS),$(MAYCALL_WORKERS))" exec .venv/bin/python -m server serve --migrate --port $(PORT)

fleet: .venv/installed-everything dashboard ## serve as a small fleet: PostgreSQL, Redis, two servers, a worker (PORT=, WORKERS=)
	@exec .venv/bin/python -m fleet --port $(PORT) $(if $(WORKERS),--workers $(WORKERS))

test: .venv/installed-everything dashboard tests/doors/node_modules/installed $(if $(has_node),clients/typescript/node_modules/installed) ## run every test, PostgreSQL and the browser included
	@echo "Running the tests."
	@.venv/bin/python -m pytest --numprocesses auto --dist worksteal

soak: .venv/installed-everything ## let a whole town live through chaos for many minutes, thousands of steps
	@MAYCALL_TEST_SOAK=1 .venv/bin/python -m pytest --capture=no tests/stories/test_chaos.py

# Tests last, so that a run's closing line is pytest's.
check: format lint types floors schema-check pages-check test ## what has to hold: format, lint, types, floors, schema, tests

bench: .venv/installed-everything ## measure how fast it is (BENCH=webhook: only that; WRITE=1: for docs/benchmarks.md)
	@.venv/bin/python -m bench $(or $(BENCH),all) $(if $(WRITE),--write)

dashboard: $(if $(has_node),dashboard/dist/built,no-node) ## build the pages people work with (needs Node)

format: .venv/installed-everything
	@echo "Checking the format."
	@.venv/bin/ruff format --check --quiet --diff .

lint: .venv/installed-everything
	@echo "Checking against the lint rules."
	@.venv/bin/ruff check --quiet .

types: .venv/installed-everything
	@echo "Checking the types."
	@.venv/bin/mypy --no-error-summary .

floors: .venv/installed-everything
	@echo "Checking that imports only go down."
	@.venv/bin/lint-imports --no-logo >.venv/floors.txt 2>&1 || { cat .venv/floors.txt >&2; exit 1; }

schema-check: .venv/installed-everything
	@echo "Checking that schema.graphql is the schema served."
	@.venv/bin/python -m server schema --check

pages-check: dashboard
	@test ! -e dashboard/dist/built || { echo "Checking the pages, and testing their parts." \
		&& cd dashboard && npm run --silent lint && npm run --silent test; }

schema: .venv/installed-runtime ## print the API's schema into schema.graphql
	@.venv/bin/python -m server schema

release: .venv/installed-runtime ## promise the schema to partners as VERSION=0.2.0, and make the clients of it
	@.venv/bin/python -m server schema --release "$(VERSION)"
	@$(MAKE) --no-print-directory clients

clients: clients/python/.venv/installed clients/typescript/codegen/node_modules/installed ## make the typed clients of the last released schema (needs Node)
	@clients/python/.venv/bin/python clients/python/codegen/generate.py $(released) >/dev/null
	@cd clients/typescript/codegen && SCHEMA=../../../$(released) npm run --silent generate
	@echo "The clients are made of $(released)."

docs: .venv/installed-everything docs/.venv/installed ## build the documentation, the reference of the API in it, into var/docs/site
	@.venv/bin/python docs/pages.py var/docs
	@docs/.venv/bin/zensical build --strict --config-file var/docs/zensical.toml >var/docs/build.txt 2>&1 || { cat var/docs/build.txt >&2; exit 1; }
	@echo "The documentation begins at var/docs/site/index.html."

pictures: .venv/installed-everything dashboard ## take the pictures of the dashboard anew, of a real server in a browser
	@.venv/bin/python docs/pictures.py

migrate: .venv/installed-runtime ## bring the database (MAYCALL_DATABASE_URL) up to date
	@.venv/bin/python -m server migrate

# The smaller lock follows the larger one, so that both always name the same versions.
lock: .venv/bin/uv ## pin the dependencies of pyproject.toml again (UPGRADE=1: at their newest)
	@echo "Pinning what pyproject.toml asks for, with hashes."
	@$(compile) --group dev --output-file requirements-dev.lock
	@$(compile) --constraints requirements-dev.lock --output-file requirements.lock
	@$(subst pyproject.toml,--group clients/python/pyproject.toml:codegen,$(compile)) --output-file clients/python/codegen/requirements.lock
	@$(subst pyproject.toml,--group pyproject.toml:docs,$(compile)) --output-file docs/requirements.lock

# ---- the ground the targets above stand on ----

.PHONY: no-node
no-node:
	@echo "The dashboard is not built: that needs Node.js 20.19 or newer, with npm. The API does without."

# A registry that is out of reach is no reason not to serve; what does not build is.
dashboard/dist/built: $(dashboard_sources)
	@cd dashboard && if test node_modules/installed -nt package-lock.json || { \
			echo "Installing what the dashboard is built with, from dashboard/package-lock.json."; \
			npm ci --silent --ignore-scripts && touch node_modules/installed; }; \
		then echo "Building the dashboard." && npm run --silent build && touch dist/built; \
		else echo "npm could not install it: is the package registry within reach? Going on without the dashboard."; fi

clients/typescript/node_modules/installed: clients/typescript/package-lock.json
	@echo "Installing what the TypeScript client stands on, from $<."
	@(cd clients/typescript && npm ci --silent --ignore-scripts && cp package-lock.json node_modules/installed) \
		|| echo "npm could not install it: is the package registry within reach? Its tests are skipped."

clients/typescript/codegen/node_modules/installed: clients/typescript/codegen/package-lock.json
	@cd clients/typescript/codegen && npm ci --silent --ignore-scripts && touch node_modules/installed

# Environments of their own: what generates the client needs an older graphql-core, and few build the documentation.
clients/python/.venv/installed: clients/python/codegen/requirements.lock | .venv/bin/uv
	$(install_apart)

docs/.venv/installed: docs/requirements.lock | .venv/bin/uv
	$(install_apart)

define install_apart
	@.venv/bin/uv --quiet venv --clear --python .venv/bin/python $(@D)
	@VIRTUAL_ENV=$(@D) .venv/bin/uv --quiet pip sync --require-hashes $< && touch $@
endef

# An environment whose Python has gone, as after an upgrade of the system, is made and filled anew: said by hand,
# because to make a link to an old program looks old itself.
ifneq ($(shell test -x .venv/bin/python && echo there),there)
.PHONY: .venv/bin/python
endif

.venv/bin/python:
	@test -w . || { echo "Maycall cannot be set up here: the folder $$PWD is read-only." >&2; exit 1; }
	@command -v "$(PYTHON)" >/dev/null || { \
		echo "Maycall needs Python 3.11 or newer, and there is no $(PYTHON) here:" \
			"install it, or name one with PYTHON=/path/to/python3." >&2; exit 1; }
	@"$(PYTHON)" -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { \
		echo "Maycall needs Python 3.11 or newer, and $(PYTHON) is $$("$(PYTHON)" -V 2>&1):" \
			"name a newer one with PYTHON=/path/to/python3." >&2; exit 1; }
	@"$(PYTHON)" -c 'import ensurepip, venv' 2>/dev/null || { \
		echo "$(PYTHON) cannot make virtual environments: on Debian and Ubuntu, apt install python3-venv mends it." >&2; \
		exit 1; }
	@echo "Making a virtual environment in .venv with $$("$(PYTHON)" -V)."
	@"$(PYTHON)" -m venv --clear .venv

.venv/bin/uv: | .venv/bin/python
	@echo "Installing the installer, uv."
	@.venv/bin/python -m pip install --quiet --quiet --disable-pip-version-check "uv$(UV_VERSION)" || { \
		echo "uv could not be installed: is the package registry within reach?" >&2; exit 1; }

.venv/installed-runtime: requirements.lock .venv/bin/python | .venv/bin/uv
	$(call install,$(if $(wildcard .venv/installed-everything),requirements-dev.lock,requirements.lock))

.venv/installed-everything: requirements-dev.lock .venv/bin/python | .venv/bin/uv
	$(call install,requirements-dev.lock)
	@touch .venv/installed-runtime

# Whoever has no Node, or no packages for it, goes without the tests that need them: told here, and never a failure.
tests/doors/node_modules/installed: tests/doors/package-lock.json
	@if test -z "$(has_node)"; then \
		echo "The API is not tried with partners' own clients: that needs Node.js 20.19 or newer, with npm."; \
	else \
		echo "Installing partners' own clients, from tests/doors/package-lock.json."; \
		(cd tests/doors && npm ci --silent --ignore-scripts && cp package-lock.json node_modules/installed) \
			|| echo "npm could not install them: is the package registry within reach? Their tests are skipped."; \
	fi

# Only reached when a lock is newer than what was installed from it, so that every other run starts at once.
define install
	@echo "Installing $$(grep -c '==' $(1)) packages from $(1)."
	@started=$$(date +%s); $(uv) sync --require-hashes $(1) && touch $@ \
		&& echo "Installed in under $$(($$(date +%s) - started + 1)) s."
endef

# `make run` and `make test` need python3 (3.11 or later) with venv and pip, and nothing else.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
STACKS := tests/stacks/.installed
export PIP_CONSTRAINT := $(CURDIR)/constraints.txt
export PIP_DISABLE_PIP_VERSION_CHECK := 1

.PHONY: run test lint format selftest economy beside-schemathesis hostile hostile-sample stacks stacks-table plugin-matrix mutation bench screenshot clean

run: $(VENV)/.run ## run the main job against the embedded sandbox; ARGS adds options
	$(BIN)/export-contract run --sandbox $(ARGS)

test: lint ## pass the tests
	$(BIN)/pytest --numprocesses=auto $(ARGS)

lint: $(VENV)/.test ## check style, types and layers
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports --no-logo

format: $(VENV)/.test ## put the code in its form
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

selftest: $(VENV)/.test ## run the kit against every fault and variant of the sandbox; minutes
	$(BIN)/python tests/selftest.py $(ARGS)

economy: $(VENV)/.test ## compare each fault's verdict with that of a run with jobs for everything; a quarter of an hour
	$(BIN)/python tests/economy.py $(ARGS)

beside-schemathesis: $(VENV)/.test ## compare what the kit and Schemathesis find; ARGS="--sample 100" takes some faults
	$(BIN)/python tests/beside_schemathesis.py $(ARGS)

hostile: $(VENV)/.test ## run the kit against every hostile target, 2,000 mixes of them, and drawn ones; an hour
	HOSTILE=whole $(BIN)/pytest tests/hostile --numprocesses=auto $(ARGS)

hostile-sample: $(VENV)/.test ## run the kit against a part of the hostile targets, of every family; minutes
	$(BIN)/pytest tests/hostile --numprocesses=auto $(ARGS)

stacks: $(VENV)/.test $(STACKS)/.done ## run the kit against services built from popular frameworks; minutes
	$(BIN)/pytest tests/stacks $(ARGS)

stacks-table: $(VENV)/.test $(STACKS)/.done ## print what the kit finds on each of them; ARGS="--table FILE" writes it
	$(BIN)/python tests/stacks/run.py $(ARGS)

plugin-matrix: $(VENV)/.test ## run the plugin beside other plugins, on the oldest and the newest pytest
	$(BIN)/python tests/plugin_matrix.py

mutation: $(VENV)/.mutation ## change the modules that decide, and see whether tests notice; docs/mutation.md; an hour
	$(BIN)/python -m tests.mutation.run $(ARGS)

bench: $(VENV)/.test ## measure ratios
	for bench in benchmarks/*.py; do $(BIN)/python $$bench || exit 1; done

screenshot: $(VENV)/.test ## draw docs/console.svg and docs/report-*.png from real runs
	$(BIN)/python docs/screenshot.py
	$(BIN)/python docs/report_screenshots.py

clean: ## remove what was built
	rm -rf $(VENV) $(STACKS) .mutation build dist .mypy_cache .pytest_cache .ruff_cache .import_linter_cache .hypothesis

$(VENV)/.python:
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --upgrade pip
	touch $@

$(VENV)/.run: $(VENV)/.python pyproject.toml constraints.txt
	$(BIN)/python -m pip install --quiet --editable .
	touch $@

$(VENV)/.test: $(VENV)/.run
	$(BIN)/python -m pip install --quiet --editable ".[schemathesis]" --group dev
	touch $@

$(VENV)/.mutation: $(VENV)/.test
	$(BIN)/python -m pip install --quiet --group mutation
	touch $@

# The frameworks have an environment of their own: users of the kit, and those who run its tests, do without them.
$(STACKS)/.done: tests/stacks/requirements.txt tests/stacks/package.json
	$(PYTHON) -m venv $(STACKS)/venv
	$(STACKS)/venv/bin/python -m pip install --quiet --requirement tests/stacks/requirements.txt
	cp tests/stacks/package.json $(STACKS)/
	cd $(STACKS) && npm install --no-package-lock --no-audit --no-fund --loglevel=error
	touch $@

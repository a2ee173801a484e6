# Contagraph: `make demo` shows it, `make test` proves it, `make help` lists the rest.
SHELL := /bin/bash
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
DATA ?=

.DEFAULT_GOAL := help
.PHONY: help env dev demo serve test lint bench bench-quick clean

help: ## list what can be made
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | awk 'BEGIN {FS = ":.*## "} {printf "  make %-12s %s\n", $$1, $$2}'

$(VENV)/.installed: pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "Contagraph needs Python 3.11 or newer; try make PYTHON=python3.11" >&2; exit 1; }
	$(PYTHON) -m venv $(VENV) || { echo "python3-venv is missing: apt-get install python3-venv" >&2; exit 1; }
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --editable .
	@touch $@

$(VENV)/.installed-dev: $(VENV)/.installed
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --editable '.[dev,gnn]'
	@touch $@

env: $(VENV)/.installed ## make the environment in .venv

dev: $(VENV)/.installed-dev ## add what developing needs

demo: env ## load a demonstration world and ask it everything (DATA=FOLDER for real registers)
	$(BIN)/contagraph demo $(if $(DATA),--data $(DATA))

serve: env ## answer over HTTP on this machine
	$(BIN)/contagraph serve

test: dev ## install what the tests need and run them all
	@tests/prepare
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/pytest --numprocesses auto --maxprocesses 4 --dist worksteal

bench: dev ## measure every claim of speed
	$(BIN)/python -m benchmarks

bench-quick: dev ## the same on small sizes, in about four minutes
	$(BIN)/python -m benchmarks --quick

clean: ## remove the environment and what the demo wrote
	rm -rf $(VENV) demo .mypy_cache .ruff_cache .pytest_cache .hypothesis

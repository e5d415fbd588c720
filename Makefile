# One command each. Needs Python 3.11+ and make, nothing else.
PYTHON ?= python3
BIN := .venv/bin

.PHONY: demo test crash bench lint types docs clean

demo: .venv/.runtime          ## see a real PostgreSQL made slow, a scripted team respond, everything put back
	@$(BIN)/gameday run db-slowdown.yaml --rehearse --first-way-out

test: .venv/.dev              ## the whole suite; engine tests skip with a reason where there is no engine
	@$(BIN)/pytest -n 2

crash: .venv/.dev             ## hundreds of kills with real signals
	@GAMEDAY_KILLS=$${GAMEDAY_KILLS:-200} $(BIN)/pytest -n 2 tests/crash

bench: .venv/.dev             ## figures, as ratios beside a peer
	@$(BIN)/python -m tests.bench

lint: .venv/.dev              ## style, formatting, the import contract
	@$(BIN)/ruff check . && $(BIN)/ruff format --check . && $(BIN)/lint-imports --no-logo

types: .venv/.dev             ## mypy --strict and pyright
	@$(BIN)/mypy && $(BIN)/pyright

docs: .venv/.dev              ## every page is executed or compared
	@$(BIN)/pytest tests/docs

.venv/bin/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "gameday needs Python 3.11 or newer: make PYTHON=python3.12 ...")'
	@$(PYTHON) -m venv .venv

.venv/.runtime: .venv/bin/python requirements/runtime.lock pyproject.toml
	@echo "installing (once) ..."
	@$(BIN)/pip install --quiet --disable-pip-version-check --require-hashes -r requirements/runtime.lock
	@$(BIN)/pip install --quiet --disable-pip-version-check --no-deps -e .
	@touch $@

.venv/.dev: .venv/bin/python requirements/dev.lock pyproject.toml
	@echo "installing (once) ..."
	@$(BIN)/pip install --quiet --disable-pip-version-check --require-hashes -r requirements/dev.lock
	@$(BIN)/pip install --quiet --disable-pip-version-check --no-deps -e .
	@touch $@ .venv/.runtime

clean:
	rm -rf .venv dist .mypy_cache .ruff_cache .pytest_cache

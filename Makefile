# One command each. Needs Python 3.11+ and make, nothing else. `make` alone lists them.
PYTHON ?= python3
VENV := .venv
RUN := $(VENV)/bin/python -m
# Shows progress. pip's own output goes to a log, which is shown only after a failure.
INSTALL := requirements/install.py
ON_INTERRUPT := trap 'echo; echo "Installation interrupted. Run the same make again to continue."; exit 130' INT TERM

.DEFAULT_GOAL := help
.PHONY: help install demo quick test engines again crash bench lint types docs reference pictures site lock clean

help:
	@sed -n 's/^\([a-z]*\):[^#]*## /make \1#/p' Makefile | while IFS='#' read -r name what; do printf '%-12s %s\n' "$$name" "$$what"; done

install: $(VENV)/.install      ## install gameday into .venv, without the demo's PostgreSQL
	@echo "Installed. Describe your system: $(VENV)/bin/gameday init"

demo: $(VENV)/.runtime        ## rehearse a drill in the demo: a slow PostgreSQL, a scripted team, a verified revert
	@$(RUN) gameday run db-slowdown.yaml --rehearse --first-mitigation

# The lanes of the tests: tests/support/lanes.py.
quick: $(VENV)/.dev           ## run the tests of the pure layers (no process, no server)
	@$(RUN) pytest -n 2 -m quick

test: $(VENV)/.dev            ## run every test that needs no real engine
	@$(RUN) pytest -n 3 --dist worksteal -m 'not engines'

# GAMEDAY_SEED pairs kinds of faults with endings; make crash has all of the pairs.
engines: $(VENV)/.dev         ## run the tests on real engines; skipped, with a reason, if an engine is missing
	@$(RUN) pytest -n 3 --dist worksteal -m engines

again: $(VENV)/.dev           ## rerun only the tests that failed last time, one at a time
	@$(RUN) pytest --last-failed --last-failed-no-failures none

crash: $(VENV)/.dev           ## run hundreds of kills (`GAMEDAY_KILLS`, default 200), and every container fault with every ending
	@GAMEDAY_KILLS=$${GAMEDAY_KILLS:-200} GAMEDAY_MATRIX=1 $(RUN) pytest -n 2 tests/crash

bench: $(VENV)/.dev           ## measure, and compare with a peer
	@cd tests && ../$(RUN) bench --write ../docs/explanation/benchmarks.md

lint: $(VENV)/.dev            ## check style, formatting and the import contract
	@$(RUN) ruff check . && $(RUN) ruff format --check . && $(VENV)/bin/lint-imports --no-logo

types: $(VENV)/.dev           ## run mypy --strict and pyright
	@$(RUN) mypy && $(RUN) pyright

docs: $(VENV)/.dev            ## execute or compare every page
	@$(RUN) pytest tests/docs

reference: $(VENV)/.dev       ## regenerate the reference pages from the code
	@cd tests && ../$(RUN) reference_pages

pictures: $(VENV)/.dev        ## render the pictures of README and docs from recorded drills
	@cd tests && ../$(RUN) pictures

site: $(VENV)/.site           ## build the documentation site in build/site
	@NO_MKDOCS_2_WARNING=1 $(VENV)/site/bin/mkdocs build --quiet --clean && echo "build/site/index.html"

lock:                         ## lock the dependencies again after a change in pyproject.toml (needs uv)
	uv pip compile $(LOCK) --group build pyproject.toml -o requirements/install.lock
	uv pip compile $(LOCK) --extra demo --group build pyproject.toml -o requirements/runtime.lock
	uv pip compile $(LOCK) --extra demo --group dev pyproject.toml -o requirements/dev.lock
	uv pip compile $(LOCK) --group site -o requirements/site.lock
LOCK := --quiet --universal --generate-hashes --no-emit-index-url --no-annotate --no-header --python-version 3.11

clean:                        ## remove everything that these commands created
	rm -rf $(VENV) dist build .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache

# A venv that is incomplete or was copied from elsewhere cannot run its own pip: create it again.
$(VENV)/.made:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "gameday needs Python 3.11 or newer: make PYTHON=python3.12 ...")'
	@echo "Making $(VENV) ..."
	@$(ON_INTERRUPT); $(RUN) pip --version >/dev/null 2>&1 || \
	  { rm -rf $(VENV); output=$$($(PYTHON) -m venv $(VENV) 2>&1) || { echo "$$output"; exit 1; }; }
	@touch $@

# The mark is set only after a complete installation; an interrupted one is repeated.
$(VENV)/.install: $(VENV)/.made requirements/install.lock pyproject.toml
	@$(VENV)/bin/python $(INSTALL) requirements/install.lock
	@touch $@

$(VENV)/.runtime: $(VENV)/.made requirements/runtime.lock pyproject.toml
	@$(VENV)/bin/python $(INSTALL) requirements/runtime.lock
	@touch $@

$(VENV)/.dev: $(VENV)/.made requirements/dev.lock pyproject.toml
	@$(VENV)/bin/python $(INSTALL) requirements/dev.lock
	@touch $@ $(VENV)/.runtime

# The site's packages have a venv of their own: they and the program do not depend on each other.
$(VENV)/.site: $(VENV)/.made requirements/site.lock
	@$(PYTHON) -m venv $(VENV)/site
	@$(VENV)/site/bin/python $(INSTALL) requirements/site.lock --packages-only
	@touch $@

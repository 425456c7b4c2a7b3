# The two commands: `make scan` looks at this machine, `make test` passes the whole suite.

PY := .venv/bin/python
DATA ?= nightledger-data

.PHONY: help scan test demo lint types imports docs readme lock clean

help:  ## what there is
	@grep -hE '^[a-z]+:.*##' $(MAKEFILE_LIST) | sed 's/:.*##/\t/'

.venv/all: requirements/all.txt requirements/build.txt pyproject.toml
	scripts/environment all

.venv/dev: requirements/dev.txt requirements/build.txt pyproject.toml
	scripts/environment dev

scan: .venv/all  ## set up, scan this machine, write the report
	@scripts/scan $(DATA)

test: .venv/dev  ## set up, install the servers the tests need (root on Debian), run every test
	@scripts/servers
	@scripts/roots & roots=$$!; scripts/guest && wait $$roots
	$(PY) -m pytest -n auto --maxprocesses 4 --dist loadfile

demo: .venv/dev  ## two nights of a small hospital on loopback servers
	@scripts/servers
	@$(PY) -m demo $(DATA)/demo

lint: .venv/dev  ## style, docstrings
	$(PY) -m ruff check .
	$(PY) -m ruff format --check .
	$(PY) -m interrogate -q collectors checks evidence config nightledger scheduler.py

types: .venv/dev  ## mypy --strict
	$(PY) -m mypy

imports: .venv/dev  ## which part may import which
	.venv/bin/lint-imports

docs: .venv/dev  ## regenerate what the documentation repeats
	$(PY) -m nightledger.docs

readme: .venv/dev  ## put the demo's second morning into the README
	$(PY) -m demo.readme

lock:  ## pin every dependency with hashes (needs uv)
	scripts/lock

clean:  ## forget the environment and caches
	rm -rf .venv .pytest_cache .mypy_cache .ruff_cache .import_linter_cache build dist

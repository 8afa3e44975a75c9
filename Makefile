# `make demo` and `make test` need nothing but make and Python 3.11 or newer.
SHELL := /bin/sh
PORT ?= 8000
PYTHON ?= $(shell for p in python3 python3.14 python3.13 python3.12 python3.11 python; do \
	"$$p" -c 'import sys; sys.exit(sys.version_info < (3, 11))' >/dev/null 2>&1 && echo "$$p" && break; done)
# Byte code is kept, or every start would compile everything again.
unexport PYTHONDONTWRITEBYTECODE
.DEFAULT_GOAL := help
.NOTPARALLEL:
.PHONY: help demo test mutations one check format browser pictures lock audit sbom wheel clean need-python \
	ready-for-demo ready-for-test ready-for-release

help: ## print this list
	@sed -n 's/^\([a-z]*\):.*## \(.*\)/make \1\t\2/p' $(MAKEFILE_LIST) | expand -t 16

demo: ready-for-demo ## start KeyConsole with its sandbox KMS on PORT (8000); Ctrl-C ends everything
	@exec $(PYTHON) -m tools.demo --port "$(PORT)"

test: ready-for-test ## every check and every test, browser included; one verdict
	@exec .venv/bin/python -m tools.verify

mutations: ready-for-test ## break each promise of the product in a copy: do its tests notice?
	@exec .venv/bin/python -m tools.mutations

campaign: ready-for-test ## hundreds of moves under workers that die at random points, on both databases (MOVES=300, SEED=…)
	@.venv/bin/python -m pytest -q -s -p no:randomly -m campaign tests/campaign
	@.venv/bin/python -m pytest -q -p no:randomly -n 1 -p tests.postgres -m campaign -rP tests/campaign

one: ready-for-test ## run one test: make one TEST=tests/audit/test_check.py, or TEST=…::test_name
	@test -n "$(TEST)" || { echo "Which one? For example: make one TEST=tests/audit/test_check.py" >&2; exit 2; }
	@exec .venv/bin/python -m pytest -q --no-header -m "" "$(TEST)"

check: ready-for-test ## the checks without the tests: format, lint, types, layers, security of the code, migrations
	@exec .venv/bin/python -m tools.verify --only checks

browser: ready-for-test ## the journeys in Chromium alone
	@exec .venv/bin/python -m tools.verify --only browser

pictures: ready-for-test ## take pictures of every page and state (FOLDER=.pictures/now, BEFORE=… to lay beside, ONLY="keys change")
	@exec .venv/bin/python -m tools.pictures $(if $(FOLDER),--folder "$(FOLDER)") $(if $(BEFORE),--before "$(BEFORE)") $(if $(ONLY),--only $(ONLY))

lock: ready-for-release ## write requirements.lock anew: what a deployment installs, by hash (needs the network)
	@exec .venv/bin/python -m tools.lock

audit: ready-for-release ## look up known vulnerabilities of what a deployment installs (needs the network)
	@exec .venv/bin/pip-audit --strict --require-hashes --disable-pip -r requirements.lock

sbom: ready-for-test ## write the bill of materials of what a deployment runs, as CycloneDX JSON in dist/
	@exec .venv/bin/python -m tools.sbom

format: ready-for-test ## format Python and templates
	@.venv/bin/ruff check --quiet --select I --fix . ; .venv/bin/ruff format .
	@find templates -name '*.html' -exec .venv/bin/djade {} +

wheel: ready-for-test ## build dist/keyconsole-….whl, which pip, pipx and uvx install without the checkout
	@rm -rf dist && exec .venv/bin/python -m pip wheel --quiet --no-deps --no-build-isolation --wheel-dir dist .
	@ls dist/*.whl

clean: ## remove the demo's data, caches and the virtual environment
	@rm -rf .venv .demo .pictures dist .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache \
		.coverage htmlcov staticfiles test-results
	@find . -name __pycache__ -type d -prune -exec rm -rf {} +

ready-for-demo: need-python
	@$(PYTHON) -m tools.prepare demo

ready-for-test: need-python
	@$(PYTHON) -m tools.prepare test

ready-for-release: need-python
	@$(PYTHON) -m tools.prepare release

need-python:
	@test -n "$(PYTHON)" || { echo "KeyConsole needs Python 3.11 or newer on the PATH (or make PYTHON=/path/to/python3)." >&2; exit 1; }

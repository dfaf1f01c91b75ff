# What can be done here. `make` alone prints it.
# The first Python that really runs and is new enough: a shim may stand for one that is not there.
NEW_ENOUGH := import sys; sys.exit(sys.version_info < (3, 11))
PYTHON ?= $(shell for name in python3.11 python3.12 python3.13 python3.14 python3; do \
	$$name -c '$(NEW_ENOUGH)' 2>/dev/null && echo $$name && break; done)
PYTHON := $(PYTHON)
VENV := .venv/bin/python
WEIGHTS ?= data/models
# Tests of the whole product: they measure time, so one after the other, and one that fails is played once more and listed as such.
# All others run in two processes, file by file.
WHOLE := browser or wiring or engines

.DEFAULT_GOAL := help
.PHONY: help run test check format bench constraints clean dev

help: ## Show this list
	@awk -F ':.*## ' '/^[a-z]+:.*## / { printf "  make %-12s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

run: python ## Install what is missing and start; prints the address to open
	@exec $(PYTHON) -m launch

dev: python
	@$(PYTHON) -m launch dev

test: dev ## Install what is missing and run all tests; ARGS="apps/runs -k stop" for some
	@$(VENV) -m engines.fetch --dest $(WEIGHTS) || echo "Tests of the built-in model are skipped: its weights could not be fetched."
	@$(VENV) -m tests.servers.environment || echo "Tests against the LiteLLM proxy are skipped."
ifneq ($(ARGS),)
	@$(VENV) -m pytest $(ARGS)
else
	@failed=0; \
	$(VENV) -m pytest -m "not ($(WHOLE))" -n 2 --dist loadfile || failed=1; \
	$(VENV) -m pytest -m "$(WHOLE)" --reruns 1 -r fEsR || failed=1; \
	exit $$failed
endif

check: dev ## Style, types and who may import whom
	@$(VENV) -m ruff check .
	@$(VENV) -m ruff format --check .
	@$(VENV) -m mypy
	@$(VENV) -c 'from importlinter.cli import lint_imports_command; lint_imports_command()'

format: dev ## Put the code into its one form
	@$(VENV) -m ruff check --fix .
	@$(VENV) -m ruff format .

bench: dev ## Measure what the speed promises say
	@$(VENV) -m benchmarks $(ARGS)

constraints: ## Pin anew what the requirement files bring along
	@$(PYTHON) -m launch.pin

clean: ## Remove what can be made again; data/ stays
	@rm -rf .venv .venv-litellm staticfiles .pytest_cache .mypy_cache .ruff_cache .import_linter_cache test-results
	@find . -name __pycache__ -type d -not -path './data/*' -prune -exec rm -rf {} +

.PHONY: python
python:
	@test -n "$(PYTHON)" || { echo "Python 3.11 or newer was not found. Install it, or name it: make run PYTHON=/path/to/python3" >&2; exit 1; }

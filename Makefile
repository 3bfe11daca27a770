# `make demo` and `make test` work from a bare clone; both make their own environment in .venv, once.
#
#   PYTHON=…        the Python to use; found otherwise (3.11 or newer)
#   PIP_OPTIONS=…   more options for pip, for example an index with wheels of torch for machines without a GPU

SHELL := /bin/sh
.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
.PHONY: help demo test test-all check format bench docs clean

VENV := .venv
BIN := $(VENV)/bin
READY := $(VENV)/.ready
DOCS_READY := $(VENV)/.docs-ready
DEMO_RUN := runs/demo
ADULT_COLUMNS := age,workclass,fnlwgt,education,education-num,marital-status,occupation,relationship,race,sex,capital-gain,capital-loss,hours-per-week,native-country,income
PYTEST := $(BIN)/python -m pytest

help: ## Show this list
	@sed -n 's/^\([a-z-]*\):.*## \(.*\)/  make \1\t\2/p' $(MAKEFILE_LIST) | expand -t 20

demo: $(READY) demo/adult.data ## The main job on real raw data: ends by printing where the report is
	@rm -rf $(DEMO_RUN)
	@$(BIN)/bringup run demo/adult.data --test demo/adult.test --names $(ADULT_COLUMNS) --target income --folder $(DEMO_RUN) \
		|| test $$? -eq 1 # 1: there are findings, and in this data there are
	@printf '\nThe report: %s\n' "$(CURDIR)/$(DEMO_RUN)/report.html"

test: $(READY) ## The quick tests
	$(PYTEST) -n auto -m "not slow and not cuda"

test-all: $(READY) ## All tests, the slow ones too
	$(PYTEST) -n auto

check: $(READY) ## Lint, format, types, and the import contract
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/pyright --pythonpath $(BIN)/python
	$(BIN)/lint-imports

format: $(READY) ## Format, and mend what the linter can mend
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

bench: $(READY) ## The figures by which the project is judged; downloads data
	$(BIN)/python benchmarks/run_all.py
	$(BIN)/python benchmarks/programs.py --framework torch
	$(BIN)/python benchmarks/watching.py

docs: $(DOCS_READY) ## The documentation, into site/
	$(BIN)/python docs/generate_checks.py
	$(BIN)/mkdocs build --strict

clean: ## Remove everything that was made here, runs too
	rm -rf $(VENV) .cache demo runs site build dist .pytest_cache .ruff_cache .hypothesis .import_linter_cache
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

$(READY): pyproject.toml constraints.txt
	@.ci/environment $(VENV)
	$(BIN)/python -m pip install --quiet $(PIP_OPTIONS) -c constraints.txt -e ".[dev]"
	@touch $@

$(DOCS_READY): $(READY)
	$(BIN)/python -m pip install --quiet $(PIP_OPTIONS) -c constraints.txt -e ".[dev,docs]"
	@touch $@

demo/adult.data: | $(READY)
	$(BIN)/python examples/fetch_adult.py demo

# Needs make and a Python 3.11, 3.12 or 3.13; everything else goes into .venv. `make` alone prints the targets.
# ARGS="--dataset aptos" goes to the command of `make train`, ARGS="-k word" to pytest; PYTHON=/path/to/python chooses another Python.

.DEFAULT_GOAL := help
.PHONY: help train test test-all check docs clean
.DELETE_ON_ERROR:

RUN := .venv/bin/python -m
PYTEST := $(RUN) pytest -n auto --dist loadfile --max-worker-restart 0
CANDIDATES := $(if $(PYTHON),"$(PYTHON)",python3.11 python3.12 python3.13 python3 python)
IS_SUPPORTED := import sys; sys.exit(not (3, 11) <= sys.version_info < (3, 14))
# For the tests of the page. Only root on Debian can be helped: on Ubuntu the package is a snap, which containers cannot run.
BROWSER_IS_THERE := $(RUN) docs.chromium >/dev/null
INSTALL_BROWSER := { [ "$$(id -u)" = 0 ] && grep -qs '^ID=debian' /etc/os-release && \
  echo "== Installing chromium, which the tests of the page open" && \
  { apt-get update && DEBIAN_FRONTEND=noninteractive apt-get install -y --no-install-recommends chromium; } >/dev/null 2>&1; }
export PIP_DISABLE_PIP_VERSION_CHECK := 1

help:  ## print the targets
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "make %-9s %s\n", $$1, $$2 }' Makefile

train: .venv/.installed  ## install what running needs, then train, evaluate and export (default data set: digits)
	@echo "== Training: python -m conbal_tf.train $(ARGS)"
	@$(RUN) conbal_tf.train $(ARGS)

test: .venv/.installed-dev  ## install what the tests need, then run the fast tests
	@echo "== Running the tests (those marked slow or gpu are left out)"
	@$(PYTEST) $(ARGS)

test-all: .venv/.installed-dev  ## run the slow tests too
	@echo "== Running all tests but those marked gpu"
	@$(PYTEST) -m "not gpu" $(ARGS)

# import-linter runs without its cache, which keeps an import of a module that did not exist yet as one of its package.
check: .venv/.installed-dev  ## lint, format, types, floors, sizes, site, package: what CI runs before the tests
	@echo "== ruff: mistakes and style"
	@$(RUN) ruff check .
	@echo "== ruff: format"
	@$(RUN) ruff format --check .
	@echo "== mypy: types"
	@$(RUN) mypy
	@echo "== import-linter: floors"
	@.venv/bin/python -c 'from importlinter.cli import lint_imports_command; lint_imports_command()' --no-cache
	@echo "== sizes, names and files; the site of the pages, warnings as errors, and its links"
	@$(RUN) pytest -q -m "" tests/test_house.py tests/test_site.py
	@echo "== build and twine: the package, in build/dist"
	@rm -rf build/dist build/lib build/bdist.* && mkdir -p build
	@$(RUN) build --no-isolation --outdir build/dist . >build/log 2>&1 || { cat build/log; exit 1; }
	@$(RUN) twine check --strict build/dist/*

docs: .venv/.installed-docs  ## build the pages and docstrings as a site in build/docs; warnings are errors
	@$(RUN) sphinx -E -W --keep-going -q -d build/doctrees docs build/docs
	@echo "== Open build/docs/index.html"

clean:  ## remove .venv and caches; records/ and runs/ stay
	rm -rf .venv .pytest_cache .mypy_cache .ruff_cache .hypothesis .import_linter_cache build conbal_tf.egg-info
	find conbal_tf tfrecords_tools tests -name __pycache__ -type d -prune -exec rm -rf {} +

# The stamps are written last, so an interrupted installation is taken up again; with them, nothing below needs the network.
.venv/.installed: requirements.txt
	@if ! { .venv/bin/python -c '$(IS_SUPPORTED)' && .venv/bin/python -m pip --version; } >/dev/null 2>&1; then \
	  chosen=""; without_venv=""; \
	  for candidate in $(CANDIDATES); do \
	    "$$candidate" -c '$(IS_SUPPORTED)' >/dev/null 2>&1 || continue; \
	    if "$$candidate" -c 'import ensurepip, venv' >/dev/null 2>&1; then chosen="$$candidate"; break; fi; \
	    without_venv="$$candidate"; \
	  done; \
	  if [ -z "$$chosen" ] && [ -n "$$without_venv" ]; then \
	    echo "$$without_venv cannot make virtual environments: its module venv or ensurepip is missing." \
	      "Install it (on Debian and Ubuntu: apt install python3-venv), or name another Python: make PYTHON=/path/to/python" >&2; exit 1; \
	  elif [ -z "$$chosen" ]; then \
	    echo "No Python 3.11, 3.12 or 3.13 that runs; tried: "$(CANDIDATES)"." \
	      "Install one of them, or name one: make PYTHON=/path/to/python" >&2; exit 1; \
	  fi; \
	  echo "== Making .venv with $$("$$chosen" --version)"; \
	  "$$chosen" -m venv --clear .venv; \
	fi
	@echo "== Installing requirements.txt into .venv (TensorFlow alone is some 600 MB: a few minutes at the first time)"
	@$(RUN) pip install -r requirements.txt
	@touch $@

.venv/.installed-dev: requirements-dev.txt requirements-docs.txt .venv/.installed
	@echo "== Installing requirements-dev.txt and requirements-docs.txt into .venv"
	@$(RUN) pip install -r requirements-dev.txt -r requirements-docs.txt
	@$(BROWSER_IS_THERE) || $(INSTALL_BROWSER) || \
	  echo "No Chromium: the tests of the page in a browser will be skipped. Install it, or name one in CHROMIUM."
	@touch $@

.venv/.installed-docs: requirements-docs.txt .venv/.installed
	@echo "== Installing requirements-docs.txt into .venv"
	@$(RUN) pip install -r requirements-docs.txt
	@touch $@

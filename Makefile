# Needs python3 (3.11 or newer), pip and git; everything else is installed into .venv.
.DEFAULT_GOAL := help
.PHONY: help demo test check static install reference docs studies validate lock wheelhouse clean python

PYTHON ?= python3
VENV_PYTHON := .venv/bin/python
PYTEST := $(VENV_PYTHON) -m pytest -q -n 2 --dist loadfile

# What tests may not skip, comma-separated: shared, spark, postgres.
REQUIRE ?=
# Further arguments of pytest, e.g. ARGS='-k lock'.
ARGS ?=
# Parts of the validation, e.g. PART=worlds; all of them by default.
PART ?=
# Studies to run alone, e.g. ONLY='rd_age30 kvp_2016'; all of them by default.
ONLY ?=
# Target of the wheelhouse: native, linux or windows, and its Python, e.g. 3.12.
PLATFORM ?= native
PYTHON_VERSION ?=
# Renew pins that still fit, too: UPGRADE=1.
UPGRADE ?=

# A process that may not keep what it compiled compiles a thousand modules again.
unexport PYTHONDONTWRITEBYTECODE

help: ## list the targets
	@sed -n 's/^\([a-z]*\):.*## \(.*\)/  make \1|\2/p' Makefile | awk -F'|' '{printf "%-18s %s\n", $$1, $$2}'

demo: install ## install, then run the three demo specs on synthetic data
	@.venv/bin/activity-duty demo

test: install ## install, then run every test (REQUIRE=shared ARGS='-k name')
	@REQUIRE='$(REQUIRE)' $(PYTEST) $(ARGS)

check: static ## ruff, strict mypy, import layers, then the fast tests
	@REQUIRE='$(REQUIRE)' $(PYTEST) -m 'not slow' $(ARGS)

static: install ## ruff, strict mypy, import layers
	@$(VENV_PYTHON) .ci/check.py

install: python ## install requirements.lock and the project into .venv, if either changed
	@$(PYTHON) .ci/install.py

reference: install ## run the demo specs and renew outputs/reference
	@$(VENV_PYTHON) .ci/reference.py

docs: install ## make docs/reference and build the documentation into site/
	@$(VENV_PYTHON) .ci/docs.py

studies: install ## run every study on its world, renew specs/studies/found.csv and docs/studies (ONLY=rd_age30)
	@$(VENV_PYTHON) .ci/run_studies.py --pages $(foreach one,$(ONLY),--only $(one))

validate: install ## run tests/simulation, resumably, and write docs/validation.md (PART=worlds)
	@$(VENV_PYTHON) .ci/validate.py $(PART)

lock: install ## compile requirements.lock from pyproject.toml (UPGRADE=1 renews every pin)
	@$(VENV_PYTHON) .ci/lock.py $(if $(UPGRADE),--upgrade)

wheelhouse: install ## fill wheelhouse/ for a machine without internet (PLATFORM=windows PYTHON_VERSION=3.12)
	@$(VENV_PYTHON) .ci/wheelhouse.py --platform $(PLATFORM) $(if $(PYTHON_VERSION),--python $(PYTHON_VERSION))

clean: ## remove .venv, caches, wheelhouse/ and outputs other than the reference
	@rm -rf .venv wheelhouse dist site .cache .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache
	@find outputs -mindepth 1 -maxdepth 1 ! -name reference ! -name README.md -exec rm -rf {} +

python:
	@command -v '$(PYTHON)' >/dev/null || { echo "make: no '$(PYTHON)' here: install Python 3.11 or newer, or name one: make PYTHON=python3.12" >&2; exit 15; }
	@'$(PYTHON)' -c 'import sys; v = sys.version_info[:2]; v >= (3, 11) or sys.exit("make: $(PYTHON) is Python %d.%d, and 3.11 or newer is needed: make PYTHON=python3.12" % v)'

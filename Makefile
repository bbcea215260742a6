# setup: an environment in .venv · run: plan the public Libya case · serve: the workspace, in the folder workspace · demo: a filled workspace, in out/demo · test · lint · bench · docs: the documentation site in out/docs
# picture: renew the picture of the README
# coverage: tests of the rooms with the share of lines they run · notebooks: run the tutorials and store what they show
.PHONY: setup run serve demo test coverage lint bench docs notebooks picture
.DEFAULT_GOAL := run

VENV := .venv
BIN := $(VENV)/bin
ROOMS := case diagnose match works effects
PIP := PIP_CONSTRAINT=$(CURDIR)/constraints.txt $(BIN)/python -m pip install --quiet --disable-pip-version-check

setup: $(VENV)/.dev

$(BIN)/python:
	@echo "Making $(VENV) …"
	@sh .ci/venv $(VENV)

# Running needs less than developing, and a newcomer waits for it.
$(VENV)/.ready: $(BIN)/python pyproject.toml constraints.txt
	@echo "Installing Tawteen …"
	@$(PIP) -e .
	@$(BIN)/python -m compileall -q src  # an installation in place compiles no module: the first commands would wait
	@touch $@

$(VENV)/.dev: $(VENV)/.ready
	@echo "Installing what tests and lint need …"
	@$(PIP) -e '.[dev]'
	@touch $@

run: $(VENV)/.ready
	@$(BIN)/tawteen plan cases/libya/case --out out/libya --time-limit 60
	@printf '\n%s\n' 'Go on:  ./tawteen explain out/libya   ·   ./tawteen template mycase.xlsx   ·   ./tawteen --help' \
		'للمتابعة:  ./tawteen explain out/libya --lang ar   ·   ./tawteen --help --lang ar'

$(VENV)/.web: $(VENV)/.ready
	@echo "Installing what the workspace needs …"
	@$(PIP) -e '.[web]'
	@touch $@

serve: $(VENV)/.web
	@$(BIN)/tawteen serve --data workspace

demo: $(VENV)/.web
	@[ -d out/demo ] || $(BIN)/tawteen demo out/demo
	@$(BIN)/tawteen serve --data out/demo

# Without stored bytecode every worker and every process that a test starts would compile all modules again.
test coverage: export PYTHONDONTWRITEBYTECODE :=

test: $(VENV)/.dev
	$(BIN)/pytest -n auto --dist worksteal

# On Python 3.12 and later the whole suite is measured at little cost. On 3.11 measuring takes two thirds more time, so
# there it is the rooms before planning, by their own tests.
coverage: $(VENV)/.dev
	@if $(BIN)/python -c 'import sys; sys.exit(sys.version_info < (3, 12))'; then \
		COVERAGE_CORE=sysmon $(BIN)/pytest -q -n auto --dist worksteal --cov=tawteen --cov-report=term:skip-covered; \
	else \
		$(BIN)/pytest -q -n auto --dist worksteal $(ROOMS:%=tests/%) $(ROOMS:%=--cov=tawteen.%) --cov-report=term:skip-covered; \
	fi

lint: $(VENV)/.dev
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/bandit --quiet --severity-level medium --recursive src 2>/dev/null
	$(BIN)/djlint --lint --quiet src/tawteen/web/templates

bench: $(VENV)/.dev
	@$(PIP) -e '.[bench]'
	@set -e; for script in benchmarks/*.py; do echo "$$script"; $(BIN)/python "$$script"; done

docs: $(VENV)/.dev
	$(BIN)/python docs/build.py
	@$(PIP) -e '.[docs]'
	$(BIN)/sphinx-build -q -W --keep-going -b html docs out/docs
	@echo "Open out/docs/index.html"

notebooks: $(VENV)/.dev
	@$(PIP) -e '.[docs]'
	$(BIN)/python docs/notebook.py

picture: $(VENV)/.dev
	$(BIN)/python docs/picture.py

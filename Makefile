# Everything below sets up its own .venv from the hash-locked requirements. Needed: Python 3.11+, make, git.
PYTHON ?= python3
BIN := .venv/bin
PIP := $(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes --only-binary :all:

.PHONY: run test check faults format texts pictures bench clean

run: .venv/run.done
	@$(BIN)/python -m bot run --or-sandbox

test: .venv/dev.done
	$(BIN)/python tests/whole.py

check: .venv/dev.done
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/python tests/whole.py

# Kills, floods, broken networks and full disks: a sample of them is in `make test`, all of them are here, within the
# hour. At the end stands each promise with its figure. With HEADSUP_SWEEP=sample it is the sample alone.
HEADSUP_SWEEP ?= full
faults: .venv/dev.done
	HEADSUP_SWEEP=$(HEADSUP_SWEEP) $(BIN)/python tests/faults/sweep.py

format: .venv/dev.done
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

# Gathers what the bot says into bot/texts/*.po and tells what has no translation yet.
texts: .venv/dev.done
	@$(BIN)/python tools/texts.py

# Walks through the sandbox in Chromium and keeps the README's pictures of it in docs/pictures.
pictures: .venv/dev.done
	$(BIN)/python tools/pictures.py

bench: .venv/dev.done
	@for script in benchmarks/*.py; do $(BIN)/python $$script || exit 1; done

# Build products only: data/, config.toml and headsup.key are yours and stay.
clean:
	rm -rf .venv build dist .mypy_cache .ruff_cache .hypothesis .import_linter_cache artifacts
	find bot jobs tests benchmarks -name __pycache__ -type d -prune -exec rm -rf {} +

.venv/bin/python:
	@echo "Setting up .venv (once, about a minute)…"
	@$(PYTHON) -c 'import sys; sys.exit(0 if sys.version_info >= (3, 11) else "HeadsUp needs Python 3.11 or newer; this is " + sys.version.split()[0] + ". Try: make PYTHON=python3.12 run")'
	@$(PYTHON) -m venv .venv || { rm -rf .venv; exit 1; }

.venv/run.done: requirements.lock pyproject.toml | .venv/bin/python
	@$(PIP) -r requirements.lock
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation --editable .
	@touch $@

.venv/dev.done: requirements-dev.lock .venv/run.done
	@$(PIP) -r requirements-dev.lock
	@touch $@

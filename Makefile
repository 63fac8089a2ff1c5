# Two commands: `make book` builds the book, `make test` runs the tests.
# Both make the environment in .venv first when it is missing or its pins changed.

PYTHON ?= python3
VENV ?= .venv
BIN := $(VENV)/bin
READY := $(VENV)/.ready

.PHONY: book test install clean

book: $(READY)
	$(BIN)/humanlike build

test: $(READY)
	$(BIN)/python -m pytest -n auto --dist loadgroup

install: $(READY)

$(READY): requirements.txt pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info[:2] < (3, 11))' || \
	  { echo "make: $(PYTHON) is too old; Python 3.11 or newer is needed (make PYTHON=python3.11 …)"; exit 1; }
	test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --disable-pip-version-check --requirement requirements.txt
	$(BIN)/python -m pip install --disable-pip-version-check --no-deps --no-build-isolation --editable .
	@touch $(READY)

clean:
	rm -rf _build

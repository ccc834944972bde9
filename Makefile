# What is run by hand: the checks that take minutes. `.ci/run` holds everything that must pass.
PYTHON ?= python3
SECONDS_EACH ?= 120
export PYTHONPATH := src

.PHONY: check test fuzz load waste audit bundle windows zipapp

check:
	$(PYTHON) -m ruff check .
	$(PYTHON) -m ruff format --check .
	$(PYTHON) -m mypy --strict

test:
	$(PYTHON) -m pytest -q

# Coverage-guided, SECONDS_EACH for each of the targets; needs pip install ".[fuzz]".
fuzz:
	$(PYTHON) fuzz/run.py --seconds $(SECONDS_EACH)

# 1,500 honest and 500 hostile files in one inbox, against the 1,500 alone.
load:
	$(PYTHON) benchmarks/load.py

# How much higher the plan sheet is than the print gate needs; needs the gate in ../shared/tools, and LibreOffice.
waste:
	$(PYTHON) benchmarks/waste.py

# Known vulnerabilities of the pinned packages.
audit:
	$(PYTHON) requirements/audit.py

# All wheels for Windows, macOS and Linux with licences, hashes and install scripts: installs without a network.
bundle:
	$(PYTHON) scripts/make_bundle.py

# A folder for Windows that runs without any installation; EMBEDDABLE is Python's own zip, downloaded by hand.
windows:
	$(PYTHON) scripts/make_bundle.py --embeddable $(EMBEDDABLE)

# One file for this platform that needs only Python.
zipapp:
	$(PYTHON) scripts/make_bundle.py --zipapp

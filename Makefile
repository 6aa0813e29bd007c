# make demo | test | test-slow | check | bench | evidence | docs | notebooks | site | clean
# Needs Python 3.11 or later with pip, and make. No compiler.

PYTHON ?= $(shell command -v python3.11 || command -v python3)
VENV   := .venv
BIN    := $(VENV)/bin
STAMP  := $(VENV)/installed
PIP    := $(BIN)/python -m pip -qq --disable-pip-version-check
# The exact versions that the tests pass with, by the Python of $(VENV).
PINS   := $$($(BIN)/python -c 'import sys; print("constraints.txt" if sys.version_info < (3, 12) else "constraints-newer.txt")')

# How many processes share the tests. 0 runs them in one, as a debugger wants it.
PROCESSES ?= 2

# What codespell reads: all text but tests, which misspell on purpose.
PROSE := README.md AGENTS.md CHANGELOG.md docs site brainlearn pages benchmarks examples circuits experiments

# One thread in each process: several BLAS or OpenMP threads on a busy machine are slower than one.
export OMP_NUM_THREADS      := 1
export OPENBLAS_NUM_THREADS := 1
export MKL_NUM_THREADS      := 1
export NUMBA_NUM_THREADS    := 1

.DEFAULT_GOAL := help
.PHONY: help demo test test-slow check bench evidence docs notebooks site clean

help:
	@echo "make demo       install, train two areas on handwritten digits, and their mirror by backpropagation"
	@echo "make test       style, types, layers, spelling, then all tests except slow ones"
	@echo "make test-slow  the slow tests"
	@echo "make check      style, types, layers, spelling"
	@echo "make bench      speed and memory against stock Brian2 and other libraries -> benchmarks/latest.json"
	@echo "make evidence   claims and recorded results -> docs/evidence.md, docs/evidence/"
	@echo "make docs       the generated pages of docs/"
	@echo "make notebooks  the examples of the gallery as notebooks -> notebooks/"
	@echo "make site       the documentation as a site, its blocks executed -> build/site/html/index.html"

$(VENV): $(STAMP)

$(STAMP): pyproject.toml constraints.txt constraints-newer.txt
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "brainlearn needs Python 3.11 or later: make PYTHON=/path/to/python3.11"; exit 1; }
	@test -x $(BIN)/python || { echo "Making $(VENV) with $(PYTHON)"; $(PYTHON) -m venv $(VENV) >/dev/null 2>&1 || $(PYTHON) -m venv --clear --without-pip $(VENV); }
	@$(BIN)/python -m pip --version >/dev/null 2>&1 || $(PYTHON) -m pip -qq --python $(BIN)/python install pip
	@echo "Installing brainlearn and what it needs into $(VENV) (about 1 GB on disk; a few minutes the first time)"
	@$(PIP) install --constraint $(PINS) --editable '.[codes,environments,interchange,search,site,test]'
	@touch $@

demo: $(STAMP)
	@$(BIN)/brainlearn run experiments/01_forward_forward_digits/experiment.toml
	@echo "The run folder is named above; look again with: $(BIN)/brainlearn compare RUN_FOLDER"

check: $(STAMP)
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/codespell $(PROSE)

test: check
	$(BIN)/python -m pytest -q -n $(PROCESSES) --dist worksteal -m "not slow"

test-slow: $(STAMP)
	$(BIN)/python -m pytest -q -m slow

bench: $(STAMP)
	@$(PIP) install --constraint $(PINS) --editable '.[bench]' || echo "The peers could not be installed: they will be reported as missing."
	$(BIN)/python -m benchmarks.run

evidence: $(STAMP)
	$(BIN)/python -m pages.evidence

docs: $(STAMP) evidence
	$(BIN)/python -m pages.circuits docs
	$(BIN)/python -m pages.experiments docs
	$(BIN)/python -m pages.engines docs
	$(BIN)/python -m pages.sweeps docs
	$(BIN)/python -m pages.published docs
	$(BIN)/python -m pages.zoo docs
	$(BIN)/python -m examples.gallery --pictures docs/gallery --dpi 80
	$(BIN)/python -m pages.gallery docs

notebooks: $(STAMP)
	@$(PIP) install --constraint $(PINS) --editable '.[notebooks]'
	$(BIN)/python -m pages.notebooks notebooks

site: $(STAMP)
	$(BIN)/python -m pages.site

clean:
	rm -rf $(VENV) build dist .mypy_cache .pytest_cache .ruff_cache .import_linter_cache

# Two commands do everything on a fresh machine: `make demo` and `make test`.
PYTHON ?= python3
VENV ?= .venv
BIN := $(VENV)/bin
READY := $(VENV)/.ready

.PHONY: help install demo test lint format bench clean

help:  ## Show the targets.
	@grep -E '^[a-z]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 12

install: $(READY)  ## Make the virtual environment and install semrec into it.

$(READY): pyproject.toml constraints.txt
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check \
		--constraint constraints.txt --editable '.[dev]'
	@touch $(READY)

demo: $(READY)  ## Build the sample shop and show search, recommendations, similar items, bundles.
	$(BIN)/semrec demo

test: $(READY)  ## Run the tests.
	$(BIN)/python -m pytest -n auto --dist loadfile

lint: $(READY)  ## Check style and types.
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy

format: $(READY)  ## Repair style.
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

bench: $(READY)  ## Compare with peers on real data: make bench DATA=folder.
	$(PYTHON) -m venv .venv-peers
	.venv-peers/bin/python -m pip install --quiet --constraint constraints.txt \
		--editable . txtai bm25s tantivy ranx
	$(PYTHON) -m venv .venv-rec
	.venv-rec/bin/python -m pip install --quiet rectools implicit lenskit 'pyarrow<21'
	$(BIN)/python tests/bench/bench_metrics.py --ranx .venv-peers/bin/python \
		--rectools .venv-rec/bin/python
	$(BIN)/python tests/bench/bench_peers.py --data $(DATA) --peer-python .venv-peers/bin/python
	$(BIN)/python tests/bench/bench_peers_recommend.py --data $(DATA) \
		--peer-python .venv-rec/bin/python

clean:  ## Remove the virtual environment and all caches of tools.
	rm -rf $(VENV) .venv-peers .venv-rec .mypy_cache .ruff_cache .pytest_cache build *.egg-info

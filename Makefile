# Everything Ransel needs to run and to prove itself. `make run` and `make test` do all the set-up.
SHELL := /bin/bash
.SHELLFLAGS := -eu -o pipefail -c
.DEFAULT_GOAL := help

PYTHON ?= python3.11
BIN := .venv/bin
READY := .venv/.ready
OUT ?= out/example
WHEN := --now 2027-02-02T09:00 --start 2027-02-05T14:00

.PHONY: help run example test prove lint bench docs screenshots lock messages clean

help:  ## show these commands
	@sed -n 's/^\([a-z]*\):.*## \(.*\)/make \1\t\2/p' $(MAKEFILE_LIST) | expand -t 16

$(READY): requirements.lock pyproject.toml
	@command -v $(PYTHON) >/dev/null || { echo "Ransel needs Python 3.11. On Debian, as root: apt-get install python3.11 python3.11-venv"; exit 1; }
	@$(PYTHON) -c 'import ensurepip' 2>/dev/null || tools/system-packages python3.11-venv
	@test -x $(BIN)/python || $(PYTHON) -m venv .venv
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements.lock
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation -e .
	@touch $(READY)

run: $(READY)  ## open the demo: a hospital with synthetic children; Ctrl-C stops it
	@$(BIN)/ransel demo

example: $(READY)  ## carry the example child through one course, run it on the simulated pump, leave the papers in out/example
	@$(BIN)/ransel course examples/noor.toml $(WHEN) --out $(OUT)
	@echo
	@$(BIN)/ransel run examples/noor.toml $(WHEN) --fault "occlusion@37h for 20min" --out $(OUT)/infusion

test: $(READY)  ## unit, property, conformance and system tests
	@tools/system-packages dmtx-utils postgresql chromium
	$(BIN)/pytest -n 2 -m "not prove"

prove: $(READY)  ## the long proofs: many more random cases, fixed seeds
	@tools/system-packages dmtx-utils postgresql chromium
	RANSEL_PROOF=long $(BIN)/pytest -n 2 -m "prove or property"

lint: $(READY)  ## ruff, mypy strict, import-linter
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports

bench: $(READY)  ## measured figures, as ratios against a limit or a peer
	@tools/peers
	$(BIN)/python -m benchmarks

docs: $(READY)  ## regenerate what is generated: hazard log, reference pages, the picture in the README
	$(BIN)/python -m docs.generate

screenshots: $(READY)  ## take the pictures of all pages of the demo anew, into docs/screenshots
	$(BIN)/python tests/system/hospital/screenshots.py

messages: $(READY)  ## compile the Dutch and English catalogues
	$(BIN)/python -m tools.messages

lock: $(READY)  ## solve the dependencies again and write requirements.lock
	$(BIN)/uv pip compile --universal --all-extras --python-version 3.11 --generate-hashes --upgrade \
	  --no-header --no-annotate --no-emit-index-url --quiet pyproject.toml -o requirements.lock
	$(BIN)/uv pip compile --universal --python-version 3.11 --generate-hashes --upgrade \
	  --no-header --no-annotate --no-emit-index-url --quiet benchmarks/peers/requirements.in \
	  -o benchmarks/peers/requirements.lock

clean:  ## remove what was made here, the virtual environment included
	rm -rf .venv .venv-peers out .pytest_cache .mypy_cache .ruff_cache .hypothesis

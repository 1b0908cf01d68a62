# `make run` and `make test` are all there is to know; both need Python 3.11 or 3.12, make and a C library.
VENV = .venv
PYTHON = $(VENV)/bin/python
INSTALLED_BY = setup.cfg pyproject.toml constraints.txt deploy/environment.sh deploy/npm.py deploy/assets.py \
	deploy/viewer.py app/http/viewer/published.json $(wildcard app/http/*/assets/package-lock.json)
JOBS = 2
SHARED_OUT = -n $(JOBS) --dist loadfile --no-loadscope-reorder
ARGS =
export BASE_PYTHON
unexport PYTHONDONTWRITEBYTECODE  # each process would compile Hilum again: a third of its start

.PHONY: help run test test-fast lint format types imports check check-all bench relock-neo4j relock-classes relock-python messages sbom audit-dependencies clean

help:  ## say what there is
	@sed -n 's/^\([a-z0-9-]*\):.*## \(.*\)/  make \1	\2/p' Makefile

run: $(VENV)/run.stamp  ## start everything; Ctrl-C stops it (ARGS=--no-samples for an empty graph)
	@exec $(PYTHON) -m app.cli up --with-parent $(ARGS)

test: $(VENV)/test.stamp  ## run the tests against a Neo4j of their own (ARGS=tests/graph for some of them)
	@$(PYTHON) -m pytest $(SHARED_OUT) -m "not slow" $(ARGS)

test-fast: $(VENV)/test.stamp  ## run those that need no Neo4j, in less than a minute: between two edits
	@$(PYTHON) -m pytest $(SHARED_OUT) -m "not slow" --without-graph $(ARGS)

lint: $(VENV)/test.stamp  ## ruff: rules and format
	@$(PYTHON) -m ruff check .
	@$(PYTHON) -m ruff format --check .

format: $(VENV)/test.stamp  ## put every file into the one format
	@$(PYTHON) -m ruff check --fix .
	@$(PYTHON) -m ruff format .

types: $(VENV)/test.stamp  ## mypy, strict
	@$(PYTHON) -m mypy

imports: $(VENV)/test.stamp  ## the import rules of setup.cfg
	@$(VENV)/bin/lint-imports

check: lint types imports test  ## what every commit passes

check-all: lint types imports  ## the same with the slow tests: faults, soaks, large graphs
	@$(MAKE) test ARGS='-m "slow or not slow" $(ARGS)'

bench: $(VENV)/test.stamp  ## measure (ARGS names what)
	@$(PYTHON) -m bench $(ARGS)

relock-neo4j: $(VENV)/test.stamp  ## lock the jars of Neo4j again (needs Maven)
	@$(PYTHON) -m graph.local.relock

relock-classes: $(VENV)/test.stamp  ## list the classes of Neo4j again, for starts that map them
	@HILUM_TEST_JAVA=-XX:DumpLoadedClassList=$(CURDIR)/classes.list $(PYTHON) -m pytest -q -m "not slow" tests/graph/studies tests/app/cohorts tests/app/http/fhir
	@$(PYTHON) -m graph.local.relock_classes classes.list
	@rm classes.list

relock-python:  ## write constraints.txt from a fresh environment
	@sh deploy/relock-python.sh

messages: $(VENV)/test.stamp  ## bring the catalogues of the pages up to date, and say what is not translated
	@$(PYTHON) deploy/messages.py

sbom: $(VENV)/test.stamp  ## write what an installation is made of to sbom.cdx.json (CycloneDX 1.6)
	@$(PYTHON) deploy/sbom.py > sbom.cdx.json

audit-dependencies:  ## ask for known advisories about every package of constraints.txt
	@sh deploy/audit-dependencies.sh

clean:  ## remove what was made; the data in .hilum stay
	@rm -rf $(VENV) build dist *.egg-info .pytest_cache .mypy_cache .ruff_cache .import_linter_cache .hypothesis

$(VENV)/run.stamp: $(INSTALLED_BY)
	@sh deploy/environment.sh $(VENV) '.[assets]'
	@touch $@

$(VENV)/test.stamp: $(INSTALLED_BY)
	@sh deploy/environment.sh $(VENV) '.[test]'
	@touch $(VENV)/run.stamp $@

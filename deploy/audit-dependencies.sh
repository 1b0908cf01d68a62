#!/bin/sh
# Asks the Python Packaging Advisory Database about every package of constraints.txt, in an environment of its own.
# Ends with 1 where an advisory is known. The jars of Neo4j are in `make sbom`, for a scanner that reads CycloneDX.
set -eu
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
"${BASE_PYTHON:-python3}" -m venv "$work/venv"
"$work/venv/bin/python" -m pip install --quiet --disable-pip-version-check --no-input pip-audit==2.10.1
"$work/venv/bin/pip-audit" --strict --no-deps --disable-pip --requirement constraints.txt

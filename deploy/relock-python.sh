#!/bin/sh
# Writes constraints.txt: every package that setup.cfg brings, at the version that resolves today.
set -eu
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
: > constraints.txt
sh deploy/environment.sh "$work/venv" '.[test]'
{
    echo "# Every package of an installation at one version; \`make relock-python\` writes this file."
    "$work/venv/bin/python" -m pip freeze --exclude-editable
} > "$work/new.txt"
mv "$work/new.txt" constraints.txt

#!/bin/sh
# Makes a virtual environment and installs Hilum into it.
#   environment.sh FOLDER REQUIREMENT      for example: environment.sh .venv '.[test]'
# Needs a Python 3.11 or 3.12 that can make virtual environments, and nothing else. BASE_PYTHON names one.
set -eu
folder=$1
requirement=$2
check='import sys; sys.exit(not (3, 11) <= sys.version_info[:2] <= (3, 12))'

usable() {  # a Python of the right version that has pip
    "$1" -c "$check" 2>/dev/null && "$1" -c 'import pip' 2>/dev/null
}

find_python() {
    found=
    for candidate in ${BASE_PYTHON:-python3.12 python3.11 python3 python}; do
        "$candidate" -c "$check" 2>/dev/null || continue
        found=$candidate
        if "$candidate" -c 'import ensurepip, venv' 2>/dev/null; then
            echo "$candidate"
            return
        fi
    done
    if [ -n "$found" ]; then
        echo "Hilum: $found cannot make virtual environments (it lacks venv or ensurepip)." >&2
        echo "Install that part of it (Debian and Ubuntu: apt install $(basename "$found")-venv) and try again." >&2
    else
        echo "Hilum needs Python 3.11 or 3.12, and there is none on the PATH." >&2
        echo "Install one, or name it: make run BASE_PYTHON=/path/to/python3.12" >&2
    fi
    return 1
}

if ! usable "$folder/bin/python"; then
    python=$(find_python)
    echo "Making a virtual environment in $folder"
    "$python" -m venv --clear "$folder"
fi
echo "Installing Hilum and what it needs (some minutes, once)"
"$folder/bin/python" -m pip install --quiet --disable-pip-version-check --no-input \
    --constraint constraints.txt --editable "$requirement" || {
    echo "Hilum could not be installed. What was fetched is kept: check the network (HTTPS_PROXY," >&2
    echo "PIP_INDEX_URL) and run the same command again." >&2
    exit 1
}
"$folder/bin/python" deploy/assets.py
"$folder/bin/python" deploy/viewer.py

#!/bin/sh
# fhirpath.js 5.2.2 reads the digits after a second as a number of milliseconds: half a second is five of them.
#
# Expected: seconds and their fraction are one decimal number when times are compared (FHIRPath N1, Date/Time
#   comparison), so 30.5 seconds equal 30.500 and lie behind 30.123; an instant of FHIR may have any number of digits.
# Happens:  .5 is taken for 5 ms and .50 for 50 ms. =, ~, < and > decide by that, for literals and for instants of a
#   resource; three digits, and none, are right.
# Seen with fhirpath.js 5.2.2 and, right, fhirpathpy 2.2.4 (Observation.issued is 2026-01-01T09:00:00.5Z):
#   @2026-01-01T10:30:00.5 = @2026-01-01T10:30:00.500           js false   py true
#   @2026-01-01T10:30:00.50 < @2026-01-01T10:30:00.123          js true    py false
#   Observation.issued > @2026-01-01T09:00:00.123Z              js false   py true
# Meaning: servers that drop zeros at the end and servers that write three digits exchange resources that a browser
#   puts into the wrong order: "the latest result", lastUpdated within a second, "changed since".
# Way round: write three digits, always, in what a client may compare.
set -eu
work=$(mktemp -d); trap 'rm -rf "$work"' EXIT
python3 -m venv "$work/venv"
"$work/venv/bin/pip" install -q --disable-pip-version-check fhirpathpy==2.2.4
npm install --silent --no-audit --no-fund --prefix "$work" fhirpath@5.2.2 >/dev/null
cd "$work"
cat > cases.json <<'JSON'
{"resource": {"resourceType": "Observation", "issued": "2026-01-01T09:00:00.5Z"},
 "expressions": ["@2026-01-01T10:30:00.5 = @2026-01-01T10:30:00.500", "@2026-01-01T10:30:00.50 < @2026-01-01T10:30:00.123",
                 "Observation.issued > @2026-01-01T09:00:00.123Z", "@2026-01-01T10:30:00 = @2026-01-01T10:30:00.000"],
 "js": [[false], [true], [false], [true]], "py": [[true], [false], [true], [true]]}
JSON
cat > ask.js <<'JS'
const fhirpath = require("fhirpath"), r4 = require("fhirpath/fhir-context/r4");
const { resource, expressions } = require("./cases.json");
console.log(JSON.stringify(expressions.map((each) => fhirpath.evaluate(resource, each, {}, r4))));
JS
venv/bin/python -W ignore - <<'PY'
import json
import subprocess
from pathlib import Path
from fhirpathpy import evaluate
from fhirpathpy.models import models

cases = json.loads(Path("cases.json").read_text())
js = json.loads(subprocess.run(["node", "ask.js"], check=True, capture_output=True).stdout)
py = [evaluate(cases["resource"], each, {}, models["r4"]) for each in cases["expressions"]]
for expression, *answers in zip(cases["expressions"], js, py):
    print(f"{expression}: js {answers[0]} py {answers[1]}")
raise SystemExit(None if [js, py] == [cases["js"], cases["py"]] else "CHANGED: fractions of a second compare otherwise")
PY

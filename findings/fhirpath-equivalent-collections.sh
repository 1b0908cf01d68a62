#!/bin/sh
# ~ between collections: fhirpath.js 5.2.2 and fhirpathpy 2.2.4 mind the order, which the language leaves out.
#
# Expected: "~" is true of two collections with the same items by equivalence, whatever their order (FHIRPath N1,
#   Equivalent); "=" is the one that minds it. @medplum/core 4.5.2 and @atomic-ehr/fhirpath 0.1.4 do so.
# Happens:  both compare item by item in order, so ~ says of reordered collections what = says, and !~ the opposite.
# Seen, for a CodeableConcept list with the texts x, y:
#   expression                              fhirpath.js, fhirpathpy   medplum, atomic
#   (1 | 2) ~ (2 | 1)                       false                     true
#   Observation.category.text ~ ('y'|'x')   false                     true
#   (1 | 2) ~ (1 | 2)                       true                      true
# Meaning: an invariant "these are the same codes" passes or fails by the order in which a server gives them back, in
#   the two engines that most validators and forms are built upon.
# Way round: a.subsetOf(b) and b.subsetOf(a), or sorting before the comparison.
set -eu
work=$(mktemp -d); trap 'rm -rf "$work"' EXIT
python3 -m venv "$work/venv"
"$work/venv/bin/pip" install -q --disable-pip-version-check fhirpathpy==2.2.4
npm install --silent --no-audit --no-fund --prefix "$work" \
    fhirpath@5.2.2 @medplum/core@4.5.2 @atomic-ehr/fhirpath@0.1.4 >/dev/null
cd "$work"
cat > cases.json <<'JSON'
{"resource": {"resourceType": "Observation", "category": [{"text": "x"}, {"text": "y"}]},
 "expressions": ["(1 | 2) ~ (2 | 1)", "Observation.category.text ~ ('y' | 'x')", "(1 | 2) ~ (1 | 2)"]}
JSON
cat > ask.mjs <<'JS'
import { readFileSync } from "node:fs";
import fhirpath from "fhirpath";
import r4 from "fhirpath/fhir-context/r4/index.js";
import { evaluate } from "@atomic-ehr/fhirpath";
import { evalFhirPath } from "@medplum/core";
const { resource, expressions } = JSON.parse(readFileSync("cases.json"));
const atomic = [];
for (const each of expressions) atomic.push(await evaluate(each, { input: resource }));
console.log(JSON.stringify([expressions.map((each) => fhirpath.evaluate(resource, each, {}, r4)),
  expressions.map((each) => evalFhirPath(each, resource)), atomic]));
JS
venv/bin/python -W ignore - <<'PY'
import json
import subprocess
from pathlib import Path
from fhirpathpy import evaluate
from fhirpathpy.models import models

cases = json.loads(Path("cases.json").read_text())
js, medplum, atomic = json.loads(subprocess.run(["node", "ask.mjs"], check=True, capture_output=True).stdout)
py = [evaluate(cases["resource"], each, {}, models["r4"]) for each in cases["expressions"]]
for name, answers in (("fhirpath.js", js), ("fhirpathpy", py), ("medplum", medplum), ("atomic", atomic)):
    print(f"{name}: {answers}")
ordered, free = [[False], [False], [True]], [[True], [True], [True]]
raise SystemExit(None if [js, py, medplum, atomic] == [ordered, ordered, free, free]
                 else "CHANGED: the order of a collection counts differently for ~ now")
PY

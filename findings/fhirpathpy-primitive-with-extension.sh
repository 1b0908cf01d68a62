#!/bin/sh
# fhirpathpy 2.2.4 counts a primitive that has an extension twice.
#
# Expected: birthDate and _birthDate are one element in two JSON properties (FHIR R4, json.html#primitive);
#   FHIRPath sees one node with a value and an extension (fhirpath.html#simple).
# Happens:  the path yields two nodes, one of them without a value, which is hidden when the result is
#   printed. What needs one item then fails or is empty; fhirpath.js counts one.
# Seen with fhirpathpy 2.2.4 and fhirpath.js 5.2.2, a Patient with birthDate 1974-12-25 and the core
#   birthTime extension:
#   expression                      fhirpathpy     fhirpath.js
#   Patient.birthDate.count()       [2]            [1]
#   Patient.birthDate.toString()    []             ["1974-12-25"]
#   Patient.birthDate is date       ValueError     [true]
# Meaning: invariants and views are right for most records and wrong for those that carry the time of birth,
#   a data absent reason or a translation, which HL7's own examples do.
# Way round: drop the underscore properties before evaluation, or evaluate with fhirpath.js.
set -eu
work=$(mktemp -d); trap 'rm -rf "$work"' EXIT
python3 -m venv "$work/venv"
"$work/venv/bin/pip" install -q --disable-pip-version-check fhirpathpy==2.2.4
npm install --silent --no-audit --no-fund --prefix "$work" fhirpath@5.2.2 >/dev/null
cd "$work"
cat > patient.json <<'JSON'
{"resourceType": "Patient", "birthDate": "1974-12-25", "_birthDate": {"extension": [
 {"url": "http://hl7.org/fhir/StructureDefinition/patient-birthTime", "valueDateTime": "1974-12-25T14:35:45-05:00"}]}}
JSON
cat > expressions <<'TEXT'
Patient.birthDate.count()
Patient.birthDate.toString()
Patient.birthDate is date
TEXT
venv/bin/python - > by-python <<'PY'
import json
from fhirpathpy import evaluate
from fhirpathpy.models import models

for expression in open("expressions").read().splitlines():
    try:
        print(evaluate(json.load(open("patient.json")), expression, {}, models["r4"]))
    except Exception as error:
        print(type(error).__name__)
PY
node - > by-js <<'JS'
const fhirpath = require("fhirpath");
const r4 = require("fhirpath/fhir-context/r4");
const fs = require("fs");
for (const expression of fs.readFileSync("expressions", "utf8").trim().split("\n")) {
  console.log(JSON.stringify(fhirpath.evaluate(JSON.parse(fs.readFileSync("patient.json")), expression, {}, r4)));
}
JS
echo "expression | fhirpathpy 2.2.4 | fhirpath.js 5.2.2"
paste -d '|' expressions by-python by-js
printf '[2]\n[]\nValueError\n' | cmp -s - by-python && printf '[1]\n["1974-12-25"]\n[true]\n' | cmp -s - by-js || {
    echo "CHANGED: the engines count a primitive with an extension differently now" >&2; exit 1; }

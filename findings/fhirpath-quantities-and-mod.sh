#!/bin/sh
# Where fhirpathpy 2.2.4 and fhirpath.js 5.2.2 calculate differently, each wrong in its own way.
#
# Expected: FHIRPath 2.0 (N1): quantities of commensurable units are compared after conversion (6.1.1); mod
#   goes with truncated division, so -7 mod 3 is -1; Decimal holds decimal digits, so 0.3 div 0.1 is 3 and
#   0.6 mod 0.2 is 0.
# Happens:  fhirpathpy converts only some pairs of units, and its mod takes the sign of the divisor, as
#   Python's does; fhirpath.js divides binary floating point numbers.
# Seen:
#   expression              fhirpathpy   fhirpath.js   by the specification
#   1 'g' = 1000 'mg'       [True]       [true]        true
#   5 'mg' = 0.005 'g'      [False]      [true]        true
#   (-7) mod 3              [2]          [-1]          -1
#   0.3 div 0.1             [3]          [2]           3
#   0.6 mod 0.2 < 0.1       [True]       [false]       true
# Meaning: one expression, in an invariant, a view or a questionnaire, gives another result in the browser
#   than on the server; neither raises.
# Way round: compare value and code apart from each other, in one unit; scale decimals to integers before
#   div and mod.
set -eu
work=$(mktemp -d); trap 'rm -rf "$work"' EXIT
python3 -m venv "$work/venv"
"$work/venv/bin/pip" install -q --disable-pip-version-check fhirpathpy==2.2.4
npm install --silent --no-audit --no-fund --prefix "$work" fhirpath@5.2.2 >/dev/null
cd "$work"
cat > expressions <<'TEXT'
1 'g' = 1000 'mg'
5 'mg' = 0.005 'g'
(-7) mod 3
0.3 div 0.1
0.6 mod 0.2 < 0.1
TEXT
venv/bin/python - > by-python <<'PY'
from fhirpathpy import evaluate

for expression in open("expressions").read().splitlines():
    print([value if isinstance(value, bool) else int(value) for value in evaluate({}, expression)])
PY
node - > by-js <<'JS'
const fhirpath = require("fhirpath");
for (const expression of require("fs").readFileSync("expressions", "utf8").trim().split("\n")) {
  console.log(JSON.stringify(fhirpath.evaluate({}, expression)));
}
JS
echo "expression | fhirpathpy 2.2.4 | fhirpath.js 5.2.2"
paste -d '|' expressions by-python by-js
printf '[True]\n[False]\n[2]\n[3]\n[True]\n' | cmp -s - by-python &&
    printf '[true]\n[true]\n[-1]\n[2]\n[false]\n' | cmp -s - by-js || {
    echo "CHANGED: the engines calculate differently now" >&2; exit 1; }

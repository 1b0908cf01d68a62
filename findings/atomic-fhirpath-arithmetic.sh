#!/bin/sh
# @atomic-ehr/fhirpath 0.1.4: div rounds down, decimals are binary, boundaries forget the precision asked for.
#
# Expected: div is truncated division, and Decimal has steps of 10^-8 (FHIRPath N1, Math and Decimal); highBoundary(2)
#   gives the least upper bound with two places (FHIRPath 3.0; its example makes 1.59 of 1.587).
# Happens:  div is Math.floor of the quotient, so that -7 div 2 and mod no longer belong together; 0.1 + 0.2 is not
#   0.3; the argument of lowBoundary and highBoundary moves the boundary by half of a place it does not have.
# Seen with @atomic-ehr/fhirpath 0.1.4, and fhirpath.js 5.2.2 beside it:
#   expression               atomic       fhirpath.js
#   (-7) div 2               -4           -3
#   0.1 + 0.2 = 0.3          false        true
#   1.587.highBoundary(2)    1.595        1.59
#   1.0.lowBoundary()        0.5          0.95
# Meaning: views and invariants that split amounts, or sum doses and compare them with a total, come out differently
#   on this engine and on the reference one, and a boundary of 1.0 is half a unit away instead of a twentieth.
# Way round: compare with a tolerance, truncate by (a / b).truncate(), and take no boundaries of decimals.
set -eu
work=$(mktemp -d); trap 'rm -rf "$work"' EXIT
npm install --silent --no-audit --no-fund --prefix "$work" @atomic-ehr/fhirpath@0.1.4 fhirpath@5.2.2 >/dev/null
cd "$work"
cat > ask.mjs <<'JS'
import fhirpath from "fhirpath";
import r4 from "fhirpath/fhir-context/r4/index.js";
import { evaluate } from "@atomic-ehr/fhirpath";
const stated = [
  ["(-7) div 2", "-4", "-3"],
  ["0.1 + 0.2 = 0.3", "false", "true"],
  ["1.587.highBoundary(2)", "1.595", "1.59"],
  ["(1.0).lowBoundary()", "0.5", "0.95"],
];
let asStated = true;
for (const [expression, ...expected] of stated) {
  const seen = [await evaluate(expression, {}), fhirpath.evaluate({}, expression, {}, r4)].map((each) => String(each[0]));
  console.log(`${expression}: atomic ${seen[0]}, fhirpath.js ${seen[1]}`);
  asStated &&= seen.join() === expected.join();
}
if (!asStated) { console.error("CHANGED: one of the engines counts differently now"); process.exit(1); }
JS
node ask.mjs

#!/bin/sh
# fhirpath.js 5.2.2: a DateTime plus a quantity comes out in the time zone of the machine.
#
# Expected: the sum is "the value of the given date/time, incremented" by the quantity (FHIRPath N1, Date/Time
#   Arithmetic): its offset, or that it has none, is no part of what is added; an expression answers alike wherever it
#   runs. @atomic-ehr/fhirpath 0.1.4 keeps the offset.
# Happens:  the sum is written with the offset of the machine, for a DateTime of another offset as well as for one of
#   none. The instant is right, its day and its hour are not; and at an hour that the machine's zone skips, a time
#   without zone moves by an hour.
# Seen with fhirpath.js 5.2.2:
#   TZ                 @2026-01-01T10:00:00+05:30 + 0 days    @2026-03-08T01:30:00 + 1 hour
#   UTC                2026-01-01T04:30:00-00:00              2026-03-08T02:30:00-00:00
#   America/New_York   2025-12-31T23:30:00-05:00              2026-03-08T03:30:00-04:00
# Meaning: a due date computed in the browser, and stored, is on another day than the one that the server computes; a
#   questionnaire's "in 24 hours" has another text on each desk.
# Way round: compare results, never store or show their text; add to dates rather than to times.
set -eu
work=$(mktemp -d); trap 'rm -rf "$work"' EXIT
npm install --silent --no-audit --no-fund --prefix "$work" fhirpath@5.2.2 >/dev/null
cd "$work"
cat > ask.js <<'JS'
const fhirpath = require("fhirpath"), r4 = require("fhirpath/fhir-context/r4");
const sums = ["@2026-01-01T10:00:00+05:30 + 0 days", "@2026-03-08T01:30:00 + 1 hour"];
const seen = sums.map((each) => String(fhirpath.evaluate({}, `(${each}).toString()`, {}, r4)[0]));
console.log(`${process.env.TZ}: ${seen.join("  ")}`);
const stated = {
  UTC: "2026-01-01T04:30:00-00:00 2026-03-08T02:30:00-00:00",
  "America/New_York": "2025-12-31T23:30:00-05:00 2026-03-08T03:30:00-04:00",
};
if (seen.join(" ") !== stated[process.env.TZ]) {
  console.error("CHANGED: the sum of a DateTime and a quantity has another time zone now");
  process.exit(1);
}
JS
TZ=UTC node ask.js
TZ=America/New_York node ask.js

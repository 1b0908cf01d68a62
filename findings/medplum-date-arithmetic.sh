#!/bin/sh
# @medplum/core 4.5.2: adding months to a date in FHIRPath glues the number to the text.
#
# Expected: date + quantity is calendar arithmetic (FHIRPath N1, Date/Time Arithmetic); an engine without it
#   should say so.
# Happens:  the + of JavaScript is applied to the date's text and the quantity's value. The result looks
#   like a date with one digit too many, still compares as text, and nothing is raised. Quantities lose
#   their unit in the same way.
# Seen with @medplum/core 4.5.2 (the + of 5.2.13 is the same), a Patient born 2020-01-01:
#   @2020-01-01 + 1 month                      ["2020-01-011"]
#   Patient.birthDate + 18 years <= @2026-01-01  [true]
#   1 'cm' + 1 'mm'                            [{"value":2,"unit":"cm"}]
# Meaning: "is of age" is true for a child, so access policies, subscriptions and bots that ask so in
#   FHIRPath decide wrongly without a trace.
# Way round: calculate the limit outside and pass it in: Patient.birthDate <= %limit.
set -eu
work=$(mktemp -d); trap 'rm -rf "$work"' EXIT
npm install --silent --no-audit --no-fund --prefix "$work" @medplum/core@4.5.2 >/dev/null
cd "$work" && cat > evaluate.js <<'JS'
const { evalFhirPath, MEDPLUM_VERSION } = require("@medplum/core");
console.log("@medplum/core", MEDPLUM_VERSION);
const patient = { resourceType: "Patient", birthDate: "2020-01-01" };
const expected = {
  "@2020-01-01 + 1 month": '["2020-01-011"]',
  "Patient.birthDate + 18 years <= @2026-01-01": "[true]",
  "1 'cm' + 1 'mm'": '[{"value":2,"unit":"cm"}]',
};
let asStated = true;
for (const [expression, answer] of Object.entries(expected)) {
  let seen;
  try { seen = JSON.stringify(evalFhirPath(expression, patient)); } catch (error) { seen = error.message; }
  console.log(expression, "->", seen);
  asStated &&= seen === answer;
}
if (!asStated) { console.error("CHANGED: date arithmetic answers differently now"); process.exit(1); }
JS
node evaluate.js

#!/bin/sh
# fhir.resources 8.3.0 changes decimals and times that only pass through it.
#
# Expected: the precision of a decimal is part of the value, 1.50 is not 1.5 (FHIR R4,
#   datatypes.html#decimal), and a search for it covers another range (search.html#number); times keep the
#   precision they were given.
# Happens:  parse and dump drop trailing zeros, turn integers with an exponent into 1000.0, cut long
#   decimals to binary precision, fill fractions of a second up to six digits and cut them there.
#   Identifiers longer than 64 pass.
# Seen with fhir.resources 8.3.0 (R4B), pydantic 2.14.4:
#   1.50 -> 1.5 | 1.000 -> 1.0 | 1E3 -> 1000.0 | 123456789012345678901.5 -> 123456789012345680000
#   2015-02-07T13:28:17.2Z -> 2015-02-07T13:28:17.200000Z
# Meaning: a server that stores what the model dumps has changed laboratory values, broken signatures and
#   hashes, and answers value-quantity=1.50 by another interval than the sender meant.
# Way round: validate with the model, store the text that came in.
set -eu
work=$(mktemp -d); trap 'rm -rf "$work"' EXIT
python3 -m venv "$work/venv"
"$work/venv/bin/pip" install -q --disable-pip-version-check fhir.resources==8.3.0 pydantic==2.14.4
"$work/venv/bin/python" - <<'PY'
from importlib.metadata import version
from fhir.resources.R4B.observation import Observation

print("fhir.resources", version("fhir.resources"), "pydantic", version("pydantic"))
START = '{"resourceType":"Observation","status":"final","code":{"text":"x"},'


def through(name, before, after):
    text = START + before + name + after + "}"
    dumped = Observation.model_validate_json(text).model_dump_json()
    value = dumped.split(before, 1)[1].removesuffix("}").removesuffix(after)
    print(name, "->", value)
    return value


decimals = [through(number, '"valueQuantity":{"value":', "}")
            for number in ("1.50", "1.000", "1E3", "123456789012345678901.5")]
instants = [through(time, '"issued":"', '"')
            for time in ("2015-02-07T13:28:17.2Z", "2015-02-07T13:28:17.1234567Z")]
as_stated = (decimals == ["1.5", "1.0", "1000.0", "123456789012345680000"]
             and instants == ["2015-02-07T13:28:17.200000Z", "2015-02-07T13:28:17.123456Z"])
raise SystemExit(None if as_stated else "CHANGED: fhir.resources writes these values differently now")
PY

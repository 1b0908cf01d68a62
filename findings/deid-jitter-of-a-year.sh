#!/bin/sh
# deid 0.4.13 shifts a date and time that is only a year to the day on which it is run.
#
# Expected: DT may end after the year (PS3.5 6.2). A shift by days of what has no day cannot be said: the year stays, or
#   the value goes.
# Happens:  the text is parsed with what it lacks filled in from the present, shifted, and written to the microsecond.
#   A value that ends after the month or the hour ends in an error instead.
# Seen with deid 0.4.13 on 29 November 2026, JITTER by no days:
#   2020             20201129000000.000000
#   20200131         20200131000000.000000
#   202001310930     20200131093000.000000
#   202001           ValueError
# Meaning: the same file gives another date on every day that it is run, so runs of one project do not agree, and a year
#   that was known becomes a moment that was not.
# Way round: leave DT of less than eight digits to a rule of their own.
set -eu
work=$(mktemp -d); trap 'rm -rf "$work"' EXIT
python3 -m venv "$work/venv"
"$work/venv/bin/pip" install -q --disable-pip-version-check deid==0.4.13 pydicom==3.0.2
cd "$work" && venv/bin/python - <<'PY'
from datetime import date
from importlib.metadata import version

from deid.dicom.actions.jitter import jitter_timestamp
from deid.dicom.fields import DicomField
from pydicom import Dataset

print("deid", version("deid"))


def shifted(text):
    ds = Dataset()
    ds.AcquisitionDateTime = text
    element = ds["AcquisitionDateTime"]
    try:
        return str(jitter_timestamp(DicomField(element, element.keyword, str(element.tag)), 0))
    except ValueError:
        return "ValueError"


seen = {text: shifted(text) for text in ("2020", "20200131", "202001310930", "202001")}
for text, got in seen.items():
    print(f"{text:16} {got}")
today = date.today().strftime("%m%d")
if seen != {
    "2020": f"2020{today}000000.000000", "20200131": "20200131000000.000000",
    "202001310930": "20200131093000.000000", "202001": "ValueError",
}:
    raise SystemExit("CHANGED: partial dates are shifted differently now")
PY

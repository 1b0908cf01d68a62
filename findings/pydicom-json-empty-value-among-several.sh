#!/bin/sh
# pydicom 3.0.2 and an empty value between two full ones, in the DICOM JSON Model.
#
# Expected: a multi-valued element may hold an empty value; PS3.18 F.2.5 writes it as null in the Value
#   array, so [1, null, 3] and the stored bytes 1\\3 (PS3.5 6.4) are the same thing in two dresses.
# Happens:  Dataset -> JSON raises for DS (ValueError) and PN (IndexError), while LO passes, as "" and not
#   null; JSON -> Dataset takes the null of a DS, and writing that Dataset stores the four letters "None".
# Seen with pydicom 3.0.2:
#   to JSON, DS 1\\3: ValueError; PN A\\C: IndexError; LO A\\C: ['A', '', 'C']
#   from JSON, DS [1, null, 3], written: b'1.0\\None\\3.0 '
# Meaning: a metadata route answers 500 for one odd but legal object; a client that stores what it got as
#   JSON leaves a file whose decimal string no reader can parse.
# Way round: build the element's JSON oneself when a value is empty; replace null by "" in DS and IS before
#   from_json.
set -eu
work=$(mktemp -d); trap 'rm -rf "$work"' EXIT
python3 -m venv "$work/venv"
"$work/venv/bin/pip" install -q --disable-pip-version-check pydicom==3.0.2
"$work/venv/bin/python" - <<'PY'
import io
import pydicom
from pydicom import Dataset, dcmread

print("pydicom", pydicom.__version__)


def stored(tag, vr, value):
    """One element as it comes out of a file: explicit VR, little endian, no header."""
    raw = tag + vr + len(value).to_bytes(2, "little") + value
    return dcmread(io.BytesIO(raw), force=True)


def to_json(data):
    try:
        return next(iter(data.to_json_dict().values()))["Value"]
    except Exception as error:
        return type(error).__name__


position = to_json(stored(b"\x20\x00\x32\x00", b"DS", b"1\\\\3"))
names = to_json(stored(b"\x10\x00\x01\x10", b"PN", b"A\\\\C"))
labels = to_json(stored(b"\x10\x00\x00\x10", b"LO", b"A\\\\C"))
print("to JSON   DS:", position, " PN:", names, " LO:", labels)

back = Dataset.from_json({"00200032": {"vr": "DS", "Value": [1, None, 3]}})
file = io.BytesIO()
back.save_as(file, implicit_vr=False, little_endian=True)
written = file.getvalue()[8:]
print("from JSON DS [1, null, 3], as written:", written)

as_stated = (position, names, labels) == ("ValueError", "IndexError", ["A", "", "C"]) and b"None" in written
raise SystemExit(None if as_stated else "CHANGED: pydicom treats an empty value among several differently now")
PY

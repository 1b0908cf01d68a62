#!/bin/sh
# pydicom 3.0.2 writes syllables that ISO 2022 IR 149 does not have, as eight bytes that other readers spell
# as letters.
#
# Expected: ISO_IR 149 is KS X 1001 with its 2350 syllables (PS3.3 C.12.1.1.2, PS3.5 annex I); a syllable
#   outside it, such as U+B620, cannot be encoded, and pydicom warns and writes "?" for other characters it
#   cannot encode.
# Happens:  Python's euc_kr codec falls back to the composition sequence of an annex of KS X 1001: a filler
#   and three letters, eight bytes for one syllable. pydicom passes that on with no warning and reads it
#   back itself.
# Seen with pydicom 3.0.2, dicom-character-set 1.0.5 (the decoder of several web viewers), one syllable
#   U+B620:
#   written after the escape: a4d4 a4a8 a4c7 a4b1, warnings: 0
#   pydicom reads back U+B620; the other decoder reads U+3164 U+3138 U+3157 U+3141
# Meaning: the name looks right wherever it was written and is four loose letters elsewhere, so no search or
#   match finds it.
# Way round: write names with ISO_IR 192; or test name.encode("cp949") == name.encode("euc_kr") before ISO
#   2022 IR 149.
set -eu
work=$(mktemp -d); trap 'rm -rf "$work"' EXIT
python3 -m venv "$work/venv"
"$work/venv/bin/pip" install -q --disable-pip-version-check pydicom==3.0.2
npm install --silent --no-audit --no-fund --prefix "$work" dicom-character-set@1.0.5 >/dev/null
cd "$work"
venv/bin/python - <<'PY'
import io
import warnings
import pydicom
from pydicom import Dataset, dcmread

print("pydicom", pydicom.__version__)
ds = Dataset()
ds.SpecificCharacterSet = ["", "ISO 2022 IR 149"]
ds.PatientID, ds.PatientName = "1", "=\ub620"
file = io.BytesIO()
with warnings.catch_warnings(record=True) as caught:
    warnings.simplefilter("always")
    ds.save_as(file, implicit_vr=False, little_endian=True)
written = file.getvalue().split(b"PN")[1][2:].split(b"\x10\x00\x20\x00")[0].rstrip(b" ")
file.seek(0)
back = str(dcmread(file, force=True).PatientName)
print("written:", written.hex(" "), "warnings:", len(caught), "read back:", ascii(back))
open("name", "wb").write(written)
if caught or back != "=\ub620" or not written.endswith(bytes.fromhex("a4d4a4a8a4c7a4b1")):
    raise SystemExit("CHANGED: pydicom no longer writes the composition sequence in silence")
PY
node - <<'JS'
const { convertBytes } = require("dicom-character-set");
const name = convertBytes("\\ISO 2022 IR 149", new Uint8Array(require("fs").readFileSync("name")), { vr: "PN" });
const points = [...name].map((c) => "U+" + c.codePointAt(0).toString(16).toUpperCase()).join(" ");
console.log("dicom-character-set reads:", points);
if (points !== "U+3D U+3164 U+3138 U+3157 U+3141") { console.error("CHANGED: the other decoder composes it now"); process.exit(1); }
JS

#!/bin/sh
# pydicom 3.0.2: a decimal string of more than 65,534 bytes, written in explicit VR, comes back as bytes.
#
# Expected: a value that is too long for the two bytes of its length is written with the VR UN, and a reader that
#   knows the element takes it by the VR of the dictionary (PS3.5 6.2.2). The option replace_un_with_known_vr, which
#   is on, promises that for "the VR of a known data element".
# Happens:  writing does so, with a warning; reading leaves UN and bytes as soon as the value has 65,535 bytes or more,
#   and those are the only values for which the rule was made. Shorter ones are turned back.
# Seen with pydicom 3.0.2 and, beside it, dcmjs 0.52.2, a Contour Data (3006,0050) of 24,000 numbers:
#   implicit VR, pydicom: DS, 24000 numbers; explicit VR, pydicom: UN, 138560 bytes; explicit VR, dcmjs: DS, 24000
# Meaning: a fine contour of an RT Structure Set is gone, or an error, in code that divides its numbers by three, after
#   nothing but a change of transfer syntax; metadata in JSON hold it as InlineBinary.
# Way round: element.value.decode().split("\\") where the VR is UN, or write such objects in implicit VR.
set -eu
work=$(mktemp -d); trap 'rm -rf "$work"' EXIT
python3 -m venv "$work/venv"
"$work/venv/bin/pip" install -q --disable-pip-version-check pydicom==3.0.2
npm install --silent --no-audit --no-fund --prefix "$work" dcmjs@0.52.2 >/dev/null
cd "$work"
cat > read.js <<'JS'
const { DicomMessage } = require("dcmjs").data;
const bytes = new Uint8Array(require("fs").readFileSync(process.argv[2]));
const contour = DicomMessage.readFile(bytes.buffer).dict["30060039"].Value[0]["30060040"].Value[0]["30060050"];
console.log(JSON.stringify([contour.vr, contour.Value.length]));
JS
venv/bin/python -W ignore - <<'PY'
import json
import subprocess
from pydicom import Dataset, dcmread
from pydicom.dataset import FileMetaDataset
from pydicom.uid import ExplicitVRLittleEndian, ImplicitVRLittleEndian, RTStructureSetStorage


def read(syntax):
    contour = Dataset()
    contour.ContourGeometricType, contour.NumberOfContourPoints = "CLOSED_PLANAR", 8000
    contour.ContourData = [f"{n % 300 - 150}.5" for n in range(24_000)]
    roi = Dataset()
    roi.ReferencedROINumber, roi.ContourSequence = 1, [contour]
    ds = Dataset()
    ds.file_meta = FileMetaDataset()
    ds.file_meta.TransferSyntaxUID = syntax
    ds.SOPClassUID, ds.SOPInstanceUID, ds.ROIContourSequence = RTStructureSetStorage, "2.25.1", [roi]
    ds.save_as("x.dcm", enforce_file_format=True)
    element = dcmread("x.dcm").ROIContourSequence[0].ContourSequence[0]["ContourData"]
    js = json.loads(subprocess.run(["node", "read.js", "x.dcm"], check=True, capture_output=True).stdout)
    seen = [element.VR, type(element.value).__name__, len(element.value), *js]
    print(f"{syntax.name}: pydicom {seen[:3]} dcmjs {seen[3:]}")
    return seen


as_stated = (read(ImplicitVRLittleEndian) == ["DS", "MultiValue", 24_000, "DS", 24_000]
             and read(ExplicitVRLittleEndian) == ["UN", "bytes", 138_560, "DS", 24_000])
raise SystemExit(None if as_stated else "CHANGED: a long decimal string is read differently now")
PY

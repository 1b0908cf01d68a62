#!/bin/sh
# dcmjs-imaging 0.2.5 shows a LINEAR_EXACT window half a window too dark.
#
# Expected: with VOI LUT Function LINEAR_EXACT the window reaches from centre - width/2 to centre + width/2 (PS3.3
#   C.11.2.1.3.2), so the centre is mid-grey; LINEAR differs by half a unit only.
# Happens:  the window begins at its centre and ends half a width above its end. LINEAR and SIGMOID are right.
# Seen with dcmjs-imaging 0.2.5 and, beside it, pydicom 3.0.2 brought to 8 bits (centre 800, width 800, at 400, 600, 800,
#   1000, 1200 and 1600):
#   LINEAR         dcmjs-imaging 0 63 127 191 255 255    pydicom 0 64 128 191 255 255
#   LINEAR_EXACT   dcmjs-imaging 0 0 0 63 127 255        pydicom 0 64 128 191 255 255
# Meaning: thumbnails and renditions of the scanners that write LINEAR_EXACT lose all that is darker than the centre.
# Way round: render those with a window of one's own, through the option windowLevel, and LINEAR.
set -eu
work=$(mktemp -d); trap 'rm -rf "$work"' EXIT
python3 -m venv "$work/venv"
"$work/venv/bin/pip" install -q --disable-pip-version-check pydicom==3.0.2 numpy==2.4.6
npm install --silent --no-audit --no-fund --prefix "$work" dcmjs-imaging@0.2.5 >/dev/null
cd "$work"
cat > render.js <<'JS'
const { DicomImage } = require("dcmjs-imaging");
const bytes = new Uint8Array(require("fs").readFileSync(process.argv[2]));
const pixels = new Uint8Array(new DicomImage(bytes.buffer).render().pixels);
console.log(JSON.stringify(Array.from(pixels).filter((_, i) => i % 4 === 0)));
JS
venv/bin/python -W ignore - <<'PY'
import json
import subprocess
import numpy as np
from pydicom import Dataset, dcmread
from pydicom.dataset import FileMetaDataset
from pydicom.pixels import apply_voi_lut
from pydicom.uid import ExplicitVRLittleEndian, SecondaryCaptureImageStorage


def show(function):
    ds = Dataset()
    ds.file_meta = FileMetaDataset()
    ds.file_meta.TransferSyntaxUID = ExplicitVRLittleEndian
    ds.SOPClassUID, ds.SOPInstanceUID, ds.Modality = SecondaryCaptureImageStorage, "2.25.1", "OT"
    ds.Rows, ds.Columns, ds.SamplesPerPixel, ds.PhotometricInterpretation = 1, 6, 1, "MONOCHROME2"
    ds.BitsAllocated, ds.BitsStored, ds.HighBit, ds.PixelRepresentation = 16, 16, 15, 0
    ds.WindowCenter, ds.WindowWidth, ds.VOILUTFunction = 800, 800, function
    ds.PixelData = np.array([400, 600, 800, 1000, 1200, 1600], "<u2").tobytes()
    ds["PixelData"].VR = "OW"
    ds.save_as("x.dcm", enforce_file_format=True)
    ds = dcmread("x.dcm")
    right = np.rint(apply_voi_lut(ds.pixel_array, ds).ravel() / 257).astype(int).tolist()
    seen = json.loads(subprocess.run(["node", "render.js", "x.dcm"], check=True, capture_output=True).stdout)
    print(f"{function}: dcmjs-imaging {seen} pydicom {right}")
    return seen


as_stated = show("LINEAR") == [0, 63, 127, 191, 255, 255] and show("LINEAR_EXACT") == [0, 0, 0, 63, 127, 255]
raise SystemExit(None if as_stated else "CHANGED: LINEAR_EXACT is rendered differently now")
PY

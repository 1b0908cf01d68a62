#!/bin/sh
# imageio 2.38.1, dicomsdl 0.109.4 and daikon 1.2.46 take the sign of a 12-bit sample from bit 15.
#
# Expected: the sign of a sample is its High Bit, and the bits of a cell above it are no part of the sample (PS3.5
#   8.1.1, annex D; they once held overlays): with 12 bits stored, the cell 0x0CE0 is -800.
# Happens:  all three read the cell as a number of 16 bits and rescale that. No error. Where the writer has filled the
#   upper bits with the sign, as most but not all do, they are right, so it depends on the scanner.
# Seen with imageio 2.38.1, dicomsdl 0.109.4 (pixelData), daikon 1.2.46 (getInterpretedData) and, right, pydicom
#   3.0.2, for -800, -100, 0, 100 in 12 of 16 bits:
#   sign extended:      all four           -800, -100, 0, 100
#   upper bits zero:    pydicom            -800, -100, 0, 100
#                       the other three    3296, 3996, 0, 100
# Meaning: air in a CT is brighter than bone, from the pixels of the same series that another reader shows well;
#   difference images and maps of flow lose their direction.
# Way round: shift the samples up to bit 15 and back (what pydicom does) before anything is computed.
set -eu
work=$(mktemp -d); trap 'rm -rf "$work"' EXIT
python3 -m venv "$work/venv"
"$work/venv/bin/pip" install -q --disable-pip-version-check \
    pydicom==3.0.2 numpy==2.4.6 imageio==2.38.1 dicomsdl==0.109.4
npm install --silent --no-audit --no-fund --prefix "$work" daikon@1.2.46 >/dev/null
cd "$work"
cat > read.js <<'JS'
const daikon = require("daikon");
const bytes = new Uint8Array(require("fs").readFileSync(process.argv[2]));
const image = daikon.Series.parseImage(new DataView(bytes.buffer));
console.log(JSON.stringify(Array.from(image.getInterpretedData())));
JS
venv/bin/python -W ignore - <<'PY'
import json
import subprocess
import dicomsdl
import imageio.v2
import numpy as np
from pydicom import Dataset, dcmread
from pydicom.dataset import FileMetaDataset
from pydicom.uid import CTImageStorage, ExplicitVRLittleEndian


def read(name, cells):
    ds = Dataset()
    ds.file_meta = FileMetaDataset()
    ds.file_meta.TransferSyntaxUID = ExplicitVRLittleEndian
    ds.SOPClassUID, ds.SOPInstanceUID, ds.SeriesInstanceUID, ds.Modality = CTImageStorage, "2.25.1", "2.25.2", "CT"
    ds.Rows, ds.Columns, ds.SamplesPerPixel, ds.PhotometricInterpretation = 2, 2, 1, "MONOCHROME2"
    ds.BitsAllocated, ds.BitsStored, ds.HighBit, ds.PixelRepresentation = 16, 12, 11, 1
    ds.RescaleSlope, ds.RescaleIntercept = 1, 0
    ds.PixelData = cells.tobytes()
    ds["PixelData"].VR = "OW"
    ds.save_as("x.dcm", enforce_file_format=True)
    js = subprocess.run(["node", "read.js", "x.dcm"], check=True, capture_output=True).stdout
    arrays = [dcmread("x.dcm").pixel_array, imageio.v2.imread("x.dcm"), dicomsdl.open("x.dcm").pixelData(),
              json.loads(js)]
    seen = [np.asarray(array).ravel().astype(int).tolist() for array in arrays]
    print(f"{name}: pydicom {seen[0]} imageio {seen[1]} dicomsdl {seen[2]} daikon {seen[3]}")
    return seen


samples = np.array([-800, -100, 0, 100], "<i2")
right, wrong = samples.tolist(), [3296, 3996, 0, 100]
as_stated = (read("sign extended", samples) == [right] * 4
             and read("upper bits zero", samples.view("<u2") & 0xFFF) == [right, wrong, wrong, wrong])
raise SystemExit(None if as_stated else "CHANGED: a reader finds the sign of 12-bit samples differently now")
PY

#!/bin/sh
# SimpleITK 2.5.7 turns the values of a MONOCHROME1 image upside down.
#
# Expected: Photometric Interpretation says how to show the smallest value (white for MONOCHROME1, PS3.3
#   C.7.6.3.1.2); the stored value and its rescale (PS3.3 C.11.1) stay what they are. pydicom, GDCM and
#   dcm2niix read it so.
# Happens:  the reader replaces each stored value v by 2^BitsStored - 1 - v and applies Rescale Slope and
#   Intercept to that, so the physical values are wrong, and nothing in the metadata of the image says that
#   it was done.
# Seen with SimpleITK 2.5.7 and pydicom 3.0.2 (12 bits stored, slope 2, intercept -1024):
#   pydicom, rescaled by hand: [-1024, -824, -624, -424]
#   SimpleITK:                 [7166, 6966, 6766, 6566]
# Meaning: radiographs and mammograms are mostly MONOCHROME1; measurements, thresholds and models fed
#   through SimpleITK see inverted numbers, while the Photometric Interpretation it reports still invites a
#   second inversion.
# Way round: read the pixels with another reader, or undo it: stored = 2^BitsStored - 1 - v before the
#   rescale.
set -eu
work=$(mktemp -d); trap 'rm -rf "$work"' EXIT
python3 -m venv "$work/venv"
"$work/venv/bin/pip" install -q --disable-pip-version-check pydicom==3.0.2 numpy==2.4.6 SimpleITK==2.5.7
cd "$work" && venv/bin/python - <<'PY'
import numpy as np
import pydicom
import SimpleITK
from pydicom import Dataset, dcmread
from pydicom.dataset import FileMetaDataset
from pydicom.uid import DigitalXRayImageStorageForPresentation, ExplicitVRLittleEndian

print("SimpleITK", SimpleITK.__version__, "pydicom", pydicom.__version__)
ds = Dataset()
ds.file_meta = FileMetaDataset()
ds.file_meta.TransferSyntaxUID = ExplicitVRLittleEndian
ds.SOPClassUID, ds.SOPInstanceUID = DigitalXRayImageStorageForPresentation, "2.25.1"
ds.Rows, ds.Columns, ds.SamplesPerPixel, ds.PhotometricInterpretation = 2, 2, 1, "MONOCHROME1"
ds.BitsAllocated, ds.BitsStored, ds.HighBit, ds.PixelRepresentation = 16, 12, 11, 0
ds.RescaleSlope, ds.RescaleIntercept = "2", "-1024"
ds.PixelData = np.array([0, 100, 200, 300], "<u2").tobytes()
ds["PixelData"].VR = "OW"
ds.save_as("x.dcm", enforce_file_format=True)

right = (dcmread("x.dcm").pixel_array.astype(int) * 2 - 1024).ravel().tolist()
image = SimpleITK.ReadImage("x.dcm")
seen = SimpleITK.GetArrayFromImage(image).ravel().tolist()
print("pydicom, rescaled by hand:", right)
print("SimpleITK:                ", seen, "and reports", image.GetMetaData("0028|0004"))
inverted = [(4095 - v) * 2 - 1024 for v in (0, 100, 200, 300)]
raise SystemExit(None if seen == inverted != right else "CHANGED: SimpleITK reads MONOCHROME1 differently now")
PY

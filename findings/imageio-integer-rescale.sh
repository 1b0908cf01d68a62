#!/bin/sh
# imageio 2.38.1 wraps the upper half of unsigned pictures around, once they state a rescale; a series takes the type
# of its first slice.
#
# Expected: a rescale of slope 1 and intercept 0 changes nothing (PS3.3 C.11.1.1.2); a volume holds what its slices do.
# Happens:  whole numbers are put into the smallest type that fits. For those without a negative one the signed type of
#   that size is taken: up to 255 into int8, up to 65535 into int16. A volume has the type of its first slice, and what
#   the others hold is cut to that.
# Seen with imageio 2.38.1 and numpy 2.4.6, stored as unsigned 8 and 16 bits:
#   0, 127, 128, 255, no rescale       [0, 127, 128, 255]       uint8
#   the same, slope 1, intercept 0     [0, 127, -128, -1]       int8
#   0, 32767, 40000, same rescale      [0, 32767, -25536]       int16
#   slices of up to 100 and up to 900  [100, -124]              int8     (the greatest of each, as a volume)
# Meaning: white becomes black in radiographs, angiograms and secondary captures that state the identity, as many do;
#   a PET or an MR whose first slice is nearly empty loses all that is bright, with no warning.
# Way round: read with pydicom, and rescale in floats.
set -eu
work=$(mktemp -d); trap 'rm -rf "$work"' EXIT
python3 -m venv "$work/venv"
"$work/venv/bin/pip" install -q --disable-pip-version-check imageio==2.38.1 numpy==2.4.6 pydicom==3.0.2
cd "$work" && venv/bin/python - <<'PY'
from importlib.metadata import version
from pathlib import Path

import imageio.v2 as imageio
import numpy as np
from pydicom import Dataset
from pydicom.dataset import FileMetaDataset
from pydicom.uid import ExplicitVRLittleEndian, SecondaryCaptureImageStorage

print("imageio", version("imageio"))


def write(path, cells, number=1, **more):
    ds = Dataset()
    ds.file_meta = FileMetaDataset()
    ds.file_meta.TransferSyntaxUID = ExplicitVRLittleEndian
    bits = cells.dtype.itemsize * 8
    said = {
        "SOPClassUID": SecondaryCaptureImageStorage, "SOPInstanceUID": f"2.25.1{number}", "Modality": "OT",
        "StudyInstanceUID": "2.25.2", "SeriesInstanceUID": "2.25.3", "InstanceNumber": number,
        "ImagePositionPatient": [0, 0, number], "Rows": 8, "Columns": 8, "SamplesPerPixel": 1,
        "PhotometricInterpretation": "MONOCHROME2", "BitsAllocated": bits, "BitsStored": bits, "HighBit": bits - 1,
        "PixelRepresentation": 0, **more,
    }
    for name, value in said.items():
        setattr(ds, name, value)
    ds.PixelData = cells.tobytes()
    ds["PixelData"].VR = "OB" if bits == 8 else "OW"
    Path(path).parent.mkdir(exist_ok=True)
    ds.save_as(path, enforce_file_format=True)


def cells(values, kind):
    made = np.zeros((8, 8), kind)
    made.ravel()[: len(values)] = values
    return made


identity = {"RescaleSlope": "1", "RescaleIntercept": "0"}
seen = []
for name, values, kind, more in (
    ("plain", [0, 127, 128, 255], "<u1", {}),
    ("identity", [0, 127, 128, 255], "<u1", identity),
    ("wide", [0, 32767, 40000], "<u2", identity),
):
    write(f"{name}/1.dcm", cells(values, kind), **more)
    read = imageio.imread(f"{name}/1.dcm", format="DICOM")
    seen.append((read.ravel()[: len(values)].tolist(), str(read.dtype)))
    print(f"{name:10}", *seen[-1])
for number, most in ((1, 100), (2, 900)):
    write(f"series/{number}.dcm", cells([most], "<u2"), number, **identity)
volume = imageio.volread("series", format="DICOM")
seen.append((volume[:, 0, 0].tolist(), str(volume.dtype)))
print("series    ", *seen[-1])
expected = [
    ([0, 127, 128, 255], "uint8"), ([0, 127, -128, -1], "int8"), ([0, 32767, -25536], "int16"), ([100, -124], "int8"),
]
if seen != expected:
    raise SystemExit("CHANGED: imageio rescales whole numbers differently now")
PY

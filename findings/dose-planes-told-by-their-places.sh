#!/bin/sh
# dicompyler-core 0.5.6 and pymedphys 0.41.0 place the planes of a dose grid at twice their height, where these are told
# by their places.
#
# Expected: where the first value of the Grid Frame Offset Vector is the z of Image Position (Patient) and not zero, its
#   values are the z coordinates of the planes, and not distances from the first (PS3.3 C.8.8.3.2).
# Happens:  the z of Image Position (Patient) is added to them in either form.
# Seen with both, one grid of three planes of 1, 2 and 3 at z = 100, 103, 106 mm:
#   offsets 0, 3, 6          dicompyler: 2 at z = 103             pymedphys: z of 100, 103, 106
#   offsets 100, 103, 106    dicompyler: nothing there, 2 at 203  pymedphys: z of 200, 203, 206
# Meaning: dose-volume histograms and comparisons of such plans are of no dose, or of the dose of another place; the file
#   is right and nothing is said.
# Way round: subtract the first value from all before the file is read.
set -eu
work=$(mktemp -d); trap 'rm -rf "$work"' EXIT
python3 -m venv "$work/venv"
"$work/venv/bin/pip" install -q --disable-pip-version-check dicompyler-core==0.5.6 pymedphys==0.41.0 pydicom==2.4.4 \
    numpy==1.26.4
cd "$work" && venv/bin/python - <<'PY'
from importlib.metadata import version

import numpy as np
import pymedphys
from dicompylercore.dicomparser import DicomParser
from pydicom import Dataset
from pydicom.dataset import FileMetaDataset
from pydicom.uid import ExplicitVRLittleEndian

print("dicompyler-core", version("dicompyler-core"), "pymedphys", version("pymedphys"))
RT_DOSE = "1.2.840.10008.5.1.4.1.1.481.2"


def grid(offsets):
    ds = Dataset()
    ds.file_meta = FileMetaDataset()
    ds.file_meta.TransferSyntaxUID = ExplicitVRLittleEndian
    ds.file_meta.MediaStorageSOPClassUID, ds.file_meta.MediaStorageSOPInstanceUID = RT_DOSE, "2.25.1"
    said = {
        "SOPClassUID": RT_DOSE, "SOPInstanceUID": "2.25.1", "StudyInstanceUID": "2.25.2", "SeriesInstanceUID": "2.25.3",
        "Modality": "RTDOSE", "ImagePositionPatient": [0, 0, 100], "ImageOrientationPatient": [1, 0, 0, 0, 1, 0],
        "PixelSpacing": [1, 1], "Rows": 2, "Columns": 2, "NumberOfFrames": 3, "SamplesPerPixel": 1,
        "FrameIncrementPointer": 0x3004000C, "GridFrameOffsetVector": offsets, "PhotometricInterpretation": "MONOCHROME2",
        "BitsAllocated": 16, "BitsStored": 16, "HighBit": 15, "PixelRepresentation": 0, "DoseUnits": "GY",
        "DoseType": "PHYSICAL", "DoseSummationType": "PLAN", "DoseGridScaling": "1",
    }
    for name, value in said.items():
        setattr(ds, name, value)
    ds.PixelData = np.repeat(np.array([1, 2, 3], "<u2"), 4).tobytes()
    ds["PixelData"].VR = "OW"
    ds.is_little_endian, ds.is_implicit_VR = True, False
    return ds


seen, axes = {}, {}
for offsets in ([0, 3, 6], [100, 103, 106]):
    for z in (103, 203):
        plane = DicomParser(grid(offsets)).GetDoseGrid(z)
        seen[offsets[0], z] = sorted(set(np.ravel(plane).tolist()))
        print(f"offsets {offsets}, dicompyler at z = {z}:", seen[offsets[0], z] or "no dose")
    (found, _, _), _ = pymedphys.dicom.zyx_and_dose_from_dataset(grid(offsets))
    axes[offsets[0]] = found.tolist()
    print(f"offsets {offsets}, pymedphys:", axes[offsets[0]])
told = {(0, 103): [2], (0, 203): [], (100, 103): [], (100, 203): [2]}
if (seen, axes) != (told, {0: [100, 103, 106], 100: [200, 203, 206]}):
    raise SystemExit("CHANGED: the planes are placed differently now")
PY

#!/bin/sh
# rt-utils 1.2.7 draws the contours of a mask through the centres of its outermost cells, and loses half a cell around.
#
# Expected: the area that the contours of a structure enclose is that of its mask, within what a polygon can say.
# Happens:  each cell is taken for the point at its centre: a square of n cells has a contour of (n - 1) x (n - 1), one
#   of two rows has half its area, and a single row or cell has none, as a contour of two points or one. Reading the
#   file with rt-utils gives the mask back, since it fills the outline as well.
# Seen with rt-utils 1.2.7, cells of 1 mm, area of the contour against that of the mask:
#   10 x 10     81 of 100 mm2
#   4 x 4        9 of 16
#   2 x 10       9 of 20
#   1 x 10       0 of 10      (2 points)
#   1 x 1        0 of 1       (1 point; rt-utils itself cannot read that back)
# Meaning: a planning system and a DVH see a smaller target than the person who drew it, by a third for a lesion of
#   1 cm in cells of 2 mm; small ones vanish, and no round trip by the same library shows it.
# Way round: enlarge the mask by resampling before, or draw contours at the edges of cells (scikit-image's find_contours
#   at 0.5 of a padded mask is within half of that error).
set -eu
work=$(mktemp -d); trap 'rm -rf "$work"' EXIT
python3 -m venv "$work/venv"
"$work/venv/bin/pip" install -q --disable-pip-version-check rt-utils==1.2.7 pydicom==2.4.4 numpy==1.26.4 \
    opencv-python-headless==4.11.0.86
"$work/venv/bin/pip" uninstall -q -y opencv-python > /dev/null 2>&1 || true
"$work/venv/bin/pip" install -q --disable-pip-version-check --force-reinstall --no-deps opencv-python-headless==4.11.0.86
cd "$work" && venv/bin/python - <<'PY'
from importlib.metadata import version
from pathlib import Path

import numpy as np
from pydicom import Dataset
from pydicom.dataset import FileMetaDataset
from pydicom.uid import CTImageStorage, ExplicitVRLittleEndian
from rt_utils import RTStructBuilder

print("rt-utils", version("rt-utils"))
Path("ct").mkdir()
ds = Dataset()
ds.file_meta = FileMetaDataset()
ds.file_meta.TransferSyntaxUID = ExplicitVRLittleEndian
said = {
    "SOPClassUID": CTImageStorage, "SOPInstanceUID": "2.25.1", "StudyInstanceUID": "2.25.2", "SeriesInstanceUID": "2.25.3",
    "FrameOfReferenceUID": "2.25.4", "Modality": "CT", "PatientName": "", "PatientID": "", "PatientBirthDate": "",
    "PatientSex": "", "StudyDate": "", "StudyTime": "", "AccessionNumber": "", "ReferringPhysicianName": "", "StudyID": "",
    "InstanceNumber": 1, "ImagePositionPatient": [0, 0, 0], "ImageOrientationPatient": [1, 0, 0, 0, 1, 0],
    "PixelSpacing": [1, 1], "SliceThickness": 1, "Rows": 32, "Columns": 32, "SamplesPerPixel": 1,
    "PhotometricInterpretation": "MONOCHROME2", "BitsAllocated": 16, "BitsStored": 16, "HighBit": 15,
    "PixelRepresentation": 0,
}
for name, value in said.items():
    setattr(ds, name, value)
ds.file_meta.MediaStorageSOPClassUID, ds.file_meta.MediaStorageSOPInstanceUID = CTImageStorage, "2.25.1"
ds.PixelData = bytes(2 * 32 * 32)
ds["PixelData"].VR = "OW"
ds.is_little_endian, ds.is_implicit_VR = True, False
ds.save_as("ct/1.dcm", write_like_original=False)


def area(height, width):
    mask = np.zeros((32, 32, 1), bool)
    mask[8 : 8 + height, 8 : 8 + width] = True
    rt = RTStructBuilder.create_new("ct")
    rt.add_roi(mask=mask, name="roi")
    if mask.sum() > 1:
        assert (rt.get_roi_mask_by_name("roi") == mask).all()
    total, points = 0.0, 0
    for contour in rt.ds.ROIContourSequence[0].ContourSequence:
        x, y = np.array(contour.ContourData, float).reshape(-1, 3).T[:2]
        total += abs(np.dot(x, np.roll(y, 1)) - np.dot(y, np.roll(x, 1))) / 2
        points += len(x)
    return total, points


seen = []
for height, width in ((10, 10), (4, 4), (2, 10), (1, 10), (1, 1)):
    total, points = area(height, width)
    seen.append(total)
    print(f"{height} x {width}: {total:g} of {height * width} mm2, {points} points")
if seen != [81, 9, 9, 0, 0]:
    raise SystemExit("CHANGED: contours are drawn elsewhere now")
PY

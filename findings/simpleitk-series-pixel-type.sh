#!/bin/sh
# SimpleITK 2.5.7 gives a whole series the pixel type of its first slice, and cuts the others to fit,
# silently.
#
# Expected: Rescale Slope and Intercept belong to the instance (PS3.3 C.11.1); in PET they differ from slice
#   to slice by design (PS3.3 C.8.9.4). A volume of them needs a type that holds every slice.
# Happens:  ImageSeriesReader settles the output type from the first file. If that one has slope 1 (or no
#   rescale), the type is the stored integer: later slices lose their fraction, or wrap round when their
#   values are negative.
# Seen with SimpleITK 2.5.7; columns are the three slices, highdicom 0.28.2 beside it:
#   PET slopes 1, 0.5, 0.25:         highdicom [101.0, 50.5, 25.25], SimpleITK uint16 [101, 50, 25]
#   CT intercepts 0, -1000, -1000:   highdicom [101.0, -899.0, -899.0], SimpleITK uint16 [101, 64637, 64637]
# Meaning: uptake values are rounded to whole numbers, air in a CT becomes 64637, depending on the order of
#   the files alone: with the slices reversed the same series reads right.
# Way round: reader.SetOutputPixelType(sitk.sitkFloat64) before Execute(), always.
set -eu
work=$(mktemp -d); trap 'rm -rf "$work"' EXIT
python3 -m venv "$work/venv"
"$work/venv/bin/pip" install -q --disable-pip-version-check \
    pydicom==3.0.2 numpy==2.4.6 SimpleITK==2.5.7 highdicom==0.28.2
cd "$work" && venv/bin/python - <<'PY'
import highdicom
import numpy as np
import SimpleITK
from pydicom import Dataset, dcmread
from pydicom.dataset import FileMetaDataset
from pydicom.uid import CTImageStorage, ExplicitVRLittleEndian, PositronEmissionTomographyImageStorage

print("SimpleITK", SimpleITK.__version__, "highdicom", highdicom.__version__)


def write(index, sop_class, slope, intercept):
    ds = Dataset()
    ds.file_meta = FileMetaDataset()
    ds.file_meta.TransferSyntaxUID = ExplicitVRLittleEndian
    ds.SOPClassUID, ds.SOPInstanceUID, ds.SeriesInstanceUID = sop_class, f"2.25.{index + 1}", "2.25.9"
    ds.StudyInstanceUID, ds.FrameOfReferenceUID = "2.25.7", "2.25.8"
    ds.ImageOrientationPatient, ds.ImagePositionPatient = [1, 0, 0, 0, 1, 0], [0, 0, 3 * index]
    ds.PixelSpacing, ds.SliceThickness, ds.InstanceNumber = [1, 1], 3, index + 1
    ds.Rows, ds.Columns, ds.SamplesPerPixel, ds.PhotometricInterpretation = 4, 4, 1, "MONOCHROME2"
    ds.BitsAllocated, ds.BitsStored, ds.HighBit, ds.PixelRepresentation = 16, 16, 15, 0
    ds.RescaleSlope, ds.RescaleIntercept = slope, intercept
    ds.PixelData = np.full((4, 4), 101, "<u2").tobytes()
    ds["PixelData"].VR = "OW"
    ds.save_as(f"{index}.dcm", enforce_file_format=True)
    return f"{index}.dcm"


def read(sop_class, rescales):
    files = [write(index, sop_class, *rescale) for index, rescale in enumerate(rescales)]
    volume = highdicom.get_volume_from_series([dcmread(file) for file in files])
    reader = SimpleITK.ImageSeriesReader()
    reader.SetFileNames(files)
    plain = SimpleITK.GetArrayFromImage(reader.Execute())
    reader.SetOutputPixelType(SimpleITK.sitkFloat64)
    asked = SimpleITK.GetArrayFromImage(reader.Execute())
    right = sorted(volume.array[:, 0, 0].tolist(), reverse=True)
    print(f"highdicom {right}, SimpleITK {plain.dtype} {plain[:, 0, 0].tolist()}")
    return right, plain[:, 0, 0].tolist(), asked[:, 0, 0].tolist()


pet = read(PositronEmissionTomographyImageStorage, [("1", "0"), ("0.5", "0"), ("0.25", "0")])
ct = read(CTImageStorage, [("1", "0"), ("1", "-1000"), ("1", "-1000")])
as_stated = pet[1] == [101, 50, 25] and ct[1] == [101, 64637, 64637] and all(a == c for a, _, c in (pet, ct))
raise SystemExit(None if as_stated else "CHANGED: the series reader chooses its type differently now")
PY

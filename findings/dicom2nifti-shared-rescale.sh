#!/bin/sh
# dicom2nifti 2.6.2 leaves out the rescale of an enhanced CT when all frames share it.
#
# Expected: the Pixel Value Transformation Sequence may stand in the shared functional groups (PS3.3
#   C.7.6.16.2.9); an enhanced CT whose frames share intercept -1024 is in Hounsfield units after it, as the
#   same slices are in classic CT.
# Happens:  dicom2nifti looks for the macro in each frame's own groups only; it writes the stored values and
#   reports success. With the macro in each frame it tries, and fails: the cells stay unsigned (numpy
#   2.4.6).
# Seen with dicom2nifti 2.6.2 and nibabel 5.4.2, stored 100, 200, 300, 400, so -924, -824, -724, -624 HU:
#   shared groups:     [100, 200, 300, 400]
#   per-frame groups:  OverflowError
# Meaning: soft tissue lands 1024 above its value; two exports of one archive disagree according to where
#   the scanner put the rescale, and Hounsfield thresholds select the wrong voxels.
# Way round: convert enhanced objects with highdicom (get_volume) or dcm2niix, which read both places.
set -eu
work=$(mktemp -d); trap 'rm -rf "$work"' EXIT
python3 -m venv "$work/venv"
"$work/venv/bin/pip" install -q --disable-pip-version-check \
    pydicom==3.0.2 numpy==2.4.6 scipy==1.17.1 dicom2nifti==2.6.2 nibabel==5.4.2
cd "$work" && venv/bin/python - <<'PY'
from importlib.metadata import version
from pathlib import Path
import dicom2nifti
import nibabel
import numpy as np
from pydicom import Dataset
from pydicom.dataset import FileMetaDataset
from pydicom.uid import EnhancedCTImageStorage, ExplicitVRLittleEndian

print("dicom2nifti", version("dicom2nifti"))


def item(**attributes):
    data = Dataset()
    for name, value in attributes.items():
        setattr(data, name, value)
    return [data]


def convert(name, in_frames):
    rescale = item(RescaleSlope="1", RescaleIntercept="-1024", RescaleType="HU")
    shared = item(PixelMeasuresSequence=item(PixelSpacing=[1, 1], SliceThickness=3),
                  PlaneOrientationSequence=item(ImageOrientationPatient=[1, 0, 0, 0, 1, 0]))
    frames = [item(PlanePositionSequence=item(ImagePositionPatient=[0, 0, 3 * i]))[0] for i in range(4)]
    for group in frames if in_frames else shared:
        group.PixelValueTransformationSequence = rescale
    ds = item(SOPClassUID=EnhancedCTImageStorage, SOPInstanceUID="2.25.1", StudyInstanceUID="2.25.2",
              SeriesInstanceUID="2.25.3", Modality="CT", NumberOfFrames=4, Rows=8, Columns=8, SamplesPerPixel=1,
              PhotometricInterpretation="MONOCHROME2", BitsAllocated=16, BitsStored=16, HighBit=15,
              PixelRepresentation=0, ImageType=["ORIGINAL", "PRIMARY", "AXIAL", "NONE"],
              SharedFunctionalGroupsSequence=shared, PerFrameFunctionalGroupsSequence=frames)[0]
    ds.file_meta = FileMetaDataset()
    ds.file_meta.TransferSyntaxUID = ExplicitVRLittleEndian
    ds.PixelData = np.repeat(np.array([100, 200, 300, 400], "<u2"), 64).tobytes()
    ds["PixelData"].VR = "OW"
    folder = Path(name)
    folder.mkdir()
    ds.save_as(folder / "x.dcm", enforce_file_format=True)
    try:
        dicom2nifti.dicom_series_to_nifti(str(folder), str(folder / "y.nii"), reorient_nifti=False)
        values = np.asarray(nibabel.load(folder / "y.nii").dataobj)[0, 0].tolist()
    except Exception as error:
        values = type(error).__name__
    print(f"{name} groups: {values}")
    return values


as_stated = (convert("shared", in_frames=False) == [100, 200, 300, 400]
             and convert("per-frame", in_frames=True) == "OverflowError")
raise SystemExit(None if as_stated else "CHANGED: dicom2nifti treats the rescale of an enhanced CT differently now")
PY

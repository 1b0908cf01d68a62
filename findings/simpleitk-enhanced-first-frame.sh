#!/bin/sh
# SimpleITK 2.5.7 reads an enhanced multi-frame object as if its first frame spoke for all.
#
# Expected: each frame has its own functional groups (PS3.3 C.7.6.16): its rescale in the Pixel Value
#   Transformation Sequence, its place in the Plane Position Sequence; the order of frames in the file
#   carries no geometry.
# Happens:  the first frame's slope and intercept are applied to every frame; frames are stacked in file
#   order, and when that is not the spatial order the spacing falls back to 1.0 and the origin is that of
#   whichever came first. No error and no warning, and the image says nothing of it.
# Seen with SimpleITK 2.5.7, frames of 100, slopes 1, 2, 3 (expected 100, 200, 300):
#   per-frame rescale: [100, 100, 100]
#   frames stored at z = 6, 0, 3 mm: z spacing 1.0, origin z 6.0, frames in file order [1, 2, 3]
# Meaning: quantitative enhanced MR, PET and CT are off by each frame's factor; a shuffled stack is shown
#   with the anatomy out of order and the slices three times too close.
# Way round: highdicom's imread(...).get_volume() honours both; dcm2niix does too.
set -eu
work=$(mktemp -d); trap 'rm -rf "$work"' EXIT
python3 -m venv "$work/venv"
"$work/venv/bin/pip" install -q --disable-pip-version-check \
    pydicom==3.0.2 numpy==2.4.6 SimpleITK==2.5.7 highdicom==0.28.2
cd "$work" && venv/bin/python - <<'PY'
import highdicom
import numpy as np
import SimpleITK
from pydicom import Dataset
from pydicom.dataset import FileMetaDataset
from pydicom.uid import EnhancedMRImageStorage, ExplicitVRLittleEndian

print("SimpleITK", SimpleITK.__version__, "highdicom", highdicom.__version__)


def item(**attributes):
    data = Dataset()
    for name, value in attributes.items():
        setattr(data, name, value)
    return [data]


def read(heights, slopes, values):
    frames = [item(PlanePositionSequence=item(ImagePositionPatient=[0, 0, z]),
                   FrameContentSequence=item(StackID="1", InStackPositionNumber=int(z / 3) + 1,
                                             DimensionIndexValues=[int(z / 3) + 1]),
                   PixelValueTransformationSequence=item(RescaleSlope=slope, RescaleIntercept="0", RescaleType="US"))[0]
              for z, slope in zip(heights, slopes)]
    ds = item(SOPClassUID=EnhancedMRImageStorage, SOPInstanceUID="2.25.1", StudyInstanceUID="2.25.2",
              SeriesInstanceUID="2.25.3", FrameOfReferenceUID="2.25.4", Modality="MR", NumberOfFrames=len(frames),
              Rows=4, Columns=4, SamplesPerPixel=1, PhotometricInterpretation="MONOCHROME2", BitsAllocated=16,
              BitsStored=16, HighBit=15, PixelRepresentation=0, PerFrameFunctionalGroupsSequence=frames,
              DimensionOrganizationSequence=item(DimensionOrganizationUID="2.25.5"),
              DimensionIndexSequence=item(DimensionOrganizationUID="2.25.5", DimensionIndexPointer=0x00209057,
                                          FunctionalGroupPointer=0x00209111),
              SharedFunctionalGroupsSequence=item(
                  PixelMeasuresSequence=item(PixelSpacing=[1, 1], SliceThickness=3, SpacingBetweenSlices=3),
                  PlaneOrientationSequence=item(ImageOrientationPatient=[1, 0, 0, 0, 1, 0])))[0]
    ds.file_meta = FileMetaDataset()
    ds.file_meta.TransferSyntaxUID = ExplicitVRLittleEndian
    ds.PixelData = np.repeat(np.array(values, "<u2"), 16).tobytes()
    ds["PixelData"].VR = "OW"
    ds.save_as("x.dcm", enforce_file_format=True)
    volume = highdicom.imread("x.dcm").get_volume()
    print("highdicom:", sorted(volume.array[:, 0, 0].tolist()), "spacing", volume.spacing[0])
    image = SimpleITK.ReadImage("x.dcm")
    return SimpleITK.GetArrayFromImage(image)[:, 0, 0].tolist(), image.GetSpacing()[2], image.GetOrigin()[2]


rescaled, _, _ = read((0, 3, 6), ("1", "2", "3"), (100, 100, 100))
print("per-frame rescale:", rescaled)
order, spacing, origin = read((6, 0, 3), ("1", "1", "1"), (1, 2, 3))
print("frames stored at z = 6, 0, 3 mm: z spacing", spacing, "origin z", origin, "frames in file order", order)
as_stated = rescaled == [100] * 3 and (order, spacing, origin) == ([1, 2, 3], 1.0, 6.0)
raise SystemExit(None if as_stated else "CHANGED: SimpleITK looks at more than the first frame now")
PY

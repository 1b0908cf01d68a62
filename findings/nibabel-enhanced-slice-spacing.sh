#!/bin/sh
# nibabel 5.4.2 takes the distance between slices of an enhanced MR from the wrong frames, by the order of storage.
#
# Expected: frames may be stored in any order (PS3.3 C.7.6.16.1.1); slices at 0, 5, 10, 15 mm are 5 mm apart.
# Happens:  the place of a frame among the slices is used as the number of a frame: with slices that are stored
#   interleaved, or twice each, the distance is that of other frames.
# Seen with nibabel 5.4.2, four slices at 0, 5, 10, 15 mm of an enhanced MR, the third of voxel_sizes and of the affine,
#   whose slices go downwards:
#   0 5 10 15              5.0   -5.0
#   0 10 5 15              5.0   -5.0
#   0 15 5 10             10.0  -10.0
#   5 15 0 10             -5.0    5.0
#   0 0 5 5 10 10 15 15    0.0    0.0      (two times of each slice after one another)
# Meaning: a volume is stretched, mirrored or flat; the affine of 0 cannot be inverted, and nothing is said.
# Way round: highdicom's get_volume, or the distance between sorted positions.
set -eu
work=$(mktemp -d); trap 'rm -rf "$work"' EXIT
python3 -m venv "$work/venv"
"$work/venv/bin/pip" install -q --disable-pip-version-check nibabel==5.4.2 pydicom==3.0.2 numpy==2.4.6
cd "$work" && venv/bin/python -W ignore - <<'PY'
from importlib.metadata import version

import numpy as np
from nibabel.nicom.dicomwrappers import wrapper_from_data
from pydicom import Dataset
from pydicom.dataset import FileMetaDataset
from pydicom.uid import EnhancedMRImageStorage, ExplicitVRLittleEndian

print("nibabel", version("nibabel"))


def item(**attributes):
    data = Dataset()
    for name, value in attributes.items():
        setattr(data, name, value)
    return data


def enhanced(places):
    times = {z: 0 for z in places}
    frames = []
    for z in places:
        times[z] += 1
        where = [1, sorted(times).index(z) + 1, times[z]]
        content = item(StackID="1", InStackPositionNumber=where[1], TemporalPositionIndex=where[2], DimensionIndexValues=where)
        frames.append(item(FrameContentSequence=[content], PlanePositionSequence=[item(ImagePositionPatient=[0, 0, z])]))
    shared = item(
        PixelMeasuresSequence=[item(PixelSpacing=[1, 1], SliceThickness=5)],
        PlaneOrientationSequence=[item(ImageOrientationPatient=[1, 0, 0, 0, 1, 0])],
    )
    pointers = [item(DimensionIndexPointer=tag) for tag in (0x00209056, 0x00209057, 0x00209128)]
    ds = item(
        SOPClassUID=EnhancedMRImageStorage, SOPInstanceUID="2.25.1", Modality="MR", Rows=2, Columns=2, SamplesPerPixel=1,
        NumberOfFrames=len(places), PhotometricInterpretation="MONOCHROME2", BitsAllocated=16, BitsStored=16, HighBit=15,
        PixelRepresentation=0, DimensionIndexSequence=pointers, SharedFunctionalGroupsSequence=[shared],
        PerFrameFunctionalGroupsSequence=frames,
    )
    ds.file_meta = FileMetaDataset()
    ds.file_meta.TransferSyntaxUID = ExplicitVRLittleEndian
    ds.PixelData = np.zeros(4 * len(places), "<u2").tobytes()
    return wrapper_from_data(ds)


seen = []
for places in ([0, 5, 10, 15], [0, 10, 5, 15], [0, 15, 5, 10], [5, 15, 0, 10], [0, 0, 5, 5, 10, 10, 15, 15]):
    wrapper = enhanced(places)
    seen.append((float(wrapper.voxel_sizes[2]), float(wrapper.affine[2, 2])))
    print(*places, " ", *seen[-1])
if seen != [(5.0, -5.0), (5.0, -5.0), (10.0, -10.0), (-5.0, 5.0), (0.0, 0.0)]:
    raise SystemExit("CHANGED: the distance between slices is found differently now")
PY

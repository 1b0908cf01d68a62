#!/bin/sh
# RT Dose: SimpleITK 2.5.7 and dcm2niix 1.0.20260724 hand out stored cells, not gray, and dcm2niix turns hot
# spots negative.
#
# Expected: the dose is the cell times Dose Grid Scaling (PS3.3 C.8.8.3), as Rescale Slope is applied for CT
#   by both; the cells are unsigned, and planning systems spread the dose over all 32 bits of them.
# Happens:  neither applies Dose Grid Scaling, nor mentions it; dcm2niix writes the unsigned cells as int32.
# Seen with SimpleITK 2.5.7, dcm2niix 1.0.20260724, nibabel 5.4.2 (cells 1000000000, 3000000000, scaling
#   1e-8):
#   meant, Gy: [10.0, 30.0]
#   SimpleITK: [1000000000, 3000000000]
#   dcm2niix:  [1000000000, -1294967296] int32
# Meaning: a dose volume made so has no unit, and above half of the range the hottest voxels become the
#   coldest.
# Way round: read the grid with pydicom, multiply by Dose Grid Scaling, write float; or scale SimpleITK's
#   image by hand.
set -eu
work=$(mktemp -d); trap 'rm -rf "$work"' EXIT
python3 -m venv "$work/venv"
"$work/venv/bin/pip" install -q --disable-pip-version-check \
    pydicom==3.0.2 numpy==2.4.6 SimpleITK==2.5.7 dcm2niix==1.0.20260724 nibabel==5.4.2
cd "$work" && venv/bin/python - <<'PY'
import subprocess
from importlib.metadata import version
import dcm2niix
import nibabel
import numpy as np
import SimpleITK
from pydicom import Dataset
from pydicom.dataset import FileMetaDataset
from pydicom.uid import ExplicitVRLittleEndian, RTDoseStorage

print("SimpleITK", SimpleITK.__version__, "dcm2niix", version("dcm2niix"))
ds = Dataset()
ds.file_meta = FileMetaDataset()
ds.file_meta.TransferSyntaxUID = ExplicitVRLittleEndian
ds.SOPClassUID, ds.SOPInstanceUID, ds.SeriesInstanceUID = RTDoseStorage, "2.25.1", "2.25.2"
ds.Modality, ds.DoseUnits, ds.DoseType, ds.DoseSummationType = "RTDOSE", "GY", "PHYSICAL", "PLAN"
ds.DoseGridScaling, ds.GridFrameOffsetVector, ds.FrameIncrementPointer = "1e-8", [0, 3], 0x3004000C
ds.NumberOfFrames, ds.Rows, ds.Columns, ds.SamplesPerPixel = 2, 4, 4, 1
ds.PhotometricInterpretation, ds.PixelRepresentation = "MONOCHROME2", 0
ds.BitsAllocated, ds.BitsStored, ds.HighBit = 32, 32, 31
ds.PixelSpacing, ds.ImageOrientationPatient, ds.ImagePositionPatient = [1, 1], [1, 0, 0, 0, 1, 0], [0, 0, 0]
cells = np.repeat(np.array([1_000_000_000, 3_000_000_000], "<u4"), 16)
ds.PixelData = cells.tobytes()
ds["PixelData"].VR = "OW"
ds.save_as("x.dcm", enforce_file_format=True)

itk = SimpleITK.GetArrayFromImage(SimpleITK.ReadImage("x.dcm"))[:, 0, 0].tolist()
subprocess.run([dcm2niix.bin, "-s", "y", "-f", "x", "-b", "n", "x.dcm"], check=True, stdout=subprocess.DEVNULL)
nifti = nibabel.load("x.nii")
volume = np.asarray(nifti.dataobj)[0, 0].tolist()
print("meant, Gy:", (cells[[0, 16]] * 1e-8).round(3).tolist())
print("SimpleITK:", itk)
print("dcm2niix: ", volume, nifti.get_data_dtype())
as_stated = itk == [1_000_000_000, 3_000_000_000] and volume == [1_000_000_000, -1_294_967_296]
raise SystemExit(None if as_stated else "CHANGED: a dose grid is read differently now")
PY

#!/bin/sh
# SimpleITK 2.5.7 measures a calibrated projection image at the detector.
#
# Expected: where Pixel Spacing (0028,0030) stands beside Imager Pixel Spacing (0018,1164), it is the calibrated
#   one, corrected for the magnification between patient and detector (PS3.3 10.7.1.1, 10.7.1.3: measurements on
#   the image take Pixel Spacing); it comes with a Pixel Spacing Calibration Type.
# Happens:  for CR, DX, mammography, intra-oral and XA the spacing of the image is Imager Pixel Spacing, whatever
#   Pixel Spacing says. GDCM chooses the attribute by SOP Class, so gdcm itself and everything upon ITK do so. No
#   warning; for Secondary Capture the same two attributes are read the other way.
# Seen with SimpleITK 2.5.7 and, beside it, dcm2niix 1.0.20260724, for a Pixel Spacing of 0.1\0.2 and an Imager Pixel
#   Spacing of 0.3\0.4 (rows, columns; both print columns, rows):
#   Digital X-Ray       SimpleITK 0.4, 0.3   dcm2niix 0.2, 0.1
#   Secondary Capture   SimpleITK 0.2, 0.1   dcm2niix 0.2, 0.1
# Meaning: templates of implants, stenoses and lesions are too large by the magnification (5 to 50 %) in a program
#   upon ITK, and differ from what the viewer at the workstation says of the same file.
# Way round: read both attributes with pydicom and set the spacing with SetSpacing.
set -eu
work=$(mktemp -d); trap 'rm -rf "$work"' EXIT
python3 -m venv "$work/venv"
"$work/venv/bin/pip" install -q --disable-pip-version-check \
    pydicom==3.0.2 numpy==2.4.6 SimpleITK==2.5.7 dcm2niix==1.0.20260724 nibabel==5.4.2
cd "$work" && venv/bin/python - <<'PY'
import subprocess
from pathlib import Path
import dcm2niix
import nibabel
import SimpleITK
from pydicom import Dataset
from pydicom.dataset import FileMetaDataset
from pydicom.uid import (ComputedRadiographyImageStorage, DigitalIntraOralXRayImageStorageForPresentation,
                         DigitalMammographyXRayImageStorageForPresentation, DigitalXRayImageStorageForPresentation,
                         ExplicitVRLittleEndian, SecondaryCaptureImageStorage, XRayAngiographicImageStorage)


def spacings(sop_class, modality):
    ds = Dataset()
    ds.file_meta = FileMetaDataset()
    ds.file_meta.TransferSyntaxUID = ExplicitVRLittleEndian
    ds.SOPClassUID, ds.SOPInstanceUID, ds.SeriesInstanceUID, ds.Modality = sop_class, "2.25.1", "2.25.2", modality
    ds.ImagerPixelSpacing, ds.PixelSpacing, ds.PixelSpacingCalibrationType = [0.3, 0.4], [0.1, 0.2], "GEOMETRY"
    ds.Rows, ds.Columns, ds.SamplesPerPixel, ds.PhotometricInterpretation = 4, 4, 1, "MONOCHROME2"
    ds.BitsAllocated, ds.BitsStored, ds.HighBit, ds.PixelRepresentation = 16, 16, 15, 0
    ds.PixelData = bytes(32)
    ds["PixelData"].VR = "OW"
    folder = Path(modality)
    folder.mkdir()
    ds.save_as(folder / "x.dcm", enforce_file_format=True)
    itk = SimpleITK.ReadImage(folder / "x.dcm").GetSpacing()
    subprocess.run([dcm2niix.bin, "-f", "x", "-b", "n", folder], check=True, stdout=subprocess.DEVNULL)
    niix = nibabel.load(folder / "x.nii").header.get_zooms()
    seen = [[round(float(mm), 3) for mm in both[:2]] for both in (itk, niix)]
    print(f"{sop_class.name}: SimpleITK {seen[0]} dcm2niix {seen[1]}")
    return seen


projections = {"CR": ComputedRadiographyImageStorage, "DX": DigitalXRayImageStorageForPresentation,
               "MG": DigitalMammographyXRayImageStorageForPresentation, "XA": XRayAngiographicImageStorage,
               "IO": DigitalIntraOralXRayImageStorageForPresentation}
as_stated = [spacings(uid, modality) == [[0.4, 0.3], [0.2, 0.1]] for modality, uid in projections.items()]
as_stated.append(spacings(SecondaryCaptureImageStorage, "OT") == [[0.2, 0.1], [0.2, 0.1]])
raise SystemExit(None if all(as_stated) else "CHANGED: the spacing of calibrated images is read differently now")
PY

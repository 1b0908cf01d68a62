#!/bin/sh
# dcm2niix 1.0.20260724 puts Image Comments into the header of a volume and its sidecar, though asked to anonymize.
#
# Expected: `-ba y`, the default, anonymizes the sidecar (dcm2niix -h: "anonymize BIDS"), and a NIfTI file holds numbers and
#   where they are. Image Comments (0020,4000) is what somebody typed; PS3.15 table E.1-1 removes or cleans it, as it does
#   Institution Name, Station Name and Device Serial Number.
# Happens:  the first 23 characters of the comment stand in `aux_file` of the NIfTI header, whatever -b and -ba say, the whole of
#   it in the JSON beside, with institution, station and serial number. Patient's name, number and birth date are left out.
#   The time of acquisition stands in `descrip`.
# Seen with dcm2niix 1.0.20260724, a CT of eight slices, Image Comments "Quillfeather, 010-555":
#   -b n            aux_file 'Quillfeather, 010-555', descrip 'Time=101112.500'
#   -b y -ba y      the same, and "ImageComments": "Quillfeather, 010-555" in the JSON
# Meaning: a name or a telephone number that a technologist noted goes out with volumes that were made anonymous, in a field
#   that viewers do not show and that removing the JSON does not take away.
# Way round: remove the attribute from the DICOM files before they are converted, or clear `aux_file` and `descrip` after.
set -eu
work=$(mktemp -d); trap 'rm -rf "$work"' EXIT
python3 -m venv "$work/venv"
"$work/venv/bin/pip" install -q --disable-pip-version-check dcm2niix==1.0.20260724 pydicom==3.0.2
cd "$work" && venv/bin/python - <<'PY'
import json
import subprocess
from pathlib import Path

import dcm2niix
from pydicom import Dataset
from pydicom.dataset import FileMetaDataset
from pydicom.uid import CTImageStorage, ExplicitVRLittleEndian

COMMENT = "Quillfeather, 010-555"


def slice_of(number):
    ds = Dataset()
    ds.file_meta = FileMetaDataset()
    ds.file_meta.TransferSyntaxUID = ExplicitVRLittleEndian
    ds.SOPClassUID, ds.SOPInstanceUID = CTImageStorage, f"2.25.{100 + number}"
    ds.StudyInstanceUID, ds.SeriesInstanceUID, ds.Modality = "2.25.1", "2.25.2", "CT"
    ds.PatientName, ds.PatientID, ds.PatientBirthDate = "A^B", "1", "19700101"
    ds.InstitutionName, ds.StationName, ds.DeviceSerialNumber = "Clinic", "CT1", "S99"
    ds.StudyDate, ds.StudyTime, ds.AcquisitionTime = "20260101", "101010", "101112.5"
    ds.SeriesNumber, ds.InstanceNumber, ds.ImageComments = 1, number + 1, COMMENT
    ds.ImageType = ["ORIGINAL", "PRIMARY"]
    ds.Rows = ds.Columns = 16
    ds.SamplesPerPixel, ds.PhotometricInterpretation = 1, "MONOCHROME2"
    ds.BitsAllocated, ds.BitsStored, ds.HighBit, ds.PixelRepresentation = 16, 12, 11, 0
    ds.ImagePositionPatient, ds.ImageOrientationPatient = [0, 0, 2 * number], [1, 0, 0, 0, 1, 0]
    ds.PixelSpacing, ds.SliceThickness = [1, 1], 2
    ds.add_new("PixelData", "OW", bytes(512))
    return ds


Path("in").mkdir()
for number in range(8):
    slice_of(number).save_as(f"in/{number}.dcm", enforce_file_format=True)
seen = []
for flags in (["-b", "n"], ["-b", "y", "-ba", "y"]):
    out = Path("-".join(flags).strip("-"))
    out.mkdir()
    command = [dcm2niix.bin, *flags, "-z", "n", "-f", "v", "-o", str(out), "in"]
    done = subprocess.run(command, capture_output=True, text=True)
    header = (out / "v.nii").read_bytes()[:348]
    comment, described = (header[a:b].rstrip(b"\0").decode() for a, b in ((228, 252), (148, 228)))
    beside = json.loads((out / "v.json").read_text()) if (out / "v.json").exists() else {}
    print(" ".join(flags), "aux_file", repr(comment), "descrip", repr(described), "JSON", beside.get("ImageComments"))
    seen.append((comment, beside.get("ImageComments"), beside.get("DeviceSerialNumber")))
print(*(line for line in done.stdout.splitlines() if "version" in line))
if seen != [(COMMENT, None, None), (COMMENT, COMMENT, "S99")]:
    raise SystemExit("CHANGED: comments are left out of anonymous volumes now")
PY

#!/bin/sh
# dicom_parser 1.2.3 reads a time of hours and minutes as another one.
#
# Expected: TM may end after the hours or the minutes (PS3.5 6.2): 0930 is half past nine, 1045 a quarter to eleven.
# Happens:  the text is read as %H%M%S, for which one digit is enough, so that 0930 is taken apart as 09, 3, 0.
# Seen with dicom_parser 1.2.3:
#   093000   09:30:00
#   0930     09:03:00
#   1045     10:04:05
#   10       no time at all
# Meaning: series are put into another order, and uptakes and delays are computed from times that no scanner wrote;
#   nothing is raised.
# Way round: fill the text up with zeros to six digits first.
set -eu
work=$(mktemp -d); trap 'rm -rf "$work"' EXIT
python3 -m venv "$work/venv"
"$work/venv/bin/pip" install -q --disable-pip-version-check dicom_parser==1.2.3 pydicom==2.3.1 numpy==1.26.4
cd "$work" && venv/bin/python -W ignore - <<'PY'
from importlib.metadata import version

from dicom_parser.header import Header
from pydicom import Dataset
from pydicom.dataset import FileMetaDataset
from pydicom.uid import ExplicitVRLittleEndian, MRImageStorage

print("dicom_parser", version("dicom_parser"))
seen = {}
for text in ("093000", "0930", "1045", "10"):
    ds = Dataset()
    ds.file_meta = FileMetaDataset()
    ds.file_meta.TransferSyntaxUID = ExplicitVRLittleEndian
    ds.SOPClassUID, ds.SOPInstanceUID, ds.AcquisitionTime = MRImageStorage, "2.25.1", text
    ds.file_meta.MediaStorageSOPClassUID, ds.file_meta.MediaStorageSOPInstanceUID = MRImageStorage, "2.25.1"
    ds.is_little_endian, ds.is_implicit_VR = True, False
    ds.save_as("x.dcm", write_like_original=False)
    try:
        seen[text] = str(Header("x.dcm").get("AcquisitionTime"))
    except Exception as error:
        seen[text] = type(error).__name__
    print(f"{text:8} {seen[text]}")
if (seen["093000"], seen["0930"], seen["1045"]) != ("09:30:00", "09:03:00", "10:04:05"):
    raise SystemExit("CHANGED: short times are read differently now")
PY

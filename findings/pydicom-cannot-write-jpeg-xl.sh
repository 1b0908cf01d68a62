#!/bin/sh
# JPEG XL in pydicom 3.0.2: a file that was read cannot be saved again.
#
# Expected: a data set whose transfer syntax is JPEG XL (PS3.5 A.4.12, in the standard since 2024) is written as every
#   encapsulated syntax is: explicit VR little endian around fragments that are not touched.
# Happens:  dcmread reads it; save_as, also after no change at all, raises "is not a valid transfer syntax", since the
#   UID is not in the dictionary of the package.
# Seen with pydicom 3.0.2, Python 3.11.
# Meaning: coercion, de-identification and routing built on it fail at the first JPEG XL of a new scanner, where JPEG
#   2000 passes.
# Way round: dcmwrite with implicit_vr=False, little_endian=True and force_encoding=True.
set -eu
work=$(mktemp -d); trap 'rm -rf "$work"' EXIT
python3 -m venv "$work/venv"
"$work/venv/bin/pip" install -q --disable-pip-version-check pydicom==3.0.2
"$work/venv/bin/python" - <<'PY'
from io import BytesIO

import pydicom
from pydicom.dataset import Dataset, FileMetaDataset
from pydicom.encaps import encapsulate
from pydicom.filewriter import dcmwrite

JPEG_2000, JPEG_XL = "1.2.840.10008.1.2.4.90", "1.2.840.10008.1.2.4.110"


def outcome(syntax):
    """What becomes of a file of this syntax that is read and saved as it is."""
    dataset, written, again = Dataset(), BytesIO(), BytesIO()
    dataset.SOPClassUID, dataset.SOPInstanceUID = "1.2.840.10008.5.1.4.1.1.7", "1.2.3"
    dataset.PixelData = encapsulate([b"\0" * 8])
    dataset["PixelData"].VR = "OB"
    dataset["PixelData"].is_undefined_length = True
    dataset.file_meta = FileMetaDataset()
    dataset.file_meta.TransferSyntaxUID = syntax
    dataset.file_meta.MediaStorageSOPClassUID = dataset.SOPClassUID
    dataset.file_meta.MediaStorageSOPInstanceUID = dataset.SOPInstanceUID
    dataset.preamble = bytes(128)
    dcmwrite(written, dataset, implicit_vr=False, little_endian=True, force_encoding=True)
    written.seek(0)
    try:
        pydicom.dcmread(written).save_as(again)
    except ValueError as refused:
        return "refused" if "not a valid transfer syntax" in str(refused) else str(refused)
    return "saved"


print("pydicom", pydicom.__version__)
found = {name: outcome(uid) for name, uid in (("JPEG 2000", JPEG_2000), ("JPEG XL", JPEG_XL))}
print(found)
as_stated = found == {"JPEG 2000": "saved", "JPEG XL": "refused"}
raise SystemExit(None if as_stated else "CHANGED: JPEG XL is saved as others are")
PY

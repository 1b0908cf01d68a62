#!/bin/sh
# Palettes of big-endian files in pydicom 3.0.2: the words of the table are read in the machine's order.
#
# Expected: the data of a palette are OW, words of 16 bits that are written big endian in Explicit VR Big
#   Endian (PS3.5 7.3); the same picture in either transfer syntax has the same colours.
# Happens:  pydicom keeps OW as bytes of the file, and apply_color_lut reads them as if they were of the
#   machine. Segmented palettes are read by the order of the file, whole ones are not.
# Seen with pydicom 3.0.2, numpy 2.4.6 on a little-endian machine: the entry 0x1234 is shown as 0x3412.
# Meaning: the colours of old ultrasound are noise in their low bytes' order, and nobody is warned.
# Way round: swap the words of LUT data oneself where original_encoding says big endian.
set -eu
work=$(mktemp -d); trap 'rm -rf "$work"' EXIT
python3 -m venv "$work/venv"
"$work/venv/bin/pip" install -q --disable-pip-version-check pydicom==3.0.2 numpy==2.4.6
"$work/venv/bin/python" - <<'PY'
from io import BytesIO

import numpy
import pydicom
from pydicom import Dataset, dcmread
from pydicom.dataset import FileMetaDataset
from pydicom.pixels import processing
from pydicom.uid import ExplicitVRBigEndian, ExplicitVRLittleEndian, SecondaryCaptureImageStorage


def shown(syntax, order):
    """The red of the only entry, read again from a file in this transfer syntax."""
    ds = Dataset()
    ds.file_meta = FileMetaDataset()
    ds.file_meta.TransferSyntaxUID = syntax
    ds.SOPClassUID, ds.SOPInstanceUID = SecondaryCaptureImageStorage, "2.25.1"
    entry = numpy.array([0x1234], f"{order}u2").tobytes()
    for colour in ("Red", "Green", "Blue"):
        ds.add_new(f"{colour}PaletteColorLookupTableDescriptor", "US", [1, 0, 16])
        ds.add_new(f"{colour}PaletteColorLookupTableData", "OW", entry)
    file = BytesIO()
    ds.save_as(file, enforce_file_format=True)
    file.seek(0)
    return int(processing.apply_color_lut(numpy.zeros(1, numpy.uint8), dcmread(file))[0, 0])


print("pydicom", pydicom.__version__)
little, big = shown(ExplicitVRLittleEndian, "<"), shown(ExplicitVRBigEndian, ">")
print(f"little endian file: {little:#06x}   big endian file: {big:#06x}")
as_stated = little == 0x1234 and big == 0x3412
raise SystemExit(None if as_stated else "CHANGED: pydicom reads palettes of big-endian files in their order now")
PY

#!/bin/sh
# Segmented palettes in pydicom 3.0.2: the offset of an indirect segment is counted in words, not in bytes.
#
# Expected: an indirect segment names the first segment to copy by its offset in bytes from the beginning of
#   the table (PS3.3 C.7.9.2.3), whether the entries have eight bits or 16.
# Happens:  apply_color_lut takes the offset as a place among the numbers of the table. With 16-bit entries
#   that is twice as far: it reads in the middle of another segment, or behind the last one.
# Seen with pydicom 3.0.2, numpy 2.4.6: two segments (5 9, then up to 21), down to 1, and "the two segments
#   from byte 8 on" again: ValueError, unknown segment type '4'; the same palette with the offset 4 is read.
# Meaning: a valid palette of few segments, which is what they were made for, cannot be shown, or is shown in
#   other colours where the wrong place happens to look like a segment.
# Way round: expand segments oneself, with the offset divided by the bytes of an entry.
set -eu
work=$(mktemp -d); trap 'rm -rf "$work"' EXIT
python3 -m venv "$work/venv"
"$work/venv/bin/pip" install -q --disable-pip-version-check pydicom==3.0.2 numpy==2.4.6
"$work/venv/bin/python" - <<'PY'
from struct import pack

import numpy
import pydicom
from pydicom import Dataset
from pydicom.dataset import FileMetaDataset
from pydicom.pixels import processing
from pydicom.uid import ExplicitVRLittleEndian


def shown(offset):
    """What is shown for the inputs 0 to 13, or why nothing is."""
    ds = Dataset()
    ds.file_meta = FileMetaDataset()
    ds.file_meta.TransferSyntaxUID = ExplicitVRLittleEndian
    words = pack("<14H", 0, 2, 5, 9, 1, 2, 21, 1, 4, 1, 2, 2, offset, 0)
    for colour in ("Red", "Green", "Blue"):
        ds.add_new(f"{colour}PaletteColorLookupTableDescriptor", "US", [14, 0, 16])
        ds.add_new(f"Segmented{colour}PaletteColorLookupTableData", "OW", words)
    try:
        return processing.apply_color_lut(numpy.arange(14, dtype=numpy.uint16), ds)[:, 0].tolist()
    except ValueError as error:
        return str(error)


print("pydicom", pydicom.__version__)
print("offset 8, in bytes:", in_bytes := shown(8))
print("offset 4, in words:", in_words := shown(4))
right = [5, 9, 15, 21, 16, 11, 6, 1, 11, 21, 16, 11, 6, 1]
as_stated = in_words == right and in_bytes != right
raise SystemExit(None if as_stated else "CHANGED: pydicom counts the offset of an indirect segment in bytes now")
PY

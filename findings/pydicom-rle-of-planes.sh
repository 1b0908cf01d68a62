#!/bin/sh
# pydicom 3.0.2 scrambles colour pixels when it compresses colour-by-plane data to RLE Lossless.
#
# Expected: Dataset.compress of a lossless syntax keeps every pixel, whatever Planar Configuration the
#   native data has (PS3.3 C.7.6.3.1.3 allows 0 and 1; PS3.5 8.2.2 and annex G define RLE by plane).
# Happens:  with Planar Configuration 1 the RLE frame is made from the planes as if they were interleaved.
#   No error, no warning; both RLE encoders do it. JPEG 2000 of the same Dataset is right, and so is RLE of
#   an array.
# Seen with pydicom 3.0.2, pylibjpeg-rle 2.2.0, pylibjpeg-openjpeg 2.6.0 (64 x 64 RGB, 12288 samples):
#   planar 0, RLE: 0 samples differ
#   planar 1, RLE by pydicom: 12238 samples differ
#   planar 1, RLE by pylibjpeg: 12238 samples differ
#   planar 1, RLE of pixel_array: 0 samples differ
#   planar 1, JPEG 2000: 0 samples differ
# Meaning: an archive that compresses ultrasound or secondary capture this way destroys the images; the
#   damaged file is well formed, so every later reader shows the same wrong picture.
# Way round: ds.compress(RLELossless, ds.pixel_array), and compare the pixels before dropping the original.
set -eu
work=$(mktemp -d); trap 'rm -rf "$work"' EXIT
python3 -m venv "$work/venv"
"$work/venv/bin/pip" install -q --disable-pip-version-check \
    pydicom==3.0.2 numpy==2.4.6 pylibjpeg==2.1.0 pylibjpeg-rle==2.2.0 pylibjpeg-openjpeg==2.6.0
"$work/venv/bin/python" - <<'PY'
import copy
import numpy as np
import pydicom
from pydicom import Dataset
from pydicom.dataset import FileMetaDataset
from pydicom.uid import ExplicitVRLittleEndian, JPEG2000Lossless, RLELossless, SecondaryCaptureImageStorage

print("pydicom", pydicom.__version__)
rgb = (np.arange(64 * 64 * 3) % 251).astype(np.uint8).reshape(64, 64, 3)


def native(planar):
    ds = Dataset()
    ds.file_meta = FileMetaDataset()
    ds.file_meta.TransferSyntaxUID = ExplicitVRLittleEndian
    ds.SOPClassUID, ds.SOPInstanceUID = SecondaryCaptureImageStorage, "2.25.1"
    ds.Rows = ds.Columns = 64
    ds.SamplesPerPixel, ds.PhotometricInterpretation, ds.PlanarConfiguration = 3, "RGB", planar
    ds.BitsAllocated, ds.BitsStored, ds.HighBit, ds.PixelRepresentation = 8, 8, 7, 0
    ds.PixelData = (rgb.transpose(2, 0, 1) if planar else rgb).tobytes()
    ds["PixelData"].VR = "OB"
    assert np.array_equal(ds.pixel_array, rgb)
    return ds


def lost(planar, syntax, plugin="", array=None):
    ds = copy.deepcopy(native(planar))
    ds.compress(syntax, array, encoding_plugin=plugin)
    return int((ds.pixel_array != rgb).sum())


results = {
    "planar 0, RLE": lost(0, RLELossless),
    "planar 1, RLE by pydicom": lost(1, RLELossless, "pydicom"),
    "planar 1, RLE by pylibjpeg": lost(1, RLELossless, "pylibjpeg"),
    "planar 1, RLE of pixel_array": lost(1, RLELossless, array=rgb),
    "planar 1, JPEG 2000": lost(1, JPEG2000Lossless),
}
for name, count in results.items():
    print(f"{name}: {count} samples differ")
as_stated = [count > 0 for count in results.values()] == [False, True, True, False, False]
raise SystemExit(None if as_stated else "CHANGED: the pixels come out differently now")
PY

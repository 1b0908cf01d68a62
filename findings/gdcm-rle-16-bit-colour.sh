#!/bin/sh
# GDCM 3.2.6 puts the bytes of 16-bit RLE colour together in the wrong order.
#
# Expected: RLE keeps one segment per byte of the sample: high byte of R, low byte of R, high byte of G and
#   so on (PS3.5 G.2), for 16-bit colour six segments, which GDCM accepts.
# Happens:  the samples come out as other numbers, without an error; 8-bit colour of the same file layout is
#   right.
# Seen with python-gdcm 3.2.6 and, through the GDCM inside it, SimpleITK 2.5.7 (the file made by pydicom
#   3.0.2):
#   8 bit:  expected [0, 1, 2, 3, 4, 5] gdcm [0, 1, 2, 3, 4, 5] SimpleITK [0, 1, 2, 3, 4, 5]
#   16 bit: expected [0, 1111, 2222, 3333, 4444, 5555] gdcm [2135, 174, 1024, 5468, 3507, 4357] SimpleITK the same
# Meaning: 16-bit colour is rare but legal (PS3.5 8.2.2 lists it: maps, microscopy); the picture is noise,
#   the file is not.
# Way round: decode RLE with pydicom or pylibjpeg-rle; choose pydicom's plugin by name, as gdcm may be the
#   first it finds.
set -eu
work=$(mktemp -d); trap 'rm -rf "$work"' EXIT
python3 -m venv "$work/venv"
"$work/venv/bin/pip" install -q --disable-pip-version-check \
    pydicom==3.0.2 numpy==2.4.6 python-gdcm==3.2.6 SimpleITK==2.5.7
cd "$work" && venv/bin/python - <<'PY'
import gdcm
import numpy as np
import SimpleITK
from pydicom import Dataset, dcmread
from pydicom.dataset import FileMetaDataset
from pydicom.uid import ExplicitVRLittleEndian, RLELossless, SecondaryCaptureImageStorage

print("gdcm", gdcm.Version.GetVersion(), "SimpleITK", SimpleITK.__version__)


def read(bits):
    step, kind = (1, "<u1") if bits == 8 else (1111, "<u2")
    colour = (np.arange(32 * 32 * 3) * step).astype(kind).reshape(32, 32, 3)
    ds = Dataset()
    ds.file_meta = FileMetaDataset()
    ds.file_meta.TransferSyntaxUID = ExplicitVRLittleEndian
    ds.SOPClassUID, ds.SOPInstanceUID = SecondaryCaptureImageStorage, "2.25.1"
    ds.Rows = ds.Columns = 32
    ds.SamplesPerPixel, ds.PhotometricInterpretation, ds.PlanarConfiguration = 3, "RGB", 0
    ds.BitsAllocated, ds.BitsStored, ds.HighBit, ds.PixelRepresentation = bits, bits, bits - 1, 0
    ds.compress(RLELossless, colour, encoding_plugin="pydicom", generate_instance_uid=False)
    ds.save_as("x.dcm", enforce_file_format=True)
    stored = dcmread("x.dcm")
    stored.pixel_array_options(decoding_plugin="pydicom")
    assert np.array_equal(stored.pixel_array, colour)
    reader = gdcm.ImageReader()
    reader.SetFileName("x.dcm")
    assert reader.Read()
    buffer = reader.GetImage().GetBuffer().encode("utf-8", "surrogateescape")
    through_gdcm = np.frombuffer(buffer, kind).reshape(colour.shape)
    through_itk = SimpleITK.GetArrayFromImage(SimpleITK.ReadImage("x.dcm"))[0]
    first = [array.ravel()[:6].tolist() for array in (colour, through_gdcm, through_itk)]
    print(f"{bits} bit: expected {first[0]} gdcm {first[1]} SimpleITK {first[2]}")
    return [np.array_equal(colour, through_gdcm), np.array_equal(colour, through_itk)]


as_stated = read(8) == [True, True] and read(16) == [False, False]
raise SystemExit(None if as_stated else "CHANGED: GDCM orders the bytes of RLE colour differently now")
PY

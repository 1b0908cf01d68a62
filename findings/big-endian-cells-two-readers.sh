#!/bin/sh
# Explicit VR Big Endian: GDCM 3.2.6 swaps 32-bit cells as pairs of words, dcm2niix swaps none of the 8-bit
# ones.
#
# Expected: pixel cells are laid into words and the words sent high byte first (PS3.5 8.1.1, 7.3, annex D;
#   the syntax is retired since 2006 but archives are full of it): a 32-bit cell is reversed over its four
#   bytes, and two 8-bit cells in an OW word stand second before first.
# Happens:  GDCM swaps OW by 16 bits whatever Bits Allocated is: the halves of a 32-bit cell are exchanged.
#   dcm2niix leaves 8-bit cells of OW as they lie: each pair of neighbouring pixels is exchanged. Each gets
#   right what the other gets wrong; pydicom gets both right. Neither says a word.
# Seen with python-gdcm 3.2.6, dcm2niix 1.0.20260724 (nibabel 5.4.2 reads its file), pydicom 3.0.2:
#   32 bit: pydicom [0, 100000, 200000] gdcm [0, 2258632705, 222298115] dcm2niix [0, 100000, 200000]
#   8 bit:  pydicom [0, 1, 2, 3]        gdcm [0, 1, 2, 3]               dcm2niix [1, 0, 3, 2]
# Meaning: old dose grids come out as nonsense through GDCM (ITK, SimpleITK and many viewers), old 8-bit
#   scans with a fine comb pattern through dcm2niix.
# Way round: rewrite such files as little endian with pydicom before handing them on.
set -eu
work=$(mktemp -d); trap 'rm -rf "$work"' EXIT
python3 -m venv "$work/venv"
"$work/venv/bin/pip" install -q --disable-pip-version-check \
    pydicom==3.0.2 numpy==2.4.6 python-gdcm==3.2.6 dcm2niix==1.0.20260724 nibabel==5.4.2
cd "$work" && venv/bin/python - <<'PY'
import subprocess
from pathlib import Path
import dcm2niix
import gdcm
import nibabel
import numpy as np
from pydicom import Dataset, dcmread
from pydicom.dataset import FileMetaDataset
from pydicom.uid import CTImageStorage, ExplicitVRBigEndian

print("gdcm", gdcm.Version.GetVersion())


def read(bits, cells, as_stored):
    folder = Path(f"case{bits}")
    folder.mkdir()
    ds = Dataset()
    ds.file_meta = FileMetaDataset()
    ds.file_meta.TransferSyntaxUID = ExplicitVRBigEndian
    ds.SOPClassUID, ds.SOPInstanceUID, ds.SeriesInstanceUID = CTImageStorage, "2.25.1", "2.25.2"
    ds.Modality, ds.PixelSpacing, ds.SliceThickness = "CT", [1, 1], 1
    ds.ImageOrientationPatient, ds.ImagePositionPatient = [1, 0, 0, 0, 1, 0], [0, 0, 0]
    ds.Rows, ds.Columns, ds.SamplesPerPixel, ds.PhotometricInterpretation = 4, 4, 1, "MONOCHROME2"
    ds.BitsAllocated, ds.BitsStored, ds.HighBit, ds.PixelRepresentation = bits, bits, bits - 1, 0
    ds.PixelData = as_stored
    ds["PixelData"].VR = "OW"
    ds.save_as(folder / "x.dcm", enforce_file_format=True)
    reader = gdcm.ImageReader()
    reader.SetFileName(str(folder / "x.dcm"))
    assert reader.Read()
    swapped = np.frombuffer(reader.GetImage().GetBuffer().encode("utf-8", "surrogateescape"), cells.dtype)
    subprocess.run([dcm2niix.bin, "-f", "x", "-b", "n", str(folder)], check=True, stdout=subprocess.DEVNULL)
    volume = np.asarray(nibabel.load(folder / "x.nii").dataobj)[:, ::-1].T.ravel()  # NIfTI rows run upwards
    seen = [a.ravel().tolist() for a in (dcmread(folder / "x.dcm").pixel_array, swapped, volume)]
    print(f"{bits} bit: pydicom {seen[0][:4]} gdcm {seen[1][:4]} dcm2niix {seen[2][:4]}")
    return [values == cells.tolist() for values in seen]


wide = np.arange(16, dtype="<u4") * 100_000
narrow = np.arange(16, dtype="u1")
as_stated = (read(32, wide, wide.astype(">u4").tobytes()) == [True, False, True]
             and read(8, narrow, narrow.view("<u2").astype(">u2").tobytes()) == [True, True, False])
raise SystemExit(None if as_stated else "CHANGED: one of the readers swaps big-endian cells differently now")
PY

#!/bin/sh
# dcm2niix 1.0.20260724 and colour in RLE Lossless: planes are taken apart twice, YBR is never turned into
# RGB.
#
# Expected: RLE segments are always by plane (PS3.5 G.2), so Planar Configuration, 0 or 1, does not change
#   what the decoder finds; YBR_FULL is to be converted for an RGB24 volume, as dcm2niix does for the same
#   pixels uncompressed.
# Happens:  with Planar Configuration 1 the decoded pixels are interleaved and then interleaved again; with
#   YBR_FULL the three components are written as they are under the name of red, green and blue. It reports
#   success.
# Seen with dcm2niix 1.0.20260724 (nibabel 5.4.2, pydicom 3.0.2), first two pixels:
#   RGB, planar 0:      [0, 1, 2] [3, 4, 5]
#   RGB, planar 1:      [0, 0, 0] [1, 1, 1]
#   YBR_FULL of pure red, native: [254, 0, 0]   RLE: [76, 85, 255]
# Meaning: RLE is what many ultrasound systems send, in YBR_FULL or planar; the volumes are grey noise or
#   false colours.
# Way round: decompress with pydicom (as_rgb=True, Planar Configuration 0) before the conversion.
set -eu
work=$(mktemp -d); trap 'rm -rf "$work"' EXIT
python3 -m venv "$work/venv"
"$work/venv/bin/pip" install -q --disable-pip-version-check \
    pydicom==3.0.2 numpy==2.4.6 dcm2niix==1.0.20260724 nibabel==5.4.2
cd "$work" && venv/bin/python - <<'PY'
import subprocess
from pathlib import Path
import dcm2niix
import nibabel
import numpy as np
from pydicom import Dataset
from pydicom.dataset import FileMetaDataset
from pydicom.uid import ExplicitVRLittleEndian, RLELossless, UltrasoundImageStorage

print(subprocess.run([dcm2niix.bin, "--version"], capture_output=True, text=True).stdout.split()[-1])


def convert(name, pixels, meaning, planar, compress):
    folder = Path(name)
    folder.mkdir()
    ds = Dataset()
    ds.file_meta = FileMetaDataset()
    ds.file_meta.TransferSyntaxUID = ExplicitVRLittleEndian
    ds.SOPClassUID, ds.SOPInstanceUID, ds.SeriesInstanceUID = UltrasoundImageStorage, "2.25.1", "2.25.2"
    ds.Modality, ds.Rows, ds.Columns, ds.SamplesPerPixel = "US", 32, 32, 3
    ds.PhotometricInterpretation, ds.PlanarConfiguration = meaning, 0
    ds.BitsAllocated, ds.BitsStored, ds.HighBit, ds.PixelRepresentation = 8, 8, 7, 0
    ds.PixelData = pixels.tobytes()
    ds["PixelData"].VR = "OB"
    if compress:
        ds.compress(RLELossless, pixels, encoding_plugin="pydicom", generate_instance_uid=False)
        ds.PlanarConfiguration = planar
    ds.save_as(folder / "x.dcm", enforce_file_format=True)
    subprocess.run([dcm2niix.bin, "-f", "x", "-b", "n", str(folder)], check=True, stdout=subprocess.DEVNULL)
    volume = np.asarray(nibabel.load(folder / "x.nii").dataobj)
    first = [[int(c) for c in volume[x, -1, 0].tolist()] for x in (0, 1)]  # NIfTI rows run upwards
    print(f"{name}: {first[0]} {first[1]}")
    return first


ramp = np.arange(32 * 32 * 3, dtype=np.uint8).reshape(32, 32, 3)
red = np.full((32, 32, 3), (76, 85, 255), np.uint8)
as_stated = (convert("rgb-planar-0", ramp, "RGB", 0, True) == [[0, 1, 2], [3, 4, 5]]
             and convert("rgb-planar-1", ramp, "RGB", 1, True) == [[0, 0, 0], [1, 1, 1]]
             and convert("ybr-native", red, "YBR_FULL", 0, False)[0] == [254, 0, 0]
             and convert("ybr-rle", red, "YBR_FULL", 0, True)[0] == [76, 85, 255])
raise SystemExit(None if as_stated else "CHANGED: dcm2niix reads RLE colour differently now")
PY

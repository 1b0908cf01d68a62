#!/bin/sh
# dicom-parser 1.8.21 does not know the 64-bit VRs, and so loses its place before the pixels of large
# objects.
#
# Expected: OV, SV and UV (PS3.5 6.2, in the standard since 2019) have two reserved bytes and a 32-bit
#   length in explicit VR (PS3.5 7.1.2).
# Happens:  the parser keeps a list of the long VRs, takes all others for short ones, reads the reserved
#   bytes as length 0 and goes on in the middle of the element: later elements are missing, others are
#   invented, or it throws.
# Seen with dicom-parser 1.8.21; pydicom 3.0.2 wrote and reads the file, RLE with an extended offset table
#   (PS3.3 C.7.6.3.1.8):
#   pydicom, extended offset table: 7FE00001 7FE00002 7FE00010 frames: 1
#   dicom-parser, fragments of the pixel data: basic 1, extended throws
# Meaning: whole-slide images and long multi-frames carry the extended offset table exactly when they
#   outgrow the basic one; viewers on this parser cannot open them, nor anything else with a 64-bit value
#   before the pixels.
# Way round: leave (7FE0,0001) and (7FE0,0002) out of what is sent to such viewers, or parse with dcmjs
#   0.51.1, which reads OV.
set -eu
work=$(mktemp -d); trap 'rm -rf "$work"' EXIT
python3 -m venv "$work/venv"
"$work/venv/bin/pip" install -q --disable-pip-version-check pydicom==3.0.2 numpy==2.4.6
npm install --silent --no-audit --no-fund --prefix "$work" dicom-parser@1.8.21 >/dev/null
cd "$work"
venv/bin/python - <<'PY'
import numpy
import pydicom
from pydicom import Dataset, dcmread
from pydicom.dataset import FileMetaDataset
from pydicom.encaps import generate_frames
from pydicom.uid import ExplicitVRLittleEndian, RLELossless, SecondaryCaptureImageStorage

print("pydicom", pydicom.__version__)
for name in ("basic", "extended"):
    ds = Dataset()
    ds.file_meta = FileMetaDataset()
    ds.file_meta.TransferSyntaxUID = ExplicitVRLittleEndian
    ds.SOPClassUID, ds.SOPInstanceUID = SecondaryCaptureImageStorage, "2.25.1"
    ds.Rows, ds.Columns, ds.SamplesPerPixel, ds.PhotometricInterpretation = 32, 32, 1, "MONOCHROME2"
    ds.BitsAllocated, ds.BitsStored, ds.HighBit, ds.PixelRepresentation = 8, 8, 7, 0
    ds.compress(RLELossless, numpy.zeros((32, 32), "u1"), encapsulate_ext=name == "extended")
    ds.save_as(f"{name}.dcm", enforce_file_format=True)
    read = dcmread(f"{name}.dcm")
    tags = [f"{element.tag:08X}" for element in read if element.tag.group == 0x7FE0]
    print(f"pydicom, {name} offset table:", *tags, "frames:", len(list(generate_frames(read.PixelData, number_of_frames=1))))
PY
node - <<'JS'
const dicomParser = require("dicom-parser");
function fragments(name) {
  try {
    const pixels = dicomParser.parseDicom(new Uint8Array(require("fs").readFileSync(name))).elements.x7fe00010;
    return pixels ? pixels.fragments.length : "no pixel data";
  } catch (error) {
    return "throws";
  }
}
const [basic, extended] = [fragments("basic.dcm"), fragments("extended.dcm")];
console.log("dicom-parser 1.8.21, basic:", basic, "extended:", extended);
if (basic !== 1 || extended === 1) { console.error("CHANGED: dicom-parser reads OV now"); process.exit(1); }
JS

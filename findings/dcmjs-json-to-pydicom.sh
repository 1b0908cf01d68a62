#!/bin/sh
# DICOM JSON between dcmjs 0.51.1 and pydicom 3.0.2: a tag in an AT element becomes another tag.
#
# Expected: in the DICOM JSON Model an AT value is a string of eight hexadecimal digits and US, FD and the
#   like are JSON numbers (PS3.18 F.2.3); what one library denaturalises the other should read.
# Happens:  dcmjs's denaturalizeDataset writes every number as a decimal string, AT included. pydicom reads
#   any AT string as hexadecimal, however long. Both are content and the tag is a different one.
# Seen with dcmjs 0.51.1, pydicom 3.0.2: Frame Increment Pointer (0018,1063), which is 1577059 in decimal
#   dcmjs:   00280009 {"vr":"AT","Value":["1577059"]}   00280010 {"vr":"US","Value":["16"]}
#   pydicom: (0157,7059)   Rows 16
# Meaning: after a web client has sent metadata, a multi-frame object counts its frames by an attribute that
#   does not exist, and strict servers refuse the numbers in quotation marks.
# Way round: rewrite AT to hexadecimal and numeric VRs to numbers before sending what denaturalizeDataset
#   gives.
set -eu
work=$(mktemp -d); trap 'rm -rf "$work"' EXIT
python3 -m venv "$work/venv"
"$work/venv/bin/pip" install -q --disable-pip-version-check pydicom==3.0.2
npm install --silent --no-audit --no-fund --prefix "$work" dcmjs@0.51.1 >/dev/null
cd "$work"
venv/bin/python - <<'PY'
from pydicom import Dataset
from pydicom.dataset import FileMetaDataset
from pydicom.uid import ExplicitVRLittleEndian, MultiFrameGrayscaleByteSecondaryCaptureImageStorage

ds = Dataset()
ds.file_meta = FileMetaDataset()
ds.file_meta.TransferSyntaxUID = ExplicitVRLittleEndian
ds.SOPClassUID, ds.SOPInstanceUID = MultiFrameGrayscaleByteSecondaryCaptureImageStorage, "2.25.1"
ds.FrameIncrementPointer, ds.Rows = 0x00181063, 16
ds.save_as("x.dcm", enforce_file_format=True)
PY
node - > x.json <<'JS'
const { DicomMessage, DicomMetaDictionary } = require("dcmjs").data;
const file = require("fs").readFileSync("x.dcm");
const dict = DicomMessage.readFile(new Uint8Array(file).buffer).dict;
const { "00280009": pointer, "00280010": rows } =
  DicomMetaDictionary.denaturalizeDataset(DicomMetaDictionary.naturalizeDataset(dict));
console.log(JSON.stringify({ "00280009": pointer, "00280010": rows }));
JS
venv/bin/python - <<'PY'
from pathlib import Path
import pydicom

text = Path("x.json").read_text()
dcmjs = pydicom.Dataset.from_json(text)
print("dcmjs 0.51.1, denaturalised:", text.strip())
print("pydicom", pydicom.__version__, "reads:", dcmjs.FrameIncrementPointer, "Rows", dcmjs.Rows)
as_stated = '"Value":["1577059"]' in text and '"Value":["16"]' in text and dcmjs.FrameIncrementPointer == 0x01577059
raise SystemExit(None if as_stated else "CHANGED: dcmjs and pydicom agree better on JSON numbers now")
PY

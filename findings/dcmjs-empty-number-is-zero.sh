#!/bin/sh
# dcmjs 0.51.1 reads an empty number as zero.
#
# Expected: an element of type 2 may have length 0, "unknown" (PS3.5 7.4.3); in JSON it has no Value (PS3.18
#   F.2.5).
# Happens:  readFile gives FD, FL, UL, US, SL and SS of length 0 the value [0]. Empty DS and IS are [null],
#   empty text is [""]; only the binary numbers turn into a measurement. Writing the data set again stores
#   the zero.
# Seen with dcmjs 0.51.1, all elements of length 0:
#   FD [0] FL [0] UL [0] US [0] SL [0] SS [0] DS [null] IS [null]
# Meaning: an unknown dose, flip angle or echo time is 0 in a web viewer and in everything saved from it.
# Way round: read the lengths with another parser (dicom-parser tells them), and distrust 0 in these VRs.
set -eu
work=$(mktemp -d); trap 'rm -rf "$work"' EXIT
npm install --silent --no-audit --no-fund --prefix "$work" dcmjs@0.51.1 >/dev/null
cd "$work" && cat > read.js <<'JS'
const dcmjs = require("dcmjs");
console.log("dcmjs 0.51.1");

// Selector attributes of hanging protocols: one for each VR.
const elements = [["IS", 0x0064], ["DS", 0x0072], ["FD", 0x0074], ["FL", 0x0076], ["UL", 0x0078],
  ["US", 0x007a], ["SL", 0x007c], ["SS", 0x007e]];

function header(group, number, vr, value = Buffer.alloc(0)) {
  const bytes = Buffer.alloc(8);
  bytes.writeUInt16LE(group, 0);
  bytes.writeUInt16LE(number, 2);
  bytes.write(vr, 4, "latin1");
  bytes.writeUInt16LE(value.length, 6);
  return Buffer.concat([bytes, value]);
}

const syntax = header(0x0002, 0x0010, "UI", Buffer.from("1.2.840.10008.1.2.1\0"));
const groupLength = Buffer.alloc(4);
groupLength.writeUInt32LE(syntax.length);
const file = Buffer.concat([Buffer.alloc(128), Buffer.from("DICM"), header(0x0002, 0x0000, "UL", groupLength), syntax,
  ...elements.map(([vr, number]) => header(0x0072, number, vr))]);

const read = dcmjs.data.DicomMessage.readFile(new Uint8Array(file).buffer).dict;
let asStated = true;
const seen = elements.map(([vr, number]) => {
  const tag = `0072${number.toString(16).padStart(4, "0")}`;
  const value = read[tag.toUpperCase()].Value;
  asStated &&= JSON.stringify(value) === (["DS", "IS"].includes(vr) ? "[null]" : "[0]");
  return `${vr} ${JSON.stringify(value)}`;
});
console.log(seen.join(" "));
if (!asStated) { console.error("CHANGED: dcmjs reads an empty number differently now"); process.exit(1); }
JS
node read.js

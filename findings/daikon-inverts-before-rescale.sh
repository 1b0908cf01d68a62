#!/bin/sh
# daikon 1.2.46 inverts the samples of MONOCHROME1 before the rescale, and those that are signed saturate.
#
# Expected: interpreted data are stored values times slope plus intercept (PS3.3 C.11.1.1.2); MONOCHROME1 says how they
#   are shown (C.7.6.3.1.2), not what they are.
# Happens:  each sample becomes the greatest minus itself before the rescale; for signed ones half of the range is taken
#   for the greatest, so that all that are not positive become the same value.
# Seen with daikon 1.2.46, 12 bits stored, slope 1, intercept 0:
#   unsigned 0, 1, 100, 4095       4095 4094 3995 0
#   signed -2048, -100, 0, 2047    2047 2047 2047 0
# Meaning: optical densities and Hounsfield values are others than the file says; in a signed picture everything below
#   zero is one grey.
# Way round: invert when it is shown, from the raw data.
set -eu
work=$(mktemp -d); trap 'rm -rf "$work"' EXIT
npm install --silent --no-audit --no-fund --ignore-scripts --prefix "$work" daikon@1.2.46 > /dev/null
cd "$work"
cat > read.cjs <<'JS'
const daikon = require("daikon");
console.log("daikon", require("daikon/package.json").version);
function element(group, number, vr, value) {
  const long = vr === "OW", head = Buffer.alloc(long ? 12 : 8);
  head.writeUInt16LE(group, 0); head.writeUInt16LE(number, 2); head.write(vr, 4, "latin1");
  if (long) head.writeUInt32LE(value.length, 8); else head.writeUInt16LE(value.length, 6);
  return Buffer.concat([head, value]);
}
const text = (value) => Buffer.from(value.length % 2 ? value + " " : value, "latin1");
const uid = (value) => Buffer.from(value.length % 2 ? value + "\0" : value, "latin1");
const short = (value) => { const b = Buffer.alloc(2); b.writeUInt16LE(value); return b; };
function read(samples, signed) {
  const cells = Buffer.alloc(128);
  samples.forEach((each, at) => (signed ? cells.writeInt16LE(each, 2 * at) : cells.writeUInt16LE(each, 2 * at)));
  const meta = element(2, 0x10, "UI", uid("1.2.840.10008.1.2.1")), size = Buffer.alloc(4);
  size.writeUInt32LE(meta.length);
  const file = Buffer.concat([
    Buffer.alloc(128), Buffer.from("DICM"), element(2, 0, "UL", size), meta,
    element(8, 0x16, "UI", uid("1.2.840.10008.5.1.4.1.1.7")), element(8, 0x60, "CS", text("OT")),
    element(0x28, 2, "US", short(1)), element(0x28, 4, "CS", text("MONOCHROME1")),
    element(0x28, 0x10, "US", short(8)), element(0x28, 0x11, "US", short(8)),
    element(0x28, 0x100, "US", short(16)), element(0x28, 0x101, "US", short(12)),
    element(0x28, 0x102, "US", short(11)), element(0x28, 0x103, "US", short(signed ? 1 : 0)),
    element(0x28, 0x1052, "DS", text("0")), element(0x28, 0x1053, "DS", text("1")),
    element(0x7fe0, 0x10, "OW", cells),
  ]);
  const image = daikon.Series.parseImage(new DataView(new Uint8Array(file).buffer));
  return [...image.getInterpretedData(false, true).data].slice(0, samples.length).join(" ");
}
const seen = [read([0, 1, 100, 4095], false), read([-2048, -100, 0, 2047], true)];
console.log("unsigned", seen[0]);
console.log("signed  ", seen[1]);
if (seen.join() !== "4095 4094 3995 0,2047 2047 2047 0") {
  console.log("CHANGED: MONOCHROME1 is interpreted differently now");
  process.exit(1);
}
JS
node read.cjs

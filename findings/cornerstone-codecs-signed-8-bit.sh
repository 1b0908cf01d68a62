#!/bin/sh
# @cornerstonejs/codec-openjpeg 1.3.6 and codec-openjph 2.4.11 lose every negative value of signed 8-bit
# images.
#
# Expected: JPEG 2000 and HTJ2K carry signed samples (PS3.5 8.2.4; the sign is in the SIZ marker), and a
#   lossless decode gives them back, as both codecs do for 16 bits.
# Happens:  at 8 bits each negative sample becomes 0, while getFrameInfo() says isSigned: true. No error.
# Seen with codec-openjpeg 1.3.6, codec-openjph 2.4.11; streams by pylibjpeg-openjpeg 2.6.0 and imagecodecs
#   2026.3.6,
#   which read their own streams back whole. Input -128 -100 -50 -1 0 1 50 127:
#   JPEG 2000, 8 bit:  0 0 0 0 0 1 50 127
#   HTJ2K, 8 bit:      0 0 0 0 0 1 50 127
#   16 bit, both:      unchanged
# Meaning: difference images and signed parameter maps lose the whole lower half in a viewer built on these
#   codecs, although the archive holds them without loss.
# Way round: store signed 8-bit data in 16-bit cells (Bits Stored 8), or uncompressed.
set -eu
work=$(mktemp -d); trap 'rm -rf "$work"' EXIT
python3 -m venv "$work/venv"
"$work/venv/bin/pip" install -q --disable-pip-version-check \
    numpy==2.4.6 imagecodecs==2026.3.6 pylibjpeg-openjpeg==2.6.0
npm install --silent --no-audit --no-fund --prefix "$work" \
    @cornerstonejs/codec-openjpeg@1.3.6 @cornerstonejs/codec-openjph@2.4.11 >/dev/null
cd "$work"
venv/bin/python - <<'PY'
import imagecodecs
import numpy as np
import openjpeg
from openjpeg.utils import encode_array

row = [-128, -100, -50, -1, 0, 1, 50, 127]
for bits in (8, 16):
    image = np.tile(np.array(row, f"i{bits // 8}"), (32, 4))
    part15 = imagecodecs.htj2k_encode(image, reversible=True)
    part1 = encode_array(image, bits_stored=bits, photometric_interpretation=2)
    assert np.array_equal(imagecodecs.htj2k_decode(part15), image)
    assert np.array_equal(openjpeg.decode(part1), image)
    open(f"openjph-{bits}", "wb").write(part15)
    open(f"openjpeg-{bits}", "wb").write(part1)
PY
cat > decode.js <<'JS'
const fs = require("fs");
const expected = [-128, -100, -50, -1, 0, 1, 50, 127];
async function decode(name, decoderName, bits) {
  const module = await require(`@cornerstonejs/codec-${name}`)({ print() {}, printErr() {} });
  const stream = fs.readFileSync(`${name}-${bits}`);
  const decoder = new module[decoderName]();
  decoder.getEncodedBuffer(stream.length).set(stream);
  decoder.decode();
  const bytes = Buffer.from(new Uint8Array(decoder.getDecodedBuffer()));
  const seen = expected.map((_, i) => (bits === 8 ? bytes.readInt8(i) : bytes.readInt16LE(2 * i)));
  console.log(`codec-${name}, ${bits} bit, isSigned ${decoder.getFrameInfo().isSigned}: ${seen.join(" ")}`);
  return seen.join();
}
(async () => {
  let asStated = true;
  for (const [name, decoder] of [["openjpeg", "J2KDecoder"], ["openjph", "HTJ2KDecoder"]]) {
    asStated &&= (await decode(name, decoder, 8)) === expected.map((v) => Math.max(v, 0)).join();
    asStated &&= (await decode(name, decoder, 16)) === expected.join();
  }
  if (!asStated) { console.error("CHANGED: the codecs read signed 8-bit samples differently now"); process.exit(1); }
})();
JS
node decode.js

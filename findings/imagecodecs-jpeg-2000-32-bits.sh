#!/bin/sh
# Lossless JPEG 2000 of 32-bit values in imagecodecs 2026.3.6: what comes back is not what went in, and no error.
#
# Expected: reversible=True, level=0 gives the same values back, or refuses depths that the codec does not hold.
# Happens:  up to some 20 bits a value or so is off; beyond 26 bits half of them are, and at 32 bits all. The HTJ2K
#   functions of the same package (OpenJPH) give the same arrays back exactly.
# Seen with imagecodecs 2026.3.6 (OpenJPEG 2.5.4), Python 3.11, manylinux x86_64.
# Meaning: a 32-bit dose grid that is "losslessly" compressed loses dose values.
# Way round: compress such grids by RLE or HTJ2K, and compare what comes back before the original goes.
set -eu
work=$(mktemp -d); trap 'rm -rf "$work"' EXIT
python3 -m venv "$work/venv"
"$work/venv/bin/pip" install -q --disable-pip-version-check imagecodecs==2026.3.6
"$work/venv/bin/python" - <<'PY'
import imagecodecs
import numpy

CODECS = {
    "JPEG 2000": (
        lambda values: imagecodecs.jpeg2k_encode(values, level=0, reversible=True, codecformat="j2k"),
        imagecodecs.jpeg2k_decode,
    ),
    "HTJ2K": (lambda values: imagecodecs.htj2k_encode(values, reversible=True), imagecodecs.htj2k_decode),
}
print(imagecodecs.__version__, imagecodecs.jpeg2k_version(), imagecodecs.htj2k_version())
grid = numpy.arange(512 * 512, dtype="uint32").reshape(512, 512)
wrong = {}
for factor in (7, 280, 16_000):
    for name, (encode, decode) in CODECS.items():
        values = (grid * factor).astype("uint32")
        wrong[name, factor] = int((decode(bytes(encode(values))) != values).sum())
        bits = int(values.max()).bit_length()
        print(f"{name}, {bits} bits: {wrong[name, factor]} of {values.size} values differ")
exact = all(count == 0 for (name, _), count in wrong.items() if name == "HTJ2K")
as_stated = exact and 0 < wrong["JPEG 2000", 7] < wrong["JPEG 2000", 280] < wrong["JPEG 2000", 16_000]
raise SystemExit(None if as_stated else "CHANGED: 32-bit values come back, or are refused")
PY

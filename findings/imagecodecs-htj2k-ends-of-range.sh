#!/bin/sh
# HTJ2K with loss in imagecodecs 2026.3.6: eight-bit values wrap around at the ends of their range.
#
# Expected: reconstructed samples beyond the range of the component are brought back to its ends (ISO 15444-1
#   G.1.2), so that white that comes out a little whiter is white.
# Happens:  htj2k_decode takes them modulo 256: white edges become black, and black ones white, by 255 levels. The
#   same codestream read by OpenJPEG (imagecodecs.jpeg2k_decode) is off by one. Sixteen bits are not concerned.
# Seen with imagecodecs 2026.3.6 (OpenJPH 0.26.3, OpenJPEG 2.5.4), Python 3.11, manylinux x86_64.
# Meaning: specks of the opposite brightness at edges of secondary captures and ultrasound in 1.2.840.10008.1.2.4.203,
#   no error.
# Way round: read the lossy syntax by OpenJPEG, which is slower; lossless HTJ2K is exact in both.
set -eu
work=$(mktemp -d); trap 'rm -rf "$work"' EXIT
python3 -m venv "$work/venv"
"$work/venv/bin/pip" install -q --disable-pip-version-check imagecodecs==2026.3.6
"$work/venv/bin/python" - <<'PY'
import imagecodecs
import numpy


def worst(dtype, decode):
    """The largest error of a white square on black, encoded with a loss."""
    square = numpy.zeros((64, 64), dtype)
    square[20:40, 20:40] = numpy.iinfo(dtype).max
    stream = bytes(imagecodecs.htj2k_encode(square, reversible=False))
    return int(numpy.abs(decode(stream).astype(int) - square).max())


print(imagecodecs.__version__, imagecodecs.htj2k_version(), imagecodecs.jpeg2k_version())
found = {
    (dtype, name): worst(dtype, decode)
    for dtype in ("uint8", "uint16")
    for name, decode in (("OpenJPH", imagecodecs.htj2k_decode), ("OpenJPEG", imagecodecs.jpeg2k_decode))
}
for (dtype, name), error in found.items():
    print(f"{dtype} read by {name}: off by {error} at most")
as_stated = found.pop(("uint8", "OpenJPH")) == 255 and max(found.values()) <= 2
raise SystemExit(None if as_stated else "CHANGED: the ends of the range are kept now")
PY

#!/bin/sh
# JPEG-LS of small colour pictures: two encoders refuse what the format holds.
#
# Expected: a lossless codec encodes any picture of a size that its format allows, even where that makes it longer.
# Happens:  both encoders set aside a buffer of about the size of the pixels, and raise where the codestream is
#   longer: pyjpegls for a colour icon of 3 by 3 pixels, imagecodecs for a noisy colour picture. Grey is encoded.
# Seen with pyjpegls 1.5.1 and imagecodecs 2026.3.6 (both CharLS), Python 3.11.
# Meaning: icons, localizers of whole slides and small regions cannot be sent in the syntax that a client asks for.
# Way round: offer another lossless syntax (RLE, JPEG 2000), or give the encoder below `encode_buffer` a longer source.
set -eu
work=$(mktemp -d); trap 'rm -rf "$work"' EXIT
python3 -m venv "$work/venv"
"$work/venv/bin/pip" install -q --disable-pip-version-check imagecodecs==2026.3.6 pyjpegls==1.5.1
"$work/venv/bin/python" - <<'PY'
from importlib.metadata import version

import imagecodecs
import jpeg_ls
import numpy

noise = numpy.random.default_rng(7)
PICTURES = {
    "colour 3x3": noise.integers(0, 256, (3, 3, 3), dtype="uint8"),
    "colour 61x67": noise.integers(0, 256, (61, 67, 3), dtype="uint8"),
    "grey 61x67": noise.integers(0, 256, (61, 67), dtype="uint8"),
}
ENCODERS = {
    "pyjpegls": lambda picture: jpeg_ls.encode_array(picture, 0, 2 if picture.ndim == 3 else 0),
    "imagecodecs": imagecodecs.jpegls_encode,
}


def outcome(encode, picture):
    """What becomes of a picture."""
    try:
        return "encoded" if encode(picture) else "empty"
    except Exception as refused:  # the two raise classes of their own
        return "refused" if "too small" in str(refused) else type(refused).__name__


print({name: version(name) for name in ENCODERS})
found = {
    (encoder, name): outcome(encode, picture)
    for encoder, encode in ENCODERS.items()
    for name, picture in PICTURES.items()
}
for key, said in found.items():
    print(*key, said)
as_stated = {key for key, said in found.items() if said == "refused"} == {
    ("pyjpegls", "colour 3x3"),
    ("imagecodecs", "colour 61x67"),
}
raise SystemExit(None if as_stated else "CHANGED: what is refused is other pictures now")
PY

#!/bin/sh
# Recommended display colours in highdicom 0.28.2: CIELab against D65, where DICOM has the values of an ICC PCS.
#
# Expected: the units of Recommended Display CIELab Value are PCS-Values, encoded as in ICC profiles (PS3.3
#   C.10.7.1.1); the white of a profile connection space is D50, and a red of sRGB is L 54.3, a 80.8, b 69.9.
# Happens:  CIELabColor.from_rgb and to_rgb convert with D65, the white of sRGB itself, without adaptation.
# Seen with highdicom 0.28.2, Pillow 13.0.0 (LittleCMS): red is written as 53.2, 80.1, 67.2; LittleCMS reads
#   that as another red. Both agree on greys.
# Meaning: the colour of a segment is not the one that was chosen where a reader manages colours, and differs
#   from that of readers which convert as the writer did.
# Way round: as a reader, take D65, as those who write such colours do; match segments by number, not colour.
set -eu
work=$(mktemp -d); trap 'rm -rf "$work"' EXIT
python3 -m venv "$work/venv"
"$work/venv/bin/pip" install -q --disable-pip-version-check highdicom==0.28.2 pillow==13.0.0
"$work/venv/bin/python" - <<'PY'
import highdicom
from highdicom.color import CIELabColor
from PIL import Image, ImageCms

srgb, lab = ImageCms.createProfile("sRGB"), ImageCms.createProfile("LAB")
to_pcs = ImageCms.buildTransform(srgb, lab, "RGB", "LAB", ImageCms.Intent.RELATIVE_COLORIMETRIC)


def in_pcs(colour):
    """L, a and b of an sRGB colour as LittleCMS has them, in whole numbers."""
    l_star, a_star, b_star = ImageCms.applyTransform(Image.new("RGB", (1, 1), colour), to_pcs).getpixel((0, 0))
    return round(l_star / 2.55), a_star - 128, b_star - 128


def written(colour):
    """L, a and b as highdicom writes them."""
    return tuple(round(each) for each in CIELabColor.from_rgb(*colour).lab)


print("highdicom", highdicom.__version__)
for name, colour in (("red", (255, 0, 0)), ("grey", (128, 128, 128))):
    print(f"{name}: highdicom {written(colour)}, LittleCMS {in_pcs(colour)}")
as_stated = written((255, 0, 0)) == (53, 80, 67) and in_pcs((255, 0, 0))[2] in (69, 70)
raise SystemExit(None if as_stated else "CHANGED: highdicom converts colours against D50 now")
PY

"""Colours that DICOM recommends, CIELab of 16 bits (PS3.3 C.10.7.1.1), shown as sRGB.

The standard means the values of a profile connection space, whose white is D50. Those who write such colours
take sRGB's own white D65 for it; read otherwise, their red would not be red.
"""

from collections.abc import Sequence
from typing import TypeAlias

import numpy

Colour: TypeAlias = tuple[int, int, int]

_LARGEST = 65535
_LIGHTNESS = 100
_SPAN, _LOWEST = 255, -128  # of a* and b*
_THRESHOLD = 6 / 29
_WHITE_POINT = numpy.array([0.95047, 1.0, 1.08883])
_TO_SRGB = numpy.array(  # from XYZ of D65 (IEC 61966-2-1)
    [
        [3.2404542, -1.5371385, -0.4985314],
        [-0.9692660, 1.8760108, 0.0415560],
        [0.0556434, -0.2040259, 1.0572252],
    ]
)
_LINEAR_UP_TO = 0.0031308
_COMPONENTS = 3


def to_srgb(encoded: Sequence[float]) -> Colour | None:
    """The sRGB colour of eight bits for an encoded CIELab value; None where it is none."""
    if len(encoded) != _COMPONENTS or not all(0 <= each <= _LARGEST for each in encoded):
        return None
    lightness = encoded[0] * _LIGHTNESS / _LARGEST
    along_a, along_b = (each * _SPAN / _LARGEST + _LOWEST for each in encoded[1:])
    middle = (lightness + 16) / 116
    shares = numpy.array([middle + along_a / 500, middle, middle - along_b / 200])
    low = 3 * _THRESHOLD**2 * (shares - 4 / 29)
    linear = _TO_SRGB @ (numpy.where(shares > _THRESHOLD, shares**3, low) * _WHITE_POINT)
    linear = linear.clip(0, 1)
    curved = numpy.where(linear <= _LINEAR_UP_TO, 12.92 * linear, 1.055 * linear ** (1 / 2.4) - 0.055)
    red, green, blue = (int(each) for each in numpy.rint(curved * 255))
    return red, green, blue

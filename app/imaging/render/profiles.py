"""ICC profiles: that of the source told, or its colours brought into a well-known space (PS3.18 8.3.5.1.5).

The well-known profiles are written here, as ICC.1:2022 has them: matrices for D50 and a curve.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from io import BytesIO
from struct import pack
from types import MappingProxyType
from typing import Any

import numpy
from numpy.typing import NDArray
from PIL import Image, ImageCms

from app.imaging.attributes import Attributes
from app.imaging.render.faults import Unrenderable
from app.imaging.render.wishes import NO_PROFILE, OWN_PROFILE

_SRGB = "srgb"
_MOST_BYTES = 8 << 20  # of a profile; those of scanners have a megabyte
_HEADER = 128
_SPACE, _SIGNATURE = slice(16, 20), slice(36, 40)
_GREY_AXES = 2
_FIXED = 65536
_D50 = (0.9642, 1.0, 0.8249)
_FROM_D65 = (1.047882, 0.022918, -0.050217, 0.029587, 0.990479, -0.017059, -0.009232, 0.015076, 0.751678)
_NO_CHANGE = (1.0, 0, 0, 0, 1.0, 0, 0, 0, 1.0)


@dataclass(frozen=True, slots=True)
class ColourSpace:
    """A space of red, green and blue: its primaries as XYZ of D50, its curve, how its white was adapted.

    The curve has the parameters of `parametricCurveType`: an exponent, or that and a, b, c, d of function 3.
    """

    name: str
    primaries: Sequence[tuple[float, float, float]]
    curve: Sequence[float]
    adapted: Sequence[float] = _FROM_D65


SPACES = MappingProxyType(
    {
        _SRGB: ColourSpace(  # IEC 61966-2-1
            "sRGB",
            ((0.436066, 0.222488, 0.013916), (0.385147, 0.716873, 0.097076), (0.143066, 0.060608, 0.714096)),
            (2.4, 1 / 1.055, 0.055 / 1.055, 1 / 12.92, 0.04045),
        ),
        "adobergb": ColourSpace(  # Adobe RGB (1998), 4.3.5 and 4.3.4.2
            "Adobe RGB (1998)",
            ((0.609741, 0.311111, 0.019470), (0.205276, 0.625671, 0.060867), (0.149185, 0.063217, 0.744568)),
            (563 / 256,),
        ),
        "rommrgb": ColourSpace(  # ISO 22028-2, whose white is D50
            "ROMM RGB",
            ((0.797675, 0.288040, 0.0), (0.135192, 0.711874, 0.0), (0.031353, 0.000086, 0.825214)),
            (1.8, 1.0, 0.0, 1 / 16, 1 / 32),
            _NO_CHANGE,
        ),
    }
)


@dataclass(frozen=True, slots=True)
class Profiled:
    """The colours of a picture and the profile that is told with them; None where none is."""

    values: NDArray[numpy.uint8]
    profile: bytes | None = None


def profiled(values: NDArray[numpy.uint8], said: Attributes, wished: str | None) -> Profiled:
    """A picture with the profile that is wished; grey levels become colours of equal parts where one is told.

    Raises `Unrenderable` where the profile of the source cannot be applied.
    """
    if wished in (None, NO_PROFILE):
        return Profiled(values)
    colours = numpy.stack([values] * 3, axis=-1) if values.ndim == _GREY_AXES else values
    source = _source(said) if values.ndim > _GREY_AXES else None
    if wished == OWN_PROFILE:
        return Profiled(colours, source or written_profile(_SRGB))
    target = written_profile(str(wished))
    if (source or written_profile(_SRGB)) == target:
        return Profiled(colours, target)
    try:
        transform = _transform(source or written_profile(_SRGB), target)
        changed = ImageCms.applyTransform(Image.fromarray(colours), transform)
    except (ImageCms.PyCMSError, OSError, ValueError):
        raise Unrenderable("the ICC profile of the picture cannot be applied") from None
    return Profiled(numpy.asarray(changed), target)


@lru_cache(maxsize=len(SPACES))
def written_profile(name: str) -> bytes:
    """The bytes of the profile of a well-known space, version 4; they are always the same."""
    space = SPACES[name]
    curve = _curve(space.curve)
    tags = {
        b"desc": _text(space.name),
        b"cprt": _text("No copyright, use freely"),
        b"wtpt": _xyz(*_D50),
        b"chad": b"sf32" + bytes(4) + b"".join(_fixed(each) for each in space.adapted),
    }
    tags |= {b"%cXYZ" % colour: _xyz(*each) for colour, each in zip(b"rgb", space.primaries, strict=True)}
    tags |= {b"%cTRC" % colour: curve for colour in b"rgb"}
    table, body = pack(">I", len(tags)), b""
    start = _HEADER + len(table) + 12 * len(tags)
    for signature, data in tags.items():
        table += signature + pack(">II", start + len(body), len(data))
        body += data + bytes(-len(data) % 4)
    head = pack(">I4xI", start + len(body), 0x04300000) + b"mntrRGB XYZ " + pack(">6H", 2022, 1, 1, 0, 0, 0)
    head += b"acsp" + bytes(28) + b"".join(_fixed(each) for each in _D50)
    return head.ljust(_HEADER, b"\0") + table + body


@lru_cache(maxsize=8)
def _transform(source: bytes, target: bytes) -> Any:
    from_source, to_target = (ImageCms.ImageCmsProfile(BytesIO(each)) for each in (source, target))
    return ImageCms.buildTransform(from_source, to_target, "RGB", "RGB")


def _source(said: Attributes) -> bytes | None:
    """The profile of a source of colours: its own, or that of its first optical path (PS3.3 C.11.15)."""
    paths = said.items("OpticalPathSequence")[:1]
    for each in (said, *paths):
        raw = each.raw("ICCProfile")
        if _HEADER < len(raw) <= _MOST_BYTES and raw[_SPACE] == b"RGB " and raw[_SIGNATURE] == b"acsp":
            return raw
    return None


def _fixed(number: float) -> bytes:
    return pack(">i", round(number * _FIXED))


def _xyz(*values: float) -> bytes:
    return b"XYZ " + bytes(4) + b"".join(_fixed(each) for each in values)


def _curve(parameters: Sequence[float]) -> bytes:
    function = 3 if len(parameters) > 1 else 0
    return b"para" + pack(">4xH2x", function) + b"".join(_fixed(each) for each in parameters)


def _text(text: str) -> bytes:
    encoded = text.encode("utf-16-be")
    return b"mluc" + pack(">4xII", 1, 12) + b"enUS" + pack(">II", len(encoded), 28) + encoded

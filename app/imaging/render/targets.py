"""What can be read and written, by transfer syntax, for who asks before a codec is at hand.

`tests/app/imaging/render/test_targets.py` holds these to the tables of the codecs themselves.
"""

from collections.abc import Mapping

_J2K, _HTJ2K = "1.2.840.10008.1.2.4.9", "1.2.840.10008.1.2.4.20"
EXPLICIT_LITTLE, IMPLICIT_LITTLE = "1.2.840.10008.1.2.1", "1.2.840.10008.1.2"
_OCTETS = "application/octet-stream"

FRAME_TARGETS: Mapping[str, str] = {
    EXPLICIT_LITTLE: _OCTETS,
    "1.2.840.10008.1.2.4.70": "image/jpeg",
    "1.2.840.10008.1.2.4.57": "image/jpeg",
    "1.2.840.10008.1.2.4.50": "image/jpeg",
    "1.2.840.10008.1.2.4.51": "image/jpeg",
    "1.2.840.10008.1.2.5": "image/dicom-rle",
    "1.2.840.10008.1.2.4.80": "image/jls",
    "1.2.840.10008.1.2.4.81": "image/jls",
    f"{_J2K}0": "image/jp2",
    f"{_J2K}1": "image/jp2",
    f"{_HTJ2K}1": "image/jphc",
    f"{_HTJ2K}2": "image/jphc",
    f"{_HTJ2K}3": "image/jphc",
    "1.2.840.10008.1.2.4.110": "image/jxl",
}
"""The transfer syntaxes that a frame can be written in, with its media type, the default of each type first
(PS3.18 table 8.7.3-5)."""

LOSSY = frozenset(
    {"1.2.840.10008.1.2.4.50", "1.2.840.10008.1.2.4.51", "1.2.840.10008.1.2.4.81", f"{_J2K}1", f"{_HTJ2K}3"}
)
"""Those of them in which a frame is not what it was: they go to who names them."""

WHOLE_TARGETS: tuple[str, ...] = (
    EXPLICIT_LITTLE,
    IMPLICIT_LITTLE,
    "1.2.840.10008.1.2.5",
    "1.2.840.10008.1.2.4.57",
    "1.2.840.10008.1.2.4.70",
    "1.2.840.10008.1.2.4.80",
    f"{_J2K}0",
    f"{_HTJ2K}1",
    f"{_HTJ2K}2",
    "1.2.840.10008.1.2.4.110",
)
"""The transfer syntaxes that an instance can be written in, none of which loses anything."""

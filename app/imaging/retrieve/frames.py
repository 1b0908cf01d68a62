"""What a frame of a transfer syntax is on its own (PS3.18 table 8.7.3-5)."""

from collections.abc import Mapping

_IMAGES: Mapping[str, str] = {
    "1.2.840.10008.1.2.4.50": "image/jpeg",
    "1.2.840.10008.1.2.4.51": "image/jpeg",
    "1.2.840.10008.1.2.4.57": "image/jpeg",
    "1.2.840.10008.1.2.4.70": "image/jpeg",
    "1.2.840.10008.1.2.4.80": "image/jls",
    "1.2.840.10008.1.2.4.81": "image/jls",
    "1.2.840.10008.1.2.4.90": "image/jp2",
    "1.2.840.10008.1.2.4.91": "image/jp2",
    "1.2.840.10008.1.2.4.92": "image/jpx",
    "1.2.840.10008.1.2.4.93": "image/jpx",
    "1.2.840.10008.1.2.4.201": "image/jphc",
    "1.2.840.10008.1.2.4.202": "image/jphc",
    "1.2.840.10008.1.2.4.203": "image/jphc",
    "1.2.840.10008.1.2.5": "image/dicom-rle",
}
EXPLICIT_LITTLE, BIG = "1.2.840.10008.1.2.1", "1.2.840.10008.1.2.2"
_LITTLE = frozenset({"1.2.840.10008.1.2", EXPLICIT_LITTLE, "1.2.840.10008.1.2.1.99"})


def frame_media_type(transfer_syntax_uid: str) -> str | None:
    """The media type of a compressed frame; None where the table names none: its bytes are bytes."""
    return _IMAGES.get(transfer_syntax_uid)


def frame_syntaxes(transfer_syntax_uid: str) -> tuple[str, ...]:
    """The transfer syntaxes that a frame is in as it is stored, the one to name first.

    Pixels alone are the same bytes in every native little endian syntax (PS3.5 A.1, A.2, A.5).
    """
    if transfer_syntax_uid not in _LITTLE:
        return (transfer_syntax_uid,)
    return tuple(dict.fromkeys((EXPLICIT_LITTLE, transfer_syntax_uid)))


def is_big_endian(transfer_syntax_uid: str) -> bool:
    """Whether the bytes of a pixel come in the other order than that of every other syntax (PS3.5 A.3)."""
    return transfer_syntax_uid == BIG


def is_encapsulated(transfer_syntax_uid: str) -> bool:
    """Whether pixel data of this syntax are fragments (PS3.5 A.4); one that is not known is so."""
    return transfer_syntax_uid not in _LITTLE and not is_big_endian(transfer_syntax_uid)

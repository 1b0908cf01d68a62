"""Takes out of compressed frames what is no pixel: comments, and segments of applications."""

from app.imaging.deidentify.withholding import Withheld
from graph.wording import marked

_SOI, _EOI, _SOS = b"\xff\xd8", b"\xff\xd9", 0xDA
_SOC_SIZ, _SOC = b"\xff\x4f\xff\x51", b"\xff\x4f"
_JPEG_XL_BOXES = b"\0\0\0\x0cJXL "
_MARKER, _FILL = 0xFF, 0xFF
_ALONE = frozenset({0x01, *range(0xD0, 0xD8)})
_COMMENT, _APPLICATIONS, _ADOBE, _COLOUR = 0xFE, range(0xE0, 0xF0), 0xEE, 0xE8
_JFIF = 0xE0
_KEPT_SEGMENTS = {_ADOBE: b"Adobe", _COLOUR: b"mrfx", _JFIF: b"JFIF\0"}
_LENGTHS = {_ADOBE: 12, _COLOUR: 5, _JFIF: 14}
_SOT, _COM = 0x90, 0x64
NOT_READ = marked("its pixels are compressed in a form that cannot be looked through")


def pixels_alone(frame: bytes) -> bytes:
    """A frame of one codestream without comments; of other syntaxes (RLE …) the frame as it is.

    Raises `Withheld` for a form in which they cannot be told from the pixels.
    """
    if frame.startswith(_SOI):
        return _jpeg(frame)
    at = frame.find(_SOC_SIZ, 0, 4096)
    if at == 0 or (at > 0 and frame[4:8] == b"jP  "):
        return _jpeg_2000(frame[at:])
    if frame.startswith(_JPEG_XL_BOXES):
        raise Withheld(NOT_READ)
    return frame


def _jpeg(data: bytes) -> bytes:
    """The segments that a decoder needs, up to the end of the picture (ISO 10918-1 B.1.1.4)."""
    kept, at = [_SOI], len(_SOI)
    while at + 4 <= len(data):
        if data[at] != _MARKER:
            raise Withheld(NOT_READ)
        marker = data[at + 1]
        if marker == _FILL:
            at += 1
            continue
        if marker in _ALONE:
            at += 2
            continue
        end = at + 2 + int.from_bytes(data[at + 2 : at + 4], "big")
        if marker == _SOS:
            kept.append(_scans(data, at))
            return b"".join(kept)
        kept.append(_segment(marker, data[at + 4 : end]) if _is_aside(marker) else data[at:end])
        at = end
    raise Withheld(NOT_READ)


def _scans(data: bytes, at: int) -> bytes:
    """The scans of a picture up to its end, without what stands between two of them and is no table."""
    end = data.rfind(_EOI)
    if end < at:
        raise Withheld(NOT_READ)
    return _without_comments(data[at : end + len(_EOI)])


def _without_comments(scans: bytes) -> bytes:
    """Entropy-coded data has no marker but RSTn, so what looks like a comment is one."""
    kept, begun = [], 0
    at = scans.find(b"\xff", 2)
    while 0 <= at < len(scans) - 4:
        if _is_aside(scans[at + 1]):
            kept.append(scans[begun:at])
            begun = at + 2 + int.from_bytes(scans[at + 2 : at + 4], "big")
            at = begun - 1
        at = scans.find(b"\xff", at + 1)
    return b"".join((*kept, scans[begun:]))


def _is_aside(marker: int) -> bool:
    return marker == _COMMENT or marker in _APPLICATIONS


def _segment(marker: int, segment: bytes) -> bytes:
    """What stays of a segment of an application: how colours are coded, in its bare form."""
    prefix = _KEPT_SEGMENTS.get(marker)
    if prefix is None or not segment.startswith(prefix):
        return b""
    bare = segment[: _LENGTHS[marker]]
    if marker == _JFIF and len(bare) == _LENGTHS[marker]:
        bare = bare[:12] + b"\0\0"  # without the thumbnail
    return bytes((_MARKER, marker)) + (len(bare) + 2).to_bytes(2, "big") + bare


def _jpeg_2000(data: bytes) -> bytes:
    """The codestream without comments in its main header (ISO 15444-1 A.9.2)."""
    kept, at = [_SOC], len(_SOC)
    while at + 4 <= len(data) and data[at] == _MARKER:
        marker = data[at + 1]
        if marker == _SOT:
            return b"".join((*kept, data[at : data.rfind(_EOI) + 2 or None]))
        end = at + 2 + int.from_bytes(data[at + 2 : at + 4], "big")
        if marker != _COM:
            kept.append(data[at:end])
        at = end
    raise Withheld(NOT_READ)

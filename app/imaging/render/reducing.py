"""Frames at a half, a quarter, an eighth of their size, cut from codestreams that hold them so.

A wavelet codestream holds a picture resolution by resolution (ISO 15444-1 B.10): what is not needed for a
small picture is not decoded.
"""

from collections.abc import Callable, Mapping
from dataclasses import replace
from io import BytesIO
from math import floor, log2
from typing import TypeAlias

import imagecodecs
import numpy
from PIL import Image
from pydicom import Dataset

from app.imaging.render.codestreams import bare_jpeg2000, read_jpeg2000
from app.imaging.render.description import Frame, PixelDescription
from app.imaging.render.faults import Unrenderable
from app.imaging.render.native import Values
from app.imaging.render.wishes import Viewport, Wish

_Read: TypeAlias = Callable[[bytes, int], Values]

_SPARE_LEVELS = 1  # one resolution more than is shown: what is averaged is smoother than what is cut
_WORD = 16
_SMOOTH = frozenset({"MONOCHROME1", "MONOCHROME2", "RGB"})


def levels_to_leave_out(wish: Wish, described: PixelDescription, header: Dataset) -> int:
    """How many resolutions a picture does without; 0 where it needs every pixel.

    It does where it is smaller in both directions, and where each value is shown by itself: not by the
    range of all, not as a label, with nothing drawn to the pixel.
    """
    viewport = wish.viewport
    if viewport is None or not _is_whole(viewport) or wish.overlays or wish.presentation is not None:
        return 0
    windowed = wish.window is not None or "WindowCenter" in header or described.samples > 1
    if not windowed or described.decoded_photometric not in _SMOOTH:
        return 0
    width, height = viewport.width or described.columns, viewport.height or described.rows
    scale = max(described.columns / width, described.rows / height)
    return max(0, floor(log2(scale)) - _SPARE_LEVELS) if scale > 1 else 0


def reduced(data: bytes, described: PixelDescription, levels: int) -> tuple[Frame, PixelDescription] | None:
    """A frame without its `levels` highest resolutions, and what it is then; None where it cannot be so cut.

    Raises `Unrenderable` where the decoder refuses it.
    """
    read = _READERS.get(described.transfer_syntax_uid)
    if read is None:
        return None
    bare = bare_jpeg2000(data)
    stream = read_jpeg2000(bare)
    known = stream.is_of(described.rows, described.columns, described.samples)
    if not known or stream.precision > _WORD or stream.signed != described.signed:
        return None
    try:
        values = read(bare, min(levels, stream.levels))
    except (OSError, RuntimeError, ValueError) as refused:
        raise Unrenderable(f"the decoder refuses it ({type(refused).__name__})") from None
    rows, columns = values.shape[:2]
    frame = Frame(values.astype(described.dtype, copy=False), described.decoded_photometric)
    return frame, replace(described, rows=rows, columns=columns)


def _is_whole(viewport: Viewport) -> bool:
    return not (viewport.left or viewport.top) and viewport.across is None and viewport.down is None


def _by_openjph(data: bytes, levels: int) -> Values:
    return imagecodecs.htj2k_decode(data, planar=False, skipres=levels)


def _by_openjpeg(data: bytes, levels: int) -> Values:
    """Pillow gives more than eight bits as sixteen, the sign moved into them; both are undone."""
    with Image.open(BytesIO(data)) as picture:
        picture.reduce = levels  # type: ignore[method-assign, assignment]
        picture.load()
        values = numpy.asarray(picture)
    stream = read_jpeg2000(data)
    if values.dtype.itemsize > 1:
        values = values >> (_WORD - stream.precision)
    return values.astype(numpy.int32) - (1 << (stream.precision - 1)) if stream.signed else values


_READERS: Mapping[str, _Read] = {
    "1.2.840.10008.1.2.4.90": _by_openjpeg,
    "1.2.840.10008.1.2.4.91": _by_openjpeg,
    "1.2.840.10008.1.2.4.201": _by_openjph,
    "1.2.840.10008.1.2.4.202": _by_openjph,
}

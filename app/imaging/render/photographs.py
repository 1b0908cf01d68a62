"""Photographs in media types that no transfer syntax keeps, as plain pixels (PS3.18 10.5.2: "Transform").

Transparency is left out, and colours by an index become colours, as notes 1, 4 and 5 there have it.
"""

import os
from collections.abc import Callable, Iterator, Mapping, Sequence
from io import BytesIO
from struct import Struct
from typing import Any, BinaryIO

import imagecodecs
import numpy
import orjson
from numpy.typing import NDArray
from PIL import Image, ImageSequence

from app.imaging.render.faults import Unrenderable

_HEADER = Struct(">8x8xII")  # of PNG: the signature, the length and name of IHDR, width and height
_MOST_VALUES = 1 << 29
_LARGEST = 256 << 20  # bytes
_LONGEST_SIDE = 0xFFFF
_OPAQUE = {2: 1, 4: 3}  # samples without the transparency among them
_COLOUR = 3


def develop(file: BinaryIO, media_type: str, target: BinaryIO, note: Callable[[int], None]) -> Sequence[int]:
    """Write what the pixels are, as JSON, and all frames behind it; return the lengths of the two.

    `note` is called with the number of each frame before it is touched. Raises `Unrenderable` for what is no
    such photograph, or too large.
    """
    read = _READERS.get(media_type)
    if read is None:
        raise Unrenderable("photographs of this media type are not read")
    try:
        frames = _alike(read(_whole(file), note))
    except (EOFError, OSError, RuntimeError, SyntaxError, ValueError) as refused:
        raise Unrenderable(f"the decoder refuses it ({type(refused).__name__})") from None
    rows, columns, *samples = frames[0].shape
    bits = frames[0].dtype.itemsize * 8
    told = {"rows": rows, "columns": columns, "samples": samples[0] if samples else 1, "bits": bits}
    head = target.write(orjson.dumps({**told, "frames": len(frames)}))
    return [head, sum(target.write(frame.tobytes()) for frame in frames)]


def _whole(file: BinaryIO) -> bytes:
    """The bytes of a file whose place belongs to the process that has written it."""
    size = os.fstat(file.fileno()).st_size
    if size > _LARGEST:
        raise Unrenderable("the photograph is too large")
    return os.pread(file.fileno(), size, 0)


def _png(data: bytes, note: Callable[[int], None]) -> Iterator[NDArray[Any]]:
    note(1)
    if len(data) < _HEADER.size:
        raise Unrenderable("the photograph is cut")
    columns, rows = _HEADER.unpack_from(data)
    _check_size(rows, columns, 1)
    values: NDArray[Any] = imagecodecs.png_decode(data)
    if values.ndim == _COLOUR and values.shape[-1] in _OPAQUE:
        values = values[..., : _OPAQUE[values.shape[-1]]]
    yield values[..., 0] if values.ndim == _COLOUR and values.shape[-1] == 1 else values


def _gif(data: bytes, note: Callable[[int], None]) -> Iterator[NDArray[Any]]:
    with Image.open(BytesIO(data), formats=("GIF",)) as photograph:
        count: int = getattr(photograph, "n_frames", 1)
        _check_size(photograph.height, photograph.width, count)
        mode = "L" if photograph.mode == "L" and count == 1 else "RGB"
        for number, frame in enumerate(ImageSequence.Iterator(photograph), 1):
            note(number)
            yield numpy.asarray(frame.convert(mode))


def _alike(frames: Iterator[NDArray[Any]]) -> list[NDArray[Any]]:
    """The frames, little endian; raises `Unrenderable` where they are not of one shape."""
    found = [each.astype(each.dtype.newbyteorder("<"), copy=False) for each in frames]
    if len({each.shape for each in found}) != 1:
        raise Unrenderable("the photograph has no frames of one size")
    return found


def _check_size(rows: int, columns: int, frames: int) -> None:
    if max(rows, columns) > _LONGEST_SIDE or rows * columns * frames * _COLOUR > _MOST_VALUES:
        raise Unrenderable("the photograph is too large")


_READERS: Mapping[str, Callable[[bytes, Callable[[int], None]], Iterator[NDArray[Any]]]] = {
    "image/gif": _gif,
    "image/png": _png,
}

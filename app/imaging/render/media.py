"""Pictures as the bytes of a media type: JPEG, PNG, GIF, WebP, JPEG 2000 (PS3.18 8.7.4)."""

from collections.abc import Callable, Sequence
from io import BytesIO
from types import MappingProxyType
from typing import Any

import imagecodecs
import numpy
from numpy.typing import NDArray
from PIL import Image

from app.imaging.render.faults import Unrenderable
from app.imaging.render.geometry import MOST_PIXELS
from app.imaging.render.picture import Picture
from app.imaging.render.wishes import GIF, JP2, JPEG, PNG, WEBP, Wish

MOST_MOVING_PIXELS = 4 * MOST_PIXELS  # of all pictures of an animation
_FINE = 90  # the quality from which colour is kept at every pixel
_MILLISECONDS = 100.0  # that a picture is shown where nothing says how long
_SHORTEST = 20.0  # browsers show what is shorter at a tenth of a second
_COLOUR_AXES = 3
_PNG_LEVEL = 1


def written(pictures: Sequence[Picture], wish: Wish) -> bytes:
    """Write pictures in the media type of a wish: one, or several that move in GIF and WebP.

    Raises `Unrenderable` where the media type is not written here, or cannot hold them.
    """
    writer = _WRITERS.get(wish.media_type)
    if writer is None:
        raise Unrenderable("pictures are not written in this media type")
    if not pictures or (len(pictures) > 1 and wish.media_type not in MOVING):
        raise Unrenderable("this media type holds one picture")
    check_size(sum(picture.values.size for picture in pictures))
    try:
        return writer(pictures, wish)
    except (OSError, RuntimeError, ValueError) as error:
        raise Unrenderable("the picture cannot be written in this media type") from error


def check_size(pixels: int) -> None:
    """Raise `Unrenderable` where pictures of so many pixels are too large to be one."""
    if pixels > MOST_MOVING_PIXELS:
        raise Unrenderable("the pictures are too many or too large to move: ask for a smaller viewport")


def _jpeg(pictures: Sequence[Picture], wish: Wish) -> bytes:
    picture = pictures[0]
    fine = wish.quality >= _FINE
    if picture.profile:
        return _saved(picture, "JPEG", quality=wish.quality, subsampling=0 if fine else 2)
    subsampling = "444" if fine else "420"
    sampled: dict[str, Any] = {"subsampling": subsampling} if _is_colour(picture.values) else {}
    return bytes(imagecodecs.jpeg8_encode(picture.values, level=wish.quality, **sampled))


def _png(pictures: Sequence[Picture], _: Wish) -> bytes:
    picture = pictures[0]
    if picture.profile:
        return _saved(picture, "PNG", compress_level=_PNG_LEVEL)
    return bytes(imagecodecs.png_encode(picture.values, level=_PNG_LEVEL))


def _jp2(pictures: Sequence[Picture], _: Wish) -> bytes:
    return bytes(imagecodecs.jpeg2k_encode(pictures[0].values, codecformat="jp2", reversible=True))


def _gif(pictures: Sequence[Picture], _: Wish) -> bytes:
    """Grey levels as they are; colours by a palette of 256 for each picture."""
    return _moving(pictures, "GIF", optimize=False)


def _webp(pictures: Sequence[Picture], wish: Wish) -> bytes:
    profile = {"icc_profile": pictures[0].profile} if pictures[0].profile else {}
    return _moving(pictures, "WEBP", quality=wish.quality, **profile)


def _moving(pictures: Sequence[Picture], kind: str, **options: Any) -> bytes:
    images = [Image.fromarray(picture.values) for picture in pictures]
    if len(images) > 1:
        shown = [max(picture.milliseconds or _MILLISECONDS, _SHORTEST) for picture in pictures]
        durations = [round(each) for each in shown]
        options |= {"save_all": True, "append_images": images[1:], "duration": durations, "loop": 0}
    into = BytesIO()
    images[0].save(into, kind, **options)
    return into.getvalue()


def _saved(picture: Picture, kind: str, **options: Any) -> bytes:
    into = BytesIO()
    Image.fromarray(picture.values).save(into, kind, icc_profile=picture.profile, **options)
    return into.getvalue()


def _is_colour(values: NDArray[numpy.uint8]) -> bool:
    return values.ndim == _COLOUR_AXES


_WRITERS: MappingProxyType[str, Callable[[Sequence[Picture], Wish], bytes]] = MappingProxyType(
    {JPEG: _jpeg, PNG: _png, GIF: _gif, WEBP: _webp, JP2: _jp2}
)
MEDIA_TYPES = tuple(_WRITERS)
MOVING = frozenset({GIF, WEBP})

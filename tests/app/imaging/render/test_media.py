"""Media types: what is written is read again by Pillow, which wrote most of it not."""

from io import BytesIO

import numpy
import pytest
from PIL import Image

from app.imaging.render import media
from app.imaging.render.faults import Unrenderable
from app.imaging.render.media import MEDIA_TYPES, written
from app.imaging.render.picture import Picture
from app.imaging.render.wishes import GIF, JPEG, PNG, WEBP, Wish

GREY = numpy.repeat(numpy.arange(0, 256, 4, dtype=numpy.uint8)[None, :], 48, 0)
COLOUR = numpy.stack([GREY, GREY[:, ::-1], numpy.full_like(GREY, 90)], axis=-1)
FORMATS = {"image/jp2": "JPEG2000"}
EXACT = {"image/png", "image/gif", "image/jp2"}


def opened(raw: bytes) -> Image.Image:
    return Image.open(BytesIO(raw))


@pytest.mark.parametrize("media_type", MEDIA_TYPES)
@pytest.mark.parametrize("values", [GREY, COLOUR], ids=["grey", "colour"])
def test_a_picture_is_read_again(media_type: str, values: numpy.ndarray) -> None:
    image = opened(written([Picture(values)], Wish(media_type=media_type)))

    assert image.format == FORMATS.get(media_type, media_type.removeprefix("image/").upper())
    assert image.size == (64, 48)
    read = numpy.asarray(image.convert("L" if values.ndim == 2 else "RGB")).astype(int)
    close = 0 if media_type in EXACT and not (media_type == GIF and values.ndim == 3) else 8
    assert numpy.abs(read - values).max() <= close


def test_grey_stays_grey() -> None:
    assert opened(written([Picture(GREY)], Wish())).mode == "L"
    assert opened(written([Picture(GREY)], Wish(media_type=PNG))).mode == "L"


def test_the_best_quality_is_within_a_level() -> None:
    read = numpy.asarray(opened(written([Picture(GREY)], Wish(quality=100))))

    assert numpy.abs(read.astype(int) - GREY).max() <= 1


@pytest.mark.parametrize("media_type", [JPEG, WEBP])
def test_less_quality_is_fewer_bytes(media_type: str) -> None:
    noise = Picture(numpy.random.default_rng(2).integers(0, 256, (64, 64, 3), dtype=numpy.uint8))
    sizes = [
        len(written([noise], Wish(media_type=media_type, quality=quality))) for quality in (1, 50, 89, 95)
    ]

    assert sizes == sorted(sizes)
    assert sizes[0] < sizes[-1] / 3


@pytest.mark.parametrize("media_type", [GIF, WEBP])
def test_several_pictures_move(media_type: str) -> None:
    pictures = [
        Picture(numpy.full((16, 16), level, numpy.uint8), milliseconds=40.0) for level in (0, 90, 250)
    ]

    image = opened(written(pictures, Wish(media_type=media_type)))

    assert getattr(image, "n_frames", 1) == 3
    for number, level in enumerate((0, 90, 250)):
        image.seek(number)
        image.load()
        assert image.info["duration"] == 40
        assert abs(int(numpy.asarray(image.convert("L"))[5, 5]) - level) <= 2


def test_several_pictures_do_not_go_into_a_still_one() -> None:
    with pytest.raises(Unrenderable, match="one picture"):
        written([Picture(GREY), Picture(GREY)], Wish())


def test_another_media_type_is_refused() -> None:
    with pytest.raises(Unrenderable, match="media type"):
        written([Picture(GREY)], Wish(media_type="image/tiff"))


def test_a_picture_that_the_format_cannot_hold_is_refused() -> None:
    with pytest.raises(Unrenderable, match="cannot be written"):
        written([Picture(numpy.zeros((1, 70000), numpy.uint8))], Wish())


def test_a_movie_that_is_too_large_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(media, "MOST_MOVING_PIXELS", 2 * GREY.size)

    assert written([Picture(GREY)] * 2, Wish(media_type=GIF))
    with pytest.raises(Unrenderable, match="too many or too large"):
        written([Picture(GREY)] * 3, Wish(media_type=GIF))

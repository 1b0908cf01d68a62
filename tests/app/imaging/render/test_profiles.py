"""ICC profiles: LittleCMS reads those that are written here, and means the same colours by them."""

from io import BytesIO
from typing import Any

import numpy
import pytest
from numpy.typing import NDArray
from PIL import Image, ImageCms

from app.imaging.render.description import Frame
from app.imaging.render.faults import Unrenderable
from app.imaging.render.media import written
from app.imaging.render.picture import Picture, draw
from app.imaging.render.profiles import SPACES, written_profile
from app.imaging.render.wishes import Wish
from tests.factories.pixels import described_by, header_of, item_of

SWATCHES = numpy.array(
    [[[255, 0, 0], [0, 255, 0], [0, 0, 255], [255, 255, 255], [0, 0, 0], [90, 120, 30]]], numpy.uint8
)
GREY = numpy.arange(256, dtype=numpy.uint8).reshape(16, 16)


def picture(values: NDArray[Any], wished: str, **keywords: Any) -> Picture:
    header = header_of(values, **keywords)
    described = described_by(header)
    return draw(Frame(values, described.photometric), described, header, 1, Wish(iccprofile=wished))


def opened(raw: bytes | None) -> ImageCms.ImageCmsProfile:
    assert raw is not None
    return ImageCms.ImageCmsProfile(BytesIO(raw))


@pytest.mark.parametrize("name", SPACES)
def test_a_written_profile_is_one(name: str) -> None:
    profile = opened(written_profile(name))

    assert ImageCms.getProfileDescription(profile).strip() == SPACES[name].name
    assert profile.profile.xcolor_space == "RGB "
    assert written_profile(name) == written_profile.__wrapped__(name)


def test_our_srgb_is_that_of_others() -> None:
    transform = ImageCms.buildTransform(
        opened(written_profile("srgb")), ImageCms.createProfile("sRGB"), "RGB", "RGB"
    )
    changed = numpy.asarray(ImageCms.applyTransform(Image.fromarray(SWATCHES), transform))

    assert numpy.abs(changed.astype(int) - SWATCHES).max() <= 1


def test_colours_of_srgb_have_their_place_in_adobe_rgb() -> None:
    ours = picture(SWATCHES, "adobergb")

    assert ours.profile == written_profile("adobergb")
    expected = [[219, 0, 0], [144, 255, 60], [0, 0, 251], [255, 255, 255], [0, 0, 0]]
    assert numpy.abs(ours.values[0, :5].astype(int) - expected).max() <= 2


def test_colours_come_back_from_the_widest_space() -> None:
    wide = picture(SWATCHES, "rommrgb")
    back = picture(wide.values, "srgb", ICCProfile=wide.profile)

    assert numpy.abs(wide.values[0, 0].astype(int) - [179, 70, 26]).max() <= 3
    assert numpy.abs(back.values.astype(int) - SWATCHES).max() <= 8


def test_the_profile_of_the_source_is_told() -> None:
    own = written_profile("adobergb")

    assert picture(SWATCHES, "yes", ICCProfile=own).profile == own
    path = item_of(ICCProfile=own)
    assert picture(SWATCHES, "yes", OpticalPathSequence=[path]).profile == own
    assert numpy.array_equal(picture(SWATCHES, "yes", ICCProfile=own).values, SWATCHES)
    assert picture(SWATCHES, "yes").profile == written_profile("srgb")
    assert picture(SWATCHES, "yes", ICCProfile=b"not one").profile == written_profile("srgb")
    assert picture(SWATCHES, "no", ICCProfile=own).profile is None


def test_grey_levels_become_colours_of_equal_parts() -> None:
    ours = picture(GREY, "srgb")

    assert ours.values.shape == (16, 16, 3)
    assert numpy.array_equal(ours.values[..., 1], GREY)
    assert picture(GREY, "no").values.ndim == 2


def test_a_profile_that_is_broken_is_said() -> None:
    broken = written_profile("adobergb")[:200]

    with pytest.raises(Unrenderable, match="ICC profile"):
        picture(SWATCHES, "srgb", ICCProfile=broken)


@pytest.mark.parametrize("media_type", ["image/jpeg", "image/png", "image/webp"])
def test_a_profile_is_in_the_file(media_type: str) -> None:
    raw = written([picture(SWATCHES, "adobergb")], Wish(media_type=media_type))

    assert Image.open(BytesIO(raw)).info["icc_profile"] == written_profile("adobergb")

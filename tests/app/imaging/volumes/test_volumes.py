"""A series becomes a volume that is it, voxel by voxel, or none at all."""

import gzip
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

import numpy
import pytest

from app.imaging.volumes import NoVolume, VolumeConverter, VolumeLimits
from app.imaging.volumes.checking import require_same
from app.imaging.volumes.folders import IN
from app.imaging.volumes.nifti import NiftiVolume, read_nifti
from app.imaging.volumes.placing import FramePlace, grid_of
from tests.app.imaging.volumes.series import (
    AXIAL,
    COLUMNS,
    OBLIQUE,
    ROWS,
    SLICES,
    SPACING,
    STEP,
    enhanced,
    normal_of,
    slices,
    values,
)
from tests.factories.dicom import secondary_capture

Made = tuple[NiftiVolume, dict[str, Any]]
Convert = Callable[..., Made]


@pytest.fixture
def convert(tmp_path: Path) -> Convert:
    """Makes a volume of files."""

    def made(files: Iterable[bytes], limits: VolumeLimits | None = None) -> Made:
        (tmp_path / IN).mkdir()
        for number, file in enumerate(files):
            (tmp_path / IN / f"{number:03}.dcm").write_bytes(file)
        path, told = VolumeConverter(limits or VolumeLimits(seconds=120)).convert(tmp_path)
        return read_nifti(gzip.decompress(path.read_bytes())), told

    return made


def at(volume: NiftiVolume, millimetres: Any) -> float:
    """The value of a volume at a place, right, front and up being positive."""
    voxel = numpy.linalg.solve(volume.affine, [*millimetres, 1])[:3]
    rounded = numpy.rint(voxel).astype(int)
    assert numpy.abs(voxel - rounded).max() < 0.01
    return float(volume.stored[(*rounded, 0)] * volume.slope + volume.intercept)


@pytest.mark.parametrize("directions", [AXIAL, OBLIQUE], ids=["axial", "oblique"])
def test_each_voxel_is_where_its_pixel_is_and_has_its_value(
    convert: Convert, directions: tuple[float, ...]
) -> None:
    volume, told = convert(slices(directions=directions))

    across, down, normal = numpy.array(directions[:3]), numpy.array(directions[3:]), normal_of(directions)
    for number in range(SLICES):
        for row, column in ((0, 0), (ROWS - 1, 0), (3, 7), (ROWS - 1, COLUMNS - 1)):
            place = numpy.array([-20.0, 30.0, 5.0]) + normal * STEP * number
            place = place + across * SPACING[1] * column + down * SPACING[0] * row
            assert at(volume, place * [-1, -1, 1]) == int(values(number)[row, column]) - 1024
    assert sorted(told["shape"]) == sorted([COLUMNS, ROWS, SLICES])
    assert sorted(told["spacing"]) == pytest.approx([0.5, 0.75, 2.0])


def test_slices_that_were_stored_in_another_order_make_the_same_volume(convert: Convert) -> None:
    volume, _ = convert(slices(numbers=[3, 0, 5, 1, 4, 2]))

    assert at(volume, [20, -30, 5 + 3 * STEP]) == int(values(3)[0, 0]) - 1024


def test_slices_of_several_slopes_keep_their_values(convert: Convert) -> None:
    slopes = {"RescaleSlope": lambda place: 1 + place / 4, "RescaleIntercept": 0, "Modality": "PT"}

    volume, _ = convert(slices(**slopes))

    assert at(volume, [20, -30, 5 + 2 * STEP]) == pytest.approx(float(values(2)[0, 0]) * 1.5)


def test_an_enhanced_series_keeps_the_rescale_that_its_frames_share(convert: Convert) -> None:
    volume, told = convert([enhanced()])

    place = numpy.array([-20.0, 30.0, 5.0]) + normal_of(OBLIQUE) * STEP * 4
    assert at(volume, place * [-1, -1, 1]) == int(values(4)[0, 0]) * 2 - 1000
    assert len(told["shape"]) == 3


def test_several_times_of_a_volume_are_in_their_order(convert: Convert) -> None:
    numbers = [*range(SLICES), *range(SLICES)]
    later = {
        "AcquisitionNumber": lambda place: 1 + place // SLICES,
        "TemporalPositionIdentifier": lambda place: 1 + place // SLICES,
        "ContentTime": lambda place: f"1015{place // SLICES:02}",
        "AcquisitionTime": lambda place: f"1015{place // SLICES:02}",
        "RescaleIntercept": lambda place: -1024.0,
    }
    volume, told = convert(slices(numbers=numbers, **later))

    assert told["shape"][3] == 2
    assert numpy.array_equal(volume.stored[..., 0], volume.stored[..., 1])


@pytest.mark.parametrize(
    ("files", "reason"),
    [
        (lambda: slices(shear=0.5), "tilted"),
        (lambda: slices(numbers=[0, 1, 2, 4, 5]), "not evenly apart"),
        (lambda: [*slices(), *slices(directions=OBLIQUE, SeriesNumber=1)], "not parallel"),
        (lambda: [*slices(), *slices(numbers=[2], InstanceNumber=99)], "missing at some of the times"),
        (lambda: slices(ImagePositionPatient=None), "where its frames are"),
        (lambda: slices(ImageType=["ORIGINAL", "PRIMARY", "M", "MOSAIC"]), "tiles"),
        (lambda: [secondary_capture()], "where its frames are"),
    ],
    ids=["tilted", "missing", "two stacks", "uneven times", "no places", "mosaic", "screen"],
)
def test_what_is_no_volume_is_refused_with_the_reason(
    convert: Convert, files: Callable[[], Iterable[bytes]], reason: str
) -> None:
    with pytest.raises(NoVolume, match=reason):
        convert(files())


def test_what_takes_too_long_is_ended(convert: Convert) -> None:
    with pytest.raises(NoVolume, match="longer than it may"):
        convert(slices(), VolumeLimits(seconds=0.05))


def test_what_takes_too_much_memory_is_refused(convert: Convert) -> None:
    with pytest.raises(NoVolume):
        convert(slices(), VolumeLimits(seconds=60, memory=64 << 20))


def test_nothing_but_the_volume_is_in_its_file(convert: Convert, tmp_path: Path) -> None:
    convert(slices(SeriesDescription="Quillfeather", AcquisitionTime="101112"))

    raw = gzip.decompress((tmp_path / "volume.nii.gz").read_bytes())

    assert raw[148:252] == bytes(104)  # descrip and aux_file, where the converter writes a time
    assert len(raw) == 352 + ROWS * COLUMNS * SLICES * 2


class TestTheCheck:
    """Volumes that are not the series, as a converter might make them."""

    @pytest.fixture
    def volume(self, convert: Convert) -> NiftiVolume:
        return convert(slices(directions=OBLIQUE))[0]

    def check(self, volume: NiftiVolume) -> None:
        places = [
            FramePlace(
                numpy.array([-20.0, 30.0, 5.0]) + normal_of(OBLIQUE) * STEP * number,
                numpy.array(OBLIQUE[:3]),
                numpy.array(OBLIQUE[3:]),
                SPACING,
                STEP,
                1.0,
                -1024.0,
            )
            for number in range(SLICES)
        ]
        require_same(volume, grid_of(places), places, [values(number) for number in range(SLICES)])

    def changed(self, volume: NiftiVolume, **more: Any) -> NiftiVolume:
        parts = ("header", "stored", "affine", "slope", "intercept")
        return NiftiVolume(**{name: more.get(name, getattr(volume, name)) for name in parts})

    def test_the_volume_itself_passes(self, volume: NiftiVolume) -> None:
        self.check(volume)

    @pytest.mark.parametrize("axis", [0, 1, 2])
    def test_a_mirrored_volume_does_not(self, volume: NiftiVolume, axis: int) -> None:
        with pytest.raises(NoVolume, match="values"):
            self.check(self.changed(volume, stored=numpy.flip(volume.stored, axis)))

    def test_one_voxel_that_differs_is_found(self, volume: NiftiVolume) -> None:
        stored = volume.stored.copy()
        stored[3, 4, 2, 0] += 1
        with pytest.raises(NoVolume, match="values"):
            self.check(self.changed(volume, stored=stored))

    def test_a_rescale_that_was_left_out_is_found(self, volume: NiftiVolume) -> None:
        with pytest.raises(NoVolume, match="values"):
            self.check(self.changed(volume, intercept=volume.intercept + 1024))

    def test_a_volume_that_lies_elsewhere_is_found(self, volume: NiftiVolume) -> None:
        affine = volume.affine.copy()
        affine[2, 3] += 0.2
        with pytest.raises(NoVolume, match="elsewhere"):
            self.check(self.changed(volume, affine=affine))

    def test_a_volume_of_another_size_is_found(self, volume: NiftiVolume) -> None:
        with pytest.raises(NoVolume, match="size"):
            self.check(self.changed(volume, stored=volume.stored[:, :, :-1]))


@pytest.mark.parametrize("data", [b"", b"x" * 400, bytes(400)])
def test_what_is_no_nifti_is_refused(data: bytes) -> None:
    with pytest.raises(NoVolume):
        read_nifti(data)

"""Which real DICOM files make up each sample study: pydicom's own test files and those of pydicom-data.

Both come with the installed packages; nothing is fetched. The sets cover the kinds of object and the transfer
syntaxes that a gateway meets, and each shows something: what is 16 pixels wide, or drawn on pictures that are
not there, is left out.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from importlib.resources import files
from importlib.resources.abc import Traversable

from app.samples.binding import Taken, bind

_FOLDERS = {"own": ("pydicom.data", "test_files"), "data": ("data_store", "data")}


@dataclass(frozen=True, slots=True)
class PictureSet:
    """The files of one study: `files` are `folder:name`, `modality` is what the study is ordered as."""

    modality: str
    description: str
    files: tuple[str, ...]

    @property
    def count(self) -> int:
        """How many files there are."""
        return len(self.files)

    def made(self, taken: Taken) -> Iterator[bytes]:
        """Bind the files to a study, in order."""
        for number, source in enumerate(self.sources(), 1):
            yield bind(source, number, taken)

    def sources(self) -> tuple[Traversable, ...]:
        """The files themselves, in order."""
        return tuple(_source(each) for each in self.files)


def _source(name: str) -> Traversable:
    folder, _, path = name.partition(":")
    package, below = _FOLDERS[folder]
    return files(package).joinpath(below, *path.split("/"))


def _own(folder: str, *names: str) -> tuple[str, ...]:
    return tuple(f"own:{folder}/{name}" for name in names)


SETS: dict[str, PictureSet] = {
    "ct slice": PictureSet("CT", "CT thorax, one slice", ("own:CT_small.dcm",)),
    "ct perfusion": PictureSet("CT", "CT head, perfusion, multi-frame", ("data:eCT_Supplemental.dcm",)),
    "ct unknown vr": PictureSet(
        "CT", "CT abdomen", ("data:explicit_VR-UN.dcm", "own:J2K_pixelrep_mismatch.dcm")
    ),
    "mr syntaxes": PictureSet(
        "MR",
        "MR head, one slice in six syntaxes",
        (
            "own:MR_small.dcm",
            "own:MR_small_implicit.dcm",
            "own:MR_small_bigendian.dcm",
            "own:MR_small_RLE.dcm",
            "own:MR_small_jp2klossless.dcm",
            "own:MR_small_jpeg_ls_lossless.dcm",
        ),
    ),
    "mr multi-frame": PictureSet(
        "MR",
        "MR perfusion, multi-frame",
        (
            "data:emri_small.dcm",
            "data:emri_small_big_endian.dcm",
            "data:emri_small_RLE.dcm",
            "data:emri_small_jpeg_2k_lossless.dcm",
            "data:emri_small_jpeg_ls_lossless.dcm",
        ),
    ),
    "mr overlays": PictureSet("MR", "MR lumbar spine", ("data:MR-SIEMENS-DICOM-WithOverlays.dcm",)),
    "us clips": PictureSet(
        "US",
        "US heart",
        ("data:OBXXXX1A_rle_2frame.dcm", "data:OBXXXX1A_2frame.dcm"),
    ),
    "us pictures": PictureSet(
        "US",
        "US abdomen",
        (
            "own:examples_rgb_color.dcm",
            "own:examples_palette.dcm",
            "data:JPGLosslessP14SV1_1s_1f_8b.dcm",
            "data:US1_J2KI.dcm",
            "data:gdcm-US-ALOKA-16_big.dcm",
        ),
    ),
    "cr leg": PictureSet("CR", "Radiograph of the lower leg", ("data:RG3_J2KI.dcm",)),
    "nm whole body": PictureSet(
        "NM", "Bone scan", ("own:JPGExtended.dcm", "own:JPEG2000.dcm", "data:JPEG-LL.dcm")
    ),
    "secondary captures": PictureSet(
        "OT",
        "Documents and photographs",
        (
            "own:image_dfl.dcm",
            "own:SC_rgb_jpeg_dcmtk.dcm",
            "own:SC_rgb_jpeg_gdcm.dcm",
            "own:SC_rgb_rle_2frame.dcm",
            "own:SC_rgb_rle_32bit.dcm",
            "own:SC_rgb_gdcm_KY.dcm",
            "own:SC_rgb_jls_lossy_line.dcm",
            "own:SC_rgb_small_odd_big_endian.dcm",
            "own:SC_ybr_full_422_uncompressed.dcm",
        ),
    ),
    "structured reports": PictureSet("SR", "Structured reports", ("own:reportsi.dcm", "own:test-SR.dcm")),
    "radiotherapy": PictureSet(
        "RTPLAN",
        "Radiotherapy plan, structures and dose",
        ("own:rtplan.dcm", "own:rtstruct.dcm", "own:rtdose.dcm", "own:rtdose_rle.dcm"),
    ),
    "ecg": PictureSet("ECG", "12-lead ECG", ("own:waveform_ecg.dcm",)),
}

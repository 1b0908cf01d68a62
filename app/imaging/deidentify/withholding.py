"""Which instances are not given out at all, as nobody can tell here what they show (PS3.15 E.3.1, E.3.2)."""

from collections.abc import Callable, Sequence

from pydicom import Dataset
from pydicom._uid_dict import UID_dictionary

from app.deidentification.options import ProfileOption
from app.imaging.store.syntaxes import syntax_of
from graph.wording import marked

BURNED_IN = marked("its pixels have text about the patient in them, or may have")
DOCUMENT = marked("it holds a document, which cannot be looked through")
VIDEO = marked("it is a video, which cannot be looked through")
OVERLAY = marked("an overlay lies in the cells of its pixels")
UNKNOWN_CLASS = marked("its SOP class is not one of the standard")
FACE = marked("it is said to show features by which somebody is recognized")

_SECTIONAL = frozenset(
    {
        *("CT Image Storage", "Enhanced CT Image Storage", "Legacy Converted Enhanced CT Image Storage"),
        *("MR Image Storage", "Enhanced MR Image Storage", "Enhanced MR Color Image Storage"),
        *("Legacy Converted Enhanced MR Image Storage", "Positron Emission Tomography Image Storage"),
        *("Enhanced PET Image Storage", "Legacy Converted Enhanced PET Image Storage"),
        *("Nuclear Medicine Image Storage", "RT Dose Storage", "Segmentation Storage"),
        *("Parametric Map Storage", "Label Map Segmentation Storage", "Surface Segmentation Storage"),
        *("Breast Tomosynthesis Image Storage", "X-Ray 3D Angiographic Image Storage"),
        *("X-Ray 3D Craniofacial Image Storage", "Ophthalmic Tomography Image Storage"),
    }
)
"""Classes whose pixels are measured values, in which nothing is written unless somebody says so."""
_WRITTEN_IN = (
    *(
        "Secondary Capture",
        "Ultrasound",
        "VL ",
        "Video",
        "Photograph",
        "Endoscopic",
        "Microscopic",
        "Whole Slide",
    ),
    *("Hardcopy", "Standalone", "Screen", "Ophthalmic Photography"),
)
_WRITTEN_IN_MODALITIES = frozenset(
    {"US", "IVUS", "SC", "OT", "ES", "XC", "GM", "SM", "DOC", "IO", "HC", "FID"}
)
_DOCUMENTS = ("Encapsulated",)
_PIXELS = ("Rows",)
_SECONDARY = "SECONDARY"


class Withheld(Exception):
    """The instance is not given out; the message says why, and names nobody."""


def require_clean(header: Dataset, transfer_syntax_uid: str, options: frozenset[ProfileOption]) -> None:
    """Raise `Withheld` where an instance may show or hold who it is of, in what cannot be taken out."""
    name = _class_name(header)
    for applies, reason in _REASONS:
        if applies(header, name):
            raise Withheld(reason)
    if syntax_of(transfer_syntax_uid).video:
        raise Withheld(VIDEO)
    recognizable = str(header.get("RecognizableVisualFeatures") or "") == "YES"
    if recognizable and ProfileOption.CLEAN_RECOGNIZABLE_VISUAL_FEATURES in options:
        raise Withheld(FACE)


def _class_name(header: Dataset) -> str:
    """The name of the SOP class; "" of one that is private, or no storage class."""
    entry = UID_dictionary.get(str(header.get("SOPClassUID") or ""))
    if entry is None or entry[1] != "SOP Class" or "Storage" not in entry[0]:
        return ""
    return str(entry[0])


def _is_unknown(_: Dataset, name: str) -> bool:
    return not name


def _is_document(header: Dataset, name: str) -> bool:
    return any(word in name for word in _DOCUMENTS) or "EncapsulatedDocument" in header


def _has_overlay_within(header: Dataset, _: str) -> bool:
    """Whether an overlay has its bits in the cells of the pixels (PS3.3 C.9.2, retired)."""
    planes = ((group << 16) for group in range(0x6000, 0x6020, 2))
    return any(plane | 0x0010 in header and plane | 0x3000 not in header for plane in planes)


def _is_written_in(header: Dataset, name: str) -> bool:
    """Whether text may be among the pixels.

    `BurnedInAnnotation` NO is believed, but not of classes and modalities that are known for text.
    """
    if not all(keyword in header for keyword in _PIXELS):
        return False
    said = str(header.get("BurnedInAnnotation") or "")
    if said == "YES" or str(header.get("Modality") or "") in _WRITTEN_IN_MODALITIES:
        return True
    if any(word in name for word in _WRITTEN_IN):
        return True
    kind = [*(header.get("ImageType") or ())]
    secondary = len(kind) > 1 and kind[1] == _SECONDARY
    return said != "NO" and (secondary or name not in _SECTIONAL)


_REASONS: Sequence[tuple[Callable[[Dataset, str], bool], str]] = (
    (_is_unknown, UNKNOWN_CLASS),
    (_is_document, DOCUMENT),
    (_has_overlay_within, OVERLAY),
    (_is_written_in, BURNED_IN),
)

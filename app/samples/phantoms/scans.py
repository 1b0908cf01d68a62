"""How the volumes are taken: their grids, windows and techniques, as tables."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

from app.samples.phantoms.anatomy.chest import chest
from app.samples.phantoms.anatomy.head import skull_and_brain
from app.samples.phantoms.anatomy.leg import X, leg
from app.samples.phantoms.grids import Grid, Plane
from app.samples.phantoms.lesions import Lesion
from app.samples.phantoms.materials import Look
from app.samples.phantoms.shapes import Spot
from app.samples.phantoms.volumes import Anatomy, OfferedWindow, Volume

_LUNG, _SOFT, _BONE = (
    OfferedWindow(-500, 1500, "Lung"),
    OfferedWindow(40, 400, "Soft tissue"),
    OfferedWindow(400, 1800, "Bone"),
)
_BRAIN = OfferedWindow(36, 84, "Brain")
_CHEST_WINDOWS, _LEG_WINDOWS, _HEAD_WINDOWS = (_LUNG, _SOFT, _BONE), (_SOFT, _BONE), (_BRAIN, _BONE)
_CHEST = Grid(Plane.AXIAL, (50, 256, 256), Spot(0, 0, 0), 1.4, 5.0)
_CHEST_THICK = Grid(Plane.AXIAL, (20, 160, 160), Spot(0, 0, 0), 2.2, 10.0)
_LEG = Grid(Plane.AXIAL, (48, 192, 192), Spot(X, 0, 57), 1.0, 4.0)
_LEG_THICK = Grid(Plane.AXIAL, (14, 160, 160), Spot(X, 0, 57), 1.2, 8.0)
_LEG_SAGITTAL = Grid(Plane.SAGITTAL, (22, 224, 224), Spot(X + 8, 0, 50), 0.8, 4.0)
_LEG_AXIAL = Grid(Plane.AXIAL, (22, 208, 208), Spot(X, 0, 57), 0.8, 5.0)
_LEG_CORONAL = Grid(Plane.CORONAL, (18, 176, 176), Spot(X, 1, 41), 1.0, 4.0)
_HEAD = Grid(Plane.AXIAL, (26, 192, 192), Spot(0, 0, 12), 1.15, 6.0)
_HEAD_MR = Grid(Plane.AXIAL, (20, 176, 176), Spot(0, 0, 12), 1.25, 7.0)
_AGENT = {"ContrastBolusAgent": "Iohexol", "ContrastBolusRoute": "INTRAVENOUS", "ContrastBolusVolume": 90}
_CT = {
    "ImageType": ["ORIGINAL", "PRIMARY", "AXIAL"],
    "KVP": 120,
    "ExposureTime": 500,
    "GantryDetectorTilt": 0,
    "TableHeight": 150,
    "RotationDirection": "CW",
}


def _ct(kernel: str, current: int, contrast: Mapping[str, Any]) -> dict[str, Any]:
    return {**_CT, "ConvolutionKernel": kernel, "XRayTubeCurrent": current, **contrast}


def _mr(name: str, sequence: str, repetition: int, echo: int, options: str) -> dict[str, Any]:
    return {
        "ImageType": ["ORIGINAL", "PRIMARY", "M", "SE"],
        "ScanningSequence": sequence,
        "SequenceVariant": "SK",
        "ScanOptions": options,
        "MRAcquisitionType": "2D",
        "RepetitionTime": repetition,
        "EchoTime": echo,
        "EchoTrainLength": 5,
        "MagneticFieldStrength": 3,
        "ImagingFrequency": 127.7,
        "ImagedNucleus": "1H",
        "FlipAngle": 90,
        "NumberOfAverages": 1,
        "ProtocolName": name,
        "SequenceName": name,
    }


_T1 = _mr("T1 TSE", "SE", 600, 12, "")
_T2 = _mr("T2 TSE FS", "SE", 4200, 78, "FS")


def ct_chest(*lesions: Lesion, contrast: bool = False, thick: bool = False) -> Volume:
    """Return a CT of the chest; a thick one has few slices."""
    return Volume(
        modality="CT",
        description="Chest axial 10 mm" if thick else "Chest axial 5 mm",
        grid=_CHEST_THICK if thick else _CHEST,
        anatomy=chest,
        look=Look.CONTRAST if contrast else Look.CT,
        windows=_CHEST_WINDOWS,
        technique=_ct("Standard", 120, _AGENT if contrast else {}),
        lesions=lesions,
        body_part="CHEST",
        noise=5.5,
    )


def ct_leg(*lesions: Lesion, anatomy: Anatomy = leg, contrast: bool = False, thick: bool = False) -> Volume:
    """Return a CT of the left knee and thigh."""
    return Volume(
        modality="CT",
        description="Left thigh axial 8 mm" if thick else "Left thigh axial 4 mm",
        grid=_LEG_THICK if thick else _LEG,
        anatomy=anatomy,
        look=Look.CONTRAST if contrast else Look.CT,
        windows=_LEG_WINDOWS,
        technique=_ct("Bone", 150, _AGENT if contrast else {}),
        lesions=lesions,
        body_part="KNEE",
        laterality="L",
        noise=7.0,
    )


def ct_head() -> Volume:
    """Return a CT of the head."""
    return Volume(
        modality="CT",
        description="Head axial 6 mm",
        grid=_HEAD,
        anatomy=skull_and_brain,
        look=Look.CT,
        windows=_HEAD_WINDOWS,
        technique=_ct("Brain", 250, {}),
        body_part="HEAD",
        noise=2.6,
    )


def _mr_volume(description: str, grid: Grid, anatomy: Anatomy, **more: Any) -> Volume:
    return Volume(modality="MR", description=description, grid=grid, anatomy=anatomy, **more)


_AS_T1: Mapping[str, Any] = MappingProxyType(
    {"look": Look.T1, "technique": _T1, "windows": (OfferedWindow(500, 1000, "T1"),), "noise": 10.0}
)
_AS_T2: Mapping[str, Any] = MappingProxyType(
    {"look": Look.T2, "technique": _T2, "windows": (OfferedWindow(550, 1100, "T2"),), "noise": 10.0}
)


def mr_leg(*lesions: Lesion) -> tuple[Volume, ...]:
    """Return an MR of the left knee in two planes, sagittal first."""
    knee: dict[str, Any] = {"lesions": lesions, "body_part": "KNEE", "laterality": "L"}
    return (
        _mr_volume("T1 sagittal", _LEG_SAGITTAL, leg, **_AS_T1, **knee),
        _mr_volume("T2 fat-suppressed axial", _LEG_AXIAL, leg, **_AS_T2, **knee),
    )


def mr_leg_coronal(*lesions: Lesion) -> Volume:
    """Return one coronal series of the left knee."""
    knee: dict[str, Any] = {"lesions": lesions, "body_part": "KNEE", "laterality": "L"}
    return _mr_volume("T2 fat-suppressed coronal", _LEG_CORONAL, leg, **_AS_T2, **knee)


def mr_head() -> tuple[Volume, ...]:
    """Return an MR of the head in two weightings."""
    head: dict[str, Any] = {"body_part": "HEAD"}
    return (
        _mr_volume("T1 axial", _HEAD_MR, skull_and_brain, **_AS_T1, **head),
        _mr_volume("T2 axial", _HEAD_MR, skull_and_brain, **_AS_T2, **head),
    )

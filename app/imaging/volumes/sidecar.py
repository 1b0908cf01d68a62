"""What lies beside a volume: how it was taken, in the words of BIDS 1.10, and nothing of who it is of."""

from collections.abc import Callable, Mapping
from typing import Any

from pydicom import Dataset

_MILLISECONDS = 1_000.0


def _text(value: Any) -> str:
    return str(value)


def _texts(value: Any) -> list[str]:
    return [value] if isinstance(value, str) else [str(each) for each in value]


def _number(value: Any) -> float:
    return float(value)


def _numbers(value: Any) -> list[float]:
    return [float(each) for each in value]


def _seconds(value: Any) -> float:
    return float(value) / _MILLISECONDS


MEMBERS: Mapping[str, tuple[str, Callable[[Any], Any]]] = {
    "Modality": ("Modality", _text),
    "Manufacturer": ("Manufacturer", _text),
    "ManufacturersModelName": ("ManufacturerModelName", _text),
    "SoftwareVersions": ("SoftwareVersions", _text),
    "BodyPartExamined": ("BodyPartExamined", _text),
    "PatientPosition": ("PatientPosition", _text),
    "ImageType": ("ImageType", _texts),
    "SeriesDescription": ("SeriesDescription", _text),
    "ProtocolName": ("ProtocolName", _text),
    "SeriesNumber": ("SeriesNumber", _number),
    "AcquisitionNumber": ("AcquisitionNumber", _number),
    "SliceThickness": ("SliceThickness", _number),
    "SpacingBetweenSlices": ("SpacingBetweenSlices", _number),
    "ImageOrientationPatientDICOM": ("ImageOrientationPatient", _numbers),
    "MagneticFieldStrength": ("MagneticFieldStrength", _number),
    "ImagingFrequency": ("ImagingFrequency", _number),
    "MRAcquisitionType": ("MRAcquisitionType", _text),
    "ScanningSequence": ("ScanningSequence", _text),
    "SequenceVariant": ("SequenceVariant", _text),
    "ScanOptions": ("ScanOptions", _text),
    "SequenceName": ("SequenceName", _text),
    "RepetitionTime": ("RepetitionTime", _seconds),
    "EchoTime": ("EchoTime", _seconds),
    "InversionTime": ("InversionTime", _seconds),
    "FlipAngle": ("FlipAngle", _number),
    "EchoTrainLength": ("EchoTrainLength", _number),
    "PercentPhaseFOV": ("PercentPhaseFieldOfView", _number),
    "PercentSampling": ("PercentSampling", _number),
    "PixelBandwidth": ("PixelBandwidth", _number),
    "ReceiveCoilName": ("ReceiveCoilName", _text),
    "KVP": ("KVP", _number),
    "XRayExposure": ("Exposure", _number),
    "ExposureTime": ("ExposureTime", _seconds),
    "XRayTubeCurrent": ("XRayTubeCurrent", _number),
    "ConvolutionKernel": ("ConvolutionKernel", _text),
    "Radiopharmaceutical": ("Radiopharmaceutical", _text),
    "Units": ("Units", _text),
    "DecayCorrection": ("DecayCorrection", _text),
    "AttenuationCorrectionMethod": ("AttenuationCorrectionMethod", _text),
}
"""The members, each with the DICOM keyword that says it and how its value is written; times are in s."""


def sidecar_of(header: Dataset) -> dict[str, Any]:
    """The members that a header of a series says, which was de-identified where the volume is to be."""
    found: dict[str, Any] = {}
    for member, (keyword, written) in MEMBERS.items():
        value = header.get(keyword)
        if value in (None, "", []):
            continue
        try:
            found[member] = written(value)
        except (TypeError, ValueError):
            continue
    return found

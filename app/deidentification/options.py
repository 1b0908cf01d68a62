"""The options of the Basic Application Level Confidentiality Profile (PS3.15 E.3), with their codes."""

from collections.abc import Collection, Mapping
from enum import StrEnum

from graph.errors import Invalid


class ProfileOption(StrEnum):
    """What is asked for beside the Basic Profile; as it is written in a request."""

    RETAIN_SAFE_PRIVATE = "retainSafePrivate"
    RETAIN_UIDS = "retainUIDs"
    RETAIN_DEVICE_IDENTITY = "retainDeviceIdentity"
    RETAIN_INSTITUTION_IDENTITY = "retainInstitutionIdentity"
    RETAIN_PATIENT_CHARACTERISTICS = "retainPatientCharacteristics"
    RETAIN_FULL_DATES = "retainFullDates"
    RETAIN_MODIFIED_DATES = "retainModifiedDates"
    CLEAN_DESCRIPTORS = "cleanDescriptors"
    CLEAN_STRUCTURED_CONTENT = "cleanStructuredContent"
    CLEAN_GRAPHICS = "cleanGraphics"
    CLEAN_RECOGNIZABLE_VISUAL_FEATURES = "cleanRecognizableVisualFeatures"


BASIC_PROFILE = ("113100", "Basic Application Confidentiality Profile")
CODES: Mapping[ProfileOption, tuple[str, str]] = {
    ProfileOption.CLEAN_RECOGNIZABLE_VISUAL_FEATURES: (
        "113102",
        "Clean Recognizable Visual Features Option",
    ),
    ProfileOption.CLEAN_GRAPHICS: ("113103", "Clean Graphics Option"),
    ProfileOption.CLEAN_STRUCTURED_CONTENT: ("113104", "Clean Structured Content Option"),
    ProfileOption.CLEAN_DESCRIPTORS: ("113105", "Clean Descriptors Option"),
    ProfileOption.RETAIN_FULL_DATES: (
        "113106",
        "Retain Longitudinal Temporal Information Full Dates Option",
    ),
    ProfileOption.RETAIN_MODIFIED_DATES: (
        "113107",
        "Retain Longitudinal Temporal Information Modified Dates Option",
    ),
    ProfileOption.RETAIN_PATIENT_CHARACTERISTICS: ("113108", "Retain Patient Characteristics Option"),
    ProfileOption.RETAIN_DEVICE_IDENTITY: ("113109", "Retain Device Identity Option"),
    ProfileOption.RETAIN_UIDS: ("113110", "Retain UIDs Option"),
    ProfileOption.RETAIN_SAFE_PRIVATE: ("113111", "Retain Safe Private Option"),
    ProfileOption.RETAIN_INSTITUTION_IDENTITY: ("113112", "Retain Institution Identity Option"),
}
"""The code and the meaning of each, of the scheme DCM."""

TELLING = frozenset(
    {
        ProfileOption.RETAIN_UIDS,
        ProfileOption.RETAIN_FULL_DATES,
        ProfileOption.RETAIN_INSTITUTION_IDENTITY,
    }
)
"""What leaves values by which who has the record finds the patient again."""


def chosen(names: Collection[str], location: str) -> frozenset[ProfileOption]:
    """The options of these names; raises `Invalid` for dates that are both kept and modified."""
    found = frozenset(map(ProfileOption, names))
    if {ProfileOption.RETAIN_FULL_DATES, ProfileOption.RETAIN_MODIFIED_DATES} <= found:
        raise Invalid("dates are kept in full or modified, not both", location=location)
    return found

"""A structured report as plain data: what it is made of before FHIR is told of it.

The concepts that its parts are known by are those of PS3.16 TID 1500, 1501, 1419, 4000, 10001 and 10011.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TypeAlias

ReportedCode: TypeAlias = tuple[str, str, str]  # value, scheme, meaning
NOTHING: ReportedCode = ("", "", "")

TRACKING_ID, TRACKING_UID = ("112039", "DCM"), ("112040", "DCM")
FINDINGS = frozenset({("121071", "DCM"), ("111059", "DCM"), ("111015", "DCM")})  # of reports, and of CAD
SITE, SITE_MODIFIER, LATERALITY = ("363698007", "SCT"), ("106233006", "SCT"), ("272741003", "SCT")
METHOD = ("370129005", "SCT")
CONCLUSIONS = frozenset({("121073", "DCM"), ("121077", "DCM"), ("111017", "DCM")})  # impression, conclusion
PERSON_OBSERVER, DEVICE_OBSERVER = ("121008", "DCM"), ("121013", "DCM")
MEASUREMENT_GROUP = ("125007", "DCM")
DOSES: Mapping[tuple[str, str], str] = {
    ("113702", "DCM"): "Accumulated X-Ray Dose Data",
    ("113706", "DCM"): "Irradiation Event X-Ray Data",
    ("113811", "DCM"): "CT Accumulated Dose Data",
    ("113819", "DCM"): "CT Acquisition",
}
"""The containers of dose reports of which each is one Observation with components (TID 10001, 10011)."""


@dataclass(frozen=True, slots=True)
class ReportItem:
    """One content item with what stands in it.

    `kind` is its value type. `value` is that of a TEXT, PNAME, UIDREF or a date and time as it is written;
    `number` that of a NUM with its `unit`, or `why_none`; `concept` that of a CODE. `objects` are
    (SOP class UID, SOP instance UID, frames) of what it names.
    """

    kind: str
    relationship: str = ""
    name: ReportedCode = NOTHING
    value: str = ""
    number: str = ""
    unit: ReportedCode = NOTHING
    why_none: ReportedCode = NOTHING
    concept: ReportedCode = NOTHING
    objects: tuple[tuple[str, str, str], ...] = ()
    within: tuple["ReportItem", ...] = ()

    @property
    def known_as(self) -> tuple[str, str]:
        """Value and scheme of its concept name."""
        return self.name[0], self.name[1]

    @property
    def is_modifier(self) -> bool:
        """Whether it says something of the item that it stands in, and is no content of its own."""
        return self.relationship.startswith("HAS ")

    def one(self, known_as: tuple[str, str]) -> "ReportItem | None":
        """The first item in it of a concept name."""
        return next((each for each in self.within if each.known_as == known_as), None)

    def everything(self) -> Iterator["ReportItem"]:
        """All that stands in it, at any depth."""
        for each in self.within:
            yield each
            yield from each.everything()


@dataclass(frozen=True, slots=True)
class StructuredReport:
    """A report: its title and content, and what its header says.

    `attributes` are facts by DICOM keyword. `cut`: it holds more than was read.
    """

    sop_uid: str
    root: ReportItem
    attributes: Mapping[str, str] = field(default_factory=dict)
    verifiers: Sequence[str] = ()
    cut: bool = False

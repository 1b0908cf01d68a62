"""The DICOM attributes that Hilum keeps as searchable properties, by level, with how they match.

The required matching keys of PS3.18 tables 10.6.1-5 (with PS3.4 C.6.2.1) and those that the DICOM service of
the cloud offers. A new one is one more row here: ingest reads it, the schema indexes it, QIDO-RS searches it.
What its values become on a node, `graph.query.attribute_forms` says.
"""

from dataclasses import dataclass

from graph.query.expression import Field, Kind, Layout

STUDY, SERIES, INSTANCE = "ImagingStudy", "Series", "Instance"
LEVELS = (STUDY, SERIES, INSTANCE)


# These two stand inside RequestAttributesSequence (0040,0275); QIDO-RS asks `RequestAttributesSequence.…`.
# A series may be made for several requests, so each is a list: a value an item, "" where it has none.
IN_REQUEST_ATTRIBUTES = ("ScheduledProcedureStepID", "RequestedProcedureID")
REQUEST_ATTRIBUTES_SEQUENCE = "00400275"


@dataclass(frozen=True, slots=True)
class Attribute:
    """One attribute: where it stands, how it matches, whether an answer carries it unasked.

    `everywhere`: answers at the levels below carry it too, where it is of whom or what they are about.
    """

    level: str
    keyword: str
    tag: str
    vr: str
    returned: bool = True
    searched: bool = True
    indexed: bool = False
    computed: bool = False
    everywhere: bool = False

    @property
    def is_list(self) -> bool:
        """Whether its property may hold several values."""
        return self.vr == "CS" or self.keyword in IN_REQUEST_ATTRIBUTES

    @property
    def is_sortable(self) -> bool:
        """Whether rows may be sorted by it: it is kept on them, and compares."""
        return self.keyword not in ("SpecificCharacterSet", "InstanceAvailability")

    @property
    def kind(self) -> Kind:
        """How its values compare: names and text folded, dates and numbers as ranges, the rest exactly."""
        return _KINDS.get(self.vr, Kind.TERM)

    @property
    def is_name(self) -> bool:
        """Whether it is a person's name, which has up to three component groups."""
        return self.vr == "PN"

    @property
    def field(self) -> Field:
        """The field of the expression tree."""
        return Field(self.level, self.keyword, self.kind, Layout.PROPERTY)


_KINDS = {
    "PN": Kind.TEXT,
    "LO": Kind.TEXT,
    "SH": Kind.TEXT,
    "LT": Kind.TEXT,
    "DA": Kind.SPAN,
    "TM": Kind.SPAN,
    "DT": Kind.SPAN,
    "IS": Kind.SPAN,
    "US": Kind.SPAN,
    "DS": Kind.SPAN,
}

ATTRIBUTES: tuple[Attribute, ...] = (
    Attribute(STUDY, "SpecificCharacterSet", "00080005", "CS", searched=False, everywhere=True),
    Attribute(STUDY, "StudyDate", "00080020", "DA", indexed=True),
    Attribute(STUDY, "StudyTime", "00080030", "TM"),
    Attribute(STUDY, "AccessionNumber", "00080050", "SH", indexed=True),
    Attribute(
        STUDY, "InstanceAvailability", "00080056", "CS", searched=False, computed=True, everywhere=True
    ),
    Attribute(STUDY, "ModalitiesInStudy", "00080061", "CS", computed=True),
    Attribute(STUDY, "ReferringPhysicianName", "00080090", "PN", indexed=True),
    Attribute(STUDY, "TimezoneOffsetFromUTC", "00080201", "SH", searched=False, everywhere=True),
    Attribute(STUDY, "StudyDescription", "00081030", "LO", returned=False),
    Attribute(STUDY, "PatientName", "00100010", "PN", indexed=True),
    Attribute(STUDY, "PatientID", "00100020", "LO", indexed=True),
    Attribute(STUDY, "IssuerOfPatientID", "00100021", "LO", returned=False),
    Attribute(STUDY, "PatientBirthDate", "00100030", "DA", indexed=True),
    Attribute(STUDY, "PatientSex", "00100040", "CS"),
    Attribute(STUDY, "StudyInstanceUID", "0020000D", "UI"),
    Attribute(STUDY, "StudyID", "00200010", "SH"),
    Attribute(STUDY, "NumberOfStudyRelatedSeries", "00201206", "IS", searched=False, computed=True),
    Attribute(STUDY, "NumberOfStudyRelatedInstances", "00201208", "IS", searched=False, computed=True),
    Attribute(SERIES, "SeriesDate", "00080021", "DA", returned=False),
    Attribute(SERIES, "SeriesTime", "00080031", "TM", returned=False, searched=False),
    Attribute(SERIES, "Modality", "00080060", "CS", indexed=True),
    Attribute(SERIES, "Manufacturer", "00080070", "LO", returned=False),
    Attribute(SERIES, "StationName", "00081010", "SH", returned=False),
    Attribute(SERIES, "SeriesDescription", "0008103E", "LO"),
    Attribute(SERIES, "ManufacturerModelName", "00081090", "LO", returned=False),
    Attribute(SERIES, "ContrastBolusAgent", "00180010", "LO", returned=False),
    Attribute(SERIES, "BodyPartExamined", "00180015", "CS", returned=False),
    Attribute(SERIES, "SliceThickness", "00180050", "DS", returned=False),
    Attribute(SERIES, "MagneticFieldStrength", "00180087", "DS", returned=False),
    Attribute(SERIES, "ProtocolName", "00181030", "LO", returned=False),
    Attribute(SERIES, "SeriesInstanceUID", "0020000E", "UI", indexed=True),
    Attribute(SERIES, "SeriesNumber", "00200011", "IS"),
    Attribute(SERIES, "Laterality", "00200060", "CS", returned=False),
    Attribute(SERIES, "NumberOfSeriesRelatedInstances", "00201209", "IS", searched=False, computed=True),
    Attribute(SERIES, "PerformedProcedureStepStartDate", "00400244", "DA"),
    Attribute(SERIES, "PerformedProcedureStepStartTime", "00400245", "TM"),
    Attribute(SERIES, "ScheduledProcedureStepID", "00400009", "SH"),
    Attribute(SERIES, "RequestedProcedureID", "00401001", "SH"),
    Attribute(INSTANCE, "SOPClassUID", "00080016", "UI"),
    Attribute(INSTANCE, "SOPInstanceUID", "00080018", "UI", indexed=True),
    Attribute(INSTANCE, "ContentDate", "00080023", "DA", returned=False),
    Attribute(INSTANCE, "ContentTime", "00080033", "TM", returned=False),
    Attribute(INSTANCE, "InstanceNumber", "00200013", "IS"),
    Attribute(INSTANCE, "NumberOfFrames", "00280008", "IS"),
    Attribute(INSTANCE, "Rows", "00280010", "US", searched=False),
    Attribute(INSTANCE, "Columns", "00280011", "US", searched=False),
    Attribute(INSTANCE, "BitsAllocated", "00280100", "US", searched=False),
)

BY_KEYWORD = {attribute.keyword: attribute for attribute in ATTRIBUTES}


def of_level(level: str) -> tuple[Attribute, ...]:
    """The attributes of one level, in tag order."""
    return tuple(attribute for attribute in ATTRIBUTES if attribute.level == level)

"""The attributes of workitems that are kept as value rows of their Task, and how each is kept and asked.

They stand beside the rows of FHIR search, under names that no search parameter has (`ups.` and the path), and
the one compiler reads both. What is not kept is matched on the data set (`app/imaging/worklist/matching.py`).
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import tzinfo

from fhir_profiles.folding import LONGEST
from fhir_profiles.mapping.workitem_attributes import WorkitemJson, listed, text_of, within
from graph.keys import term_key, value_key
from graph.query.attribute_forms import GROUP_SEPARATOR, folded
from graph.query.expression import Field, Kind
from graph.query.moments import day_of, moment_of
from graph.query.rows import TASK, SpanRow, TermRow, TextRow, ValueRows

_PREFIX = "ups."
_KINDS: Mapping[str, Kind] = {
    "DA": Kind.SPAN,
    "DT": Kind.SPAN,
    "PN": Kind.TEXT,
    "LO": Kind.TEXT,
    "SH": Kind.TEXT,
}
_CODE = ("CodeValue", "CodingSchemeDesignator")


@dataclass(frozen=True, slots=True)
class WorkitemKey:
    """One kept attribute: the sequences that it stands in, its keyword, and how its values compare."""

    sequences: tuple[str, ...]
    keyword: str
    vr: str

    @property
    def kind(self) -> Kind:
        """The kind of its value rows; codes and UIDs compare as they are written."""
        return Kind.TERM if self.keyword in _CODE else _KINDS.get(self.vr, Kind.TERM)

    @property
    def path(self) -> tuple[str, ...]:
        """The keywords on the way to it, its own the last."""
        return (*self.sequences, self.keyword)

    @property
    def field(self) -> Field:
        """The field of the expression tree."""
        return Field(TASK, _PREFIX + ".".join(self.path), self.kind)


def _keys() -> Iterator[WorkitemKey]:
    for keyword, vr in (
        ("SOPInstanceUID", "UI"),
        ("PatientName", "PN"),
        ("PatientID", "LO"),
        ("PatientBirthDate", "DA"),
        ("PatientSex", "CS"),
        ("AdmissionID", "LO"),
        ("StudyInstanceUID", "UI"),
        ("ScheduledProcedureStepStartDateTime", "DT"),
        ("ScheduledProcedureStepModificationDateTime", "DT"),
        ("ExpectedCompletionDateTime", "DT"),
        ("InputReadinessState", "CS"),
        ("ProcedureStepState", "CS"),
        ("ScheduledProcedureStepPriority", "CS"),
        ("WorklistLabel", "LO"),
        ("ProcedureStepLabel", "LO"),
    ):
        yield WorkitemKey((), keyword, vr)
    for keyword, vr in (
        ("AccessionNumber", "SH"),
        ("RequestedProcedureID", "SH"),
        ("StudyInstanceUID", "UI"),
        ("PlacerOrderNumberImagingServiceRequest", "LO"),
    ):
        yield WorkitemKey(("ReferencedRequestSequence",), keyword, vr)
    for sequence in (
        ("ScheduledStationNameCodeSequence",),
        ("ScheduledStationClassCodeSequence",),
        ("ScheduledStationGeographicLocationCodeSequence",),
        ("ScheduledWorkitemCodeSequence",),
        ("ScheduledHumanPerformersSequence", "HumanPerformerCodeSequence"),
    ):
        yield WorkitemKey(sequence, "CodeValue", "SH")


KEYS: Mapping[tuple[str, ...], WorkitemKey] = {each.path: each for each in _keys()}
"""The kept attributes by their paths."""


def kept_rows(tenant: str, dataset: WorkitemJson, zone: tzinfo) -> ValueRows:
    """The rows by which a workitem is found; `zone` is that of times that name none."""
    terms: dict[TermRow, None] = {}
    texts: dict[TextRow, None] = {}
    spans: dict[SpanRow, None] = {}
    for key in KEYS.values():
        name = key.field.name
        for value in _values(dataset, key):
            if key.kind is Kind.TERM:
                terms[term_key(tenant, TASK, name, value), ""] = None
            elif key.kind is Kind.TEXT:
                of_field = value_key(tenant, TASK, name)
                texts |= dict.fromkeys((of_field, each, value[:LONGEST]) for each in forms(key.vr, value))
            elif covered := interval(key.vr, value, zone):
                spans[value_key(tenant, TASK, name), *covered, "", ""] = None
    return ValueRows(terms=tuple(terms), texts=tuple(texts), spans=tuple(spans))


def _values(dataset: WorkitemJson, key: WorkitemKey) -> Iterator[str]:
    for item in within(dataset, key.sequences):
        yield from (found for value in listed(item, key.keyword) if (found := text_of(value)))


def forms(vr: str, value: str) -> list[str]:
    """The folded forms in which a text is compared: the whole, and of a name each component group."""
    whole = folded(value)
    groups = value.split(GROUP_SEPARATOR) if vr == "PN" and GROUP_SEPARATOR in value else []
    return list(dict.fromkeys(each for each in (whole, *map(folded, groups)) if each))


_INTERVALS: Mapping[str, Callable[[str, tzinfo], tuple[int, int] | None]] = {
    "DA": lambda value, _: day_of(value),
    "DT": moment_of,
}


def interval(vr: str, value: str, zone: tzinfo) -> tuple[int, int] | None:
    """The interval [low, high) that a date or a date and time covers, in microseconds; None where invalid."""
    return _INTERVALS[vr](value.strip(), zone)

"""Which reports and documents belong to which imaging studies, and by which tie.

Three ties are known: the resource refers to the study (literally, or by its Study Instance UID), it shares
the study's order, or it carries the study's accession number. A resource that names a study outright belongs
to no other one by order or accession. Rows of another patient are never tied, nor is an accession number
alone trusted where the resource does not say whose it is: the same number may be given out twice.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TypeAlias

from app.cohorts.evaluation.charts import Charts, Document
from app.cohorts.evaluation.event_rows import countable, of_patients
from app.cohorts.language.columns import accessions, study_uid
from app.cohorts.language.question import Way
from app.cohorts.language.vocabulary import DIRECT, ORDER, ORDERED, PATIENT, STUDY, patient_paths
from fhir_profiles.definitions.registry import reference_paths
from fhir_profiles.index.kept import beside
from fhir_profiles.index.references import IDENTIFIER
from graph.query.expression import (
    NOTHING,
    All,
    Along,
    Any,
    Expression,
    Field,
    KeyIn,
    Kind,
    Not,
    Present,
    Related,
    Term,
)

Number: TypeAlias = tuple[str, str]  # (identifier system or "", value)


@dataclass(slots=True)
class LinkedStudy:
    """What a study can be tied by."""

    key: str
    patient: str
    uid: str | None
    numbers: frozenset[Number]
    orders: set[str] = field(default_factory=set)

    @property
    def ties(self) -> set[str]:
        """Every text by which a resource may belong to it."""
        return {
            self.key,
            *((self.uid,) if self.uid else ()),
            *self.orders,
            *(value for _, value in self.numbers),
        }


@dataclass(frozen=True, slots=True)
class Pair:
    """A resource that belongs to a study, and every tie between them."""

    source: str
    study: str
    ways: frozenset[Way]


@dataclass(frozen=True, slots=True)
class Linker:
    """The studies of some patients, ready to be tied."""

    charts: Charts
    patients: tuple[str, ...]
    studies: tuple[LinkedStudy, ...]

    @classmethod
    def of(cls, charts: Charts, owners: Mapping[str, str]) -> "Linker":
        """Gather the ties of the studies whose patients `owners` gives."""
        documents = charts.documents(list(owners))
        studies = {
            key: LinkedStudy(key, owners[key], study_uid(each), frozenset(accessions(each)))
            for key, each in documents.items()
        }
        _find_orders(charts, studies)
        return cls(charts, tuple(sorted(set(owners.values()))), tuple(studies.values()))

    def candidates(self, resource: str) -> list[str]:
        """Keys of the resources of a type that may be tied to any of the studies."""
        if not self.studies:
            return []
        whose = Any(
            (
                of_patients(resource, KeyIn(PATIENT, self.patients)),
                Not(Present(Field(resource, "patient", Kind.TERM))),
            )
        )
        ties = Any((self._by_study(resource), self._by_order(resource), self._by_number(resource)))
        return self.charts.keys(resource, All((ties, whose, *countable(resource))))

    def pairs(self, resource: str, documents: Mapping[str, Document]) -> list[Pair]:
        """Every pair of one of these resources and one of the studies."""
        tied = self._by_tie()
        pairs = (
            Pair(each.key, study.key, each.ways(study))
            for each in self._sources(resource, documents)
            for study in {study.key: study for tie in each.ties for study in tied.get(tie, ())}.values()
        )
        return [pair for pair in pairs if pair.ways]

    def _by_tie(self) -> Mapping[str, list[LinkedStudy]]:
        """The studies by each text that a resource may name them by, so that not each is asked of each."""
        found: dict[str, list[LinkedStudy]] = {}
        for study in self.studies:
            for tie in study.ties:
                found.setdefault(tie, []).append(study)
        return found

    def _by_study(self, resource: str) -> Expression:
        parameter = DIRECT[resource]
        link = Along(reference_paths(resource, parameter), (STUDY,))
        named = Related(link, KeyIn(STUDY, tuple(each.key for each in self.studies)))
        uids = tuple(text for each in self.studies if each.uid for text in (each.uid, f"urn:oid:{each.uid}"))
        return Any((named, _identified(resource, parameter, uids)))

    def _by_order(self, resource: str) -> Expression:
        parameter = ORDERED[resource]
        orders = sorted({order for each in self.studies for order in each.orders})
        link = Along(reference_paths(resource, parameter), (ORDER,))
        named = Related(link, KeyIn(ORDER, tuple(orders))) if orders else NOTHING
        return Any((named, _identified(resource, parameter, self._numbers)))

    def _by_number(self, resource: str) -> Expression:
        return Term(Field(resource, "identifier", Kind.TERM), self._numbers) if self._numbers else NOTHING

    @property
    def _numbers(self) -> tuple[str, ...]:
        return tuple(sorted({value for each in self.studies for _, value in each.numbers}))

    def _sources(self, resource: str, documents: Mapping[str, Document]) -> list["LinkableResource"]:
        direct = reference_paths(resource, DIRECT[resource])
        ordered = reference_paths(resource, ORDERED[resource])
        own = patient_paths(resource)
        paths = tuple(dict.fromkeys((*direct, *ordered, *own)))
        sources = {key: LinkableResource.of(key, each, direct, ordered) for key, each in documents.items()}
        for edge in self.charts.edges(documents, paths, STUDY, ORDER, PATIENT):
            sources[edge.source].add(edge.path in own, edge.target)
        return list(sources.values())


@dataclass(slots=True)
class LinkableResource:
    """What a resource says of the study it belongs to."""

    key: str
    named: frozenset[Number]
    requested: frozenset[Number]
    numbers: frozenset[Number]
    targets: set[str] = field(default_factory=set)
    patient: str | None = None

    @classmethod
    def of(
        cls, key: str, document: Document, direct: Sequence[str], ordered: Sequence[str]
    ) -> "LinkableResource":
        """Read the identifiers of a resource and of its logical references."""
        return cls(
            key,
            named=frozenset(_logical(document, direct)),
            requested=frozenset(_logical(document, ordered)),
            numbers=frozenset(_identifiers(document.get("identifier", ()))),
        )

    def add(self, owns: bool, target: str) -> None:
        """Note a literal reference."""
        if owns and f"|{PATIENT}|" in target:
            self.patient = target
        else:
            self.targets.add(target)

    @property
    def ties(self) -> list[str]:
        """Every text by which it may belong to a study."""
        numbers = {value for _, value in (*self.requested, *self.numbers)}
        return sorted({*self.targets, *self._uids, *numbers})

    @property
    def _uids(self) -> set[str]:
        """The Study Instance UIDs that it names."""
        return {value.removeprefix("urn:oid:") for system, value in self.named if system == "urn:dicom:uid"}

    def ways(self, study: LinkedStudy) -> frozenset[Way]:
        """Every tie to a study; none to that of another patient."""
        if self.patient not in (None, study.patient):
            return frozenset()
        uids = self._uids
        if study.key in self.targets or study.uid in uids:
            direct = {Way.STUDY}
        elif uids or any(f"|{STUDY}|" in target for target in self.targets):
            return frozenset()
        else:
            direct = set()
        return frozenset(direct | self._indirect(study))

    def _indirect(self, study: LinkedStudy) -> set[Way]:
        found = set()
        if self.targets & study.orders or _shared(self.requested, study.numbers):
            found.add(Way.ORDER)
        if self.patient == study.patient and _shared(self.numbers, study.numbers):
            found.add(Way.ACCESSION)
        return found


def _find_orders(charts: Charts, studies: Mapping[str, LinkedStudy]) -> None:
    """The orders that studies name, and those of their patients that carry their accession numbers."""
    for edge in charts.edges(studies, reference_paths(STUDY, "basedon"), ORDER):
        studies[edge.source].orders.add(edge.target)
    numbers = tuple(sorted({value for each in studies.values() for _, value in each.numbers}))
    if not numbers:
        return
    patients = tuple(sorted({each.patient for each in studies.values()}))
    numbered = Term(Field(ORDER, "identifier", Kind.TERM), numbers)
    keys = charts.keys(
        ORDER, All((numbered, of_patients(ORDER, KeyIn(PATIENT, patients)), *countable(ORDER)))
    )
    carried = {
        key: set(_identifiers(each.get("identifier", ()))) for key, each in charts.documents(keys).items()
    }
    by_patient: dict[str, list[LinkedStudy]] = {}
    for study in studies.values():
        by_patient.setdefault(study.patient, []).append(study)
    for edge in charts.edges(keys, patient_paths(ORDER), PATIENT):
        for study in by_patient.get(edge.target, ()):
            if _shared(carried[edge.source], study.numbers):
                study.orders.add(edge.source)


def _identified(resource: str, parameter: str, values: tuple[str, ...]) -> Expression:
    """That a logical reference of the parameter has one of these identifier values."""
    return Term(Field(resource, beside(parameter, IDENTIFIER), Kind.TERM), values) if values else NOTHING


def _logical(document: Document, paths: Sequence[str]) -> Iterable[Number]:
    """The identifiers of the references at element paths."""
    for path in paths:
        found: list[object] = [document]
        for step in path.split("."):
            below = [each.get(step) for each in found if isinstance(each, Mapping)]
            found = [one for each in below for one in (each if isinstance(each, list) else [each])]
        yield from _identifiers(each.get("identifier") for each in found if isinstance(each, Mapping))


def _identifiers(values: Iterable[object]) -> Iterable[Number]:
    for each in values:
        if isinstance(each, Mapping) and isinstance(each.get("value"), str):
            yield str(each.get("system", "")), each["value"]


def _shared(left: Iterable[Number], right: Iterable[Number]) -> bool:
    """Whether two share a number: equal values, and systems that do not contradict each other."""
    mine = set(right)
    return any(
        value == other and (system == space or not system or not space)
        for system, value in left
        for space, other in mine
    )

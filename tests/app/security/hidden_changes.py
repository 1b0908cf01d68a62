"""Random changes of what a caller may not see: records and pictures of other patients come, change and go.

They come as near to what the caller sees as they can: of the same codes and names, and with references to it.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import ClassVar, TypeAlias

from hypothesis import strategies as st

from app.records.write.writing import WRITTEN_BY_HILUM
from fhir_profiles.definitions.registry import RESOURCE_TYPES, in_patient_compartment, is_shared
from fhir_profiles.security_labels import KEPT_FOR
from tests.app.security.planting import Caller, Planter, Target
from tests.factories.dicom import ct_instance, uid
from tests.factories.fhir import (
    Resource,
    bundle,
    condition,
    entry,
    imaging_study,
    observation,
    patient,
    reference,
)
from tests.factories.minimal import PATIENT, minimal, naming
from tests.factories.reports import measurement_report

OTHERS = ("other-a", "other-b")
MOVED_AWAY = "moved-away"
KEPT = "Flag"  # the type that the caller's own patient keeps from everybody else
CONFIDENTIALITY = "http://terminology.hl7.org/CodeSystem/v3-Confidentiality"
FOR_ANOTHER = {"security": [{"system": KEPT_FOR, "code": "Practitioner/another"}]}
RESTRICTED = {"security": [{"system": CONFIDENTIALITY, "code": "R"}]}
_TYPES = sorted(
    each
    for each in RESOURCE_TYPES - WRITTEN_BY_HILUM
    if each not in (PATIENT, "ImagingStudy") and not is_shared(each)
)
_DICOM = "application/dicom"


@dataclass(frozen=True)
class Put:
    """A resource of a type is written, or written again, about another patient or about nobody."""

    kind: str
    number: int
    about: str
    cites: bool

    begins: ClassVar[str] = "hidden"

    def entry(self, mine: Target) -> Resource:
        made = _MAKERS.get(self.kind, _any)(self, mine)
        return entry(made, "PUT", f"{self.kind}/{made['id']}")

    @property
    def name(self) -> str:
        return f"{self.begins}-{self.number}"

    @property
    def subject(self) -> str:
        return f"{PATIENT}/{self.about}" if self.about else "Group/hidden"


@dataclass(frozen=True)
class Delete:
    """A resource goes, if it is there."""

    kind: str
    number: int
    begins: str = "hidden"

    def entry(self, mine: Target) -> Resource:
        return entry(None, "DELETE", f"{self.kind}/{self.begins}-{self.number}")


class Labelled(Put):
    """A resource of the caller's own patient that bears a label which is withheld from them."""

    begins = "secret"

    def entry(self, mine: Target) -> Resource:
        made = _MAKERS.get(self.kind, _any)(replace(self, about=mine.patient), mine)
        return entry(made | {"meta": RESTRICTED}, "PUT", f"{self.kind}/{made['id']}")


class ForAnother(Put):
    """A resource that names the caller's own patient and is kept for a reader who is somebody else."""

    begins = "kept"

    def entry(self, mine: Target) -> Resource:
        made = _MAKERS.get(self.kind, _any)(replace(self, about=mine.patient), mine)
        return entry(made | {"meta": FOR_ANOTHER}, "PUT", f"{self.kind}/{made['id']}")


class NoLongerForAnother(Delete):
    """A resource that is kept for another reader goes, if it is there."""


class Refused(Put):
    """A resource of a patient whose consent keeps everything from the caller."""

    begins = "closed"


class Denied(Put):
    """A resource of the one type that the caller's own patient keeps from everybody else."""

    begins = "denied"

    def entry(self, mine: Target) -> Resource:
        made = _any(replace(self, about=mine.patient), mine)
        return entry(made, "PUT", f"{self.kind}/{made['id']}")


@dataclass(frozen=True)
class Picture:
    """A picture of another patient is stored, or takes the place of the one that is there."""

    study: int
    number: int
    version: int = 0

    def file(self, mine: Target) -> bytes:
        return ct_instance(
            patient_id=f"hidden-{self.study}",
            study_uid=_study(mine, self.study),
            number=self.number,
            PatientName=f"Canary^{mine.mark}",
            StudyDescription=f"Version {self.version}",
        )


class RefusedPicture(Picture):
    """A picture of a patient whose consent keeps everything from the caller."""

    def file(self, mine: Target) -> bytes:
        return ct_instance(
            patient_id=OTHERS[0],
            study_uid=uid("refused study", mine.mark, self.study),
            number=self.number,
            PatientName="Patient^Test",
            PatientBirthDate="19700203",
            PatientSex="F",
            StudyDescription=f"Version {self.version}",
        )


class LabelledPicture(Picture):
    """A picture of the caller's own patient in a study that bears a label which is withheld from them."""

    def file(self, mine: Target) -> bytes:
        return ct_instance(
            patient_id=mine.mark,
            study_uid=labelled_study(mine),
            number=self.number,
            PatientName=f"Canary^{mine.mark}",
            StudyDescription=f"Version {self.version}",
        )


@dataclass(frozen=True)
class StudyRemoval:
    """A study of another patient is deleted over DICOMweb, if it is there."""

    study: int


@dataclass(frozen=True)
class StudyReturn:
    """What was deleted of a study of another patient is restored, if anything was."""

    study: int


@dataclass(frozen=True)
class Report:
    """A structured report of another patient is stored: FHIR tells it at once."""

    study: int
    number: int


@dataclass(frozen=True)
class Merger:
    """Two other patients are merged, or parted, if they are there."""

    source: int
    target: int
    undone: bool

    @property
    def asked(self) -> bytes:
        pair = (("source-patient", self.source), ("target-patient", self.target))
        parts = [
            {"name": name, "valueReference": reference(f"{PATIENT}/hidden-{number}")} for name, number in pair
        ]
        return json.dumps({"resourceType": "Parameters", "parameter": parts}).encode()


HiddenChange: TypeAlias = Put | Delete | Picture | Report | StudyRemoval | StudyReturn | Merger


def _any(put: Put, mine: Target) -> Resource:
    made = minimal(put.kind, f"{PATIENT}/{put.about}" if put.about else "", id=put.name)
    if put.cites and in_patient_compartment(put.kind):  # of the others, naming is what shows them
        made["extension"] = [naming(f"{PATIENT}/{mine.patient}"), naming(f"Condition/{mine.condition}")]
    return made


def _condition(put: Put, mine: Target) -> Resource:
    evidence = [{"detail": [reference(f"Condition/{mine.condition}")]}] if put.cites else None
    return condition(put.subject, mine.code, id=put.name, evidence=evidence)


def _observation(put: Put, mine: Target) -> Resource:
    """One of its own, or the next version of the one that was the caller's once."""
    name = MOVED_AWAY if put.number == 0 else put.name
    return observation(put.subject, focus=[reference(f"{PATIENT}/{mine.patient}")], id=name)


def _patient(put: Put, mine: Target) -> Resource:
    link = [{"other": reference(f"{PATIENT}/{mine.patient}"), "type": "seealso"}] if put.cites else None
    named = [{"text": f"Canary {mine.mark}", "family": "Canary"}]
    return patient(f"mrn-{put.number}", id=put.name, name=named, link=link)


def _list(put: Put, mine: Target) -> Resource:
    made = _any(put, mine)
    return {**made, "entry": [{"item": reference(f"{PATIENT}/{mine.patient}")}]}


def _announced(put: Put, mine: Target) -> Resource:
    return imaging_study(put.subject, uid("announced", mine.mark, put.number), id=put.name)


_MAKERS = {
    "Condition": _condition,
    "Observation": _observation,
    "Patient": _patient,
    "List": _list,
    "ImagingStudy": _announced,
}
_NUMBERS = st.integers(0, 5)
_KINDS = st.sampled_from(sorted(_MAKERS)) | st.sampled_from(_TYPES)
_CHANGES = st.one_of(
    st.builds(Put, _KINDS, _NUMBERS, st.sampled_from(("", *OTHERS)), st.booleans()),
    st.builds(Put, _KINDS, _NUMBERS, st.sampled_from(OTHERS), st.just(True)),
    st.builds(Delete, _KINDS, _NUMBERS),
    st.builds(Picture, st.integers(0, 2), st.integers(1, 3), st.integers(0, 2)),
    st.builds(StudyRemoval, st.integers(0, 2)),
    st.builds(StudyReturn, st.integers(0, 2)),
    st.builds(Report, st.integers(0, 2), st.integers(4, 6)),
    st.builds(Merger, _NUMBERS, _NUMBERS, st.booleans()),
)
_OF_OTHERS = st.lists(_CHANGES, min_size=1, max_size=4)
_OF_A_CHART = st.sampled_from(("Condition", "List")) | st.sampled_from(_TYPES)
_LABELLED = st.lists(
    st.builds(Labelled, _OF_A_CHART, _NUMBERS, st.just(""), st.booleans())
    | st.builds(LabelledPicture, st.just(0), st.integers(2, 4), st.integers(0, 2))
    | st.builds(Delete, _OF_A_CHART, _NUMBERS, st.just(Labelled.begins)),
    min_size=1,
    max_size=4,
)
_REFUSED = st.lists(
    st.builds(Refused, _OF_A_CHART, _NUMBERS, st.sampled_from(OTHERS), st.just(False))
    | st.builds(RefusedPicture, st.integers(0, 2), st.integers(1, 3), st.integers(0, 2))
    | st.builds(Delete, _OF_A_CHART, _NUMBERS, st.just(Refused.begins)),
    min_size=1,
    max_size=4,
)
"""What bears a label, and what a consent keeps back: of every type that is about somebody, and pictures."""


_DENIED = st.lists(
    st.builds(Denied, st.just(KEPT), _NUMBERS, st.just(""), st.booleans())
    | st.builds(Delete, st.just(KEPT), _NUMBERS, st.just(Denied.begins)),
    min_size=1,
    max_size=4,
)


_FOR_ANOTHER = st.lists(
    st.builds(ForAnother, _OF_A_CHART, _NUMBERS, st.just(""), st.booleans())
    | st.builds(NoLongerForAnother, _OF_A_CHART, _NUMBERS, st.just(ForAnother.begins)),
    min_size=1,
    max_size=4,
)


class Hidden(StrEnum):
    """Why what changes is hidden.

    It is of others, labelled, a consent keeps the record, or a type, or it is kept for another reader.
    """

    OTHERS = "others"
    LABELLED = "labelled"
    REFUSED = "refused"
    DENIED = "denied"
    FOR_ANOTHER = "for another"


CHANGES: Mapping[Hidden, st.SearchStrategy[list[HiddenChange]]] = {
    Hidden.OTHERS: _OF_OTHERS,
    Hidden.LABELLED: _LABELLED,
    Hidden.REFUSED: _REFUSED,
    Hidden.DENIED: _DENIED,
    Hidden.FOR_ANOTHER: _FOR_ANOTHER,
}


def happen(planter: Planter, owner: Caller, mine: Target, changes: Sequence[HiddenChange]) -> None:
    """Bring the changes about, each by a request of its own kind."""
    kept = [each for each in changes if isinstance(each, ForAnother | NoLongerForAnother)]
    planter.keep(*(each.entry(mine) for each in kept))
    records = [each.entry(mine) for each in changes if isinstance(each, Put | Delete) and each not in kept]
    if records:
        _send(planter, owner, "/fhir", json.dumps(bundle(*records, kind="batch")), "application/fhir+json")
    for each in changes:
        if isinstance(each, Picture):
            method = "PUT" if each.version else "POST"
            _send(planter, owner, "/dicom-web/studies", each.file(mine), _DICOM, method=method)
        elif isinstance(each, Report):
            _send(planter, owner, "/dicom-web/studies", _report(mine, each), _DICOM)
        elif isinstance(each, Merger):
            path = f"/fhir/{PATIENT}/${'unmerge' if each.undone else 'merge'}"
            headers = {**owner.headers, "Content-Type": "application/fhir+json"}
            answer = planter.client.post(path, data=each.asked, headers=headers)
            assert answer.status_code in (200, 404, 409, 422), answer.text
        elif isinstance(each, StudyRemoval | StudyReturn):
            address = f"/dicom-web/studies/{_study(mine, each.study)}"
            gone = isinstance(each, StudyRemoval)
            method, path = ("DELETE", address) if gone else ("POST", f"{address}/$restore")
            answer = planter.client.open(path, method=method, headers=owner.headers)
            assert answer.status_code in (200, 204, 404, 409), answer.text


def _send(
    planter: Planter, owner: Caller, path: str, body: str | bytes, media_type: str, *, method: str = "POST"
) -> None:
    headers = {**owner.headers, "Content-Type": media_type}
    answer = planter.client.open(path, method=method, data=body, headers=headers)
    assert answer.status_code in (200, 409), answer.text


def labelled_study(mine: Target) -> str:
    """The study of the caller's own patient that bears a label."""
    return uid("labelled study", mine.mark)


def _study(mine: Target, number: int) -> str:
    return uid("hidden study", mine.mark, number)


def _report(mine: Target, report: Report) -> bytes:
    return measurement_report(
        patient_id=f"hidden-{report.study}",
        study_uid=_study(mine, report.study),
        number=report.number,
        PatientName=f"Canary^{mine.mark}",
    )

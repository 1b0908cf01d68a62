"""What FHIR tells of a structured report: it comes, changes and goes with the instance that says it.

A transcript is a DiagnosticReport and its Observations, written by the very commit that writes the instance,
so that no window shows one without the other. Their ids follow from the place of the instance: a report that
is replaced or restored makes further versions of the same resources. Nobody else writes them.

An object that was made of a DiagnosticReport has none: that report names it by its UID, and would else stand
in the record twice. Where the report is not there, as in another archive, the object tells of itself until
the report comes.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import NAMESPACE_OID, uuid5

import orjson

from graph.commit import Draft, View
from graph.errors import Unprocessable
from graph.keys import resource_key, resource_of
from graph.packing import unpacked
from graph.query.expression import Field, Kind
from graph.query.rows import REPORT, ValueRows, code_key
from graph.records import TranscriptPart
from graph.resources.identified import HOLDERS
from graph.resources.rewriting import ResourceJson, rewritten
from graph.resources.states import RESOURCES, ResourceState
from graph.resources.writing import VERSIONS, ResourceWrite, ended
from graph.site import Site
from graph.studies.places import Arriving

TRANSCRIPT = "transcript"  # of an instance: the keys of what FHIR tells of it
TRANSCRIBES = "transcribes"  # of a resource: the key of the instance that says what it says
_IDENTIFIER = Field(REPORT, "identifier", Kind.TERM)
_STUDY_ELEMENTS = {"DiagnosticReport": "imagingStudy", "Observation": "derivedFrom"}
_OF_STUDY = """
MATCH (:Resource {key: $study})-[:HAS_SERIES]->()-[:HAS_INSTANCE]->(i) WHERE i.transcript IS NOT NULL
UNWIND i.transcript AS key
MATCH (r:Resource {key: key})-[:CURRENT]->(v:Version) WHERE r.deleted = false
RETURN key, v.body AS body
"""
_OF_INSTANCE = "MATCH (i:Instance {key: $instance}) RETURN coalesce(i.transcript, []) AS keys"
_AMONG_THEMSELVES = ("result", "hasMember")


def transcript_key(tenant: str, instance: str, part: TranscriptPart) -> str:
    """The key of a part of the transcript of an instance (its key)."""
    return resource_key(tenant, part.resource_type, _id(instance, part.name))


def transcript_keys(tenant: str, arriving: Arriving) -> list[str]:
    """The keys of the whole transcript of an arriving instance."""
    return [transcript_key(tenant, arriving.place.instance, each) for each in arriving.row.transcript]


def report_term(tenant: str, sop_uid: str) -> str:
    """The key of the Term by which a DiagnosticReport that names an instance is found."""
    return code_key(tenant, _IDENTIFIER, f"urn:oid:{sop_uid}")


def is_told_by_report(view: View, sop_uid: str, patient: str) -> bool:
    """Whether a DiagnosticReport of a patient (the key) that no object tells names an instance as its own."""
    for holder in view.get(HOLDERS, report_term(view.tenant, sop_uid)) or ():
        known = view.get(RESOURCES, holder.key)
        if known is None or known.deleted or known.version_id != holder.version_id:
            continue
        if patient in (known.compartment or ()) and not known.properties.get(TRANSCRIBES):
            return True
    return False


def follow_reports(view: View, draft: Draft, site: Site) -> None:
    """Draft the end of what objects tell that drafted reports of their patients name as their own."""
    writes = [item for part, item in draft if part is VERSIONS]
    for write in writes:
        if write.resource_type == REPORT and write.method != "DELETE" and TRANSCRIBES not in write.properties:
            Transcripts(view, draft, site).leave(_told_by_objects(view, write))


def _told_by_objects(view: View, write: ResourceWrite) -> Iterator[str]:
    """The keys of the transcripts of the objects that a report names."""
    begun = report_term(view.tenant, "")
    named = dict.fromkeys(key for key, *_ in (write.values or ValueRows()).terms if key.startswith(begun))
    for holder in (each for term in named for each in view.get(HOLDERS, term) or ()):
        known = view.get(RESOURCES, holder.key)
        instance = known.properties.get(TRANSCRIBES) if known and not known.deleted else None
        if known and instance and not set(known.compartment or ()).isdisjoint(write.compartment or ()):
            yield from (key for row in view.read(_OF_INSTANCE, instance=instance) for key in row["keys"])


def refuse_transcript(known: ResourceState | None) -> None:
    """Refuse to change what a DICOM object says; raises `Unprocessable`."""
    if known is not None and known.properties.get(TRANSCRIBES):
        raise Unprocessable(
            "it tells what a DICOM report says: replace or delete that over DICOMweb", code="business-rule"
        )


@dataclass(frozen=True, slots=True)
class Transcripts:
    """Writes and ends transcripts for one unit of work."""

    view: View
    draft: Draft
    site: Site

    def enter(self, arriving: Arriving, patient: str, study: str, before: Sequence[str] = ()) -> None:
        """Draft the transcript of an instance of this patient and study (their keys).

        `before` are the keys of the transcript of the instance whose place it takes; what is not told any
        more ends.
        """
        keys = transcript_keys(self.view.tenant, arriving)
        self.view.load({RESOURCES: [*keys, *before]})
        for key, part in zip(keys, arriving.row.transcript, strict=True):
            self.draft.add(VERSIONS, self._written(key, part, arriving, patient, study))
        self.leave(key for key in before if key not in keys)

    def leave(self, keys: Iterable[str]) -> None:
        """Draft the end of these parts of transcripts."""
        wanted = list(keys)
        self.view.load({RESOURCES: wanted})
        for key in wanted:
            known = self.view.get(RESOURCES, key)
            if known is not None and not known.deleted:
                self.draft.add(VERSIONS, ended(known))

    def _written(
        self, key: str, part: TranscriptPart, arriving: Arriving, patient: str, study: str
    ) -> ResourceWrite:
        instance, whose = arriving.place.instance, (patient, study)
        return rewritten(
            self.view,
            self.site,
            self.view.get(RESOURCES, key),
            part.body,
            lambda resource: self._named(resource, key, instance, whose),
            properties={TRANSCRIBES: instance},
        )

    def move(self, study: str, patient: str) -> None:
        """Draft that the transcripts of a study (key) are of another patient (key)."""
        subject = {"reference": resource_of(patient)}

        def moved(resource: ResourceJson) -> ResourceJson:
            return {**resource, "subject": subject}

        rows = self.view.read(_OF_STUDY, study=study)
        self.view.load({RESOURCES: [row["key"] for row in rows]})
        for row in rows:
            known, text = self.view.get(RESOURCES, row["key"]), unpacked(row["body"])
            write = rewritten(self.view, self.site, known, text, moved)
            self.draft.add(VERSIONS, write)

    def _named(
        self, resource: dict[str, Any], key: str, instance: str, whose: tuple[str, str]
    ) -> dict[str, Any]:
        """The resource with its id, whose and of which study it is, and the ids of what it refers to."""
        patient, study = map(resource_of, whose)
        kind = resource["resourceType"]
        pictures = [{"reference": study}, *resource.get(_STUDY_ELEMENTS[kind], ())]
        members = {
            name: [_reference(instance, each) for each in resource[name]]
            for name in _AMONG_THEMSELVES
            if name in resource
        }
        head = {"resourceType": kind, "id": key.rpartition("|")[2]}
        about = {"subject": {"reference": patient}, _STUDY_ELEMENTS[kind]: pictures}
        return {**head, **resource, **about, **members}


def _reference(instance: str, named: Mapping[str, str]) -> dict[str, str]:
    return {"reference": f"Observation/{_id(instance, named['reference'])}"}


def parts_of(told: Iterable[tuple[str, Mapping[str, Any]]]) -> Iterator[TranscriptPart]:
    """What is told of a report, by name, as the parts of a transcript."""
    for name, resource in told:
        yield TranscriptPart(str(resource["resourceType"]), name, orjson.dumps(resource))


def _id(instance: str, name: str) -> str:
    return str(uuid5(NAMESPACE_OID, f"{instance}/{name}"))

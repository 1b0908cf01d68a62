"""`Patient/$match`: who a patient is (FHIR R4 patient-operation-match.html)."""

from app.http.fhir.bundles import AnswerEntry, bundle
from app.http.fhir.exchange import Answer, Call
from app.http.fhir.operation_input import operation_input
from app.http.fhir.operations import FhirOperation
from app.records.match import MatchAsked, MatchedPatient, PatientMatch
from app.site import Sites
from graph.errors import Invalid
from graph.scope import AccessScope

_GRADE = "http://hl7.org/fhir/StructureDefinition/match-grade"
_USUAL_COUNT = 10


class MatchViews:
    """The answers to who asks for a patient by a description."""

    def __init__(self, matching: PatientMatch, sites: Sites) -> None:
        self._matching = matching
        self._sites = sites

    def operations(self) -> tuple[FhirOperation, ...]:
        """Their rows of the table of operations."""
        return (FhirOperation("match", ("type",), {"Patient": self.match}),)

    def match(self, scope: AccessScope, call: Call, *, kind: str) -> Answer:
        """200 with a searchset of who it may be, the most likely first, each with its score and grade.

        Raises `Invalid` without a Patient.
        """
        given = operation_input(call)
        given.require_known(("resource", "onlyCertainMatches", "count"))
        patient = given.resource()
        if patient is None or patient.get("resourceType") != kind:
            raise Invalid("resource is the Patient who is asked for", location="resource", code="required")
        count = given.number("count")
        asked = MatchAsked(
            patient, _USUAL_COUNT if count is None else count, given.flag("onlyCertainMatches")
        )
        base = self._sites.of(scope).fhir_base
        found = [_entry(base, each) for each in self._matching.matches(scope, asked)]
        return Answer(200, bundle("searchset", found, {"self": f"{base}/{kind}/$match"}, len(found)))


def _entry(base: str, match: MatchedPatient) -> AnswerEntry:
    grade = {"url": _GRADE, "valueCode": match.grade.value}
    beside = {"search": {"extension": [grade], "mode": "match", "score": match.score}}
    return AnswerEntry(f"{base}/Patient/{match.version.resource_id}", match.version.body, beside)

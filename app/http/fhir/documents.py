"""`Composition/$document` and `Patient/$summary`: a Bundle that is a document (FHIR R4 documents.html)."""

from uuid import uuid4

from app.http.fhir.bundles import AnswerEntry, document
from app.http.fhir.exchange import Answer, Call
from app.http.fhir.operation_input import operation_input
from app.http.fhir.operations import FhirOperation
from app.records.documents import ClinicalDocument, Documents, PatientSummaries
from app.site import Sites
from graph.clock import instant
from graph.errors import Invalid
from graph.scope import AccessScope

_IPS = "http://hl7.org/fhir/uv/ips/StructureDefinition/Bundle-uv-ips"
_SUMMARY = "http://hl7.org/fhir/uv/ips/OperationDefinition/summary"


class DocumentViews:
    """The answers to who asks for a document."""

    def __init__(self, documents: Documents, summaries: PatientSummaries, sites: Sites) -> None:
        self._documents = documents
        self._summaries = summaries
        self._sites = sites

    def operations(self) -> tuple[FhirOperation, ...]:
        """Their rows of the table of operations."""
        return (
            FhirOperation("document", ("instance",), {"Composition": self.document}),
            FhirOperation("summary", ("instance",), {"Patient": self.summary}, definition=_SUMMARY),
        )

    def document(self, scope: AccessScope, call: Call, *, kind: str, resource_id: str) -> Answer:
        """200 with the document of a composition; with `persist`, which only a POST may ask, it is stored.

        Raises `Invalid` for what it does not take.
        """
        given = operation_input(call)
        given.require_known(("persist", "graph"))
        if given.one("graph") is not None:
            raise Invalid("no graph is followed", location="graph", code="not-supported")
        persist = given.flag("persist")
        if persist and call.parameter("persist") is not None:
            raise Invalid("what is to be stored is asked for in Parameters by POST", location="persist")
        if persist:
            scope.require_writing("Bundle")
        text = self._bundle(scope, call, self._documents.of_composition(scope, resource_id))
        return Answer(200, self._documents.keep(scope, text) if persist else text)

    def summary(self, scope: AccessScope, call: Call, *, kind: str, resource_id: str) -> Answer:
        """200 with the International Patient Summary of a patient."""
        given = operation_input(call)
        given.require_known(("profile",))
        made = self._summaries.of_patient(scope, resource_id, call.now)
        return Answer(200, self._bundle(scope, call, made, _IPS))

    def _bundle(self, scope: AccessScope, call: Call, made: ClinicalDocument, profile: str = "") -> bytes:
        base = self._sites.of(scope).fhir_base
        entries = [AnswerEntry(url, text) for url, text in made.made]
        entries += [
            AnswerEntry(f"{base}/{each.resource_type}/{each.resource_id}", each.body)
            for each in made.versions
        ]
        return document(f"urn:uuid:{uuid4()}", instant(call.now), entries, profile)

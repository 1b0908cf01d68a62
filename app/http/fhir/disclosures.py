"""`Patient/[id]/$disclosures`: an operation of our own, which accounts for what was disclosed of a patient.

A page of AuditEvents as a searchset, the newest first, each as a privacy disclosure of IHE BALP.
"""

import orjson

from app.http.fhir.audit import AUDIT
from app.http.fhir.bundles import AnswerEntry, bundle
from app.http.fhir.exchange import Answer, Call
from app.http.fhir.links import Pages
from app.http.fhir.operation_input import operation_input
from app.http.fhir.operations import FhirOperation
from app.http.fhir.parameters import MOST, PAGE, USUAL_COUNT
from app.paging import PageTokens
from app.records.audited import Disclosures
from app.site import Sites
from graph.scope import AccessScope

_NAMES = ("treatment", "_count")
_DEFINITION = "urn:hilum:OperationDefinition:disclosures"


class DisclosureViews:
    """The answers to who asks what was disclosed of a patient."""

    def __init__(self, disclosures: Disclosures, tokens: PageTokens, sites: Sites) -> None:
        self._disclosures = disclosures
        self._tokens = tokens
        self._sites = sites

    def operations(self) -> tuple[FhirOperation, ...]:
        """Their row of the table of operations."""
        return (
            FhirOperation(
                "disclosures",
                ("instance",),
                {"Patient": self.of_patient},
                permission="audit.read",
                instead=("audit.own",),
                definition=_DEFINITION,
            ),
        )

    def of_patient(self, scope: AccessScope, call: Call, *, kind: str, resource_id: str) -> Answer:
        """200 with a searchset of AuditEvents, or 404 for a patient who is not the caller's to ask of."""
        given = operation_input(call)
        given.require_known((*_NAMES, PAGE))
        base = self._sites.of(scope).fhir_base
        pages = Pages(
            tokens=self._tokens,
            base=base,
            scope=scope,
            call=call,
            path=f"{kind}/{resource_id}/$disclosures",
            applied=tuple((name, str(value)) for name in _NAMES for value in given.values.get(name, ())),
        )
        place = pages.place()
        found = self._disclosures.page(
            scope,
            resource_id,
            now=call.now,
            limit=min(max(given.number("_count") or USUAL_COUNT, 1), MOST),
            treatment=given.flag("treatment"),
            after=(int(str(place[0])), str(place[1])) if place else None,
        )
        entries = [
            AnswerEntry(f"{base}/{AUDIT}/{each.id}", orjson.dumps(each.event), {"search": {"mode": "match"}})
            for each in found.disclosures
        ]
        return Answer(200, bundle("searchset", entries, pages.links(found.after)))

"""`Observation/$lastn` and `DocumentReference/$docref`: what is newest of a patient.

FHIR R4 observation-operation-lastn.html; US Core and International Patient Access OperationDefinition-docref.
"""

from app.http.fhir.bundles import bundle, found_entry
from app.http.fhir.exchange import Answer, Call
from app.http.fhir.links import Pages
from app.http.fhir.operation_input import OperationInput, operation_input
from app.http.fhir.operations import FhirOperation
from app.http.fhir.parameters import MOST, PAGE, USUAL_COUNT
from app.paging import PageTokens
from app.records.latest import LatestObservations
from app.records.search import Pairs, RecordSearch, TypeSearch, sorts_of
from app.site import Sites
from graph.errors import Invalid
from graph.query.expression import All, Any, Expression
from graph.scope import AccessScope

_DOCREF = "http://hl7.org/fhir/us/core/OperationDefinition/docref"
_SUMMARY = "http://loinc.org|34133-9"  # Summary of episode note: the C-CDA CCD that is meant without a type
_NAMES = ("patient", "start", "end", "type", "on-demand", "profile", "_count")
_DATES = ("period", "date")


class LatestViews:
    """The answers to who asks for the newest."""

    def __init__(
        self, latest: LatestObservations, search: RecordSearch, tokens: PageTokens, sites: Sites
    ) -> None:
        self._latest = latest
        self._search = search
        self._tokens = tokens
        self._sites = sites

    def operations(self) -> tuple[FhirOperation, ...]:
        """Their rows of the table of operations."""
        return (
            FhirOperation("lastn", ("type",), {"Observation": self.lastn}),
            FhirOperation("docref", ("type",), {"DocumentReference": self.docref}, definition=_DOCREF),
        )

    def lastn(self, scope: AccessScope, call: Call, *, kind: str) -> Answer:
        """200 with a searchset of the last observations of each code.

        Raises `Invalid` for what it does not take.
        """
        given = operation_input(call)
        most = given.number("max")
        if most == 0:
            raise Invalid("max is at least 1", location="max")
        pairs = tuple(pair for pair in _pairs(given) if pair[0] != "max")
        found = self._latest.latest(scope, pairs, 1 if most is None else most)
        base = self._sites.of(scope).fhir_base
        entries = [found_entry(base, each, "match") for each in found]
        path, applied = f"{kind}/$lastn", tuple(_pairs(given))
        pages = Pages(tokens=self._tokens, base=base, scope=scope, call=call, path=path, applied=applied)
        return Answer(200, bundle("searchset", entries, pages.links(None), len(entries)))

    def docref(self, scope: AccessScope, call: Call, *, kind: str) -> Answer:
        """200 with a searchset of the documents of a patient, the newest first; none is made on demand.

        Raises `Invalid` for what it does not take.
        """
        given = operation_input(call)
        given.require_known((*_NAMES, PAGE))
        given.flag("on-demand")
        base = self._sites.of(scope).fhir_base
        applied = tuple(pair for pair in _pairs(given) if pair[0] != PAGE)
        path = f"{kind}/$docref"
        pages = Pages(tokens=self._tokens, base=base, scope=scope, call=call, path=path, applied=applied)
        newest_only = not any(given.values.get(name) for name in ("start", "end", "type"))
        asked = TypeSearch(
            resource_type=kind,
            where=self._documents(scope, kind, given, (_SUMMARY,) if newest_only else ()),
            count=1 if newest_only else _count(given),
            sort=sorts_of(kind, "-date"),
        )
        page = self._search.page(scope, asked, pages.place())
        links = pages.links(None if newest_only else page.after)
        return Answer(
            200, bundle("searchset", [found_entry(base, each, "match") for each in page.matches], links)
        )

    def _documents(
        self, scope: AccessScope, kind: str, given: OperationInput, types: tuple[str, ...]
    ) -> Expression:
        patient = given.text("patient")
        if patient is None:
            raise Invalid("patient is the id of a patient", location="patient", code="required")
        pairs = [("patient", patient.removeprefix("Patient/"))]
        listed = [_token(each) for each in given.values.get("type", ())] or list(types)
        if listed:
            pairs.append(("type", ",".join(listed)))
        where = [self._understood(scope, kind, tuple(pairs))]
        for name, prefix in (("start", "ge"), ("end", "le")):
            if (moment := given.text(name)) is not None:
                where.append(
                    Any(tuple(self._understood(scope, kind, ((date, prefix + moment),)) for date in _DATES))
                )
        return All(tuple(where))

    def _understood(self, scope: AccessScope, kind: str, pairs: Pairs) -> Expression:
        return self._search.understood(scope, kind, pairs).where


def _pairs(given: OperationInput) -> Pairs:
    """The parameters as those of a query."""
    return tuple((name, _token(value)) for name, values in given.values.items() for value in values)


def _token(value: object) -> str:
    """A value as that of a search: a Coding or the first one of a CodeableConcept as system and code."""
    if not isinstance(value, dict):
        return str(value)
    codings = value.get("coding", [value])
    coding = codings[0] if isinstance(codings, list) and codings else {}
    system, code = (coding.get(name, "") for name in ("system", "code"))
    return f"{system}|{code}" if system else str(code)


def _count(given: OperationInput) -> int:
    return min(given.number("_count") or USUAL_COUNT, MOST)

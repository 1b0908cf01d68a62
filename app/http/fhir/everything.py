"""`$everything` of a patient, of all patients of a caller, and of an encounter.

FHIR R4 patient-operation-everything.html, encounter-operation-everything.html.
"""

from collections.abc import Callable, Iterator
from datetime import tzinfo
from typing import TypeAlias

from app.http.fhir.bundles import bundle, found_entry
from app.http.fhir.exchange import Answer, Call
from app.http.fhir.links import Pages
from app.http.fhir.operation_input import OperationInput, operation_input
from app.http.fhir.operations import FhirOperation
from app.http.fhir.parameters import MOST, PAGE, USUAL_COUNT, interval_asked
from app.paging import PageTokens
from app.records.everything import Everything, EverythingPage, Narrowed
from app.site import Sites
from fhir_profiles.definitions.registry import RESOURCE_TYPES
from graph.errors import Invalid
from graph.scope import AccessScope

_NAMES = ("start", "end", "_since", "_type", "_count")
Find: TypeAlias = Callable[[Narrowed], EverythingPage]


class EverythingViews:
    """The answers to a request for everything."""

    def __init__(self, everything: Everything, tokens: PageTokens, sites: Sites) -> None:
        self._everything = everything
        self._tokens = tokens
        self._sites = sites

    def operations(self) -> tuple[FhirOperation, ...]:
        """Their rows of the table of operations."""
        one = {"Patient": self.of_patient, "Encounter": self.of_encounter}
        return (
            FhirOperation("everything", ("instance",), one),
            FhirOperation("everything", ("type",), {"Patient": self.of_patients}),
        )

    def of_patient(self, scope: AccessScope, call: Call, *, kind: str, resource_id: str) -> Answer:
        """200 with a searchset: a page of the chart of a patient."""
        path = f"{kind}/{resource_id}/$everything"
        return self._answer(
            scope, call, path, lambda asked: self._everything.of_patient(scope, resource_id, asked)
        )

    def of_patients(self, scope: AccessScope, call: Call, *, kind: str) -> Answer:
        """200 with a searchset: a page of the charts of the patients of a caller."""
        path = f"{kind}/$everything"
        return self._answer(scope, call, path, lambda asked: self._everything.of_patients(scope, asked))

    def of_encounter(self, scope: AccessScope, call: Call, *, kind: str, resource_id: str) -> Answer:
        """200 with a searchset: a page of what belongs to an encounter."""
        path = f"{kind}/{resource_id}/$everything"
        return self._answer(
            scope, call, path, lambda asked: self._everything.of_encounter(scope, resource_id, asked)
        )

    def _answer(self, scope: AccessScope, call: Call, path: str, find: Find) -> Answer:
        given = operation_input(call)
        given.require_known((*_NAMES, PAGE))
        site = self._sites.of(scope)
        pages = Pages(
            tokens=self._tokens,
            base=site.fhir_base,
            scope=scope,
            call=call,
            path=path,
            applied=tuple((name, str(value)) for name in _NAMES for value in given.values.get(name, ())),
        )
        page = find(_narrowed(given, site.zone, pages.place()))
        entries = (
            found_entry(site.fhir_base, each, mode)
            for mode, found in (("match", page.members), ("include", page.referred))
            for each in found
        )
        return Answer(200, bundle("searchset", entries, pages.links(page.after), page.total))


def _narrowed(given: OperationInput, zone: tzinfo, place: tuple[object, ...] | None) -> Narrowed:
    start, end, since = (
        interval_asked(given.text(name), name, "a date, or a date and time", zone)
        for name in ("start", "end", "_since")
    )
    count = given.number("_count")
    if count == 0:
        raise Invalid("_count is at least 1", location="_count")
    return Narrowed(
        count=min(count or USUAL_COUNT, MOST),
        types=frozenset(_types(given)) or None,
        since=since[0] if since else None,
        care=(start[0] if start else None, end[1] if end else None),
        after=_after(place),
    )


def _after(place: tuple[object, ...] | None) -> tuple[int, int] | None:
    match place:
        case None:
            return None
        case (int(rank), int(serial)):
            return rank, serial
    raise Invalid("the paging token does not belong to this query", location=PAGE)


def _types(given: OperationInput) -> Iterator[str]:
    for listed in given.values.get("_type", ()):
        for each in str(listed).split(","):
            if each not in RESOURCE_TYPES:
                raise Invalid("there is no such resource type", location="_type")
            yield each

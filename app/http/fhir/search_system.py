"""search of several types at once: of the system, or of a patient's compartment (R4 http.html#search)."""

from collections.abc import Iterable, Sequence
from dataclasses import replace

from app.http.fhir.asking import SearchCall, criteria_of, search_of
from app.http.fhir.audit import AUDIT
from app.http.fhir.bundles import bundle
from app.http.fhir.exchange import Answer, Call
from app.http.fhir.links import Pages
from app.http.fhir.parameters import applied, count_of
from app.http.fhir.search import page_entries
from app.http.fhir.shape import shape_of
from app.paging import PageTokens
from app.records.search import Include, KnownCriteria
from app.records.search.system import SystemSearch
from app.site import Sites
from fhir_profiles.definitions.registry import RESOURCE_TYPES, in_patient_compartment
from graph.errors import Invalid
from graph.scope import AccessScope

TYPE = "_type"
_SEARCHED = RESOURCE_TYPES - {AUDIT}  # which has a search of its own


class SystemSearchViews:
    """The answers to a search of several types."""

    def __init__(self, search: SystemSearch, tokens: PageTokens, sites: Sites) -> None:
        self._search = search
        self._tokens = tokens
        self._sites = sites

    def search(self, scope: AccessScope, call: Call, *, patient_id: str | None = None) -> Answer:
        """200 with a searchset of the types of `_type`, else of all, by parameters that all of them have.

        Raises `Invalid` for a parameter that one of them has not, and for an order.
        """
        if call.parameter("_sort") is not None:
            raise Invalid("several types have no order in common", location="_sort", code="not-supported")
        searches = self._searches(scope, call, patient_id)
        base = self._sites.of(scope).fhir_base
        pages = Pages(
            tokens=self._tokens,
            base=base,
            scope=scope,
            call=call,
            path="" if patient_id is None else f"Patient/{patient_id}/*",
            applied=applied(call, searches[0].ignored),
        )
        asked = [each.search for each in searches]
        if searches[0].only_total:
            total = self._search.count(scope, asked)
            return Answer(200, bundle("searchset", (), pages.links(None), total))
        shape = shape_of(call)
        page = self._search.page(scope, asked, count_of(call), pages.place())
        entries = page_entries(base, shape, page, searches[0].ignored)
        return Answer(200, bundle("searchset", entries, pages.links(page.after), page.total))

    def _searches(self, scope: AccessScope, call: Call, patient_id: str | None) -> Sequence[SearchCall]:
        """The search of each type, without what one of them has not where the client is lenient."""
        kinds = _kinds(call, patient_id)
        criteria = [pair for pair in criteria_of(call) if pair[0] != TYPE]
        ignored: set[str] = set()
        if call.prefers("handling") == "lenient":
            for kind in kinds:
                ignored.update(self._search.by_type.understood(scope, kind, criteria, lenient=True).ignored)
        kept = tuple(pair for pair in criteria if pair[0] not in ignored)
        left_out = tuple(sorted(ignored))
        found: list[SearchCall] = []
        for kind in kinds:
            where = self._search.by_type.understood(scope, kind, kept, patient_id=patient_id).where
            each = search_of(call, kind, patient_id, KnownCriteria(where, left_out))
            own = replace(each.search, includes=_own(kind, each.search.includes))
            found.append(replace(each, search=own))
        return found


def _kinds(call: Call, patient_id: str | None) -> list[str]:
    """The types that are searched, in order; raises `Invalid` for what is none, or not in a compartment."""
    given = [each.strip() for name, value in call.parameters if name == TYPE for each in value.split(",")]
    offered = _SEARCHED if patient_id is None else frozenset(filter(in_patient_compartment, _SEARCHED))
    for each in given:
        if each not in offered:
            raise Invalid(
                "it is a list of the types that are searched here", location=TYPE, code="not-supported"
            )
    return sorted(set(given) or offered)


def _own(kind: str, includes: Iterable[Include]) -> tuple[Include, ...]:
    """The includes that may start from a type; those that follow others start anywhere."""
    return tuple(each for each in includes if each.reverse or each.iterate or each.source in (None, kind))

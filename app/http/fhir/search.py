"""search of a type, or of a type in a patient's compartment (FHIR R4 http.html#search, #vsearch)."""

from collections.abc import Iterator, Sequence
from dataclasses import replace

from app.http.fhir.asking import GRAPH, criteria_of, search_of
from app.http.fhir.bundles import AnswerEntry, bundle, found_entry, warning
from app.http.fhir.exchange import Answer, Call
from app.http.fhir.links import Pages
from app.http.fhir.shape import Shape, shape_of
from app.paging import PageTokens
from app.records.search import MOST_INCLUDED, RecordSearch, SearchPage
from app.site import Sites
from graph.records import ResourceVersion
from graph.scope import AccessScope

_LONGEST_NAME = 64


class SearchViews:
    """The answers to a search."""

    def __init__(self, search: RecordSearch, tokens: PageTokens, sites: Sites) -> None:
        self._search = search
        self._tokens = tokens
        self._sites = sites

    def search(self, scope: AccessScope, call: Call, *, kind: str, patient_id: str | None = None) -> Answer:
        """200 with a searchset: a page of matches, what they include, and warnings."""
        lenient = call.prefers("handling") == "lenient"
        criteria = criteria_of(call)
        known = self._search.understood(scope, kind, criteria, patient_id=patient_id, lenient=lenient)
        text = call.parameter(GRAPH)
        graph = () if text is None else self._search.graph(scope, kind, text, known.find)
        asked = search_of(call, kind, patient_id, known, graph)
        base = self._sites.of(scope).fhir_base
        pages = Pages(
            tokens=self._tokens, base=base, scope=scope, call=call, path=asked.path, applied=asked.applied
        )
        if asked.only_total:
            total = self._search.count(scope, asked.search)
            return Answer(200, bundle("searchset", (), pages.links(None), total))
        shape = shape_of(call)
        page = self._search.page(scope, asked.search, pages.place())
        entries = page_entries(base, shape, page, asked.ignored)
        return Answer(200, bundle("searchset", entries, pages.links(page.after), page.total))


def page_entries(base: str, shape: Shape, page: SearchPage, ignored: Sequence[str]) -> list[AnswerEntry]:
    """The entries of a page: matches, what they include, and warnings, with the names that were `ignored`."""
    return [
        *(entry for each in page.matches for entry in _matches(base, each, shape, page)),
        *(found_entry(base, each, "include", shape(each)) for each in page.included),
        *_warnings(ignored, page),
    ]


def _matches(base: str, version: ResourceVersion, shape: Shape, page: SearchPage) -> Iterator[AnswerEntry]:
    """The entry of a match; of contained resources in its place each, at the address that they have in it."""
    if version.key not in page.inside:
        yield found_entry(base, version, "match", shape(version))
        return
    address = f"{base}/{version.resource_type}/{version.resource_id}"
    for each in page.inside[version.key]:
        text = shape(replace(version, body=each.text))
        yield AnswerEntry(f"{address}#{each.id}", text, {"search": {"mode": "match"}})


def _warnings(ignored: Sequence[str], page: SearchPage) -> Iterator[AnswerEntry]:
    texts = [f"unknown search parameter, ignored: {name[:_LONGEST_NAME]}" for name in ignored]
    if page.other_versions:
        texts.append("a chain looked at the current version of what a match names in another version")
    if page.cut:
        texts.append(f"more than {MOST_INCLUDED} resources would be included; the rest is left out")
    if texts:
        yield AnswerEntry(None, warning(texts, "not-supported"), {"search": {"mode": "outcome"}})

"""search of a type, or of a type in a patient's compartment (FHIR R4 http.html#search, #vsearch)."""

from collections.abc import Iterator, Sequence

from app.http.fhir.asking import Search, search_of
from app.http.fhir.bundles import BundleEntry, bundle, warning
from app.http.fhir.exchange import Answer, Call
from app.http.fhir.includes import MOST_INCLUDED, included
from app.http.fhir.links import Pages
from app.http.fhir.shape import Shape, shape_of
from app.wiring import Services
from graph.query.expression import Page, Question
from graph.records import ResourceVersion
from graph.scope import AccessScope


def search(
    services: Services, scope: AccessScope, call: Call, *, kind: str, patient_id: str | None = None
) -> Answer:
    """200 with a searchset: a page of matches, what they include, and warnings."""
    asked = search_of(services, scope, call, kind, patient_id)
    pages = Pages(services, scope, call, asked.path, asked.applied)
    if asked.only_total:
        return Answer(200, bundle("searchset", (), pages.links(None), _total(services, scope, asked)))
    return Answer(200, _page(services, scope, asked, pages, shape_of(call)))


def _page(services: Services, scope: AccessScope, asked: Search, pages: Pages, shape: Shape) -> bytes:
    place = pages.place()
    question = Question(asked.resource_type, asked.where, Page(asked.count, asked.sort, place))
    found = services.resources.search(scope, question)
    more = included(services, scope, found.keys, asked.includes)
    versions = services.resources.bodies(scope, [*found.keys, *more.keys])
    matches = frozenset(found.keys)
    entries = [_entry(services.reading.base, each, matches, shape) for each in versions if not each.deleted]
    total = len(found.keys) if place is None and found.after is None else None
    if total is None and asked.wants_total:
        total = _total(services, scope, asked)
    entries += _warnings(asked.ignored, cut=more.cut)
    return bundle("searchset", entries, pages.links(found.after), total)


def _total(services: Services, scope: AccessScope, asked: Search) -> int:
    return services.resources.count(scope, asked.resource_type, asked.where)


def _entry(base: str, version: ResourceVersion, matches: frozenset[str], shape: Shape) -> BundleEntry:
    mode = "match" if version.key in matches else "include"
    address = f"{base}/{version.resource_type}/{version.resource_id}"
    return BundleEntry(address, shape(version), {"search": {"mode": mode}})


def _warnings(ignored: Sequence[str], *, cut: bool) -> Iterator[BundleEntry]:
    texts = [f"unknown search parameter, ignored: {name}" for name in ignored]
    if cut:
        texts.append(f"more than {MOST_INCLUDED} resources would be included; the rest is left out")
    if texts:
        yield BundleEntry(None, warning(texts, "not-supported"), {"search": {"mode": "outcome"}})

"""Pages far behind the beginning are the same whether they are skipped to or begun behind a row."""

import pytest

from graph.commit import Committer
from graph.query.attributes import BY_KEYWORD, INSTANCE
from graph.query.expression import EVERYTHING, Page, Question, Sort
from graph.scope import AccessScope
from graph.site import Site
from graph.studies import far_pages
from graph.studies.imaging import ImagingStore
from tests.factories.graphs import NotedGraph
from tests.factories.rows import instance_row, uid
from tests.factories.scopes import scope_of

ROWS = 47


@pytest.fixture
def imaging(noted: NotedGraph, committer: Committer, monkeypatch: pytest.MonkeyPatch) -> ImagingStore:
    """A store to which far is near: pages from the third row on, stretches of ten."""
    monkeypatch.setattr(far_pages, "FAR", 3)
    monkeypatch.setattr(far_pages, "_STRETCH", 10)
    return ImagingStore(noted, committer, Site("http://hilum.test"))


@pytest.fixture
def service(tenant: str) -> AccessScope:
    return scope_of("service", tenant=tenant)


@pytest.fixture
def stored(imaging: ImagingStore, service: AccessScope) -> list[str]:
    rows = [instance_row(study_uid="1.2.3", series_uid="1.2.3.1", sop_uid=uid()) for _ in range(ROWS)]
    imaging.store(service, rows)
    return [row.sop_uid for row in rows]


def page(imaging: ImagingStore, scope: AccessScope, offset: int, *, descending: bool) -> list[str]:
    sort = (Sort(None, descending=descending),)
    found = imaging.search(scope, Question(INSTANCE, EVERYTHING, Page(7, sort=sort, offset=offset)))
    return [match.instance["SOPInstanceUID"] for match in found if match.instance]


def test_every_page_is_where_skipping_leads(
    imaging: ImagingStore, service: AccessScope, stored: list[str]
) -> None:
    newest_first = stored[::-1]
    for offset in [*range(ROWS + 3), 200, 5, 44, 12]:
        assert page(imaging, service, offset, descending=True) == newest_first[offset : offset + 7], offset


def test_every_page_of_a_sorted_search_is_where_skipping_leads(
    imaging: ImagingStore, service: AccessScope
) -> None:
    numbers = [number % 5 for number in range(23)]
    rows = [
        instance_row(study_uid="1.2.3", series_uid="1.2.3.1", sop_uid=uid(), instance=_numbered(number))
        for number in numbers
    ]
    imaging.store(service, rows)
    where = [number or 99 for number in numbers]  # those without a number come last, the newest first
    order = sorted(range(23), key=lambda at: (where[at], -at))
    sort = (Sort(BY_KEYWORD["InstanceNumber"].field), Sort(None, descending=True))

    for offset in [*range(25), 3, 17]:
        page = Page(4, sort=sort, offset=offset)
        found = imaging.search(service, Question(INSTANCE, EVERYTHING, page))
        uids = [match.instance["SOPInstanceUID"] for match in found if match.instance]
        assert uids == [rows[at].sop_uid for at in order[offset : offset + 4]], offset


def _numbered(number: int) -> dict[str, int | str]:
    return {"InstanceNumber": number or ""}


def test_the_order_is_read_once(
    imaging: ImagingStore, noted: NotedGraph, service: AccessScope, stored: list[str]
) -> None:
    page(imaging, service, 30, descending=True)
    before = len(noted.texts)

    for offset in (20, 35, 21, 40):
        page(imaging, service, offset, descending=True)

    read = noted.texts[before:]
    assert sum("collect(serial)" in text for text in read) == 4  # ten rows each, up to the fortieth
    assert len(read) == 8

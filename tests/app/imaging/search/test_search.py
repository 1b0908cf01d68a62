"""Pictures are searched without any interface: keys, levels, and whether there is more."""

import pytest

from app.imaging.search import ImagingSearch, SearchRequest
from app.security.scopes import system_scope
from app.wiring import Wiring
from graph.errors import Invalid
from graph.query.attributes import BY_KEYWORD, INSTANCE, STUDY
from graph.scope import AccessScope
from tests.factories.dicom import ct_instance


@pytest.fixture
def scope(tenant: str) -> AccessScope:
    return system_scope(tenant)


@pytest.fixture
def search(services: Wiring, scope: AccessScope) -> ImagingSearch:
    """A search among three slices of one study."""
    files = [[ct_instance(patient_id="P1", study_uid="1.1", number=number)] for number in (1, 2, 3)]
    assert all(each.stored for each in services.ingest.store(scope, files).outcomes)
    return services.imaging_search


def test_a_page_says_whether_there_is_more(search: ImagingSearch, scope: AccessScope) -> None:
    pages = [
        search.search(scope, SearchRequest(level=INSTANCE, study="1.1", limit=2, offset=offset))
        for offset in (0, 2)
    ]

    assert [(len(page.matches), page.more) for page in pages] == [(2, True), (1, False)]


def test_the_newest_match_comes_first(search: ImagingSearch, scope: AccessScope) -> None:
    page = search.search(scope, SearchRequest(level=INSTANCE, limit=3))

    assert [match.instance["InstanceNumber"] for match in page.matches if match.instance] == [3, 2, 1]


def test_a_key_of_a_level_below_is_refused_even_where_it_matches_all(
    search: ImagingSearch, scope: AccessScope
) -> None:
    below = ((BY_KEYWORD["SOPInstanceUID"], "*"),)

    with pytest.raises(Invalid) as refused:
        search.search(scope, SearchRequest(level=STUDY, keys=below, limit=1))

    assert refused.value.location == "SOPInstanceUID"

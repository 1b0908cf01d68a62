"""Names of one and of several component groups are found by any of their groups, on the real graph."""

import re
from itertools import zip_longest

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from app.imaging.search import SearchRequest
from app.security.scopes import system_scope
from app.wiring import Wiring
from graph.query.attributes import BY_KEYWORD, INSTANCE, STUDY
from graph.scope import AccessScope
from tests.factories.dicom import ct_instance

NAMES = (
    "Yamada^Tarou=山田^太郎=やまだ^たろう",
    "Yamada^Hanako=山田^花子",
    "=山田^太郎",
    "==やまだ^たろう",
    "Yamada^Tarou",
    "Yamada^Tarouzaemon=山=やま",
    "山田^太郎",
    "Kim^Ha=金^河=김^하",
    "Kim^Ha^^Dr=",
)
_GROUPS = sorted({group for name in NAMES for group in name.split("=") if group})
_PARTS = st.builds(
    lambda group, end, wild: group[:end] + wild,
    st.sampled_from(_GROUPS),
    st.integers(1, 12),
    st.sampled_from(("", "*", "?", "*?")),
)
_KEY_GROUPS = st.one_of(st.sampled_from(_GROUPS), _PARTS, _PARTS.map(lambda part: f"*{part[1:]}"))
KEYS = st.one_of(
    _KEY_GROUPS, st.lists(st.one_of(st.just(""), _KEY_GROUPS), min_size=2, max_size=3).map("=".join)
)


@pytest.fixture
def wired(services: Wiring, tenant: str) -> Wiring:
    files = [
        [
            ct_instance(
                patient_id=f"N{at}",
                study_uid=f"1.8.{at}",
                PatientName=name,
                SpecificCharacterSet="ISO_IR 192",
            )
        ]
        for at, name in enumerate(NAMES)
    ]
    assert all(each.stored for each in services.ingest.store(system_scope(tenant), files).outcomes)
    return services


def found(wired: Wiring, scope: AccessScope, level: str, key: str) -> set[str]:
    """The names of the studies that a key finds."""
    asked = SearchRequest(level=level, keys=((BY_KEYWORD["PatientName"], key),), limit=50)
    return {match.study["PatientName"] for match in wired.imaging_search.search(scope, asked).matches}


def plain(text: str) -> list[str]:
    return [
        " ".join(group.lower().replace("^", " ").replace("だ", "た").split()) for group in text.split("=")
    ]


def like(text: str, pattern: str) -> bool:
    escaped = re.escape(pattern).replace(r"\*", ".*").replace(r"\?", ".")
    return re.fullmatch(escaped, text) is not None


def expected(key: str) -> set[str]:
    """PS3.4 C.2.2.2, group by group."""
    asked = plain(key)
    if not "".join(asked).strip("*"):
        return {name.rstrip("=") for name in NAMES}
    hits = set()
    for name in NAMES:
        groups = plain(name)
        places = zip_longest(groups, asked, fillvalue="")
        whole = any(like(group, asked[0]) for group in groups) if len(asked) == 1 else None
        if whole or (whole is None and all(not key or like(group, key) for group, key in places)):
            hits.add(name.rstrip("="))
    return hits


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(key=KEYS)
def test_a_key_finds_the_names_in_whose_groups_it_is(wired: Wiring, tenant: str, key: str) -> None:
    scope = system_scope(tenant)
    assert found(wired, scope, STUDY, key) == expected(key)
    assert found(wired, scope, INSTANCE, key) == expected(key)


def test_a_name_that_loses_a_group_is_no_longer_found_by_it(services: Wiring, tenant: str) -> None:
    scope = system_scope(tenant)
    referring = BY_KEYWORD["ReferringPhysicianName"]
    for number, name in enumerate(("Lee^One=李^一", "Lee^One")):
        file = ct_instance(
            study_uid="1.8", number=number, ReferringPhysicianName=name, SpecificCharacterSet="ISO_IR 192"
        )
        assert all(each.stored for each in services.ingest.store(scope, [[file]]).outcomes)

    def hits(key: str) -> int:
        asked = SearchRequest(level=STUDY, keys=((referring, key),), limit=5)
        return len(services.imaging_search.search(scope, asked).matches)

    assert (hits("李^一"), hits("李*"), hits("Lee^One")) == (0, 0, 1)


@pytest.mark.parametrize(
    ("key", "names"),
    [
        ("tarou", {0, 4, 5}),
        ("tarou yam", {0, 4, 5}),
        ("yamada^tar", {0, 4, 5}),
        ("tarou^yamada", set()),
        ("^tar", {0, 4, 5}),
        ("たろう", {0, 3}),
        ("やまだ^た", {0, 3}),
        ("=山田^花", {1}),
        ("=tarou", set()),
        ("yamada=山田=やまだ", {0}),
        ("tarou 太郎", set()),
        ("山田^太郎", {0, 2, 6}),
        ("Dr", {8}),
        ("^^^Dr", {8}),
        ("^^Dr", set()),
    ],
)
def test_fuzzy_matching_finds_words_in_their_group_and_component(
    wired: Wiring, tenant: str, key: str, names: set[int]
) -> None:
    scope = system_scope(tenant)
    asked = SearchRequest(level=STUDY, keys=((BY_KEYWORD["PatientName"], key),), fuzzy=True, limit=50)
    found = wired.imaging_search.search(scope, asked).matches

    assert {match.study["PatientName"].rstrip("=") for match in found} == {
        NAMES[at].rstrip("=") for at in names
    }

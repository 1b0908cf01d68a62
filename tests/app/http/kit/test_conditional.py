"""Conditional reads: freshness of a GET."""

import pytest

from app.http.kit.conditional import is_unchanged, version_tag
from app.preconditions import http_date
from graph.errors import PreconditionFailed

NOON = 1_700_000_000_123_456


@pytest.mark.parametrize(
    ("headers", "unchanged"),
    [
        ({}, False),
        ({"If-None-Match": 'W/"3"'}, True),
        ({"If-None-Match": '"3"'}, True),
        ({"If-None-Match": 'W/"2", W/"3"'}, True),
        ({"If-None-Match": "*"}, True),
        ({"If-None-Match": 'W/"2"'}, False),
        ({"If-None-Match": 'W/"2"', "If-Modified-Since": http_date(NOON)}, False),
        ({"If-Modified-Since": http_date(NOON)}, True),
        ({"If-Modified-Since": http_date(NOON + 5_000_000)}, True),
        ({"If-Modified-Since": http_date(NOON - 5_000_000)}, False),
        ({"If-Modified-Since": "yesterday"}, False),
        ({"If-Match": 'W/"3"', "If-None-Match": 'W/"3"'}, True),
    ],
)
def test_a_get_is_answered_304_when_the_client_has_it(headers: dict[str, str], unchanged: bool) -> None:
    assert is_unchanged(headers, version_tag(3), NOON) is unchanged


@pytest.mark.parametrize(
    "headers", [{"If-Match": 'W/"2"'}, {"If-Unmodified-Since": http_date(NOON - 5_000_000)}]
)
def test_a_get_of_another_version_than_the_client_demands_fails(headers: dict[str, str]) -> None:
    with pytest.raises(PreconditionFailed):
        is_unchanged({**headers, "If-None-Match": 'W/"3"'}, version_tag(3), NOON)

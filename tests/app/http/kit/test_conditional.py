"""Conditional requests: freshness of a GET."""

import pytest

from app.http.kit.conditional import entity_tags, http_date, is_unchanged, version_tag
from graph.errors import Invalid

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
    ],
)
def test_a_get_is_answered_304_when_the_client_has_it(headers: dict[str, str], unchanged: bool) -> None:
    assert is_unchanged(headers, version_tag(3), NOON) is unchanged


@pytest.mark.parametrize("header", ["3", 'W/"3', '"a" "b"', "W/", '"a";"b"'])
def test_malformed_tags_are_invalid(header: str) -> None:
    with pytest.raises(Invalid):
        entity_tags(header)

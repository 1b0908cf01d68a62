"""What a request demands of the current version, read from its headers."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.preconditions import (
    NO_PRECONDITIONS,
    CurrentVersion,
    entity_tags,
    http_date,
    http_moment,
    preconditions,
)
from graph.errors import Invalid, PreconditionFailed

NOON = 1_700_000_000_123_456
SECOND = 1_000_000
THIRD = CurrentVersion("3", NOON)
GRAVE = CurrentVersion("3", NOON, deleted=True)


def holds(headers: dict[str, str], current: CurrentVersion | None) -> bool:
    try:
        preconditions(headers).require(current)
    except PreconditionFailed:
        return False
    return True


@pytest.mark.parametrize(
    ("headers", "third", "grave", "nothing"),
    [
        ({}, True, True, True),
        ({"If-Match": 'W/"3"'}, True, True, False),
        ({"If-Match": '"2", W/"3"'}, True, True, False),
        ({"If-Match": 'W/"2"'}, False, False, False),
        ({"If-Match": "*"}, True, False, False),
        ({"If-None-Match": "*"}, False, True, True),
        ({"If-None-Match": 'W/"2", W/"3"'}, False, True, True),
        ({"If-None-Match": 'W/"2"'}, True, True, True),
        ({"If-Unmodified-Since": http_date(NOON)}, True, True, True),
        ({"If-Unmodified-Since": http_date(NOON - SECOND)}, False, False, True),
        ({"If-Unmodified-Since": "yesterday"}, True, True, True),
        ({"If-Match": 'W/"3"', "If-Unmodified-Since": http_date(0)}, True, True, False),
        ({"If-Match": 'W/"3"', "If-None-Match": 'W/"3"'}, False, True, False),
        ({"If-Modified-Since": http_date(NOON)}, True, True, True),
    ],
)
def test_a_write_holds_for_the_version_that_it_demands(
    headers: dict[str, str], third: bool, grave: bool, nothing: bool
) -> None:
    assert [holds(headers, each) for each in (THIRD, GRAVE, None)] == [third, grave, nothing]


def test_without_a_condition_nothing_is_demanded() -> None:
    assert preconditions({"Accept": "*/*"}) is NO_PRECONDITIONS


@pytest.mark.parametrize("header", ["", "3", 'W/"3', '"a" "b"', "W/", '"a";"b"', "W/3", 'w/"3"', "*, *"])
@pytest.mark.parametrize("name", ["If-Match", "If-None-Match"])
def test_malformed_tags_are_invalid(header: str, name: str) -> None:
    with pytest.raises(Invalid) as refused:
        preconditions({name: header})

    assert refused.value.location == name


OPAQUE = st.text(st.characters(min_codepoint=0x23, max_codepoint=0x7E), max_size=5)


@given(st.lists(st.tuples(OPAQUE, st.booleans()), min_size=1), st.sampled_from([",", " , ", ",,", ", ,\t"]))
def test_every_list_of_tags_is_read(tags: list[tuple[str, bool]], comma: str) -> None:
    written = comma.join(f'{"W/" if weak else ""}"{tag}"' for tag, weak in tags)

    assert entity_tags(written, "If-Match") == {tag for tag, _ in tags}


@given(st.integers(0, 4_102_444_800 * SECOND))
def test_a_date_of_http_is_the_second_of_its_moment(moment: int) -> None:
    assert http_moment(http_date(moment)) == moment - moment % SECOND

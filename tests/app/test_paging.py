"""A paging token works for its caller, its query and its time, and for nothing else."""

from base64 import urlsafe_b64decode
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.paging import PageTokens
from graph.errors import Invalid
from tests.factories.scopes import scope_of

TOKENS = PageTokens(b"secret" * 6, lifetime=60)
CALLER = scope_of("clinician")
NOW = 1_700_000_000_000_000
SECOND = 1_000_000

_SCALARS = (
    st.none()
    | st.booleans()
    | st.integers(-(2**53), 2**53)
    | st.text()
    | st.floats(allow_nan=False, allow_infinity=False)
)


@given(st.lists(_SCALARS, max_size=4), st.text())
def test_a_token_brings_its_keyset_back(keyset: list[object], query: str) -> None:
    token = TOKENS.issue(CALLER, query, keyset, NOW)
    assert TOKENS.read(CALLER, query, token, NOW + 60 * SECOND) == tuple(keyset)


FOREIGN = {
    "another subject": (replace(CALLER, subject="someone"), "q", 0),
    "another tenant": (replace(CALLER, tenant="other"), "q", 0),
    "another partition": (replace(CALLER, partition="other"), "q", 0),
    "another role": (replace(CALLER, role="researcher"), "q", 0),
    "another query": (CALLER, "q2", 0),
    "too late": (CALLER, "q", 61 * SECOND),
}


@pytest.mark.parametrize(("caller", "query", "later"), FOREIGN.values(), ids=FOREIGN)
def test_a_foreign_or_late_token_is_invalid(caller: object, query: str, later: int) -> None:
    token = TOKENS.issue(CALLER, "q", [1, "a"], NOW)
    with pytest.raises(Invalid):
        TOKENS.read(caller, query, token, NOW + later)  # type: ignore[arg-type]


def test_a_token_of_another_key_is_invalid() -> None:
    token = PageTokens(b"other" * 7).issue(CALLER, "q", [1], NOW)
    with pytest.raises(Invalid):
        TOKENS.read(CALLER, "q", token, NOW)


def test_an_edit_of_any_character_is_noticed() -> None:
    token = TOKENS.issue(CALLER, "q", [1, "abc"], NOW)
    for place, old in enumerate(token[:-1]):
        edited = token[:place] + ("A" if old != "A" else "B") + token[place + 1 :]
        with pytest.raises(Invalid):
            TOKENS.read(CALLER, "q", edited, NOW)


@given(st.text(max_size=100))
def test_rubbish_is_invalid(token: str) -> None:
    with pytest.raises(Invalid):
        TOKENS.read(CALLER, "q", token, NOW)


def test_a_token_tells_nothing_about_the_caller_the_query_or_the_place() -> None:
    token = TOKENS.issue(CALLER, "name=Kim", [1234567], NOW)
    raw = urlsafe_b64decode(token + "=" * (-len(token) % 4))

    assert len(token) < 64
    assert b"1234567" not in raw
    assert b"Kim" not in raw


@given(st.integers(-(2**53), 2**53), st.integers(-(2**53), 2**53))
def test_no_length_of_a_token_tells_a_number(one: int, other: int) -> None:
    first, second = (TOKENS.issue(CALLER, "q", ["kim", each], NOW) for each in (one, other))

    assert len(first) == len(second)
    assert (first == second) is (one == other)


def test_nothing_two_tokens_share_tells_how_far_apart_their_places_are() -> None:
    near, far = ({TOKENS.issue(CALLER, "q", [at], NOW)[:8] for at in span} for span in (range(9), (1, 10**9)))

    assert (len(near), len(far)) == (9, 2)

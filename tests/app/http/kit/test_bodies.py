"""Bodies are read under limits of size, patience and depth."""

import gzip
import json
from collections.abc import Iterator
from io import BytesIO
from itertools import islice

import pytest
from flask.testing import FlaskClient
from hypothesis import given
from hypothesis import strategies as st

from app.http.kit.bodies import BoundedBody, Pace, parse_json
from fhir_profiles.nesting import DEEPEST_JSON
from graph.errors import Invalid, TimedOut, TooLarge

CLINICIAN = {"Authorization": "Bearer clinician"}


class Ticking:
    """A clock that a test moves, and a stream that moves it by `pause` seconds with each byte."""

    def __init__(self, raw: bytes, pause: float) -> None:
        self.now, self._pause, self._bytes = 0.0, pause, iter(raw)

    def clock(self) -> float:
        return self.now

    def read(self, size: int, /) -> bytes:
        self.now += self._pause
        return bytes(islice(self._bytes, 1))


class Broken:
    def read(self, size: int, /) -> bytes:
        raise ConnectionResetError("gone")


def test_a_body_within_its_limit_comes_whole() -> None:
    body = BoundedBody(BytesIO(b"x" * 1000), limit=1000, declared=1000)
    assert b"".join(body.chunks(300)) == b"x" * 1000


def test_a_declared_length_beyond_the_limit_is_refused_before_reading() -> None:
    with pytest.raises(TooLarge):
        BoundedBody(Broken(), limit=10, declared=11)


def test_a_body_that_grows_beyond_the_limit_is_refused_while_reading() -> None:
    body = BoundedBody(BytesIO(b"x" * 1000), limit=999)
    with pytest.raises(TooLarge):
        list(body.chunks(100))


def test_a_body_that_ends_early_is_invalid() -> None:
    with pytest.raises(Invalid):
        list(BoundedBody(BytesIO(b"x" * 9), limit=100, declared=10).chunks())


def test_a_client_that_goes_away_has_timed_out() -> None:
    with pytest.raises(TimedOut):
        BoundedBody(Broken(), limit=10).read()


def test_a_client_that_trickles_has_timed_out() -> None:
    slow = Ticking(b"x" * 100, pause=1.0)
    body = BoundedBody(slow, limit=1000, pace=Pace(seconds=5, rate=10), clock=slow.clock)
    with pytest.raises(TimedOut):
        list(body.chunks())
    assert slow.now == 5.0


def test_a_client_that_keeps_the_pace_is_waited_for() -> None:
    steady = Ticking(b"x" * 100, pause=1.0)
    body = BoundedBody(steady, limit=1000, pace=Pace(seconds=5, rate=0.9), clock=steady.clock)
    assert len(b"".join(body.chunks())) == 100


def test_the_pace_is_that_of_the_last_window_not_of_the_whole() -> None:
    def bursts() -> Iterator[bytes]:
        yield b"x" * 10_000
        while True:
            yield b"y"

    class Bursty(Ticking):
        pieces = bursts()

        def read(self, size: int, /) -> bytes:
            self.now += 1.0
            return next(self.pieces)

    slow = Bursty(b"", pause=1.0)
    body = BoundedBody(slow, limit=100_000, pace=Pace(seconds=5, rate=10), clock=slow.clock)
    with pytest.raises(TimedOut):
        list(body.chunks())


@pytest.mark.parametrize("encoding", ["gzip", "deflate", "br", "gzip, identity"])
def test_an_encoded_body_is_415_and_never_inflated(client: FlaskClient, encoding: str) -> None:
    headers = {**CLINICIAN, "Content-Encoding": encoding, "Content-Type": "application/json"}
    answer = client.put("/fhir/Patient/1", data=gzip.compress(b"{}"), headers=headers)
    assert answer.status_code == 415


def test_a_body_of_another_type_is_415(client: FlaskClient) -> None:
    answer = client.put("/fhir/Patient/1", data="<a/>", content_type="text/xml", headers=CLINICIAN)
    assert answer.status_code == 415


def test_a_large_body_is_413(client: FlaskClient) -> None:
    answer = client.put("/fhir/Patient/1", json={"a": "x" * 1000}, headers=CLINICIAN)
    assert answer.status_code == 413


def test_good_json_arrives(client: FlaskClient) -> None:
    assert client.put("/fhir/Patient/1", json={"a": 1}, headers=CLINICIAN).status_code == 200


BROKEN_JSON = {
    "nothing": b"",
    "an unfinished object": b'{"a": 1',
    "a name twice": b'{"a": 1, "a": 2}',
    "NaN": b'{"a": NaN}',
    "Infinity": b'{"a": -Infinity}',
    "a number beyond a float": b'{"a": 1e400}',
    "an integer beyond 64 bits": b"18446744073709551616",
    "one below them": b"[-9223372036854775809]",
    "an integer of 5,000 digits": b'{"a": ' + b"9" * 5000 + b"}",
    "a lone surrogate": b'{"a": "\\ud800"}',
    "a byte order mark": b"\xef\xbb\xbf{}",
    "UTF-16": '{"a": 1}'.encode("utf-16"),
    "Latin-1": '{"a": "é"}'.encode("latin-1"),
    "100,000 levels": b"[" * 100_000,
    "101 levels": b"[" * (DEEPEST_JSON + 1) + b"]" * (DEEPEST_JSON + 1),
}


@pytest.mark.parametrize("raw", BROKEN_JSON.values(), ids=BROKEN_JSON)
def test_broken_json_is_invalid(raw: bytes) -> None:
    with pytest.raises(Invalid):
        parse_json(raw)


def test_a_hundred_levels_are_read() -> None:
    assert parse_json(b"[" * DEEPEST_JSON + b"1" + b"]" * DEEPEST_JSON)


_INTEGERS = st.integers(-(1 << 63), (1 << 64) - 1)
_JSON = st.recursive(
    st.none() | st.booleans() | _INTEGERS | st.floats(allow_nan=False, allow_infinity=False) | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    max_leaves=20,
)


@given(_JSON)
def test_json_that_was_written_reads_back(value: object) -> None:
    assert parse_json(json.dumps(value).encode()) == value

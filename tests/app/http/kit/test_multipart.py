"""multipart/related goes through in order, in little memory, and within its limits."""

import tracemalloc
from collections.abc import Iterator
from io import BytesIO

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from app.http.kit.bodies import BoundedBody
from app.http.kit.multipart import (
    OutgoingPart,
    PartLimits,
    boundary_of,
    read_related,
    related_content_type,
    related_length,
    write_related,
)
from graph.errors import Invalid, TooLarge, Unsupported

TYPE = 'multipart/related; type="application/dicom"; boundary=edge'


def body_of(raw: bytes) -> BoundedBody:
    return BoundedBody(BytesIO(raw), limit=1 << 30)


def raw_part(content: bytes, headers: bytes = b"Content-Type: application/dicom\r\n") -> bytes:
    return b"--edge\r\n" + headers + b"\r\n" + content + b"\r\n"


def parts_of(raw: bytes, content_type: str = TYPE, limits: PartLimits | None = None) -> list[bytes]:
    return [b"".join(part.chunks) for part in read_related(body_of(raw), content_type, limits)]


_BOUNDARIES = st.sampled_from(["edge", "a b:c", "--x", "'()+_,-./:=?"])


@given(st.lists(st.binary(max_size=400), max_size=6), _BOUNDARIES)
def test_what_is_written_reads_back(contents: list[bytes], boundary: str) -> None:
    assume(not any(f"--{boundary}".encode() in each for each in contents))
    parts = [OutgoingPart({"Content-Type": "application/dicom"}, [each], len(each)) for each in contents]
    raw = b"".join(write_related(parts, boundary))
    assert related_length(parts, boundary) == len(raw)
    assert parts_of(raw, related_content_type("application/dicom", boundary)) == contents


def test_the_first_delimiter_begins_the_body() -> None:
    parts = [OutgoingPart({}, [b"x"], 1), OutgoingPart({}, [b"y"])]
    assert b"".join(write_related(parts, "edge")) == (
        b"--edge\r\nContent-Length: 1\r\n\r\nx\r\n--edge\r\n\r\ny\r\n--edge--\r\n"
    )
    assert b"".join(write_related([], "edge")) == b"--edge--\r\n"


_PADDING = st.sampled_from([b"", b"", b" ", b"\t", b" \t  "])


class InPieces:
    """A body that arrives in pieces of this size."""

    def __init__(self, raw: bytes, size: int) -> None:
        self._left, self._size = raw, size

    def read(self, size: int, /) -> bytes:
        piece, self._left = self._left[: self._size], self._left[self._size :]
        return piece


@given(
    st.lists(st.tuples(st.binary(max_size=40), _PADDING), max_size=5),
    _PADDING,
    st.sampled_from([b"", b"\r\n", b"a preamble\r\n"]),
    st.integers(1, 300),
)
def test_padding_after_any_delimiter_is_passed_over(
    contents: list[tuple[bytes, bytes]], last: bytes, preamble: bytes, size: int
) -> None:
    parts = (b"--edge%s\r\nA: b\r\n\r\n%s\r\n" % (padding, content) for content, padding in contents)
    raw = preamble + b"".join(parts) + b"--edge--" + last + b"\r\nan epilogue"
    body = BoundedBody(InPieces(raw, size), limit=1 << 20)
    assert [b"".join(part.chunks) for part in read_related(body, TYPE)] == [each for each, _ in contents]


def test_what_looks_like_a_padded_delimiter_inside_a_part_stays() -> None:
    content = b"x--edge \r\n--edg \r\n --edge\t\r\n"
    for size in range(1, 80):
        raw = b"--edge \r\n\r\n" + content + b"\r\n--edge \r\n\r\ny\r\n--edge--"
        body = BoundedBody(InPieces(raw, size), limit=1 << 20)
        assert [b"".join(part.chunks) for part in read_related(body, TYPE)] == [content, b"y"]


def test_the_length_is_unknown_when_one_part_is() -> None:
    assert related_length([OutgoingPart({}, [b""], None)], "edge") is None


def test_a_part_carries_its_headers_and_media_type() -> None:
    header = b"content-type: application/dicom; transfer-syntax=1.2.840.10008.1.2.1\r\n"
    (part,) = read_related(body_of(raw_part(b"x", header) + b"--edge--"), TYPE)
    assert part.media_type is not None
    assert part.media_type.name == "application/dicom"
    assert part.media_type.parameters == {"transfer-syntax": "1.2.840.10008.1.2.1"}
    assert part.headers["Content-Type"].startswith("application/dicom")


def test_a_consumer_may_leave_a_part_unread() -> None:
    raw = raw_part(b"first" * 100_000) + raw_part(b"second") + b"--edge--"
    seen = [next(part.chunks, b"")[:6] for part in read_related(body_of(raw), TYPE)]
    assert seen == [b"firstf", b"second"]


def test_the_first_part_is_there_before_the_last_one_is_sent() -> None:
    class Sending:
        pieces = iter([raw_part(b"first"), raw_part(b"second")])

        def read(self, size: int, /) -> bytes:
            return next(self.pieces)

    parts = read_related(BoundedBody(Sending(), limit=1000), TYPE)
    assert next(next(parts).chunks) == b"first"


def test_memory_stays_flat_whatever_the_size() -> None:
    class Endless:
        left = 400

        def read(self, size: int, /) -> bytes:
            self.left -= 1
            if self.left == 399:
                return raw_part(b"").removesuffix(b"\r\n")
            return bytes(100_000) if self.left > 0 else (b"\r\n--edge--" if self.left == 0 else b"")

    tracemalloc.start()
    size = sum(
        len(chunk)
        for part in read_related(BoundedBody(Endless(), limit=1 << 30), TYPE)
        for chunk in part.chunks
    )
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert size == 398 * 100_000
    assert peak < 4 << 20


def test_a_body_without_parts_has_none() -> None:
    assert parts_of(b"--edge--") == []


MALFORMED = {
    "nothing": b"",
    "no final boundary": raw_part(b"x"),
    "cut in the last boundary": raw_part(b"x") + b"--edg",
    "a header without a colon": raw_part(b"x", b"nonsense\r\n") + b"--edge--",
    "a 10 MB header": raw_part(b"x", b"A: " + b"x" * 10_000_000 + b"\r\n") + b"--edge--",
    "100 headers": raw_part(b"x", b"A: b\r\n" * 100) + b"--edge--",
    "a false part length": raw_part(b"x", b"Content-Length: 2\r\n") + b"--edge--",
    "a negative part length": raw_part(b"x", b"Content-Length: -1\r\n") + b"--edge--",
    "more than padding": raw_part(b"x") + b"--edge x\r\n\r\ny\r\n--edge \r\n\r\nz\r\n--edge--",
    "padding without an end": raw_part(b"x") + b"--edge" + b" " * 100_000,
    "another boundary": b"--other\r\n\r\nx\r\n--other--",
}


@pytest.mark.parametrize("raw", MALFORMED.values(), ids=MALFORMED)
def test_a_malformed_body_is_invalid(raw: bytes) -> None:
    with pytest.raises(Invalid):
        parts_of(raw)


def test_good_parts_before_the_defect_are_seen() -> None:
    seen: list[bytes] = []
    raw = raw_part(b"good") + raw_part(b"cut off")

    def collect() -> None:
        seen.extend(b"".join(part.chunks) for part in read_related(body_of(raw), TYPE))

    with pytest.raises(Invalid):
        collect()
    assert seen == [b"good"]


BAD_BOUNDARIES = [
    "multipart/related",
    "multipart/related; boundary=",
    f"multipart/related; boundary={'x' * 71}",
    'multipart/related; boundary="a\r\nb"',
    'multipart/related; boundary="a "',
    'multipart/related; boundary="é"',
]


@pytest.mark.parametrize("content_type", BAD_BOUNDARIES)
def test_a_bad_boundary_is_invalid(content_type: str) -> None:
    with pytest.raises(Invalid):
        boundary_of(content_type)


OTHER_TYPES = ["", "nonsense", "multipart/form-data; boundary=x", "application/dicom"]


@pytest.mark.parametrize("content_type", OTHER_TYPES)
def test_another_type_is_unsupported(content_type: str) -> None:
    with pytest.raises(Unsupported):
        boundary_of(content_type)


def test_a_nested_multipart_is_unsupported() -> None:
    with pytest.raises(Unsupported):
        parts_of(raw_part(b"x", b"Content-Type: multipart/mixed; boundary=y\r\n") + b"--edge--")


def test_too_many_parts_are_too_large() -> None:
    raw = raw_part(b"") * 11 + b"--edge--"
    with pytest.raises(TooLarge):
        parts_of(raw, limits=PartLimits(parts=10))


@pytest.mark.parametrize("headers", [b"", b"Content-Length: 1001\r\n"])
def test_a_part_beyond_its_size_is_too_large(headers: bytes) -> None:
    with pytest.raises(TooLarge):
        parts_of(raw_part(b"x" * 1001, headers) + b"--edge--", limits=PartLimits(part_size=1000))


def test_writing_takes_a_part_only_when_it_is_its_turn() -> None:
    taken: list[int] = []

    def outgoing() -> Iterator[OutgoingPart]:
        for number in range(3):
            taken.append(number)
            yield OutgoingPart({}, [b"x"], 1)

    sending = write_related(outgoing(), "edge")
    next(sending)
    assert taken == [0]

"""Changed bytes: whatever a file holds, reading it ends in a reading or in a refusal, and soon."""

import json
import struct
import zlib
from functools import cache

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from app.imaging.store.frames import byte_range
from app.imaging.store.reading import Reading
from app.imaging.store.refusal import Refused
from app.imaging.store.syntaxes import syntax_of
from tests.effort import little_effort
from tests.factories import dicom
from tests.factories.elements import (
    UNDEFINED,
    element,
    file_of,
    head,
    implicit,
    item,
    nested_text,
    reading_of,
    sequence,
    text,
)
from tests.factories.real_files import real_file

SEEDS = 17


ODD = (
    file_of(element(0x00400275, "SQ", item(text(0x00400009, "SH", "A")), UNDEFINED)),
    file_of(sequence(0x00400275, item(text(0x00400009, "SH", "A"), UNDEFINED))) + implicit(0xFFFEE0DD),
    file_of(
        text(0x00280008, "IS", "2"),
        element(0x7FE00010, "OB", item() + item(b"\xff\xd8\xff\xd9") * 2, UNDEFINED),
    ),
    file_of(sequence(0x00291010, item(head()[132:])), element(0x00080060, "  ", b"CT")),
    file_of(study_uid=text(0x0020000D, "UI", "1.02"), sop_uid=text(0x00080018, "UI", "1.2.5")),
)
"""What real writers get wrong and is stored with a warning."""


@cache
def seeds() -> tuple[bytes, ...]:
    """Small files of every layout: byte orders, sequences, fragments, character sets, deflation."""
    real = ("MR_small_RLE.dcm", "test-SR.dcm", "rtdose_rle_1frame.dcm", "chrKoreanMulti.dcm", "chrH31.dcm")
    return (
        *(dicom.ct_instance(transfer_syntax=syntax) for syntax in dicom.SYNTAXES),
        dicom.rle_instance(frames=3),
        dicom.report_instance("Kein Bruch."),
        file_of(nested_text(4)),
        *ODD,
        *(real_file(name).read_bytes() for name in real),
    )


def read(raw: bytes, **limits: int) -> Reading | None:
    """Read, and hold what must hold of any file."""
    with little_effort():
        try:
            reading = reading_of(raw, **limits)
        except Refused as refused:
            assert refused.failure_reason
            assert refused.message.isascii()
            reading = None
    if reading is not None:
        json.loads(zlib.decompress(reading.metadata), parse_constant=pytest.fail)
        assert all(warning.isascii() for warning in reading.warnings)
        assert_within(reading, raw)
    return reading


def assert_within(reading: Reading, raw: bytes) -> None:
    """Every frame lies inside the file, after its head; of a deflated one inside what it holds."""
    places = [byte_range(place) for place in struct.iter_unpack("<QQ", reading.frames)]
    if not syntax_of(reading.transfer_syntax_uid).deflated:
        assert all(132 < offset <= offset + length <= len(raw) for offset, length in places)


def test_whatever_is_let_pass_is_told() -> None:
    assert all(read(raw).warnings for raw in ODD)  # type: ignore[union-attr]


# Pieces of a data set, and what is wrong between them.
PIECES = (
    text(0x00081030, "LO", "a text"),
    text(0x00020010, "UI", "1.2"),
    element(0x00080060, "  ", b"CT"),
    element(0x00080050, "XX"),
    element(0x00400275, "SQ", b"", UNDEFINED),
    element(0x7FE00010, "OB", b"", UNDEFINED),
    element(0x00291010, "UN", b"", UNDEFINED),
    sequence(0x00400275, item(text(0x00400009, "SH", "A")) * 3),
    item(),
    item(b"", UNDEFINED),
    item(b"\xff\xd8\xff\xd9"),
    implicit(0xFFFEE00D),
    implicit(0xFFFEE0DD),
    implicit(0xFFFEE00D, b"", 7),
    bytes(8),
    b"\xff\xd9",
)


@settings(max_examples=400, deadline=None)
@given(st.lists(st.sampled_from(PIECES), max_size=12), st.sampled_from([0, 3, 50_000]))
def test_no_order_of_delimiters_and_what_they_delimit_gets_past_the_reader(
    pieces: list[bytes], held: int
) -> None:
    read(file_of() + b"".join(pieces), held_elements=held)


@settings(max_examples=200, deadline=None)
@given(st.lists(st.sampled_from(PIECES), max_size=8), st.booleans())
def test_what_is_held_and_what_is_walked_again_say_the_same(pieces: list[bytes], known: bool) -> None:
    inside = b"".join(pieces)
    items = item(inside) * 4 if known else item(inside, UNDEFINED) + implicit(0xFFFEE00D)
    raw = file_of(sequence(0x00400275, items * 2))
    held, again = read(raw), read(raw, held_elements=1)
    assert (held is None) == (again is None)
    if held and again:
        assert json.loads(zlib.decompress(held.metadata)) == json.loads(zlib.decompress(again.metadata))


positions = st.floats(0, 1, exclude_max=True)
edits = st.lists(st.tuples(positions, st.binary(min_size=1, max_size=8)), min_size=1, max_size=6)


@settings(max_examples=300, deadline=None)
@given(st.sampled_from(range(SEEDS)), edits)
@example(0, [(0.0, b"MZ")])
def test_overwritten_bytes_never_get_past_the_reader(seed: int, changes: list[tuple[float, bytes]]) -> None:
    raw = bytearray(seeds()[seed])
    for position, change in changes:
        start = int(position * len(raw))
        raw[start : start + len(change)] = change
    read(bytes(raw))


@settings(max_examples=150, deadline=None)
@given(st.sampled_from(range(SEEDS)), positions, st.binary(max_size=16))
def test_a_file_that_is_cut_or_prolonged_never_gets_past_the_reader(
    seed: int, position: float, added: bytes
) -> None:
    raw = seeds()[seed]
    read(raw[: int(position * len(raw))] + added)


@settings(max_examples=150, deadline=None)
@given(st.sampled_from(range(SEEDS)), positions, positions, positions)
def test_a_file_with_a_piece_of_it_moved_never_gets_past_the_reader(
    seed: int, start: float, length: float, target: float
) -> None:
    raw = seeds()[seed]
    first = 132 + int(start * (len(raw) - 132))
    piece = raw[first : first + int(length * 400)]
    rest = raw[:first] + raw[first + len(piece) :]
    place = 132 + int(target * (len(rest) - 132))
    read(rest[:place] + piece + rest[place:])


@settings(max_examples=200, deadline=None)
@given(st.binary(max_size=400))
def test_any_bytes_after_a_valid_head_never_get_past_the_reader(tail: bytes) -> None:
    read(file_of()[:-2] + tail)


def test_every_seed_is_readable_before_it_is_changed() -> None:
    assert len(seeds()) == SEEDS
    assert sum(read(seed) is not None for seed in seeds()) >= SEEDS - 2

"""Changed bytes: whatever a file holds, reading it ends in a reading or in a refusal, and soon."""

import json
import zlib
from functools import cache
from time import process_time

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from app.imaging.store.reading import Reading
from app.imaging.store.refusal import Refused
from tests.factories import dicom
from tests.factories.elements import file_of, nested_text, reading_of
from tests.factories.real_files import real_file

SECONDS = 1.0


@cache
def seeds() -> tuple[bytes, ...]:
    """Small files of every layout: byte orders, sequences, fragments, character sets, deflation."""
    real = ("MR_small_RLE.dcm", "test-SR.dcm", "rtdose_rle_1frame.dcm", "chrKoreanMulti.dcm", "chrH31.dcm")
    return (
        *(dicom.ct_instance(transfer_syntax=syntax) for syntax in dicom.SYNTAXES),
        dicom.rle_instance(frames=3),
        dicom.report_instance("Kein Bruch."),
        file_of(nested_text(4)),
        *(real_file(name).read_bytes() for name in real),
    )


def read(raw: bytes) -> Reading | None:
    """Read, and hold what must hold of any file."""
    started = process_time()
    try:
        reading = reading_of(raw)
    except Refused as refused:
        assert refused.failure_reason
        assert refused.message.isascii()
        reading = None
    assert process_time() - started < SECONDS
    if reading is not None:
        json.loads(zlib.decompress(reading.metadata), parse_constant=pytest.fail)
        assert len(reading.frames) % 16 == 0
    return reading


positions = st.floats(0, 1, exclude_max=True)
edits = st.lists(st.tuples(positions, st.binary(min_size=1, max_size=8)), min_size=1, max_size=6)


@settings(max_examples=300, deadline=None)
@given(st.sampled_from(range(12)), edits)
@example(0, [(0.0, b"MZ")])
def test_overwritten_bytes_never_get_past_the_reader(seed: int, changes: list[tuple[float, bytes]]) -> None:
    raw = bytearray(seeds()[seed])
    for position, change in changes:
        start = int(position * len(raw))
        raw[start : start + len(change)] = change
    read(bytes(raw))


@settings(max_examples=150, deadline=None)
@given(st.sampled_from(range(12)), positions, st.binary(max_size=16))
def test_a_file_that_is_cut_or_prolonged_never_gets_past_the_reader(
    seed: int, position: float, added: bytes
) -> None:
    raw = seeds()[seed]
    read(raw[: int(position * len(raw))] + added)


@settings(max_examples=150, deadline=None)
@given(st.sampled_from(range(12)), positions, positions, positions)
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
    assert len(seeds()) == 12
    assert sum(read(seed) is not None for seed in seeds()) >= 10

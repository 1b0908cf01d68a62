from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.blobs.blob_ids import is_blob_id, new_blob_id, shard_of
from graph.errors import NotFound


@given(st.integers(0, (1 << 48) - 1), st.binary(min_size=10, max_size=16))
def test_an_id_is_a_uuid_of_version_seven_that_tells_its_moment(moment: int, entropy: bytes) -> None:
    blob_id = new_blob_id(moment, entropy)
    parsed = UUID(blob_id)
    assert (parsed.version, parsed.int >> 80) == (7, moment)
    assert parsed.variant == "specified in RFC 4122"
    assert is_blob_id(blob_id)


def test_ids_sort_by_their_moment() -> None:
    assert new_blob_id(1, b"\xff" * 10) < new_blob_id(2, bytes(10))


def test_an_id_needs_its_entropy() -> None:
    with pytest.raises(ValueError, match="ten random bytes"):
        new_blob_id(1, b"short")


def test_blobs_of_the_same_minute_share_a_folder_and_of_another_hour_do_not() -> None:
    base = 1_700_000_000_000 & ~0xFFFF
    first, second, later = (new_blob_id(base + step, bytes(10)) for step in (0, 60_000, 3_600_000))
    assert shard_of(first) == shard_of(second) != shard_of(later)


@pytest.mark.parametrize("hostile", ["../../etc/passwd", "", "temp", "0" * 36, "/abs", "a" * 10_000])
def test_what_is_no_id_never_becomes_a_path(hostile: str) -> None:
    with pytest.raises(NotFound):
        shard_of(hostile)

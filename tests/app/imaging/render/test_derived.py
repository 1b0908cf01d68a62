"""The cache of what renderers made: found again, bounded, and gone with its instance."""

import resource
from pathlib import Path

import pytest

from app.imaging.render.derived import LARGEST, DerivedStore
from app.imaging.render.renderers import Pieces
from app.imaging.render.tasks import Draw, EncodeFrames, Subject
from app.imaging.render.wishes import PNG, Viewport, Wish

BLOB, OTHER = (f"01890a5d-ac96-7{number:03}-8000-000000000000" for number in (1, 2))


def frames(blob_id: str = BLOB, *numbers: int) -> EncodeFrames:
    subject = Subject(blob_id=blob_id, transfer_syntax_uid="1.2.840.10008.1.2.1", table=b"t")
    return EncodeFrames(subject=subject, numbers=numbers or (1,), transfer_syntax_uid="1.2")


def answer(*pieces: bytes) -> Pieces:
    return Pieces(tuple(map(len, pieces)), b"".join(pieces))


@pytest.fixture
def derived(tmp_path: Path) -> DerivedStore:
    return DerivedStore(tmp_path, 1 << 20)


def test_what_is_kept_is_found_piece_by_piece(derived: DerivedStore) -> None:
    assert derived.get(frames()) is None

    made = derived.keep(frames(), answer(b"one", b"", b"three"))

    assert list(made.each()) == [b"one", b"", b"three"]
    found = derived.get(frames())
    assert found is not None
    assert list(found.each()) == [b"one", b"", b"three"]


def test_what_is_kept_can_be_had_in_part(derived: DerivedStore) -> None:
    derived.keep(frames(), answer(b"0123456789"))

    found = derived.get(frames())

    assert found is not None
    assert b"".join(found.between(2, 5)) == b"234"


def test_another_wish_is_another_task(derived: DerivedStore) -> None:
    subject = frames().subject
    wishes = [
        Wish(),
        Wish(media_type=PNG),
        Wish(viewport=Viewport(width=2)),
        Wish(annotation=frozenset({"patient", "technique"})),
        Wish(annotation=frozenset({"patient"})),
    ]
    for number, wish in enumerate(wishes):
        derived.keep(Draw(subject=subject, numbers=(1,), wish=wish), answer(bytes([number])))

    for number, wish in enumerate(wishes):
        found = derived.get(Draw(subject=subject, numbers=(1,), wish=wish))
        assert found is not None
        assert list(found.each()) == [bytes([number])]


def test_what_was_made_goes_with_its_instance(derived: DerivedStore) -> None:
    for blob_id in (BLOB, OTHER):
        derived.keep(frames(blob_id), answer(b"x"))

    derived.forget(BLOB)

    assert derived.get(frames(BLOB)) is None
    assert derived.get(frames(OTHER)) is not None


def test_the_room_is_bounded_and_the_oldest_goes_first(derived: DerivedStore, tmp_path: Path) -> None:
    for number in range(1, 100):
        derived.keep(frames(BLOB, number), answer(bytes(30_000)))
        assert derived.get(frames(BLOB, 1)) is not None, number  # and so it is used all the time

    kept = sum(path.stat().st_size for path in tmp_path.rglob("*") if path.is_file())
    assert kept <= (1 << 20) * 17 / 16
    assert derived.get(frames(BLOB, 2)) is None
    assert derived.get(frames(BLOB, 99)) is not None


def test_what_is_too_long_is_not_kept(tmp_path: Path) -> None:
    derived = DerivedStore(tmp_path, 1 << 40)
    long = Pieces((LARGEST + 1,), b"")

    assert derived.keep(frames(), long) is long
    assert derived.get(frames()) is None


def test_a_store_without_room_keeps_nothing(tmp_path: Path) -> None:
    derived = DerivedStore(tmp_path, 0)

    assert list(derived.keep(frames(), answer(b"x")).each()) == [b"x"]
    assert derived.get(frames()) is None


def test_a_disk_that_takes_no_more_keeps_no_halves(derived: DerivedStore, tmp_path: Path) -> None:
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (100, hard))
    try:
        made = derived.keep(frames(), answer(b"x" * 1000))
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))

    assert list(made.each()) == [b"x" * 1000]
    assert derived.get(frames()) is None
    assert not [path for path in tmp_path.rglob("*") if path.is_file()]

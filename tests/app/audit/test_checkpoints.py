"""A checkpoint that is kept elsewhere tells what is done to the archive later, even by who has its key."""

import shutil
from collections.abc import Callable
from pathlib import Path

import orjson
import pytest

from app.audit.archive import Archive
from app.audit.checkpoints import Checkpoint, Checkpoints
from app.audit.proving import AuditTrail, defects
from app.audit.reading import read_segment
from app.audit.seals import ARCHIVE, HEAD, PACKED, kept_head
from app.audit.spool import CLOSED, Spool, SpoolLimits
from app.security.keys import new_signing_key
from graph.audit.heads import AuditHeadStore
from graph.errors import Invalid, NotFound
from graph.session import Graph

KEY, SIGNING = b"the key of the chains", new_signing_key()
ADDRESS = "https://hilum.example"
NOW = 1_700_000_000
Damage = Callable[[Path], None]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A spool whose segments were archived."""
    return archived(tmp_path / "audit", range(24))


def archived(folder: Path, numbers: range) -> Path:
    """An archive of accesses of these numbers, each segment of a few."""
    spool = Spool(folder, SpoolLimits(segment_bytes=700), key=KEY)
    for number in numbers:
        spool.record(orjson.dumps({"kind": "access", "number": number})).wait()
    spool.close()
    for path in sorted(folder.glob(f"*{CLOSED}")):
        archive = Archive(folder, KEY, [], lambda _: None)
        archive.keep(path, keyed=read_segment(path, KEY).keyed)
    return folder


@pytest.fixture
def checkpoints(folder: Path, graph: Graph) -> Checkpoints:
    return Checkpoints(AuditTrail(folder, KEY, AuditHeadStore(graph)), SIGNING, ADDRESS)


def files(folder: Path) -> list[Path]:
    return sorted((folder / ARCHIVE).glob(f"*{PACKED}"))


def test_it_says_how_far_the_archive_goes(folder: Path, checkpoints: Checkpoints) -> None:
    made = checkpoints.make(NOW)
    head = kept_head(folder, KEY)

    assert head is not None
    assert (made.place, made.hash, made.roll, made.at) == (head.place, head.hash, head.roll, NOW)
    assert made.place == len(files(folder)) > 3
    assert checkpoints.read(f" {made.text}\n") == made


def test_what_comes_later_contradicts_none(folder: Path, checkpoints: Checkpoints) -> None:
    made = [checkpoints.make(NOW)]
    archived(folder, range(24, 48))
    made.append(checkpoints.make(NOW + 1))

    assert made[0].place < made[1].place
    assert checkpoints.contradictions(made) == []


def cut_off(folder: Path) -> None:
    files(folder)[-1].unlink()
    (folder / ARCHIVE / HEAD).unlink()


def made_anew(numbers: range) -> Damage:
    """By who has the key: the archive as if these had been all accesses."""

    def damage(folder: Path) -> None:
        shutil.rmtree(folder)
        archived(folder, numbers)

    return damage


def changed(folder: Path) -> None:
    target, other = files(folder)[-1], files(folder)[0]
    target.write_bytes(other.read_bytes())


def exchanged(folder: Path) -> None:
    first, last = files(folder)[0], files(folder)[-1]
    kept = first.read_bytes()
    first.write_bytes(last.read_bytes())
    last.write_bytes(kept)


def gone(folder: Path) -> None:
    shutil.rmtree(folder / ARCHIVE)


@pytest.mark.parametrize(
    "damage", [cut_off, changed, exchanged, gone, made_anew(range(30)), made_anew(range(6))]
)
def test_damage_up_to_it_is_told(folder: Path, checkpoints: Checkpoints, damage: Damage) -> None:
    made = checkpoints.make(NOW)
    damage(folder)

    assert len(checkpoints.contradictions([made])) == 1


def test_what_is_missing_between_others_the_seals_tell(folder: Path, checkpoints: Checkpoints) -> None:
    made = checkpoints.make(NOW)
    files(folder)[1].unlink()

    assert checkpoints.contradictions([made]) == []  # its own place is as it was
    assert any("place 2 of" in each for each in defects(folder, KEY))


def test_nothing_is_signed_before_something_was_archived(tmp_path: Path, graph: Graph) -> None:
    empty = Checkpoints(AuditTrail(tmp_path, KEY, AuditHeadStore(graph)), SIGNING, ADDRESS)
    with pytest.raises(NotFound):
        empty.make(NOW)


def test_what_another_has_signed_is_none(folder: Path, checkpoints: Checkpoints, graph: Graph) -> None:
    trail = AuditTrail(folder, KEY, AuditHeadStore(graph))
    stranger: Checkpoint = Checkpoints(trail, new_signing_key(), ADDRESS).make(NOW)

    for text in (stranger.text, "", "a.b.c", stranger.text[:-4]):
        with pytest.raises(Invalid):
            checkpoints.read(text)

"""Whatever is done to a finished trail without its key is found; what a kill leaves is no alarm."""

import gzip
import shutil
from collections.abc import Callable, Mapping
from hashlib import sha256
from pathlib import Path

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.audit.archive import Archive
from app.audit.chain import START, chained, line_of, parsed, parted
from app.audit.proving import defects
from app.audit.reading import read_segment, segments
from app.audit.seals import ARCHIVE, HEAD, Seal, packed, seal, sealed_as, unpacked
from app.audit.spool import CLOSED, Spool, SpoolLimits

KEY = b"the key of the chains"
OTHER = b"some other key"
SMALL = SpoolLimits(segment_bytes=700)


class Heads:
    """The heads that a graph would know, told one after the other."""

    def __init__(self) -> None:
        self.lines: list[bytes] = []

    def advance(self, sealed: Seal) -> None:
        self.lines = [sealed.line]

    def __call__(self) -> list[bytes]:
        return list(self.lines)


def written(folder: Path, count: int, **of: bytes) -> None:
    """A chain of one process, ended in order."""
    spool = Spool(folder, SMALL, **({"key": KEY} | of))
    for number in range(count):
        spool.record(orjson.dumps({"kind": "access", "number": number})).wait()
    spool.close()


def archived(folder: Path, heads: Heads) -> None:
    """What the worker does with closed segments, but for the graph."""
    for path in sorted(folder.glob(f"*{CLOSED}")):
        archive = Archive(folder, KEY, heads(), heads.advance)
        archive.adopt_earlier()
        archive.keep(path, keyed=read_segment(path, KEY).keyed)


@pytest.fixture(scope="module")
def finished(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Heads]:
    """Two chains of several segments each, all of them archived."""
    folder, heads = tmp_path_factory.mktemp("finished"), Heads()
    for _ in range(2):
        written(folder, 12)
    archived(folder, heads)
    assert len(segments(folder)) > 5
    assert defects(folder, KEY, heads) == []
    return folder, heads


def again(path: Path, change: Callable[[list[bytes]], list[bytes]]) -> None:
    """Pack an archived segment anew, its lines changed, under the seal that it had."""
    raw, sealed = unpacked(path.read_bytes())
    path.write_bytes(gzip.compress(b"\n".join(change(raw.split(b"\n"))) + b"\n" + sealed))


def rechained(lines: list[bytes], hashed: Callable[[str, bytes], str], header: bytes) -> list[bytes]:
    """The lines with hashes that fit one another."""
    previous, found = START, []
    for text in (header, *(parted(line)[1].replace(b"1", b"2") for line in lines[1:-1])):
        previous = hashed(previous, text)
        found.append(line_of(previous, text))
    return [*found, b""]


def plain(lines: list[bytes]) -> list[bytes]:
    """A segment as an earlier release would have written it, with other lines."""
    header = parsed(parted(lines[0])[1]) or {}
    header.pop("keyed")
    return rechained(
        lines, lambda before, text: sha256(before.encode() + text).hexdigest(), orjson.dumps(header)
    )


def under_another_key(lines: list[bytes]) -> list[bytes]:
    return rechained(lines, lambda before, text: chained(OTHER, before, text), parted(lines[0])[1])


def swapped(lines: list[bytes]) -> list[bytes]:
    return [lines[0], lines[2], lines[1], *lines[3:]]


CHANGES: Mapping[str, Callable[[list[bytes]], list[bytes]]] = {
    "a line removed": lambda lines: [*lines[:2], *lines[3:]],
    "the last line removed": lambda lines: [*lines[:-2], b""],
    "the tail cut within a line": lambda lines: [*lines[:-2], lines[-2][:-3]],
    "two lines swapped": swapped,
    "a value changed": lambda lines: [*lines[:2], lines[2].replace(b"access", b"excess"), *lines[3:]],
    "rewritten with plain hashes": plain,
    "rewritten under another key": under_another_key,
    "emptied": lambda _: [b""],
}


def one_removed(archives: list[Path], place: int) -> None:
    archives[place].unlink()


def chain_removed(archives: list[Path], place: int) -> None:
    chain = archives[place].name[:-10]
    for path in archives:
        if path.name.startswith(chain):
            path.unlink()


def last_ones_removed_with_their_head(archives: list[Path], place: int) -> None:
    """As the archive was before, its own head included: only the graph knows better."""
    in_order = sorted(archives, key=lambda path: sealed_as(path, KEY).place)  # type: ignore[union-attr]
    kept = in_order[: min(place, len(in_order) - 2) + 1]
    for path in in_order[len(kept) :]:
        path.unlink()
    (archives[0].parent / HEAD).write_bytes(unpacked(kept[-1].read_bytes())[1])


def head_removed(archives: list[Path], place: int) -> None:
    (archives[place].parent / HEAD).unlink()


def head_put_back(archives: list[Path], place: int) -> None:
    in_order = sorted(archives, key=lambda path: sealed_as(path, KEY).place)  # type: ignore[union-attr]
    before = in_order[min(place, len(in_order) - 2)]
    (before.parent / HEAD).write_bytes(unpacked(before.read_bytes())[1])


def everything_removed(archives: list[Path], place: int) -> None:
    shutil.rmtree(archives[place].parent)


def two_exchanged(archives: list[Path], place: int) -> None:
    one, other = archives[place], archives[place - 1]
    mine, theirs = one.read_bytes(), other.read_bytes()
    one.write_bytes(theirs)
    other.write_bytes(mine)


def seal_stripped(archives: list[Path], place: int) -> None:
    path = archives[place]
    path.write_bytes(gzip.compress(unpacked(path.read_bytes())[0]))


def one_made_up(archives: list[Path], place: int) -> None:
    raw, _ = unpacked(archives[place].read_bytes())
    made = archives[place].with_name("0000000000000001-1-abcdef00-000001.gz")
    made.write_bytes(gzip.compress(b"\n".join(plain(raw.split(b"\n")))))


def sealed_by_another(archives: list[Path], place: int) -> None:
    path = archives[place]
    raw, _ = unpacked(path.read_bytes())
    path.write_bytes(packed(raw, seal(OTHER, None, "0" * 16, path.stem, raw, earlier=False)))


def damaged(archives: list[Path], place: int) -> None:
    content = bytearray(archives[place].read_bytes())
    content[len(content) // 2] ^= 0xFF
    archives[place].write_bytes(content)


REMOVALS: Mapping[str, Callable[[list[Path], int], None]] = {
    each.__name__: each
    for each in (
        one_removed,
        chain_removed,
        last_ones_removed_with_their_head,
        head_removed,
        head_put_back,
        everything_removed,
        two_exchanged,
        seal_stripped,
        one_made_up,
        sealed_by_another,
        damaged,
    )
}


@given(data=st.data())
def test_any_one_thing_that_is_done_to_a_finished_trail_is_found(
    finished: tuple[Path, Heads], tmp_path_factory: pytest.TempPathFactory, data: st.DataObject
) -> None:
    source, heads = finished
    folder = tmp_path_factory.mktemp("touched") / "audit"
    shutil.copytree(source, folder)
    archives = sorted((folder / ARCHIVE).glob("*.gz"))
    name = data.draw(st.sampled_from([*CHANGES, *REMOVALS]), label="what is done")
    if name in CHANGES:
        again(data.draw(st.sampled_from([each for each in archives if has_lines(each)])), CHANGES[name])
    else:
        REMOVALS[name](archives, data.draw(st.integers(0, len(archives) - 1)))

    assert defects(folder, KEY, heads) != []


def has_lines(path: Path) -> bool:
    """Whether a segment has a header and a few lines: the last one of a chain may have none."""
    return unpacked(path.read_bytes())[0].count(b"\n") > 3


def test_a_head_that_the_graph_lost_or_that_was_put_back_is_found(finished: tuple[Path, Heads]) -> None:
    folder, heads = finished
    first = next(each.line for path in segments(folder) if (each := sealed_as(path, KEY)) and each.place == 1)
    assert defects(folder, KEY, list) != []
    assert defects(folder, KEY, lambda: [first]) != []
    assert defects(folder, KEY, lambda: [*heads(), b"0" * 64 + b' {"kind":"seal","previous":""}']) != []


def test_a_head_that_was_removed_is_found_when_the_worker_has_written_another(
    finished: tuple[Path, Heads], tmp_path: Path
) -> None:
    source, known = finished
    folder, heads = tmp_path / "audit", Heads()
    shutil.copytree(source, folder)
    heads.lines = known()
    (folder / ARCHIVE / HEAD).unlink()
    for _ in range(2):
        written(folder, 12)
        archived(folder, heads)

    (found,) = defects(folder, KEY, heads)

    assert (folder / ARCHIVE / HEAD).exists()
    assert "its head was gone" in found


def test_the_cut_tail_of_a_killed_process_is_no_alarm_before_it_is_archived_nor_after(tmp_path: Path) -> None:
    heads = Heads()
    written(tmp_path, 3)
    (path, *_) = sorted(tmp_path.glob(f"*{CLOSED}"))[-1:]
    path.write_bytes(path.read_bytes()[:-5])
    assert defects(tmp_path, KEY, heads) == []
    archived(tmp_path, heads)
    assert defects(tmp_path, KEY, heads) == []
    written(tmp_path, 3)
    archived(tmp_path, heads)
    assert defects(tmp_path, KEY, heads) == []


def test_a_kill_between_the_archive_and_its_head_leaves_no_gap(tmp_path: Path) -> None:
    heads = Heads()
    written(tmp_path, 20)
    first, second, *_ = sorted(tmp_path.glob(f"*{CLOSED}"))
    raw = first.read_bytes()
    Archive(tmp_path, KEY, heads(), heads.advance).keep(first, keyed=True)
    first.write_bytes(raw)  # the segment leaves the spool last of all
    (tmp_path / ARCHIVE / HEAD).unlink()
    heads.lines = []

    assert defects(tmp_path, KEY, heads) == []
    Archive(tmp_path, KEY, heads(), heads.advance).keep(second, keyed=True)
    archived(tmp_path, heads)

    assert defects(tmp_path, KEY, heads) == []
    assert not list(tmp_path.glob(f"*{CLOSED}"))


def test_a_segment_that_comes_again_with_other_lines_is_kept_and_told(tmp_path: Path) -> None:
    heads = Heads()
    written(tmp_path, 3)
    path = sorted(tmp_path.glob(f"*{CLOSED}"))[0]
    archived(tmp_path, heads)
    path.write_bytes(
        b"\n".join(plain(unpacked((tmp_path / ARCHIVE / f"{path.stem}.gz").read_bytes())[0].split(b"\n")))
    )
    archived(tmp_path, heads)

    assert path.exists()
    assert any(path.stem in each for each in defects(tmp_path, KEY, heads))


def earlier(folder: Path) -> Path:
    """A closed segment of an earlier release."""
    written(folder, 3)
    path = sorted(folder.glob(f"*{CLOSED}"))[-1]
    path.write_bytes(b"\n".join(plain(path.read_bytes().split(b"\n"))))
    return path


def test_trails_of_earlier_releases_are_read_and_sealed_as_they_are(tmp_path: Path) -> None:
    heads = Heads()
    (tmp_path / ARCHIVE).mkdir()
    path = earlier(tmp_path)
    (tmp_path / ARCHIVE / f"{path.stem}.gz").write_bytes(gzip.compress(path.read_bytes()))
    path.unlink()
    earlier(tmp_path)
    assert defects(tmp_path, KEY, heads) == []
    archived(tmp_path, heads)
    written(tmp_path, 3)
    archived(tmp_path, heads)

    assert defects(tmp_path, KEY, heads) == []
    assert all(sealed_as(each, KEY) for each in segments(tmp_path))


def test_once_a_keyed_segment_is_archived_none_of_an_earlier_release_is_believed(tmp_path: Path) -> None:
    heads = Heads()
    written(tmp_path, 3)
    archived(tmp_path, heads)
    late = earlier(tmp_path)

    assert not Archive(tmp_path, KEY, heads(), heads.advance).takes(keyed=False)
    archived(tmp_path, heads)
    assert any(late.stem in each for each in defects(tmp_path, KEY, heads))


def test_an_open_segment_of_a_living_process_is_no_alarm(tmp_path: Path) -> None:
    heads = Heads()
    written(tmp_path, 12)
    archived(tmp_path, heads)
    spool = Spool(tmp_path, SMALL, key=KEY)
    spool.record(b'{"kind":"access"}').wait()

    assert defects(tmp_path, KEY, heads) == []
    spool.close()

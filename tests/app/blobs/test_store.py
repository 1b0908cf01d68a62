import os
from collections.abc import Callable
from hashlib import sha256
from pathlib import Path

import pytest

from app.blobs import BlobStore, State, new_blob_id, seal_all
from graph.errors import NotFound, StorageFull, Unavailable

NewId = Callable[[], str]
Roots = tuple[Path, Path]


def put(blobs: BlobStore, blob_id: str, content: bytes) -> str:
    with blobs.begin(blob_id) as upload:
        upload.write(content)
        return upload.seal().digest


def files_below(*roots: Path) -> list[Path]:
    return sorted(
        path for root in roots for path in root.rglob("*") if path.is_file() and path.name != "lock"
    )


def test_a_sealed_blob_reads_back_whole_and_in_pieces(blobs: BlobStore, new_id: NewId) -> None:
    blob_id, content = new_id(), os.urandom(200_000)
    with blobs.begin(blob_id) as upload:
        for start in range(0, len(content), 70_001):
            upload.write(content[start : start + 70_001])
        sealed = upload.seal()
    assert (sealed.blob_id, sealed.size) == (blob_id, len(content))
    assert sealed.digest == sha256(content).hexdigest()
    assert sealed.path == blobs.path(blob_id)
    with blobs.open(blob_id) as file:
        assert file.read() == content
    assert blobs.read(blob_id, 65_000, 1_000) == content[65_000:66_000]
    assert blobs.read(blob_id, 199_999, 50) == content[199_999:]


def test_every_replica_holds_the_blob(blobs: BlobStore, roots: Roots, new_id: NewId) -> None:
    put(blobs, new_id(), b"bytes")
    assert [path.read_bytes() for path in files_below(*roots)] == [b"bytes", b"bytes"]


@pytest.mark.parametrize("step", [1, 100, 127, 128, 129, 500])
def test_the_preamble_is_zeroed_and_the_digest_is_of_what_is_stored(
    blobs: BlobStore, new_id: NewId, step: int
) -> None:
    content = b"MZ" + os.urandom(400)
    with blobs.begin(new_id(), zeroed=128) as upload:
        for start in range(0, len(content), step):
            upload.write(content[start : start + step])
        sealed = upload.seal()
    assert sealed.path.read_bytes() == bytes(128) + content[128:]
    assert sealed.digest == sha256(bytes(128) + content[128:]).hexdigest()


def test_nothing_is_visible_before_the_seal_and_nothing_is_left_after_a_discard(
    blobs: BlobStore, roots: Roots, new_id: NewId
) -> None:
    blob_id = new_id()
    upload = blobs.begin(blob_id)
    upload.write(b"half")
    assert list(blobs.walk()) == []
    with pytest.raises(NotFound):
        blobs.open(blob_id)
    upload.discard()
    upload.discard()
    assert files_below(*roots) == []


def test_an_upload_that_fails_leaves_nothing(blobs: BlobStore, roots: Roots, new_id: NewId) -> None:
    with pytest.raises(RuntimeError), blobs.begin(new_id()) as upload:
        upload.write(b"half")
        raise RuntimeError
    assert files_below(*roots) == []


def test_the_fsync_may_run_while_the_caller_reads_the_file(blobs: BlobStore, new_id: NewId) -> None:
    with blobs.begin(new_id()) as upload:
        upload.write(b"0123456789")
        upload.sync_later()
        assert os.pread(upload.fileno(), 4, 3) == b"3456"
        assert upload.seal().size == 10


def test_a_batch_is_sealed_together(blobs: BlobStore, new_id: NewId) -> None:
    uploads = [blobs.begin(new_id()) for _ in range(5)]
    for number, upload in enumerate(uploads):
        upload.write(b"%d" % number)
    sealed = seal_all(uploads)
    assert [blobs.read(each.blob_id, 0, 9) for each in sealed] == [b"0", b"1", b"2", b"3", b"4"]


def test_a_batch_of_which_one_cannot_be_sealed_leaves_no_blob(
    blobs: BlobStore, roots: Roots, new_id: NewId
) -> None:
    uploads = [blobs.begin(new_id()) for _ in range(3)]
    (temp,) = (path for path in files_below(roots[1]) if path.name.startswith(uploads[2].blob_id))
    temp.unlink()
    with pytest.raises(Unavailable):
        seal_all(uploads)
    assert files_below(*roots) == []


def test_an_upload_in_flight_refuses_others_beyond_the_budget_until_it_ends(
    tmp_path: Path, new_id: NewId
) -> None:
    blobs = BlobStore([tmp_path], floor=0, in_flight=1_000)
    with blobs.begin(new_id()) as upload:
        upload.write(bytes(600))
        with pytest.raises(Unavailable) as refused:
            blobs.begin(new_id(), expected=500)
        assert refused.value.retry_after
        blobs.begin(new_id(), expected=100).discard()
    blobs.begin(new_id(), expected=5_000).discard()
    blobs.close()


def test_writing_stops_at_the_disk_floor(tmp_path: Path, new_id: NewId) -> None:
    status = os.statvfs(tmp_path)
    blobs = BlobStore([tmp_path], floor=2 * status.f_blocks * status.f_frsize)
    with pytest.raises(StorageFull):
        blobs.begin(new_id())
    assert files_below(tmp_path) == []


def test_a_full_disk_is_told_as_such(tmp_path: Path, blobs: BlobStore, new_id: NewId) -> None:
    upload = blobs.begin(new_id())
    full = Path("/dev/full").open("wb", buffering=0)  # noqa: SIM115 - the upload closes it
    upload._files[0].close()
    upload._files[0] = full  # type: ignore[call-overload]
    with pytest.raises(StorageFull):
        upload.write(b"bytes")
    upload.discard()


def test_deleting_twice_is_no_error(blobs: BlobStore, roots: Roots, new_id: NewId) -> None:
    blob_id = new_id()
    put(blobs, blob_id, b"bytes")
    blobs.entomb(blob_id)
    blobs.delete(blob_id)
    blobs.delete(blob_id)
    assert files_below(*roots) == []
    with pytest.raises(NotFound):
        blobs.read(blob_id, 0, 1)


def test_a_tombstone_stays_beside_the_blob_until_its_bytes_go(blobs: BlobStore, new_id: NewId) -> None:
    kept, deleted = new_id(), new_id()
    put(blobs, kept, b"kept")
    put(blobs, deleted, b"gone")
    blobs.entomb(deleted)
    assert [(each.blob_id, each.size, each.deleted) for each in blobs.walk()] == [
        (kept, 4, False),
        (deleted, 4, True),
    ]


def test_the_walk_finds_blobs_that_only_the_second_replica_has(
    blobs: BlobStore, roots: Roots, new_id: NewId
) -> None:
    first, second = new_id(), new_id()
    put(blobs, first, b"1")
    put(blobs, second, b"2")
    files_below(roots[0])[0].unlink()
    assert sorted(each.blob_id for each in blobs.walk()) == [first, second]


def damage(path: Path, form: str) -> None:
    content = path.read_bytes()
    match form:
        case "bit":
            path.write_bytes(bytes([content[0] ^ 1]) + content[1:])
        case "cut":
            path.write_bytes(content[:-1])
        case "zeros":
            path.write_bytes(bytes(len(content)))
        case "another":
            path.write_bytes(b"another patient's file"[: len(content)].ljust(len(content)))
        case "missing":
            path.unlink()


@pytest.mark.parametrize("form", ["bit", "cut", "zeros", "another", "missing"])
@pytest.mark.parametrize("replica", [0, 1])
def test_a_damaged_replica_is_found_and_rewritten_from_the_good_one(
    blobs: BlobStore, roots: Roots, new_id: NewId, form: str, replica: int
) -> None:
    blob_id, content = new_id(), os.urandom(5_000)
    digest = put(blobs, blob_id, content)
    damage(files_below(roots[replica])[0], form)
    found = blobs.repair(blob_id, digest)
    assert found[replica].state is (State.MISSING if form == "missing" else State.DAMAGED)
    assert found[1 - replica].state is State.GOOD
    assert [path.read_bytes() for path in files_below(*roots)] == [content, content]
    assert {each.state for each in blobs.verify(blob_id, digest)} == {State.GOOD}


def test_reading_falls_back_to_the_replica_that_is_left(
    blobs: BlobStore, roots: Roots, new_id: NewId
) -> None:
    blob_id = new_id()
    put(blobs, blob_id, b"bytes")
    files_below(roots[0])[0].unlink()
    assert blobs.read(blob_id, 0, 5) == b"bytes"
    assert blobs.path(blob_id).is_relative_to(roots[1])


def test_a_blob_without_a_good_copy_is_not_repaired(blobs: BlobStore, roots: Roots, new_id: NewId) -> None:
    blob_id = new_id()
    put(blobs, blob_id, b"bytes")
    before = [path.read_bytes() for path in files_below(*roots)]
    with pytest.raises(Unavailable):
        blobs.repair(blob_id, "0" * 64)
    assert [path.read_bytes() for path in files_below(*roots)] == before


def test_a_blob_that_cannot_be_read_is_unavailable_and_not_absent(
    blobs: BlobStore, roots: Roots, new_id: NewId
) -> None:
    blob_id = new_id()
    put(blobs, blob_id, b"bytes")
    for path in files_below(*roots):
        path.unlink()
        path.mkdir()
    with pytest.raises(Unavailable):
        blobs.open(blob_id)


def test_an_id_made_elsewhere_is_only_a_name(blobs: BlobStore) -> None:
    with pytest.raises(NotFound):
        blobs.path("../../../etc/passwd")
    with pytest.raises(NotFound):
        blobs.read(new_blob_id(5, bytes(10)), 0, 1)

import struct
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractContextManager
from dataclasses import dataclass
from hashlib import sha256
from io import BytesIO
from pathlib import Path
from threading import Barrier

import pytest
from pydicom import dcmread

from app.blobs import BlobStore
from app.imaging.store import Ingest, InstanceOutcome, Limits, StoreReport
from app.imaging.store.session import ROWS
from graph.errors import Forbidden, Invalid, NotFound, StorageFull, TooLarge, Unavailable
from graph.records import InstanceRow, StoredInstance, StoreOutcome
from graph.scope import AccessScope
from graph.studies.imaging import ImagingStore
from tests.factories import dicom
from tests.factories.elements import file_of, identity
from tests.factories.scopes import scope_of

VALIDATION, WRONG_STUDY, EXISTS, EXHAUSTED = 43264, 43265, 45070, 42752


def chunked(raw: bytes, size: int = 1_000) -> Iterator[bytes]:
    for start in range(0, len(raw), size):
        yield raw[start : start + size]


def reasons(report: StoreReport) -> list[int | None]:
    return [outcome.failure_reason for outcome in report.outcomes]


def files_below(folder: Path) -> list[Path]:
    return [path for path in folder.rglob("*") if path.is_file() and path.name != "lock"]


def test_a_stored_instance_is_in_the_graph_and_its_bytes_are_as_sent_but_for_the_preamble(
    ingest: Ingest, blobs: BlobStore, imaging: ImagingStore, scope: AccessScope
) -> None:
    raw = b"MZ" + dicom.multi_frame_instance(frames=3, study_uid="1.2", sop_uid="1.4")[2:]
    (outcome,) = ingest.store(scope, [chunked(raw)]).outcomes
    assert outcome.stored
    assert (outcome.sop_uid, outcome.study_uid, outcome.warning_reason) == ("1.4", "1.2", None)
    (stored,) = imaging.instances(scope, "1.2", frames=True)
    expected = bytes(128) + raw[128:]
    assert blobs.read(stored.blob_id, 0, len(raw) + 1) == expected
    assert (stored.size, stored.digest) == (len(raw), sha256(expected).hexdigest())
    frames = [blobs.read(stored.blob_id, *place) for place in struct.iter_unpack("<QQ", stored.frames)]
    assert frames == dicom.raw_frames("1.4", 3)


def test_outcomes_come_in_the_order_of_the_parts(ingest: Ingest, scope: AccessScope) -> None:
    good = list(dicom.ct_study(3))
    other = dicom.ct_instance(number=1, StudyDescription="Other")
    parts = [good[0], b"no dicom" * 100, good[1], file_of(study_uid=None), b"", other, good[2]]
    report = ingest.store(scope, [chunked(part) for part in parts])
    assert reasons(report) == [None, VALIDATION, None, VALIDATION, VALIDATION, EXISTS, None]
    assert report.outcomes[3].sop_uid == "1.2.4"
    assert report.outcomes[5].comments == ("An instance of these UIDs exists already.",)
    assert report.stopped is None


def test_what_is_not_stored_leaves_no_bytes(
    ingest: Ingest, blobs: BlobStore, scope: AccessScope, tmp_path: Path
) -> None:
    raw, other = dicom.ct_instance(), dicom.ct_instance(StudyDescription="Other")
    ingest.store(scope, [[raw]])
    before = files_below(tmp_path)
    report = ingest.store(scope, [[other], [raw[:-10]], [b"text"], [file_of(study_uid=None)], [raw]])
    assert reasons(report) == [EXISTS, VALIDATION, VALIDATION, VALIDATION, None]
    assert files_below(tmp_path) == before
    assert len(list(blobs.walk())) == 1


def test_of_equal_bytes_in_one_request_the_first_is_stored_and_the_others_are_repeats(
    ingest: Ingest, blobs: BlobStore, imaging: ImagingStore, scope: AccessScope
) -> None:
    raw, other = dicom.ct_instance(study_uid="1.2"), dicom.ct_instance(study_uid="1.2", SeriesNumber=2)
    outcomes = ingest.store(scope, [[raw], chunked(raw), [other], [raw]]).outcomes
    assert [outcome.stored for outcome in outcomes] == [True, True, False, True]
    assert [outcome.repeated for outcome in outcomes] == [False, True, False, True]
    assert outcomes[1].warning_reason == EXISTS
    (stored,) = imaging.instances(scope, "1.2")
    assert [blob.blob_id for blob in blobs.walk()] == [stored.blob_id]


def test_of_clients_that_send_equal_bytes_at_once_one_stores_and_all_succeed(
    ingest: Ingest, blobs: BlobStore, imaging: ImagingStore, scope: AccessScope
) -> None:
    raw, together = dicom.ct_instance(study_uid="1.2"), Barrier(6)

    def send(_: int) -> InstanceOutcome:
        together.wait()
        return ingest.store(scope, [chunked(raw)]).outcomes[0]

    with ThreadPoolExecutor(6) as pool:
        outcomes = list(pool.map(send, range(6)))

    assert all(outcome.stored for outcome in outcomes)
    assert [outcome.repeated for outcome in outcomes].count(False) == 1
    (stored,) = imaging.instances(scope, "1.2")
    assert [blob.blob_id for blob in blobs.walk()] == [stored.blob_id]


def test_what_was_deleted_is_stored_anew_and_is_no_repeat(
    ingest: Ingest, imaging: ImagingStore, scope: AccessScope
) -> None:
    raw = dicom.ct_instance(study_uid="1.2")
    ingest.store(scope, [[raw]])
    imaging.delete(scope, "1.2")
    (outcome,) = ingest.store(scope, [[raw]]).outcomes
    assert (outcome.stored, outcome.repeated) == (True, False)


def test_an_instance_of_another_study_than_the_requests_is_refused(
    ingest: Ingest, scope: AccessScope
) -> None:
    parts = [[dicom.ct_instance(study_uid="1.2")], [dicom.ct_instance(study_uid="1.3", number=2)]]
    assert reasons(ingest.store(scope, parts, study_uid="1.2")) == [None, WRONG_STUDY]


def test_warnings_are_told_with_the_stored_instance(ingest: Ingest, scope: AccessScope) -> None:
    raw = dicom.ct_instance(patient_id="", StudyDescription=["A", "B"])
    (outcome,) = ingest.store(scope, [[raw]]).outcomes
    assert (outcome.stored, outcome.warning_reason, outcome.several_values) == (True, 1, True)
    assert outcome.comments[0] == "DICOM100: (0010,0020) - The required tag '(0010,0020)' is missing."
    (implicit,) = ingest.store(
        scope, [[dicom.ct_instance(transfer_syntax="1.2.840.10008.1.2", number=2)]]
    ).outcomes
    assert implicit.warning_reason is None


def test_a_scope_without_the_permission_stores_nothing(ingest: Ingest, tenant: str) -> None:
    with pytest.raises(Forbidden):
        ingest.store(scope_of("researcher", tenant=tenant), [[dicom.ct_instance()]])


def test_a_request_without_parts_has_no_outcomes(ingest: Ingest, scope: AccessScope) -> None:
    assert ingest.store(scope, []) == StoreReport(())


def broken_off(raw: bytes) -> Iterator[bytes]:
    yield raw[:500]
    raise Invalid("the body ends early")


def test_a_request_that_breaks_off_leaves_no_half_instance(
    ingest: Ingest, imaging: ImagingStore, scope: AccessScope, tmp_path: Path
) -> None:
    first, second = dicom.ct_study(2)
    with pytest.raises(Invalid):
        ingest.store(scope, [[first], broken_off(second)])
    assert files_below(tmp_path) == []
    with pytest.raises(NotFound):
        imaging.instances(scope, dicom.uid("study", "P1"))


def test_an_instance_beyond_the_size_limit_stops_the_request_after_what_was_stored(
    blobs: BlobStore, imaging: ImagingStore, new_id: Callable[[], str], scope: AccessScope, tmp_path: Path
) -> None:
    ingest = Ingest(
        blobs, imaging, new_blob_id=new_id, today=lambda: "20260601", limits=Limits(file_bytes=10_000)
    )
    small, large = dicom.ct_instance(), dicom.ct_instance(rows=100, number=2)
    with pytest.raises(TooLarge):
        ingest.store(scope, [chunked(large)])
    assert files_below(tmp_path) == []
    report = ingest.store(scope, [[small], chunked(large), [b"never read"]])
    assert reasons(report) == [None, EXHAUSTED]
    assert isinstance(report.stopped, TooLarge)


@dataclass
class Failing:
    """The real store, but the graph goes away after some commits, as it does when its process dies."""

    imaging: ImagingStore
    commits: int

    def store(
        self, scope: AccessScope, rows: Sequence[InstanceRow], *, replacing: bool = False
    ) -> list[StoreOutcome]:
        self.commits -= 1
        if self.commits < 0:
            raise Unavailable("the record store does not answer now", retry_after=2)
        return self.imaging.store(scope, rows, replacing=replacing)

    def expecting(self, scope: AccessScope) -> AbstractContextManager[None]:
        return self.imaging.expecting(scope)

    def instances(
        self, scope: AccessScope, study: str, series: str | None = None, sop: str | None = None
    ) -> list[StoredInstance]:
        return self.imaging.instances(scope, study, series, sop)


def many(number: int) -> Iterator[list[bytes]]:
    return ([raw] for raw in dicom.ct_study(number))


def test_parts_are_committed_in_chunks_and_not_one_by_one(
    blobs: BlobStore, imaging: ImagingStore, new_id: Callable[[], str], scope: AccessScope
) -> None:
    counted = Failing(imaging, 100)
    ingest = Ingest(blobs, counted, new_blob_id=new_id, today=lambda: "20260601", clock=lambda: 0.0)
    report = ingest.store(scope, many(ROWS + 6))
    assert len(report.outcomes) == ROWS + 6
    assert all(outcome.stored for outcome in report.outcomes)
    assert 100 - counted.commits == 2


def test_a_slow_request_is_committed_as_time_passes(
    blobs: BlobStore, imaging: ImagingStore, new_id: Callable[[], str], scope: AccessScope
) -> None:
    ticks = iter(range(1_000))
    counted = Failing(imaging, 100)
    ingest = Ingest(blobs, counted, new_blob_id=new_id, today=lambda: "20260601", clock=lambda: next(ticks))
    assert all(outcome.stored for outcome in ingest.store(scope, many(4)).outcomes)
    assert 100 - counted.commits == 4


def test_a_graph_that_goes_away_is_told_for_each_instance_that_is_not_known_to_be_stored(
    blobs: BlobStore, imaging: ImagingStore, new_id: Callable[[], str], scope: AccessScope
) -> None:
    def ingest(commits: int) -> Ingest:
        return Ingest(
            blobs,
            Failing(imaging, commits),
            new_blob_id=new_id,
            today=lambda: "20260601",
            clock=lambda: 0.0,
        )

    with pytest.raises(Unavailable):
        ingest(0).store(scope, many(3))
    assert len(list(blobs.walk())) == 3, "a commit of unknown outcome may own its blobs"
    report = ingest(1).store(scope, many(ROWS + 3))
    assert reasons(report) == [None] * ROWS + [EXHAUSTED] * 3
    assert isinstance(report.stopped, Unavailable)
    assert {outcome.sop_uid for outcome in report.outcomes if not outcome.stored}


def test_a_full_disk_stops_the_request(
    imaging: ImagingStore, new_id: Callable[[], str], scope: AccessScope, tmp_path: Path
) -> None:
    full = BlobStore([tmp_path / "blobs"], floor=1 << 60)
    ingest = Ingest(full, imaging, new_blob_id=new_id, today=lambda: "20260601")
    with pytest.raises(StorageFull):
        ingest.store(scope, [[dicom.ct_instance()]])
    full.close()


def test_memory_holds_one_chunk_of_a_long_request(
    blobs: BlobStore, imaging: ImagingStore, new_id: Callable[[], str], scope: AccessScope, tmp_path: Path
) -> None:
    most = 0

    def watched(parts: Iterable[list[bytes]]) -> Iterator[list[bytes]]:
        nonlocal most
        for part in parts:
            most = max(most, len(list((tmp_path / "blobs" / "temp").rglob("*.part"))))
            yield part

    ingest = Ingest(blobs, imaging, new_blob_id=new_id, today=lambda: "20260601", clock=lambda: 0.0)
    ingest.store(scope, watched(many(ROWS * 2 + 5)))
    assert most == ROWS - 1


@pytest.mark.parametrize("sent", [slice(128, None), slice(132, None)], ids=["preamble", "prefix"])
def test_a_file_without_its_beginning_is_stored_as_the_one_that_has_it(
    ingest: Ingest, blobs: BlobStore, imaging: ImagingStore, scope: AccessScope, sent: slice
) -> None:
    raw = dicom.ct_instance(study_uid="1.2")
    report = ingest.store(scope, [chunked(raw[sent], 7), [raw]])
    first, again = report.outcomes
    assert (first.stored, first.warning_reason, again.repeated) == (True, 1, True)
    assert "no preamble" in first.comments[0]
    (stored,) = imaging.instances(scope, "1.2")
    assert blobs.read(stored.blob_id, 0, len(raw) + 1) == raw


def test_a_data_set_alone_is_stored_as_a_file(
    ingest: Ingest, blobs: BlobStore, imaging: ImagingStore, scope: AccessScope
) -> None:
    sent = b"".join(identity())
    outcomes = [ingest.store(scope, [chunked(sent, 7)]).outcomes[0] for _ in range(2)]
    assert [outcome.repeated for outcome in outcomes] == [False, True]
    (stored,) = imaging.instances(scope, "1.2.2")
    kept = blobs.read(stored.blob_id, 0, stored.size)
    assert kept.endswith(sent)
    assert dcmread(BytesIO(kept)).file_meta.MediaStorageSOPInstanceUID == "1.2.4"

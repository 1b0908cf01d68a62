from dataclasses import replace
from pathlib import Path
from typing import BinaryIO
from zipfile import ZIP_DEFLATED, ZipFile

import pytest

from app.blobs import BlobStore
from app.imaging.store import Ingest, InstanceOutcome
from app.imaging.store.refusal import Refused
from app.imaging.store.sources import sources
from graph.scope import AccessScope
from graph.studies.imaging import ImagingStore
from tests.factories import dicom

MOST = 1 << 20

EXISTS, VALIDATION = 45070, 43264


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder with a file, a folder in it, a zip, and what is no DICOM file."""
    folder = tmp_path / "in"
    (folder / "deep").mkdir(parents=True)
    slices = list(dicom.ct_study(4))
    (folder / "1.dcm").write_bytes(slices[0])
    (folder / "deep" / "2").write_bytes(slices[1])
    (folder / "notes.txt").write_text("not a picture")
    with ZipFile(folder / "more.zip", "w", ZIP_DEFLATED) as archive:
        archive.writestr("a/3.dcm", slices[2])
        archive.writestr("a/4.dcm", slices[3])
        archive.writestr("a/readme", "text")
    return folder


def told(outcomes: list[InstanceOutcome], folder: Path) -> dict[str, int | None]:
    return {str(outcome.source).removeprefix(f"{folder}/"): outcome.failure_reason for outcome in outcomes}


def test_files_folders_and_zips_are_stored_and_the_rest_is_told(
    ingest: Ingest, imaging: ImagingStore, scope: AccessScope, folder: Path
) -> None:
    assert told(list(ingest.store_files(scope, [folder])), folder) == {
        "1.dcm": None,
        "deep/2": None,
        "more.zip!a/3.dcm": None,
        "more.zip!a/4.dcm": None,
        "more.zip!a/readme": VALIDATION,
        "notes.txt": VALIDATION,
    }
    assert len(imaging.instances(scope, dicom.uid("study", "P1"))) == 4


def test_a_second_run_resumes_and_stores_only_what_is_new(
    ingest: Ingest, blobs: BlobStore, scope: AccessScope, folder: Path
) -> None:
    list(ingest.store_files(scope, [folder / "1.dcm", folder / "deep"]))
    before = {blob.blob_id for blob in blobs.walk()}
    again = list(ingest.store_files(scope, [folder]))
    fresh = [outcome for outcome in again if outcome.stored and not outcome.repeated]
    assert list(told(fresh, folder)) == ["more.zip!a/3.dcm", "more.zip!a/4.dcm"]
    assert set(told([outcome for outcome in again if outcome.repeated], folder)) == {"1.dcm", "deep/2"}
    assert len(before) + 2 == len({blob.blob_id for blob in blobs.walk()} | before)


def test_a_file_of_known_uids_and_other_bytes_is_named_and_not_passed_over(
    ingest: Ingest, blobs: BlobStore, scope: AccessScope, folder: Path
) -> None:
    list(ingest.store_files(scope, [folder / "1.dcm"]))
    (folder / "1.dcm").write_bytes(dicom.ct_instance(number=1, StudyDescription="Other"))
    (outcome,) = ingest.store_files(scope, [folder / "1.dcm"])
    assert (outcome.stored, outcome.failure_reason) == (False, EXISTS)
    assert len(list(blobs.walk())) == 1


def test_a_file_that_cannot_be_read_does_not_stop_the_others(
    ingest: Ingest, scope: AccessScope, folder: Path
) -> None:
    raw = bytearray((folder / "more.zip").read_bytes())
    raw[60:80] = bytes(20)
    (folder / "more.zip").write_bytes(raw)
    (folder / "gone").symlink_to(folder / "nowhere")
    reasons = told(list(ingest.store_files(scope, [folder, folder / "missing"])), folder)
    assert reasons["gone"] == reasons["missing"] == reasons["more.zip!a/3.dcm"] == VALIDATION
    assert reasons["more.zip!a/4.dcm"] is None
    assert reasons["1.dcm"] is None


def test_what_only_begins_like_a_zip_is_one_unreadable_file(tmp_path: Path) -> None:
    path = tmp_path / "broken.zip"
    path.write_bytes(b"PK\x03\x04 and no more")
    (source,) = sources([path], MOST)
    assert source.name == str(path)
    assert b"".join(source) == b"PK\x03\x04 and no more"


def test_an_encrypted_member_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "locked.zip"
    with ZipFile(path, "w") as archive:
        archive.writestr("a", b"secret")
    raw = bytearray(path.read_bytes())
    raw[6] |= 1
    raw[raw.index(b"PK\x01\x02") + 8] |= 1
    path.write_bytes(raw)
    found = sources([path], MOST)
    with pytest.raises(Refused):
        list(next(found))


def test_what_is_too_large_is_refused_before_it_is_opened(tmp_path: Path) -> None:
    bomb, large = tmp_path / "bomb.zip", tmp_path / "large"
    with ZipFile(bomb, "w", ZIP_DEFLATED) as archive:
        archive.writestr("zeros", bytes(64 * MOST))
    large.write_bytes(bytes(MOST + 1))

    for path in (bomb, large):
        (source,) = sources([path], MOST)

        def unpacked() -> BinaryIO:
            raise AssertionError("it was opened")

        with pytest.raises(Refused, match=f"larger than {MOST} bytes"):
            list(replace(source, open=unpacked))


def test_a_member_that_claims_to_be_small_brings_no_more(tmp_path: Path) -> None:
    path = tmp_path / "liar.zip"
    with ZipFile(path, "w", ZIP_DEFLATED) as archive:
        archive.writestr("zeros", bytes(MOST))
    raw = path.read_bytes()
    path.write_bytes(raw.replace(MOST.to_bytes(4, "little"), (100).to_bytes(4, "little")))

    found = sources([path], MOST)
    with pytest.raises(Refused):  # cut at what was claimed, the checksum does not fit
        list(next(found))

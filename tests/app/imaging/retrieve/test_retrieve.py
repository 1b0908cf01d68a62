"""Pictures are retrieved without any interface: files, frames and metadata."""

import zlib

import orjson
import pytest

from app.imaging.retrieve import ImagingRetrieval, frame_media_type, is_encapsulated
from app.security.scopes import system_scope
from app.wiring import Wiring
from graph.errors import NotFound, Unavailable
from graph.scope import AccessScope
from tests.factories.dicom import ct_instance
from tests.factories.elements import DEFLATED

FILE = ct_instance(patient_id="P1", study_uid="1.1", series_uid="1.1.1", sop_uid="1.1.1.1")


@pytest.fixture
def scope(tenant: str) -> AccessScope:
    return system_scope(tenant)


@pytest.fixture
def retrieval(services: Wiring, scope: AccessScope) -> ImagingRetrieval:
    """Retrieval of one stored slice."""
    assert services.ingest.store(scope, [[FILE]]).outcomes[0].stored
    return services.retrieval


def test_a_file_comes_back_as_it_was_sent(retrieval: ImagingRetrieval, scope: AccessScope) -> None:
    (instance,) = retrieval.instances(scope, "1.1")

    assert b"".join(retrieval.chunks(instance)) == FILE
    with retrieval.open(instance) as file:
        assert file.read() == FILE


def test_a_lost_file_is_no_absence(retrieval: ImagingRetrieval, services: Wiring, scope: AccessScope) -> None:
    (instance,) = retrieval.instances(scope, "1.1")
    services.blobs.delete(instance.blob_id)

    with pytest.raises(Unavailable):
        retrieval.open(instance)


def test_frames_are_counted_from_one(retrieval: ImagingRetrieval, scope: AccessScope) -> None:
    instance = retrieval.with_frames(scope, "1.1", "1.1.1", "1.1.1.1")
    (frame,) = retrieval.frames(instance, [1])

    assert FILE.endswith(frame)
    with pytest.raises(NotFound):
        retrieval.frames(instance, [2])


def test_a_deflated_file_that_was_damaged_is_no_absence(services: Wiring, scope: AccessScope) -> None:
    services.ingest.store(scope, [[ct_instance(study_uid="1.3", transfer_syntax=DEFLATED)]])
    (instance,) = services.retrieval.instances(scope, "1.3")
    found = services.retrieval.with_frames(scope, "1.3", instance.series_uid, instance.sop_uid)
    path = services.blobs.path(instance.blob_id)
    path.chmod(0o600)
    raw = path.read_bytes()
    path.write_bytes(raw[:400] + b"\xff" * 200)

    with pytest.raises(Unavailable):
        list(services.retrieval.frames(found, [1]))


def test_the_tag_of_metadata_changes_with_what_is_there(
    retrieval: ImagingRetrieval, services: Wiring, scope: AccessScope
) -> None:
    before = retrieval.metadata(scope, "1.1")
    assert orjson.loads(zlib.decompress(before.objects[0]))["00080018"]["Value"] == ["1.1.1.1"]

    services.ingest.store(scope, [[ct_instance(patient_id="P1", study_uid="1.1", number=2)]])

    assert retrieval.metadata(scope, "1.1").tag != before.tag


def test_an_unknown_syntax_is_encapsulated_and_has_no_media_type() -> None:
    assert (is_encapsulated("1.2.3"), frame_media_type("1.2.3")) == (True, None)
    assert (is_encapsulated("1.2.840.10008.1.2.1"), frame_media_type("1.2.840.10008.1.2.1")) == (False, None)
    assert frame_media_type("1.2.840.10008.1.2.4.90") == "image/jp2"

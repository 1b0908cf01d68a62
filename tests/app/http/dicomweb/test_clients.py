"""The unmodified dicomweb-client of PyPI, and every real file at hand, against a served gateway."""

from io import BytesIO

import imagecodecs
import numpy
import pytest
from dicomweb_client.api import DICOMwebClient  # type: ignore[import-untyped]
from PIL import Image
from pydicom import Dataset, dcmread
from pydicom.dataset import FileDataset, FileMetaDataset
from pydicom.pixels import pixel_array
from pydicom.uid import ExplicitVRLittleEndian
from requests import HTTPError

from tests.app.faults.ledger import parts_of, sop_of
from tests.app.serving import ServedGateway
from tests.factories.dicom import ct_instance, ct_study, encapsulated_instance, multi_frame_instance, uid
from tests.factories.real_files import real_files

PREAMBLE, VALIDATION = 128, 43264
JPEG_2000 = "1.2.840.10008.1.2.4.90"
STORED, FAILED = "ReferencedSOPSequence", "FailedSOPSequence"
EVERYTHING = {"Accept": 'multipart/related; type="application/dicom"; transfer-syntax=*'}


@pytest.fixture(scope="module")
def client(served: ServedGateway) -> DICOMwebClient:
    return DICOMwebClient(served.dicomweb, session=served.session())


def dataset(raw: bytes) -> FileDataset:
    return dcmread(BytesIO(raw))


def same(one: Dataset, other: Dataset) -> bool:
    return one.to_json_dict() == other.to_json_dict()


@pytest.fixture(scope="module")
def study(client: DICOMwebClient) -> str:
    """A study of three slices, stored by the client."""
    study = uid("client")
    told = client.store_instances([dataset(raw) for raw in ct_study(3, patient_id="CLIENT", study_uid=study)])
    assert len(told[STORED].value) == 3
    assert FAILED not in told
    return study


def series_of(study: str) -> str:
    return uid("series", study, "CT")


def test_it_searches_at_every_level(client: DICOMwebClient, study: str) -> None:
    (found,) = client.search_for_studies(search_filters={"PatientID": "CLIENT"}, fields=["StudyDescription"])
    (series,) = client.search_for_series(study)
    instances = client.search_for_instances(study, series_of(study), limit=2)
    rest = client.search_for_instances(study, series_of(study), limit=2, offset=2)

    assert found["0020000D"]["Value"] == [study]
    assert series["0020000E"]["Value"] == [series_of(study)]
    sops = {each["00080018"]["Value"][0] for each in (*instances, *rest)}
    assert sops == {sop_of(raw) for raw in ct_study(3, patient_id="CLIENT", study_uid=study)}
    assert client.search_for_studies(search_filters={"PatientID": "nobody"}) == []
    assert len(client.search_for_series(study, get_remaining=True)) == 1


def test_it_retrieves_studies_series_and_instances(client: DICOMwebClient, study: str) -> None:
    sent = {sop_of(raw): dataset(raw) for raw in ct_study(3, patient_id="CLIENT", study_uid=study)}
    one = next(iter(sent))

    for got in (client.retrieve_study(study), client.retrieve_series(study, series_of(study))):
        assert {each.SOPInstanceUID for each in got} == sent.keys()
        assert all(same(each, sent[each.SOPInstanceUID]) for each in got)
    assert same(client.retrieve_instance(study, series_of(study), one), sent[one])
    assert len(list(client.iter_study(study))) == 3


def test_it_retrieves_metadata(client: DICOMwebClient, study: str) -> None:
    sent = {sop_of(raw): dataset(raw) for raw in ct_study(3, patient_id="CLIENT", study_uid=study)}
    one = next(iter(sent))

    of_study = client.retrieve_study_metadata(study)
    of_series = client.retrieve_series_metadata(study, series_of(study))
    of_instance = client.retrieve_instance_metadata(study, series_of(study), one)

    assert len(of_study) == len(of_series) == 3
    read = Dataset.from_json(of_instance, lambda address: b"")
    assert (read.SOPInstanceUID, read.Rows, read.PatientName) == (one, 16, sent[one].PatientName)


def test_it_retrieves_what_metadata_name(client: DICOMwebClient) -> None:
    sent = dataset(ct_instance(patient_id="BULK", RedPaletteColorLookupTableData=bytes(range(256))))
    client.store_instances([sent])
    metadata = client.retrieve_instance_metadata(
        sent.StudyInstanceUID, sent.SeriesInstanceUID, sent.SOPInstanceUID
    )

    read = Dataset.from_json(metadata, lambda address: bytes(client.retrieve_bulkdata(address)[0]))

    assert same(read, sent)


def test_it_retrieves_frames(client: DICOMwebClient) -> None:
    clip = dataset(multi_frame_instance(frames=3, patient_id="CLIP"))
    client.store_instances([clip])
    address = (clip.StudyInstanceUID, clip.SeriesInstanceUID, clip.SOPInstanceUID)

    first, third = client.retrieve_instance_frames(*address, [1, 3])
    (second,) = client.retrieve_instance_frames(*address, [2])

    assert first + second + third == clip.PixelData


def test_it_retrieves_compressed_frames(client: DICOMwebClient) -> None:
    frames = [b"\xff\xd8" + bytes(100) + b"\xff\xd9", b"\xff\xd8" + bytes(50) + b"\xff\xd9"]
    clip = dataset(encapsulated_instance(frames, patient_id="JPEG"))
    client.store_instances([clip])
    address = (clip.StudyInstanceUID, clip.SeriesInstanceUID, clip.SOPInstanceUID)
    asked = (("image/jpeg", "1.2.840.10008.1.2.4.50"),)

    assert client.retrieve_instance_frames(*address, [1, 2], media_types=asked) == frames


def test_it_retrieves_frames_and_instances_in_another_syntax(client: DICOMwebClient, study: str) -> None:
    sent = dataset(next(ct_study(3, patient_id="CLIENT", study_uid=study)))
    address = (study, series_of(study), sent.SOPInstanceUID)

    (frame,) = client.retrieve_instance_frames(*address, [1], media_types=(("image/jp2", JPEG_2000),))
    whole = client.retrieve_instance(*address, media_types=(("application/dicom", JPEG_2000),))

    assert imagecodecs.jpeg2k_decode(frame).tobytes() == sent.PixelData
    assert whole.file_meta.TransferSyntaxUID == JPEG_2000
    assert numpy.array_equal(pixel_array(whole), pixel_array(sent))


@pytest.mark.parametrize("media_type", ["image/jpeg", "image/png"])
def test_it_retrieves_what_is_rendered(client: DICOMwebClient, study: str, media_type: str) -> None:
    sop_uid = sop_of(next(ct_study(3, patient_id="CLIENT", study_uid=study)))
    address = (study, series_of(study), sop_uid)

    for shown in (
        client.retrieve_instance_rendered(*address, media_types=(media_type,)),
        client.retrieve_instance_frames_rendered(*address, [1], media_types=(media_type,)),
    ):
        assert Image.open(BytesIO(shown)).size == (16, 16)


def test_it_deletes_instances_series_and_studies(client: DICOMwebClient) -> None:
    study = uid("to be deleted")
    series = series_of(study)
    sent = [dataset(raw) for raw in ct_study(2, study_uid=study)]
    client.store_instances(sent)

    client.delete_instance(study, series, sent[0].SOPInstanceUID)
    assert len(client.search_for_instances(study)) == 1
    client.delete_series(study, series)
    assert client.search_for_series(study) == []
    client.store_instances(sent)
    client.delete_study(study)
    with pytest.raises(HTTPError) as gone:
        client.retrieve_study(study)
    assert gone.value.response.status_code == 404


def test_it_stores_a_data_set_that_was_built_in_memory(client: DICOMwebClient) -> None:
    built = Dataset.from_json(dataset(ct_instance(patient_id="BUILT")).to_json_dict())
    built.file_meta = FileMetaDataset()
    built.file_meta.TransferSyntaxUID = ExplicitVRLittleEndian

    told = client.store_instances([built])

    assert [item.ReferencedSOPInstanceUID for item in told.ReferencedSOPSequence] == [built.SOPInstanceUID]
    got = client.retrieve_instance(built.StudyInstanceUID, built.SeriesInstanceUID, built.SOPInstanceUID)
    assert same(got, built)


def test_a_client_that_sends_again_is_done(client: DICOMwebClient, study: str) -> None:
    again = dataset(ct_instance(patient_id="CLIENT", study_uid=study, number=1))

    told = client.store_instances([again])

    assert [item.ReferencedSOPInstanceUID for item in told.ReferencedSOPSequence] == [again.SOPInstanceUID]
    assert "FailedSOPSequence" not in told


def test_it_is_told_what_failed(client: DICOMwebClient, study: str) -> None:
    again = dataset(ct_instance(patient_id="CLIENT", study_uid=study, number=1))
    again.StudyDescription = "Another one"

    with pytest.raises(HTTPError) as refused:
        client.store_instances([again])

    assert refused.value.response.status_code == 409


@pytest.mark.parametrize("step", [4, pytest.param(1, marks=pytest.mark.slow)])
def test_real_files_are_stored_or_refused_and_come_back_as_they_were(
    served: ServedGateway, step: int
) -> None:
    """Every fourth of them; in the slow test all."""
    files = real_files()[::step]
    workers, stored, refused = served.workers, 0, {}
    with served.session() as client:
        for path in files:
            raw = path.read_bytes()
            answer = client.post(
                f"{served.dicomweb}/studies", data=raw, headers={"Content-Type": "application/dicom"}
            )
            assert answer.status_code in (200, 202, 409), (path.name, answer.status_code, answer.text)
            told = answer.json()
            if answer.status_code == 409:
                refused[path.name] = told["00081198"]["Value"][0]["00081197"]["Value"][0]
                continue
            stored += 1
            where = told["00081199"]["Value"][0]["00081190"]["Value"][0]
            (back,) = parts_of(client.get(where, headers=EVERYTHING))
            assert back == bytes(PREAMBLE) + raw[PREAMBLE:], path.name
            assert client.get(f"{where}/metadata").json()[0]["00080018"], path.name
            assert client.delete(where).status_code == 204  # another file may be of the same instance

    assert served.workers == workers
    assert stored > 200 // step
    assert set(refused.values()) == {VALIDATION}  # without UIDs, cut short, or a directory of files
    assert len(refused) < 50
    assert served.resident < 1 << 30

"""Real DICOM files change hands: who and when are new, the pixels are the same bytes."""

from datetime import date
from importlib.resources.abc import Traversable
from io import BytesIO

import pytest
from pydicom import Dataset, dcmread

from app.samples.binding import DicomPatient, Taken, bind
from app.samples.pictures import SETS

TAKEN = Taken(
    owner=DicomPatient("P-1", "Kim^Seoyeon==김^서연", "19640213", "F"),
    study_uid="2.25.1",
    accession="A-1",
    day=date(2026, 11, 2),
    description="CT thigh",
    modality="CT",
)
SOURCES = {source.name: source for each in SETS.values() for source in each.sources()}


def read(raw: bytes) -> Dataset:
    return dcmread(BytesIO(raw), force=True)


@pytest.mark.parametrize("source", SOURCES.values(), ids=SOURCES.keys())
def test_a_file_of_any_kind_becomes_the_patients_and_keeps_its_pixels(source: Traversable) -> None:
    before, bound = read(source.read_bytes()), read(bind(source, 1, TAKEN))

    assert bound.get("PixelData") == before.get("PixelData")
    assert bound.file_meta.TransferSyntaxUID == before.file_meta.get("TransferSyntaxUID", "1.2.840.10008.1.2")
    assert bound.SOPClassUID == before.SOPClassUID
    assert (bound.PatientID, bound.PatientName, bound.PatientSex) == ("P-1", "Kim^Seoyeon==김^서연", "F")
    assert (bound.StudyInstanceUID, bound.StudyDate, bound.AccessionNumber) == ("2.25.1", "20261102", "A-1")
    assert bound.file_meta.MediaStorageSOPInstanceUID == bound.SOPInstanceUID
    assert bound.Modality
    assert "IssuerOfPatientID" not in bound


def test_files_of_one_series_stay_together_and_no_two_instances_are_one() -> None:
    pictures = SETS["mr syntaxes"].sources()

    bound = [read(bind(source, number, TAKEN)) for number, source in enumerate(pictures, 1)]

    assert len({each.SOPInstanceUID for each in bound}) == len(pictures)
    before = [read(source.read_bytes()).SeriesInstanceUID for source in pictures]
    after = [each.SeriesInstanceUID for each in bound]
    assert [before.index(uid) for uid in before] == [after.index(uid) for uid in after]
    assert len(set(before)) == len(set(after))


def test_the_waveform_of_an_ecg_survives() -> None:
    (source,) = SETS["ecg"].sources()

    before, bound = read(source.read_bytes()), read(bind(source, 1, TAKEN))

    assert bound.WaveformSequence[0].WaveformData == before.WaveformSequence[0].WaveformData


def test_binding_again_gives_the_same_bytes_and_another_study_other_uids() -> None:
    (source,) = SETS["ct slice"].sources()
    elsewhere = Taken(TAKEN.owner, "2.25.2", "A-2", TAKEN.day, "CT thigh", "CT")

    assert bind(source, 1, TAKEN) == bind(source, 1, TAKEN)
    assert read(bind(source, 1, TAKEN)).SOPInstanceUID != read(bind(source, 1, elsewhere)).SOPInstanceUID


def test_the_sets_cover_the_modalities_and_compressions_of_a_hospital() -> None:
    bound = [read(bind(source, 1, TAKEN)) for source in SOURCES.values()]

    assert {"CT", "MR", "US", "CR", "NM", "SR", "RTPLAN", "RTSTRUCT", "RTDOSE", "ECG"} <= {
        each.Modality for each in bound
    }
    families = {
        "1.2.840.10008.1.2",
        "1.2.840.10008.1.2.1",
        "1.2.840.10008.1.2.1.99",
        "1.2.840.10008.1.2.2",
        "1.2.840.10008.1.2.4.50",
        "1.2.840.10008.1.2.4.51",
        "1.2.840.10008.1.2.4.70",
        "1.2.840.10008.1.2.4.80",
        "1.2.840.10008.1.2.4.81",
        "1.2.840.10008.1.2.4.90",
        "1.2.840.10008.1.2.4.91",
        "1.2.840.10008.1.2.5",
    }
    assert families == {each.file_meta.TransferSyntaxUID for each in bound}

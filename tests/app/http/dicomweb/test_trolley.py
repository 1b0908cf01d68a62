"""The unmodified dicomtrolley of PyPI, a client of researchers, against a served gateway."""

from collections.abc import Iterator
from datetime import datetime
from io import BytesIO

import pytest
from dicomtrolley.core import QueryLevels, Study  # type: ignore[import-untyped]
from dicomtrolley.qido_rs import (  # type: ignore[import-untyped]
    HierarchicalQuery,
    QidoRS,
    QidoRSQueryBase,
    RelationalQuery,
)
from dicomtrolley.trolley import Trolley  # type: ignore[import-untyped]
from dicomtrolley.wado_rs import WadoRS, WadoRSMetaData  # type: ignore[import-untyped]
from pydicom import dcmread

from tests.app.serving import ServedGateway
from tests.factories.dicom import ct_study, uid

STUDY = uid("trolley")
SLICES = 3


@pytest.fixture(scope="module")
def trolley(served: ServedGateway) -> Trolley:
    """The client of a gateway that has one study of three slices."""
    session = served.session()
    for raw in slices():
        headers = {"Content-Type": "application/dicom"}
        assert session.post(f"{served.dicomweb}/studies", data=raw, headers=headers).ok
    return Trolley(downloader=WadoRS(session, served.dicomweb), searcher=QidoRS(session, served.dicomweb))


def slices() -> Iterator[bytes]:
    return ct_study(SLICES, patient_id="TROLLEY", study_uid=STUDY)


@pytest.mark.parametrize(
    "query",
    [
        HierarchicalQuery(query_level=QueryLevels.STUDY, PatientID="TROLLEY"),
        HierarchicalQuery(query_level=QueryLevels.STUDY, StudyInstanceUID=STUDY),
        HierarchicalQuery(query_level=QueryLevels.SERIES, StudyInstanceUID=STUDY),
        HierarchicalQuery(
            query_level=QueryLevels.STUDY,
            PatientID="TROLLEY",
            min_study_date=datetime(2026, 1, 1),
            max_study_date=datetime(2026, 12, 31),
            include_fields=["StudyDescription", "NumberOfStudyRelatedInstances"],
        ),
        RelationalQuery(query_level=QueryLevels.SERIES, StudyInstanceUID=STUDY),
        RelationalQuery(query_level=QueryLevels.INSTANCE, StudyInstanceUID=STUDY),
    ],
    ids=["by patient", "by study", "its series", "by date, with fields", "series anywhere", "instances"],
)
def test_it_finds_a_study(trolley: Trolley, query: QidoRSQueryBase) -> None:
    assert {str(each.uid) for each in trolley.find_studies(query)} == {STUDY}


def test_it_finds_nothing_without_an_error(trolley: Trolley) -> None:
    nobody = HierarchicalQuery(query_level=QueryLevels.STUDY, PatientID="NOBODY")

    assert trolley.find_studies(nobody) == []


def the_study(trolley: Trolley) -> Study:
    (found,) = trolley.find_studies(HierarchicalQuery(query_level=QueryLevels.STUDY, PatientID="TROLLEY"))
    return found


def test_it_downloads_a_study_as_it_was_stored(trolley: Trolley) -> None:
    got = {each.SOPInstanceUID: each for each in trolley.fetch_all_datasets([the_study(trolley)])}

    sent = {each.SOPInstanceUID: each for each in (dcmread(BytesIO(raw)) for raw in slices())}
    assert {name: each.to_json_dict() for name, each in got.items()} == {
        name: each.to_json_dict() for name, each in sent.items()
    }


def test_it_downloads_metadata(trolley: Trolley, served: ServedGateway) -> None:
    reader = WadoRSMetaData(served.session(), served.dicomweb)

    got = list(reader.datasets(the_study(trolley)))

    assert len(got) == SLICES
    assert {each.PatientID for each in got} == {"TROLLEY"}

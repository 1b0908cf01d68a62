"""QIDO-RS over HTTP: what a match shows, of what its files say and of what was asked for."""

from io import BytesIO
from typing import Any

import pytest
from flask.testing import FlaskClient
from pydicom import Dataset, dcmread
from werkzeug.test import TestResponse

from tests.app.conftest import AsRole
from tests.app.http.dicomweb.asking import store
from tests.factories.dicom import ct_instance

STUDY_UID, SERIES_UID, SOP_UID = "0020000D", "0020000E", "00080018"
MODALITIES_IN_STUDY = "00080061"


def asked(client: FlaskClient, as_role: AsRole, path: str) -> TestResponse:
    """The answer to a clinician's search."""
    return client.get(f"/dicom-web/{path}", headers=as_role("clinician"))


@pytest.mark.parametrize("name", ["StudyDescription", "00081030", "all"])
def test_fields_come_when_they_are_asked_for(client: FlaskClient, as_role: AsRole, name: str) -> None:
    store(client, as_role, ct_instance(StudyDescription="Knee"))

    (plain,) = client.get("/dicom-web/studies", headers=as_role("clinician")).json  # type: ignore[misc]
    (asked,) = client.get(f"/dicom-web/studies?includefield={name}", headers=as_role("clinician")).json  # type: ignore[misc]

    assert "00081030" not in plain
    assert asked["00081030"]["Value"] == ["Knee"]


@pytest.mark.parametrize("path", ["series", "studies/1.5/series", "studies/1.5/instances"])
@pytest.mark.parametrize("name", ["InstitutionName", "00080080", "00080080,Nonsense,00990001"])
def test_any_other_field_comes_from_the_stored_metadata(
    client: FlaskClient, as_role: AsRole, path: str, name: str
) -> None:
    store(client, as_role, ct_instance(study_uid="1.5", InstitutionName="Hospital"))

    (plain,) = asked(client, as_role, path).json  # type: ignore[misc]
    (wanted,) = asked(client, as_role, f"{path}?includefield={name}").json  # type: ignore[misc]

    assert wanted == dict(sorted({**plain, "00080080": {"vr": "LO", "Value": ["Hospital"]}}.items()))


def test_a_sequence_comes_whole_and_never_a_kept_attribute_of_one_instance(
    client: FlaskClient, as_role: AsRole
) -> None:
    item = Dataset()
    item.RequestedProcedureID, item.ScheduledProcedureStepID, item.StudyID = "R1", "S1", "inside"
    store(client, as_role, ct_instance(study_uid="1.5", RequestAttributesSequence=[item]))

    (row,) = asked(client, as_role, "studies/1.5/series?includefield=RequestAttributesSequence.StudyID").json  # type: ignore[misc]
    (study,) = asked(client, as_role, "studies?includefield=InstanceNumber,Modality").json  # type: ignore[misc]

    assert row["00400275"]["Value"][0]["00200010"]["Value"] == ["inside"]
    assert row["00400275"]["Value"][0]["00401001"]["Value"] == ["R1"]
    assert not {"00200013", "00080060"} & study.keys()


def test_an_empty_value_among_several_is_null(client: FlaskClient, as_role: AsRole) -> None:
    charsets = ["", "ISO 2022 IR 87"]
    store(client, as_role, ct_instance(study_uid="1.5", SpecificCharacterSet=charsets))

    (row,) = asked(client, as_role, "studies").json  # type: ignore[misc]
    (metadata,) = asked(client, as_role, "studies/1.5/metadata").json  # type: ignore[misc]

    assert row["00080005"] == metadata["00080005"] == {"vr": "CS", "Value": [None, "ISO 2022 IR 87"]}


_OPTIONAL = (
    "Modality", "PatientName", "PatientID", "PatientBirthDate", "PatientSex", "StudyDate", "StudyTime",
    "StudyID", "StudyDescription", "AccessionNumber", "ReferringPhysicianName", "SeriesNumber",
    "SeriesDescription", "InstanceNumber", "BodyPartExamined", "Rows",
)  # fmt: skip


@pytest.mark.parametrize("missing", _OPTIONAL)
@pytest.mark.parametrize("empty", [False, True])
def test_a_study_without_an_optional_attribute_does_not_break_the_list_of_a_viewer(
    client: FlaskClient, as_role: AsRole, missing: str, empty: bool
) -> None:
    """Viewers join the values of what is there, and read those of ModalitiesInStudy without looking."""
    if missing == "Rows":
        file = ct_instance(study_uid="1.6", series_uid="1.6.1", PixelData=None, Rows=None)
    else:
        file = ct_instance(study_uid="1.6", series_uid="1.6.1", **{missing: "" if empty else None})
    assert store(client, as_role, file).status_code in (200, 202)
    shown = "includefield=00081030,00080060,00080090,00100030,0008103E,00080021"

    for path, uid in (("studies", STUDY_UID), ("studies/1.6/series", SERIES_UID), ("instances", SOP_UID)):
        (row,) = asked(client, as_role, f"{path}?{shown}").json  # type: ignore[misc]
        assert row[uid]["Value"]
        assert all(_readable(entry) for entry in row.values())
        if path == "studies":
            assert (MODALITIES_IN_STUDY in row) == (missing != "Modality")
            assert row["00201208"]["Value"] == [1]


def _readable(entry: dict[str, Any]) -> bool:
    """Either there is no Value, or it is a list whose first value is one, a name's with a group."""
    return "vr" in entry and ("Value" not in entry or bool(entry["Value"] and entry["Value"][0]))


def test_a_private_field_comes_with_its_creator(client: FlaskClient, as_role: AsRole) -> None:
    dataset = Dataset()
    dataset.private_block(0x0029, "ACME", create=True).add_new(0x01, "LO", "ours")
    store(client, as_role, _with(ct_instance(study_uid="1.5"), dataset))

    (row,) = asked(client, as_role, "studies?includefield=00291001").json  # type: ignore[misc]

    assert (row["00290010"]["Value"], row["00291001"]["Value"]) == (["ACME"], ["ours"])


def _with(file: bytes, more: Dataset) -> bytes:
    """A file with further elements."""
    dataset = dcmread(BytesIO(file))
    dataset.update(more)
    written = BytesIO()
    dataset.save_as(written)
    return written.getvalue()

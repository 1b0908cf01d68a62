"""PUT: what is sent takes the place of what is there under its UIDs (the upsert of the DICOM service)."""

from dataclasses import replace
from functools import partial
from typing import Any

import pytest
from flask.testing import FlaskClient

from app.security.scopes import system_scope
from app.wiring import Wiring
from app.wiring.web import web_app
from graph.errors import Forbidden
from graph.invariants import InvariantStore
from tests.app.conftest import AsRole
from tests.app.http.dicomweb.asking import FAILED, STORED, related, store
from tests.factories.dicom import ct_instance, uid

STUDY = uid("study", "P1")
WARNING = "00081196"


put = partial(store, method="PUT")


def shown(client: FlaskClient, as_role: AsRole, path: str) -> Any:
    answer = client.get(path, headers=as_role("service"))
    return answer.json if answer.data else []


def feed(client: FlaskClient, as_role: AsRole) -> list[tuple[str, str]]:
    """Action and state of each entry."""
    return [
        (each["action"], each["state"]) for each in shown(client, as_role, "/dicom-web/changefeed?limit=100")
    ]


@pytest.mark.parametrize("path", ["/dicom-web/studies", f"/dicom-web/studies/{STUDY}"])
def test_what_is_not_there_is_stored(client: FlaskClient, as_role: AsRole, path: str) -> None:
    answer = put(client, as_role, ct_instance(), path=path)

    assert (answer.status_code, FAILED in answer.json) == (200, False)  # type: ignore[operator]
    assert feed(client, as_role) == [("Create", "Current")]


def test_what_is_there_makes_room_for_other_bytes(
    client: FlaskClient, as_role: AsRole, services: Wiring
) -> None:
    store(client, as_role, ct_instance(StudyDescription="Before"))

    answer = put(client, as_role, ct_instance(StudyDescription="After", NumberOfFrames=1))

    (told,) = answer.json[STORED]["Value"]  # type: ignore[index]
    assert (answer.status_code, WARNING in told) == (200, False)
    (study,) = shown(client, as_role, "/dicom-web/studies?includefield=StudyDescription")
    (instance,) = shown(client, as_role, f"/dicom-web/studies/{STUDY}/metadata")
    assert (study["00081030"]["Value"], study["00201208"]["Value"]) == (["After"], [1])
    assert instance["00081030"]["Value"] == ["After"]
    assert feed(client, as_role) == [("Create", "Replaced"), ("Update", "Current")]
    assert not list(InvariantStore(services.graph).violations(system_scope(services.sites.own.tenant)))


def test_the_same_bytes_succeed_without_a_warning_and_change_nothing(
    client: FlaskClient, as_role: AsRole
) -> None:
    store(client, as_role, ct_instance())

    answer = put(client, as_role, ct_instance())

    (told,) = answer.json[STORED]["Value"]  # type: ignore[index]
    assert (answer.status_code, WARNING in told) == (200, False)
    assert feed(client, as_role) == [("Create", "Current")]


def test_of_two_in_one_request_the_last_one_stays(
    client: FlaskClient, as_role: AsRole, services: Wiring
) -> None:
    versions = [ct_instance(StudyDescription=each) for each in ("One", "Two", "Three")]

    answer = put(client, as_role, *related(*versions))

    assert (answer.status_code, len(answer.json[STORED]["Value"])) == (200, 3)  # type: ignore[index]
    (instance,) = shown(client, as_role, f"/dicom-web/studies/{STUDY}/metadata")
    assert instance["00081030"]["Value"] == ["Three"]
    assert len(list(services.blobs.walk())) == 1


def test_the_fhir_study_shows_what_took_the_place(
    client: FlaskClient, as_role: AsRole, services: Wiring
) -> None:
    first, second = ct_instance(number=1), ct_instance(number=2)
    store(client, as_role, *related(first, second))
    put(client, as_role, ct_instance(number=1, StudyDescription="After", InstanceNumber=7, sop_uid=_sop(1)))

    study = _imaging_study(services, as_role)
    assert (study["numberOfInstances"], study["description"]) == (2, "After")
    assert sorted(each["number"] for each in study["series"][0]["instance"]) == [2, 7]


def _sop(number: int) -> str:
    """The UID that `ct_instance` gives the instance of a number."""
    return uid("instance", uid("series", STUDY, "CT"), number, "")


def _imaging_study(services: Wiring, as_role: AsRole) -> dict[str, Any]:
    """The one ImagingStudy of FHIR."""
    whole = web_app(services).test_client()
    answer = whole.get("/fhir/ImagingStudy", headers=as_role("clinician")).json
    (entry,) = answer["entry"]  # type: ignore[index]
    resource: dict[str, Any] = entry["resource"]
    return resource


def test_who_may_store_and_not_delete_replaces_nothing(services: Wiring) -> None:
    scope = system_scope(services.sites.own.tenant)
    narrow = replace(scope, permissions=scope.permissions - {"imaging.delete"})
    with pytest.raises(Forbidden):
        services.ingest.store(narrow, [[ct_instance()]], replacing=True)

"""What was deleted comes back as it was, into every window, for as long as its bytes are kept."""

from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient

from app.config import Config
from app.imaging.delete import ImagingRestoration
from app.security.scopes import system_scope
from app.wiring import Wiring
from app.wiring.web import web_app
from app.work.purge import purge_deleted
from graph.changes.changes import ChangeStore, FeedWindow
from graph.clock import now
from graph.errors import NotFound
from graph.invariants import InvariantStore
from graph.scope import AccessScope
from tests.app.conftest import AsRole
from tests.app.http.dicomweb.asking import related, store
from tests.factories.dicom import ct_instance, mr_instance, uid

STUDY = uid("study", "P1")
CT = uid("series", STUDY, "CT")
SOP = uid("instance", CT, 1, "")
PATH = f"/dicom-web/studies/{STUDY}"
A_MINUTE_LATER = 61_000_000  # µs


@pytest.fixture
def app(config: Config, services: Wiring) -> Flask:
    """DICOMweb and FHIR."""
    return web_app(services, ("dicomweb", "fhir"))


@pytest.fixture
def scope(services: Wiring) -> AccessScope:
    return system_scope(services.sites.own.tenant)


@pytest.fixture
def filled(client: FlaskClient, as_role: AsRole) -> FlaskClient:
    """A study of two series, three instances."""
    files = related(ct_instance(number=1), ct_instance(number=2), mr_instance())
    assert store(client, as_role, *files).status_code == 200
    return client


def ask(client: FlaskClient, as_role: AsRole, method: str, path: str) -> tuple[int, Any]:
    answer = client.open(path, method=method, headers=as_role("service"))
    return answer.status_code, answer.get_json(silent=True)


def imaging_study(client: FlaskClient, as_role: AsRole) -> dict[str, Any]:
    """The one ImagingStudy, without what tells its version."""
    found = client.get("/fhir/ImagingStudy", headers=as_role("clinician")).json
    (resource,) = (each["resource"] for each in found["entry"])  # type: ignore[index]
    return {name: value for name, value in resource.items() if name != "meta"}


DELETED = {PATH: 3, f"{PATH}/series/{CT}": 2, f"{PATH}/series/{CT}/instances/{SOP}": 1}


@pytest.mark.parametrize("path", DELETED)
def test_what_was_deleted_comes_back_as_it_was(
    filled: FlaskClient, as_role: AsRole, services: Wiring, scope: AccessScope, path: str
) -> None:
    instances = DELETED[path]
    _, before = ask(filled, as_role, "GET", f"{PATH}/metadata")
    was = imaging_study(filled, as_role)
    assert ask(filled, as_role, "DELETE", path)[0] == 204

    answer = ask(filled, as_role, "POST", f"{path}/$restore")

    _, metadata = ask(filled, as_role, "GET", f"{PATH}/metadata")
    study = imaging_study(filled, as_role)
    assert answer == (200, {"restored": instances, "taken": 0})
    assert sorted(metadata, key=str) == sorted(before, key=str)
    assert (study["id"], study["subject"]) == (was["id"], was["subject"])
    assert study["numberOfInstances"] == 3
    feed = ChangeStore(services.graph).page(scope, FeedWindow(limit=20), metadata=False)
    assert [each.action for each in feed[3:]] == ["Delete"] * instances + ["Create"] * instances
    assert not list(InvariantStore(services.graph).violations(scope))
    assert ask(filled, as_role, "POST", f"{path}/$restore")[0] == 404


def test_what_users_wrote_on_the_study_comes_back_with_it(filled: FlaskClient, as_role: AsRole) -> None:
    study = imaging_study(filled, as_role)
    noted = {**study, "reasonCode": [{"text": "Pain"}]}
    headers = as_role("clinician", Content_Type="application/fhir+json")
    put = filled.put(f"/fhir/ImagingStudy/{study['id']}", json=noted, headers=headers)
    assert put.status_code == 200, put.text
    ask(filled, as_role, "DELETE", PATH)

    ask(filled, as_role, "POST", f"{PATH}/$restore")

    assert imaging_study(filled, as_role)["reasonCode"] == noted["reasonCode"]


def test_an_older_version_still_shows_what_it_had(filled: FlaskClient, as_role: AsRole) -> None:
    study = imaging_study(filled, as_role)
    ask(filled, as_role, "DELETE", f"{PATH}/series/{CT}/instances/{SOP}")
    ask(filled, as_role, "POST", f"{PATH}/$restore")

    old: Any = filled.get(f"/fhir/ImagingStudy/{study['id']}/_history/1", headers=as_role("clinician")).json
    uids = [each["uid"] for series in old["series"] for each in series["instance"]]
    assert (old["numberOfInstances"], len(uids), SOP in uids) == (3, 3, True)


def test_it_may_be_deleted_and_restored_again_and_again(filled: FlaskClient, as_role: AsRole) -> None:
    for _ in range(2):
        assert ask(filled, as_role, "DELETE", PATH)[0] == 204
        assert ask(filled, as_role, "POST", f"{PATH}/$restore") == (200, {"restored": 3, "taken": 0})


def test_what_was_stored_in_its_place_stays(filled: FlaskClient, as_role: AsRole) -> None:
    ask(filled, as_role, "DELETE", f"{PATH}/series/{CT}")
    again = store(filled, as_role, ct_instance(number=1, StudyDescription="Again"))

    answer = ask(filled, as_role, "POST", f"{PATH}/$restore")
    second = ask(filled, as_role, "POST", f"{PATH}/$restore")

    assert again.status_code == 200
    assert answer == (200, {"restored": 1, "taken": 1})
    assert second[0] == 409
    _, (kept,) = ask(filled, as_role, "GET", f"{PATH}/series/{CT}/instances/{SOP}/metadata")
    assert kept["00081030"]["Value"] == ["Again"]


def test_of_what_was_deleted_twice_the_last_comes_back(filled: FlaskClient, as_role: AsRole) -> None:
    ask(filled, as_role, "DELETE", PATH)
    store(filled, as_role, ct_instance(number=1, StudyDescription="Again"))
    ask(filled, as_role, "DELETE", PATH)

    assert ask(filled, as_role, "POST", f"{PATH}/$restore") == (200, {"restored": 3, "taken": 0})
    _, (kept,) = ask(filled, as_role, "GET", f"{PATH}/series/{CT}/instances/{SOP}/metadata")
    assert kept["00081030"]["Value"] == ["Again"]


def test_after_the_grace_nothing_comes_back_and_the_bytes_go(
    filled: FlaskClient, as_role: AsRole, services: Wiring, scope: AccessScope
) -> None:
    ask(filled, as_role, "DELETE", PATH)
    late = ImagingRestoration(
        services.imaging,
        services.removals,
        services.blobs,
        limits=services.file_limits,
        today=lambda: "20260601",
        grace=0,
    )
    with pytest.raises(NotFound):
        late.restore(scope, STUDY)

    assert (
        purge_deleted(
            services.removals, services.blobs, services.derived, scope, now() + A_MINUTE_LATER, kept=300
        )
        == 0
    )
    assert (
        purge_deleted(services.removals, services.blobs, services.derived, scope, now() + A_MINUTE_LATER) == 3
    )
    assert ask(filled, as_role, "POST", f"{PATH}/$restore")[0] == 404
    assert not list(services.blobs.walk())


def test_what_came_back_is_not_purged(
    filled: FlaskClient, as_role: AsRole, services: Wiring, scope: AccessScope
) -> None:
    ask(filled, as_role, "DELETE", PATH)
    ask(filled, as_role, "POST", f"{PATH}/$restore")

    assert (
        purge_deleted(services.removals, services.blobs, services.derived, scope, now() + A_MINUTE_LATER) == 0
    )
    assert len(list(services.blobs.walk())) == 3


def test_what_never_was_cannot_be_restored(client: FlaskClient, as_role: AsRole) -> None:
    assert ask(client, as_role, "POST", f"{PATH}/$restore")[0] == 404
    assert ask(client, as_role, "POST", "/dicom-web/studies/x/$restore")[0] == 400

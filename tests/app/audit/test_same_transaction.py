"""A change and its audit entry are in the graph together, before any worker has moved a spool."""

from flask.testing import FlaskClient

from app.security.scopes import system_scope
from app.wiring import Wiring
from tests.app.conftest import AsRole
from tests.factories.dicom import ct_instance

STORED, REFUSED = "0" * 31 + "1", "0" * 31 + "2"  # ids of requests


def test_a_stored_picture_has_its_entry_in_the_same_commit(
    client: FlaskClient, as_role: AsRole, services: Wiring
) -> None:
    headers = as_role("service", Content_Type="application/dicom", X_Request_Id=STORED)

    stored = client.post("/dicom-web/studies", data=ct_instance(), headers=headers)

    (entry,) = services.audit.of_request(system_scope(services.sites.own.tenant), STORED)
    assert stored.status_code == 200
    assert (entry["subject"], entry["action"], entry["route"]) == ("demo-service", "C", "/dicom-web/studies")


def test_a_refused_change_leaves_no_entry_in_the_graph_yet(
    client: FlaskClient, as_role: AsRole, services: Wiring
) -> None:
    headers = as_role("service", Content_Type="application/dicom", X_Request_Id=REFUSED)

    refused = client.post("/dicom-web/studies", data=b"not DICOM", headers=headers)

    assert (refused.status_code, refused.headers["X-Request-Id"]) == (409, REFUSED)
    assert services.audit.of_request(system_scope(services.sites.own.tenant), REFUSED) == []

"""OPTIONS: what the service offers (PS3.18 8.9), and what a route takes."""

from collections.abc import Iterator
from xml.etree import ElementTree

from flask import Flask
from flask.testing import FlaskClient

from app.http.dicomweb.capabilities import NAMESPACE
from tests.app.conftest import AsRole


def offered(resource: ElementTree.Element, path: str = "") -> Iterator[tuple[str, str]]:
    """(method, path) of everything below a resource."""
    for method in resource.findall(f"{{{NAMESPACE}}}method"):
        yield method.attrib["name"], path
    for below in resource.findall(f"{{{NAMESPACE}}}resource"):
        yield from offered(below, f"{path}/{below.attrib['path']}")


def test_the_description_of_the_service_has_every_route(app: Flask, client: FlaskClient) -> None:
    answer = client.options("/dicom-web/")
    root = ElementTree.fromstring(answer.data)  # it is our own
    (resources,) = root.findall(f"{{{NAMESPACE}}}resources")
    ids = [each.attrib["id"] for each in root.iter(f"{{{NAMESPACE}}}method")]
    routes = {
        (
            method,
            rule.rule.removeprefix("/dicom-web").replace("path:", "").replace("<", "{").replace(">", "}"),
        )
        for rule in app.url_map.iter_rules()
        if rule.endpoint.startswith("dicomweb.")
        for method in (rule.methods or set()) - {"HEAD", "OPTIONS"}
    }

    assert (answer.status_code, answer.mimetype) == (200, "application/vnd.sun.wadl+xml")
    assert resources.attrib["base"] == "http://127.0.0.1:8042/dicom-web"
    assert set(offered(resources)) == routes
    assert len(ids) == len(set(ids))
    assert {"SearchForStudies", "StoreInstances", "RetrieveStudy", "RetrieveInstanceMetadata"} < set(ids)


def test_the_description_comes_as_json_too(client: FlaskClient) -> None:
    answer = client.options("/dicom-web", headers={"Accept": "application/json"})
    (resources,) = answer.json["application"]["resources"]  # type: ignore[index]
    assert answer.mimetype == "application/json"
    assert {each["path"] for each in resources["resource"]} == {
        *("studies", "series", "instances", "wado", "workitems", "subscribers")
    }
    assert client.options("/dicom-web/", headers={"Accept": "text/html"}).status_code == 406


def test_every_route_says_which_methods_it_has(app: Flask, client: FlaskClient) -> None:
    for rule in app.url_map.iter_rules():
        path = rule.rule
        for name in rule.arguments:
            path = path.replace(f"<{name}>", "1.2").replace(f"<path:{name}>", "7FE00010")
        answer = client.options(path)
        assert answer.status_code == 200, path
        if path.strip("/") != "dicom-web":
            allowed = set(answer.headers["Allow"].split(", "))
            assert (rule.methods or set()) <= allowed
            assert ("GET" in allowed) <= ("HEAD" in allowed)


def test_no_page_from_elsewhere_may_read_unless_the_settings_name_it(
    client: FlaskClient, as_role: AsRole
) -> None:
    answer = client.get("/dicom-web/studies", headers=as_role("clinician", Origin="https://viewer.example"))
    assert not [name for name, _ in answer.headers if name.startswith("Access-Control")]
    assert "Origin" not in answer.headers.get("Vary", "")

"""The front page: what runs and how to talk to it; not how much there is, and nobody's name."""

import re

import pytest
from flask import Flask
from flask.testing import FlaskClient

from app.wiring import Wiring
from graph.session import Graph
from tests.app.conftest import AsRole
from tests.factories.dicom import ct_instance

APIS = ("/dicom-web/studies", "/fhir/ImagingStudy", "/cohorts/query", "/dicom-web/changefeed")


@pytest.mark.parametrize("path", APIS)
def test_it_has_a_curl_for_each_api(client: FlaskClient, path: str) -> None:
    assert path in "".join(re.findall(r"curl .*?</pre>", client.get("/").text, re.DOTALL))


def test_it_links_to_pages_that_exist(client: FlaskClient) -> None:
    links = re.findall(r'href="([^"]+)"', client.get("/").text)
    assert "/docs/" in links
    answers = {link: client.get(link).status_code for link in links if not link.startswith("#")}
    assert answers.pop("http://127.0.0.1:8042/home") == 303  # to sign in
    assert set(answers.values()) <= {200, 503}


def test_it_is_the_same_page_whatever_is_stored(client: FlaskClient, as_role: AsRole) -> None:
    before = client.get("/").text
    file = ct_instance(patient_id="SEEN", PatientName="Kanarienvogel^Anna")
    headers = as_role("service", Content_Type="application/dicom")
    assert client.post("/dicom-web/studies", data=file, headers=headers).status_code == 200

    assert client.get("/").text == before


def test_it_tells_that_the_graph_is_away(
    app: Flask, services: Wiring, monkeypatch: pytest.MonkeyPatch
) -> None:
    away = Graph.connect("bolt://127.0.0.1:1", "neo4j", "")
    monkeypatch.setattr(services.graph, "_read_once", away._read_once)
    answer = app.test_client().get("/")
    away.close()
    assert answer.status_code == 200
    assert "graph: the record store does not answer now" in answer.text


def test_a_page_that_a_method_does_not_ask_for_says_which_do(client: FlaskClient) -> None:
    refused = client.delete("/cohorts")

    assert (refused.status_code, refused.mimetype) == (405, "text/html")
    assert "POST" in refused.headers["Allow"]

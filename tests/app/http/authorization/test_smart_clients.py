"""Apps on the stock clients of SMART, unmodified, launch from both sides and read what they were granted."""

import json
from collections.abc import Iterator
from dataclasses import dataclass, replace
from html import unescape
from typing import Any
from urllib.parse import urlencode

import pytest
import requests
from fhirclient.client import FHIRClient  # type: ignore[import-untyped]
from playwright.sync_api import Page, expect

from app.config import Config
from app.http.factory import WebApp
from app.security.authorization.registry import ClientWanted
from app.security.passwords import hash_password
from app.security.scopes import system_scope
from app.wiring import Wiring
from graph.clock import now
from graph.local.server import free_port
from tests.app.conftest import AsRole
from tests.app.http.authorization.apps import PASSWORD, REFRESH, Form
from tests.browsing.chromium import chromium
from tests.browsing.serving import serving
from tests.browsing.smart_app import SmartAppSite
from tests.factories.dicom import ct_instance
from tests.factories.fhir import encounter

SCOPE = "launch openid fhirUser launch/patient launch/encounter patient/*.rs offline_access"
HASH = hash_password(PASSWORD)


@dataclass(frozen=True)
class Place:
    """A gateway on a real address, one patient in it, and where its app is."""

    base: str
    app: str
    patient: str
    encounter: str
    studies: list[str]
    service: dict[str, str]

    @property
    def fhir(self) -> str:
        return f"{self.base}/fhir"

    def launch(self) -> dict[str, Any]:
        """What the EHR is told that opens the app for the patient."""
        body = {"user": "kim", "patient": self.patient, "encounter": self.encounter, "client": "app"}
        answer = requests.post(f"{self.base}/auth/launch", json=body, headers=self.service, timeout=10)
        answer.raise_for_status()
        return dict(answer.json())


@pytest.fixture
def config(config: Config) -> Config:
    return replace(config, base_url=f"http://127.0.0.1:{free_port()}")


@pytest.fixture
def place(app: WebApp, config: Config, services: Wiring, as_role: AsRole) -> Iterator[Place]:
    scope, service = system_scope(config.tenant), as_role("service")
    address = f"http://127.0.0.1:{free_port()}"
    services.accounts.add(scope, "kim", "clinician", None, now())
    services.people.set_password(scope, "kim", HASH, now())
    services.people.set_fhir_user(scope, "kim", "Practitioner/7")
    registered = ClientWanted(
        client_id="app",
        name="An app",
        redirect_uris=(f"{address}/index",),
        launch_uri=f"{address}/launch",
    )
    services.clients.add(scope, registered, now())
    client = app.test_client()
    picture = {**service, "Content-Type": "application/dicom"}
    client.post("/dicom-web/studies", data=ct_instance(patient_id="P1"), headers=picture)
    (study,) = client.get("/fhir/ImagingStudy", headers=service).get_json()["entry"]
    name = study["resource"]["subject"]["reference"]
    visit = client.post("/fhir/Encounter", json=encounter(name), headers=service).get_json()["id"]
    patient = name.removeprefix("Patient/")
    with serving(app, config.base_url):
        yield Place(config.base_url, address, patient, visit, [study["resource"]["id"]], service)


def signed_in(session: requests.Session, page: requests.Response, **filled: str) -> requests.Response:
    """What follows when the last form of a page is sent, filled in, by a browser without scripts."""
    form = Form(page.text)
    values, own_page = [*form.fields, *filled.items()], {"Origin": form.action.partition("/auth/")[0]}
    answer = session.post(form.action, data=values, headers=own_page, allow_redirects=False, timeout=10)
    found = REFRESH.search(answer.text)
    return session.get(unescape(found[1]), timeout=10) if found else answer


@pytest.mark.parametrize("launched", [False, True], ids=["standalone", "EHR"])
def test_the_python_client_reads_what_it_was_granted(place: Place, launched: bool) -> None:
    settings: dict[str, Any] = {
        "app_id": "app",
        "api_base": place.fhir,
        "redirect_uri": f"{place.app}/index",
        "scope": SCOPE,
    }
    if launched:
        settings["launch_token"] = place.launch()["launch"]
    smart = FHIRClient(settings=settings)
    session = requests.Session()

    page = signed_in(session, session.get(smart.authorize_url, timeout=10), name="kim", password=PASSWORD)
    if not launched:
        page = signed_in(session, page, patient=place.patient)
    back = signed_in(session, page, decision="agree")
    smart.handle_callback(back.headers["Location"])

    assert smart.patient_id == place.patient
    assert smart.patient.id == place.patient
    assert smart.reauthorize()
    assert smart.server.request_json(f"ImagingStudy?patient={place.patient}")["entry"]


def opened(page: Page, place: Place, *, launched: bool) -> Any:
    """What the app shows in the end, after somebody signed in and agreed."""
    if launched:
        page.goto(place.launch()["url"])
    else:
        page.goto(f"{place.app}/launch?{urlencode({'iss': place.fhir})}")
    page.get_by_label("Name").fill("kim")
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Sign in").click()
    if not launched:
        page.get_by_role("radio").first.check()
        page.get_by_role("button", name="Choose").click()
    page.get_by_role("button", name="Allow", exact=True).click()
    shown = page.locator("#shown")
    expect(shown).not_to_be_empty(timeout=30_000)
    return json.loads(shown.text_content() or "")


@pytest.mark.slow
@pytest.mark.parametrize("launched", [False, True], ids=["standalone", "EHR"])
def test_the_javascript_client_reads_what_it_was_granted_in_a_browser(place: Place, launched: bool) -> None:
    site = SmartAppSite({"clientId": "app", "scope": SCOPE, "iss": place.fhir})
    with serving(site, place.app), chromium() as browser:
        page = browser.new_page()
        page.set_default_timeout(30_000)

        shown = opened(page, place, launched=launched)

    assert (shown["patient"], shown["studies"]) == (place.patient, place.studies)
    assert shown["user"] == "Practitioner/7" or shown["user"].endswith("/fhir/Practitioner/7")
    assert shown["encounter"] == (place.encounter if launched else None)
    assert "patient/*.rs" in shown["scope"]

"""What a hostile reviewer tries first and no other test does; `docs/hostile.md` has all twenty."""

import json
from concurrent.futures import ThreadPoolExecutor
from urllib.parse import urlencode

import pytest
import requests

from app.security.scopes import system_scope
from app.wiring.web import web_app
from graph.accounts.accounts import Granted
from graph.clock import now
from tests.app.security.planting import Planter
from tests.app.serving import ServedGateway
from tests.factories.dicom import ct_instance, uid

HOSTILE = "`}) DETACH DELETE n //"
DICOM, JSON = {"Content-Type": "application/dicom"}, {"Content-Type": "application/json"}
PLACES = (
    ("/dicom-web/studies", {HOSTILE: "1"}),
    ("/dicom-web/studies", {"includefield": HOSTILE}),
    ("/dicom-web/studies", {"orderby": HOSTILE}),
    ("/dicom-web/studies", {f"00081140.{HOSTILE}": "1"}),
    ("/fhir/Patient", {HOSTILE: "1"}),
    ("/fhir/Patient", {"_sort": HOSTILE}),
    ("/fhir/Patient", {"_elements": HOSTILE}),
    ("/fhir/Patient", {f"name:{HOSTILE}": "1"}),
    ("/fhir/Patient", {f"_has:Observation:{HOSTILE}:code": "1"}),
    ("/fhir/Observation", {f"subject:Patient.{HOSTILE}": "1"}),
    ("/fhir/Patient", {"_include": HOSTILE}),
    ("/fhir/Patient", {"_filter": HOSTILE}),
)
COHORTS = (
    {HOSTILE: {}},
    {"condition": {"codes": [{"system": HOSTILE, "code": HOSTILE}]}},
    {"condition": {HOSTILE: "x"}},
    {"all": [{"sex": {"op": HOSTILE, "value": "female"}}]},
)


def stored(client: requests.Session, served: ServedGateway, study: str, number: int = 1) -> int:
    """The status of a store, sent again where the gateway is too busy to say what became of it."""
    raw = ct_instance(patient_id=study, study_uid=uid(study), number=number)
    for _ in range(5):
        answer = client.post(f"{served.dicomweb}/studies", data=raw, headers=DICOM, timeout=120)
        if answer.status_code != 503:
            break
    return answer.status_code


def test_no_name_that_a_client_makes_up_reaches_the_language_of_the_graph(served: ServedGateway) -> None:
    with served.session() as client:
        assert stored(client, served, "untouched") == 200
        for path, pairs in PLACES:
            answer = client.get(f"{served.base}{path}?{urlencode(pairs)}", timeout=60)
            assert answer.status_code in (200, 204, 400), (path, pairs, answer.text[:200])
        for population in COHORTS:
            asked = {"version": "1", "asOf": "2026-11-22", "population": population}
            answer = client.post(
                f"{served.base}/cohorts/query", data=json.dumps(asked), headers=JSON, timeout=60
            )
            assert answer.status_code in (200, 400), (population, answer.text[:200])

        found = client.get(f"{served.dicomweb}/studies?StudyInstanceUID={uid('untouched')}")
        assert len(found.json()) == 1


def test_twenty_stores_of_one_instance_make_one_patient_and_one_picture(
    served: ServedGateway,
) -> None:
    def store(_: int) -> int:
        with served.session() as client:
            return stored(client, served, "twenty")

    with ThreadPoolExecutor(20) as pool:
        statuses = list(pool.map(store, range(20)))

    with served.session() as client:
        patients = client.get(f"{served.base}/fhir/Patient?identifier=twenty").json()["entry"]
        pictures = client.get(f"{served.dicomweb}/studies/{uid('twenty')}/instances").json()
    assert set(statuses) <= {200, 202}
    assert (len(patients), len(pictures)) == (1, 1)


def test_a_reader_of_the_feed_beside_eight_writers_finds_no_number_late(served: ServedGateway) -> None:
    def write(writer: int) -> None:
        with served.session() as client:
            for number in range(10):
                assert stored(client, served, f"writer {writer}", number) == 200

    with served.session() as client, ThreadPoolExecutor(8) as pool:
        seen = last(client, served)
        writers = [pool.submit(write, each) for each in range(8)]
        read = []
        while not all(each.done() for each in writers) or seen < last(client, served):
            url = f"{served.dicomweb}/changefeed?offset={seen}&limit=50&includeMetadata=false"
            numbers = [each["sequence"] for each in client.get(url, timeout=60).json()]
            read += numbers
            seen = max(numbers, default=seen)
        for each in writers:
            each.result()

    assert len(read) >= 80
    assert read == list(range(read[0], read[0] + len(read)))


def last(client: requests.Session, served: ServedGateway) -> int:
    latest = client.get(f"{served.dicomweb}/changefeed/latest?includeMetadata=false", timeout=60)
    return int(latest.json()["sequence"]) if latest.content and latest.status_code == 200 else 0


@pytest.fixture(scope="module")
def planter(served: ServedGateway) -> Planter:
    return Planter(web_app(served.services), served.services, served.config.tenant)


@pytest.mark.parametrize("path", ["/fhir/Patient/{patient}", "/dicom-web/studies/{study}/metadata"])
def test_who_lost_a_grant_is_not_told_that_nothing_has_changed(
    served: ServedGateway, planter: Planter, path: str
) -> None:
    services = served.services
    scope = system_scope(served.config.tenant)
    target = planter.plant()
    name = f"guest-{target.mark}"
    services.accounts.add(scope, name, "teleradiologist", None, now())
    services.accounts.grant(scope, name, Granted(patient=target.patient), now())
    token = services.issuer.issue(
        name, served.config.tenant, now=now() // 1_000_000, token_id=target.mark, lifetime=600
    )
    url = served.base + path.format(patient=target.patient, study=target.study)
    with requests.Session() as client:
        client.headers["Authorization"] = f"Bearer {token}"
        tag = client.get(url).headers["ETag"]
        assert client.get(url, headers={"If-None-Match": tag}).status_code == 304

        services.accounts.revoke(scope, name, Granted(patient=target.patient))
        assert client.get(url, headers={"If-None-Match": tag}).status_code == 404

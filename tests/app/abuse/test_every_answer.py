"""Every route of a real gateway is called: what each answer tells a browser, and where no patient's name is.

The name is planted in pictures and in the record, and asked for. It stands in answers to those who may see
it, in blobs and in the graph, and nowhere else.
"""

from base64 import b64encode
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote

import pytest

from app.wiring.web import web_app
from graph.local.state import Neo4jAddress
from graph.session import Graph
from tests.app.security.planting import Planter, Target
from tests.app.security.routes import Route
from tests.app.security.routes_table import ROUTES
from tests.app.serving import NOT_ALL_IS_THERE, ServedGateway, gateway_at
from tests.factories.dicom import ct_instance
from tests.throw_away import renderers_of

OK = 200
NAME = "Kanarienvogel"
FORMS = (NAME, NAME.upper(), NAME.lower(), NAME.encode().hex(), b64encode(NAME.encode()).decode()[:-3])
TRACES = tuple(each.encode() for each in FORMS)
EVERY: Mapping[str, str] = {
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Strict-Transport-Security": "max-age=31536000; includeSubDomains",
}
OF_THE_VIEWER = ("/viewer/app-config.js", "/viewer/app.bundle.css", "/viewer/viewer")
"""The viewer has a policy of its own: it is somebody else's program, which must find its files and data."""
OF_EVERYBODY = {"/docs/swagger-ui.css", "/assets/hilum.css", "/viewer/app.bundle.css"}
"""Files that are the same for everybody, which a browser may keep."""
ASKED = (
    Route("GET /fhir/<type:kind>", "fhir.read", f"/fhir/Patient?name={NAME}"),
    Route("GET /fhir/<type:kind>", "fhir.read", f"/fhir/Patient?nothing={NAME}"),
    Route("GET /fhir/<type:kind>", "fhir.read", f"/fhir/Condition?patient.name={NAME}&_format=xml"),
    Route("GET /dicom-web/studies", "imaging.read", f"/dicom-web/studies?PatientName={NAME}*"),
    Route(
        "GET /dicom-web/studies", "imaging.read", f"/dicom-web/studies?PatientName={NAME}&fuzzymatching=true"
    ),
)


@dataclass(frozen=True)
class Answered:
    """What one call got."""

    route: Route
    caller: str
    status: int
    headers: Mapping[str, str]
    body: bytes

    def __str__(self) -> str:
        return f"{self.route} as {self.caller}: {self.status}"


@pytest.fixture(scope="module")
def temporary(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of temporary files of the gateway, and of nobody else."""
    return tmp_path_factory.mktemp("temporary")


@pytest.fixture(scope="module")
def watched(
    graph: Graph, neo4j_address: Neo4jAddress, temporary: Path, run_folder: Path, renderers: None
) -> Iterator[ServedGateway]:
    """A gateway that is told that TLS is in front of it."""
    settings = {
        "TMPDIR": str(temporary),
        "HILUM_BASE_URL": "https://hilum.example",
        "HILUM_RENDERER": str(renderers_of(run_folder) / "renderer.sock"),
    }
    with gateway_at(temporary.with_name("watched"), neo4j_address, **settings) as gateway:
        gateway.start()
        yield gateway


@pytest.fixture(scope="module")
def target(watched: ServedGateway) -> Target:
    """Pictures and a diagnosis of somebody with that name."""
    services = watched.services
    planter = Planter(web_app(services), services, services.sites.own.tenant)
    planted = planter.plant()
    owner = planter.caller("superuser")
    stored = planter.client.post(
        "/dicom-web/studies",
        data=ct_instance(patient_id=NAME, PatientName=f"{NAME}^Hans", PatientComments=NAME),
        headers={**owner.headers, "Content-Type": "application/dicom"},
    )
    assert stored.status_code == 200
    chart = {
        "resourceType": "Patient",
        "id": planted.patient,
        "name": [{"family": NAME, "text": NAME}],
        "address": [{"text": NAME}],
    }
    kept = planter.client.put(
        f"/fhir/Patient/{planted.patient}",
        json=chart,
        headers={**owner.headers, "Content-Type": "application/fhir+json"},
    )
    assert kept.status_code == 200, kept.text
    return planted


@pytest.fixture(scope="module")
def answers(watched: ServedGateway, target: Target) -> list[Answered]:
    """Those of all routes, to who may do everything and to nobody; what changes something comes last."""
    callers = {"superuser": {"Authorization": f"Bearer {watched.tokens['superuser']}"}, "nobody": {}}
    in_order = sorted((*ASKED, *ROUTES), key=lambda route: (route.changes, route.method == "DELETE"))
    with watched.session() as client:
        del client.headers["Authorization"]
        found = []
        for route in in_order:
            for caller, credentials in reversed(callers.items()):
                answer = client.request(
                    route.method,
                    address_of(watched) + route.at(target),
                    data=route.body(target) if route.body else None,
                    headers={**route.headers, **credentials},
                    allow_redirects=False,
                )
                found.append(Answered(route, caller, answer.status_code, answer.headers, answer.content))
    return found


def address_of(watched: ServedGateway) -> str:
    return f"http://{watched.config.host}:{watched.config.port}"


def tells(text: bytes) -> bool:
    return any(trace in text for trace in TRACES)


def test_the_name_is_there_to_be_told(answers: list[Answered]) -> None:
    telling = {each.caller for each in answers if tells(each.body)}

    assert telling == {"superuser"}


def test_no_answer_is_a_failure_of_the_gateway(answers: list[Answered]) -> None:
    failed = [
        str(each)
        for each in answers
        if each.status >= 500 and not each.route.path.startswith(NOT_ALL_IS_THERE)
    ]

    assert failed == []


def test_every_answer_tells_browsers_the_same(answers: list[Answered]) -> None:
    lacking = [
        f"{each} lacks {name}"
        for each in answers
        for name, value in EVERY.items()
        if each.headers.get(name) != value
    ]

    assert lacking == []
    assert all("camera=()" in each.headers["Permissions-Policy"] for each in answers)
    told = {each.headers["Referrer-Policy"]: str(each) for each in answers}
    assert told.keys() == {"no-referrer", "same-origin"}  # the second of pages
    assert all(
        each.body.startswith(b"<!") for each in answers if each.headers["Referrer-Policy"] != "no-referrer"
    )


def test_what_is_no_page_of_ours_may_do_nothing_in_a_browser(answers: list[Answered]) -> None:
    for each in answers:
        policy, kind = each.headers["Content-Security-Policy"], each.headers.get("Content-Type", "")
        if each.route.path in OF_THE_VIEWER and each.status == OK:
            assert "script-src 'self' 'unsafe-eval';" in policy, str(each)
        elif kind.startswith("text/html"):
            assert "script-src 'self'" in policy, str(each)
            assert not each.route.path.startswith(("/fhir", "/dicom-web")), str(each)
        else:
            assert policy.endswith("sandbox"), str(each)
        assert "frame-ancestors 'none'" in policy
        assert "base-uri 'none'" in policy
        assert "unsafe" not in policy or each.route.path in OF_THE_VIEWER


def test_nobody_keeps_an_answer(answers: list[Answered]) -> None:
    kept = {each.route.path: each.headers["Cache-Control"] for each in answers}

    assert {path for path, value in kept.items() if value != "no-store"} == OF_EVERYBODY


def test_every_content_says_what_it_is(answers: list[Answered]) -> None:
    silent = [str(each) for each in answers if each.body and "Content-Type" not in each.headers]

    assert silent == []
    texts = [each for each in answers if each.headers.get("Content-Type", "").startswith("text/")]
    assert [str(each) for each in texts if "charset=utf-8" not in each.headers["Content-Type"].lower()] == []


def test_no_refusal_and_no_header_tells_a_name(answers: list[Answered]) -> None:
    refusals = [each for each in answers if each.status >= 400 and each.route not in ASKED]

    assert len(refusals) > len(ROUTES) // 2
    assert [str(each) for each in refusals if tells(each.body)] == []
    assert [str(each) for each in answers if tells(repr(each.headers).encode())] == []


def test_logs_and_metrics_tell_no_name(watched: ServedGateway, answers: list[Answered]) -> None:
    with watched.session() as client:
        metrics = client.get(f"{address_of(watched)}/metrics").content

    assert answers
    assert b"hilum_requests_total" in metrics
    assert not tells(metrics)
    assert '"event": "request"' in watched.log or '"event":"request"' in watched.log
    assert not tells(watched.log.encode())
    assert quote(NAME)[:8] not in watched.log


def test_no_file_beside_the_pictures_tells_a_name(
    watched: ServedGateway, answers: list[Answered], temporary: Path
) -> None:
    blobs = watched.config.home / "blobs"
    places = (watched.config.home, temporary)
    every = [each for place in places for each in place.rglob("*") if each.is_file()]
    beside = [each for each in every if not each.is_relative_to(blobs)]

    assert answers
    assert any("audit" in each.parts for each in beside)
    assert [each.name for each in beside if tells(each.read_bytes())] == []
    unfinished = {each.name for each in every if each.is_relative_to(blobs / "temp")}
    assert unfinished <= {"lock"}
    assert list(temporary.iterdir()) == []

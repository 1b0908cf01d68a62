"""A record is opened in an emergency for a time, and somebody else judges that."""

from typing import Any

import pytest
from flask.testing import FlaskClient

from app.audit.reading import read_spool
from app.http.kit.metrics import BREAK_GLASS
from app.security import consents
from app.wiring import Wiring
from tests.app.conftest import AsRole
from tests.app.http.administration.conftest import Manager, ManagerOf
from tests.factories.consents import opted_out
from tests.factories.dicom import ct_instance
from tests.factories.fhir import condition, patient

GLASS = "/break-glass"
FORM: dict[str, Any] = {"patient": "mine", "reason": "ETREAT", "text": "unconscious in the emergency room"}


@pytest.fixture
def doctor(acting: ManagerOf) -> Manager:
    """Who may break the glass, and sees nobody before."""
    return acting("break-glass")


@pytest.fixture
def judge(acting: ManagerOf) -> Manager:
    """Who judges it."""
    return acting("privacy-officer")


@pytest.fixture(autouse=True)
def record(client: FlaskClient, as_role: AsRole) -> None:
    """Two patients with a diagnosis each."""
    headers = as_role("superuser")
    for name in ("mine", "theirs"):
        for resource in (patient(id=name), condition(f"Patient/{name}", id=f"of-{name}")):
            path = f"/fhir/{resource['resourceType']}/{resource['id']}"
            assert client.put(path, json=resource, headers=headers).status_code == 201


def opened(doctor: Manager, **more: Any) -> dict[str, Any]:
    answer = doctor.send("POST", GLASS, {**FORM, **more})
    assert answer.status_code == 201, answer.text
    found: dict[str, Any] = answer.get_json()
    return found


def seen(doctor: Manager) -> list[int]:
    return [
        doctor.get(f"/fhir/{each}").status_code
        for each in ("Patient/mine", "Condition/of-mine", "Patient/theirs")
    ]


def test_it_opens_that_patient_and_nobody_else(doctor: Manager) -> None:
    assert seen(doctor) == [404, 404, 404]

    glass = opened(doctor)

    assert seen(doctor) == [200, 200, 404]
    assert (glass["user"], glass["role"], glass["patient"]) == ("demo-break-glass", "break-glass", "mine")
    assert [each["resource"]["id"] for each in doctor.get("/fhir/Condition").get_json()["entry"]] == [
        "of-mine"
    ]


def test_it_opens_the_pictures_of_the_patient(doctor: Manager, client: FlaskClient, as_role: AsRole) -> None:
    headers = {**as_role("superuser"), "Content-Type": "application/dicom"}
    assert (
        client.post("/dicom-web/studies", data=ct_instance(patient_id="p"), headers=headers).status_code
        == 200
    )
    (entry,) = client.get("/fhir/Patient?identifier=p", headers=as_role("superuser")).get_json()["entry"]
    assert doctor.get("/dicom-web/studies").get_json() in (None, [])

    opened(doctor, patient=entry["resource"]["id"])

    assert len(doctor.get("/dicom-web/studies").get_json()) == 1


def test_opening_tells_nobody_whether_there_is_such_a_patient(doctor: Manager) -> None:
    there, absent = opened(doctor), opened(doctor, patient="nobody")

    passing = {"id", "patient", "openedAt", "until"}
    assert {key: there[key] for key in there.keys() - passing} == {
        key: absent[key] for key in absent.keys() - passing
    }
    assert there.keys() == absent.keys()


def test_it_ends_at_once_when_it_is_closed_and_by_itself(
    doctor: Manager, judge: Manager, services: Wiring
) -> None:
    glass = opened(doctor)
    assert seen(doctor)[0] == 200
    closed = judge.send("DELETE", f"{GLASS}/{glass['id']}")
    assert (closed.status_code, closed.get_json()["endedBy"]) == (200, "demo-privacy-officer")
    assert seen(doctor) == [404, 404, 404]

    mine = opened(doctor)
    assert seen(doctor)[0] == 200
    assert doctor.send("DELETE", f"{GLASS}/{mine['id']}").get_json()["endedBy"] == "demo-break-glass"
    assert seen(doctor)[0] == 404

    opened(doctor)
    assert seen(doctor)[0] == 200
    with services.rights_edition.changing():
        services.graph.run(
            "MATCH (b:BreakGlass) WHERE b.tenant = $tenant SET b.until = 0", tenant=services.sites.own.tenant
        )
    assert seen(doctor)[0] == 404


def test_who_opened_it_does_not_judge_it_and_somebody_else_does_once(
    doctor: Manager, judge: Manager, acting: ManagerOf
) -> None:
    glass = opened(acting("superuser"))
    path, form = f"{GLASS}/{glass['id']}/review", {"verdict": "justified", "comment": "seen on the ward"}

    assert acting("superuser").send("POST", path, form).status_code == 403
    assert doctor.send("POST", path, form).status_code == 403
    judged = judge.send("POST", path, form)
    assert judged.status_code == 200
    assert judged.get_json().items() >= {"verdict": "justified", "reviewedBy": "demo-privacy-officer"}.items()
    assert judge.send("POST", path, form).status_code == 409
    assert judge.send("POST", f"{GLASS}/never/review", form).status_code == 404
    assert judge.send("POST", path, {"verdict": "perhaps"}).status_code == 400


def test_what_was_not_justified_is_closed_with_it(doctor: Manager, acting: ManagerOf) -> None:
    glass = opened(doctor)
    assert seen(doctor)[0] == 200

    acting("administrator").send("POST", f"{GLASS}/{glass['id']}/review", {"verdict": "unjustified"})

    assert seen(doctor)[0] == 404


def test_who_judges_sees_all_that_wait_and_who_opens_their_own(
    doctor: Manager, judge: Manager, acting: ManagerOf
) -> None:
    first, second = opened(doctor), opened(acting("superuser"), patient="theirs")
    judge.send("POST", f"{GLASS}/{first['id']}/review", {"verdict": "justified"})

    def ids(who: Manager, query: str = "") -> list[str]:
        return [each["id"] for each in who.get(GLASS + query).get_json()["opened"]]

    assert ids(judge) == [second["id"], first["id"]]
    assert ids(judge, "?reviewed=no") == [second["id"]]
    assert ids(judge, "?reviewed=yes") == [first["id"]]
    assert ids(doctor) == [first["id"]]
    assert doctor.send("DELETE", f"{GLASS}/{second['id']}").status_code == 404
    following = judge.get(f"{GLASS}?limit=1").get_json()["next"]
    assert [each["id"] for each in judge.get(following).get_json()["opened"]] == [first["id"]]
    for wrong in ("?reviewed=maybe", "?after=x", "?limit=0", "?patient=mine"):
        assert judge.get(GLASS + wrong).status_code == 400


def test_it_is_an_entry_of_the_patient_and_an_alert(doctor: Manager, services: Wiring) -> None:
    before = BREAK_GLASS._value.get()

    opened(doctor)

    assert BREAK_GLASS._value.get() == before + 1
    lines = list(read_spool(services.audit_folder, services.audit_key))
    (entry,) = [each for each in lines if each.get("interaction") == "open_record"]
    (outcome,) = [each for each in lines if each["id"] == entry["id"] and each["kind"] == "outcome"]
    assert (entry["subject"], entry["purpose"], entry["action"]) == ("demo-break-glass", "BTG", "C")
    assert (outcome["status"], outcome["concerning"]) == (201, ["Patient/mine"])


def test_it_opens_what_the_patient_keeps_from_everybody_and_of_that_patient_alone(
    client: FlaskClient, as_role: AsRole, acting: ManagerOf, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(consents, "LOOKED_AT_SECONDS", 0.0)
    owner = {**as_role("superuser"), "Content-Type": "application/fhir+json"}
    for name in ("mine", "theirs"):
        assert client.post("/fhir/Consent", json=opted_out(name), headers=owner).status_code == 201
    form = {"actions": ["fhir.read", "break-glass.open"], "rows": ["all"], "purpose": "TREAT"}
    acting("administrator").send("PUT", "/administration/roles/clinician", form)
    clinician = acting("clinician")
    assert seen(clinician) == [404, 404, 404]

    opened(clinician)

    assert seen(clinician) == [200, 200, 404]


@pytest.mark.parametrize(
    ("more", "place"),
    [
        ({"patient": "../x"}, "$.patient"),
        ({"reason": "curiosity"}, "$.reason"),
        ({"text": "short"}, "$.text"),
        ({"text": "unconscious \u202e in the room"}, "$.text"),
        ({"seconds": 10**6}, "$.seconds"),
        ({"until": "for ever"}, "$.until"),
    ],
)
def test_without_a_reason_and_a_bound_nothing_opens(
    doctor: Manager, more: dict[str, Any], place: str
) -> None:
    answer = doctor.send("POST", GLASS, {**FORM, **more})

    assert (answer.status_code, answer.get_json()["location"]) == (400, [place])
    assert seen(doctor) == [404, 404, 404]


def test_it_is_for_who_may(acting: ManagerOf) -> None:
    for role in ("clinician", "teleradiologist", "patient", "administrator", "auditor"):
        assert acting(role).send("POST", GLASS, FORM).status_code == 403
    for role in ("clinician", "auditor"):
        assert acting(role).get(GLASS).status_code == 403


def test_so_many_are_open_at_a_time(doctor: Manager) -> None:
    for _ in range(20):
        opened(doctor)
    assert doctor.send("POST", GLASS, FORM).status_code == 409

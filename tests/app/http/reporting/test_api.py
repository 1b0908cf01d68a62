"""Reports over the API: each step, what a client must know, and what it is told that is wrong."""

from collections.abc import Callable
from typing import Any

import pytest

from app.wiring import Wiring
from tests.app.conftest import signing_in
from tests.app.http.reporting.conftest import Asking
from tests.factories.reporting import KOREAN, Department

Ask = Callable[[str], Asking]
WHAT = "Tension pneumothorax"


def begun(asking: Asking, study: str, **body: Any) -> Any:
    content = {"findings": "Nodule.", "impression": KOREAN, **body.pop("content", {})}
    answer = asking.send("POST", f"/reporting/studies/{study}", {"content": content, **body})
    assert answer.status_code == 201, answer.text
    assert answer.headers["Location"].endswith(f"/reporting/reports/{answer.json['id']}")
    return answer.json


def test_a_report_goes_from_its_first_words_to_an_addendum(department: Department, asking: Ask) -> None:
    waiting, reader = department.waiting(), asking("reader")
    opened = reader.get(f"/reporting/studies/{waiting.uid}").json
    assert opened["report"] is None
    assert opened["suggested"]["indication"] == "Cough for six weeks"
    assert [each["reference"] for each in opened["priors"]] == [waiting.prior]

    path = f"/reporting/reports/{begun(reader, waiting.uid)['id']}"
    signed = reader.send("PUT", path, {"content": {"impression": KOREAN}, "sign": True}, version=1)
    assert (signed.json["status"], signed.headers["ETag"]) == ("final", 'W/"2"')
    added = reader.send("POST", f"{path}/addendum", {"text": "CT of 2024 seen."}, version=2)
    assert (added.status_code, added.json["status"]) == (200, "appended")
    mended = {"content": {"impression": "8 mm."}, "reason": "Measured anew"}
    assert reader.send("POST", f"{path}/correction", mended, version=3).json["status"] == "amended"

    read = reader.get(path)
    assert read.headers["ETag"] == 'W/"4"'
    assert [each["status"] for each in read.json["versions"]] == [
        "amended",
        "appended",
        "final",
        "preliminary",
    ]
    assert reader.get(f"{path}?version=2").json["content"]["impression"] == KOREAN
    gone = reader.send("POST", f"{path}/withdrawal", {"reason": "Another patient"}, version=4)
    assert gone.json["status"] == "entered-in-error"


def test_who_read_another_version_is_told_so(department: Department, asking: Ask) -> None:
    waiting, reader = department.waiting(), asking("reader")
    report = begun(reader, waiting.uid)
    path = f"/reporting/reports/{report['id']}"
    assert asking("second").send("PUT", path, {"content": {"findings": "B"}}, version=1).status_code == 200

    refused = reader.send("PUT", path, {"content": {"findings": "A"}}, version=1)
    again = reader.send("POST", f"/reporting/studies/{waiting.uid}", {"content": {"findings": "A"}})

    assert (refused.status_code, refused.mimetype) == (412, "application/problem+json")
    assert again.status_code == 409


@pytest.mark.parametrize(
    ("body", "version", "told"),
    [
        ({"content": {"findings": "A"}}, None, (400, "If-Match")),
        ({"content": {"finding": "A"}}, 1, (400, "finding")),
        ({"content": {"findings": 7}}, 1, (400, "findings")),
        ({"content": {"findings": "a\u0000b"}}, 1, (400, "findings")),
        ({"content": {"findings": "가" * 16_001}}, 1, (413, "findings")),
        ({"content": []}, 1, (400, "content")),
        ({"contents": {}}, 1, (400, "contents")),
        ({"content": {}, "sign": "yes"}, 1, (400, "sign")),
        ({"content": {}, "sign": True}, 1, (400, "impression")),
        ({"content": {"priors": ["ImagingStudy/none"]}}, 1, (400, "priors")),
        ([], 1, (400, "body")),
    ],
)
def test_what_is_wrong_is_told_by_its_place(
    department: Department, asking: Ask, body: Any, version: int | None, told: tuple[int, str]
) -> None:
    reader = asking("reader")
    path = f"/reporting/reports/{begun(reader, department.waiting().uid)['id']}"

    refused = reader.send("PUT", path, body, version=version)

    assert (refused.status_code, refused.json["location"]) == (told[0], [told[1]]), refused.text


@pytest.mark.parametrize("tag", ["3", 'W/"x"', 'W/"1", W/"2"', "*", 'W/"-1"', 'W/"99999999999"'])
def test_a_version_is_named_by_one_tag(department: Department, asking: Ask, tag: str) -> None:
    reader = asking("reader")
    path = f"/reporting/reports/{begun(reader, department.waiting().uid)['id']}"
    headers = {**reader.headers, "If-Match": tag}

    refused = reader.client.put(path, json={"content": {}}, headers=headers)

    assert (refused.status_code, refused.json["location"]) == (400, ["If-Match"])


@pytest.mark.parametrize(
    "path",
    [
        *("/reporting/studies/1.2.3", "/reporting/studies/none", "/reporting/reports/none"),
        "/reporting/reports/" + "x" * 300,
    ],
)
def test_what_is_not_there_is_404(department: Department, asking: Ask, path: str) -> None:
    assert asking("reader").get(path).status_code == 404


@pytest.mark.parametrize("version", ["0", "-1", "x", "9999999999", "1.5"])
def test_a_version_that_is_none_is_refused(department: Department, asking: Ask, version: str) -> None:
    reader = asking("reader")
    report = begun(reader, department.waiting().uid)
    answer = reader.get(f"/reporting/reports/{report['id']}?version={version}")
    assert (answer.status_code, answer.json["location"]) == (400, ["version"])
    assert reader.get(f"/reporting/reports/{report['id']}?version=77").status_code == 404


def test_a_critical_result_is_listed_and_acknowledged(department: Department, asking: Ask) -> None:
    reader, orderer = asking("reader"), asking("orderer")
    report = begun(reader, department.waiting().uid, content={"critical": WHAT}, sign=True)

    def of(asks: Asking, whose: str) -> list[str]:
        listed = asks.get("/reporting/critical-results").json[whose]
        return [each["report"] for each in listed]

    name = f"DiagnosticReport/{report['id']}"
    assert name in of(orderer, "forYou")
    assert name in of(reader, "byYou")
    path = f"/reporting/reports/{report['id']}/acknowledgement"
    assert reader.send("POST", path).status_code == 403
    (told,) = orderer.send("POST", path).json
    assert (told["status"], told["acknowledgedBy"], told["inPlace"]) == ("completed", "Dohyun Lee", False)
    assert orderer.send("POST", path).json == [told]
    assert name not in of(orderer, "forYou") + of(reader, "byYou")
    assert reader.get(f"/reporting/reports/{report['id']}").json["criticalResults"] == [told]


def test_each_access_says_whose_record_it_touched(
    department: Department, asking: Ask, gateway: Wiring
) -> None:
    waiting, reader = department.waiting(), asking("reader")
    report = begun(reader, waiting.uid, sign=True)
    reader.get(f"/reporting/reports/{report['id']}")
    gateway.recorder.close()
    gateway.audit_mover.move()

    headers = signing_in(gateway)("superuser")
    found = reader.client.get(f"/fhir/AuditEvent?patient=Patient/{waiting.patient}", headers=headers)

    told = found.get_data(as_text=True)
    assert "/reporting/studies/<study>" in told
    assert "/reporting/reports/<report>" in told

"""UPS-RS: workitems are created, retrieved and updated rule by rule (PS3.18 11.4 to 11.6, PS3.4 annex CC)."""

from typing import Any

import pytest

from app.imaging.native_model import write_native
from tests.app.http.dicomweb.working import JSON, WORKITEMS, UpsClient, warning_of
from tests.factories.workitems import code, dataset, new_uid, performed, tag, workitem

INCONSISTENT = "The submitted request is inconsistent with the state of the UPS Instance."


# Create


def test_it_is_created_under_the_uid_of_the_address(ups: UpsClient) -> None:
    for query in ("?{}", "?workitem={}", "?AffectedSOPInstanceUID={}"):
        uid = new_uid()

        answer = ups.send("POST", query.format(uid), workitem())

        assert answer.status_code == 201
        assert answer.headers["Location"].endswith(f"{WORKITEMS}/{uid}")
        assert "Warning" not in answer.headers
        found = ups.retrieve(uid)
        assert found[tag("SOPClassUID")]["Value"] == ["1.2.840.10008.5.1.4.34.6.1"]
        assert found[tag("SOPInstanceUID")]["Value"] == [uid]
        assert tag("ScheduledProcedureStepModificationDateTime") in found


def test_it_is_created_under_the_uid_of_the_data_set_or_a_new_one(ups: UpsClient) -> None:
    uid = new_uid()
    named = ups.send("POST", "", workitem(SOPInstanceUID=uid))
    made = ups.send("POST", "", workitem())

    assert named.headers["Location"].endswith(f"/{uid}")
    assert made.headers["Location"].rpartition("/")[2].startswith("2.25.")
    other = ups.send("POST", f"?{new_uid()}", workitem(SOPInstanceUID=uid))
    assert (other.status_code, other.get_json()["location"]) == (400, ["SOPInstanceUID"])


def test_a_uid_is_taken_once(ups: UpsClient) -> None:
    uid = ups.create()
    assert ups.send("POST", f"?{uid}", workitem()).status_code == 409


@pytest.mark.parametrize(
    "uid",
    [
        "1.2.840.10008.5.1.4.34.5",  # the worklist itself, which subscriptions name
        "1.2.840.10008.5.1.4.34.5.1",
        "1.2.840.10008.5.1.4.34.6.1",
        "1.2.03",
        "01.2",
        "3.1",
        "0",
        "1",
        "1..2",
        "1.2." + "1" * 61,
    ],
)
def test_a_uid_that_is_chosen_keeps_the_rules_and_is_none_of_the_standard(ups: UpsClient, uid: str) -> None:
    answers = [ups.send("POST", f"?workitem={uid}", workitem()), ups.send("POST", f"?{uid}", workitem())]
    answers.append(ups.send("POST", "", workitem(SOPInstanceUID=uid)))
    claim = ups.change(ups.create(), "IN PROGRESS", uid)

    for answer in answers:
        assert (answer.status_code, answer.get_json()["location"]) == (400, ["SOPInstanceUID"])
    assert (claim.status_code, claim.get_json()["location"]) == (400, ["TransactionUID"])


@pytest.mark.parametrize(
    "attribute",
    [
        "ScheduledProcedureStepPriority",
        "ProcedureStepLabel",
        "ScheduledProcedureStepStartDateTime",
        "InputReadinessState",
        "ProcedureStepState",
    ],
)
def test_what_is_required_is_named_where_it_lacks(ups: UpsClient, attribute: str) -> None:
    for body in (workitem(attribute), workitem(**{attribute: ()})):
        answer = ups.send("POST", "", body)
        assert (answer.status_code, answer.get_json()["location"]) == (400, [attribute])


@pytest.mark.parametrize(
    ("attributes", "location"),
    [
        ({"ProcedureStepState": "IN PROGRESS"}, "ProcedureStepState"),
        ({"ScheduledProcedureStepPriority": "URGENT"}, "ScheduledProcedureStepPriority"),
        ({"InputReadinessState": "MAYBE"}, "InputReadinessState"),
        ({"TransactionUID": "1.2.3"}, "TransactionUID"),
        ({"SOPClassUID": "1.2.840.10008.5.1.4.1.1.2"}, "SOPClassUID"),
        ({"ScheduledProcedureStepStartDateTime": "tomorrow"}, "ScheduledProcedureStepStartDateTime"),
        ({"StudyInstanceUID": "1..2"}, "StudyInstanceUID"),
        ({"PatientBirthDate": "19700231"}, "PatientBirthDate"),
        (
            {"ProcedureStepProgressInformationSequence": ({"ProcedureStepProgress": "10"},)},
            "ProcedureStepProgressInformationSequence",
        ),
        (
            {"ScheduledWorkitemCodeSequence": ({"CodeMeaning": "nothing"},)},
            "ScheduledWorkitemCodeSequence[0].CodeValue",
        ),
        (
            {"ScheduledStationNameCodeSequence": ({"CodeValue": "CT1", "CodeMeaning": "CT 1"},)},
            "ScheduledStationNameCodeSequence[0].CodingSchemeDesignator",
        ),
    ],
)
def test_what_cannot_be_is_refused_by_its_place(
    ups: UpsClient, attributes: dict[str, Any], location: str
) -> None:
    answer = ups.send("POST", "", workitem(**attributes))
    assert (answer.status_code, answer.get_json()["location"]) == (400, [location])


@pytest.mark.parametrize(
    ("attributes", "location"),
    [
        ({"ProcedureStepState": ("SCHEDULED", "COMPLETED")}, "ProcedureStepState"),
        ({"ScheduledProcedureStepPriority": ("LOW", "HIGH")}, "ScheduledProcedureStepPriority"),
        ({"PatientID": ("1", "2")}, "PatientID"),
        ({"PatientID": "1\\2"}, "PatientID"),
        ({"PatientName": "A^B\\C^D"}, "PatientName.Alphabetic"),
        ({"ProcedureStepLabel": ("a", "b")}, "ProcedureStepLabel"),
        ({"ScheduledProcedureStepStartDateTime": ("2026", "2027")}, "ScheduledProcedureStepStartDateTime"),
        ({"ScheduledWorkitemCodeSequence": (code("1"), code("2"))}, "ScheduledWorkitemCodeSequence"),
        ({"ProcedureStepProgressInformationSequence": ({}, {})}, "ProcedureStepProgressInformationSequence"),
        (
            {"ReferencedRequestSequence": ({"RequestedProcedureCodeSequence": (code("1"), code("2"))},)},
            "ReferencedRequestSequence[0].RequestedProcedureCodeSequence",
        ),
        ({"PatientOrientation": ("A", "F", "L")}, "PatientOrientation"),
    ],
)
def test_so_many_values_and_items_as_an_attribute_has_and_no_more(
    ups: UpsClient, attributes: dict[str, Any], location: str
) -> None:
    answer = ups.send("POST", "", workitem(**attributes))
    assert (answer.status_code, answer.get_json()["location"]) == (400, [location])


def test_many_values_where_an_attribute_has_many_and_a_backslash_in_a_comment(ups: UpsClient) -> None:
    sent: dict[str, Any] = {"MedicalAlerts": ("a", "b")}
    sent |= {"CommentsOnTheScheduledProcedureStep": "on \\\\server"}
    uid = ups.create(**sent)
    found = ups.retrieve(uid)
    assert found[tag("MedicalAlerts")]["Value"] == ["a", "b"]
    assert found[tag("CommentsOnTheScheduledProcedureStep")]["Value"] == ["on \\\\server"]


def test_nobody_claims_under_two_transactions_or_into_two_states(ups: UpsClient) -> None:
    uid = ups.create()
    two = dataset(ProcedureStepState="IN PROGRESS", TransactionUID=(new_uid(), new_uid()))
    both = dataset(ProcedureStepState=("IN PROGRESS", "CANCELED"), TransactionUID=new_uid())

    answers = [ups.send("PUT", f"/{uid}/state", each) for each in (two, both)]

    assert [each.get_json()["location"] for each in answers] == [["TransactionUID"], ["ProcedureStepState"]]
    assert {each.status_code for each in answers} == {400}
    performed_twice = {name: {**each, "Value": each["Value"] * 2} for name, each in performed().items()}
    assert ups.send("POST", f"/{uid}", performed_twice).status_code == 400
    assert ups.state(uid) == "SCHEDULED"


def test_what_may_be_empty_is_added_with_a_warning(ups: UpsClient) -> None:
    uid = new_uid()
    answer = ups.send("POST", f"?{uid}", workitem("AdmissionID", "PatientSex"))

    assert answer.status_code == 201
    assert "299" in warning_of(answer)
    assert "The Workitem was created with modifications." in warning_of(answer)
    assert ups.retrieve(uid)[tag("AdmissionID")] == {"vr": "LO"}


def test_a_data_set_may_come_alone_or_as_xml(ups: UpsClient) -> None:
    alone = ups.http.post(WORKITEMS, json=workitem(), headers={**ups.headers, **JSON})
    in_xml = ups.http.post(
        WORKITEMS,
        data=write_native(workitem(PatientName="Xu^Mei")),
        headers={**ups.headers, "Content-Type": "application/dicom+xml"},
    )

    assert (alone.status_code, in_xml.status_code) == (201, 201)
    uid = in_xml.headers["Location"].rpartition("/")[2]
    assert ups.retrieve(uid)[tag("PatientName")]["Value"] == [{"Alphabetic": "Xu^Mei"}]


@pytest.mark.parametrize(
    ("body", "kind", "status"),
    [
        (b"[]", "application/dicom+json", 400),
        (b"[{},{}]", "application/dicom+json", 400),
        (b"{", "application/dicom+json", 400),
        (b"", "application/dicom+json", 400),
        (b"7", "application/dicom+json", 400),
        (b"<a/>", "application/dicom+xml", 400),
        (b"[{}]", "text/plain", 415),
        (b"[{}]", "", 415),
    ],
)
def test_a_body_that_is_no_data_set_is_refused(ups: UpsClient, body: bytes, kind: str, status: int) -> None:
    uid = ups.create()
    sent = {**ups.headers, **({"Content-Type": kind} if kind else {})}
    for method, path in (("POST", ""), ("POST", f"/{uid}"), ("PUT", f"/{uid}/state")):
        answer = ups.http.open(f"{WORKITEMS}{path}", method=method, data=body, headers=sent)
        assert (answer.status_code, answer.mimetype) == (status, "application/problem+json")


# Retrieve


def test_the_transaction_uid_is_never_shown(ups: UpsClient) -> None:
    uid, transaction = ups.claimed()
    answers = [
        ups.send("GET", f"/{uid}"),
        ups.send("GET", "", includefield="all"),
        ups.send("GET", "", includefield="TransactionUID"),
        ups.send("GET", "", TransactionUID=transaction),
    ]
    for answer in answers:
        assert answer.status_code == 200
        assert transaction not in answer.text
        assert tag("TransactionUID") not in answer.text


def test_it_is_retrieved_as_json_and_as_xml(ups: UpsClient) -> None:
    uid = ups.create()
    for accept in ("application/dicom+json", "application/json", "application/dicom+xml", "*/*"):
        answer = ups.http.get(f"{WORKITEMS}/{uid}", headers={**ups.headers, "Accept": accept})
        assert answer.status_code == 200
        assert uid in answer.text
    refused = ups.http.get(f"{WORKITEMS}/{uid}", headers={**ups.headers, "Accept": "image/png"})
    assert refused.status_code == 406


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("GET", ""),
        ("POST", ""),
        ("PUT", "/state"),
        ("POST", "/cancelrequest"),
        ("POST", "/subscribers/X"),
        ("DELETE", "/subscribers/X"),
    ],
)
def test_what_is_not_there_is_404_and_what_is_no_uid_400(ups: UpsClient, method: str, path: str) -> None:
    bodies = {"PUT": dataset(ProcedureStepState="IN PROGRESS", TransactionUID="1.2"), "POST": dataset()}
    body = bodies.get(method) if "subscribers" not in path else None

    assert ups.send(method, f"/{new_uid()}{path}", body).status_code == 404
    assert ups.send(method, f"/seven{path}", body).status_code == 400


# Update


def test_one_that_nobody_claimed_needs_no_transaction_uid(ups: UpsClient) -> None:
    uid = ups.create()

    answer = ups.send("POST", f"/{uid}", dataset(ScheduledProcedureStepPriority="LOW"))

    assert answer.status_code == 200
    assert ups.retrieve(uid)[tag("ScheduledProcedureStepPriority")]["Value"] == ["LOW"]
    named = ups.send("POST", f"/{uid}?1.2.3", dataset(WorklistLabel="B"))
    assert named.status_code == 400


def test_one_in_progress_changes_who_holds_its_lock(ups: UpsClient) -> None:
    uid, transaction = ups.claimed()
    change = dataset(WorklistLabel="B")

    missing = ups.send("POST", f"/{uid}", change)
    wrong = ups.send("POST", f"/{uid}?{new_uid()}", change)
    two = ups.send("POST", f"/{uid}?{transaction}", dataset(WorklistLabel="B", TransactionUID="1.2"))

    assert (missing.status_code, wrong.status_code, two.status_code) == (400, 400, 400)
    assert "299" in warning_of(missing)
    assert "The Transaction UID is missing." in warning_of(missing)
    assert "The Transaction UID is incorrect." in warning_of(wrong)
    assert ups.retrieve(uid)[tag("WorklistLabel")]["Value"] == ["Reading"]
    for query in ("?{}", "?transaction-uid={}", "?transaction={}"):
        assert ups.send("POST", f"/{uid}{query.format(transaction)}", change).status_code == 200
    inside = dataset(WorklistLabel="C", TransactionUID=transaction)
    assert ups.send("POST", f"/{uid}", inside).status_code == 200
    assert ups.retrieve(uid)[tag("WorklistLabel")]["Value"] == ["C"]


@pytest.mark.parametrize(
    "attributes",
    [
        {"ProcedureStepState": "COMPLETED"},
        {"PatientID": "another"},
        {"PatientName": "Other^One"},
        {"SOPInstanceUID": "1.2.3"},
        {"ReferencedRequestSequence": ()},
        {"ScheduledProcedureStepPriority": ()},
        {"InputReadinessState": "SOON"},
    ],
)
def test_what_may_not_be_updated_is_named(ups: UpsClient, attributes: dict[str, Any]) -> None:
    uid = ups.create()
    answer = ups.send("POST", f"/{uid}", dataset(**attributes))
    assert (answer.status_code, answer.get_json()["location"]) == (400, list(attributes))

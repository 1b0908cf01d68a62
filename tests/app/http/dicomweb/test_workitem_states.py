"""UPS-RS: a workitem from its claim to its end, rule by rule (PS3.18 11.7 and 11.8, PS3.4 annex CC)."""

import pytest
from flask.testing import FlaskClient

from app.imaging.worklist.worklist import from_whom
from tests.app.conftest import AsRole
from tests.app.http.dicomweb.working import UpsClient, warning_of
from tests.factories.workitems import code, dataset, new_uid, performed, tag, workitem

INCONSISTENT = "The submitted request is inconsistent with the state of the UPS Instance."


# Change of state: table CC.1.1-2


def test_from_claim_to_completed(ups: UpsClient) -> None:
    uid, transaction = ups.claimed()
    assert ups.state(uid) == "IN PROGRESS"
    assert ups.send("POST", f"/{uid}?{transaction}", performed()).status_code == 200

    answer = ups.change(uid, "COMPLETED", transaction)

    assert (answer.status_code, warning_of(answer)) == (200, "")
    assert ups.state(uid) == "COMPLETED"


def test_from_claim_to_canceled(ups: UpsClient) -> None:
    uid, transaction = ups.claimed()

    assert ups.change(uid, "CANCELED", transaction).status_code == 200

    (progress,) = ups.retrieve(uid)[tag("ProcedureStepProgressInformationSequence")]["Value"]
    assert tag("ProcedureStepCancellationDateTime") in progress
    (reason,) = progress[tag("ProcedureStepDiscontinuationReasonCodeSequence")]["Value"]
    assert reason[tag("CodeValue")]["Value"] == ["110513"]


def completed(ups: UpsClient) -> tuple[str, str]:
    uid, transaction = ups.claimed()
    ups.send("POST", f"/{uid}?{transaction}", performed())
    assert ups.change(uid, "COMPLETED", transaction).status_code == 200
    return uid, transaction


def canceled(ups: UpsClient) -> tuple[str, str]:
    uid, transaction = ups.claimed()
    assert ups.change(uid, "CANCELED", transaction).status_code == 200
    return uid, transaction


def scheduled(ups: UpsClient) -> tuple[str, str]:
    return ups.create(), new_uid()


def claimed(ups: UpsClient) -> tuple[str, str]:
    return ups.claimed()


MAKERS = {"SCHEDULED": scheduled, "IN PROGRESS": claimed, "COMPLETED": completed, "CANCELED": canceled}


@pytest.mark.parametrize(
    ("target", "current", "status", "warning"),
    [
        ("SCHEDULED", "SCHEDULED", 400, INCONSISTENT),
        ("SCHEDULED", "IN PROGRESS", 400, INCONSISTENT),
        ("IN PROGRESS", "IN PROGRESS", 409, INCONSISTENT),
        ("IN PROGRESS", "COMPLETED", 409, INCONSISTENT),
        ("IN PROGRESS", "CANCELED", 409, INCONSISTENT),
        ("COMPLETED", "SCHEDULED", 409, INCONSISTENT),
        ("COMPLETED", "IN PROGRESS", 409, INCONSISTENT),  # it does not say what was done
        ("COMPLETED", "COMPLETED", 200, "The UPS is already in the requested state of COMPLETED."),
        ("COMPLETED", "CANCELED", 409, INCONSISTENT),
        ("CANCELED", "SCHEDULED", 409, INCONSISTENT),
        ("CANCELED", "COMPLETED", 409, INCONSISTENT),
        ("CANCELED", "CANCELED", 200, "The UPS is already in the requested state of CANCELED."),
    ],
)
def test_each_other_change_of_state_is_answered_as_the_table_has_it(
    ups: UpsClient, target: str, current: str, status: int, warning: str
) -> None:
    uid, transaction = MAKERS[current](ups)

    answer = ups.change(uid, target, transaction)

    assert answer.status_code == status
    assert warning_of(answer).startswith("299 ")
    assert warning in warning_of(answer)
    assert ups.state(uid) == current


@pytest.mark.parametrize("current", ["IN PROGRESS", "COMPLETED", "CANCELED"])
@pytest.mark.parametrize("target", ["COMPLETED", "CANCELED"])
def test_a_wrong_transaction_uid_ends_nothing(ups: UpsClient, target: str, current: str) -> None:
    uid, _ = MAKERS[current](ups)

    answer = ups.change(uid, target, new_uid())

    assert answer.status_code == 400
    assert "The Transaction UID is incorrect." in warning_of(answer)
    assert ups.state(uid) == current


def test_a_change_of_state_names_a_transaction_and_a_state(ups: UpsClient) -> None:
    uid = ups.create()
    missing = ups.send("PUT", f"/{uid}/state", dataset(ProcedureStepState="IN PROGRESS"))
    nowhere = ups.send("PUT", f"/{uid}/state", dataset(TransactionUID="1.2"))
    unknown = ups.send("PUT", f"/{uid}/state", dataset(ProcedureStepState="DONE", TransactionUID="1.2"))

    assert "The Transaction UID is missing." in warning_of(missing)
    assert [each.status_code for each in (missing, nowhere, unknown)] == [400, 400, 400]


def test_what_a_completed_one_lacks_is_named(ups: UpsClient) -> None:
    uid, transaction = ups.claimed()
    whole = performed()
    (item,) = whole[tag("UnifiedProcedureStepPerformedProcedureSequence")]["Value"]
    for keyword in (
        "PerformedStationNameCodeSequence",
        "PerformedProcedureStepStartDateTime",
        "PerformedWorkitemCodeSequence",
        "PerformedProcedureStepEndDateTime",
        "OutputInformationSequence",
    ):
        without = {name: each for name, each in item.items() if name != tag(keyword)}
        body = {tag("UnifiedProcedureStepPerformedProcedureSequence"): {"vr": "SQ", "Value": [without]}}
        assert ups.send("POST", f"/{uid}?{transaction}", body).status_code == 200

        answer = ups.change(uid, "COMPLETED", transaction)

        assert answer.status_code == 409
        assert keyword in answer.get_json()["location"][0]
        assert INCONSISTENT in warning_of(answer)


@pytest.mark.parametrize("current", ["COMPLETED", "CANCELED"])
def test_what_has_ended_is_not_updated(ups: UpsClient, current: str) -> None:
    uid, transaction = MAKERS[current](ups)

    answer = ups.send("POST", f"/{uid}?{transaction}", dataset(WorklistLabel="B"))

    assert answer.status_code == 400
    assert "inconsistent with the current state of the Workitem" in warning_of(answer)


# Request to cancel


def test_one_that_nobody_claimed_is_canceled_by_the_request(ups: UpsClient) -> None:
    uid = ups.create()
    reasons = dataset(
        ReasonForCancellation="ordered twice",
        ProcedureStepDiscontinuationReasonCodeSequence=(code("110510", "DCM", "Duplicate order"),),
        ContactURI="tel:1",
        ContactDisplayName="Desk",
    )

    answer = ups.send("POST", f"/{uid}/cancelrequest", reasons)

    assert answer.status_code == 202
    found = ups.retrieve(uid)
    (progress,) = found[tag("ProcedureStepProgressInformationSequence")]["Value"]
    assert found[tag("ProcedureStepState")]["Value"] == ["CANCELED"]
    assert progress[tag("ReasonForCancellation")]["Value"] == ["ordered twice"]
    (reason,) = progress[tag("ProcedureStepDiscontinuationReasonCodeSequence")]["Value"]
    assert reason[tag("CodeValue")]["Value"] == ["110510"]
    assert tag("ProcedureStepCommunicationsURISequence") in progress


def test_a_request_needs_no_reason(ups: UpsClient) -> None:
    uid = ups.create()
    assert ups.send("POST", f"/{uid}/cancelrequest").status_code == 202
    assert ups.state(uid) == "CANCELED"


@pytest.mark.parametrize(
    ("account", "title"), [("desk", "desk"), ("radiology-reading-room-1", ""), ("김보람", "")]
)
def test_who_asks_is_told_by_their_whole_name_and_by_a_title_where_it_is_one(
    account: str, title: str
) -> None:
    reasons, requester = from_whom({}, account)
    assert (reasons[tag("ContactDisplayName")]["Value"], requester) == ([account], title)
    own = dataset(ContactDisplayName="Desk", RequestingAE="CT1")
    assert from_whom(own, account) == (own, "CT1")


def test_who_holds_it_decides_on_a_request(ups: UpsClient) -> None:
    uid, _ = ups.claimed()
    assert ups.send("POST", f"/{uid}/cancelrequest").status_code == 202
    assert ups.state(uid) == "IN PROGRESS"


@pytest.mark.parametrize(
    ("current", "warning"),
    [
        ("COMPLETED", "The UPS is already COMPLETED."),
        ("CANCELED", "The UPS is already in the requested state of CANCELED."),
    ],
)
def test_what_has_ended_is_not_canceled(ups: UpsClient, current: str, warning: str) -> None:
    uid, _ = MAKERS[current](ups)

    answer = ups.send("POST", f"/{uid}/cancelrequest")

    assert answer.status_code == 409
    assert warning in warning_of(answer)


def test_another_patient_is_nobody_elses_to_see(client: FlaskClient, as_role: AsRole, ups: UpsClient) -> None:
    uid = ups.create(PatientID="secret-1")
    stranger = UpsClient(client, as_role("teleradiologist"))

    assert stranger.found(PatientID="secret-1") == []
    assert stranger.send("GET", f"/{uid}").status_code == 404
    assert stranger.change(uid, "IN PROGRESS", new_uid()).status_code == 404
    assert stranger.send("POST", f"/{uid}/cancelrequest").status_code == 404
    own = stranger.send("POST", f"?{uid}", workitem(PatientID="secret-1"))
    assert own.status_code == stranger.send("POST", f"?{new_uid()}", workitem()).status_code == 403

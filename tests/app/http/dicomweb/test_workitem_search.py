"""UPS-RS: the search of the worklist (PS3.18 11.9), each way of matching (PS3.4 C.2.2.2)."""

from collections.abc import Iterator
from uuid import uuid4

import pytest
from flask import Flask

from app.wiring import Wiring
from app.wiring.web import web_app
from tests.app.conftest import signing_in
from tests.app.http.dicomweb.working import UpsClient, warning_of
from tests.factories.workitems import code, new_uid, tag


@pytest.fixture(scope="module")
def listed(gateway: Wiring) -> Iterator[tuple[UpsClient, dict[str, str]]]:
    """Three workitems by name, in one worklist of their own."""
    app: Flask = web_app(gateway)
    ups = UpsClient(app.test_client(), signing_in(gateway)("superuser"))
    made = {
        "head": ups.create(
            PatientName="Kim^Min Jun=金^旼俊",
            PatientID="P-1",
            PatientBirthDate="19700101",
            ScheduledProcedureStepStartDateTime="20261201083000",
            ScheduledStationNameCodeSequence=(code("CT1"), code("CT2", "98TEST")),
            ReferencedRequestSequence=({"AccessionNumber": "A-77", "RequestedProcedureID": "R-1"},),
            WorklistLabel="Neuro",
            CommentsOnTheScheduledProcedureStep="bring the old films",
        ),
        "knee": ups.create(
            PatientName="Müller^Anna",
            PatientID="P-2",
            PatientBirthDate="19800229",
            ScheduledProcedureStepStartDateTime="20261202",
            ScheduledStationNameCodeSequence=(code("MR1"),),
            ReferencedRequestSequence=(
                {"AccessionNumber": "A-78", "RequestedProcedureID": "R-2"},
                {"AccessionNumber": "A-79", "RequestedProcedureID": "R-3"},
            ),
            ScheduledProcedureStepPriority="LOW",
            WorklistLabel="Bones",
        ),
        "chest": ups.create(
            PatientName="Okoye^Chi",
            PatientID="P-3",
            ScheduledProcedureStepStartDateTime="20261203120000+0900",
            ScheduledStationNameCodeSequence=(),
            WorklistLabel="Bones",
        ),
    }
    yield ups, {uid: name for name, uid in made.items()}


MATCHES: list[tuple[dict[str, str], str]] = [
    ({}, "chest knee head"),
    ({"PatientID": "P-2"}, "knee"),
    ({"00100020": "P-2"}, "knee"),
    ({"PatientID": "p-*"}, "chest knee head"),
    ({"PatientID": "P-?"}, "chest knee head"),
    ({"PatientID": ""}, "chest knee head"),
    ({"PatientName": "kim^min jun"}, "head"),
    ({"PatientName": "金^旼俊"}, "head"),
    ({"PatientName": "MULLER*"}, "knee"),
    ({"PatientName": "ann", "fuzzymatching": "true"}, "knee"),
    ({"PatientName": "jun ki", "fuzzymatching": "true"}, "head"),
    ({"PatientName": "ann"}, ""),
    ({"PatientBirthDate": "19700101"}, "head"),
    ({"PatientBirthDate": "19750101-"}, "knee"),
    ({"ScheduledProcedureStepStartDateTime": "20261201"}, "head"),
    ({"ScheduledProcedureStepStartDateTime": "20261201083000"}, "head"),
    ({"ScheduledProcedureStepStartDateTime": "20261201-20261202"}, "knee head"),
    ({"ScheduledProcedureStepStartDateTime": "20261202-"}, "chest knee"),
    ({"ScheduledProcedureStepStartDateTime": "-20261201090000"}, "head"),
    ({"ScheduledProcedureStepStartDateTime": "20261203030000+0000"}, "chest"),
    ({"ProcedureStepState": "SCHEDULED"}, "chest knee head"),
    ({"ProcedureStepState": "scheduled"}, ""),
    ({"ProcedureStepState": "SCHED*"}, "chest knee head"),
    ({"ScheduledProcedureStepPriority": "LOW"}, "knee"),
    ({"ScheduledProcedureStepPriority": "LOW\\HIGH"}, "chest knee head"),
    ({"WorklistLabel": "bones"}, "chest knee"),
    ({"ScheduledStationNameCodeSequence.CodeValue": "CT1"}, "head"),
    ({"00404025.00080100": "MR1"}, "knee"),
    ({"ScheduledStationNameCodeSequence.CodeValue": "CT*"}, "head"),
    ({"ReferencedRequestSequence.AccessionNumber": "A-78"}, "knee"),
    ({"0040A370.00080050": "A-79"}, "knee"),
    ({"ReferencedRequestSequence.RequestedProcedureID": "R-1"}, "head"),
    ({"CommentsOnTheScheduledProcedureStep": "*OLD films"}, "head"),
    ({"WorklistLabel": "bones", "ScheduledProcedureStepPriority": "LOW"}, "knee"),
    ({"ScheduledStationNameCodeSequence.CodeMeaning": "a code"}, "knee head"),
    ({"PatientBirthDate": '""', "emptyvaluematching": "true"}, "chest"),
    ({"limit": "1"}, "chest"),
    ({"limit": "1", "offset": "1"}, "knee"),
    ({"offset": "3"}, ""),
    ({"CommentsOnTheScheduledProcedureStep": "*films", "limit": "1"}, "head"),
]


@pytest.mark.parametrize(("keys", "names"), MATCHES, ids=str)
def test_each_way_of_matching(
    listed: tuple[UpsClient, dict[str, str]], keys: dict[str, str], names: str
) -> None:
    ups, made = listed
    assert [made[uid] for uid in ups.found(**keys)] == names.split()


def test_two_keys_of_a_sequence_are_met_by_one_item(listed: tuple[UpsClient, dict[str, str]]) -> None:
    ups, made = listed
    request = "ReferencedRequestSequence"
    asked = {f"{request}.AccessionNumber": "A-78", f"{request}.RequestedProcedureID": "R-3"}
    crossed = {
        "ScheduledStationNameCodeSequence.CodeValue": "CT2",
        "ScheduledStationNameCodeSequence.CodingSchemeDesignator": "99TEST",
    }

    assert ups.found(**asked) == ups.found(**crossed) == []
    assert [made[uid] for uid in ups.found(**(asked | {f"{request}.RequestedProcedureID": "R-2"}))] == [
        "knee"
    ]


def test_the_uid_is_a_list_too(listed: tuple[UpsClient, dict[str, str]]) -> None:
    ups, made = listed
    first, second, _ = made
    assert set(ups.found(SOPInstanceUID=f"{first},{second}")) == {first, second}
    assert ups.found(SOPInstanceUID=new_uid()) == []


def test_windows_join_to_the_whole_and_warn_while_there_is_more(
    listed: tuple[UpsClient, dict[str, str]],
) -> None:
    ups, made = listed
    answers = [ups.send("GET", "", limit="2", offset=str(at)) for at in (0, 2)]

    assert [len(each.get_json()) for each in answers] == [2, 1]
    assert "additional results" in warning_of(answers[0])
    assert warning_of(answers[1]) == ""
    found = [each["00080018"]["Value"][0] for answer in answers for each in answer.get_json()]
    assert found == list(reversed(made))


def test_what_comes_back_unasked_and_what_when_it_is_asked_for(
    listed: tuple[UpsClient, dict[str, str]],
) -> None:
    ups, _ = listed
    (plain,) = ups.send("GET", "", PatientID="P-1").get_json()
    (fuller,) = ups.send("GET", "", PatientID="P-1", includefield="00080005,ProcedureStepLabel").get_json()
    everything = ups.send("GET", "", PatientID="P-1", includefield="all").get_json()

    for keyword in ("PatientName", "ProcedureStepState", "ScheduledStationNameCodeSequence", "WorklistLabel"):
        assert plain[tag(keyword)].get("Value")
    assert fuller.keys() >= {tag("ProcedureStepLabel")}
    assert everything[0].keys() >= plain.keys()


def test_matches_come_as_xml_too(listed: tuple[UpsClient, dict[str, str]]) -> None:
    ups, made = listed
    accept = {"Accept": 'multipart/related; type="application/dicom+xml"'}
    answer = ups.http.get("/dicom-web/workitems", headers={**ups.headers, **accept})

    assert answer.status_code == 200
    assert answer.data.count(b"<NativeDicomModel") == len(made)


def test_nothing_found_is_204_without_a_body(listed: tuple[UpsClient, dict[str, str]]) -> None:
    ups, _ = listed
    answer = ups.send("GET", "", PatientID=uuid4().hex)
    assert (answer.status_code, answer.data) == (204, b"")


def test_what_is_not_supported_is_passed_over_with_a_warning(
    listed: tuple[UpsClient, dict[str, str]],
) -> None:
    ups, made = listed
    answer = ups.send("GET", "", NoSuchKey="1", includefield="Nothing")

    assert len(answer.get_json()) == len(made)
    assert "NoSuchKey" in warning_of(answer)


@pytest.mark.parametrize(
    ("keys", "location"),
    [
        ({"limit": "-1"}, "limit"),
        ({"limit": "many"}, "limit"),
        ({"fuzzymatching": "perhaps"}, "fuzzymatching"),
        ({"PatientBirthDate": "1970"}, "PatientBirthDate"),
        ({"ScheduledProcedureStepStartDateTime": "-"}, "ScheduledProcedureStepStartDateTime"),
        ({"ScheduledProcedureStepStartDateTime": "20261202-20261201"}, "ScheduledProcedureStepStartDateTime"),
        ({"SOPInstanceUID": "seven"}, "SOPInstanceUID"),
        ({"ScheduledStationNameCodeSequence": "CT1"}, "ScheduledStationNameCodeSequence"),
    ],
)
def test_a_search_that_makes_no_sense_is_told_where(
    listed: tuple[UpsClient, dict[str, str]], keys: dict[str, str], location: str
) -> None:
    ups, _ = listed
    answer = ups.send("GET", "", **keys)
    assert (answer.status_code, answer.get_json()["location"]) == (400, [location])


def test_a_key_is_there_once(listed: tuple[UpsClient, dict[str, str]]) -> None:
    ups, _ = listed
    assert ups.send("GET", "?PatientID=1&00100020=2").status_code == 400

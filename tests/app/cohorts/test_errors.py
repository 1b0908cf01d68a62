"""What is wrong in a question is named by its place, and nothing is guessed."""

import copy
from collections.abc import Callable
from datetime import date
from typing import Any

import pytest

from app.cohorts.language.reading import read_question
from graph.errors import Category, HilumError
from tests.app.cohorts.conftest import AS_OF, Gateway, Json, mission

TODAY = date(2026, 11, 22)


def changed(change: Callable[[Json], Any]) -> Json:
    question = copy.deepcopy(mission())
    change(question)
    return question


def nested(depth: int) -> Json:
    node: Json = {"exists": "ct"}
    for _ in range(depth - 1):
        node = {"not": node}
    return node


WRONG: dict[str, tuple[Callable[[Json], Any], str]] = {
    "no version": (lambda q: q.pop("version"), "$.version"),
    "another version": (lambda q: q.update(version="2"), "$.version"),
    "a day that is none": (lambda q: q.update(asOf="2026-02-30"), "$.asOf"),
    "a year for a day": (lambda q: q.update(asOf="2026"), "$.asOf"),
    "an unknown key": (lambda q: q.update(limit=3), "$.limit"),
    "an unknown key of an event": (lambda q: q["events"]["dx"].update(code="1"), "$.events.dx.code"),
    "an unknown kind": (lambda q: q["events"]["dx"].update(kind="surgery"), "$.events.dx.kind"),
    "an event that is none": (lambda q: q["events"].update(dx=[]), "$.events.dx"),
    "an unknown set": (
        lambda q: q["events"]["dx"].update(codes={"set": "x"}),
        "$.events.dx.codes.set",
    ),
    "a coding without a code": (
        lambda q: q["events"]["dx"].update(codes=[{"system": "s"}]),
        "$.events.dx.codes[0].code",
    ),
    "descendants without a system": (
        lambda q: q["conceptSets"]["dx"]["include"][1].pop("system"),
        "$.conceptSets.dx.include[1].system",
    ),
    "an unknown date": (lambda q: q["events"]["dx"].update(date="recordedDate|born"), "$.events.dx.date"),
    "no duration": (
        lambda q: q["events"]["dx"]["period"].update(within="2 years"),
        "$.events.dx.period.within",
    ),
    "an empty duration": (
        lambda q: q["events"]["dx"]["period"].update(within="P"),
        "$.events.dx.period.within",
    ),
    "too long a window": (
        lambda q: q["events"]["dx"]["period"].update(within="P201Y"),
        "$.events.dx.period.within",
    ),
    "a window at an event that there is not": (
        lambda q: q["events"]["dx"]["period"].update(before="rx"),
        "$.events.dx.period.before",
    ),
    "an event near itself": (
        lambda q: q["events"]["dx"]["period"].update(before="dx"),
        "$.events.dx.period.before",
    ),
    "events in a circle": (
        lambda q: (
            q["events"]["dx"].update(period={"after": "ct"}),
            q["events"]["ct"].update(period={"after": "dx"}),
        ),
        "$.events.ct.period.after",
    ),
    "a period near two events": (
        lambda q: q["events"]["dx"].update(period={"after": "ct", "before": "ct"}),
        "$.events.dx.period",
    ),
    "around a day without a length": (
        lambda q: q["events"]["dx"].update(period={"around": "ct"}),
        "$.events.dx.period",
    ),
    "at least longer than within": (
        lambda q: q["events"]["dx"].update(period={"after": "ct", "within": "P1M", "atLeast": "P1Y"}),
        "$.events.dx.period.atLeast",
    ),
    "the same as nothing": (
        lambda q: q["events"]["dx"].update(period={"same": "day"}),
        "$.events.dx.period",
    ),
    "the last of the list is wrong": (
        lambda q: q["events"]["dx"].update(period=[{"after": "ct"}, {"before": "2026-13-01"}]),
        "$.events.dx.period[1].before",
    ),
    "a gap without a count": (
        lambda q: q["events"]["dx"].update(gap={"max": "P30D"}),
        "$.events.dx.gap",
    ),
    "a pick that is none": (lambda q: q["events"]["dx"].update(pick="second"), "$.events.dx.pick"),
    "less than none": (
        lambda q: q["events"]["dx"].update(count={"op": "ge", "n": -1}),
        "$.events.dx.count.n",
    ),
    "a unit that is none": (
        lambda q: q["events"].update(
            lab={"kind": "observation", "value": {"op": "gt", "value": 1, "unit": "spoons"}}
        ),
        "$.events.lab.value.unit",
    ),
    "a number and a code": (
        lambda q: q["events"].update(
            lab={"kind": "observation", "value": {"op": "in", "value": 1, "codes": [{"code": "1"}]}}
        ),
        "$.events.lab.value",
    ),
    "a tag that is not indexed": (
        lambda q: q["events"]["ct"].update(tags=[{"tag": "00180060", "op": "ge", "value": 100}]),
        "$.events.ct.tags[0].tag",
    ),
    "a text for a number": (
        lambda q: q["events"]["ct"].update(tags=[{"tag": "SliceThickness", "op": "le", "value": "thin"}]),
        "$.events.ct.tags[0].value",
    ),
    "a report without words": (
        lambda q: q["events"].update(rep={"kind": "report", "text": {"section": "impression"}}),
        "$.events.rep.text",
    ),
    "a device in a period": (
        lambda q: q["events"].update(pump={"kind": "device", "period": {"start": "2020"}}),
        "$.events.pump.period",
    ),
    "an age at nothing": (
        lambda q: q["population"]["all"][0]["age"].update(at="birth"),
        "$.population.all[0].age.at",
    ),
    "an empty period": (lambda q: q["events"]["dx"].update(period={}), "$.events.dx.period"),
    "a period backwards": (
        lambda q: q["events"]["dx"].update(period={"start": "2026", "end": "2025"}),
        "$.events.dx.period",
    ),
    "no condition": (lambda q: q.update(population={}), "$.population"),
    "two conditions in one": (
        lambda q: q["population"]["all"][1].update(sex={"op": "eq", "value": "male"}),
        "$.population.all[1]",
    ),
    "a fraction of a year": (
        lambda q: q["population"]["all"][0]["age"].update(value=45.5),
        "$.population.all[0].age.value",
    ),
    "a truth for an age": (
        lambda q: q["population"]["all"][0]["age"].update(value=True),
        "$.population.all[0].age.value",
    ),
    "ages backwards": (
        lambda q: q["population"]["all"][0].update(age={"op": "between", "value": [60, 45]}),
        "$.population.all[0].age.value",
    ),
    "another unit": (
        lambda q: q["population"]["all"][0]["age"].update(unit="min"),
        "$.population.all[0].age.unit",
    ),
    "more than two hundred years": (
        lambda q: q["population"]["all"][0]["age"].update(value=201),
        "$.population.all[0].age.value",
    ),
    "more than two hundred years in months": (
        lambda q: q["population"]["all"][0]["age"].update(value=2401, unit="mo"),
        "$.population.all[0].age.value",
    ),
    "an unknown event": (
        lambda q: q["population"]["all"].append({"exists": "rx"}),
        "$.population.all[3].exists",
    ),
    "more than there are": (
        lambda q: q.update(population={"atLeast": {"n": 2, "of": [{"exists": "ct"}]}}),
        "$.population.atLeast.n",
    ),
    "rows of nobody": (
        lambda q: q["output"]["rows"].append({"resource": "Organization"}),
        "$.output.rows[4].resource",
    ),
    "rows of another event": (
        lambda q: q["output"]["rows"].append({"resource": "Condition", "event": "ct"}),
        "$.output.rows[4].event",
    ),
    "a name twice": (
        lambda q: q["output"]["rows"].append({"resource": "Condition", "as": "rx"}),
        "$.output.rows[4].as",
    ),
    "an unknown column": (
        lambda q: q["output"]["rows"][0].update(columns=["code", "price"]),
        "$.output.rows[0].columns[1]",
    ),
    "a diagnosis of a study": (
        lambda q: q["events"]["dx"].update(period={"same": "study", "as": "ct"}),
        "$.events.dx.period.same",
    ),
    "pictures of the accession of pictures": (
        lambda q: q["events"].update(mr={"kind": "imaging", "period": {"same": "accession", "as": "ct"}}),
        "$.events.mr.period.same",
    ),
    "a report of the study of a report": (
        lambda q: q["events"].update(
            one={"kind": "report"}, other={"kind": "report", "period": {"same": "study", "as": "one"}}
        ),
        "$.events.other.period.same",
    ),
    "linked to no study": (
        lambda q: q["output"]["rows"][2].update(linkedTo="dx"),
        "$.output.rows[2].linkedTo",
    ),
    "linked, but cannot be": (
        lambda q: q["output"]["rows"][0].update(linkedTo="ct"),
        "$.output.rows[0].linkedTo",
    ),
    "an unknown way": (lambda q: q["output"]["links"][0].update(via="name"), "$.output.links[0].via"),
    "links from nowhere": (lambda q: q["output"]["links"][0].update({"from": "x"}), "$.output.links[0].from"),
    "another format": (lambda q: q["output"].update(format="csv|xlsx"), "$.output.format"),
    "a page of nothing": (lambda q: q.update(page={"limit": 0}), "$.page.limit"),
}


@pytest.mark.parametrize("name", WRONG)
def test_what_is_wrong_is_named_by_its_place(name: str) -> None:
    change, place = WRONG[name]

    with pytest.raises(HilumError) as caught:
        read_question(changed(change), TODAY)

    assert (caught.value.location, caught.value.category) == (place, Category.INVALID)


def test_depth_and_number_of_conditions_are_bounded() -> None:
    assert read_question(changed(lambda q: q.update(population=nested(8))), TODAY)
    for population in (nested(9), {"all": [{"exists": "ct"}] * 65}):
        with pytest.raises(HilumError) as caught:
            read_question(changed(lambda q, node=population: q.update(population=node)), TODAY)  # type: ignore[misc]
        assert caught.value.category is Category.TOO_LARGE


def test_a_question_that_is_no_object_is_refused() -> None:
    for raw in ([], "x", None, 3):
        with pytest.raises(HilumError) as caught:
            read_question(raw, TODAY)
        assert caught.value.location == "$"


def test_notes_change_nothing() -> None:
    def noted(question: Json) -> None:
        question["population"].update(src=[0, 5], why="because")
        question["conceptSets"]["dx"].update(display={"en": "Osteosarcoma"}, via="curated")

    assert read_question(changed(noted), TODAY).cohort == read_question(mission(), TODAY).cohort


def test_without_a_day_it_is_today_and_says_so() -> None:
    undated = changed(lambda q: q.pop("asOf"))

    assert read_question(undated, TODAY).as_of.isoformat() == AS_OF
    assert read_question(undated, TODAY).cohort == read_question(mission(), TODAY).cohort
    assert read_question(undated, date(2026, 11, 23)).cohort != read_question(mission(), TODAY).cohort


def test_the_answer_to_a_wrong_question_is_problem_details(gateway: Gateway) -> None:
    problem = gateway.ask(changed(lambda q: q["events"]["dx"].update(code="1")), status=400)

    assert problem["location"] == ["$.events.dx.code"]


def test_a_token_of_another_question_or_caller_is_refused(gateway: Gateway) -> None:
    problem = gateway.ask(mission(page={"token": "AAAA"}), status=400)

    assert "paging token" in problem["detail"]
    assert problem["location"] == ["$.page.token"]


def test_a_question_that_costs_too_much_is_refused_at_its_place(gateway: Gateway) -> None:
    problem = gateway.ask(mission(population={"any": [{"exists": "dx"}] * 60}), status=413)

    assert problem["location"] == ["$.population"]


def test_a_role_without_the_capability_is_refused(gateway: Gateway) -> None:
    for role in ("teleradiologist", "service"):
        gateway.ask(mission(), role, status=403)


def test_a_parameter_in_the_address_is_refused(gateway: Gateway) -> None:
    headers = {"Authorization": f"Bearer {gateway.tokens['clinician']}"}
    answered = gateway.client.post("/cohorts/query?limit=5", json=mission(), headers=headers)

    assert (answered.status_code, answered.json["location"]) == (400, ["limit"])  # type: ignore[index]

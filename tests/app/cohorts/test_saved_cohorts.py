"""A saved cohort is asked under the rights of whoever asks, and tells what changed since somebody asked."""

from dataclasses import replace
from typing import Any

import pytest

from app.cohorts.saved.saved_cohorts import ComparedSide, SavedCohorts
from app.security.scopes import system_scope
from graph.clock import now
from graph.cohorts.records import SavedCohort
from graph.errors import Forbidden, Invalid, NotFound
from graph.keys import resource_key
from graph.scope import AccessScope
from tests.app.cohorts.conftest import AS_OF, Gateway, Json, Open
from tests.factories.fhir import condition, patient
from tests.factories.scopes import scope_of

CODE = "osteo"
MISSING = "there is no such saved cohort"
AGE, DIAGNOSIS = "$.population.all[0].age", "$.population.all[1].condition"


def question(code: str = CODE, age: int = 45, **changes: Any) -> Json:
    coded = {"codes": [{"system": "http://snomed.info/sct", "code": code}]}
    population = {"all": [{"age": {"op": "ge", "value": age}}, {"condition": coded}]}
    return {"version": "1", "asOf": AS_OF, "population": population, **changes}


def form(asked: Json | None = None, **more: Any) -> Json:
    return {"name": "Bone tumours", "question": asked or question(), **more}


def anybody(_: SavedCohort) -> None:
    """What requires nothing of a cohort."""


def side(text: str) -> ComparedSide:
    return ComparedSide.parse(text, "from")


@pytest.fixture(scope="module")
def gateway(gateways: Open) -> Gateway:
    return gateways(HILUM_QUESTION_SECONDS="60")


@pytest.fixture
def ward(gateways: Open) -> Gateway:
    """A tenant of its own: three who match, one who is too young, one without a birth date."""
    found = gateways(HILUM_QUESTION_SECONDS="60")
    for at, born in enumerate(("1960-01-02", "1961", "1970-05-06", "2000-01-01", None)):
        found.put(
            patient(f"MRN{at}", id=f"p{at}", birthDate=born),
            condition(f"Patient/p{at}", CODE, id=f"c{at}"),
        )
    return found


@pytest.fixture
def saved(ward: Gateway) -> SavedCohorts:
    return ward.services.saved_cohorts


@pytest.fixture
def kim(ward: Gateway) -> AccessScope:
    return scope_of("clinician", tenant=ward.services.sites.own.tenant, subject="kim")


def keys(scope: AccessScope, *names: str) -> tuple[str, ...]:
    return tuple(resource_key(scope.tenant, "Patient", each) for each in names)


def references(*names: str) -> list[str]:
    return [f"Patient/{each}" for each in names]


def then(saved: SavedCohorts, scope: AccessScope, cohort_id: str, number: int = 1) -> list[str]:
    """Who matched when somebody had a cohort answered, of those whom they see now."""
    return saved.refreshed(scope, cohort_id, number, now())[1]


def today(ward: Gateway, scope: AccessScope, cohort_id: str) -> list[str]:
    """Who matches now."""
    asked = ward.services.saved_cohorts.question(scope, cohort_id, None)
    found = ward.services.cohorts.ask(scope, asked, now())["patients"]
    return [each["reference"] for each in found if each["verdict"] == "matched"]


def test_who_matches_now_and_who_matched_then(ward: Gateway, saved: SavedCohorts, kim: AccessScope) -> None:
    cohort = saved.save(kim, form(), now())
    refresh = saved.refresh(kim, cohort.id, None, now())
    ward.delete("Condition/c1")

    assert (refresh.matched, refresh.unknown, refresh.as_of, refresh.version) == (3, 1, AS_OF, 1)
    assert then(saved, kim, cohort.id, refresh.number) == references("p0", "p1", "p2")
    assert today(ward, kim, cohort.id) == references("p0", "p2")


def test_only_who_is_seen_now_is_told(ward: Gateway, saved: SavedCohorts, kim: AccessScope) -> None:
    cohort = saved.save(kim, form(), now())
    saved.refresh(kim, cohort.id, None, now())
    narrowed = replace(kim, patients=frozenset(keys(kim, "p0")))
    ward.delete("Condition/c2")
    ward.delete("Patient/p2")

    assert then(saved, kim, cohort.id) == references("p0", "p1")
    assert then(saved, narrowed, cohort.id) == references("p0")
    assert today(ward, narrowed, cohort.id) == references("p0")


def test_a_comparison_tells_who_changed_and_which_condition(
    ward: Gateway, saved: SavedCohorts, kim: AccessScope
) -> None:
    cohort = saved.save(kim, form(), now())
    saved.refresh(kim, cohort.id, None, now())
    ward.delete("Condition/c0")
    ward.put(
        patient("MRN3", id="p3", birthDate="1950-01-01"), patient("MRN4", id="p4", birthDate="1950-01-01")
    )
    ward.put(patient("MRN5", id="p5", birthDate="1950-01-01"), condition("Patient/p5", CODE, id="c5"))
    saved.refresh(kim, cohort.id, None, now())

    for after in ("r2", "v1"):
        found = saved.compare(kim, cohort.id, side("r1"), side(after), now())

        assert found["counts"] == {"entered": 3, "left": 1, "stayed": 2}
        assert found["entered"] == [
            {"reference": "Patient/p3", "verdict": "excluded", "deciding": [AGE]},
            {"reference": "Patient/p4", "verdict": "unknown", "deciding": [AGE]},
            {"reference": "Patient/p5", "verdict": "absent", "deciding": []},
        ]
        assert found["left"] == [{"reference": "Patient/p0", "verdict": "excluded", "deciding": [DIAGNOSIS]}]


def test_versions_are_compared_as_they_are_answered_now(saved: SavedCohorts, kim: AccessScope) -> None:
    cohort = saved.save(kim, form(), now())
    saved.change(kim, cohort.id, form(question(age=60)), now(), anybody)

    found = saved.compare(kim, cohort.id, side("v1"), side("v2"), now())
    back = saved.compare(kim, cohort.id, side("v2"), side("v1"), now())

    assert found["counts"] == {"entered": 0, "left": 1, "stayed": 2}
    assert found["left"] == [{"reference": "Patient/p2", "verdict": "excluded", "deciding": [AGE]}]
    assert back["entered"] == found["left"]


def test_a_question_that_means_the_same_has_one_hash(saved: SavedCohorts, kim: AccessScope) -> None:
    undated = {name: value for name, value in question().items() if name != "asOf"}
    one = saved.save(kim, form(undated), now())
    other = saved.save(kim, form({**undated, "page": {"limit": 3}, "why": "a note"}), now())

    hashes = {saved.versions(kim, each.id)[0].question.hash for each in (one, other)}

    assert len(hashes) == 1
    assert "page" not in saved.versions(kim, other.id)[0].question.raw


def test_whoever_it_is_shared_with_asks_under_their_own_rights(
    ward: Gateway, saved: SavedCohorts, kim: AccessScope
) -> None:
    cohort = saved.save(kim, form(sharedWith={"users": ["lee"]}), now())
    saved.refresh(kim, cohort.id, None, now())
    lee = replace(kim, subject="lee", patients=frozenset(keys(kim, "p2")))

    assert [each.id for each in saved.listed(lee, 10, None)] == [cohort.id]
    assert today(ward, lee, cohort.id) == references("p2")
    assert saved.refreshes(lee, cohort.id) == []
    with pytest.raises(NotFound):
        then(saved, lee, cohort.id)
    assert saved.refresh(lee, cohort.id, None, now()).matched == 1
    with pytest.raises(Forbidden):
        saved.change(lee, cohort.id, form(), now(), anybody)
    with pytest.raises(NotFound):
        saved.found(replace(kim, subject="park"), cohort.id)


def test_sharing_does_not_tell_who_has_an_account(saved: SavedCohorts, kim: AccessScope) -> None:
    shared = {"users": ["nobody-has-this-name", "outside:hospital:7"], "roles": ["no-such-role"]}

    kept = saved.save(kim, form(sharedWith=shared), now()).terms

    assert (kept.users, kept.roles) == (("nobody-has-this-name", "outside:hospital:7"), ("no-such-role",))


def test_a_version_that_is_missing_is_not_said_to_be_a_missing_cohort(
    saved: SavedCohorts, kim: AccessScope
) -> None:
    cohort = saved.save(kim, form(description="two\nlines"), now())
    absent = {
        (cohort.id, 2): "the saved cohort has no such version",
        ("7", 1): MISSING,
    }

    for (cohort_id, number), text in absent.items():
        with pytest.raises(NotFound) as missing:
            saved.version(kim, cohort_id, number)
        assert missing.value.message == text
    for cohort_id, text in ((cohort.id, "you have no such refresh of the saved cohort"), ("7", MISSING)):
        with pytest.raises(NotFound) as missing:
            saved.refreshed(kim, cohort_id, 1, now())
        assert missing.value.message == text
    with pytest.raises(NotFound) as hidden:
        saved.version(replace(kim, subject="park"), cohort.id, 2)
    assert hidden.value.message == MISSING


def test_what_is_wrong_with_a_question_is_said_with_its_place(saved: SavedCohorts, kim: AccessScope) -> None:
    wrong = question()
    wrong["population"]["all"][0]["age"]["op"] = "about"
    unnamed = form(question(population={"exists": "nothing"}))

    for sent, place in (
        (form(wrong), "$.question.population.all[0].age.op"),
        (unnamed, "$.question.population.exists"),
        ({"name": "x"}, "$.question"),
        (form(colour="red"), "$.colour"),
        (form(sharedWith={"users": "lee"}), "$.sharedWith.users"),
        (form(name="Bone\x00"), "$.name"),
        (form(name="Bone\ntumours"), "$.name"),
        (form(name="Bone \u202esruomut"), "$.name"),
        (form(name="  "), "$.name"),
        (form(description="two lines\nand a bell\x07"), "$.description"),
        (form(sharedWith={"users": ["kim", "l\x00ee"]}), "$.sharedWith.users[1]"),
        (form(sharedWith={"roles": ["clinician\r"]}), "$.sharedWith.roles[0]"),
    ):
        with pytest.raises(Invalid) as refused:
            saved.save(kim, sent, now())
        assert refused.value.location == place


def test_a_merge_and_a_deletion_do_not_break_it(ward: Gateway, saved: SavedCohorts, kim: AccessScope) -> None:
    cohort = saved.save(kim, form(), now())
    saved.refresh(kim, cohort.id, None, now())
    ward.services.identities.merge(system_scope(kim.tenant), "p0", "p1")
    ward.delete("Condition/c2")
    ward.delete("Patient/p2")

    found = saved.compare(kim, cohort.id, side("r1"), side("v1"), now())

    assert then(saved, kim, cohort.id) == references("p0", "p1")
    assert found["counts"]["left"] == 0  # who is gone is not told of
    assert "p2" not in str(found)


def test_who_sees_pseudonyms_is_told_of_no_few(gateways: Open) -> None:
    ward = gateways(HILUM_QUESTION_SECONDS="60")
    for at in range(30):
        ward.put(
            patient(f"MRN{at}", id=f"p{at}", birthDate="1960-05-06"),
            condition(f"Patient/p{at}", CODE, id=f"c{at}"),
        )
    saved = ward.services.saved_cohorts
    scope = scope_of("researcher", tenant=ward.services.sites.own.tenant)
    cohort = saved.save(scope, form(), now())
    first = saved.refresh(scope, cohort.id, None, now())
    for at in range(12):
        ward.delete(f"Condition/c{at}")
    second = saved.refresh(scope, cohort.id, None, now())
    ward.delete("Condition/c12")
    third = saved.refresh(scope, cohort.id, None, now())

    many = saved.compare(scope, cohort.id, side("r1"), side("r2"), now())
    few = saved.compare(scope, cohort.id, side("r2"), side("r3"), now())

    assert (first.matched, second.matched, third.matched) == (30, 18, None)
    assert many["counts"] == {"entered": None, "left": 12, "stayed": 18}
    assert all(each["reference"].startswith("Patient/pseudonym-") for each in many["left"])
    assert all("deciding" not in each for each in many["left"])
    assert few["counts"] == {"entered": None, "left": None, "stayed": None}
    assert then(saved, scope, cohort.id, third.number) == []
    assert len(then(saved, scope, cohort.id, second.number)) == 18


def test_who_is_told_counts_is_told_no_patient(saved: SavedCohorts, kim: AccessScope) -> None:
    counting = replace(kim, permissions=frozenset({"cohort.count"}))
    cohort = saved.save(counting, form(), now())

    assert saved.refresh(counting, cohort.id, None, now()).matched == 3
    found = saved.compare(counting, cohort.id, side("r1"), side("v1"), now())
    assert (found["counts"]["stayed"], found["entered"], found["left"]) == (3, [], [])
    assert then(saved, counting, cohort.id) == []


@pytest.mark.parametrize("text", ["", "v", "r-1", "x1", "v1x", "v٣", "r" + "9" * 40])
def test_a_side_is_a_version_or_a_refresh(text: str) -> None:
    with pytest.raises(Invalid):
        side(text)

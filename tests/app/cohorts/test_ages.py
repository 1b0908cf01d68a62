"""Ages are completed units on the day of the question, and unknown where a date of birth leaves both open."""

from datetime import date, timedelta

import pytest

from app.cohorts.language.calendar import latest_birth
from tests.app.cohorts.conftest import Gateway, Json, Open, mission
from tests.factories.fhir import patient

AS_OF = date(2026, 11, 22)
AGES = (("a", 45), ("mo", 18), ("d", 28))
HOLDS = {
    "ge": lambda age, asked: age >= asked,
    "gt": lambda age, asked: age > asked,
    "lt": lambda age, asked: age < asked,
    "le": lambda age, asked: age <= asked,
}


def eve(unit: str, count: int) -> date:
    """The birth date of somebody who completes `count` units on the day after the question's."""
    return latest_birth(count, unit, AS_OF) + timedelta(days=1)


@pytest.fixture(scope="module")
def born(gateways: Open) -> Gateway:
    """For each age somebody who has just reached it, reaches it tomorrow, or is about to leave it."""
    gateway = gateways()
    people = {
        f"{unit}-{count}-{what}": when
        for unit, asked in AGES
        for count in (asked, asked + 1)
        for what, when in (
            ("eve", eve(unit, count)),
            ("day", latest_birth(count, unit, AS_OF)),
        )
    }
    gateway.put(
        *(patient(name, id=name, birthDate=when.isoformat()) for name, when in people.items()),
        patient("year", id="year", birthDate="1981"),
        patient("month", id="month", birthDate="1981-11"),
        patient("whole-year", id="whole-year", birthDate="1980"),
        patient("unborn", id="unborn", birthDate="2027-01-01"),
    )
    return gateway


def asked(gateway: Gateway, op: str, value: object, unit: str) -> dict[str, str]:
    population: Json = {"age": {"op": op, "value": value, "unit": unit}}
    answer = gateway.ask(mission(population=population, output={}, asOf=AS_OF.isoformat()))
    return {each["reference"].removeprefix("Patient/"): each["verdict"] for each in answer["patients"]}


@pytest.mark.parametrize(("unit", "count"), AGES)
@pytest.mark.parametrize("op", HOLDS)
def test_an_age_changes_on_the_day_that_completes_it(born: Gateway, op: str, unit: str, count: int) -> None:
    found = asked(born, op, count, unit)

    for age, name in (
        (count - 1, f"{unit}-{count}-eve"),
        (count, f"{unit}-{count}-day"),
        (count, f"{unit}-{count + 1}-eve"),
        (count + 1, f"{unit}-{count + 1}-day"),
    ):
        assert (found.get(name) == "matched") == HOLDS[op](age, count), name


def test_both_ends_of_between_count_whole(born: Gateway) -> None:
    found = asked(born, "between", [45, 45], "a")
    assert found.get("a-45-day") == found.get("a-46-eve") == "matched"
    assert "a-45-eve" not in found and "a-46-day" not in found


def test_a_year_or_month_of_birth_that_straddles_is_unknown(born: Gateway) -> None:
    found = asked(born, "ge", 45, "a")
    assert found["year"] == found["month"] == "unknown"
    assert found["whole-year"] == "matched"
    assert asked(born, "ge", 46, "a")["whole-year"] == "unknown"


@pytest.mark.parametrize("op", ["lt", "le"])
def test_who_is_not_born_on_that_day_has_no_age(born: Gateway, op: str) -> None:
    assert "unborn" not in asked(born, op, 45, "a")

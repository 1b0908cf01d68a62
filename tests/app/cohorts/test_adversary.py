"""A researcher who asks whatever comes to mind, page by page, learns of no set of fewer than eleven patients.

Two gateways hold the same patients but for the days of the year on which they were born and diagnosed.
"""

from collections.abc import Iterator, Sequence
from itertools import combinations, count
from random import Random
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.cohorts.answers.withholding import NAMES
from app.cohorts.language.output_forms import LEAST_CELL
from graph.clock import now
from graph.errors import Invalid
from tests.app.cohorts.conftest import Gateway, Json, Open
from tests.factories.fhir import SNOMED, Resource, condition, medication_request, patient
from tests.factories.scopes import scope_of

PEOPLE = 60
CODES = ("c0", "c1", "c2", "c3")
_numbers = count()


def hospital(days: Random) -> Iterator[Resource]:
    """Patients, diagnoses and orders, the same each time but for the month and the day of every date."""
    same = Random(7)

    def date_in(year: int) -> str:
        return f"{year}-{days.randint(1, 12):02}-{days.randint(1, 28):02}"

    for at in range(PEOPLE):
        born = date_in(same.randint(1930, 1990)) if same.random() < 0.9 else None
        sex = same.choice(("male", "female"))
        yield patient(f"MRN{at}", id=f"p{at}", birthDate=born, gender=sex)
        for code in CODES:
            if same.random() < 0.25 * (1 + int(code[1:])):
                when = date_in(same.randint(2023, 2026)) if same.random() < 0.9 else None
                yield condition(f"Patient/p{at}", code, id=f"{code}-{at}", recordedDate=when)
        if same.random() < 0.5:
            yield medication_request(f"Patient/p{at}", id=f"m{at}", authoredOn=date_in(2025))


@pytest.fixture(scope="module")
def twins(gateways: Open) -> tuple[Gateway, Gateway]:
    opened = gateways(), gateways()
    for seed, gateway in enumerate(opened):
        gateway.put(*hospital(Random(seed)))
    return opened


WHO: Json = {"resource": "Patient", "as": "who"}
EVERY_ROW = (
    WHO,
    {"resource": "Condition", "as": "all"},
    {"resource": "Condition", "event": "dx", "as": "dx"},
    {"resource": "MedicationRequest", "as": "rx"},
)


class Researcher:
    """One who sees pseudonyms, and was told nothing yet."""

    def __init__(self, gateway: Gateway) -> None:
        self._gateway = gateway
        tenant = gateway.services.sites.own.tenant
        self._scope = scope_of("researcher", tenant=tenant, subject=f"r{next(_numbers)}")

    def ask(
        self,
        population: Json,
        as_of: str = "2026-11-22",
        limit: int = 100,
        token: str = "",
        rows: Sequence[Json] = EVERY_ROW,
    ) -> Json:
        """One page of the answer to a question about these patients, with rows of every kind."""
        question = {
            "version": "1",
            "asOf": as_of,
            "events": {"dx": {"kind": "condition", "codes": coded("c1")}},
            "population": population,
            "output": {"rows": list(rows)},
            "page": {"limit": limit, **({"token": token} if token else {})},
        }
        return self._gateway.services.cohorts.ask(self._scope, question, now())

    def pages(self, population: Json, **more: Any) -> list[Json]:
        """Every page."""
        found = [self.ask(population, **more)]
        while token := found[-1]["next"]:
            found.append(self.ask(population, token=token, **more))
        return found


def coded(code: str) -> list[Json]:
    return [{"system": SNOMED, "code": code}]


AGES = st.builds(
    lambda op, value: {"age": {"op": op, "value": value}},
    st.sampled_from(("ge", "lt")),
    st.integers(30, 95),
)
EVENTS = st.sampled_from([{"condition": {"codes": coded(code)}} for code in CODES])
DATED = st.builds(
    lambda code, year: {"condition": {"codes": coded(code), "period": {"start": str(year)}}},
    st.sampled_from(CODES),
    st.integers(2023, 2026),
)
SEXES = st.sampled_from([{"sex": {"op": "eq", "value": each}} for each in ("male", "female")])
LEAVES = AGES | EVENTS | DATED | SEXES
FORMS = (
    lambda one, other: one,
    lambda one, other: {"not": one},
    lambda one, other: {"all": [one, other]},
    lambda one, other: {"any": [one, other]},
    lambda one, other: {"all": [one, {"not": other}]},
    lambda one, other: {"any": [one, {"not": one}]},
)
SAMPLE = settings(max_examples=2, deadline=None)
MANY = settings(max_examples=40, deadline=None)


def listed(page: Json, verdict: str) -> frozenset[str]:
    return frozenset(each["reference"] for each in page["patients"] if each["verdict"] == verdict)


def told(pages: list[Json]) -> dict[str, frozenset[str]]:
    """The patients of each verdict over all pages; none of a verdict that is withheld."""
    assert not any(each["deciding"] for page in pages for each in page["patients"])
    found = {}
    for verdict in ("matched", "unknown"):
        patients = frozenset[str]().union(*(listed(page, verdict) for page in pages))
        told_of = pages[0]["counts"][verdict]
        assert told_of == len(patients) or (told_of is None and not patients)
        assert told_of is None or told_of >= LEAST_CELL  # none is told as few are
        found[verdict] = patients
    return found


def tabled(page: Json) -> Iterator[frozenset[str]]:
    """The patients of each table of a page, and of each value in it."""
    for table in page["rows"].values():
        yield frozenset(row["patient"] for row in table)
        yield from valued(table)


def valued(table: list[Json]) -> Iterator[frozenset[str]]:
    """The patients of each value of each column of a table that says more than one."""
    if table:
        for name in table[0].keys() - set(NAMES):
            groups: dict[str, set[str]] = {}
            for row in table:
                groups.setdefault(repr(row[name]), set()).add(row["patient"])
            if len(groups) > 1:
                yield from map(frozenset, groups.values())


def is_large(patients: frozenset[str]) -> bool:
    return not 0 < len(patients) < LEAST_CELL


def assert_that_no_cell_is_small(researcher: Researcher, questions: list[Json], limit: int) -> None:
    """Ask all of it, page by page, and look at each cell by itself, at each pair and at any three."""
    cells: set[frozenset[str]] = set()
    for population in questions:
        pages = researcher.pages(population, limit=limit)
        cells |= set(told(pages).values())
        for page in pages:
            assert all(map(is_large, tabled(page)))
            cells |= set(tabled(page))
            matched = listed(page, "matched")
            for table in page["rows"].values():
                patients = frozenset(row["patient"] for row in table)
                assert is_large(matched - patients)
                cells.add(patients)
    assert all(map(is_large, cells))
    assert all(is_large(a - b) and is_large(b - a) for a, b in combinations(cells, 2))
    assert all(tells_of_no_few(three) for three in combinations(cells, 3))


def tells_of_no_few(three: Sequence[frozenset[str]]) -> bool:
    """Whether no few are in one of three alone, nor in two that share enough and not in the third."""
    for a, b, c in (three, (*three[1:], three[0]), (three[2], *three[:2])):
        shared = b & c
        if not is_large(a - b - c) or (len(shared) >= LEAST_CELL and not is_large(shared - a)):
            return False
    return True


ORDERS = st.lists(st.sampled_from(FORMS), min_size=3, max_size=4, unique=True)
LIMITS = st.sampled_from((1, 7, 100))


@SAMPLE
@given(LEAVES, LEAVES, ORDERS, LIMITS)
def test_no_questions_tell_of_few(
    twins: tuple[Gateway, Gateway], one: Json, other: Json, forms: list[Any], limit: int
) -> None:
    assert_that_no_cell_is_small(Researcher(twins[0]), [form(one, other) for form in forms], limit)


@pytest.mark.slow
@MANY
@given(LEAVES, LEAVES, st.permutations(FORMS), LIMITS)
def test_no_questions_of_many_tell_of_few(
    twins: tuple[Gateway, Gateway], one: Json, other: Json, forms: list[Any], limit: int
) -> None:
    assert_that_no_cell_is_small(Researcher(twins[0]), [form(one, other) for form in forms], limit)


def bare(pages: list[Json]) -> list[Json]:
    """Pages without what is made of a key of the gateway, or names its page."""
    text = [{**page, "next": bool(page["next"])} for page in pages]
    for page in text:
        page["patients"] = [each["verdict"] for each in page["patients"]]
        page["rows"] = {
            name: sorted(repr([value for key, value in row.items() if key not in NAMES]) for row in table)
            for name, table in page["rows"].items()
        }
    return text


@SAMPLE
@given(LEAVES, LEAVES, st.sampled_from(FORMS), st.dates())
def test_no_answer_depends_on_the_day_of_a_year(
    twins: tuple[Gateway, Gateway], one: Json, other: Json, form: Any, day: Any
) -> None:
    as_of = day.replace(year=2026 if (day.month, day.day) != (2, 29) else 2024).isoformat()

    answers = [bare(Researcher(each).pages(form(one, other), as_of=as_of)) for each in twins]

    assert answers[0] == answers[1]


FINER = {
    "age in days": {"age": {"op": "ge", "value": 20_000, "unit": "d"}},
    "age in weeks": {"age": {"op": "ge", "value": 2_000, "unit": "wk"}},
    "age in months": {"age": {"op": "ge", "value": 600, "unit": "mo"}},
    "since a day": {"condition": {"period": {"start": "2025-03-01"}}},
    "until a month": {"condition": {"period": {"end": "2025-03"}}},
    "before a day": {"condition": {"period": {"before": "2025-03-01"}}},
    "after a day": {"condition": {"period": {"after": "2025-03-01"}}},
    "within days": {"condition": {"period": {"within": "P90D", "before": "asOf"}}},
    "within months": {"condition": {"period": {"within": "P18M", "before": "asOf"}}},
}


@pytest.mark.parametrize("name", FINER)
def test_what_asks_for_less_than_a_year_is_refused(twins: tuple[Gateway, Gateway], name: str) -> None:
    with pytest.raises(Invalid, match="by their years") as refused:
        Researcher(twins[0]).ask({"any": [FINER[name]]})

    assert str(refused.value.location).startswith("$.population.any[0]")
    assert twins[0].ask({"version": "1", "population": FINER[name]})["counts"]["matched"] is not None


WHOLE = {
    "years": {"period": {"start": "2024", "end": "2025"}},
    "their days": {"period": {"start": "2024-01-01", "end": "2025-12-31"}},
    "after the first": {"period": {"after": "2024-01-01", "before": "2025-12-31"}},
}


def test_whole_years_may_be_asked_for_in_any_words(twins: tuple[Gateway, Gateway]) -> None:
    counts = [
        Researcher(twins[0]).ask({"condition": {"codes": coded("c3"), **period}})["counts"]["matched"]
        for period in WHOLE.values()
    ]

    assert counts[0] is not None
    assert len(set(counts)) == 1


def test_a_birth_date_cannot_be_bisected_by_moving_the_day(twins: tuple[Gateway, Gateway]) -> None:
    researcher = Researcher(twins[0])
    older = {"any": [{"age": {"op": "ge", "value": 50}}, {"age": {"op": "lt", "value": 50}}]}

    answers = [bare(researcher.pages(older, as_of=f"2026-{month:02}-15")) for month in (1, 5, 12)]

    assert all(each == answers[0] for each in answers)


def test_one_more_condition_that_leaves_out_few_is_withheld(twins: tuple[Gateway, Gateway]) -> None:
    everybody: Json = {"any": [{"sex": {"op": "eq", "value": each}} for each in ("male", "female")]}
    few: Json = {"all": [{"condition": {"codes": coded("c0")}}, {"age": {"op": "ge", "value": 80}}]}
    identified = twins[0].ask({"version": "1", "asOf": "2026-12-31", "population": few})
    assert 0 < identified["counts"]["matched"] < LEAST_CELL

    most: Json = {"all": [everybody, {"not": few}]}
    for order in ((everybody, most), (most, everybody)):
        researcher = Researcher(twins[0])
        first, second = (researcher.pages(each) for each in order)
        assert first[0]["counts"]["matched"] is not None
        assert second[0]["counts"]["matched"] is None
        assert told(second)["matched"] == frozenset()
    assert Researcher(twins[0]).ask(few)["counts"]["matched"] is None


def test_a_column_is_shown_until_another_answer_would_single_out_with_it(
    twins: tuple[Gateway, Gateway],
) -> None:
    everybody: Json = {"any": [{"sex": {"op": "eq", "value": each}} for each in ("male", "female")]}
    older: Json = {"all": [everybody, {"age": {"op": "ge", "value": 50}}]}

    def sexes(page: Json) -> set[str | None]:
        return {row["gender"] for row in page["rows"]["who"]}

    fresh = Researcher(twins[0])
    assert sexes(fresh.ask(everybody, rows=[WHO])) == {"male", "female"}
    assert fresh.ask(older)["counts"]["matched"] is None  # it lacks few of the women
    assert Researcher(twins[0]).ask(older)["counts"]["matched"] is not None


def test_what_is_withheld_has_no_page_and_no_token(twins: tuple[Gateway, Gateway]) -> None:
    few: Json = {"all": [{"condition": {"codes": coded("c0")}}, {"age": {"op": "ge", "value": 80}}]}

    (page,) = Researcher(twins[0]).pages(few, limit=1)

    assert (page["counts"]["matched"], page["next"], page["links"]) == (None, None, [])
    assert not any(page["rows"].values())


def test_those_who_see_everything_are_not_in_the_way_of(twins: tuple[Gateway, Gateway]) -> None:
    question: Json = {"version": "1", "population": {"age": {"op": "ge", "value": 20_000, "unit": "d"}}}
    pages = [twins[0].ask({**question, "page": {"limit": 7}})]
    while token := pages[-1]["next"]:
        pages.append(twins[0].ask({**question, "page": {"limit": 7, "token": token}}))

    listed = [each for page in pages for each in page["patients"]]
    assert len(listed) == sum(pages[0]["counts"].values())
    assert all(each["deciding"] for each in listed)

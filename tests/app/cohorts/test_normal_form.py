"""Questions that mean the same have one normal form and one hash; those that do not, have not."""

from datetime import date
from random import Random
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from app.cohorts.language.normal_form import cohort_of, normal_form
from app.cohorts.language.reading import read_question
from tests.app.cohorts.conftest import Json, mission

TODAY = date(2026, 11, 22)
LEAVES: list[Json] = [
    {"exists": "ct"},
    {"exists": "dx"},
    {"age": {"op": "gt", "value": 45}},
    {"sex": {"op": "in", "value": ["female", "other"]}},
    {"deceased": False},
    {"imaging": {"modality": ["MR", "CT"]}},
]
NODES = st.recursive(
    st.sampled_from(LEAVES),
    lambda inner: st.one_of(
        st.builds(lambda of: {"all": of}, st.lists(inner, min_size=1, max_size=3)),
        st.builds(lambda of: {"any": of}, st.lists(inner, min_size=1, max_size=3)),
        st.builds(lambda of: {"not": of}, inner),
        st.builds(lambda of: {"atLeast": {"n": 1, "of": of}}, st.lists(inner, min_size=1, max_size=3)),
    ),
    max_leaves=6,
).filter(lambda node: _depth(node) <= 8)


def _depth(node: Any) -> int:
    if isinstance(node, dict) and node.keys() & {"all", "any", "not", "atLeast"}:
        (value,) = node.values()
        of = value["of"] if "of" in value else value if isinstance(value, list) else [value]
        return 1 + max(map(_depth, of))
    return 1


def cohort(**changes: Any) -> str:
    return read_question(mission(**changes), TODAY).cohort


@given(NODES)
def test_the_normal_form_is_a_question_and_its_own_normal_form(population: Json) -> None:
    form = normal_form(mission(population=population), TODAY)

    assert normal_form(form, TODAY) == form
    assert read_question(form, TODAY).cohort == cohort_of(form)


@given(st.integers())
def test_order_does_not_matter_where_it_means_nothing(seed: int) -> None:
    shuffled = mission()
    random = Random(seed)
    random.shuffle(shuffled["population"]["all"])
    random.shuffle(shuffled["conceptSets"]["dx"]["include"])
    random.shuffle(shuffled["events"]["dx"]["verification"])

    assert read_question(dict(reversed(shuffled.items())), TODAY).cohort == cohort()


def test_nesting_that_says_nothing_is_flattened() -> None:
    age, dx, ct = mission()["population"]["all"]

    assert cohort(population={"all": [age, {"all": [{"any": [dx]}, {"all": [ct]}]}]}) == cohort()
    assert cohort(population={"all": [age, {"any": [dx, ct]}]}) != cohort()


def test_the_page_is_no_part_of_the_question() -> None:
    assert cohort(page={"limit": 3}) == cohort()


def test_what_is_asked_for_is_part_of_it() -> None:
    assert cohort(output={}) != cohort()
    assert cohort(asOf="2026-11-21") != cohort()

"""The random questions are worth asking: every operator is among them, and many answers are a real part."""

from collections import Counter
from functools import cache

from hypothesis import HealthCheck, Phase, given, settings

from graph.query.expression import Match, Order, Question
from graph.query.limits import check
from tests.graph.cypher.conftest import reader
from tests.strategies.fields import FIELDS, LINKS
from tests.strategies.operators import each_operator_alone
from tests.strategies.trees import Asked, operators, questions, with_tenant

HOW_MANY = 600


@cache
def corpus() -> tuple[Asked, ...]:
    """The same questions on every run."""
    found: list[Asked] = []

    @settings(
        max_examples=HOW_MANY,
        derandomize=True,
        database=None,
        deadline=None,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(asked=questions())
    def collect(asked: Asked) -> None:
        found.append(asked)

    collect()
    return (*found, *each_operator_alone(0))


def test_every_operator_is_asked_more_than_once() -> None:
    asked = Counter(name for each in corpus() for name in operators(each.question.where))
    wanted = {
        *("All", "Any", "AtLeast", "Not", "KeyIn", "Present", "Term"),
        *(f"Text.{match.name}" for match in Match),
        *(f"Span.{order.name}" for order in Order),
        *(f"Related.{name}" for name in ("Along", "Against", "Members", "Owner", "Inside", "Whole")),
        *(
            f"{leaf} on {layout}"
            for leaf in ("Term", "Text", "Span", "Present")
            for layout in ("rows", "property")
        ),
    }
    assert {name for name in wanted if asked[name] < 3} == set()


def test_every_kind_of_row_and_every_link_is_asked_for() -> None:
    assert {each.question.entity for each in corpus()} == set(FIELDS)
    ways = {link for each in corpus() for link in _links(each.question)}
    assert {str(link) for found in LINKS.values() for link, _ in found} <= {str(link) for link in ways}


def test_every_sort_and_every_kind_of_caller_is_there() -> None:
    sorts = [sort for each in corpus() for sort in each.question.page.sort]
    assert {(sort.field is None, sort.descending) for sort in sorts} == {
        (field, down) for field in (True, False) for down in (True, False)
    }
    assert {(sort.field.kind, sort.field.layout) for sort in sorts if sort.field} == {
        (field.kind, field.layout) for fields in FIELDS.values() for field in fields
    }
    assert {(each.patients is None, bool(each.patients), bool(each.studies)) for each in corpus()} == {
        (True, False, False),
        *((False, patients, studies) for patients in (True, False) for studies in (True, False)),
    }
    assert {each.partition for each in corpus()} == {"default", "other"}


def test_a_third_of_the_answers_are_neither_empty_nor_everything() -> None:
    parts = sum(is_proper_part(each) for each in corpus())
    assert parts / len(corpus()) > 0.33


def test_every_question_is_within_the_limits() -> None:
    for each in corpus():
        check(each.question)


@cache
def is_proper_part(asked: Asked) -> bool:
    """Whether the answer is neither empty nor all that the caller may see."""
    question, reading = asked.question, reader(asked)
    found = reading.answer(question.entity, with_tenant("any", question.where), question.page)
    return 0 < len(found) < sum(row.entity == question.entity for row in reading.rows)


def _links(question: Question) -> list[object]:
    pending, found = [question.where], []
    while pending:
        node = pending.pop()
        inner = getattr(node, "of", getattr(node, "inner", ()))
        pending += inner if isinstance(inner, tuple) else [inner]
        if hasattr(node, "link"):
            found.append(node.link)
    return found

"""All that one question is evaluated with: its charts, what its codes mean, its trees and occasions."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import tzinfo

from app.cohorts.evaluation.charts import Charts
from app.cohorts.evaluation.event_rows import RESULT, EventRows
from app.cohorts.evaluation.occasions import Occasions
from app.cohorts.evaluation.trees import Compiler
from app.cohorts.evaluation.two_values import Codings, Trees
from app.cohorts.language.question import (
    Age,
    Coded,
    CohortQuestion,
    Criterion,
    Deceased,
    Event,
    Exists,
    QuestionNode,
    leaves,
)
from graph.query.expression import Expression, SerialIn
from graph.query.prices import price

_PLACED = 20  # the price of the patients and days of an event, which are read apart


@dataclass(frozen=True, slots=True)
class Evaluation:
    """Evaluates the conditions of one question in the charts of one caller."""

    charts: Charts
    rows: EventRows
    occasions: Occasions
    compiler: Compiler

    @classmethod
    def of(cls, question: CohortQuestion, charts: Charts, zone: tzinfo, *, by_year: bool) -> "Evaluation":
        """Prepare a question: its concept sets are expanded, once; with `by_year` days count as years."""
        rows = EventRows(zone, _codings(question, charts))
        occasions = Occasions(charts, rows, by_year=by_year)
        return cls(
            charts, rows, occasions, Compiler(question.as_of, zone, rows, occasions.patients, occasions.aged)
        )

    def patients(self, node: QuestionNode) -> Trees:
        """The trees of a condition on patients; raises as `Occasions.patients` does."""
        return self.compiler.patients(node)

    def certain_rows(self, event: Event) -> Expression:
        """The condition that a row certainly is an occasion of an event; raises as `patients`."""
        if event.is_plain:
            return self.rows.trees(event).certain
        found = self.occasions.of(event)
        return SerialIn(event.resource, frozenset(found.rows[found.certain].tolist()))

    def price(self, question: CohortQuestion) -> int:
        """What conditions, rows and dimensions cost, told before anything is looked up."""
        return sum(each for _, each in self.prices(question))

    def prices(self, question: CohortQuestion) -> Iterator[tuple[Expression, int]]:
        """What is looked up for a question, each with its price; what is alike is found once (`Charts`)."""
        for leaf in _without_events(question):
            asked = self.compiler.patients(leaf).possible
            yield asked, price(asked)
        for event in {each.path: each for each in _every_event(question)}.values():
            if event.is_plain:
                asked = self.compiler.exists(event).possible
                yield asked, price(asked)
            else:
                asked = self.rows.trees(event).possible
                yield asked, price(asked) + _PLACED * (1 + len(event.relations))


def _without_events(question: CohortQuestion) -> Iterator[Criterion]:
    """The conditions that the patient's own elements decide."""
    for leaf in leaves(question.population):
        if not any(_events_of(leaf)):
            yield leaf


def _every_event(question: CohortQuestion) -> Iterator[Event]:
    """Every event that is looked up: of conditions, of rows and dimensions, and those that they refer to."""
    for leaf in leaves(question.population):
        yield from _events_of(leaf)
    named = (*(each.event for each in question.rows), *(each.event for each in question.shape.by))
    for event in filter(None, named):
        yield from _with_anchors(event)


def _events_of(leaf: Criterion) -> Iterator[Event]:
    match leaf:
        case Exists(_, event) | Age(at=Event() as event) | Deceased(death=Event() as event):
            yield from _with_anchors(event)


def _with_anchors(event: Event) -> Iterator[Event]:
    yield event
    for relation in event.relations:
        yield from _with_anchors(relation.anchor)


def _codings(question: CohortQuestion, charts: Charts) -> dict[tuple[str, str], Codings]:
    """What the concept sets of every event mean."""
    events = {each.path: each for each in (*question.events.values(), *_every_event(question))}
    found = {
        (path, name): charts.expand(concepts)
        for path, event in events.items()
        for name, concepts in event.concepts.items()
    }
    for path, event in events.items():
        if isinstance(event.value, Coded):
            found[path, RESULT] = charts.expand(event.value.codes)
    return found

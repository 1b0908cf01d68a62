"""From a population to the expression tree, in two values each: what certainly holds, and what may hold.

What a row says by itself is a condition of the graph. What is said of several rows together (which comes
first, how many there are, what lies near another) is found by `occasions`, and stands in the tree as the
patients of whom it holds.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, tzinfo

from app.cohorts.evaluation.event_rows import EventRows
from app.cohorts.evaluation.two_values import Trees, both, either
from app.cohorts.language.calendar import end_of, latest_birth
from app.cohorts.language.question import (
    Age,
    Criterion,
    Deceased,
    Event,
    Every,
    Exists,
    Negated,
    QuestionNode,
    Sex,
    Some,
)
from app.cohorts.language.vocabulary import PATIENT, patient_paths
from graph.query.expression import (
    Against,
    All,
    Any,
    AtLeast,
    Expression,
    Field,
    Kind,
    Not,
    Order,
    Present,
    Related,
    Span,
    Term,
)

_UNKNOWN_SEX = "unknown"
# The first age that counts, and the first that no longer does; None where all older ones count.
AGES: Mapping[str, Callable[[int, int], tuple[int, int | None]]] = {
    "gt": lambda low, _: (low + 1, None),
    "ge": lambda low, _: (low, None),
    "lt": lambda low, _: (0, low),
    "le": lambda low, _: (0, low + 1),
    "between": lambda low, high: (low, high + 1),
}


@dataclass(frozen=True, slots=True)
class Compiler:
    """Compiles the conditions of one question: its day, the site's zone, and the rows of its events.

    `found` gives the trees of what several rows of an event say together, `aged` those of an age at one.
    """

    as_of: date
    zone: tzinfo
    rows: EventRows
    found: Callable[[Event], Trees]
    aged: Callable[[Age, Event], Trees]

    def patients(self, node: QuestionNode) -> Trees:
        """Compile a condition on patients into its trees; raises what finding raises."""
        match node:
            case Every(_, of):
                return both(tuple(self.patients(each) for each in of))
            case Some():
                return self._some(node)
            case Negated(_, of):
                return self.patients(of).negated
        return self._leaf(node)

    def _leaf(self, node: Criterion) -> Trees:
        match node:
            case Exists(_, event):
                return self.exists(event)
            case Age():
                return self.aged(node, node.at) if node.at else self._age(node)
            case Sex():
                return _sex(node)
            case Deceased():
                return self._deceased(node)

    def exists(self, event: Event) -> Trees:
        """The trees of the condition that some such event is on record; raises what finding raises."""
        if not event.is_plain:
            return self.found(event)
        rows, link = self.rows.trees(event), Against(event.resource, patient_paths(event.resource))
        return Trees(Related(link, rows.certain), Related(link, rows.possible))

    def _some(self, node: Some) -> Trees:
        of = tuple(self.patients(each) for each in node.of)
        if node.least == 1:
            return either(of)
        certain, possible = zip(*((each.certain, each.possible) for each in of), strict=True)
        return Trees(AtLeast(node.least, certain), AtLeast(node.least, possible))

    def _age(self, node: Age) -> Trees:
        """So old and not older; who is not born on that day has no age."""
        first, end = AGES[node.op](node.low, node.high)
        reached = self._reached(first, node.unit)
        return reached if end is None else both((reached, self._reached(end, node.unit).negated))

    def _reached(self, count: int, unit: str) -> Trees:
        """So many units have passed since birth; a year or month of birth may be any day of it."""
        born = Field(PATIENT, "birthdate", Kind.SPAN)
        bound = end_of(latest_birth(count, unit, self.as_of), self.zone)
        certain = Span(born, Order.EB, bound, None)
        return Trees(certain, Any((Span(born, Order.LT, bound, None), Not(Present(born)))))

    def _deceased(self, node: Deceased) -> Trees:
        """Known to have died, and not after the day of the question; or as its event says."""
        if node.death is not None:
            trees = self.found(node.death) if node.death.relations else self.rows.trees(node.death)
            return trees if node.value else trees.negated
        died = Field(PATIENT, "death-date", Kind.SPAN)
        dead = Term(Field(PATIENT, "deceased", Kind.TERM), ("true",))
        bound = end_of(self.as_of, self.zone)
        certain: Expression = All((dead, Any((Not(Present(died)), Span(died, Order.EB, bound, None)))))
        possible = All((dead, Any((Not(Present(died)), Span(died, Order.LT, bound, None)))))
        trees = Trees(certain, possible)
        return trees if node.value else trees.negated


def _sex(node: Sex) -> Trees:
    """The gender `unknown` is unknown, unless it is what is asked for."""
    field = Field(PATIENT, "gender", Kind.TERM)
    held = Term(field, node.codes)
    unsaid: Expression = Not(Present(field))
    if _UNKNOWN_SEX not in node.codes:
        unsaid = Any((unsaid, Term(field, (_UNKNOWN_SEX,))))
    trees = Trees(held, Any((held, unsaid)))
    return trees.negated if node.negated else trees

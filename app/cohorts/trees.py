"""From a question to the expression tree, in two values each: what certainly holds, and what may hold.

The tree is two-valued, a cohort is not: a birth date may be missing, a diagnosis undated, a date no more than
a year. So each condition becomes two trees, `certain` and `possible`; what is possible and not certain is
unknown. No record of an event means that there was none; a missing detail of a record is unknown.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, tzinfo
from typing import TypeAlias

from app.cohorts.calendar import end_of, latest_birth
from app.cohorts.question import (
    Age,
    Criterion,
    Deceased,
    Event,
    Every,
    Exists,
    Missing,
    Negated,
    QuestionNode,
    Sex,
    Some,
)
from app.cohorts.vocabulary import KINDS, PATIENT, never, patient_paths
from fhir_profiles.definitions.registry import reference_paths, search_parameter
from fhir_profiles.index.kept import beside, within
from fhir_profiles.index.references import BY_REFERENCE
from graph.query.expression import (
    Against,
    All,
    Along,
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
_AGES: Mapping[str, Callable[[int, int], tuple[int, int | None]]] = {
    "gt": lambda low, _: (low + 1, None),
    "ge": lambda low, _: (low, None),
    "lt": lambda low, _: (0, low),
    "le": lambda low, _: (0, low + 1),
    "between": lambda low, high: (low, high + 1),
}
Codings: TypeAlias = frozenset[tuple[str | None, str]]


@dataclass(frozen=True, slots=True)
class Trees:
    """What certainly holds, and what may hold: the second is never narrower."""

    certain: Expression
    possible: Expression

    @property
    def negated(self) -> "Trees":
        """What certainly does not hold, and what may not."""
        return Trees(Not(self.possible), Not(self.certain))


def both(trees: tuple[Trees, ...]) -> Trees:
    """Return the trees of the condition that all of these hold."""
    return Trees(All(tuple(each.certain for each in trees)), All(tuple(each.possible for each in trees)))


def either(trees: tuple[Trees, ...]) -> Trees:
    """Return the trees of the condition that one of these holds."""
    return Trees(Any(tuple(each.certain for each in trees)), Any(tuple(each.possible for each in trees)))


@dataclass(frozen=True, slots=True)
class Compiler:
    """Compiles the conditions of one question: its day, the site's zone, and what each concept set means.

    `codings` holds the expanded codings by the event's path and the filter's name.
    """

    as_of: date
    zone: tzinfo
    codings: Mapping[tuple[str, str], Codings]

    def patients(self, node: QuestionNode) -> Trees:
        """Compile a condition on patients into its trees."""
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
                return self._exists(event)
            case Age():
                return self._age(node)
            case Sex():
                return _sex(node)
            case Deceased():
                return self._deceased(node)

    def rows(self, event: Event) -> Trees:
        """The trees of an event on rows of its resource type."""
        parts = [Trees(each, each) for each in self._countable(event)]
        parts += [_tokens(event, name, codes) for name, codes in event.tokens.items()]
        parts += [self._concepts(event, name) for name in event.concepts]
        if event.window is not None:
            parts.append(self._dated(event, *event.window.instants(self.zone)))
        return both(tuple(parts))

    def _exists(self, event: Event) -> Trees:
        rows, link = self.rows(event), Against(event.resource, patient_paths(event.resource))
        return Trees(Related(link, rows.certain), Related(link, rows.possible))

    def _some(self, node: Some) -> Trees:
        of = tuple(self.patients(each) for each in node.of)
        if node.least == 1:
            return either(of)
        certain, possible = zip(*((each.certain, each.possible) for each in of), strict=True)
        return Trees(AtLeast(node.least, certain), AtLeast(node.least, possible))

    def _countable(self, event: Event) -> list[Expression]:
        """That a row is not of a kind that never counts, where the question does not ask for it by name."""
        asked = {KINDS[event.kind][event.resource].tokens[name] for name in event.tokens}
        return countable(event.resource, asked)

    def _concepts(self, event: Event, name: str) -> Trees:
        source = KINDS[event.kind][event.resource]
        codings = self.codings[event.path, name]
        held = _coded(event.resource, source.concepts[name], codings)
        if name != "codes":
            return _or_absent(held, _field(event.resource, source.concepts[name], Kind.TERM))
        if source.through is None:
            return Trees(held, held)
        held = Any((held, *_coded_through(event.resource, source.through, codings)))
        return Trees(held, Any((held, _unresolved(event.resource, source.through))))

    def _dated(self, event: Event, low: int | None, high: int | None) -> Trees:
        """The first date that is present lies in [low, high), or may: a year is a whole year."""
        dates = KINDS[event.kind][event.resource].dates
        fields = [_field(event.resource, dates[name], Kind.SPAN) for name in event.dates]
        return Trees(
            _first_present(
                [Span(each, Order.EQ, low, high) for each in fields], event.missing is Missing.INCLUDE
            ),
            _first_present(
                [Span(each, Order.AP, low, high) for each in fields], event.missing is not Missing.EXCLUDE
            ),
        )

    def _age(self, node: Age) -> Trees:
        """So old and not older; who is not born on that day has no age."""
        first, end = _AGES[node.op](node.low, node.high)
        reached = self._reached(first, node.unit)
        return reached if end is None else both((reached, self._reached(end, node.unit).negated))

    def _reached(self, count: int, unit: str) -> Trees:
        """So many units have passed since birth; a year or month of birth may be any day of it."""
        born = _field(PATIENT, "birthdate", Kind.SPAN)
        bound = end_of(latest_birth(count, unit, self.as_of), self.zone)
        certain = Span(born, Order.EB, bound, None)
        return Trees(certain, Any((Span(born, Order.LT, bound, None), Not(Present(born)))))

    def _deceased(self, node: Deceased) -> Trees:
        """Known to have died, and not after the day of the question."""
        died = _field(PATIENT, "death-date", Kind.SPAN)
        dead = Term(_field(PATIENT, "deceased", Kind.TERM), ("true",))
        bound = end_of(self.as_of, self.zone)
        certain = All((dead, Any((Not(Present(died)), Span(died, Order.EB, bound, None)))))
        possible = All((dead, Any((Not(Present(died)), Span(died, Order.LT, bound, None)))))
        trees = Trees(certain, possible)
        return trees if node.value else trees.negated


def _first_present(spans: Sequence[Span], without: bool) -> Expression:
    """The first of the fields that has a value has it in its span; `without`: or none has one.

    Each field is asked about once: the graph plans every question about one by itself.
    """
    *earlier, last = spans
    held: Expression = Any((last, Not(Present(last.field)))) if without else last
    for span in reversed(earlier):
        held = Any((span, All((Not(Present(span.field)), held))))
    return held


def countable(resource: str, asked: frozenset[str] | set[str] = frozenset()) -> list[Expression]:
    """Return the conditions that a row is none that never counts.

    `asked` are parameters that the question filters by: those decide themselves.
    """
    return [
        Not(Term(_field(resource, parameter, Kind.TERM), codes))
        for parameter, codes in never(resource).items()
        if parameter not in asked
    ]


def of_patients(resource: str, patients: Expression) -> Expression:
    """Return the condition that a row is about one of these patients."""
    return Related(Along(patient_paths(resource), (PATIENT,)), patients)


def _sex(node: Sex) -> Trees:
    """The gender `unknown` is unknown, unless it is what is asked for."""
    field = _field(PATIENT, "gender", Kind.TERM)
    held = Term(field, node.codes)
    unsaid: Expression = Not(Present(field))
    if _UNKNOWN_SEX not in node.codes:
        unsaid = Any((unsaid, Term(field, (_UNKNOWN_SEX,))))
    trees = Trees(held, Any((held, unsaid)))
    return trees.negated if node.negated else trees


def _tokens(event: Event, name: str, codes: tuple[str, ...]) -> Trees:
    field = _field(event.resource, KINDS[event.kind][event.resource].tokens[name], Kind.TERM)
    return _or_absent(Term(field, codes), field)


def _or_absent(held: Expression, field: Field) -> Trees:
    return Trees(held, Any((held, Not(Present(field)))))


def _coded_through(resource: str, parameter: str, codings: Codings) -> tuple[Expression, Expression]:
    """What is referred to has one of these codes: a resource that is stored, or one that is contained."""
    target = _target(resource, parameter)
    stored = Related(Along(reference_paths(resource, parameter), (target,)), _coded(target, "code", codings))
    return stored, _coded(resource, within(parameter, target, "code"), codings)


def _unresolved(resource: str, parameter: str) -> Expression:
    """What is referred to cannot be looked up: it has not arrived, is elsewhere, or has no address."""
    target = _target(resource, parameter)
    referred = Term(_field(resource, beside(parameter, BY_REFERENCE), Kind.TERM), (BY_REFERENCE,))
    stored = Related(Along(reference_paths(resource, parameter), (target,)), All())
    contained = Present(_field(resource, within(parameter, target), Kind.TERM))
    return All((referred, Not(Any((stored, contained)))))


def _target(resource: str, parameter: str) -> str:
    """The one type that a parameter of an event refers to."""
    found = search_parameter(resource, parameter)
    (target,) = found.targets if found else ("",)
    return target


def _coded(resource: str, parameter: str, codings: Codings) -> Expression:
    """Some coding of the row is one of these."""
    field = _field(resource, parameter, Kind.TERM)
    by_system: dict[str | None, list[str]] = {}
    for system, code in sorted(codings, key=str):
        by_system.setdefault(system, []).append(code)
    terms = tuple(Term(field, tuple(codes), system) for system, codes in by_system.items())
    return terms[0] if len(terms) == 1 else Any(terms)


def _field(entity: str, name: str, kind: Kind) -> Field:
    return Field(entity, name, kind)

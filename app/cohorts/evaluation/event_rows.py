"""The rows that are an event, each judged by itself: its codes, its results, its pictures, its days."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import tzinfo

from app.cohorts.evaluation.picture_rows import picture_trees
from app.cohorts.evaluation.two_values import Codings, Trees, both, coded, or_absent, sure
from app.cohorts.language.events import DEATH
from app.cohorts.language.question import Coded, Event, Missing
from app.cohorts.language.vocabulary import KINDS, PATIENT, EventSource, never, patient_paths
from fhir_profiles.definitions.registry import reference_paths, search_parameter
from fhir_profiles.folding import fold
from fhir_profiles.index.kept import beside, within
from fhir_profiles.index.references import BY_REFERENCE
from graph.errors import TooLarge
from graph.query.expression import (
    All,
    Along,
    Any,
    Expression,
    Field,
    Kind,
    Match,
    Not,
    Order,
    Present,
    Related,
    Span,
    Term,
    Text,
)

RESULT = "value"  # the name under which the codes of a coded result are expanded
_DEATH = EventSource(dates={"deceased": "death-date"})
_MOST_RESULTS = 5_000  # pairs of a code and a result
_MARK = "$"  # between the parts of a composite (FHIR R4 search.html#combining)


def source_of(event: Event) -> EventSource:
    """The tables of what an event is made of."""
    return _DEATH if event.kind == DEATH else KINDS[event.kind][event.resource]


def date_fields(event: Event) -> tuple[Field, ...]:
    """The fields that date an event, the first that is present."""
    dates = source_of(event).dates
    return tuple(Field(event.resource, dates[name], Kind.SPAN) for name in event.dates)


def undated(event: Event) -> Event:
    """An event without the days and the result that are asked of the occasion that is picked."""
    bare = replace(event, value=None)
    return bare if event.pick and event.pick.in_period else replace(bare, window=None)


@dataclass(frozen=True, slots=True)
class EventRows:
    """Compiles the rows of events: the site's zone, and what each concept set means.

    `codings` holds the expanded codings by the event's path and the filter's name.
    """

    zone: tzinfo
    codings: Mapping[tuple[str, str], Codings]

    def trees(self, event: Event) -> Trees:
        """The trees of an event on rows of its resource type, as far as a row says them by itself.

        Raises `TooLarge` for more coded results than one question may ask for.
        """
        if event.kind == DEATH:
            parts = [sure(Term(Field(PATIENT, "deceased", Kind.TERM), ("true",)))]
        else:
            parts = [sure(each) for each in self._countable(event)]
            parts += self._filtered(event)
        if event.window is not None:
            parts.append(self._dated(event, *event.window.instants(self.zone)))
        return both(parts)

    def coded(self, event: Event, name: str) -> Expression:
        """The condition that a code of a row itself is one of those that a filter asks for."""
        return coded(event.resource, source_of(event).concepts[name], self.codings[event.path, name])

    def _filtered(self, event: Event) -> Iterator[Trees]:
        source = source_of(event)
        for name, codes in event.tokens.items():
            field = Field(event.resource, source.tokens[name], Kind.TERM)
            yield or_absent(Term(field, codes), field)
        for name in event.concepts:
            yield self._concepts(event, name)
        for name, text in event.texts.items():
            field = Field(event.resource, source.texts[name], Kind.TEXT)
            yield or_absent(Text(field, Match.PREFIX, fold(text)), field)
        if isinstance(event.value, Coded):
            yield self._coded_result(event)
        if event.pictures is not None:
            yield picture_trees(event.pictures, event.tokens.get("modality", ()))

    def _countable(self, event: Event) -> list[Expression]:
        """That a row is not of a kind that never counts, where the question does not ask for it by name."""
        asked = {source_of(event).tokens[name] for name in event.tokens}
        return countable(event.resource, asked)

    def _concepts(self, event: Event, name: str) -> Trees:
        source, codings = source_of(event), self.codings[event.path, name]
        held = self.coded(event, name)
        if name != "codes":
            return or_absent(held, Field(event.resource, source.concepts[name], Kind.TERM))
        if source.through is None:
            return sure(held)
        held = Any((held, *_coded_through(event.resource, source.through, codings)))
        return Trees(held, Any((held, _unresolved(event.resource, source.through))))

    def _coded_result(self, event: Event) -> Trees:
        """The result is one of some codes, that of the code asked for where one is (FHIR R4 Observation)."""
        results = self.codings[event.path, RESULT]
        present = Field(event.resource, "combo-value-concept", Kind.TERM)
        if "codes" not in event.concepts:
            return or_absent(coded(event.resource, present.name, results), present)
        codes = self.codings[event.path, "codes"]
        if len(codes) * len(results) > _MOST_RESULTS:
            raise TooLarge("there are too many coded results: ask for fewer", location=f"{event.path}.value")
        pairs = frozenset(
            (f"{system}{_MARK}{of}" if system and of else None, f"{code}{_MARK}{result}")
            for system, code in codes
            for of, result in results
        )
        return or_absent(coded(event.resource, "combo-code-value-concept", pairs), present)

    def _dated(self, event: Event, low: int | None, high: int | None) -> Trees:
        """The first date that is present lies in [low, high), or may: a year is a whole year.

        What lasts counts where some of it lies there.
        """
        fields = date_fields(event)
        inside = Order.AP if source_of(event).lasting else Order.EQ
        return Trees(
            _first_present(
                [Span(each, inside, low, high) for each in fields], event.missing is Missing.INCLUDE
            ),
            _first_present(
                [Span(each, Order.AP, low, high) for each in fields], event.missing is not Missing.EXCLUDE
            ),
        )


def countable(resource: str, asked: frozenset[str] | set[str] = frozenset()) -> list[Expression]:
    """Return the conditions that a row is none that never counts.

    `asked` are parameters that the question filters by: those decide themselves.
    """
    return [
        Not(Term(Field(resource, parameter, Kind.TERM), codes))
        for parameter, codes in never(resource).items()
        if parameter not in asked
    ]


def of_patients(resource: str, patients: Expression) -> Expression:
    """Return the condition that a row is about one of these patients."""
    return Related(Along(patient_paths(resource), (PATIENT,)), patients)


def _first_present(spans: Sequence[Span], without: bool) -> Expression:
    """The first of the fields that has a value has it in its span; `without`: or none has one.

    Each field is asked about once: the graph plans every question about one by itself.
    """
    *earlier, last = spans
    held: Expression = Any((last, Not(Present(last.field)))) if without else last
    for span in reversed(earlier):
        held = Any((span, All((Not(Present(span.field)), held))))
    return held


def _coded_through(resource: str, parameter: str, codings: Codings) -> tuple[Expression, Expression]:
    """What is referred to has one of these codes: a resource that is stored, or one that is contained."""
    target = _target(resource, parameter)
    stored = Related(Along(reference_paths(resource, parameter), (target,)), coded(target, "code", codings))
    return stored, coded(resource, within(parameter, target, "code"), codings)


def _unresolved(resource: str, parameter: str) -> Expression:
    """What is referred to cannot be looked up: it has not arrived, is elsewhere, or has no address."""
    target = _target(resource, parameter)
    referred = Term(Field(resource, beside(parameter, BY_REFERENCE), Kind.TERM), (BY_REFERENCE,))
    stored = Related(Along(reference_paths(resource, parameter), (target,)), All())
    contained = Present(Field(resource, within(parameter, target), Kind.TERM))
    return All((referred, Not(Any((stored, contained)))))


def _target(resource: str, parameter: str) -> str:
    """The one type that a parameter of an event refers to."""
    found = search_parameter(resource, parameter)
    (target,) = found.targets if found else ("",)
    return target

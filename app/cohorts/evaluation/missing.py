"""Which detail of a record would decide what is unknown: the birth date, a verification status, a day.

A detail decides a condition of a patient where the condition no longer may hold once that detail, of every
row that it is asked of, is taken to be as it is on record: what is not said then does not count.
"""

from collections.abc import Iterator
from dataclasses import replace

from app.cohorts.evaluation.evaluation import Evaluation
from app.cohorts.evaluation.event_rows import source_of
from app.cohorts.evaluation.two_values import Trees, both
from app.cohorts.language.question import Age, Coded, Criterion, Deceased, Event, Exists, Missing, Sex
from app.cohorts.language.vocabulary import PATIENT, patient_paths
from graph.query.expression import Against, Related
from graph.resources.sieve import Serials

_ELEMENTS = {
    "verification": "verificationStatus",
    "dates": "date",
    "value": "value[x]",
    "modality": "modality",
    "text": "text",
}
"""The FHIR element behind a filter, where it is called otherwise."""


def missing_data(evaluation: Evaluation, leaf: Criterion, unknown: Serials) -> dict[int, list[str]]:
    """The details that would decide a condition, by the patients of whom it is unknown."""
    found: dict[int, list[str]] = {serial: [] for serial in unknown}
    for detail, held in _details(evaluation, leaf, unknown):
        for serial in unknown - held:
            found[serial].append(detail)
    return found


def _details(evaluation: Evaluation, leaf: Criterion, unknown: Serials) -> Iterator[tuple[str, Serials]]:
    """Each detail, and of whom the condition still may hold if that detail has to be on record."""
    match leaf:
        case Age(at=None):
            yield f"{PATIENT}.birthDate", frozenset()
        case Sex():
            yield f"{PATIENT}.gender", frozenset()
        case Deceased():
            yield f"{PATIENT}.deceased[x]", frozenset()
        case Age(at=Event() as event):
            yield f"{PATIENT}.birthDate", frozenset()
            yield from _of_event(evaluation, event, unknown)
        case Exists(_, event):
            yield from _of_event(evaluation, event, unknown)


def _of_event(evaluation: Evaluation, event: Event, unknown: Serials) -> Iterator[tuple[str, Serials]]:
    """The details of an event's rows, each filter apart; then what is asked of several rows."""
    link = Against(event.resource, patient_paths(event.resource)) if event.resource != PATIENT else None
    for name, part, rest in _parts(evaluation, event):
        rows = both((Trees(part.certain, part.certain), Trees(rest.possible, rest.possible))).certain
        where = rows if link is None else Related(link, rows)
        yield f"{event.resource}.{name}", evaluation.charts.serials(PATIENT, where, unknown)
    if not event.is_plain:
        found = evaluation.occasions.of(event)
        vague = frozenset(found.owners[~found.exact].tolist())
        if event.dates and (event.relations or event.pick or event.gap or event.count):
            yield f"{event.resource}.{'|'.join(event.dates)}", unknown - vague
        if event.value is not None or event.words is not None:
            unsure = frozenset(found.owners[~found.certain & found.exact].tolist())
            yield f"{event.resource}.{'value[x]' if event.value else 'conclusion'}", unknown - unsure


def _parts(evaluation: Evaluation, event: Event) -> Iterator[tuple[str, Trees, Trees]]:
    """Each filter of an event by itself, and the event without it."""
    for name in (*event.tokens, *(each for each in event.concepts if each != "codes"), *event.texts):
        yield _element(name), _only(evaluation, event, name), _without(evaluation, event, name)
    source = source_of(event)
    if "codes" in event.concepts and source.through is not None:
        yield "medication[x]", _only(evaluation, event, "codes"), _without(evaluation, event, "codes")
    if event.window is not None and event.missing is Missing.FLAG and event.is_plain:
        dated = replace(_bare(event), window=event.window)
        yield "|".join(event.dates), evaluation.rows.trees(dated), _rows(evaluation, event, window=None)
    if event.pictures is not None:
        pictured = replace(_bare(event), pictures=event.pictures)
        yield "series", evaluation.rows.trees(pictured), _rows(evaluation, event, pictures=None)
    if isinstance(event.value, Coded):
        valued = replace(_only_event(event, "codes"), value=event.value)
        yield "value[x]", evaluation.rows.trees(valued), _rows(evaluation, event)


def _element(name: str) -> str:
    return _ELEMENTS.get(name, name)


def _bare(event: Event) -> Event:
    """An event of which nothing is asked."""
    return Event(event.path, event.kind, event.resource, dates=event.dates, missing=event.missing)


def _rows(evaluation: Evaluation, event: Event, **changes: object) -> Trees:
    return evaluation.rows.trees(replace(event, value=None, **changes))  # type: ignore[arg-type]


def _only(evaluation: Evaluation, event: Event, name: str) -> Trees:
    """The trees of one filter alone."""
    return evaluation.rows.trees(_only_event(event, name))


def _only_event(event: Event, name: str) -> Event:
    return replace(
        _bare(event),
        tokens={key: value for key, value in event.tokens.items() if key == name},
        concepts={key: value for key, value in event.concepts.items() if key == name},
        texts={key: value for key, value in event.texts.items() if key == name},
    )


def _without(evaluation: Evaluation, event: Event, name: str) -> Trees:
    """The trees of the event without one filter."""
    return _rows(
        evaluation,
        event,
        tokens={key: value for key, value in event.tokens.items() if key != name},
        concepts={key: value for key, value in event.concepts.items() if key != name},
        texts={key: value for key, value in event.texts.items() if key != name},
    )

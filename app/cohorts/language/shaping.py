"""Reads how an answer is wanted: what one line of it is, in which form, and by what it is counted."""

from collections.abc import Mapping, Sequence
from typing import Any

from app.cohorts.language.periods import BY_YEAR
from app.cohorts.language.question import AnswerFormat, AnswerShape, Dimension, Event, Grain, Rows
from app.cohorts.language.vocabulary import KINDS, PATIENT, STUDY, EventSource
from graph.errors import Invalid

SEX, AGES, YEAR, MONTH, CODE, MODALITY, BODY_SITE = (
    *("sex", "ageGroup", "year", "month", "code", "modality", "bodySite"),
)
DIMENSIONS: Mapping[str, str] = {
    SEX: "",
    AGES: "",
    YEAR: "dates",
    MONTH: "dates",
    CODE: "codes",
    MODALITY: "modality",
    BODY_SITE: "bodySite",
}
"""What can be counted by, and what of an event says it; of the patient themselves where nothing does."""
AGES_OF_A_GROUP, WIDEST_AGES = 10, 50  # years
OF_GRAIN = "$.output.grain"
"""The place of rows that nobody asked for by themselves."""


def read_shape(
    output: Mapping[str, Any], events: Mapping[str, Event], rows: Sequence[Rows], *, by_year: bool
) -> AnswerShape:
    """Read how an output that its schema accepts is wanted; with `by_year` no date counts by its month.

    Raises `Invalid` for a form that there is not, lines that the question does not make, and a dimension that
    its rows do not have.
    """
    grain = Grain(output.get("grain", Grain.PATIENT))
    if grain is Grain.ROW and not output.get("links"):
        raise Invalid("rows are linked by `links`, of which there are none", location=OF_GRAIN)
    return AnswerShape(
        grain,
        _formats(output.get("format")),
        tuple(
            _dimension(each, f"$.output.by[{at}]", events, rows, by_year=by_year)
            for at, each in enumerate(output.get("by", ()))
        ),
    )


def with_grain(output: Mapping[str, Any], rows: tuple[Rows, ...]) -> tuple[Rows, ...]:
    """The rows of an output, and those that its grain needs beside: studies, and their patients."""
    if output.get("grain") != Grain.STUDY:
        return rows
    for resource, name in ((STUDY, "study"), (PATIENT, "patient")):
        if not any(each.resource == resource for each in rows):
            taken = {each.name for each in rows}
            names = (name, *(f"{name}{at}" for at in range(len(rows))))
            rows = (*rows, Rows(OF_GRAIN, next(each for each in names if each not in taken), resource))
    return rows


def with_widths(output: Mapping[str, Any]) -> dict[str, Any]:
    """An output with the width of each group of ages, where it says none."""
    if "by" not in output:
        return dict(output)
    by = [{"width": AGES_OF_A_GROUP, **each} if each["by"] == AGES else each for each in output["by"]]
    return {**output, "by": by}


def _formats(raw: str | None) -> tuple[AnswerFormat, ...]:
    names = [] if raw is None else raw.split("|")
    if not set(names) <= set(AnswerFormat):
        raise Invalid(
            "the forms of an answer are %(formats)s",
            location="$.output.format",
            formats=", ".join(AnswerFormat),
        )
    return tuple(dict.fromkeys(AnswerFormat(each) for each in names))


def _dimension(
    raw: Mapping[str, Any],
    path: str,
    events: Mapping[str, Event],
    rows: Sequence[Rows],
    *,
    by_year: bool,
) -> Dimension:
    by, name = raw["by"], raw.get("of")
    if "width" in raw and by != AGES:
        raise Invalid("only ages have a width", location=f"{path}.width")
    if by == MONTH and by_year:
        raise Invalid(BY_YEAR, location=f"{path}.by")
    if not DIMENSIONS[by]:
        if name is not None:
            raise Invalid("this is of the patient, and of no event", location=f"{path}.of")
        return Dimension(path, by, raw.get("width", AGES_OF_A_GROUP) if by == AGES else 0)
    if name is None:
        raise Invalid("name the event, or the rows, that it is of", location=f"{path}.of")
    resource, event = _counted_rows(name, f"{path}.of", events, rows)
    if not _says(source_of(resource, event), DIMENSIONS[by]):
        raise Invalid(
            "a %(resource)s has no %(by)s to count by", location=f"{path}.by", resource=resource, by=by
        )
    return Dimension(path, by, of=name, resource=resource, event=event)


def source_of(resource: str, event: Event | None) -> EventSource:
    """Where rows of a type are said to be found, as events of their kind; nothing where they are of none."""
    if event is not None:
        return KINDS[event.kind][event.resource]
    return next((kinds[resource] for kinds in KINDS.values() if resource in kinds), EventSource())


def _counted_rows(
    name: str, path: str, events: Mapping[str, Event], rows: Sequence[Rows]
) -> tuple[str, Event | None]:
    """The type of the rows of a name, and the event whose they are."""
    named = next((each for each in rows if each.name == name), None)
    if named is None and name not in events:
        raise Invalid("there is no event, and there are no rows, named %(name)s", location=path, name=name)
    if named is None:
        return events[name].resource, events[name]
    if named.linked_to is not None:
        raise Invalid("linked rows are not counted by: name the event of their studies", location=path)
    return named.resource, named.event


def _says(source: EventSource, what: str) -> bool:
    if what == "dates":
        return bool(source.dates)
    return what in source.concepts or what in source.tokens

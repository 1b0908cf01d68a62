"""From the JSON of a request to a `CohortQuestion`: its form by the schema, then what its names mean.

Whatever is wrong is `Invalid` (or `TooLarge`) with the JSONPath of its place.
"""

from collections.abc import Callable, Mapping
from datetime import date
from typing import Any

from marshmallow import ValidationError

from app.cohorts.language.calendar import full_date, largest_age, year_end
from app.cohorts.language.concept_sets import ConceptSets
from app.cohorts.language.event_forms import EVENT_SCHEMAS
from app.cohorts.language.events import Events
from app.cohorts.language.normal_form import cohort_of, normal_form
from app.cohorts.language.output import read_links, read_rows
from app.cohorts.language.periods import BY_YEAR
from app.cohorts.language.places import first_fault, located
from app.cohorts.language.question import (
    Age,
    CohortQuestion,
    Deceased,
    Every,
    Exists,
    Negated,
    QuestionNode,
    Sex,
    Some,
)
from app.cohorts.language.schemas import DEFAULT_PAGE, NODE_KEYS, QuestionSchema
from app.cohorts.language.shaping import read_shape, with_grain
from app.security.policy import LEAST_CELL
from graph.errors import Invalid, TooLarge

DEEPEST, MOST_LEAVES = 8, 64
_AS_OF = "asOf"
_SCHEMA = QuestionSchema()


def read_question(raw: Any, today: date, *, by_year: bool = False) -> CohortQuestion:
    """Read a request body; `today` stands where it names no day.

    With `by_year` every date counts as its year, that of the question as the last day of its own. Raises
    `Invalid` and `TooLarge` with the JSONPath of what is wrong, and of what then asks for less than a year.
    """
    try:
        _SCHEMA.load(raw)
    except ValidationError as error:
        raise first_fault(error.messages_dict, raw) from None
    with located("$.asOf"):
        as_of = full_date(raw["asOf"]) if "asOf" in raw else today
    if by_year:
        as_of = year_end(as_of)
    named = Events(raw.get("events", {}), ConceptSets(raw.get("conceptSets", {})), as_of, by_year)
    events = named.all()
    tree = _Tree(named)
    output, page = raw.get("output", {}), raw.get("page", {})
    rows = with_grain(output, read_rows(output, events))
    return CohortQuestion(
        cohort=cohort_of(normal_form(raw, as_of)),
        as_of=as_of,
        population=tree.node(raw["population"], "$.population", 1),
        events=events,
        rows=rows,
        links=read_links(output, rows),
        count=output.get("count", True),
        min_cell=max(LEAST_CELL, output.get("privacy", {}).get("minCell", 0)),
        limit=page.get("limit", DEFAULT_PAGE),
        token=page.get("token"),
        shape=read_shape(output, events, rows, by_year=by_year),
    )


class _Tree:
    """Reads the population, counting its leaves."""

    def __init__(self, events: Events) -> None:
        self._events = events
        self._leaves = 0

    def node(self, raw: Mapping[str, Any], path: str, depth: int) -> QuestionNode:
        (key,) = raw.keys() & set(NODE_KEYS)
        path = f"{path}.{key}"
        if depth > DEEPEST:
            raise TooLarge("conditions are nested at most %(most)s deep", location=path, most=DEEPEST)
        value = raw[key]
        match key:
            case "all":
                return Every(path, self._nodes(value, path, depth))
            case "any":
                return Some(path, 1, self._nodes(value, path, depth))
            case "atLeast":
                return self._at_least(value, path, depth)
            case "not":
                return Negated(path, self.node(value, path, depth + 1))
        return self._leaf(key, value, path)

    def _nodes(self, raw: list[Any], path: str, depth: int) -> tuple[QuestionNode, ...]:
        return tuple(self.node(each, f"{path}[{at}]", depth + 1) for at, each in enumerate(raw))

    def _at_least(self, raw: Mapping[str, Any], path: str, depth: int) -> Some:
        if raw["n"] > len(raw["of"]):
            raise Invalid("more are asked for than there are", location=f"{path}.n")
        return Some(path, raw["n"], self._nodes(raw["of"], f"{path}.of", depth))

    def _leaf(self, key: str, value: Any, path: str) -> QuestionNode:
        self._leaves += 1
        if self._leaves > MOST_LEAVES:
            raise TooLarge("a question has at most %(most)s conditions", location=path, most=MOST_LEAVES)
        if key in EVENT_SCHEMAS:
            return Exists(path, self._events.event(value, path, key))
        return _LEAVES[key](self, value, path)

    def _age(self, raw: Mapping[str, Any], path: str) -> QuestionNode:
        low, high = raw["value"] if raw["op"] == "between" else (raw["value"], raw["value"])
        if low > high:
            raise Invalid("the second age is below the first", location=f"{path}.value")
        unit, at = raw.get("unit", "a"), raw.get("at", _AS_OF)
        if self._events.by_year and unit != "a":
            raise Invalid(BY_YEAR, location=f"{path}.unit")
        if high > largest_age(unit):
            raise Invalid(
                "an age is at most %(most)s %(unit)s",
                location=f"{path}.value",
                most=largest_age(unit),
                unit=unit,
            )
        event = None if at == _AS_OF else self._events.named(at, f"{path}.at")
        if event is not None and not event.dates:
            raise Invalid("a %(resource)s has no date", location=f"{path}.at", resource=event.resource)
        return Age(path, raw["op"], low, high, unit, event)

    def _sex(self, raw: Mapping[str, Any], path: str) -> QuestionNode:
        value = raw["value"]
        codes = tuple(value) if isinstance(value, list) else (value,)
        return Sex(path, codes, negated=raw["op"] == "ne")

    def _deceased(self, raw: bool | Mapping[str, Any], path: str) -> QuestionNode:
        if isinstance(raw, bool):
            return Deceased(path, raw)
        death = self._events.death(raw, path) if "period" in raw else None
        return Deceased(path, raw["value"], death)

    def _exists(self, raw: Any, path: str) -> QuestionNode:
        if not isinstance(raw, str):
            return Exists(path, self._events.event(raw, path, raw["kind"]))
        return Exists(path, self._events.named(raw, path))


_LEAVES: Mapping[str, Callable[[_Tree, Any, str], QuestionNode]] = {
    "age": _Tree._age,
    "sex": _Tree._sex,
    "deceased": _Tree._deceased,
    "exists": _Tree._exists,
}

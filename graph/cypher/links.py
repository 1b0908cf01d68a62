"""Links between rows as patterns: what to match from a bound row to reach the row at the other end."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from graph.cypher.access import pattern
from graph.cypher.leaves import hint
from graph.cypher.writing import BoundRow, Writing
from graph.query.attributes import INSTANCE, SERIES, STUDY
from graph.query.expression import Against, Along, Inside, Kind, Link, Members, Owner, Whole
from graph.query.limits import PATIENT
from graph.query.relationships import relationships
from graph.query.rows import VALUE_NODES, code_key, compartment_of


@dataclass(frozen=True, slots=True)
class Step:
    """A pattern from a bound row to the row at the other end, its index, and what must hold in between."""

    pattern: str
    conditions: tuple[str, ...] = ()
    index: str = ""

    @property
    def match(self) -> str:
        """The clause that finds the row."""
        return f"MATCH {self.pattern}{f' {self.index}' if self.index else ''}"


def ends(link: Link) -> tuple[str, ...]:
    """The kinds of rows at the other end."""
    match link:
        case Along(_, targets):
            return targets
        case Against(source, _):
            return (source,)
        case Owner():
            return (PATIENT,)
        case Members(entity) | Inside(entity) | Whole(entity):
            return (entity,)


def step(writing: Writing, start: BoundRow, link: Link, end: BoundRow) -> Step:
    """The way along a link from a row that is bound to one that is not."""
    return LINKS[type(link)](writing, start, link, end)


def inverse(link: Link, start: str) -> Link:
    """The link that leads back to rows of kind `start`."""
    match link:
        case Along(paths, _):
            return Against(start, paths)
        case Against(_, paths):
            return Along(paths, (start,))
        case Members():
            return Owner()
        case Owner():
            return Members(start)
        case Inside():
            return Whole(start)
        case Whole():
            return Inside(start)


def member_keys(writing: Writing, entity: str) -> str:
    """What the key of a compartment row starts with, up to the patient's id."""
    return writing.value(code_key(writing.scope.tenant, compartment_of(entity), f"{PATIENT}/"))


def _along(writing: Writing, start: BoundRow, link: Along, end: BoundRow) -> Step:
    edge = writing.variable("e")
    way = f"({start.variable})-[{edge}:{relationships(link.paths)}]->{pattern(end)}"
    return Step(way, (f"{edge}.path IN {writing.value(link.paths)}",))


def _against(writing: Writing, start: BoundRow, link: Against, end: BoundRow) -> Step:
    edge = writing.variable("e")
    way = f"({start.variable})<-[{edge}:{relationships(link.paths)}]-{pattern(end)}"
    return Step(way, (f"{edge}.path IN {writing.value(link.paths)}",))


def _members(writing: Writing, start: BoundRow, link: Members, end: BoundRow) -> Step:
    value = writing.variable("v")
    own = f"{value}.key = {member_keys(writing, link.entity)} + {start.variable}.id"
    way = f"({value}:{VALUE_NODES[Kind.TERM].label})-[:OF]->{pattern(end)}"
    return Step(way, (own, f"{value}.serial IS NOT NULL"), hint(value, Kind.TERM))


def _owner(writing: Writing, start: BoundRow, link: Owner, end: BoundRow) -> Step:
    index = f"USING INDEX {end.variable}:Resource(key)"
    return Step(pattern(end), (f"{end.variable}.key IN {start.variable}.compartment",), index)


def _down(writing: Writing, start: BoundRow, link: Inside, end: BoundRow) -> Step:
    way = _DOWN[start.entities[0], link.entity]
    return Step(f"({start.variable}){way}{pattern(end)}")


def _up(writing: Writing, start: BoundRow, link: Whole, end: BoundRow) -> Step:
    way = _UP[start.entities[0], link.entity]
    return Step(f"({start.variable}){way}{pattern(end)}")


_DOWN = {
    (STUDY, SERIES): "-[:HAS_SERIES]->",
    (STUDY, INSTANCE): "-[:HAS_SERIES]->(:Series)-[:HAS_INSTANCE]->",
    (SERIES, INSTANCE): "-[:HAS_INSTANCE]->",
}
_UP = {
    (SERIES, STUDY): "<-[:HAS_SERIES]-",
    (INSTANCE, STUDY): "<-[:HAS_INSTANCE]-(:Series)<-[:HAS_SERIES]-",
    (INSTANCE, SERIES): "<-[:HAS_INSTANCE]-",
}
LINKS: Mapping[type, Callable[[Writing, BoundRow, Any, BoundRow], Step]] = {
    Along: _along,
    Against: _against,
    Members: _members,
    Owner: _owner,
    Inside: _down,
    Whole: _up,
}

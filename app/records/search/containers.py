"""Search of contained resources: `_contained` and `_containedType` (FHIR R4 search.html#contained).

A contained resource is kept as rows of what contains it, under the reference that leads to it. So what
contains one of a type is asked type by type, in the order of their names, and the pages follow that order.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from functools import cache

import orjson

from app.records.search.contained import in_contained
from app.records.search.holding import holds
from fhir_profiles.definitions.registry import RESOURCE_TYPES, SearchParameter, search_parameters
from fhir_profiles.index.extraction import extract
from fhir_profiles.index.kept import CONTAINED, TermValue, within
from fhir_profiles.json_spans import first, items, members
from graph.budget import CREDIT, spend
from graph.cypher.order import FIRST
from graph.errors import Invalid
from graph.query.expression import Any, Expression, Page
from graph.query.gathering import gathered
from graph.query.prices import QUESTION, price
from graph.query.rows import field_of
from graph.records import Found, ResourceVersion
from graph.resources.resources import ResourceStore
from graph.resources.sieve import SerialPage, Sieve
from graph.scope import AccessScope
from graph.site import Site


class Contained(StrEnum):
    """Which resources a search is about: those that stand for themselves, contained ones, or both."""

    FALSE = "false"
    TRUE = "true"
    BOTH = "both"


def contained_of(contained: str | None, shown: str | None) -> tuple[Contained, bool]:
    """Read `_contained`, and whether `_containedType` wants contained resources without what contains them.

    Raises `Invalid` for a value that there is not.
    """
    if contained is not None and contained not in set(Contained):
        raise Invalid("_contained is false, true or both", location="_contained")
    if shown not in (None, "container", "contained"):
        raise Invalid("_containedType is container or contained", location="_containedType")
    return Contained(contained or Contained.FALSE), shown == "contained"


@dataclass(frozen=True, slots=True)
class ContainedMatch:
    """A contained resource that matches: its id within what contains it, and its text."""

    id: str
    text: bytes


def matches_within(
    version: ResourceVersion, resource_type: str, where: Expression, site: Site
) -> tuple[ContainedMatch, ...]:
    """The resources of a type that a version contains and that satisfy a condition, in their order."""
    text = version.body.decode()
    listed = (span for name, span in members(text, first(text)) if name == "contained")
    found = []
    for span in (item for each in listed for item in items(text, each.start)):
        raw = text[span.start : span.end].encode()
        document = orjson.loads(raw)
        of_type = document.get("resourceType") == resource_type
        if of_type and holds(where, extract(document, site.zone, site.fhir_base)):
            found.append(ContainedMatch(str(document.get("id", "")), raw))
    return tuple(found)


@dataclass(frozen=True, slots=True)
class _Asked:
    """What is asked of one type of resources."""

    resource_type: str
    where: Expression


class ContainerSearch:
    """Finds what contains resources that satisfy a condition."""

    def __init__(self, resources: ResourceStore) -> None:
        self._resources = resources

    def page(
        self,
        scope: AccessScope,
        resource_type: str,
        where: Expression,
        contained: Contained,
        *,
        count: int,
        after: tuple[object, ...] | None,
    ) -> Found:
        """A page of the containers of matches; with `BOTH` the matches that are not contained come first.

        The place after it is a type and a creation number. Raises `Invalid` for another kind of place.
        """
        kind, serial = _place(after)
        sieve, keys = self._resources.sieve(scope), list[str]()
        for asked in self._asked(scope, resource_type, where, contained):
            if kind is not None and asked.resource_type != kind:
                continue
            place = None if serial is None else (serial,)
            kind = serial = None
            serials = self._serials(sieve, asked)
            if serials and len(keys) == count:
                return Found(tuple(keys), (asked.resource_type, FIRST))
            found = SerialPage.of(serials, Page(count - len(keys), after=place))
            keys += sieve.named(asked.resource_type, found.serials).values()
            if found.after is not None:
                return Found(tuple(keys), (asked.resource_type, *found.after))
        return Found(tuple(keys))

    def count(self, scope: AccessScope, resource_type: str, where: Expression, contained: Contained) -> int:
        """How many there are."""
        sieve = self._resources.sieve(scope)
        every = self._asked(scope, resource_type, where, contained)
        return sum(len(self._serials(sieve, asked)) for asked in every)

    def _serials(self, sieve: Sieve, asked: _Asked) -> frozenset[int]:
        spend(QUESTION + price(asked.where), CREDIT)
        return sieve.serials(asked.resource_type, asked.where)

    def _asked(
        self, scope: AccessScope, resource_type: str, where: Expression, contained: Contained
    ) -> Iterator[_Asked]:
        """What is asked, type by type; types that contain none of this one are left out."""
        if contained is Contained.BOTH:
            yield _Asked(resource_type, where)
        leads = _leading_to(resource_type)
        fields = {each: field_of(each[0], within(each[1], resource_type), TermValue) for each in leads}
        held = self._resources.holds_any(scope, fields.values(), CONTAINED)
        by_type: dict[str, list[Expression]] = {}
        for (container, name), field in fields.items():
            if field in held and (found := in_contained(container, name, resource_type, where)) is not None:
                by_type.setdefault(container, []).append(found)
        for container, parts in by_type.items():
            yield _Asked(container, gathered(Any(tuple(parts))))


@cache
def _leading_to(resource_type: str) -> tuple[tuple[str, str], ...]:
    """The types with the reference parameters by which they may contain one of a type, each place once."""
    found: dict[tuple[str, frozenset[str]], str] = {}
    for container in sorted(RESOURCE_TYPES):
        for each in search_parameters(container).values():
            if each.type == "reference" and _may_lead_to(each, resource_type):
                found.setdefault((container, frozenset(each.paths)), each.name)
    return tuple((container, name) for (container, _), name in found.items())


def _may_lead_to(parameter: SearchParameter, resource_type: str) -> bool:
    return not parameter.targets or resource_type in parameter.targets


def _place(after: tuple[object, ...] | None) -> tuple[str | None, int | None]:
    match after:
        case None:
            return None, None
        case (str(kind), int(serial)):
            return kind, serial
    raise Invalid("the page mark does not fit the order")

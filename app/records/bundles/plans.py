"""What is known of a transaction Bundle before the lock is taken (FHIR R4 http.html#transaction).

Every new resource gets its id, references to entries are rewritten, and all that needs nothing from inside
the lock is prepared. Open stay the entries and references whose name is what a search under the lock finds.
"""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any
from urllib.parse import parse_qsl

from app.preconditions import Preconditions, preconditions
from app.records.bundles.entries import BundleEntry, BundleReading, placed, target_of
from app.records.search import SearchContext, criteria
from app.records.write.conditions import Criteria
from app.records.write.receiving import Prepared, Received, prepare, require_same_id
from fhir_profiles.definitions.registry import RESOURCE_TYPES
from graph.commit import Keys
from graph.errors import Invalid, TooLarge
from graph.keys import resource_key
from graph.resources.states import RESOURCES, STUDIES
from graph.scope import AccessScope
from graph.site import Site
from graph.studies.overlaying import named_study

ORDER = {"DELETE": 0, "POST": 1, "PUT": 2}
MOST_LOOKUPS = 1_000  # searches under the lock, each some milliseconds in which nobody else writes
_LINKS = re.compile(r"""(?:href|src)\s*=\s*["']([^"']+)""")


@dataclass(frozen=True, slots=True)
class Planned:
    """One entry: what it is conditional on, the names that it mentions, its resource where that is ready.

    `condition` says which resource is meant, `demanded` what its current version must be.
    """

    entry: BundleEntry
    new_id: str
    condition: Criteria | None
    demanded: Preconditions
    mentions: frozenset[str]
    prepared: Prepared | None

    @property
    def resource_id(self) -> str:
        """The id that it has or gets, unless its condition finds another."""
        received = self.entry.received
        own = received.resource_id if received and self.entry.method == "PUT" else None
        return self.entry.target.resource_id or own or self.new_id

    @property
    def study(self) -> Mapping[str, Any] | None:
        """The ImagingStudy that it brings; None where it brings something else."""
        if self.prepared:
            return self.prepared.study
        received = self.entry.received
        return received.document if received and received.resource_type == "ImagingStudy" else None

    @property
    def name(self) -> str:
        """The reference `Type/id` that it has or gets, unless its condition finds another."""
        return f"{self.entry.target.resource_type}/{self.resource_id}"


@dataclass(frozen=True, slots=True)
class TransactionPlan:
    """A transaction: `references` are settled; `lookups` and `entries_by_text` are settled under the lock.

    `readings` are of what must be there once all is written.
    """

    entries: tuple[Planned, ...]
    references: Mapping[str, str]
    lookups: Mapping[str, Criteria]
    entries_by_text: Mapping[str, int]  # position among `entries` of the conditional one that a text names
    readings: tuple[BundleReading, ...] = ()

    def looks_at(self, scope: AccessScope) -> Keys:
        """All keys that the entries name or will make."""
        keys = (
            resource_key(scope.tenant, each.entry.target.resource_type, each.resource_id)
            for each in self.entries
        )
        named = (named_study(scope, study) for each in self.entries if (study := each.study) is not None)
        read = (each.key(scope) for each in self.readings)
        return {RESOURCES: dict.fromkeys((*keys, *read)), STUDIES: dict.fromkeys(key for key in named if key)}


def plan_of(
    entries: Iterable[BundleEntry],
    new_id: Callable[[], str],
    context: SearchContext,
    site: Site,
    readings: Iterable[BundleReading] = (),
) -> TransactionPlan:
    """Check the entries against one another and make the plan.

    Raises `Invalid` with an entry's place, `TooLarge` beyond `MOST_LOOKUPS` conditions.
    """
    planned = [_planned(entry, new_id(), context) for entry in entries]
    _refuse_twice(planned)
    settled, conditional = _names(planned)
    lookups: dict[str, Criteria] = {}
    own = dict(_own_identifiers(planned))
    for text in dict.fromkeys(text for each in planned for text in _conditional_texts(each)):
        target = target_of(text)
        place = own.get((target.resource_type, target.criteria))
        if place is None:
            lookups[text] = _criteria(target.resource_type, target.criteria, context)
        elif planned[place].condition:
            conditional[text] = place
        else:
            settled[text] = planned[place].name
    _bound(planned, lookups)
    still_open = conditional.keys() | lookups.keys()
    ready = (_ready(each, settled, still_open, context.tenant, site) for each in planned)
    return TransactionPlan(tuple(ready), settled, lookups, conditional, tuple(readings))


def _planned(entry: BundleEntry, new_id: str, context: SearchContext) -> Planned:
    if entry.method not in ORDER:
        raise Invalid(f"{entry.method} is not offered here", location=entry.at("request.method"))
    _check_target(entry)
    mentions = frozenset(_mentions(entry.received.document)) if entry.received else frozenset()
    with placed(entry.index):
        demanded = preconditions(entry.headers)
    return Planned(entry, new_id, _condition(entry, context), demanded, mentions, None)


def _check_target(entry: BundleEntry) -> None:
    target = entry.target
    named = bool(target.resource_id) or bool(target.criteria)
    if entry.method == "POST" and named:
        raise Invalid("a POST goes to a type", location=entry.at("request.url"))
    if entry.method != "POST" and not named:
        raise Invalid("the url names no resource", location=entry.at("request.url"))
    if target.rest or (target.resource_id and target.criteria):
        raise Invalid("the url goes too far", location=entry.at("request.url"))
    if entry.method == "PUT" and target.resource_id and entry.received:
        require_same_id(entry.received, target.resource_id)


def _condition(entry: BundleEntry, context: SearchContext) -> Criteria | None:
    pairs = entry.target.criteria
    if entry.method == "POST":
        query = entry.headers.get("If-None-Exist", "")
        pairs = tuple(parse_qsl(query.rpartition("?")[2], keep_blank_values=True))
    return _criteria(entry.target.resource_type, pairs, context) if pairs else None


def _criteria(resource_type: str, pairs: Iterable[tuple[str, str]], context: SearchContext) -> Criteria:
    return Criteria(resource_type, criteria(resource_type, pairs, context))


def _refuse_twice(planned: list[Planned]) -> None:
    """Neither a resource, nor a fullUrl, nor the same condition may be there twice."""
    seen: set[object] = set()
    for each in planned:
        entry = each.entry
        marks: list[object] = [each.condition or each.name]
        if entry.full_url and entry.received:
            marks.append(entry.full_url)
        if not seen.isdisjoint(marks):
            raise Invalid("a resource is there twice", location=entry.at("request.url"), code="duplicate")
        seen.update(marks)


def _names(planned: list[Planned]) -> tuple[dict[str, str], dict[str, int]]:
    """What entries are called: texts that are settled, and those whose entry is conditional."""
    settled: dict[str, str] = {}
    conditional: dict[str, int] = {}
    for place, each in enumerate(planned):
        for text in _own_names(each.entry):
            if each.condition:
                conditional[text] = place
            elif text != each.name:
                settled[text] = each.name
    return settled, conditional


def _own_names(entry: BundleEntry) -> Iterator[str]:
    """The fullUrl; of a new resource also its end, `Patient/1`, which others beside it refer to."""
    if entry.full_url and entry.received:
        yield entry.full_url
        parts = entry.full_url.rsplit("/", 2)
        if entry.method == "POST" and parts[1:2] == [entry.received.resource_type]:
            yield "/".join(parts[1:])


def _own_identifiers(planned: list[Planned]) -> Iterator[tuple[tuple[str, tuple[tuple[str, str], ...]], int]]:
    """The conditional references that entries of the Bundle answer: `identifier=system|value`."""
    for place, each in enumerate(planned):
        received = each.entry.received
        for identifier in _identifiers(received) if received else ():
            if isinstance(identifier, dict) and "value" in identifier:
                token = f"{identifier.get('system', '')}|{identifier['value']}"
                yield (each.entry.target.resource_type, (("identifier", token),)), place


def _identifiers(received: Received) -> list[Any]:
    found = received.document.get("identifier", [])
    return found if isinstance(found, list) else [found]


def _conditional_texts(planned: Planned) -> Iterator[str]:
    """The conditional references of an entry: `Practitioner?identifier=…`."""
    for text in planned.mentions:
        head, mark, query = text.partition("?")
        if mark and query and head in RESOURCE_TYPES:
            yield text


def _bound(planned: list[Planned], lookups: Mapping[str, Criteria]) -> None:
    searches = len(lookups) + sum(each.condition is not None for each in planned)
    if searches > MOST_LOOKUPS:
        raise TooLarge(f"more than {MOST_LOOKUPS} conditions", location="Bundle.entry", code="too-costly")


def _ready(
    planned: Planned, settled: Mapping[str, str], still_open: set[str], tenant: str, site: Site
) -> Planned:
    """Prepare the resource, unless the lock must say its id or a reference."""
    entry = planned.entry
    waits = planned.condition is not None and entry.method == "PUT"
    if entry.received is None or waits or not planned.mentions.isdisjoint(still_open):
        return planned
    references = {text: settled[text] for text in planned.mentions & settled.keys()}
    prepared = prepare(entry.received, site, tenant, planned.resource_id, references)
    return replace(planned, prepared=prepared)


def _mentions(document: Mapping[str, Any]) -> Iterator[str]:
    """Every text that may be a name: values of members that hold references or uris, links in narratives."""
    level: list[tuple[str, Any]] = list(document.items())
    while level:
        member, value = level.pop()
        if isinstance(value, dict):
            level.extend(value.items())
        elif isinstance(value, list):
            level.extend((member, each) for each in value)
        elif isinstance(value, str):
            if member == "div":
                yield from _LINKS.findall(value)
            elif ":" in value or "/" in value or "?" in value:
                yield value

"""What is known of a transaction Bundle before the lock is taken (FHIR R4 http.html#transaction).

Every new resource gets its id, references to entries are rewritten, and all that needs nothing from inside
the lock is prepared. Open stay the entries and references whose name or version only the lock can tell.
"""

from collections.abc import Callable, Iterable, Mapping, Set
from dataclasses import dataclass, replace
from graphlib import CycleError, TopologicalSorter
from typing import Any

from app.preconditions import Preconditions, preconditions
from app.queries import pairs_of
from app.records.bundles.entries import BundleEntry, BundleReading, placed, target_of
from app.records.bundles.names import conditional_references, mentions, own_identifiers, own_names
from app.records.search import (
    Pairs,
    SearchContext,
    asked_references,
    criteria,
    renamed,
    require_resolved,
)
from app.records.write.conditions import Criteria
from app.records.write.receiving import Prepared, prepare, require_same_id, require_targets
from fhir_profiles.references import HISTORY, literal, names_an_entry
from graph.budget import MOST_TO_DECIDE, plan, spend
from graph.commit import Keys
from graph.errors import Invalid, PreconditionFailed, TooLarge
from graph.keys import resource_key
from graph.query.expression import All, Expression
from graph.query.forms import form, subqueries
from graph.query.gathering import gathered
from graph.query.prices import QUESTION, price
from graph.resources.identified import HOLDERS
from graph.resources.states import RESOURCES, STUDIES
from graph.scope import AccessScope
from graph.site import Site
from graph.studies.overlaying import named_study

ORDER = {"DELETE": 0, "POST": 1, "PUT": 2, "PATCH": 2}
_OF_WHAT_IS_THERE = frozenset({"PUT", "PATCH"})  # its body says the id
MOST_LOOKUPS = 1_000  # searches under the lock, each some milliseconds in which nobody else writes
MOST_ALONE = 100  # entries of a batch that take a search: each is a commit of its own, some ten milliseconds


@dataclass(frozen=True, slots=True)
class Lookup:
    """Criteria that ask for entries of the Bundle which only the lock can tell, at the places `waits_for`.

    `pairs` are those that do; what the others ask is `known`, with what terminology says of it.
    """

    resource_type: str
    known: Expression
    pairs: Pairs
    waits_for: frozenset[int]

    def criteria(self, names: Mapping[str, str], context: SearchContext) -> Criteria:
        """The criteria, once the entries have their names."""
        pairs = renamed(self.resource_type, self.pairs, names)
        return Criteria(self.resource_type, All((self.known, criteria(self.resource_type, pairs, context))))


@dataclass(frozen=True, slots=True)
class Planned:
    """One entry: what it is conditional on, the names that it mentions, its resource where that is ready.

    `condition` says which resource is meant, as it `asks`; `demanded` what its current version must be.
    """

    entry: BundleEntry
    new_id: str
    asks: Pairs
    demanded: Preconditions
    mentions: frozenset[str]
    condition: Criteria | Lookup | None = None
    prepared: Prepared | None = None

    @property
    def resource_id(self) -> str:
        """The id that it has or gets, unless its condition finds another."""
        if self.prepared:
            return self.prepared.resource_id
        received = self.entry.received
        own = received.resource_id if received and self.entry.method in _OF_WHAT_IS_THERE else None
        return self.entry.target.resource_id or own or self.new_id

    @property
    def is_new(self) -> bool:
        """Whether it gets an id of the server, which nobody has."""
        return self.entry.method == "POST"

    def key(self, scope: AccessScope) -> str:
        """The key of the resource that it names or will make."""
        return resource_key(scope.tenant, self.entry.target.resource_type, self.resource_id)

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
class Names:
    """What texts mean: settled references, and the places of entries that the lock will tell.

    `entries` are those whose resource is found by a condition, `versions` those of which a text names the
    version.
    """

    settled: dict[str, str]
    entries: dict[str, int]
    versions: dict[str, int]


@dataclass(frozen=True, slots=True)
class TransactionPlan:
    """A transaction: its entries, the `order` in which their conditions are looked up, and what texts mean.

    `lookups` are conditional references to what is stored; `alone` those to Patients that an entry answers
    and nobody who is stored may answer too; `readings` are of what must be there once all is written.
    """

    entries: tuple[Planned, ...]
    order: tuple[int, ...]
    names: Names
    lookups: Mapping[str, Criteria | Lookup]
    alone: Mapping[str, Criteria]
    readings: tuple[BundleReading, ...] = ()

    @property
    def searches(self) -> int:
        """How many searches decide it."""
        return _searches(self._asked)

    @property
    def _asked(self) -> tuple[Criteria | Lookup | None, ...]:
        """All that it is conditional on; None for an entry that is on nothing."""
        conditions = (each.condition for each in self.entries)
        return (*self.lookups.values(), *self.alone.values(), *conditions)

    def looks_at(self, scope: AccessScope) -> Keys:
        """All keys that the entries name, and those who hold the identifiers that are asked for."""
        keys = (each.key(scope) for each in self.entries if not each.is_new)
        named = (named_study(scope, study) for each in self.entries if (study := each.study) is not None)
        read = (each.key(scope) for each in self.readings)
        return {
            RESOURCES: dict.fromkeys((*keys, *read)),
            STUDIES: dict.fromkeys(key for key in named if key),
            HOLDERS: _holders(scope, self._asked),
        }

    def presumes_absent(self, scope: AccessScope) -> Keys:
        """The keys that new resources get."""
        return {RESOURCES: [each.key(scope) for each in self.entries if each.is_new]}


def plan_of(
    entries: Iterable[BundleEntry],
    new_id: Callable[[], str],
    context: SearchContext,
    site: Site,
    readings: Iterable[BundleReading] = (),
) -> TransactionPlan:
    """Check the entries against one another and make the plan.

    Raises `Invalid` and `InvalidResource` with an entry's place, `TooLarge` beyond `MOST_LOOKUPS` conditions,
    `PreconditionFailed` where several entries answer a conditional reference.
    """
    planned = [_planned(entry, new_id()) for entry in entries]
    _refuse_twice(planned)
    names = _names(planned, context.base)
    lookups, alone = _lookups(planned, names, context)
    planned = [_conditional(each, names, context) for each in planned]
    _bound(planned, (*lookups.values(), *alone.values()))
    still_open = {*names.entries, *names.versions, *lookups}
    _require_targets(planned, names.settled.keys() | still_open)
    ready = tuple(_ready(each, names.settled, still_open, context.tenant, site) for each in planned)
    return TransactionPlan(ready, _order(ready), names, lookups, alone, tuple(readings))


def _planned(entry: BundleEntry, new_id: str) -> Planned:
    if entry.method not in ORDER:
        raise Invalid(f"{entry.method} is not offered here", location=entry.at("request.method"))
    _check_target(entry)
    asks = entry.target.criteria
    if entry.method == "POST":
        query = entry.headers.get("If-None-Exist", "")
        asks = tuple(pairs_of(query.rpartition("?")[2], entry.at("request.ifNoneExist")))
    with placed(entry.index):
        demanded = preconditions(entry.headers)
    mentioned = frozenset(mentions(entry.received.document)) if entry.received else frozenset()
    return Planned(entry, new_id, asks, demanded, mentioned)


def _check_target(entry: BundleEntry) -> None:
    target = entry.target
    named = bool(target.resource_id) or bool(target.criteria)
    if entry.method == "POST" and named:
        raise Invalid("a POST goes to a type", location=entry.at("request.url"))
    if entry.method != "POST" and not named:
        raise Invalid("the url names no resource", location=entry.at("request.url"))
    if target.rest or (target.resource_id and target.criteria):
        raise Invalid("the url goes too far", location=entry.at("request.url"))
    if entry.method in _OF_WHAT_IS_THERE and target.resource_id and entry.received:
        require_same_id(entry.received, target.resource_id)


def _refuse_twice(planned: list[Planned]) -> None:
    """Neither a resource, nor a fullUrl, nor the same condition may be there twice."""
    seen: set[object] = set()
    for each in planned:
        entry = each.entry
        marks: list[object] = [(entry.target.resource_type, each.asks) if each.asks else each.name]
        if entry.full_url and entry.received:
            marks.append(entry.full_url)
        if not seen.isdisjoint(marks):
            raise Invalid("a resource is there twice", location=entry.at("request.url"), code="duplicate")
        seen.update(marks)


def _names(planned: list[Planned], base: str) -> Names:
    """What entries and versions of entries are called; `base` is the address of this server's resources."""
    names = Names({}, {}, {})
    places = {text: place for place, each in enumerate(planned) for text in own_names(each.entry)}
    for text, place in places.items():
        each = planned[place]
        if each.asks:
            names.entries[text] = place
        elif text != each.name:
            names.settled[text] = each.name
    for text in {text for each in planned for text in each.mentions if HISTORY in text}:
        place = places.get(text.rpartition(HISTORY)[0], -1)
        if place >= 0:
            _name_version(names, text, place, planned[place], base)
    return names


def _name_version(names: Names, text: str, place: int, planned: Planned, base: str) -> None:
    """A version of an entry stays one of its new name: the one that is written (http.html#transaction)."""
    here = literal(text, base)
    if here and here.target == planned.name:
        return  # a version that is stored here already
    if planned.asks or planned.entry.method == "PUT":
        names.versions[text] = place
    else:
        names.settled[text] = f"{planned.name}{HISTORY}1"


def _lookups(
    planned: list[Planned], names: Names, context: SearchContext
) -> tuple[dict[str, Criteria | Lookup], dict[str, Criteria]]:
    """The conditional references that no entry answers, and those to Patients that one does.

    What an entry answers becomes a name. Two that carry one identifier are told apart by nothing.
    """
    own: dict[tuple[str, Pairs], list[int]] = {}
    for place, each in enumerate(planned):
        for pairs in set(own_identifiers(each.entry)):
            own.setdefault((each.entry.target.resource_type, pairs), []).append(place)
    lookups: dict[str, Criteria | Lookup] = {}
    alone: dict[str, Criteria] = {}
    for text in dict.fromkeys(text for each in planned for text in conditional_references(each.mentions)):
        target = target_of(text)
        places = own.get((target.resource_type, target.criteria), [])
        if not places:
            lookups[text] = _criteria(target.resource_type, target.criteria, names, context)
            continue
        _name_answer(names, text, planned, places)
        if target.resource_type == "Patient":
            alone[text] = Criteria("Patient", criteria("Patient", target.criteria, context))
    return lookups, alone


def _name_answer(names: Names, text: str, planned: list[Planned], places: list[int]) -> None:
    if len(places) > 1:
        where = planned[places[1]].entry.at("resource.identifier")
        raise PreconditionFailed(
            "several entries answer a conditional reference", location=where, code="multiple-matches"
        )
    if planned[places[0]].asks:
        names.entries[text] = places[0]
    else:
        names.settled[text] = planned[places[0]].name


def _conditional(planned: Planned, names: Names, context: SearchContext) -> Planned:
    if not planned.asks:
        return planned
    resource_type = planned.entry.target.resource_type
    return replace(planned, condition=_criteria(resource_type, planned.asks, names, context))


def _criteria(resource_type: str, pairs: Pairs, names: Names, context: SearchContext) -> Criteria | Lookup:
    """The criteria with settled names; a lookup where they ask for an entry that the lock will tell."""
    settled = renamed(resource_type, pairs, names.settled)
    require_resolved(resource_type, settled, names.entries)
    waiting: Pairs = tuple(pair for pair in settled if _waits_for(resource_type, pair, names))
    if not waiting:
        return criteria_of(resource_type, settled, context)
    known = criteria(resource_type, (pair for pair in settled if pair not in waiting), context)
    _paid(Criteria(resource_type, gathered(All((known, criteria(resource_type, waiting, context))))))
    places = frozenset(place for pair in waiting for place in _waits_for(resource_type, pair, names))
    return Lookup(resource_type, known, waiting, places)


def _waits_for(resource_type: str, pair: tuple[str, str], names: Names) -> set[int]:
    """The places of the entries that one parameter asks for."""
    asked = asked_references(resource_type, (pair,))
    return {names.entries[text] for _, text in asked if text in names.entries}


def criteria_of(resource_type: str, pairs: Pairs, context: SearchContext) -> Criteria:
    """The criteria of one condition; raises `Invalid`, and `TooLarge` where they cost too much."""
    return _paid(Criteria(resource_type, gathered(criteria(resource_type, pairs, context))))


def _paid(found: Criteria) -> Criteria:
    """Criteria whose price was paid, where they take a search."""
    if found.searches:
        spend(QUESTION + price(found.where), MOST_TO_DECIDE)
        plan(form(found.where), subqueries(found.where))
    return found


def _holders(scope: AccessScope, asked: Iterable[Criteria | Lookup | None]) -> dict[str, None]:
    """The keys of the identifiers that are asked for; what waits for another entry is read later."""
    known = (each.looks_at(scope).get(HOLDERS, ()) for each in asked if isinstance(each, Criteria))
    return dict.fromkeys(key for keys in known for key in keys)


def _searches(asked: Iterable[Criteria | Lookup | None]) -> int:
    return sum(each is not None and (isinstance(each, Lookup) or each.searches) for each in asked)


def _bound(planned: list[Planned], lookups: Iterable[Criteria | Lookup]) -> None:
    if _searches((*lookups, *(each.condition for each in planned))) > MOST_LOOKUPS:
        raise TooLarge(f"more than {MOST_LOOKUPS} conditions", location="Bundle.entry", code="too-costly")


def _require_targets(planned: list[Planned], names: Set[str]) -> None:
    for each in planned:
        astray = any(names_an_entry(text) and text not in names for text in each.mentions)
        if astray and each.entry.received:  # it may be a uri, which names what it likes
            with placed(each.entry.index):
                require_targets(each.entry.received, names)


def _order(planned: tuple[Planned, ...]) -> tuple[int, ...]:
    """The places of the entries, each after those that its condition waits for."""
    waiting = {
        place: each.condition.waits_for
        for place, each in enumerate(planned)
        if isinstance(each.condition, Lookup)
    }
    places = range(len(planned))
    if not waiting:
        return tuple(places)
    try:
        return tuple(TopologicalSorter({place: waiting.get(place, ()) for place in places}).static_order())
    except CycleError:
        raise Invalid("conditions of entries wait for one another", location="Bundle.entry") from None


def _ready(
    planned: Planned, settled: Mapping[str, str], still_open: Set[str], tenant: str, site: Site
) -> Planned:
    """Prepare the resource, unless the lock must say its id or a reference."""
    entry = planned.entry
    waits = planned.condition is not None and entry.method in _OF_WHAT_IS_THERE
    if entry.received is None or waits or not planned.mentions.isdisjoint(still_open):
        return planned
    references = {text: settled[text] for text in planned.mentions & settled.keys()}
    prepared = prepare(entry.received, site, tenant, planned.resource_id, references)
    # What was prepared says it all: the parsed document would be sent to the committer for nothing.
    return replace(planned, entry=replace(entry, received=None), prepared=prepared)

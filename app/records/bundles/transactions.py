"""How a transaction Bundle is decided: all entries in one commit, or none (R4 http.html#transaction).

Conditions and conditional references are resolved first, so the order of the entries does not matter; then
deletions, creations and updates are written, in this order.
"""

from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass

from app.records.bundles.entries import BundleEntry, placed
from app.records.bundles.plans import ORDER, Lookup, Planned, TransactionPlan
from app.records.search import SearchContext
from app.records.write.conditions import (
    Criteria,
    existing,
    id_of,
    only_match,
    require_matched,
    require_matched_id,
)
from app.records.write.receiving import Prepared, prepare
from app.records.write.writing import Desk, Written
from fhir_profiles.references import HISTORY
from graph.allowances import Deed
from graph.errors import Gone, HilumError, Invalid, NotFound, PreconditionFailed
from graph.keys import resource_key, resource_of
from graph.resources.states import RESOURCES
from graph.resources.writing import next_version


def write_plan(desk: Desk, plan: TransactionPlan) -> list[Written | None]:
    """Write a transaction; return an outcome for each entry, None where nothing was deleted.

    The outcomes are in the order of the entries. Raises `Invalid` where two entries are one resource,
    `PreconditionFailed` where a conditional reference matches nothing or several, and what fails for an entry
    with its place: `NotFound` or `Gone` for one that will read what is not there then.
    """
    site = desk.site
    context = SearchContext(desk.scope.tenant, site.zone, site.fhir_base, added=site.added)
    names = dict(plan.names.settled)
    matches = _matches(desk, plan, names, context)
    _refuse_twice(plan, matches)
    desk.view.load({RESOURCES: [match for match in matches if match]})
    names |= _versions(desk, plan, matches)
    names |= _looked_up(desk, plan, names, context)
    _require_alone(desk, plan, names)
    work = _Work(desk, names)
    outcomes: dict[int, Written | None] = {}
    for place in sorted(range(len(matches)), key=lambda place: ORDER[plan.entries[place].entry.method]):
        planned = plan.entries[place]
        with _placed(planned.entry):
            outcomes[place] = work.write(planned, matches[place])
    _require_readable(desk, plan, outcomes.values())
    return [outcomes[place] for place in range(len(matches))]


def _require_readable(desk: Desk, plan: TransactionPlan, outcomes: Iterable[Written | None]) -> None:
    """What the transaction reads is there once it is written, since one entry that fails fails them all."""
    scope = desk.scope.to(Deed.READ)
    written = {each.version.key: each.version.deleted for each in outcomes if each}
    for reading in plan.readings:
        key, name = reading.key(desk.scope), f"{reading.target.resource_type}/{reading.target.resource_id}"
        known = desk.view.get(RESOURCES, key)
        with placed(reading.index):
            if key not in written and (known is None or not known.is_seen_by(scope)):
                raise NotFound(f"no {name}")
            if written.get(key, known is not None and known.deleted):
                raise Gone(f"{name} was deleted", code="deleted")


@contextmanager
def _placed(entry: BundleEntry) -> Iterator[None]:
    """What fails for an entry is raised with the entry's place."""
    try:
        yield
    except HilumError as error:
        error.location = entry.at("request")
        raise


def _matches(
    desk: Desk, plan: TransactionPlan, names: dict[str, str], context: SearchContext
) -> list[str | None]:
    """The keys that conditional entries find, None for others; what they are called is added to `names`."""
    texts: dict[int, list[str]] = {}
    for text, place in plan.names.entries.items():
        texts.setdefault(place, []).append(text)
    found: dict[int, str | None] = {}
    for place in plan.order:
        planned = plan.entries[place]
        with _placed(planned.entry):
            found[place] = match = _match(desk, planned.condition, names, context)
        name = resource_of(match) if match else planned.name
        names |= dict.fromkeys(texts.get(place, ()), name)
    return [found[place] for place in range(len(found))]


def _match(
    desk: Desk, condition: Criteria | Lookup | None, names: Mapping[str, str], context: SearchContext
) -> str | None:
    if isinstance(condition, Lookup):
        condition = condition.criteria(names, context)
    return only_match(desk, condition) if condition else None


def _refuse_twice(plan: TransactionPlan, matches: list[str | None]) -> None:
    seen: set[str] = set()
    for planned, match in zip(plan.entries, matches, strict=True):
        name = resource_of(match) if match else planned.name
        if name in seen:
            where = planned.entry.at("request.url")
            raise Invalid("a resource is there twice", location=where, code="duplicate")
        seen.add(name)


def _versions(desk: Desk, plan: TransactionPlan, matches: list[str | None]) -> dict[str, str]:
    """The references that name a version of an entry: it is the one that the entry leaves behind."""
    found: dict[str, str] = {}
    for text, place in plan.names.versions.items():
        planned, match = plan.entries[place], matches[place]
        name = resource_of(match) if match else planned.name
        known = desk.view.get(RESOURCES, match or resource_key(desk.scope.tenant, *name.split("/")))
        stays = known is not None and match is not None and planned.entry.method == "POST"
        version = known.version_id if known and stays else next_version(known)
        found[text] = f"{name}{HISTORY}{version}"
    return found


def _looked_up(
    desk: Desk, plan: TransactionPlan, names: Mapping[str, str], context: SearchContext
) -> dict[str, str]:
    """What conditional references to what is stored find."""
    found: dict[str, str] = {}
    for text, asked in plan.lookups.items():
        match = _match(desk, asked, names, context)
        if match is None:
            raise PreconditionFailed(
                f"a conditional reference to {asked.resource_type} matches nothing", code="not-found"
            )
        found[text] = resource_of(match)
    return found


def _require_alone(desk: Desk, plan: TransactionPlan, names: Mapping[str, str]) -> None:
    """An identifier that an entry brings and somebody else who is stored carries too identifies nobody."""
    for text, asked in plan.alone.items():
        found = (resource_of(key) for key in asked.matches(desk.view, desk.scope))
        if any(name != names[text] for name in found):
            raise PreconditionFailed(
                "another Patient carries the identifier of a conditional reference", code="multiple-matches"
            )


@dataclass(frozen=True, slots=True)
class _Work:
    """Writes entries whose names are all known."""

    desk: Desk
    references: Mapping[str, str]

    def write(self, planned: Planned, match: str | None) -> Written | None:
        """Write one entry; `match` is the key that its condition found."""
        entry = planned.entry
        if entry.method == "DELETE":
            return self._delete(planned, match)
        if entry.method == "POST" and match:
            return existing(self.desk, match)
        prepared = planned.prepared or self._prepare(planned, match)
        if entry.method == "PATCH" and planned.condition:
            require_matched(prepared, match)
        return self.desk.put(prepared, method=entry.method, demanded=planned.demanded, base=entry.base)

    def _delete(self, planned: Planned, match: str | None) -> Written | None:
        target = planned.entry.target
        resource_id = id_of(match) if match else target.resource_id
        if resource_id is None:
            planned.demanded.require(None)
            return None
        return self.desk.delete(target.resource_type, resource_id, planned.demanded)

    def _prepare(self, planned: Planned, match: str | None) -> Prepared:
        received = planned.entry.received
        if received is None:
            raise Invalid("the entry has no resource", code="required")
        patched = planned.entry.method == "PATCH"
        resource_id = id_of(match) if match and not patched else planned.resource_id
        if planned.entry.method == "PUT":
            require_matched_id(received, resource_id)
        references = {text: self.references[text] for text in planned.mentions & self.references.keys()}
        return prepare(received, self.desk.site, self.desk.scope.tenant, resource_id, references)

"""How a transaction Bundle is decided: all entries in one commit, or none (R4 http.html#transaction).

Conditions and conditional references are resolved first, so the order of the entries does not matter; then
deletions, creations and updates are written, in this order.
"""

from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass

from app.records.bundles.entries import BundleEntry, placed
from app.records.bundles.plans import ORDER, Planned, TransactionPlan
from app.records.write.conditions import existing, id_of, only_match, require_matched_id
from app.records.write.receiving import Prepared, prepare
from app.records.write.writing import Desk, Written
from graph.errors import Gone, HilumError, Invalid, NotFound, PreconditionFailed
from graph.keys import resource_of
from graph.resources.states import RESOURCES


def write_plan(desk: Desk, plan: TransactionPlan) -> list[Written | None]:
    """Write a transaction; return an outcome for each entry, None where nothing was deleted.

    The outcomes are in the order of the entries. Raises `Invalid` where two entries are one resource,
    `PreconditionFailed` where a conditional reference matches nothing, and what fails for an entry with its
    place: `NotFound` or `Gone` for one that will read what is not there then.
    """
    matches = [_match(desk, each) for each in plan.entries]
    _refuse_twice(plan, matches)
    desk.view.load({RESOURCES: [match for match in matches if match]})
    work = _Work(desk, {**plan.references, **dict(_references(desk, plan, matches))})
    outcomes: dict[int, Written | None] = {}
    for place in sorted(range(len(matches)), key=lambda place: ORDER[plan.entries[place].entry.method]):
        planned = plan.entries[place]
        with _placed(planned.entry):
            outcomes[place] = work.write(planned, matches[place])
    _require_readable(desk, plan, outcomes.values())
    return [outcomes[place] for place in range(len(matches))]


def _require_readable(desk: Desk, plan: TransactionPlan, outcomes: Iterable[Written | None]) -> None:
    """What the transaction reads is there once it is written, since one entry that fails fails them all."""
    written = {each.version.key: each.version.deleted for each in outcomes if each}
    for reading in plan.readings:
        key, name = reading.key(desk.scope), f"{reading.target.resource_type}/{reading.target.resource_id}"
        known = desk.view.get(RESOURCES, key)
        with placed(reading.index):
            if key not in written and (known is None or not known.is_seen_by(desk.scope)):
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


def _match(desk: Desk, planned: Planned) -> str | None:
    """The key that a conditional entry finds."""
    if planned.condition is None:
        return None
    with _placed(planned.entry):
        return only_match(desk, planned.condition)


def _refuse_twice(plan: TransactionPlan, matches: list[str | None]) -> None:
    seen: set[str] = set()
    for planned, match in zip(plan.entries, matches, strict=True):
        name = resource_of(match) if match else planned.name
        if name in seen:
            where = planned.entry.at("request.url")
            raise Invalid("a resource is there twice", location=where, code="duplicate")
        seen.add(name)


def _references(desk: Desk, plan: TransactionPlan, matches: list[str | None]) -> Iterator[tuple[str, str]]:
    """What the open texts are called: conditional entries, and conditional references to what is stored."""
    for text, place in plan.entries_by_text.items():
        match = matches[place]
        yield text, resource_of(match) if match else plan.entries[place].name
    for text, asked in plan.lookups.items():
        match = only_match(desk, asked)
        if match is None:
            raise PreconditionFailed(
                f"a conditional reference to {asked.resource_type} matches nothing", code="not-found"
            )
        yield text, resource_of(match)


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
        return self.desk.put(prepared, method=entry.method, demanded=planned.demanded)

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
        resource_id = id_of(match) if match else planned.resource_id
        if planned.entry.method == "PUT":
            require_matched_id(received, resource_id)
        references = {text: self.references[text] for text in planned.mentions & self.references.keys()}
        return prepare(received, self.desk.site, self.desk.scope.tenant, resource_id, references)

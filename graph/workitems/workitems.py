"""The store of workitems: what is created, changed and asked of the worklist."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import orjson

from fhir_profiles.mapping.workitem_task import TaskLinks
from graph.allowances import Deed
from graph.commit import Committer
from graph.cypher.compile import page
from graph.errors import NotFound
from graph.keys import workitem_key
from graph.packing import unpacked
from graph.query.expression import Question
from graph.query.rows import TASK
from graph.scope import AccessScope, scoped
from graph.session import Graph
from graph.site import Site
from graph.studies.imaging import OwnedParameters
from graph.visibility import judged_column, seen
from graph.workitems.changing import ChangeWorkitemState, RequestCancellation, UpdateWorkitem
from graph.workitems.creating import CreateWorkitem, WorkitemChange
from graph.workitems.giving_back import GiveBackWorkitem
from graph.workitems.states import UpsState
from graph.workitems.telling import TellStates

READ, WRITE = "workitem.read", "workitem.write"
_FIND = f"""
MATCH (w:Workitem {{workitemKey: $key}}) WHERE w.deleted = false AND {seen("w")}
RETURN w.key AS key, w.compartment AS compartment, w.dataset AS dataset, w.links AS links,
  {judged_column("w")} AS judged
"""
_SHOWN = ("r.key", "r.compartment", "r.dataset", "r.links")
_MATCH = 600  # bytes that a match takes in memory beside its data set


@dataclass(frozen=True, slots=True)
class StoredWorkitem:
    """A workitem as it is found: the keys of whom it concerns, its data set, packed, and its ties as JSON."""

    whose: tuple[str, ...]
    packed: bytes
    tied: str
    serial: int = 0

    @property
    def dataset(self) -> dict[str, Any]:
        """Its data set in the JSON model; it holds no Transaction UID."""
        found: dict[str, Any] = orjson.loads(unpacked(self.packed))
        return found

    @property
    def links(self) -> TaskLinks:
        """What it is tied to in the record."""
        return TaskLinks(**orjson.loads(self.tied))


@scoped
class WorkitemStore:
    """Workitems of one graph; every method takes the caller's `AccessScope` first."""

    def __init__(
        self, graph: Graph, committer: Committer, site: Site, added: OwnedParameters | None = None
    ) -> None:
        self._graph = graph
        self._committer = committer
        self._site = site
        self._added = added

    def create(self, scope: AccessScope, uid: str, dataset: Mapping[str, Any]) -> WorkitemChange:
        """Create a SCHEDULED workitem of a complete data set.

        Raises `Conflict` where its UID is taken, `Forbidden` where its patient is not the caller's.
        """
        scope.require(WRITE)
        scope = scope.allowed(Deed.CREATE, TASK)
        return self._noted(
            scope, self._committer.commit(CreateWorkitem(scope, self._at(scope), uid, dataset))
        )

    def update(
        self, scope: AccessScope, uid: str, changes: Mapping[str, Any], *, transaction: str | None, when: str
    ) -> WorkitemChange:
        """Put attributes in place of those that are there; `when` is the moment as a DT.

        Raises `NotFound`, and `WorkitemRefusal` where its state or its lock forbids it.
        """
        scope = self._changing(scope)
        unit = UpdateWorkitem(
            scope=scope, site=self._at(scope), uid=uid, when=when, changes=changes, transaction=transaction
        )
        return self._noted(scope, self._committer.commit(unit))

    def change_state(
        self,
        scope: AccessScope,
        uid: str,
        target: UpsState,
        *,
        transaction: str,
        when: str,
        attributes: Mapping[str, Any] | None = None,
    ) -> WorkitemChange:
        """Claim a workitem, or bring a claimed one to its end, with these `attributes` put in place.

        Raises `NotFound`, and `WorkitemRefusal` where its state or its lock forbids it.
        """
        scope = self._changing(scope)
        unit = ChangeWorkitemState(
            scope=scope,
            site=self._at(scope),
            uid=uid,
            when=when,
            target=target,
            transaction=transaction,
            attributes=attributes or {},
        )
        return self._noted(scope, self._committer.commit(unit))

    def give_back(
        self, scope: AccessScope, uid: str, *, transaction: str, replacing: str, when: str
    ) -> WorkitemChange:
        """Give back what was claimed under `transaction`, or is only assigned to the caller.

        In the place of a claimed one stands another, of the UID `replacing`. Raises `NotFound`, `Conflict`
        where it is not the caller's, and `WorkitemRefusal` where its state or its lock forbids it.
        """
        scope = self._changing(scope)
        unit = GiveBackWorkitem(
            scope=scope,
            site=self._at(scope),
            uid=uid,
            when=when,
            transaction=transaction,
            replacing=replacing,
        )
        return self._noted(scope, self._committer.commit(unit))

    def request_cancellation(
        self, scope: AccessScope, uid: str, reasons: Mapping[str, Any], *, requester: str, when: str
    ) -> WorkitemChange:
        """Cancel a workitem that nobody has claimed, or tell who has.

        Raises `NotFound`, and `WorkitemRefusal` where it has ended.
        """
        scope = self._changing(scope)
        unit = RequestCancellation(
            scope=scope, site=self._at(scope), uid=uid, when=when, reasons=reasons, requester=requester
        )
        return self._noted(scope, self._committer.commit(unit))

    def tell_states(self, scope: AccessScope, uids: Sequence[str], title: str) -> None:
        """Have one application told the states of workitems, in one commit; raises `NotFound` for none."""
        scope.require(READ)
        scope = scope.allowed(Deed.READ, TASK)
        self._noted(scope, self._committer.commit(TellStates(scope, tuple(uids), title)))

    def retrieve(self, scope: AccessScope, uid: str) -> StoredWorkitem:
        """The workitem of a UID; raises `NotFound`."""
        scope.require(READ)
        scope = scope.allowed(Deed.READ, TASK)
        key = workitem_key(scope.tenant, scope.partition, uid)
        found = self._graph.recalled(scope, ("workitem", key), lambda: self._read(scope, key), _weight)
        if not found:
            raise NotFound("there is no such workitem")
        scope.concerns(found[0].whose)
        return found[0]

    def _read(self, scope: AccessScope, key: str) -> tuple[StoredWorkitem, ...]:
        rows = self._graph.read_seen(scope, _FIND, key=key)
        return tuple(
            StoredWorkitem((*row["compartment"], row["key"]), bytes(row["dataset"]), row["links"])
            for row in rows
        )

    def search(self, scope: AccessScope, question: Question) -> Sequence[StoredWorkitem]:
        """A page of the workitems that satisfy a question about Tasks, in its order.

        The question asks for something that only workitems have.
        """
        scope.require(READ)
        scope = scope.allowed(Deed.SEARCH, TASK)
        return self._graph.recalled(
            scope, ("workitems", question), lambda: self._page(scope, question), _weight
        )

    def _page(self, scope: AccessScope, question: Question) -> tuple[StoredWorkitem, ...]:
        statement = page(scope, question, shown=_SHOWN)
        (found,) = self._graph.read(statement.text, **statement.parameters)
        return tuple(
            StoredWorkitem((*(compartment or ()), key), bytes(dataset), links, serial)
            for serial, _, key, compartment, dataset, links in found["rows"]
        )

    def _at(self, scope: AccessScope) -> Site:
        """The site, with the search parameters of the caller's tenant, by which the Task is found too."""
        added = self._added(scope) if self._added else ()
        return replace(self._site, added=added) if added else self._site

    def _changing(self, scope: AccessScope) -> AccessScope:
        scope.require(WRITE)
        return scope.allowed(Deed.UPDATE, TASK)

    def _noted(self, scope: AccessScope, change: WorkitemChange) -> WorkitemChange:
        scope.concerns(change.whose)
        return change


def _weight(found: Sequence[StoredWorkitem]) -> int:
    return sum(_MATCH + len(each.packed) for each in found)

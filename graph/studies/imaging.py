"""The store of pictures: instances in, and what retrieval, search and rendering read of them."""

import struct
from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, replace
from operator import itemgetter
from typing import Any, TypeAlias

from fhir_profiles.definitions.added import AddedParameter
from graph.allowances import Deed
from graph.commit import Committer
from graph.cypher.compile import count, page, unjudged_page, with_room
from graph.cypher.order import columns
from graph.cypher.statement import Statement, UnjudgedStatement
from graph.query.attributes import BY_KEYWORD, INSTANCE, SERIES, STUDY
from graph.query.expression import All, Expression, Present, Question
from graph.records import InstanceRow, StoredInstance, StoreOutcome
from graph.scope import AccessScope, scoped
from graph.session import Graph
from graph.site import Site
from graph.studies.deleting import DeleteInstances
from graph.studies.far_pages import FarPages
from graph.studies.restoring import RestoredInstances, RestoreInstances
from graph.studies.retrieving import Retrieving
from graph.studies.storing import StoreInstances

_MATCHES = {
    STUDY: "MATCH (s:Resource {key: key})",
    SERIES: "MATCH (x:Series {key: key})<-[:HAS_SERIES]-(s)",
    INSTANCE: "MATCH (i:Instance {key: key})<-[:HAS_INSTANCE]-(x)<-[:HAS_SERIES]-(s)",
}
_SHOWN = {
    STUDY: "s {.*}, null, null",
    SERIES: "s {.*}, x {.*}, null",
    INSTANCE: "s {.*}, x {.*}, i {.*, metadata: null, frames: null}",
}
_STORED = {  # any instance: what a study or a series says, each of its instances says
    STUDY: "head(COLLECT { MATCH (s)-[:HAS_SERIES]->()-[:HAS_INSTANCE]->(i) RETURN i.metadata LIMIT 1 })",
    SERIES: "head(COLLECT { MATCH (x)-[:HAS_INSTANCE]->(i) RETURN i.metadata LIMIT 1 })",
    INSTANCE: "i.metadata",
}
_JUDGED = ("key", "compartment", "partition", "sorts", "security", "care")  # what a right looks at of a study
_BY_SERIAL = "WITH key, serial AS place"
_IN_ORDER = (
    "WITH collect(key) AS keys UNWIND range(0, size(keys) - 1) AS place WITH place, keys[place] AS key"
)
OwnedParameters: TypeAlias = Callable[[AccessScope], tuple[AddedParameter, ...]]
_NUMBER = 8  # bytes
_MATCH = 12_000  # bytes that a match takes in memory: up to three rows of forty attributes
_HAS_PICTURES = Present(BY_KEYWORD["StudyInstanceUID"].field)


@dataclass(frozen=True, slots=True)
class ImagingMatch:
    """One row of a QIDO-RS answer: the attributes of its level and of those above.

    `metadata` is that of one of its instances, as `InstanceRow` has it; None where it was not asked for.
    """

    study: dict[str, Any]
    series: dict[str, Any] | None = None
    instance: dict[str, Any] | None = None
    metadata: bytes | None = None

    @property
    def whose(self) -> tuple[str, ...]:
        """The keys of the patients and of the study."""
        return (*self.study["compartment"], self.study["key"])


@scoped
class ImagingStore:
    """Instances of one graph; every method takes the caller's `AccessScope` first."""

    def __init__(
        self, graph: Graph, committer: Committer, site: Site, added: OwnedParameters | None = None
    ) -> None:
        self._graph = graph
        self._retrieving = Retrieving(graph)
        self._far_pages = FarPages(graph)
        self._committer = committer
        self._site = site
        self._added = added

    def store(
        self, scope: AccessScope, rows: Sequence[InstanceRow], *, replacing: bool = False
    ) -> list[StoreOutcome]:
        """Commit instances whose bytes are durable; an outcome per row, in order.

        `replacing`: other bytes of the same UIDs make room.
        """
        scope.require("imaging.store")
        scope.require_allowed(Deed.CREATE, STUDY)
        if replacing:
            scope.require("imaging.delete")
            scope.require_allowed(Deed.DELETE, STUDY)
        outcomes = self._committer.commit(StoreInstances(scope, tuple(rows), self._at(scope), replacing))
        scope.concerns(key for each in outcomes for key in each.whose)
        return outcomes

    def expecting(self, scope: AccessScope) -> AbstractContextManager[None]:
        """Announce that rows are on their way, so that those of several requests share a commit."""
        scope.require("imaging.store")
        return self._committer.expecting()

    def delete(
        self, scope: AccessScope, study: str, series: str | None = None, sop: str | None = None
    ) -> int:
        """Unlink a study, series or instance, leaving tombstones; return how many instances went."""
        scope.require("imaging.delete")
        scope = scope.allowed(Deed.DELETE, STUDY)
        removed = self._committer.commit(DeleteInstances(scope, self._site, study, series, sop))
        scope.concerns(removed.whose)
        return removed.instances

    def restore(self, scope: AccessScope, rows: Sequence[InstanceRow], *, grace: int) -> RestoredInstances:
        """Bring back deleted instances of one study, of at most `grace` microseconds ago.

        Raises `NotFound` where the study is not seen.
        """
        scope.require("imaging.delete")
        scope = scope.allowed(Deed.DELETE, STUDY)
        restored = self._committer.commit(RestoreInstances(scope, tuple(rows), self._at(scope), grace))
        scope.concerns(restored.whose)
        return restored

    def _at(self, scope: AccessScope) -> Site:
        """The site, with the search parameters of the caller's tenant: a Patient may come of pictures."""
        added = self._added(scope) if self._added else ()
        return replace(self._site, added=added) if added else self._site

    def instances(
        self,
        scope: AccessScope,
        study: str,
        series: str | None = None,
        sop: str | None = None,
        *,
        frames: bool = False,
    ) -> list[StoredInstance]:
        """Return the instances that these UIDs name, in the order of storing.

        `frames` brings the frame tables too. Raises `NotFound` where none is seen.
        """
        scope = scope.allowed(Deed.READ, STUDY)
        return self._retrieving.instances(scope, study, series, sop, frames=frames)

    def metadata(
        self, scope: AccessScope, study: str, series: str | None = None, sop: str | None = None
    ) -> list[tuple[int, bytes]]:
        """Return (sequence, zlib-compressed DICOM JSON object) of each instance.

        Raises `NotFound` where none is seen.
        """
        scope = scope.allowed(Deed.READ, STUDY)
        return self._retrieving.metadata(scope, study, series, sop)

    def search(self, scope: AccessScope, question: Question, *, stored: bool = False) -> list[ImagingMatch]:
        """A page of a search at one level, newest first, with the attributes of the levels above.

        `stored` brings the metadata of an instance of each. A study that was announced over FHIR, and of
        which no picture has come, is not there yet.
        """
        scope = scope.allowed(Deed.SEARCH, STUDY)
        question = replace(question, where=_with_pictures(question.entity, question.where))
        found = self._graph.recalled(
            scope, ("matches", question, stored), lambda: self._matches(scope, question, stored), _weight
        )
        return list(found)

    def count(self, scope: AccessScope, entity: str, where: Expression) -> int:
        """How many rows of a level satisfy a condition; studies of which no picture has come do not count."""
        scope = scope.allowed(Deed.SEARCH, STUDY)
        where = _with_pictures(entity, where)

        def counted() -> int:
            statement = count(scope, entity, where)
            return int(self._graph.read(statement.text, **statement.parameters)[0]["total"])

        return self._graph.recalled(scope, ("matches in all", entity, where), counted, lambda _: _NUMBER)

    def rows(self, scope: AccessScope, question: Question) -> int:
        """How many rows a page has; they are not read."""
        question = replace(question, where=_with_pictures(question.entity, question.where))

        def counted() -> int:
            statement = page(scope, self._far_pages.placed(scope, question))
            text = f"CALL () {{ {statement.text} }} RETURN count(key) AS rows"
            return int(self._graph.read(text, **statement.parameters)[0]["rows"])

        return self._graph.recalled(scope, ("rows of a page", question), counted, lambda _: _NUMBER)

    def _matches(self, scope: AccessScope, question: Question, stored: bool) -> tuple[ImagingMatch, ...]:
        question = self._far_pages.placed(scope, question)
        judged = self._judged(scope, question, stored)
        return judged if judged is not None else self._shown(question, page(scope, question), stored)

    def _judged(
        self, scope: AccessScope, question: Question, stored: bool
    ) -> tuple[ImagingMatch, ...] | None:
        """The page by a statement that does not carry a long right; None as for `ResourceStore`."""
        limit = question.page.limit
        wider = replace(question, page=replace(question.page, limit=with_room(limit)))
        statement = unjudged_page(scope, wider)
        if statement is None:
            return None
        found = self._shown(wider, statement, stored)
        covers = scope.right.covers
        seen = tuple(each for each in found if covers([each.study.get(name) for name in _JUDGED]))
        return seen[:limit] if len(found) < wider.page.limit or len(seen) >= limit else None

    def _shown(
        self, question: Question, statement: Statement | UnjudgedStatement, stored: bool
    ) -> tuple[ImagingMatch, ...]:
        """What is shown of the rows of a page, in its order."""
        shown = _SHOWN[question.entity] + (f", {_STORED[question.entity]}" if stored else "")
        by_serial = not columns(question.page)
        place = _BY_SERIAL if by_serial else _IN_ORDER
        text = (
            f"CALL () {{ {statement.text} }} {place} {_MATCHES[question.entity]} "
            f"RETURN collect([place, {shown}]) AS matches"
        )
        (found,) = self._graph.read(text, **statement.parameters)
        in_order = sorted(found["matches"], key=itemgetter(0), reverse=by_serial)
        return tuple(ImagingMatch(*levels) for _, *levels in in_order)


def _with_pictures(entity: str, where: Expression) -> Expression:
    return All((_HAS_PICTURES, where)) if entity == STUDY else where


def _weight(matches: Sequence[ImagingMatch]) -> int:
    return sum(_MATCH + len(match.metadata or b"") for match in matches)


def frame_table(packed: bytes | None) -> list[tuple[int, int]]:
    """(offset, length) of each frame in the blob, from what ingest recorded; empty where it is unknown."""
    return list(struct.iter_unpack("<QQ", packed or b""))

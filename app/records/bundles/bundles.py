"""The use case that does what a Bundle of requests asks (FHIR R4 http.html#transaction).

Writes come first, in one commit: a transaction's all or none, a batch's each for itself. What only reads is
answered after it; in a transaction before it, too, since a reading that fails keeps all from being written.
How a url is understood, the interface says: an entry means what the same request would.
"""

from collections.abc import Callable, Iterator, Sequence
from functools import partial
from typing import Protocol, TypeAlias, TypeVar

from app.records.bundles.entries import (
    BundleEntry,
    BundleReading,
    BundleRequest,
    EntryRequest,
    Target,
    placed,
)
from app.records.bundles.writing import BundleWriter
from app.records.write.writing import Written
from fhir_profiles.issues import ProfileError
from graph.commit.committer import Failure
from graph.errors import Gone, HilumError, NotFound
from graph.scope import AccessScope

Answer = TypeVar("Answer")
Answer_co = TypeVar("Answer_co", covariant=True)


class Routed(Protocol[Answer_co]):
    """A request as the interface understands it: one that writes has a target, another one an answer."""

    @property
    def target(self) -> Target | None: ...

    @property
    def reading(self) -> Target | None: ...

    def answer(self) -> Answer_co:
        """Answer a request that only reads."""
        ...


Route: TypeAlias = Callable[[EntryRequest], Routed[Answer]]
Done: TypeAlias = Written | Failure | Answer | None
_Ready: TypeAlias = BundleEntry | Routed[Answer]
_Write: TypeAlias = Callable[[AccessScope, Sequence[BundleEntry]], Sequence[Written | Failure | None]]


class Bundles:
    """Does batches and transactions."""

    def __init__(self, writer: BundleWriter) -> None:
        self._writer = writer

    def transaction(
        self, scope: AccessScope, asked: BundleRequest, route: Route[Answer]
    ) -> list[Done[Answer]]:
        """Do all entries or none; what became of each, None where there was nothing to delete.

        Raises what `route` raises, and what is wrong with any entry, with its place.
        """
        ready = [_ready(scope, asked, index, route) for index in range(len(asked.entries))]
        readings = tuple(_readings(ready))
        return _done(scope, ready, partial(self._writer.write_together, readings=readings))

    def batch(self, scope: AccessScope, asked: BundleRequest, route: Route[Answer]) -> list[Done[Answer]]:
        """Do each entry for itself; what became of each, its failure where it failed."""
        ready = [_ready_or_failure(scope, asked, index, route) for index in range(len(asked.entries))]
        return _done(scope, ready, self._writer.write_each)


def _ready(scope: AccessScope, asked: BundleRequest, index: int, route: Route[Answer]) -> _Ready[Answer]:
    request = asked.request(index)
    with placed(index):
        routed = route(request)
        if routed.target is not None:
            scope.require_writing(routed.target.resource_type)  # before anything of the entry is judged
    return routed if routed.target is None else asked.entry(index, request, routed.target)


def _ready_or_failure(
    scope: AccessScope, asked: BundleRequest, index: int, route: Route[Answer]
) -> _Ready[Answer] | Failure:
    try:
        return _ready(scope, asked, index, route)
    except (HilumError, ProfileError) as error:
        return error


def _readings(ready: Sequence[_Ready[Answer]]) -> Iterator[BundleReading]:
    """The current versions that are read, which the commit looks for, as it may be what makes or ends them.

    Raises what any other reading fails with: nothing could be taken back after the commit.
    """
    for index, each in enumerate(ready):
        if isinstance(each, BundleEntry):
            continue
        with placed(index):
            try:
                each.answer()
            except (NotFound, Gone):
                if each.reading is None or not _writes(ready):
                    raise
        if each.reading:
            yield BundleReading(index, each.reading)


def _writes(ready: Sequence[_Ready[Answer]]) -> bool:
    return any(isinstance(each, BundleEntry) for each in ready)


def _done(scope: AccessScope, ready: Sequence[_Ready[Answer] | Failure], write: _Write) -> list[Done[Answer]]:
    writing = [each for each in ready if isinstance(each, BundleEntry)]
    written = iter(write(scope, writing) if writing else ())
    return [next(written) if isinstance(each, BundleEntry) else _answered(each) for each in ready]


def _answered(ready: Routed[Answer] | Failure) -> Answer | Failure:
    if isinstance(ready, HilumError | ProfileError):
        return ready
    try:
        return ready.answer()
    except (HilumError, ProfileError) as error:
        return error

"""The use case that keeps closure tables for clients (FHIR R4 conceptmap-operation-closure.html).

A client names the codes that it meets, and is told which of them stand below which: enough to search its own
data by subsumption without a terminology of its own.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from app.security.plain_text import require_plain_line
from app.terminology.answers import AskedCode, told, unknown
from app.terminology.library import Definitions, TenantLibrary
from graph.budget import spend
from graph.errors import Invalid
from graph.query.prices import QUESTION
from graph.scope import AccessScope
from graph.terminology.closures import ClosureState, ClosureStore, TrackedCode

_LONGEST_NAME = 64
_MOST_AT_ONCE = 200


@dataclass(frozen=True, slots=True)
class Entailed:
    """One row of a closure table: the code `below` is a kind of the code `above`."""

    below: TrackedCode
    above: TrackedCode


@dataclass(frozen=True, slots=True)
class ClosureAnswer:
    """A table's version, and the rows that came since an earlier one."""

    name: str
    version: int
    rows: tuple[Entailed, ...]


class Closures:
    """Keeps closure tables."""

    def __init__(self, definitions: Definitions, store: ClosureStore) -> None:
        self._definitions = definitions
        self._store = store

    def begin(self, scope: AccessScope, name: str) -> ClosureAnswer:
        """Make a table anew; raises `Invalid`, `TooLarge`."""
        scope.require("fhir.read")
        self._store.begin(scope, _checked(name))
        return ClosureAnswer(name, 0, ())

    def add(self, scope: AccessScope, name: str, codes: Sequence[AskedCode]) -> ClosureAnswer:
        """Add codes to a table, and return the rows that come of them.

        Raises `NotFound` for a table that was not begun and for a system that is not known, `Invalid` for a
        code that its system does not have, and for too many at once.
        """
        library = self._definitions.library(scope)
        spend(QUESTION + len(codes))
        if len(codes) > _MOST_AT_ONCE:
            raise Invalid(f"at most {_MOST_AT_ONCE} concepts at once", location="concept", code="too-costly")
        with told():
            _require_known(library, codes)
            state = self._store.add(scope, _checked(name), [(each.system, each.code) for each in codes])
            added = {(each.system, each.code) for each in codes}
            fresh = [each for each in state.codes if (each.system, each.code) in added]
            return ClosureAnswer(name, state.version, tuple(_entailed(library, state, fresh)))

    def since(self, scope: AccessScope, name: str, version: int) -> ClosureAnswer:
        """The rows that came after a version, for a client that has lost its place.

        Raises `NotFound`, `Invalid` for a version that is still to come.
        """
        library = self._definitions.library(scope)
        spend(QUESTION)
        state = self._store.state(scope, _checked(name))
        if version > state.version:
            raise Invalid(f"the table is at version {state.version}", location="version", code="not-found")
        with told():
            fresh = [each for each in state.codes if each.version > version]
            return ClosureAnswer(name, state.version, tuple(_entailed(library, state, fresh)))


def _checked(name: str) -> str:
    if not 0 < len(name) <= _LONGEST_NAME:
        raise Invalid(f"the name of a table has 1 to {_LONGEST_NAME} characters", location="name")
    require_plain_line(name, _LONGEST_NAME, "name")
    return name


def _require_known(library: TenantLibrary, codes: Sequence[AskedCode]) -> None:
    """Refuse codes that no system here defines: of them nothing could ever be told."""
    for each in codes:
        system = library.code_system(each.system) if each.system else None
        if system is None:
            raise unknown("CodeSystem", each.system)
        if each.code not in system.entries((each.code,)):
            raise Invalid(f"{each.system} has no code {each.code}", location=each.place, code="code-invalid")


def _entailed(
    library: TenantLibrary, state: ClosureState, fresh: Sequence[TrackedCode]
) -> Iterator[Entailed]:
    """Every two codes of a table of which one is fresh and one stands below the other, each pair once."""
    tracked = {(each.system, each.code): each for each in state.codes}
    told: dict[Entailed, None] = {}
    for each in fresh:
        system = library.code_system(each.system)
        for code in sorted(system.ancestors(each.code)) if system else ():
            if (each.system, code) in tracked:
                told[Entailed(each, tracked[each.system, code])] = None
        for code in sorted(system.descendants(each.code)) if system else ():
            if (each.system, code) in tracked:
                told[Entailed(tracked[each.system, code], each)] = None
    yield from told

"""A text under construction: whose it is, its parameters and its variables.

Names come from counters, in the order of writing, so that questions of one shape give one text (and Neo4j one
cached plan), whatever their values and the kinds of their rows.
"""

from dataclasses import dataclass
from typing import Any

from graph.keys import kind_key
from graph.scope import AccessScope, demand_scope


@dataclass(frozen=True, slots=True)
class BoundRow:
    """A variable that stands for a row, and the kinds of rows that it may be.

    `found_by` is the variable of the value row that it was found by, if any: that has its serial as well,
    from the index, so what is asked by serial needs not go to the row.
    """

    variable: str
    entities: tuple[str, ...]
    found_by: str = ""

    @property
    def serial(self) -> str:
        """Where its serial is read."""
        return f"{self.found_by or self.variable}.serial"


class Writing:
    """One statement being written for one caller; rows of the variable `unjudged` are judged in memory."""

    def __init__(self, scope: AccessScope, *, unjudged: str = "") -> None:
        self.scope = demand_scope(scope)
        self.unjudged = unjudged
        self.right = self.scope.right
        self.parameters: dict[str, Any] = {}
        self._values = 0
        self._variables = 0
        self._kinds: dict[str, str] = {}

    def value(self, value: Any) -> str:
        """Keep a value as a parameter and return its place in the text."""
        self._values += 1
        return self.named(f"p{self._values}", value)

    def named(self, name: str, value: Any) -> str:
        """Keep a value that many places share under a name of ours."""
        self.parameters[name] = list(value) if isinstance(value, tuple | frozenset) else value
        return f"${name}"

    def constant(self, truth: bool) -> str:
        """A condition that always or never holds; a parameter, since under `false` no index hint can hold."""
        return self.named("always" if truth else "never", truth)

    def variable(self, prefix: str) -> str:
        """A variable that nothing else in the text uses."""
        self._variables += 1
        return f"{prefix}{self._variables}"

    def row(self, *entities: str) -> BoundRow:
        """A variable for a row of one of these kinds."""
        return BoundRow(self.variable("t"), entities)

    def kind(self, entity: str) -> str:
        """The place of `tenant|entity`, which all rows of the kind carry."""
        name = self._kinds.setdefault(entity, f"kind{len(self._kinds) + 1}")
        return self.named(name, kind_key(self.scope.tenant, entity))

    def partition(self) -> str:
        """The place of `tenant|partition`, which all DICOM rows of the addressed partition carry."""
        return self.named("partition", self.right.partition)


def conjunction(conditions: list[str]) -> str:
    """Conditions that all hold, one a line."""
    return "\n  AND ".join(conditions) or "true"

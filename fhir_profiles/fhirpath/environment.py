"""What an evaluation knows beside its input: constants, where references lead, and how much it may take."""

from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from typing import Any, TypeAlias

from fhir_profiles.fhirpath.errors import BeyondBudget, NotEvaluable
from fhir_profiles.fhirpath.nodes import Node

BUDGET = 1_000_000
"""Steps of one evaluation where nothing else is said: some three seconds at the worst."""

_CONSTANTS: Mapping[str, str] = {  # FHIR R4 fhirpath.html#variables
    "ucum": "http://unitsofmeasure.org",
    "sct": "http://snomed.info/sct",
    "loinc": "http://loinc.org",
}
_PREFIXES: Mapping[str, str] = {
    "vs-": "http://hl7.org/fhir/ValueSet/",
    "ext-": "http://hl7.org/fhir/StructureDefinition/",
}

Resolve: TypeAlias = Callable[[str, Node], "Node | None"]
"""From a reference or canonical, and the node where it stands, to the resource that it means, or None."""

MemberOf: TypeAlias = Callable[[Node, str], bool | None]
"""Whether a code, Coding or CodeableConcept is in a value set; None where nobody knows."""


class Environment:
    """The surroundings of one evaluation; not shared between threads.

    `resource` is `%resource`, the resource that holds the input (a contained one by itself); `root` is
    `%rootResource`. Both are the root of the input where they are not given. `budget` is in steps, about one
    for each item that a function looks at. `variables` are further constants, by name without the `%`.
    `wary` charges regular expressions by what they could take; HL7's own are known to be harmless.
    """

    __slots__ = (
        "_left",
        "context",
        "index",
        "member_of",
        "now",
        "resolve",
        "resource",
        "root",
        "total",
        "variables",
        "wary",
    )

    def __init__(
        self,
        resource: Node | None = None,
        root: Node | None = None,
        *,
        variables: Mapping[str, Any] | None = None,
        resolve: Resolve | None = None,
        member_of: MemberOf | None = None,
        budget: int = BUDGET,
        now: datetime | None = None,
        wary: bool = True,
    ) -> None:
        self.resource = resource
        self.root = root if root is not None else resource
        self.variables = variables or {}
        self.resolve = resolve
        self.member_of = member_of
        self.now = now
        self.wary = wary
        self.context: Any = None
        self.index: int | None = None
        self.total: list[Any] = []
        self._left = budget

    def spend(self, steps: int) -> None:
        """Take steps from the budget.

        Raises `BeyondBudget` when none are left.
        """
        self._left -= steps
        if self._left < 0:
            raise BeyondBudget

    def moment(self) -> datetime:
        """The instant of the evaluation, the same for all of it."""
        if self.now is None:
            self.now = datetime.now(UTC)
        return self.now

    def constant(self, name: str) -> list[Any]:
        """The value of `%name` as a collection.

        Raises `NotEvaluable` for one that is not there.
        """
        if name == "resource":
            return [] if self.resource is None else [self.resource]
        if name == "rootResource":
            return [] if self.root is None else [self.root]
        if name == "context":
            return [] if self.context is None else [self.context]
        if name in self.variables:
            value = self.variables[name]
            return list(value) if isinstance(value, list) else [value]
        if (known := fixed_constant(name)) is not None:
            return [known]
        raise NotEvaluable(f"the constant %{name} has no value here")


def fixed_constant(name: str) -> str | None:
    """The value of a constant that is the same everywhere; None for another."""
    if name in _CONSTANTS:
        return _CONSTANTS[name]
    prefix = next((each for each in _PREFIXES if name.startswith(each)), None)
    return f"{_PREFIXES[prefix]}{name.removeprefix(prefix)}" if prefix else None

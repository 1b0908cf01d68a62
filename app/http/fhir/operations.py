"""Operations (FHIR R4 operations.html): what each is called, where it may be asked, and who answers it.

A row becomes the interactions that requests and entries of Bundles are routed by, and its place in the
CapabilityStatement.
"""

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field
from functools import partial
from typing import Any, Literal, TypeAlias

from app.http.fhir.interactions import RESOURCE, Handler, Interaction
from app.records.write.writing import WRITTEN_BY_HILUM

Level: TypeAlias = Literal["system", "type", "instance"]

_PATHS: Mapping[Level, str] = {
    "system": "/${name}",
    "type": "/<type:kind>/${name}",
    "instance": "/<type:kind>/<resource_id>/${name}",
}
_HL7 = "http://hl7.org/fhir/OperationDefinition"


@dataclass(frozen=True, slots=True)
class FhirOperation:
    """One row of the table of operations, `$name`.

    `handlers` are those of the types that have it; the one under `Resource` answers for every other type, and
    at the level of the system. Each gets the caller's rights, the `Call`, and `kind` and `resource_id` where
    the level has them. `changes`: it may be asked by POST only (operations.html#request). `bodies` are media
    types that it takes beside those of FHIR. `apart`: its routes are views of their own, made elsewhere.
    """

    name: str
    levels: tuple[Level, ...]
    handlers: Mapping[str, Handler] = field(compare=False)
    permission: str = "fhir.read"
    instead: tuple[str, ...] = ()
    changes: bool = False
    definition: str = ""
    bodies: tuple[str, ...] = ()
    apart: bool = False

    def interactions(self, among: Collection["FhirOperation"] = ()) -> Iterator[Interaction]:
        """Its rows of the table of routes; `among` are all operations, to name those that a type has."""
        for level in () if self.apart else self.levels:
            for method in ("POST",) if self.changes else ("GET", "POST"):
                yield Interaction(
                    code=f"operation-{self.name}-{level}-{method.lower()}",
                    method=method,
                    path=_PATHS[level].format(name=self.name),
                    permission=self.permission,
                    handler=self.handlers.get("Resource"),
                    body=(*RESOURCE, *self.bodies) if method == "POST" else (),
                    action="E",
                    own=self.handlers,
                    operation=True,
                    changes=self.changes,
                    others=partial(names_offered, among, level),
                    instead=self.instead,
                )

    def offered_of(self, kind: str) -> bool:
        """Whether a type has it, in a type's or an instance's place."""
        has_it = kind in self.handlers or ("Resource" in self.handlers and kind not in WRITTEN_BY_HILUM)
        return has_it and set(self.levels) != {"system"}


def no_such_operation(operations: Collection[FhirOperation]) -> Iterator[Interaction]:
    """The rows for operations that there are not: they have no handler, and say which there are."""
    for level, path in _PATHS.items():
        for method in ("GET", "POST"):
            yield Interaction(
                code=f"operation-none-{level}-{method.lower()}",
                method=method,
                path=path.format(name="").replace("/$", "/<operation:name>"),
                permission="fhir.read",
                handler=None,
                action="E",
                operation=True,
                others=partial(names_offered, operations, level),
            )


def names_offered(operations: Collection[FhirOperation], level: Level, kind: str | None) -> list[str]:
    """The names, `$` and all, of the operations that a type, or the system for None, has at a level."""
    return sorted(
        f"${each.name}"
        for each in operations
        if level in each.levels and (kind is None or each.offered_of(kind))
    )


def told(operations: Collection[FhirOperation], kind: str | None) -> list[dict[str, Any]]:
    """Return what a CapabilityStatement says of the operations of a type, or of the system for None."""
    offered = [
        each for each in operations if ("system" in each.levels if kind is None else each.offered_of(kind))
    ]
    named = {each.name: each.definition or _definition(each, kind) for each in offered}
    return [{"name": name, "definition": definition} for name, definition in named.items()]


def _definition(operation: FhirOperation, kind: str | None) -> str:
    base = "Resource" if "Resource" in operation.handlers else kind or "Resource"
    return f"{_HL7}/{base}-{operation.name}"

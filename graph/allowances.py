"""What a SMART scope leaves of its bearer's rights: types, deeds, conditions and a patient.

`patient/Observation.rs?category=http://terminology.hl7.org/CodeSystem/observation-category|laboratory` is one
`Allowance` (SMART App Launch 2.2, scopes-and-launch-context.html#scopes-for-requesting-fhir-resources). A
token has as many as it has scopes, each of which allows by itself: their parts are never put together.
Whatever they allow, the rights of the role and the grants still hold.
"""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, TypeAlias

from graph.keys import kind_key, part


class Deed(StrEnum):
    """What is done with resources, by its letter in a scope.

    `READ` is a read by id or of a version, the history of one resource, what a reference leads to, and the
    pictures of one study (WADO-RS); `SEARCH` is every question of several resources: search, count, chain,
    `_has`, order, compartment, `$everything`, bulk, histories of a type or of all, QIDO-RS.
    """

    CREATE = "c"
    READ = "r"
    UPDATE = "u"
    DELETE = "d"
    SEARCH = "s"


CONDITIONS = ("category", "code", "type")
"""The token parameters that a scope may ask for: those of which each version keeps its codes (`sorts`)."""
SECURITY = "_security"


@dataclass(frozen=True, slots=True)
class TokenCondition:
    """A condition on a token parameter of `CONDITIONS`: one of the (system, code) pairs is in the resource.

    A system of None is any system, of "" none.
    """

    parameter: str
    tokens: tuple[tuple[str | None, str], ...]

    @property
    def beginnings(self) -> tuple[str, ...]:
        """What one of a resource's `sorts` must begin with."""
        return tuple(
            sort_of(self.parameter, code, system) if system is not None else sort_of(self.parameter, code)
            for system, code in self.tokens
        )


@dataclass(frozen=True, slots=True)
class Allowance:
    """One scope of a token: its deeds with a type (None: with all), where all conditions hold.

    `patient` is the key of the Patient whose compartment it reaches, and what everybody may read; None is
    every row that its bearer may see (`user/`, `system/`).
    """

    resource_type: str | None
    deeds: frozenset[Deed]
    conditions: tuple[TokenCondition, ...] = ()
    patient: str | None = None

    @property
    def is_whole(self) -> bool:
        """Whether it is for every resource of its type that the bearer may see."""
        return self.patient is None and not self.conditions

    def reaches(self, resource_type: str, deed: Deed) -> bool:
        """Whether it lets something be done with some resources of a type."""
        return deed in self.deeds and self.resource_type in (None, resource_type)

    def admits(self, compartment: Collection[str] | None, sorts: Collection[str]) -> bool:
        """Whether a resource of its type is one of those that it is for."""
        if self.patient is not None and compartment is not None and self.patient not in compartment:
            return False
        return all(any(sort.startswith(each.beginnings) for sort in sorts) for each in self.conditions)


Allowances: TypeAlias = tuple[Allowance, ...]
Ways: TypeAlias = Mapping[str, list[dict[str, object]]]
"""What one deed is allowed with, by the `kind` of rows; under `*` with any other kind."""


def sort_of(parameter: str, code: str, system: str | None = None) -> str:
    """How a code of a resource stands in its `sorts`; without a system, what it begins with in any."""
    return sort_of_part(parameter, part(code), system)


def sort_of_part(parameter: str, code: str, system: str | None = None) -> str:
    """The same of a code that is written as a part of a key already."""
    begins = f"{parameter}|{code}|"
    return begins if system is None else f"{begins}{part(system)}|"


def ways(allowances: Iterable[Allowance], tenant: str, deed: Deed) -> Ways:
    """The allowances of one deed as the parameter of a statement."""
    every = [each for each in allowances if deed in each.deeds]
    wide = [_row(each) for each in every if each.resource_type is None]
    kinds = sorted({each.resource_type for each in every if each.resource_type is not None})
    named = {
        kind_key(tenant, kind): wide + [_row(each) for each in every if each.resource_type == kind]
        for kind in kinds
    }
    return {**named, "*": wide}


def kept(allowances: Allowances | None) -> list[dict[str, Any]] | None:
    """Allowances as JSON, to be kept with what is done later; None where there are none."""
    if allowances is None:
        return None
    return [
        {
            "type": each.resource_type,
            "deeds": "".join(sorted(each.deeds)),
            "conditions": [[one.parameter, list(map(list, one.tokens))] for one in each.conditions],
            "patient": each.patient,
        }
        for each in allowances
    ]


def of_kept(rows: Iterable[Mapping[str, Any]] | None) -> Allowances | None:
    """The allowances that were kept as `kept` writes them."""
    if rows is None:
        return None
    return tuple(
        Allowance(
            row["type"],
            frozenset(map(Deed, row["deeds"])),
            tuple(
                TokenCondition(name, tuple((system, code) for system, code in tokens))
                for name, tokens in row["conditions"]
            ),
            row["patient"],
        )
        for row in rows
    )


def _row(allowance: Allowance) -> dict[str, object]:
    conditions = [list(each.beginnings) for each in allowance.conditions]
    return {"patient": allowance.patient, "conditions": conditions}

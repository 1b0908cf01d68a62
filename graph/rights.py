"""Which rows one caller may see: one value, with its meaning in memory and in Cypher side by side.

Of a row these count: its `partition`, which only DICOM rows have; its `compartment`, the keys of the patients
and studies it is about, which only what everybody may read lacks (Practitioner, Endpoint …); its own key, for
studies that were granted one by one; its `kind`; and its traits: its `sorts` (what sort of resource it is),
the `security` labels that it bears, `care`, when that took place, and for which reader alone it is `kept`. A
version of a resource has its own compartment and traits. Of labels those of the resource as it is now count
as well, since who found out later that something is delicate meant all of it.

`RowRight.sees` says it of a row at hand, `graph.visibility` in fixed statements, `graph.cypher.access` in
compiled ones; a test holds that the three agree. A right that is long is cheaper said in memory: what finds
few rows brings what is `judged` of each. Each part of a right has its condition in `CONDITIONS`, and
its parameters in `RowRight.parameters`; a part that narrows nothing is in no text.
"""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, TypeAlias

from graph.allowances import Allowances, Deed, Ways, ways
from graph.keys import resource_of
from graph.refusals import NO_TRAITS, NOTHING_REFUSED, Refusals, Traits, not_refused

Bounds: TypeAlias = tuple[frozenset[str], frozenset[str]]
"""The keys of patients, and of studies."""

GRANTS, ALLOWANCES, LABELS, CONSENTS, KEPT = "grants", "allowances", "labels", "consents", "kept"
_NOBODY = frozenset({""})  # stands among readers for what is kept for none
LONG = 100  # keys of rights that a statement carries at no cost to speak of


@dataclass(frozen=True, slots=True)
class RowRight:
    """The rows that a caller may see.

    `partition` is the key `tenant|partition` that DICOM rows must be of. `patients` and `studies` are keys of
    granted rows; `patients` None means every row. Of `allowances`, unless they are None, one has to admit a
    row in each of the `deeds`. What bears one of the labels `withheld` is not seen, nor what consents
    keep from the caller (`refusals`). Of rows that are kept for a reader only those of `readers`, keys of
    Practitioners, are seen, whatever else may be; None is those of all, for what the gateway does itself.
    """

    partition: str
    patients: frozenset[str] | None = None
    studies: frozenset[str] = frozenset()
    allowances: Allowances | None = None
    deeds: tuple[Deed, ...] = (Deed.READ, Deed.SEARCH)
    withheld: frozenset[str] = frozenset()
    refusals: Refusals = NOTHING_REFUSED
    readers: frozenset[str] | None = frozenset()

    @property
    def everything(self) -> bool:
        """Whether no grants narrow it."""
        return self.patients is None

    @property
    def parts(self) -> tuple[str, ...]:
        """The parts of it that narrow anything."""
        narrow = (
            self.patients is not None,
            self.allowances is not None,
            bool(self.withheld),
            bool(self.refusals),
            self.readers is not None,
        )
        return tuple(part for part, narrows in zip(CONDITIONS, narrow, strict=True) if narrows)

    @property
    def picture_parts(self) -> tuple[str, ...]:
        """Those of them that pictures are judged by with their study, which are kept for nobody."""
        return tuple(part for part in self.parts if part != KEPT)

    @property
    def is_long(self) -> bool:
        """Whether it names so many rows that a statement is slower with their keys than without them."""
        granted = len(self.patients or ()) + len(self.studies)
        return granted + len(self.refusals.closed) + len(self.refusals.some) > LONG

    @property
    def bounds(self) -> Bounds | None:
        """The patients and studies that all it sees is about, but for what everybody may; None: anybody."""
        context = {each.patient for each in self.allowances or ()}
        if len(context) == 1 and None not in context:
            return frozenset(each for each in context if each), frozenset()
        return None if self.patients is None else (self.patients, self.studies)

    def hides_some(self, resource_type: str) -> bool:
        """Whether there may be resources of a type that it does not see."""
        if self.patients is not None or self.withheld:
            return True
        if self.allowances is None:
            return False
        reaching = [each for each in self.allowances if each.resource_type in (None, resource_type)]
        return not all(any(step in each.deeds and each.is_whole for each in reaching) for step in self.deeds)

    def sees(
        self,
        key: str,
        compartment: Collection[str] | None,
        partition: str | None,
        traits: Traits = NO_TRAITS,
    ) -> bool:
        """Whether it covers a row; `compartment` and `partition` are None for rows that have none."""
        if partition not in (None, self.partition) or not self.withheld.isdisjoint(traits.security or ()):
            return False
        if traits.kept is not None and self.readers is not None and traits.kept not in self.readers:
            return False
        return (
            self._is_granted(key, compartment)
            and self.allows(key, compartment, traits.sorts or ())
            and not self.refusals.refuses(key, compartment, traits)
        )

    def covers(self, judged: Sequence[Any]) -> bool:
        """Whether it covers a row, by what a statement says of it in the column that `judged_of` writes."""
        key, compartment, partition, *traits = judged
        return self.sees(key, compartment, partition, Traits(*traits))

    def _is_granted(self, key: str, compartment: Collection[str] | None) -> bool:
        if self.patients is None or compartment is None or key in self.studies:
            return True
        return any(each in self.patients or each in self.studies for each in compartment)

    def allows(self, key: str, compartment: Collection[str] | None, sorts: Collection[str]) -> bool:
        """Whether SMART scopes let each of the deeds be done with a row of the caller's."""
        if self.allowances is None:
            return True
        kind = resource_of(key).partition("/")[0]
        return all(
            any(each.reaches(kind, step) and each.admits(compartment, sorts) for each in self.allowances)
            for step in self.deeds
        )

    def parameters(self) -> dict[str, Any]:
        """The parameters of the conditions of its parts, and its partition."""
        named: dict[str, Any] = {"partition": self.partition}
        if self.patients is not None:
            named |= {"granted": self.granted(), "studies": self.granted_studies()}
        if self.allowances is not None:
            tenant = self.partition.partition("|")[0]
            named["allowed"] = _ways(self.allowances, tenant, self.deeds)
        if self.withheld:
            named["withheld"] = _listed(self.withheld, frozenset())
        if self.refusals:
            named |= self.refusals.parameters
        if self.readers is not None:
            named["readers"] = _listed(self.readers, _NOBODY)
        return named

    def granted(self) -> list[str]:
        """The keys of all granted rows, as a parameter of a statement; the list is shared, for reading."""
        return _listed(self.patients or frozenset(), self.studies)

    def granted_studies(self) -> list[str]:
        """The keys of the granted studies, shared as those of `granted`."""
        return _listed(frozenset(), self.studies)


@lru_cache(maxsize=48)
def _listed(patients: frozenset[str], studies: frozenset[str]) -> list[str]:
    """Both, sorted: of ten thousand grants that takes longer than the statement that they are for."""
    return sorted(patients | studies)


@lru_cache(maxsize=256)
def _ways(allowances: Allowances, tenant: str, deeds: tuple[Deed, ...]) -> list[Ways]:
    """What each deed is allowed with, where they are allowed differently."""
    found: list[Ways] = []
    for each in deeds:
        if (way := ways(allowances, tenant, each)) not in found:
            found.append(way)
    return found


def in_partition(name: str, partition: str) -> str:
    """The condition that the row of a variable is of the partition, or of none."""
    return f"({name}.partition IS NULL OR {name}.partition = {partition})"


def granted(name: str, judged: str) -> str:
    """The condition that a row is everybody's, is a granted study, or is about what was granted.

    `name` is its variable; `judged` is the same, or the variable of a version of that row, which is judged by
    whom the version is about.
    """
    member = f"any(each IN {judged}.compartment WHERE each IN $granted)"
    return f"({judged}.compartment IS NULL OR {name}.key IN $studies OR {member})"


def allowed(name: str, judged: str) -> str:
    """The condition that a SMART scope lets each deed be done with a row, `judged` as in `granted`."""
    about = f"(each.patient IS NULL OR {judged}.compartment IS NULL OR each.patient IN {judged}.compartment)"
    of_sort = (
        f"any(sort IN coalesce({judged}.sorts, []) WHERE any(begun IN asked WHERE sort STARTS WITH begun))"
    )
    one = f"{about} AND all(asked IN each.conditions WHERE {of_sort})"
    return f"all(way IN $allowed WHERE any(each IN coalesce(way[{name}.kind], way['*']) WHERE {one}))"


def not_withheld(name: str, judged: str) -> str:
    """The condition that neither a row nor the version that is `judged` bears a label that is withheld."""
    bearers = dict.fromkeys((name, judged))
    return " AND ".join(
        f"({each}.security IS NULL OR none(label IN {each}.security WHERE label IN $withheld))"
        for each in bearers
    )


def kept_for(name: str, _judged: str) -> str:
    """The condition that a row is kept for nobody alone, or for the caller; its versions are as it is.

    It is one term, since the planner makes a normal form of AND and OR, and null is in no empty list.
    """
    return f"coalesce({name}.kept, '') IN $readers"


CONDITIONS: Mapping[str, Callable[[str, str], str]] = {
    GRANTS: granted,
    ALLOWANCES: allowed,
    LABELS: not_withheld,
    CONSENTS: not_refused,
    KEPT: kept_for,
}
"""The condition of each part of a right on a row and on what is judged of it, over `RowRight.parameters`."""


def judged_of(name: str, version: str) -> str:
    """What `RowRight.covers` looks at of the row of a variable, and of the version that is judged."""
    security = " + ".join(f"coalesce({each}.security, [])" for each in dict.fromkeys((name, version)))
    columns = (f"{name}.key", f"{version}.compartment", f"{name}.partition", f"{version}.sorts", security)
    return f"[{', '.join(columns)}, {version}.care, {name}.kept]"


def conditions(parts: Collection[str], name: str, judged: str = "") -> list[str]:
    """The conditions of some parts of a right on the row of a variable, or on a version of it."""
    return [CONDITIONS[part](name, judged or name) for part in parts]

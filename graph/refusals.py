"""What the consents of patients keep from one caller, as conditions on rows.

What a Consent says of the caller (actor, purpose, period) is settled before; here is what it says of a row.
Each provision that denies becomes one `Denial`: it holds where the conditions on the way to it hold, and
those of none of its exceptions do, so a tree of any depth is a flat list (FHIR R4 consent.html#6.2.4).
"""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any, NamedTuple

from graph.keys import kind_key, resource_of


class Traits(NamedTuple):
    """What a row or a version bears beside whom it is about; None where it has none.

    `sorts` and `security` are codes as `graph.allowances.sort_of` writes them, `care` when care took place,
    as low and high in µs since the epoch; `kept` is the key of the Practitioner for whom alone it is.
    """

    sorts: Collection[str] | None = None
    security: Collection[str] | None = None
    care: Collection[int] | None = None
    kept: str | None = None


NO_TRAITS = Traits()


UNLABELLED = ""
"""Stands among labels for bearing none."""


@dataclass(frozen=True, slots=True)
class RowCondition:
    """One provision's conditions on a row; None asks nothing.

    `kinds` are resource types, `sorts` what one of the row's begins with, `labels` security labels, with
    `UNLABELLED` for none; `keys` are rows, `about` rows that it may be about. `care` is the time of care: on
    the way to a denial a row meets that where it may lie in it, or has none; as what lifts one, where it lies
    in it.
    """

    kinds: tuple[str, ...] | None = None
    sorts: tuple[str, ...] | None = None
    labels: tuple[str, ...] | None = None
    keys: tuple[str, ...] | None = None
    about: tuple[str, ...] = ()
    care: tuple[int, int] | None = None

    @property
    def asks_nothing(self) -> bool:
        """Whether every row meets it."""
        return all(each is None for each in (self.kinds, self.sorts, self.labels, self.keys, self.care))

    def holds(self, key: str, compartment: Collection[str], traits: Traits, *, lifts: bool) -> bool:
        """Whether a row meets it, on the way to a denial or as what lifts one."""
        borne = traits.security or (UNLABELLED,)
        return (
            (self.kinds is None or resource_of(key).partition("/")[0] in self.kinds)
            and (self.sorts is None or any(each.startswith(self.sorts) for each in traits.sorts or ()))
            and (self.labels is None or any(each in self.labels for each in borne))
            and (self.keys is None or key in self.keys or any(each in self.about for each in compartment))
            and (self.care is None or _is_then(self.care, traits.care, lifts=lifts))
        )

    def row(self, tenant: str, *, lifts: bool) -> dict[str, Any]:
        """It as a parameter of a statement."""
        lists = {"sorts": self.sorts, "labels": self.labels, "keys": self.keys, "care": self.care}
        return {
            "lifts": lifts,
            "about": list(self.about),
            "kinds": None if self.kinds is None else [kind_key(tenant, kind) for kind in self.kinds],
            **{name: None if value is None else list(value) for name, value in lists.items()},
        }


def _is_then(asked: tuple[int, int], care: Collection[int] | None, *, lifts: bool) -> bool:
    if care is None:
        return not lifts
    low, high = care
    if lifts:
        return low >= asked[0] and high <= asked[1]
    return low < asked[1] and high > asked[0]


@dataclass(frozen=True, slots=True)
class Denial:
    """A provision that denies rows of one patient: where all of `within` hold and none of `unless`."""

    within: tuple[RowCondition, ...] = ()
    unless: tuple[RowCondition, ...] = ()

    @property
    def is_whole(self) -> bool:
        """Whether it denies all that there is."""
        return not self.unless and all(each.asks_nothing for each in self.within)

    def holds(self, key: str, compartment: Collection[str], traits: Traits) -> bool:
        """Whether it denies a row of the patient."""
        return all(each.holds(key, compartment, traits, lifts=False) for each in self.within) and not any(
            each.holds(key, compartment, traits, lifts=True) for each in self.unless
        )

    def rows(self, tenant: str) -> list[dict[str, Any]]:
        """It as a parameter of a statement: the conditions, each with whether it lifts the denial."""
        return [
            each.row(tenant, lifts=lifts)
            for lifts, given in ((False, self.within), (True, self.unless))
            for each in given
        ]


class Refusals:
    """What consents keep from one caller; it is equal to itself alone, so that a scope is cheap to hash.

    `closed` are the keys of patients of whom nothing is seen, `some` the denials of others by their key.
    """

    def __init__(self, denials: Mapping[str, Iterable[Denial]]) -> None:
        by_patient = {patient: tuple(given) for patient, given in denials.items()}
        self.closed = frozenset(
            patient for patient, given in by_patient.items() if any(each.is_whole for each in given)
        )
        left = by_patient.keys() - self.closed
        self.some = {patient: by_patient[patient] for patient in sorted(left) if by_patient[patient]}

    def __eq__(self, other: object) -> bool:
        """Whether it is the same object, or neither keeps anything."""
        return self is other or (isinstance(other, Refusals) and not self and not other)

    def __hash__(self) -> int:
        """By identity, unless it keeps nothing."""
        return id(self) if self else 0

    def __bool__(self) -> bool:
        """Whether anything is kept from the caller."""
        return bool(self.closed or self.some)

    def __getstate__(self) -> dict[str, Any]:
        """What another process needs of it."""
        return {"closed": self.closed, "some": self.some}

    def refuses(self, key: str, compartment: Collection[str] | None, traits: Traits) -> bool:
        """Whether a row is kept from the caller: whoever of those it is about says so decides."""
        whose = compartment or ()
        return any(each in self.closed for each in whose) or any(
            denial.holds(key, whose, traits) for each in whose for denial in self.some.get(each, ())
        )

    @cached_property
    def parameters(self) -> dict[str, Any]:
        """The parameters of `not_refused`; they are shared, for reading."""
        return {
            "closed": sorted(self.closed),
            "refused": {
                patient: [each.rows(patient.partition("|")[0]) for each in denials]
                for patient, denials in self.some.items()
            },
        }


NOTHING_REFUSED = Refusals({})


def not_refused(name: str, judged: str) -> str:
    """The condition that no consent keeps a row from the caller, over `Refusals.parameters`.

    `name` is its variable; `judged` is the same, or that of a version, which is judged by itself.
    """
    borne = " + ".join(f"coalesce({each}.security, [])" for each in dict.fromkeys((name, judged)))
    holds = " ".join(
        (  # not as AND and OR: of those the planner makes a normal form, which takes it seconds
            f"CASE WHEN asked.kinds IS NOT NULL AND NOT {name}.kind IN asked.kinds THEN false",
            f"WHEN asked.sorts IS NOT NULL AND none(sort IN coalesce({judged}.sorts, []) "
            "WHERE any(begun IN asked.sorts WHERE sort STARTS WITH begun)) THEN false",
            "WHEN asked.labels IS NOT NULL AND none(label IN CASE "
            f"WHEN size({borne}) = 0 THEN ['{UNLABELLED}'] ELSE {borne} END "
            "WHERE label IN asked.labels) THEN false",
            f"WHEN asked.keys IS NOT NULL AND NOT {name}.key IN asked.keys "
            f"AND none(each IN {judged}.compartment WHERE each IN asked.about) THEN false",
            f"WHEN asked.care IS NULL THEN true WHEN {judged}.care IS NULL THEN NOT asked.lifts",
            f"WHEN asked.lifts THEN {judged}.care[0] >= asked.care[0] AND {judged}.care[1] <= asked.care[1]",
            f"ELSE {judged}.care[0] < asked.care[1] AND {judged}.care[1] > asked.care[0] END",
        )
    )
    met = f"all(asked IN denial WHERE ({holds}) <> asked.lifts)"
    denied = f"any(denial IN coalesce($refused[whose], []) WHERE {met})"
    return f"none(whose IN coalesce({judged}.compartment, []) WHERE whose IN $closed OR {denied})"

"""Conditions as closures that answer True, False or None and make no lists (FHIRPath 6.1 to 6.5)."""

from collections.abc import Callable, Mapping
from operator import ge, gt, le, lt
from typing import TypeAlias

from fhir_profiles.fhirpath.comparing import PathItem, all_equal, all_equivalent, compared, holds_item
from fhir_profiles.fhirpath.environment import Environment
from fhir_profiles.fhirpath.errors import NotEvaluable
from fhir_profiles.fhirpath.gathering import ItemList, Several
from fhir_profiles.fhirpath.nodes import Node, slots
from fhir_profiles.fhirpath.temporal import TIME_KINDS
from fhir_profiles.validation.structure import PRIMITIVES

FindValues: TypeAlias = Callable[[PathItem, Environment], ItemList]
FindTruth: TypeAlias = Callable[[PathItem, Environment], bool | None]

ORDERS: Mapping[str, Callable[[int, int], bool]] = {"<": lt, "<=": le, ">": gt, ">=": ge}
"""By operator."""


def conjunction(one: FindTruth, other: FindTruth) -> FindTruth:
    """`and`: False where either is, whatever is known of the other."""

    def condition(this: PathItem, environment: Environment) -> bool | None:
        left = one(this, environment)
        if left is False:
            return False
        right = other(this, environment)
        return False if right is False else None if left is None or right is None else True

    return condition


def disjunction(one: FindTruth, other: FindTruth) -> FindTruth:
    """`or`: True where either is, whatever is known of the other."""

    def condition(this: PathItem, environment: Environment) -> bool | None:
        left = one(this, environment)
        if left is True:
            return True
        right = other(this, environment)
        return True if right is True else None if left is None or right is None else False

    return condition


def exclusion(one: FindTruth, other: FindTruth) -> FindTruth:
    """`xor`: None where either is not known."""

    def condition(this: PathItem, environment: Environment) -> bool | None:
        left, right = one(this, environment), other(this, environment)
        return None if left is None or right is None else left is not right

    return condition


def implication(one: FindTruth, other: FindTruth) -> FindTruth:
    """`implies`: True where the first is False or the second True."""

    def condition(this: PathItem, environment: Environment) -> bool | None:
        left = one(this, environment)
        if left is False:
            return True
        right = other(this, environment)
        return True if right is True else right if left is True else None

    return condition


def negation(inner: FindTruth) -> FindTruth:
    """`not()`: None stays None."""

    def condition(this: PathItem, environment: Environment) -> bool | None:
        found = inner(this, environment)
        return None if found is None else not found

    return condition


def equality(one: FindValues, other: FindValues, *, wanted: bool) -> FindTruth:
    """`=`, or `!=` where equality is not wanted."""

    def condition(this: PathItem, environment: Environment) -> bool | None:
        found = all_equal(one(this, environment), other(this, environment))
        return found if found is None else found is wanted

    return condition


def equality_to_text(inner: FindValues, text: str, *, wanted: bool) -> FindTruth:
    """Compare with a text that is known already: most of what R4's invariants compare."""

    def condition(this: PathItem, environment: Environment) -> bool | None:
        items = inner(this, environment)
        if not items:
            return None
        if len(items) > 1:
            return not wanted
        item = items[0]
        if type(item) is Node and item.kind not in TIME_KINDS and type(item.value) is str:
            return (item.value == text) is wanted
        found = all_equal(items, [text])
        return found if found is None else found is wanted

    return condition


def equivalence(one: FindValues, other: FindValues, *, wanted: bool) -> FindTruth:
    """`~`, or `!~` where equivalence is not wanted."""
    return lambda this, environment: (
        all_equivalent(one(this, environment), other(this, environment)) is wanted
    )


def order(one: FindValues, other: FindValues, operator: str) -> FindTruth:
    """`<`, `<=`, `>` or `>=` of two single items."""
    holds = ORDERS[operator]

    def condition(this: PathItem, environment: Environment) -> bool | None:
        left, right = one(this, environment), other(this, environment)
        if not left or not right:
            return None
        if len(left) > 1 or len(right) > 1:
            raise NotEvaluable("several items have no order")
        found = compared(left[0], right[0])
        return None if found is None else holds(found, 0)

    return condition


def membership(one: FindValues, other: FindValues) -> FindTruth:
    """Whether the only item of `one` is among those of `other`."""

    def condition(this: PathItem, environment: Environment) -> bool | None:
        sought = one(this, environment)
        if not sought:
            return None
        if len(sought) > 1:
            raise NotEvaluable("membership is asked of one item")
        items = other(this, environment)
        environment.spend(len(items))
        return holds_item(items, sought[0])

    return condition


def presence(inner: FindValues, *, wanted: bool) -> FindTruth:
    """`exists()`, or `empty()` where presence is not wanted."""
    return lambda this, environment: bool(inner(this, environment)) is wanted


def own_presence(name: str, own: FindValues, *, wanted: bool) -> FindTruth:
    """The presence of an element of the input, without looking at what it is."""

    def condition(this: PathItem, environment: Environment) -> bool | None:
        if type(this) is not Node:
            return bool(own(this, environment)) is wanted
        held = this.beside if this.kind in PRIMITIVES else this.value
        if type(held) is dict:
            for key, beside, _ in slots(this.kind, name):
                if key in held or beside in held:
                    return wanted
        return not wanted

    return condition


def focus(this: PathItem) -> ItemList:
    """What stands as `$this`, as a collection."""
    return list(this) if type(this) is Several else [] if this is None else [this]

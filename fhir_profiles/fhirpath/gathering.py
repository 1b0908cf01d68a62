"""The functions that look at a collection as a whole, or item by item (FHIRPath 5.1 to 5.4, 5.9, 7).

Those marked `lazy` take their arguments as closures, which they run on each item as `$this`.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import TypeAlias

from fhir_profiles.fhirpath.comparing import Distinct, PathItem, plain
from fhir_profiles.fhirpath.environment import Environment
from fhir_profiles.fhirpath.errors import NotEvaluable

ItemList: TypeAlias = list[PathItem]
Closure: TypeAlias = Callable[[PathItem, Environment], ItemList]


class Several(list[PathItem]):
    """A collection that stands as `$this`, none or several items: only `iif` looks at those."""


@dataclass(frozen=True, slots=True)
class Function:
    """A function: how it is run, and how many arguments it takes.

    A lazy one is run as `run(environment, items, this, *closures)`, another as `run(environment, items,
    *collections)`.
    """

    run: Callable[..., ItemList]
    least: int = 0
    most: int = 0
    lazy: bool = False


def truth(items: ItemList) -> bool | None:
    """A collection as a condition (FHIRPath 4.5): None where it is empty.

    Raises `NotEvaluable` for several items.
    """
    if not items:
        return None
    if len(items) > 1:
        raise NotEvaluable("a condition has more than one value")
    value = plain(items[0])
    return value if type(value) is bool else True


def single(items: ItemList) -> PathItem | None:
    """The only item as a plain value; None where there is none.

    Raises `NotEvaluable` for several items.
    """
    if not items:
        return None
    if len(items) > 1:
        raise NotEvaluable("several items stand where one is needed")
    return plain(items[0])


def whole(items: ItemList) -> int | None:
    """The only item as a whole number; None where it is none.

    Raises `NotEvaluable` for several items.
    """
    value = single(items)
    return value if type(value) is int else None


def each_of(environment: Environment, items: ItemList) -> Iterator[PathItem]:
    """Give out items one after the other with their `$index`, each at the price of a step."""
    outer = environment.index
    try:
        for index, item in enumerate(items):
            environment.spend(1)
            environment.index = index
            yield item
    finally:
        environment.index = outer


def _where(environment: Environment, items: ItemList, _: PathItem, criteria: Closure) -> ItemList:
    return [each for each in each_of(environment, items) if truth(criteria(each, environment)) is True]


def _select(environment: Environment, items: ItemList, _: PathItem, projection: Closure) -> ItemList:
    found: ItemList = []
    for each in each_of(environment, items):
        added = projection(each, environment)
        environment.spend(len(added))
        found.extend(added)
    return found


def _repeat(environment: Environment, items: ItemList, _: PathItem, projection: Closure) -> ItemList:
    known, waiting = Distinct(), items
    while waiting:
        added = _select(environment, waiting, None, projection)
        waiting = [each for each in added if known.add(each)]
    return known.items


def _all(environment: Environment, items: ItemList, _: PathItem, criteria: Closure) -> ItemList:
    return [all(truth(criteria(each, environment)) is True for each in each_of(environment, items))]


def _exists(
    environment: Environment, items: ItemList, this: PathItem, criteria: Closure | None = None
) -> ItemList:
    return [bool(items if criteria is None else _where(environment, items, this, criteria))]


def _aggregate(
    environment: Environment, items: ItemList, this: PathItem, step: Closure, first: Closure | None = None
) -> ItemList:
    outer = environment.total
    try:
        environment.total = first(this, environment) if first else []
        for each in each_of(environment, items):
            environment.total = step(each, environment)
            environment.spend(len(environment.total))
        return environment.total
    finally:
        environment.total = outer


def _iif(  # noqa: PLR0917 - FHIRPath's own order
    environment: Environment,
    items: ItemList,
    this: PathItem,
    condition: Closure,
    then: Closure,
    otherwise: Closure | None = None,
) -> ItemList:
    """The condition and the branches look at the input as a whole."""
    inner = items[0] if len(items) == 1 else Several(items)
    found = condition(inner, environment)
    if truth(found) is True:
        return then(inner, environment)
    return otherwise(inner, environment) if otherwise else []


def _booleans(items: ItemList) -> list[bool]:
    values = [plain(each) for each in items]
    if not all(type(value) is bool for value in values):
        raise NotEvaluable("a function of booleans was called on other values")
    return values


def _union(environment: Environment, items: ItemList, other: ItemList) -> ItemList:
    environment.spend(len(items) + len(other))
    return Distinct([*items, *other]).items


def _combine(environment: Environment, items: ItemList, other: ItemList) -> ItemList:
    environment.spend(len(items) + len(other))
    return [*items, *other]


def _intersect(environment: Environment, items: ItemList, other: ItemList) -> ItemList:
    environment.spend(len(items) + len(other))
    wanted = Distinct(other)
    return Distinct(each for each in items if each in wanted).items


def _exclude(environment: Environment, items: ItemList, other: ItemList) -> ItemList:
    environment.spend(len(items) + len(other))
    unwanted = Distinct(other)
    return [each for each in items if each not in unwanted]


def _subset_of(environment: Environment, items: ItemList, other: ItemList) -> ItemList:
    environment.spend(len(items) + len(other))
    known = Distinct(other)
    return [all(each in known for each in items)]


def _distinct(environment: Environment, items: ItemList) -> ItemList:
    environment.spend(len(items))
    return Distinct(items).items


def _is_distinct(environment: Environment, items: ItemList) -> ItemList:
    return [len(_distinct(environment, items)) == len(items)]


def _single(_: Environment, items: ItemList) -> ItemList:
    if len(items) > 1:
        raise NotEvaluable("single() was called on several items")
    return items


def _skip(_: Environment, items: ItemList, number: ItemList) -> ItemList:
    count = whole(number)
    return items[max(count, 0) :] if count is not None else []


def _take(_: Environment, items: ItemList, number: ItemList) -> ItemList:
    count = whole(number)
    return items[: max(count, 0)] if count is not None else []


def _not(_: Environment, items: ItemList) -> ItemList:
    value = truth(items)
    return [] if value is None else [not value]


def _trace(
    _: Environment, items: ItemList, this: PathItem, name: Closure, projection: Closure | None = None
) -> ItemList:
    """Nothing is written anywhere: what an expression looks at may be a patient's."""
    return items


FUNCTIONS: Mapping[str, Function] = {
    "aggregate": Function(_aggregate, 1, 2, lazy=True),
    "all": Function(_all, 1, 1, lazy=True),
    "allFalse": Function(lambda _, items: [not any(_booleans(items))]),
    "allTrue": Function(lambda _, items: [all(_booleans(items))]),
    "anyFalse": Function(lambda _, items: [not all(_booleans(items))]),
    "anyTrue": Function(lambda _, items: [any(_booleans(items))]),
    "combine": Function(_combine, 1, 1),
    "count": Function(lambda _, items: [len(items)]),
    "distinct": Function(_distinct),
    "empty": Function(lambda _, items: [not items]),
    "exclude": Function(_exclude, 1, 1),
    "exists": Function(_exists, 0, 1, lazy=True),
    "first": Function(lambda _, items: items[:1]),
    "iif": Function(_iif, 2, 3, lazy=True),
    "intersect": Function(_intersect, 1, 1),
    "isDistinct": Function(_is_distinct),
    "last": Function(lambda _, items: items[-1:]),
    "not": Function(_not),
    "repeat": Function(_repeat, 1, 1, lazy=True),
    "select": Function(_select, 1, 1, lazy=True),
    "single": Function(_single),
    "skip": Function(_skip, 1, 1),
    "subsetOf": Function(_subset_of, 1, 1),
    "supersetOf": Function(lambda env, items, other: _subset_of(env, other, items), 1, 1),
    "tail": Function(lambda _, items: items[1:]),
    "take": Function(_take, 1, 1),
    "trace": Function(_trace, 1, 2, lazy=True),
    "union": Function(_union, 1, 1),
    "where": Function(_where, 1, 1, lazy=True),
}
"""By name."""

"""When two items are equal, equivalent or in order (FHIRPath 6.1 and 6.2).

An item is a `Node`, or what an expression made: a Python str, bool, int, Decimal, `PartialTime` or `Measure`.
Answers are None where nobody can tell: another precision, another unit.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, TypeAlias

from fhir_profiles.fhirpath.errors import NotEvaluable
from fhir_profiles.fhirpath.nodes import Node, is_kind
from fhir_profiles.fhirpath.temporal import CALENDAR_UNITS, TIME_KINDS, PartialTime, ordered, read_time

PathItem: TypeAlias = Any
_UCUM = "http://unitsofmeasure.org"
_UCUM_CALENDAR = {"wk": "week", "d": "day", "h": "hour", "min": "minute", "s": "second", "ms": "millisecond"}


@dataclass(frozen=True, slots=True)
class Measure:
    """A number with its unit; `system` is empty where the unit is a text."""

    value: Decimal
    unit: str
    system: str = ""


def plain(item: PathItem) -> PathItem:
    """What an item is to an operator: the value of a primitive, a moment, a measure, else the item."""
    if type(item) is not Node:
        return Decimal(repr(item)) if type(item) is float else item
    value = item.value
    kind = item.kind
    if kind in TIME_KINDS:
        return read_time(value) or value
    if type(value) is float:
        return Decimal(repr(value))
    if type(value) is dict:
        return _measure(value) or item if is_kind(kind, "Quantity") else item
    return value


def is_number(value: PathItem) -> bool:
    """Whether a plain value is a number."""
    return type(value) is int or type(value) is Decimal or type(value) is float


def equal(left: PathItem, right: PathItem) -> bool | None:
    """Whether two items are equal (`=`); None where their precision or unit does not tell."""
    one, other = _pair(left, right)
    if type(one) is bool or type(other) is bool:
        return one is other
    if isinstance(one, PartialTime) and isinstance(other, PartialTime):
        found = ordered(one, other)
        return None if found is None else found == 0
    if isinstance(one, Measure) and isinstance(other, Measure):
        return one.value == other.value if _same_unit(one, other) else None
    if type(one) is Node and type(other) is Node:
        return bool(one.value == other.value and one.beside == other.beside)
    return bool(one == other)


def equivalent(left: PathItem, right: PathItem) -> bool:
    """Whether two items are equivalent (`~`): texts but for case and spaces, numbers as precise as both."""
    one, other = _pair(left, right)
    if isinstance(one, str) and isinstance(other, str):
        return " ".join(one.lower().split()) == " ".join(other.lower().split())
    if is_number(one) and is_number(other):
        places = min(_places(one), _places(other))
        return round(Decimal(one), places) == round(Decimal(other), places)
    return bool(equal(left, right))


def compared(left: PathItem, right: PathItem) -> int | None:
    """Compare two items in order: negative, 0, positive, or None where nobody can tell.

    Raises `NotEvaluable` for items that have no order.
    """
    one, other = _pair(left, right)
    if isinstance(one, PartialTime) and isinstance(other, PartialTime):
        return ordered(one, other)
    if isinstance(one, Measure) and isinstance(other, Measure):
        if not _same_unit(one, other):
            return None
        one, other = one.value, other.value
    if (is_number(one) and is_number(other)) or (isinstance(one, str) and isinstance(other, str)):
        return 0 if one == other else -1 if one < other else 1
    raise NotEvaluable("the two sides of a comparison have no order")


def all_equal(left: Sequence[PathItem], right: Sequence[PathItem]) -> bool | None:
    """Whether two collections are equal, item by item; None where one of them is empty."""
    if not left or not right:
        return None
    if len(left) != len(right):
        return False
    answers = [equal(one, other) for one, other in zip(left, right, strict=True)]
    return False if False in answers else None if None in answers else True


def all_equivalent(left: Sequence[PathItem], right: Sequence[PathItem]) -> bool:
    """Whether two collections hold equivalent items, in any order."""
    rest = list(right)
    for one in left:
        place = next((at for at, other in enumerate(rest) if equivalent(one, other)), None)
        if place is None:
            return False
        del rest[place]
    return not rest


def holds_item(items: Iterable[PathItem], wanted: PathItem) -> bool:
    """Whether some item is equal to the one that is wanted."""
    return any(equal(each, wanted) for each in items)


class Distinct:
    """A set of items by equality, which remembers the order in which they came."""

    def __init__(self, items: Iterable[PathItem] = ()) -> None:
        self.items: list[PathItem] = []
        self._plain: set[PathItem] = set()
        self._others: list[PathItem] = []
        for each in items:
            self.add(each)

    def add(self, item: PathItem) -> bool:
        """Add an item; False where an equal one is there."""
        if item in self:
            return False
        value = plain(item)
        if _hashes(value):
            self._plain.add((type(value) is bool, value))
        else:
            self._others.append(item)
        self.items.append(item)
        return True

    def __contains__(self, item: PathItem) -> bool:
        value = plain(item)
        if _hashes(value):
            return (type(value) is bool, value) in self._plain
        return any(equal(each, item) for each in self._others)


def _hashes(value: PathItem) -> bool:
    return type(value) is str or type(value) is bool or is_number(value)


def _pair(left: PathItem, right: PathItem) -> tuple[PathItem, PathItem]:
    """Two items for an operator: a text beside a moment is one, a number beside a measure has the unit 1."""
    one, other = plain(left), plain(right)
    if type(one) is str and isinstance(other, PartialTime):
        return read_time(one) or one, other
    if type(other) is str and isinstance(one, PartialTime):
        return one, read_time(other) or other
    if isinstance(one, Measure) and is_number(other):
        return one, Measure(Decimal(other), "1", _UCUM)
    if isinstance(other, Measure) and is_number(one):
        return Measure(Decimal(one), "1", _UCUM), other
    return one, other


def _measure(value: dict[str, Any]) -> Measure | None:
    number = value.get("value")
    if type(number) is not int and type(number) is not float:
        return None
    unit = value.get("code") or value.get("unit") or "1"
    system = value.get("system") if value.get("code") else ""
    return Measure(Decimal(repr(number)), str(unit), str(system or ""))


def _same_unit(one: Measure, other: Measure) -> bool:
    return _unit(one) == _unit(other)


def _unit(measure: Measure) -> str:
    unit = _UCUM_CALENDAR.get(measure.unit, measure.unit)
    bare = unit.removesuffix("s")
    return bare if bare in CALENDAR_UNITS else unit


def _places(number: Any) -> int:
    exponent = Decimal(number).as_tuple().exponent
    return max(0, -exponent) if isinstance(exponent, int) else 0

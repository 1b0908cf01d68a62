"""Trees of FHIRPath as Python closures.

Each part of an expression is compiled twice where it pays: to its values, a function from `$this` and the
environment to a list, and to its truth, which is True, False or None and makes no lists. R4's invariants are
conditions over the presence of elements, so the second way is the one that runs.
"""

from collections.abc import Callable, Mapping
from decimal import Decimal

from fhir_profiles.fhirpath import arithmetic, conditions, conversions, elements, gathering, texts
from fhir_profiles.fhirpath.comparing import Distinct, Measure, PathItem
from fhir_profiles.fhirpath.conditions import FindTruth, FindValues, focus
from fhir_profiles.fhirpath.environment import Environment, fixed_constant
from fhir_profiles.fhirpath.errors import NotAnExpression, NotEvaluable
from fhir_profiles.fhirpath.gathering import Function, ItemList, Several, truth
from fhir_profiles.fhirpath.nodes import Node, is_kind, is_known_type
from fhir_profiles.fhirpath.syntax import Tree
from fhir_profiles.fhirpath.temporal import read_time

_FUNCTIONS: Mapping[str, Function] = {
    **gathering.FUNCTIONS,
    **texts.FUNCTIONS,
    **arithmetic.FUNCTIONS,
    **conversions.FUNCTIONS,
    **elements.FUNCTIONS,
}
_TYPE_FUNCTIONS = frozenset({"is", "as", "ofType"})


def values_of(tree: Tree) -> FindValues:
    """Compile a tree to the collection that it makes.

    Raises `NotAnExpression` for a function, type or literal that does not exist.
    """
    return _VALUES[tree[0]](tree)


def truth_of(tree: Tree) -> FindTruth:
    """Compile a tree to the condition that it is.

    Raises `NotAnExpression` for a function, type or literal that does not exist.
    """
    if tree[0] == "binary" and tree[1] in _CONDITIONS:
        return _CONDITIONS[tree[1]](tree)
    if tree[0] == "call" and tree[2] in _SHORT and not tree[3]:
        return _SHORT[tree[2]](tree)
    values = values_of(tree)
    return lambda this, environment: truth(values(this, environment))


def _as_values(tree: Tree) -> FindValues:
    condition = truth_of(tree)

    def values(this: PathItem, environment: Environment) -> ItemList:
        found = condition(this, environment)
        return [] if found is None else [found]

    return values


def _this(_: Tree) -> FindValues:
    return lambda this, environment: focus(this)


def _member(tree: Tree) -> FindValues:
    _, base, name = tree
    if base is None:
        return _own(name)
    inner = values_of(base)

    def values(this: PathItem, environment: Environment) -> ItemList:
        found: ItemList = []
        for each in inner(this, environment):
            if type(each) is Node:
                found += each.named(name)
        if len(found) > 1:
            environment.spend(len(found))
        return found

    return values


def _own(name: str) -> FindValues:
    """A name in front: an element of the input, or the type of the input itself (`Patient.name`)."""

    def values(this: PathItem, _: Environment) -> ItemList:
        return this.named(name) if type(this) is Node else [] if type(this) is not Several else several(this)

    def several(this: Several) -> ItemList:
        return [found for each in this if type(each) is Node for found in each.named(name)]

    def typed(this: PathItem, _: Environment) -> ItemList:
        return [each for each in focus(this) if type(each) is Node and is_kind(each.kind, name)]

    return typed if name[:1].isupper() else values


def _call(tree: Tree) -> FindValues:
    _, base, name, arguments = tree
    inner = values_of(base) if base is not None else _this(tree)
    if name in _TYPE_FUNCTIONS and len(arguments) == 1:
        return _typed(name, inner, _type_name(arguments[0]))
    function = _FUNCTIONS.get(name)
    if function is None:
        raise NotAnExpression(f"FHIRPath has no function {name}()")
    if not function.least <= len(arguments) <= function.most:
        raise NotAnExpression(f"the function {name}() takes another number of arguments")
    run, given = function.run, tuple(values_of(each) for each in arguments)
    if function.lazy:
        return lambda this, environment: run(environment, inner(this, environment), this, *given)
    if not given:
        return lambda this, environment: run(environment, inner(this, environment))
    if len(given) == 1:
        only = given[0]
        return lambda this, environment: run(environment, inner(this, environment), only(this, environment))
    return lambda this, environment: run(
        environment, inner(this, environment), *(each(this, environment) for each in given)
    )


def _type_name(tree: Tree) -> str:
    names: list[str] = []
    while tree is not None and tree[0] == "member":
        names.append(tree[2])
        tree = tree[1]
    return ".".join(reversed(names))


def _typed(operator: str, inner: FindValues, name: str) -> FindValues:
    """`is`, `as`, `ofType`; `as` narrows a collection as `ofType` does: R4's dom-3 applies it to one."""
    if not is_known_type(name):
        raise NotAnExpression(f"there is no type {name}"[:200])
    if operator != "is":
        return lambda this, environment: elements.only(inner(this, environment), name)

    def values(this: PathItem, environment: Environment) -> ItemList:
        items = inner(this, environment)
        if len(items) > 1:
            raise NotEvaluable("is() was called on several items")
        return [bool(elements.only(items, name))] if items else []

    return values


def _type(tree: Tree) -> FindValues:
    _, operator, inner, name = tree
    return _typed(operator, values_of(inner), name)


def _at(tree: Tree) -> FindValues:
    base, place = values_of(tree[1]), values_of(tree[2])

    def values(this: PathItem, environment: Environment) -> ItemList:
        index = gathering.whole(place(this, environment))
        items = base(this, environment)
        return [items[index]] if index is not None and 0 <= index < len(items) else []

    return values


def _literal(tree: Tree) -> FindValues:
    found = _literal_value(*tree[1:])
    return lambda this, environment: list(found)


def _literal_value(kind: str, text: str, unit: str = "") -> ItemList:
    if kind == "string":
        return [text]
    if kind == "boolean":
        return [text == "true"]
    if kind == "number":
        return [Decimal(text) if "." in text else int(text)]
    if kind == "quantity":
        return [Measure(Decimal(text), unit)]
    if kind == "empty":
        return []
    moment = read_time(text.removeprefix("@"))
    if moment is None:
        raise NotAnExpression(f"{text} is no date or time")
    return [moment]


def _constant(tree: Tree) -> FindValues:
    name = tree[1]
    fixed = fixed_constant(name)
    if fixed is not None:
        return lambda this, environment: [fixed]
    return lambda this, environment: environment.constant(name)


def _negate(tree: Tree) -> FindValues:
    inner = values_of(tree[1])
    return lambda this, environment: arithmetic.negated(inner(this, environment))


def _binary(tree: Tree) -> FindValues:
    _, operator, left, right = tree
    if operator in _CONDITIONS:
        return _as_values(tree)
    one, other = values_of(left), values_of(right)
    if operator == "|":

        def union(this: PathItem, environment: Environment) -> ItemList:
            items = [*one(this, environment), *other(this, environment)]
            environment.spend(len(items))
            return Distinct(items).items

        return union
    if operator not in arithmetic.OPERATORS:
        raise NotAnExpression(f"FHIRPath has no operator {operator}")
    return lambda this, environment: arithmetic.operate(
        operator, one(this, environment), other(this, environment)
    )


def _logical(join: Callable[[FindTruth, FindTruth], FindTruth]) -> Callable[[Tree], FindTruth]:
    return lambda tree: join(truth_of(tree[2]), truth_of(tree[3]))


def _equality(tree: Tree) -> FindTruth:
    _, operator, left, right = tree
    wanted = operator == "="
    if right[:2] == ["literal", "string"]:
        return conditions.equality_to_text(values_of(left), right[2], wanted=wanted)
    return conditions.equality(values_of(left), values_of(right), wanted=wanted)


def _equivalence(tree: Tree) -> FindTruth:
    return conditions.equivalence(values_of(tree[2]), values_of(tree[3]), wanted=tree[1] == "~")


def _order(tree: Tree) -> FindTruth:
    return conditions.order(values_of(tree[2]), values_of(tree[3]), tree[1])


def _membership(tree: Tree) -> FindTruth:
    one, other = values_of(tree[2]), values_of(tree[3])
    return conditions.membership(one, other) if tree[1] == "in" else conditions.membership(other, one)


def _presence(tree: Tree, *, wanted: bool) -> FindTruth:
    base = tree[1]
    if base is not None and base[0] == "member" and base[1] in (None, ["this"]) and base[2][:1].islower():
        return conditions.own_presence(base[2], _own(base[2]), wanted=wanted)
    return conditions.presence(_this(tree) if base is None else values_of(base), wanted=wanted)


_VALUES: Mapping[str, Callable[[Tree], FindValues]] = {
    "at": _at,
    "binary": _binary,
    "call": _call,
    "constant": _constant,
    "index": lambda _: lambda this, environment: [] if environment.index is None else [environment.index],
    "literal": _literal,
    "member": _member,
    "negate": _negate,
    "this": _this,
    "total": lambda _: lambda this, environment: environment.total,
    "type": _type,
}
_CONDITIONS: Mapping[str, Callable[[Tree], FindTruth]] = {
    "and": _logical(conditions.conjunction),
    "or": _logical(conditions.disjunction),
    "xor": _logical(conditions.exclusion),
    "implies": _logical(conditions.implication),
    **dict.fromkeys(("=", "!="), _equality),
    **dict.fromkeys(("~", "!~"), _equivalence),
    **dict.fromkeys(conditions.ORDERS, _order),
    **dict.fromkeys(("in", "contains"), _membership),
}
_SHORT: Mapping[str, Callable[[Tree], FindTruth]] = {
    "exists": lambda tree: _presence(tree, wanted=True),
    "empty": lambda tree: _presence(tree, wanted=False),
    "not": lambda tree: conditions.negation(truth_of(tree[1] if tree[1] is not None else ["this"])),
}

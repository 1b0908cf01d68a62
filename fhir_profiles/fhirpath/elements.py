"""The functions that know elements: those of the tree, of time, and those that FHIR adds.

FHIRPath 5.8, 5.9 and FHIR R4 fhirpath.html#functions.
"""

from collections.abc import Mapping

from fhir_profiles.fhirpath.comparing import Measure, PathItem, is_number
from fhir_profiles.fhirpath.environment import Environment
from fhir_profiles.fhirpath.gathering import Function, ItemList
from fhir_profiles.fhirpath.nodes import TYPE_INFO, Node, is_kind
from fhir_profiles.fhirpath.temporal import PartialTime, current
from fhir_profiles.fhirpath.texts import text_of
from fhir_profiles.validation import narrative
from fhir_profiles.validation.structure import PRIMITIVES


def kind_of(item: PathItem) -> str:
    """The FHIR type of an item; of what an expression made, the one that it corresponds to."""
    if type(item) is Node:
        return item.kind
    if isinstance(item, bool):
        return "boolean"
    if isinstance(item, str):
        return "string"
    if isinstance(item, PartialTime):
        return item.kind
    if isinstance(item, Measure):
        return "Quantity"
    return "integer" if isinstance(item, int) else "decimal" if is_number(item) else "Element"


def only(items: ItemList, name: str) -> ItemList:
    """The items of a type or of one derived from it."""
    return [each for each in items if is_kind(kind_of(each), name)]


def _children(environment: Environment, items: ItemList) -> ItemList:
    found: ItemList = [child for each in items if type(each) is Node for child in each.children()]
    environment.spend(len(found))
    return found


def _descendants(environment: Environment, items: ItemList) -> ItemList:
    found: ItemList = []
    for each in items:
        for below in each.descendants() if type(each) is Node else ():
            environment.spend(1)
            found.append(below)
    return found


def _extension(_: Environment, items: ItemList, url: ItemList) -> ItemList:
    wanted = text_of(url)
    extensions = (each for item in items if type(item) is Node for each in item.named("extension"))
    return [each for each in extensions if type(each.value) is dict and each.value.get("url") == wanted]


def has_value(items: ItemList) -> bool:
    """Whether the only item is a primitive with a value."""
    if len(items) != 1:
        return False
    item = items[0]
    return type(item) is not Node or (item.kind in PRIMITIVES and item.value is not None)


def _get_value(_: Environment, items: ItemList) -> ItemList:
    return [items[0].value if type(items[0]) is Node else items[0]] if has_value(items) else []


def _resolve(environment: Environment, items: ItemList) -> ItemList:
    """What references and canonicals lead to: contained, in the same Bundle, or what the environment knows.

    What nobody knows is left out.
    """
    found: ItemList = []
    for each in items:
        environment.spend(1)
        if type(each) is not Node:
            continue
        text = each.value.get("reference") if type(each.value) is dict else each.value
        if isinstance(text, str):
            target = _inside(environment, text)
            if target is None and environment.resolve is not None:
                target = environment.resolve(text, each)
            if target is not None:
                found.append(target)
    return found


def _inside(environment: Environment, text: str) -> Node | None:
    """A contained resource by its `#id`, an entry of the Bundle around the input by its fullUrl."""
    root = environment.root
    if root is None or type(root.value) is not dict:
        return None
    if text.startswith("#"):
        contained = (each for each in root.named("contained") if type(each.value) is dict)
        return root if text == "#" else next((e for e in contained if e.value.get("id") == text[1:]), None)
    if root.kind != "Bundle":
        return None
    for entry in root.named("entry"):
        if type(entry.value) is dict and entry.value.get("fullUrl") == text:
            return next(iter(entry.named("resource")), None)
    return None


def _html_checks(_: Environment, items: ItemList) -> ItemList:
    """Whether the narrative is what one may be (rules txt-1 and txt-2)."""
    return [all(narrative.check(each.value) is None for each in items if type(each) is Node)] if items else []


def _member_of(environment: Environment, items: ItemList, value_set: ItemList) -> ItemList:
    """Whether the code is in a value set; nothing where nobody knows (FHIR R4 fhirpath.html#functions)."""
    url = text_of(value_set)
    if len(items) != 1 or url is None or environment.member_of is None or type(items[0]) is not Node:
        return []
    answer = environment.member_of(items[0], url)
    return [] if answer is None else [answer]


def _type(_: Environment, items: ItemList) -> ItemList:
    return [_type_info(each) for each in items]


def _type_info(item: PathItem) -> Node:
    kind = kind_of(item)
    if type(item) is Node:
        return Node({"namespace": "FHIR", "name": kind}, TYPE_INFO)
    name = {"dateTime": "DateTime"}.get(kind, kind[0].upper() + kind[1:])
    return Node({"namespace": "System", "name": name}, TYPE_INFO)


def _now(environment: Environment, _: ItemList) -> ItemList:
    return [current(environment.moment())]


def _today(environment: Environment, _: ItemList) -> ItemList:
    return [PartialTime(current(environment.moment()).parts[:3])]


def _time_of_day(environment: Environment, _: ItemList) -> ItemList:
    return [PartialTime(current(environment.moment()).parts[3:], clock=True)]


FUNCTIONS: Mapping[str, Function] = {
    "children": Function(_children),
    "descendants": Function(_descendants),
    "extension": Function(_extension, 1, 1),
    "getValue": Function(_get_value),
    "hasValue": Function(lambda _, items: [has_value(items)]),
    "htmlChecks": Function(_html_checks),
    "memberOf": Function(_member_of, 1, 1),
    "now": Function(_now),
    "resolve": Function(_resolve),
    "timeOfDay": Function(_time_of_day),
    "today": Function(_today),
    "type": Function(_type),
}
"""By name."""

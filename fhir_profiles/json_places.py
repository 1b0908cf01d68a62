"""Where in a resource a character of its JSON text stands, for what no parser gets past."""

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from fhir_profiles.validation.structure import RESOURCE_TYPES, elements, is_complex

_TOKEN = re.compile(r'"((?:[^"\\]|\\.)*)"(\s*:)?|[\[\]{},]', re.DOTALL)
_TYPE = "resourceType"


@dataclass(slots=True)
class _Level:
    """An object or array that is open: the member or index at hand, and the type that an object says."""

    array: bool
    name: str = ""
    index: int = 0
    kind: str = ""
    names: set[str] = field(default_factory=set)


def expression_at(text: str, position: int) -> str:
    """The FHIRPath of the value that begins at `position`; all of the text before it is well formed.

    The type of a resource is known where its text says it before that value; names stand as they are else.
    """
    levels: list[_Level] = []
    for token in _TOKEN.finditer(text, 0, position):
        _step(levels, token)
    return ".".join(_steps(levels))


def repeated_name(text: str) -> str:
    """The FHIRPath of the first member whose name its object has before; "" where a text of JSON has none."""
    levels: list[_Level] = []
    for token in _TOKEN.finditer(text):
        if token[2]:
            name, names = str(json.loads(f'"{token[1]}"')), levels[-1].names
            levels[-1].name = name
            if name in names:
                return ".".join(_steps(levels))
            names.add(name)
        else:
            _step(levels, token)
    return ""


def _step(levels: list[_Level], token: re.Match[str]) -> None:
    symbol = token[0]
    if symbol in "[{":
        levels.append(_Level(symbol == "["))
    elif symbol in "]}":
        levels.pop()
    elif symbol == ",":
        levels[-1].index += levels[-1].array
    elif token[2]:
        levels[-1].name = token[1]
    elif levels and levels[-1].name == _TYPE:
        levels[-1].kind = token[1]


def _steps(levels: list[_Level]) -> Iterator[str]:
    """The steps of a path: an element by its name and type, an item by its index."""
    kind = ""
    for number, level in enumerate(levels):
        if level.array:
            continue
        if level.kind in RESOURCE_TYPES:
            kind = level.kind
        if number == 0 and kind:
            yield kind
        step, kind = _element(kind, level.name)
        inner = levels[number + 1] if number + 1 < len(levels) else None
        yield f"{step}[{inner.index}]" if inner is not None and inner.array else step


def _element(kind: str, key: str) -> tuple[str, str]:
    """The step of a property, and the type that its value has; no type where the property is none."""
    for element in elements(kind).values() if is_complex(kind) else ():
        for name, datatype in element.properties():
            if name == key:
                return f"{element.name}.ofType({datatype})" if element.choice else name, datatype
    shown = "".join(each for each in key[:64] if each.isalnum() or each in "_-")
    return shown or "_", ""

"""How much of a resource is served: `_summary` and `_elements` (FHIR R4 search.html#summary, #elements).

`count` is the search's own affair.
"""

from collections.abc import Callable
from typing import TypeAlias

from app.http.fhir.exchange import Call
from fhir_profiles.definitions.subsets import elements_only, summary, text_only, without_text
from graph.errors import Invalid
from graph.records import ResourceVersion

Shape: TypeAlias = Callable[[ResourceVersion], bytes]
SUMMARIES = frozenset({"true", "text", "data", "count", "false"})


def shape_of(call: Call) -> Shape:
    """What turns a version into the bytes that are served; raise `Invalid` for a summary there is not."""
    asked, elements = call.parameter("_summary"), call.parameter("_elements")
    if asked is not None and asked not in SUMMARIES:
        raise Invalid("_summary is true, text, data, count or false", location="_summary")
    if asked is not None and elements is not None:
        raise Invalid("_summary and _elements exclude one another", location="_elements")
    if elements is not None:
        names = frozenset(filter(None, (each.strip().rpartition(".")[2] for each in elements.split(","))))
        return lambda version: elements_only(version.body, names)
    return _SHAPES.get(asked or "false", _whole)


def _whole(version: ResourceVersion) -> bytes:
    return version.body


_SHAPES: dict[str, Shape] = {
    "true": lambda version: summary(version.body),
    "text": lambda version: text_only(version.body),
    "data": lambda version: without_text(version.body),
}

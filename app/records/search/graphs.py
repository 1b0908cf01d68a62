"""`_graph`: the includes that a GraphDefinition names (FHIR R4 graphdefinition.html).

A link with a path leads along the references there, one without a path against those of `params`
(`patient={ref}`), to its targets; the links of a target lead on from those.
"""

from collections.abc import Iterator, Mapping
from typing import Any

from app.records.search.criteria import FindParameter
from app.records.search.includes import Include
from fhir_profiles.definitions.expressions import UnreadableExpression, parse, parts_for
from fhir_profiles.definitions.registry import RESOURCE_TYPES, check_part
from graph.errors import Invalid

GRAPH_DEFINITION = "GraphDefinition"
_GRAPH = "_graph"
_REFERENCE = "{ref}"
_DEEPEST = 6


def graph_id(text: str) -> str:
    """The id in `GraphDefinition/id` or `id`; raises `Invalid` for what is neither."""
    found = text.removeprefix(f"{GRAPH_DEFINITION}/")
    if not found or "/" in found:
        raise Invalid("_graph is GraphDefinition/id", location=_GRAPH)
    return found


def includes_of(resource_type: str, document: Mapping[str, Any], find: FindParameter) -> tuple[Include, ...]:
    """The includes of a GraphDefinition that starts at a type.

    Raises `Invalid` for one that starts elsewhere, or with a link that cannot be followed.
    """
    if document.get("start") != resource_type:
        raise Invalid(f"the GraphDefinition does not start at {resource_type}", location=_GRAPH)
    return tuple(_links(resource_type, document.get("link", ()), find, 0))


def _links(kind: str, links: Any, find: FindParameter, depth: int) -> Iterator[Include]:
    if depth > _DEEPEST:
        raise Invalid(f"a GraphDefinition of more than {_DEEPEST} links", location=_GRAPH, code="too-costly")
    for link in links:
        for target in link.get("target", ()):
            reached = str(target.get("type"))
            if reached not in RESOURCE_TYPES:
                raise Invalid("a target has no resource type", location=_GRAPH, code="not-supported")
            yield _include(kind, link, target, reached, find, iterate=depth > 0)
            yield from _links(reached, target.get("link", ()), find, depth + 1)


def _include(
    kind: str,
    link: Mapping[str, Any],
    target: Mapping[str, Any],
    reached: str,
    find: FindParameter,
    *,
    iterate: bool,
) -> Include:
    if path := link.get("path"):
        return Include(kind, _paths(kind, str(path)), (reached,), reverse=False, iterate=iterate)
    name, _, value = str(target.get("params", "")).partition("=")
    found = find(reached, name)
    if found is None or found.type != "reference" or value != _REFERENCE:
        raise Invalid(
            "params without a path is one reference parameter, as patient={ref}",
            location=_GRAPH,
            code="not-supported",
        )
    return Include(reached, found.paths, (kind,), reverse=True, iterate=iterate)


def _paths(kind: str, expression: str) -> tuple[str, ...]:
    """The element paths of a link; raises `Invalid` where it is no plain path of the type."""
    try:
        parts = parts_for(expression, kind)
        for part in parts:
            check_part(part, kind)
    except UnreadableExpression:
        parts = ()
    if not parts:
        raise Invalid("the path of a link is no plain path", location=_GRAPH, code="not-supported")
    return tuple(parse(part).names for part in parts)

"""Answering a question in GraphQL on the record (FHIR R4 graphql.html).

A field is answered for all nodes of a level at once, so that the references of a page are followed by one
read. Each read and search is under the caller's rights and is paid for as any other.
"""

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any, TypeAlias

from app.records.graphql.asked import QUERY, Selected
from app.records.graphql.searches import GraphqlSearches, SearchedPage
from app.records.read import RecordReader
from fhir_profiles.definitions.registry import RESOURCE_TYPES
from fhir_profiles.fhirpath.expression import compile_expression
from fhir_profiles.fhirpath.nodes import Node, resource_node, slots, surrounding
from fhir_profiles.references import literal
from fhir_profiles.validation.structure import PRIMITIVES, elements, is_complex
from graph.budget import spend
from graph.errors import Invalid, NotFound, TooLarge
from graph.query.prices import QUESTION, rows
from graph.records import ResourceVersion
from graph.scope import AccessScope

MOST_NODES = 50_000
AnswerPath: TypeAlias = tuple[str | int, ...]
"""Where a value stands in the answer: keys, and places in lists (GraphQL 2021-10, 7.1.2)."""

_LISTS, _FOLLOWED = ("List", "Connection"), "resource"


@dataclass(slots=True)
class GraphqlAnswer:
    """What was found: `data` with numbers as they are written, and what was not, for who asked."""

    data: dict[str, Any] = field(default_factory=dict)
    errors: list[dict[str, Any]] = field(default_factory=list)


class GraphqlReader:
    """Answers questions in GraphQL."""

    def __init__(self, reader: RecordReader, searches: GraphqlSearches) -> None:
        self._reader = reader
        self._searches = searches

    def system(self, scope: AccessScope, asked: Sequence[Selected], base: str, now: int) -> GraphqlAnswer:
        """Answer a question to the system: reads by id, and searches (graphql.html#searching).

        Raises `Invalid` for a field that there is not, `TooLarge` for too costly a question.
        """
        run = _Run(self._reader, self._searches, scope, base, now)
        for each in asked:
            run.answer.data[each.key] = run.of_system(each)
        return run.answer

    def instance(
        self, scope: AccessScope, name: tuple[str, str], asked: Sequence[Selected], base: str, now: int
    ) -> GraphqlAnswer:
        """Answer a question to a resource, by its type and id; raises what `system` does, and `NotFound`."""
        run = _Run(self._reader, self._searches, scope, base, now)
        version = self._reader.current(scope, *name)
        run.answer.data = run.select([node_of(version)], asked, [()])[0]
        return run.answer


def node_of(version: ResourceVersion) -> Node:
    """The root of a stored resource, its decimals as they are written."""
    return resource_node(json.loads(version.body, parse_float=Decimal))


class _Run:
    """One question."""

    def __init__(
        self, reader: RecordReader, searches: GraphqlSearches, scope: AccessScope, base: str, now: int
    ) -> None:
        self.answer = GraphqlAnswer()
        self._reader, self._searches, self._scope = reader, searches, scope
        self._base, self._now = base, now
        self._left = MOST_NODES

    def of_system(self, each: Selected) -> Any:
        """A field of the system: `Patient(id: 1)`, `PatientList(…)` or `PatientConnection(…)`."""
        if each.name in RESOURCE_TYPES:
            return self._read(each)
        return self._searched(each, None, (each.key,))

    def _read(self, each: Selected) -> Any:
        given = each.arguments.get("id")
        if given is None or set(each.arguments) != {"id"}:
            raise _wrong(each, "it is read by its id")
        try:
            version = self._reader.current(self._scope, each.name, str(given))
        except NotFound:
            self._miss(each, (each.key,), "it is not there")
            return None
        return self.select([node_of(version)], _below(each), [(each.key,)])[0]

    def _searched(self, each: Selected, focus: Node | None, at: AnswerPath) -> Any:
        """A search, of the whole system or of what refers to a resource."""
        kind, ending = _search_of(each.name)
        if kind is None:
            raise _wrong(each, "there is no such field")
        found = self._searches.page(self._scope, kind, each.arguments, focus, self._now)
        nodes = [node_of(version) for version in found.versions]
        if ending == "List":
            return self.select(nodes, _below(each), [(*at, place) for place in range(len(nodes))])
        return self._connection(each, found, nodes, at)

    def _connection(
        self, each: Selected, found: SearchedPage, nodes: list[Node], at: AnswerPath
    ) -> dict[str, Any]:
        """A page as an object (graphql.html#searching)."""
        answer: dict[str, Any] = {}
        known: Mapping[str, Callable[[], Any]] = {
            "count": found.total,
            "pagesize": lambda: found.pagesize,
            "next": lambda: found.next,
            **dict.fromkeys(("offset", "first", "previous", "last"), lambda: None),
        }
        for one in _below(each):
            if one.name == "edges":
                answer[one.key] = self._edges(one, nodes, (*at, one.key))
            elif one.name in known:
                answer[one.key] = known[one.name]()
            else:
                raise _wrong(one, "there is no such field")
        return answer

    def _edges(self, each: Selected, nodes: list[Node], at: AnswerPath) -> list[dict[str, Any]]:
        edges: list[dict[str, Any]] = [{} for _ in nodes]
        for one in _below(each):
            if one.name == "mode":
                values: Sequence[Any] = ["match"] * len(nodes)
            elif one.name == "score":
                values = [None] * len(nodes)
            elif one.name == _FOLLOWED:
                inside = [(*at, place, one.key) for place in range(len(nodes))]
                values = self.select(nodes, _below(one), inside)
            else:
                raise _wrong(one, "there is no such field")
            for edge, value in zip(edges, values, strict=True):
                edge[one.key] = value
        return edges

    def select(
        self, nodes: Sequence[Node], asked: Sequence[Selected], at: Sequence[AnswerPath]
    ) -> list[dict[str, Any]]:
        """The fields of each of the nodes, which stand at these paths."""
        self._left -= len(nodes) * len(asked)
        if self._left < 0:
            raise TooLarge(f"more than {MOST_NODES} values", location=QUERY, code="too-costly")
        answers: list[dict[str, Any]] = [{} for _ in nodes]
        for each in asked:
            places = [place for place, node in enumerate(nodes) if _is_asked(node, each)]
            inside = [at[place] if _is_flat(each) else (*at[place], each.key) for place in places]
            values = self._field([nodes[place] for place in places], each, inside)
            for place, value in zip(places, values, strict=True):
                _put(answers[place], each, value)
        return answers

    def _field(self, nodes: list[Node], each: Selected, at: list[AnswerPath]) -> list[Any]:
        """A field of nodes: what it is of each, at its path."""
        if each.name in ("__typename", "resourceType"):
            return [node.kind for node in nodes]
        if each.name == _FOLLOWED and all(node.kind == "Reference" for node in nodes):
            return self._followed(nodes, each, at)
        if nodes and nodes[0].kind in RESOURCE_TYPES and _search_of(each.name)[0]:
            return [self._searched(each, node, place) for node, place in zip(nodes, at, strict=True)]
        lists = [_children(node, each) for node in nodes]
        flat = [child for children in lists for child in children]
        inside = [
            (*place, number) if _is_list(node, each) and not _is_flat(each) else place
            for node, place, children in zip(nodes, at, lists, strict=True)
            for number in range(len(children))
        ]
        values = iter(self._values(flat, each, inside))
        return [
            _as_element(node, each, [next(values) for _ in children])
            for node, children in zip(nodes, lists, strict=True)
        ]

    def _values(self, nodes: list[Node], each: Selected, at: list[AnswerPath]) -> Sequence[Any]:
        leaves = [node.kind in PRIMITIVES and not each.name.startswith("_") for node in nodes]
        if each.below is None:
            if not all(leaves):
                raise _wrong(each, "select fields of it")
            return [node.value for node in nodes]
        if any(leaves):
            raise _wrong(each, "it has no fields")
        return self.select(nodes, each.below, at)

    def _followed(self, nodes: list[Node], each: Selected, at: list[AnswerPath]) -> list[Any]:
        """The resources that references lead to, read at once; None for one that is not there."""
        wanted = each.arguments.get("type")
        names = [self._target(node) for node in nodes]
        spend(QUESTION + rows(len(names)))
        stored = self._reader.named(self._scope, {name for name in names if name is not None})
        found: list[Node | None] = []
        for node, name, place in zip(nodes, names, at, strict=True):
            inside = _contained(node)
            there = inside or (node_of(stored[name]) if name is not None and name in stored else None)
            if there is None and each.arguments.get("optional") is not True:
                self._miss(each, place, "a reference leads to nothing that is there")
            found.append(there if there is None or wanted in (None, there.kind) else None)
        led = [(node, place) for node, place in zip(found, at, strict=True) if node]
        values = iter(self.select([node for node, _ in led], _below(each), [place for _, place in led]))
        return [next(values) if node else None for node in found]

    def _target(self, node: Node) -> tuple[str, str] | None:
        text = node.value.get("reference") if isinstance(node.value, dict) else None
        there = literal(text, self._base) if isinstance(text, str) else None
        if there is None:
            return None
        kind, _, resource_id = there.target.partition("/")
        return kind, resource_id

    def _miss(self, each: Selected, at: AnswerPath, message: str) -> None:
        line, column = each.place
        places = [{"line": line, "column": column}]
        self.answer.errors.append({"message": message, "path": list(at), "locations": places})


def _search_of(name: str) -> tuple[str | None, str]:
    """The type that a field searches, and what it gives: a List or a Connection."""
    ending = next((each for each in _LISTS if name.endswith(each) and name != each), "")
    kind = name.removesuffix(ending) if ending else ""
    return (kind if kind in RESOURCE_TYPES else None), ending


def _is_asked(node: Node, each: Selected) -> bool:
    """Whether the fragments around a field are of the node's type."""
    general = {node.kind, "Resource", "DomainResource"} if node.kind in RESOURCE_TYPES else {node.kind}
    return general.issuperset(each.only)


def _children(node: Node, each: Selected) -> list[Node]:
    """The elements of a field, those that its arguments let through (graphql.html#list)."""
    name = each.name.removeprefix("_")
    if not slots(node.kind, name) or (node.kind in PRIMITIVES and name == "value"):
        raise _wrong(each, f"{node.kind} has no such field")
    found = node.named(name)
    arguments = dict(each.arguments)
    offset, count = (arguments.pop(one, None) for one in ("_offset", "_count"))
    if (path := arguments.pop("fhirpath", None)) is not None:
        holds = compile_expression(str(path)).holds
        found = [child for child in found if holds(child)]
    for key, value in arguments.items():
        found = [
            child for child in found if any(_text(one.value) == _text(value) for one in child.named(key))
        ]
    start = offset if type(offset) is int else 0
    found = found[start : start + count] if type(count) is int else found[start:]
    return found[:1] if "first" in each.directives else found


def _as_element(node: Node, each: Selected, values: list[Any]) -> Any:
    """The values of an element: a list where it may repeat, else the one that there is."""
    if _is_list(node, each):
        return values or None
    return values[0] if values else None


def _is_list(node: Node, each: Selected) -> bool:
    """Whether an element may repeat, and not its first one alone is wanted."""
    kind = elements(node.kind) if is_complex(node.kind) or node.kind in PRIMITIVES else {}
    element = kind.get(each.name.removeprefix("_"))
    return element is not None and element.many and "first" not in each.directives


def _is_flat(each: Selected) -> bool:
    """Whether the fields of a field are put into what is around it (graphql.html#flattening)."""
    return "flatten" in each.directives and each.below is not None


def _put(answer: dict[str, Any], each: Selected, value: Any) -> None:
    """Put a value where it goes: what is flattened into what is around it."""
    if not _is_flat(each) or each.below is None:
        if value is not None or "flatten" not in each.directives:
            answer[each.key] = _together(answer[each.key], value) if each.key in answer else value
        return
    for one in value if isinstance(value, list) else [value] if value else ():
        for key, inner in one.items():
            single = next((below for below in each.below if below.key == key), None)
            if not isinstance(value, list) or (single and "singleton" in single.directives):
                answer.setdefault(key, inner)
            else:
                answer.setdefault(key, []).extend(inner if isinstance(inner, list) else [inner])


def _together(before: Any, after: Any) -> Any:
    """What is selected twice under one key as one (GraphQL 2021-10, 6.3.2)."""
    if isinstance(before, dict) and isinstance(after, dict):
        both = before.keys() & after.keys()
        return {**before, **after, **{key: _together(before[key], after[key]) for key in both}}
    if isinstance(before, list) and isinstance(after, list) and len(before) == len(after):
        return [_together(one, other) for one, other in zip(before, after, strict=True)]
    return after


def _contained(node: Node) -> Node | None:
    """The resource that a reference of the form `#id` leads to."""
    text = node.value.get("reference") if isinstance(node.value, dict) else None
    if not isinstance(text, str) or not text.startswith("#"):
        return None
    _, root = surrounding(node)
    return next((one for one in root.named("contained") if one.value.get("id") == text[1:]), None)


def _below(each: Selected) -> tuple[Selected, ...]:
    if each.below is None:
        raise _wrong(each, "select fields of it")
    return each.below


def _text(value: Any) -> str:
    return json.dumps(value) if isinstance(value, bool) else str(value)


def _wrong(each: Selected, why: str) -> Invalid:
    line, column = each.place
    return Invalid(f"{each.name[:64]}: {why} (line {line}, column {column})", location=QUERY, code="invalid")

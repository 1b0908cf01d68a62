"""A question in GraphQL: parsed, bounded, and its fields one by one (FHIR R4 graphql.html)."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from graphql import (
    FieldNode,
    FragmentDefinitionNode,
    FragmentSpreadNode,
    GraphQLSyntaxError,
    InlineFragmentNode,
    OperationDefinitionNode,
    OperationType,
    SelectionSetNode,
    parse,
    value_from_ast_untyped,
)
from graphql.language import ValueNode

from graph.errors import Invalid, TooLarge

MOST_TOKENS, MOST_FIELDS, DEEPEST = 5_000, 1_000, 16
QUERY = "query"
_DIRECTIVES = frozenset({"first", "flatten", "include", "singleton", "skip"})


@dataclass(frozen=True, slots=True)
class Selected:
    """A field that is selected: its arguments, its directives, what is selected below it.

    `only` are the types of the fragments around it: of nodes of another type it is not asked. `place` is its
    line and column in the question.
    """

    key: str
    name: str
    arguments: Mapping[str, Any]
    directives: frozenset[str]
    below: tuple["Selected", ...] | None
    only: tuple[str, ...]
    place: tuple[int, int]


def read_question(
    text: str, variables: Mapping[str, Any], operation: str | None = None
) -> tuple[Selected, ...]:
    """Read a question: the fields that its operation selects, fragments spread out.

    Raises `Invalid` for what is no GraphQL, changes something or is deeper than `DEEPEST`, `TooLarge` beyond
    `MOST_FIELDS`.
    """
    try:
        document = parse(text, max_tokens=MOST_TOKENS)
    except GraphQLSyntaxError as error:
        line, column = error.locations[0] if error.locations else (1, 1)
        raise Invalid(f"no GraphQL: line {line}, column {column}", location=QUERY) from None
    operations = [each for each in document.definitions if isinstance(each, OperationDefinitionNode)]
    if operation is not None:
        operations = [each for each in operations if each.name and each.name.value == operation]
    if len(operations) != 1:
        raise Invalid("name the one operation that is asked", location="operationName")
    asked = operations[0]
    if asked.operation is not OperationType.QUERY:
        raise Invalid("GraphQL reads here, and changes nothing", location=QUERY, code="not-supported")
    fragments = {
        each.name.value: each for each in document.definitions if isinstance(each, FragmentDefinitionNode)
    }
    return _Reading(fragments, _given(asked, variables)).fields(asked.selection_set)


def _given(asked: OperationDefinitionNode, variables: Mapping[str, Any]) -> dict[str, Any]:
    """The variables of an operation, with their defaults."""
    found: dict[str, Any] = {}
    for each in asked.variable_definitions or ():
        name = each.variable.name.value
        default = each.default_value
        found[name] = variables.get(name, value_from_ast_untyped(default) if default else None)
    return found


class _Reading:
    """Spreads the fragments of one question, counting what comes of them."""

    def __init__(self, fragments: Mapping[str, FragmentDefinitionNode], variables: dict[str, Any]) -> None:
        self._fragments = fragments
        self._variables = variables
        self._left = MOST_FIELDS

    def fields(self, selected: SelectionSetNode, depth: int = 1) -> tuple[Selected, ...]:
        found = tuple(self._fields(selected, (), depth))
        _require_one_meaning(found)
        return found

    def _fields(self, selected: SelectionSetNode, only: tuple[str, ...], depth: int) -> Iterator[Selected]:
        if depth > DEEPEST:
            raise Invalid(f"more than {DEEPEST} levels deep", location=QUERY, code="too-costly")
        for each in selected.selections:
            self._left -= 1
            if self._left < 0:
                raise TooLarge(f"more than {MOST_FIELDS} fields", location=QUERY, code="too-costly")
            directives = self._directives(each)
            if directives is None:
                continue
            if isinstance(each, FieldNode):
                yield self._field(each, directives, only, depth)
            elif isinstance(each, InlineFragmentNode):
                named = (each.type_condition.name.value,) if each.type_condition else ()
                yield from self._fields(each.selection_set, (*only, *named), depth + 1)
            elif isinstance(each, FragmentSpreadNode):
                yield from self._spread(each, only, depth)

    def _spread(self, each: FragmentSpreadNode, only: tuple[str, ...], depth: int) -> Iterator[Selected]:
        fragment = self._fragments.get(each.name.value)
        if fragment is None:
            raise Invalid("a fragment that is spread is not defined", location=QUERY)
        yield from self._fields(
            fragment.selection_set, (*only, fragment.type_condition.name.value), depth + 1
        )

    def _field(
        self, each: FieldNode, directives: frozenset[str], only: tuple[str, ...], depth: int
    ) -> Selected:
        below = each.selection_set
        start = each.loc.start_token if each.loc else None
        return Selected(
            key=(each.alias or each.name).value,
            name=each.name.value,
            arguments={one.name.value: self._value(one.value) for one in each.arguments or ()},
            directives=directives,
            below=self.fields(below, depth + 1) if below else None,
            only=only,
            place=(start.line, start.column) if start else (1, 1),
        )

    def _directives(self, each: Any) -> frozenset[str] | None:
        """The names of its directives; None where they leave it out."""
        found: set[str] = set()
        for one in each.directives or ():
            name = one.name.value
            if name not in _DIRECTIVES:
                raise Invalid(
                    f"there is no directive @{name[:64]} here", location=QUERY, code="not-supported"
                )
            wanted = {given.name.value: self._value(given.value) for given in one.arguments or ()}.get("if")
            if (name == "skip" and wanted is True) or (name == "include" and wanted is False):
                return None
            found.add(name)
        return frozenset(found)

    def _value(self, node: ValueNode) -> Any:
        return value_from_ast_untyped(node, self._variables)


def _require_one_meaning(fields: Sequence[Selected]) -> None:
    """Require that fields of one key are one field (GraphQL 2021-10, 5.3.2); raises `Invalid`."""
    meant: dict[tuple[str, tuple[str, ...]], Selected] = {}
    for each in fields:
        known = meant.setdefault((each.key, each.only), each)
        if (known.name, known.arguments) != (each.name, each.arguments):
            raise Invalid(f"{each.key[:64]} is selected twice, as different fields", location=QUERY)

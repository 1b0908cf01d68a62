"""FHIRPath expressions, ready to run (FHIR R4 fhirpath.html).

    holds = compile_expression("name.exists() or telecom.exists()").holds(patient)
    found = compile_expression("Patient.name.where(use = 'official').given[0]").nodes(patient)

Compiled once and remembered; a compiled expression is shared between threads, an environment is not.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from fhir_profiles.fhirpath.comparing import Measure, PathItem
from fhir_profiles.fhirpath.compiling import truth_of, values_of
from fhir_profiles.fhirpath.conditions import FindTruth, FindValues
from fhir_profiles.fhirpath.environment import Environment
from fhir_profiles.fhirpath.errors import NotEvaluable
from fhir_profiles.fhirpath.nodes import Node, resource_node, surrounding
from fhir_profiles.fhirpath.syntax import Tree, read_tree
from fhir_profiles.fhirpath.temporal import PartialTime

_MOST_REMEMBERED = 2_048


@dataclass(frozen=True, slots=True)
class CompiledExpression:
    """An expression as closures; `tree` is what they were made of.

    The input of each method is a resource as parsed JSON, or a `Node` of one. Each raises `NotEvaluable`
    where the input does not suit the expression, and `BeyondBudget` where that takes too long.
    """

    tree: Tree
    _values: FindValues
    _truth: FindTruth

    def items(
        self, focus: Mapping[str, Any] | Node, environment: Environment | None = None
    ) -> list[PathItem]:
        """What the expression makes: a `Node` for each element of the document, else Python values.

        Raises `NotEvaluable`.
        """
        node, surroundings = _prepared(focus, environment)
        try:
            return self._values(node, surroundings)
        except RecursionError as error:
            raise NotEvaluable("the document is nested too deeply for this expression") from error

    def nodes(self, focus: Mapping[str, Any] | Node, environment: Environment | None = None) -> list[Node]:
        """The elements of the document that the expression finds, with where each stands."""
        return [each for each in self.items(focus, environment) if type(each) is Node]

    def values(self, focus: Mapping[str, Any] | Node, environment: Environment | None = None) -> list[Any]:
        """What the expression makes, as JSON values; dates and times as their texts, numbers as they are."""
        return [json_value(each) for each in self.items(focus, environment)]

    def holds(self, focus: Mapping[str, Any] | Node, environment: Environment | None = None) -> bool:
        """Whether the condition holds; one that is empty does (FHIR R4 conformance-rules.html).

        Raises `NotEvaluable`.
        """
        node, surroundings = _prepared(focus, environment)
        try:
            return self._truth(node, surroundings) is not False
        except RecursionError as error:
            raise NotEvaluable("the document is nested too deeply for this expression") from error

    def judge(self, node: Node, environment: Environment) -> bool:
        """Whether the condition holds of a node: `holds`, in surroundings that are complete already.

        Raises `NotEvaluable`.
        """
        environment.context = node
        try:
            return self._truth(node, environment) is not False
        except RecursionError as error:
            raise NotEvaluable("the document is nested too deeply for this expression") from error


def compile_expression(text: str) -> CompiledExpression:
    """Parse and compile an expression; the last ones are remembered.

    Raises `NotAnExpression` for what is none.
    """
    return _remembered(text)


@lru_cache(maxsize=_MOST_REMEMBERED)
def _remembered(text: str) -> CompiledExpression:
    return compiled(read_tree(text))


def compiled(tree: Tree) -> CompiledExpression:
    """Compile a tree that was parsed already.

    Raises `NotAnExpression` for a function or type that does not exist.
    """
    return CompiledExpression(tree, values_of(tree), truth_of(tree))


def json_value(item: PathItem) -> Any:
    """An item as JSON: of a node its value, of a moment its text, of a measure a Quantity."""
    if type(item) is Node:
        return item.value
    if isinstance(item, PartialTime):
        return str(item)
    if isinstance(item, Measure):
        return {"value": item.value, "unit": item.unit}
    return item


def _prepared(focus: Mapping[str, Any] | Node, environment: Environment | None) -> tuple[Node, Environment]:
    node = focus if type(focus) is Node else resource_node(focus)  # type: ignore[arg-type]
    surroundings = environment if environment is not None else Environment()
    if surroundings.resource is None:
        surroundings.resource, surroundings.root = surrounding(node)
    surroundings.context = node
    return node, surroundings

"""Whether a value is of a slice: fixed values, patterns and discriminators (FHIR R4 profiling.html)."""

from typing import Any

from fhir_profiles.conformance.bindings import misses
from fhir_profiles.conformance.element_rules import ElementRule
from fhir_profiles.conformance.known import KnownProfiles
from fhir_profiles.fhirpath.environment import Environment
from fhir_profiles.fhirpath.errors import NotAnExpression, NotEvaluable
from fhir_profiles.fhirpath.expression import compile_expression
from fhir_profiles.fhirpath.nodes import Node, is_kind
from fhir_profiles.references import pointed_type

_THIS, _RESOLVE = "$this", "resolve()"


def matches(value: Any, pattern: Any) -> bool:
    """Whether a value holds all that a pattern says (FHIR R4 elementdefinition.html#pattern)."""
    if isinstance(pattern, dict):
        return isinstance(value, dict) and all(
            name in value and matches(value[name], wanted) for name, wanted in pattern.items()
        )
    if isinstance(pattern, list):
        return isinstance(value, list) and all(
            any(matches(each, wanted) for each in value) for wanted in pattern
        )
    return bool(value == pattern) and type(value) is type(pattern)


class SliceMatcher:
    """Tells which slice a value belongs to."""

    def __init__(self, known: KnownProfiles, environment: Environment) -> None:
        self._known = known
        self._environment = environment

    def belongs(self, node: Node, rule: ElementRule, discriminators: tuple[tuple[str, str], ...]) -> bool:
        """Whether every discriminator finds in the value what the slice says there."""
        return all(self._told(kind, path, node, rule) for kind, path in discriminators)

    def _told(self, kind: str, path: str, node: Node, rule: ElementRule) -> bool:
        found = self._found(path, node)
        wanted = _rules_at(rule, path)
        if kind == "exists":
            return bool(found) == any(each.most != 0 for each in wanted)
        if kind in ("type", "profile"):
            return any(self._is_allowed(each, found, resolved=path.endswith(_RESOLVE)) for each in wanted)
        return any(self.fits(each, one) for one in wanted for each in found)

    def _found(self, path: str, node: Node) -> list[Node]:
        if path == _THIS:
            return [node]
        text = path.removesuffix(f".{_RESOLVE}").removesuffix(_RESOLVE)
        try:
            return compile_expression(text).nodes(node, self._environment) if text else [node]
        except (NotAnExpression, NotEvaluable):
            return []

    def _is_allowed(self, rule: ElementRule, found: list[Node], *, resolved: bool) -> bool:
        if resolved:
            targets = [url for each in rule.types for url in each.targets]
            kinds = {self._known.type_of(url) for url in targets}
            return any(self._target_kind(node) in kinds for node in found)
        profiles = [profile for each in rule.types for profile in each.profiles]
        kinds = {self._known.type_of(url) for url in profiles} - {None} or {each.code for each in rule.types}
        return any(is_kind(node.kind, str(kind)) for node in found for kind in kinds)

    def _target_kind(self, node: Node) -> str | None:
        if not isinstance(node.value, dict):
            return None
        (*target,) = compile_expression(_RESOLVE).nodes(node, self._environment)
        return target[0].kind if target else pointed_type(node.value)

    def fits(self, node: Node, rule: ElementRule) -> bool:
        """Whether a value is what a rule fixes, in itself and below it; what it leaves open is no matter."""
        if rule.fixed and node.value != rule.fixed[0]:
            return False
        if rule.pattern and not matches(node.value, rule.pattern[0]):
            return False
        if rule.binding is not None and rule.binding[0] == "required" and not (rule.fixed or rule.pattern):
            codes = self._known.codes(rule.binding[1])
            if codes is not None and misses(node.value, codes) is not None:
                return False
        return all(self._child_fits(node, child) for child in rule.children.values() if _decides(child))

    def _child_fits(self, node: Node, rule: ElementRule) -> bool:
        found = node.named(rule.name.removesuffix("[x]"))
        return any(self.fits(each, rule) for each in found)


def _decides(rule: ElementRule) -> bool:
    """Whether a rule says what a value is, and that there is one."""
    own = bool(rule.fixed or rule.pattern)
    return own or any(_decides(child) for child in rule.children.values())


def _rules_at(rule: ElementRule, path: str) -> list[ElementRule]:
    """The rules that stand at a discriminator's path below one."""
    found = [rule]
    for step in path.split("."):
        if step in (_THIS, _RESOLVE) or step.startswith("ofType("):
            continue
        if step.startswith("extension("):
            url = step[10:].strip("()'\"")
            found = [
                s
                for each in found
                if "extension" in each.children
                for s in _of_url(each.children["extension"], url)
            ]
            continue
        found = [
            child
            for each in found
            for name in (step, f"{step}[x]")
            if name in each.children
            for child in (each.children[name], *each.children[name].slices.values())
        ]
    return found


def _of_url(rule: ElementRule, url: str) -> list[ElementRule]:
    return [each for each in rule.slices.values() if any(url in allowed.profiles for allowed in each.types)]

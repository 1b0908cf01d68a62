"""Whether a value is of a slice: fixed values, patterns and discriminators (FHIR R4 profiling.html)."""

from typing import Any

from fhir_profiles.conformance.element_rules import ElementRule
from fhir_profiles.conformance.known import KnownProfiles
from fhir_profiles.fhirpath.environment import Environment
from fhir_profiles.fhirpath.errors import NotAnExpression, NotEvaluable
from fhir_profiles.fhirpath.expression import compile_expression, compiled
from fhir_profiles.fhirpath.nodes import Node, is_kind
from fhir_profiles.references import pointed_type

_THIS, _RESOLVE = "$this", "resolve()"
_TARGET = compiled(["call", None, "resolve", []])


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
        wanted = self._rules_at(rule, path)
        if kind == "exists":
            return bool(found) == any(each.most != 0 for each in wanted)
        if kind in ("type", "profile"):
            found = self._resolved(found) if path.endswith(_RESOLVE) else found
            return any(self._is_allowed(each, node, kind) for each in wanted for node in found)
        return any(self.fits(each, one) for one in wanted for each in found)

    def _found(self, path: str, node: Node) -> list[Node]:
        if path == _THIS:
            return [node]
        text = path.removesuffix(f".{_RESOLVE}").removesuffix(_RESOLVE)
        try:
            return compile_expression(text).nodes(node, self._environment) if text else [node]
        except (NotAnExpression, NotEvaluable):
            return []

    def _resolved(self, found: list[Node]) -> list[Node]:
        """What references lead to; of a resource that is elsewhere, its type alone is known."""
        targets: list[Node] = []
        for node in found:
            if isinstance(node.value, dict):
                inside = _TARGET.nodes(node, self._environment)
                kind = pointed_type(node.value)
                targets += inside or ([Node({}, kind)] if kind is not None else [])
        return targets

    def _is_allowed(self, rule: ElementRule, node: Node, discriminator: str) -> bool:
        """Whether a value is of a type, or meets a profile, that a rule lets it have."""
        wanted = [url for each in rule.types for url in (*each.targets, *each.profiles)]
        if not wanted:
            return any(is_kind(node.kind, each.code) for each in rule.types)
        for url in wanted:
            if is_kind(node.kind, str(self._known.type_of(url))):
                profile = self._known.find(url)
                if discriminator == "type" or profile is None or self.fits(node, profile.root):
                    return True
        return False

    def fits(self, node: Node, rule: ElementRule) -> bool:
        """Whether a value is what a rule fixes, in itself and below it; what it leaves open is no matter."""
        if rule.fixed and node.value != rule.fixed[0]:
            return False
        if rule.pattern and not matches(node.value, rule.pattern[0]):
            return False
        strength, url = rule.binding or ("", "")
        open_ = strength == "required" and not rule.fixed and not rule.pattern
        if open_ and self._known.holds(node.value, url) is False:
            return False
        return all(self._child_fits(node, child) for child in rule.children.values())

    def _child_fits(self, node: Node, rule: ElementRule) -> bool:
        """Whether a child is what is fixed for it; one that is demanded is there, and of its value set."""
        demanded = (rule.least or 0) > 0
        slices = [each for each in rule.slices.values() if (each.least or 0) > 0 and _decides(each)]
        decided = _decides(rule) or (demanded and rule.binding is not None)
        if not decided and not slices:
            return True
        found = node.named(rule.name.removesuffix("[x]"))
        if not all(any(self.fits(each, one) for each in found) for one in slices):
            return False
        return not decided or any(self.fits(each, rule) for each in found) or (not found and rule.least == 0)

    def _rules_at(self, rule: ElementRule, path: str) -> list[ElementRule]:
        """The rules that stand at a discriminator's path below one, in it or in the profiles of its type."""
        found = [rule]
        for step in path.split("."):
            if step in (_THIS, _RESOLVE) or step.startswith("ofType("):
                continue
            every = [each for one in found for each in (one, *self._profiled(one))]
            if step.startswith("extension("):
                url = step[10:].strip("()'\"")
                listed = [each.children["extension"] for each in every if "extension" in each.children]
                found = [each for one in listed for each in _of_url(one, url)]
            else:
                named = [
                    each.children[n] for each in every for n in (step, f"{step}[x]") if n in each.children
                ]
                found = [each for one in named for each in (one, *one.slices.values())]
        return found

    def _profiled(self, rule: ElementRule) -> list[ElementRule]:
        profiles = (self._known.find(url) for each in rule.types for url in each.profiles)
        return [each.root for each in profiles if each is not None]


def _decides(rule: ElementRule) -> bool:
    """Whether a rule fixes what a value is, in itself or below."""
    own = bool(rule.fixed or rule.pattern)
    return own or any(_decides(child) for child in rule.children.values())


def _of_url(rule: ElementRule, url: str) -> list[ElementRule]:
    return [each for each in rule.slices.values() if any(url in allowed.profiles for allowed in each.types)]

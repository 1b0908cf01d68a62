"""Checks an element and all below it by the rules of a profile (FHIR R4 profiling.html)."""

from collections.abc import Mapping
from typing import Any, TypeAlias

from fhir_profiles.conformance.element_rules import UNBOUNDED, ElementRule, Profile, Slicing
from fhir_profiles.conformance.known import KnownProfiles
from fhir_profiles.conformance.matching import SliceMatcher, matches
from fhir_profiles.fhirpath.comparing import compared
from fhir_profiles.fhirpath.environment import Environment
from fhir_profiles.fhirpath.errors import NotEvaluable
from fhir_profiles.fhirpath.nodes import Node, is_kind, surrounding
from fhir_profiles.references import pointed_type
from fhir_profiles.validation.validation import ElementPath, IssueReport

_EXTENSIONS = ("extension", "modifierExtension")
_BY_URL = Slicing((("value", "url"),))
_BY_TYPE = Slicing((("type", "$this"),))
_ERROR, _WARNING = "error", "warning"


_Told: TypeAlias = tuple[str, ElementPath, str, str]


class _Kept:
    """Keeps issues, of which it is not known yet whether they count."""

    def __init__(self, told: list[_Told]) -> None:
        self._told = told

    def __call__(self, code: str, place: ElementPath, diagnostics: str, severity: str = _ERROR) -> None:
        self._told.append((code, place, diagnostics, severity))


class ProfileCheck:
    """One check of one element by one profile; the place of an element is told by its node."""

    def __init__(
        self,
        profile: Profile,
        known: KnownProfiles,
        environment: Environment,
        report: IssueReport,
        *,
        thorough: bool,
    ) -> None:
        self._profile = profile
        self._known = known
        self._environment = environment
        self._matcher = SliceMatcher(known, environment)
        self._report = report
        self._thorough = thorough

    def run(self, node: Node, place: ElementPath) -> None:
        """Check the element that the profile is about."""
        self._content(node, self._profile.root, place)

    def _say(self, code: str, place: ElementPath, text: str, severity: str = _ERROR) -> None:
        if severity == _ERROR or self._thorough:
            self._report(code, place, f"{text} (profile {self._profile.url})", severity)

    def _content(self, node: Node, rule: ElementRule, place: ElementPath) -> None:
        """Everything below an element, and what holds of it as a whole."""
        for child in rule.children.values():
            self._children(node, child, place)
        for invariant in rule.invariants:
            try:
                holds = invariant.condition.judge(node, self._environment)
            except NotEvaluable:
                continue
            if not holds:
                self._say("invariant", place, f"{invariant.human} ({invariant.key})", invariant.severity)

    def _children(self, node: Node, rule: ElementRule, place: ElementPath) -> None:
        found = _named(node, rule.name)
        self._count(len(found), rule, (place, rule.name.removesuffix("[x]"), None))
        for each in found:
            self._value(each, rule, _place(place, each))
        if rule.slices:
            self._slices(found, rule, place)

    def _count(self, number: int, rule: ElementRule, place: ElementPath) -> None:
        least, most = rule.least or 0, UNBOUNDED if rule.most is None else rule.most
        if least <= number <= most:
            return
        what = f"slice {rule.slice_name} " if rule.slice_name else ""
        upper = "*" if most == UNBOUNDED else str(most)
        code = "required" if number < least else "structure"
        self._say(code, place, f"{what}{least}..{upper} demanded, {number} found")

    def _slices(self, found: list[Node], rule: ElementRule, place: ElementPath) -> None:
        """Which slice each value is of, how many each has, and what is of none."""
        slicing = rule.slicing or _implied(rule)
        where = (place, rule.name.removesuffix("[x]"), None)
        rest = list(found)
        for each in rule.slices.values():
            own = [node for node in rest if self._belongs(node, each, slicing)]
            rest = [node for node in rest if node not in own]
            self._count(len(own), each, where)
            for node in own:
                self._value(node, each, _place(place, node))
                if each.slices:
                    self._slices([node], each, place)
        if slicing.closed:
            names = ", ".join(rule.slices)
            for node in rest:
                self._say("structure", _place(place, node), f"it is of none of the slices {names}")

    def _belongs(self, node: Node, rule: ElementRule, slicing: Slicing) -> bool:
        urls = _urls(rule)
        if urls and slicing.discriminators == _BY_URL.discriminators:
            return isinstance(node.value, dict) and node.value.get("url") in urls
        return bool(slicing.discriminators) and self._matcher.belongs(node, rule, slicing.discriminators)

    def _value(self, node: Node, rule: ElementRule, place: ElementPath) -> None:
        """One value of an element."""
        if rule.types:
            self._type(node, rule, place)
        self._fixed(node, rule, place)
        self._limits(node, rule, place)
        if rule.binding is not None:
            self._binding(node, rule.binding, place)
        self._content(node, rule, place)
        if rule.same_as and (same := self._same(rule)) is not None:
            self._content(node, same, place)

    def _same(self, rule: ElementRule) -> ElementRule | None:
        """The rule whose content an element has, too (FHIR R4 elementdefinition.html, contentReference)."""
        found: ElementRule | None = self._profile.root
        for name in rule.same_as.split(".")[1:]:
            found = found.children.get(name) if found is not None else None
        return found

    def _type(self, node: Node, rule: ElementRule, place: ElementPath) -> None:
        fitting = [each for each in rule.types if _is_of(node.kind, each.code)]
        if not fitting:
            allowed = ", ".join(each.code for each in rule.types)
            self._say("structure", place, f"{allowed} demanded, {node.kind} found")
            return
        profiles = [url for each in fitting for url in each.profiles]
        if profiles and node.kind != "Extension":
            self._profiled(node, profiles, place)
        targets = [url for each in fitting for url in each.targets]
        if targets and node.kind == "Reference" and isinstance(node.value, dict):
            self._target(node.value, targets, place)

    def _profiled(self, node: Node, urls: list[str], place: ElementPath) -> None:
        """Check a value by the profiles of its type: it meets one of them."""
        known = [self._known.find(url) for url in urls]
        profiles = [each for each in known if each is not None and each.url != self._profile.url]
        if len(profiles) < len(urls):
            return
        outcomes: list[list[_Told]] = []
        for each in profiles:
            told: list[_Told] = []
            environment = Environment(*surrounding(node), wary=False)
            check = ProfileCheck(each, self._known, environment, _Kept(told), thorough=self._thorough)
            check.run(node, place)
            if all(issue[3] != _ERROR for issue in told):
                return
            outcomes.append(told)
        for issue in outcomes[0] if len(outcomes) == 1 else ():
            self._report(*issue)
        if len(outcomes) > 1:
            self._say("structure", place, f"it meets none of the profiles {', '.join(urls)}")

    def _target(self, reference: Mapping[str, Any], targets: list[str], place: ElementPath) -> None:
        pointed = pointed_type(reference)
        kinds = {self._known.type_of(url) for url in targets}
        if pointed is not None and None not in kinds and not kinds & {pointed, "Resource"}:
            allowed = ", ".join(sorted(str(kind) for kind in kinds))
            self._say("value", place, f"it may refer to {allowed}, not to {pointed}")

    def _fixed(self, node: Node, rule: ElementRule, place: ElementPath) -> None:
        if rule.fixed and node.value != rule.fixed[0]:
            self._say("value", place, f"the fixed value {_shown(rule.fixed[0])} is demanded")
        if rule.pattern and not matches(node.value, rule.pattern[0]):
            self._say("value", place, f"the pattern {_shown(rule.pattern[0])} is demanded")

    def _limits(self, node: Node, rule: ElementRule, place: ElementPath) -> None:
        if rule.longest is not None and isinstance(node.value, str) and len(node.value) > rule.longest:
            self._say("too-long", place, f"up to {rule.longest} characters are allowed")
        for limit, sign, word in ((rule.least_value, -1, "least"), (rule.most_value, 1, "most")):
            if limit is None or node.value is None:
                continue
            try:
                order = compared(node, Node(limit, node.kind))
            except NotEvaluable:
                continue
            if order is not None and order * sign > 0:
                self._say("value", place, f"{_shown(limit)} is the {word} that is allowed")

    def _binding(self, node: Node, binding: tuple[str, str], place: ElementPath) -> None:
        strength, url = binding
        if strength not in ("required", "extensible"):
            return
        missed = self._known.missing(node.value, url)
        if missed is not None:
            severity = _ERROR if strength == "required" else _WARNING
            self._say(
                "code-invalid", place, f"it has no code of the {strength} value set {url}{missed}", severity
            )


def _named(node: Node, name: str) -> list[Node]:
    """The children that a rule is of: of `value[x]` all, of `valueQuantity` those of that type."""
    return node.named(name.removesuffix("[x]"))


def _place(place: ElementPath, node: Node) -> ElementPath:
    step = node.step
    return (place, step.partition("[")[0], node.index)


def _implied(rule: ElementRule) -> Slicing:
    """The slicing that need not be said: extensions by their url, choices by their type."""
    return _BY_URL if rule.name in _EXTENSIONS else _BY_TYPE


def _urls(rule: ElementRule) -> tuple[str, ...]:
    fixed = rule.children["url"].fixed if "url" in rule.children else ()
    profiles = tuple(url.partition("|")[0] for each in rule.types for url in each.profiles)
    return (*fixed, *profiles)


def _is_of(kind: str, code: str) -> bool:
    return (
        is_kind(kind, code)
        or (code == "BackboneElement" and "." in kind)
        or code in ("Element", "Resource", "String")
    )


def _shown(value: Any) -> str:
    """A value of a profile in words; it is no patient's."""
    if isinstance(value, dict):
        return ", ".join(f"{name} {_shown(each)}" for name, each in value.items())
    if isinstance(value, list):
        return "; ".join(_shown(each) for each in value)
    return str(value).lower() if isinstance(value, bool) else str(value)

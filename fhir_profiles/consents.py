"""What a Consent says of who may see what of a patient's record (FHIR R4 consent.html#6.2.4).

The base policy (`policyRule`) and its provisions are one tree: what is nested in a provision is an exception
to it. Read are active Consents of the scope patient-privacy. What is not told apart here is refused where it
is written; in what is stored all the same it counts against access: a provision that denies does so without
that condition, and one that permits does not count.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, tzinfo
from typing import Any

from fhir_profiles.dates import Interval, period
from fhir_profiles.issues import Issue
from fhir_profiles.security_labels import NORMAL, CodePair, coding_of, meant

DENY = "deny"
DEEPEST = 8
ACTORS = ("Practitioner", "Patient", "RelatedPerson", "Device")
_ACTIVE, _PRIVACY, _RECIPIENT = "active", "patient-privacy", "IRCP"
_TYPES = "http://hl7.org/fhir/resource-types"
_REASONS = "http://terminology.hl7.org/CodeSystem/v3-ActReason"
_READING = frozenset({"access", "use", "disclose"})
_MEANINGS: Mapping[str, bool] = {"instance": False, "related": True, "dependents": True}
_BASES: Mapping[str, bool] = {"OPTIN": False, "OPTOUT": True}
_ENTRY = "urn:uuid:"


@dataclass(frozen=True, slots=True)
class Provision:
    """A rule and its exceptions; a condition that is empty or None holds for everybody and everything.

    `actors` are references, `purposes` codes of v3-PurposeOfUse, `period` and `data_period` intervals in µs
    since the epoch, `labels` those that count, `unlabelled` whether what bears none counts too; `data` are
    references, with true where what is about them is meant as well.
    """

    denies: bool
    actors: frozenset[str] = frozenset()
    purposes: frozenset[str] = frozenset()
    period: Interval | None = None
    types: frozenset[str] = frozenset()
    codes: frozenset[CodePair] = frozenset()
    labels: frozenset[CodePair] = frozenset()
    unlabelled: bool = False
    data: frozenset[tuple[str, bool]] = frozenset()
    data_period: Interval | None = None
    exceptions: tuple["Provision", ...] = ()


@dataclass(slots=True)
class _Reading:
    """A Consent being read, and what of it cannot be enforced."""

    zone: tzinfo
    issues: list[Issue] = field(default_factory=list)

    def unknown(self, path: str, text: str) -> None:
        self.issues.append(Issue("error", "not-supported", path, f"{text}: this cannot be enforced"))


@dataclass(frozen=True, slots=True)
class _Rule:
    """One provision as it was written, and where."""

    reading: _Reading
    written: Mapping[str, Any]
    path: str
    denies: bool

    def each(self, name: str) -> Iterator[tuple[str, Mapping[str, Any]]]:
        """The values of a list, each with its place."""
        for number, value in enumerate(self.written.get(name, ())):
            yield f"{self.path}.{name}[{number}]", value

    def interval(self, name: str) -> Interval | None:
        """What a Period covers; None where there is none."""
        return period(self.written.get(name, {}), self.reading.zone)


def counts(consent: Mapping[str, Any]) -> bool:
    """Whether a Consent says who may see what: it is active, and of the scope patient-privacy."""
    codes = [code for _, code in _codings(consent.get("scope", {}))]
    return consent.get("status") == _ACTIVE and _PRIVACY in codes


def provision_of(consent: Mapping[str, Any], zone: tzinfo = UTC) -> tuple[Provision, tuple[Issue, ...]]:
    """The rules of a Consent that counts as one tree, and what of them cannot be enforced as it stands."""
    reading = _Reading(zone)
    written = consent.get("provision")
    base = _base(reading, consent)
    if written is None:
        return Provision(base), tuple(reading.issues)
    denies = written["type"] == DENY if "type" in written else base
    root = _provision(_Rule(reading, written, "Consent.provision", denies), 1)
    found = Provision(base, exceptions=(root,) if root else ()) if "type" in written else root
    return found or Provision(base), tuple(reading.issues)


def unenforceable(consent: Mapping[str, Any]) -> tuple[Issue, ...]:
    """What of a Consent cannot be enforced as it stands; nothing of one that does not count."""
    return provision_of(consent)[1] if counts(consent) else ()


def _base(reading: _Reading, consent: Mapping[str, Any]) -> bool:
    """Whether the base policy denies; without a rule that is known it leaves access to the roles."""
    known = [_BASES[code] for _, code in _codings(consent.get("policyRule", {})) if code in _BASES]
    if not known and "type" not in consent.get("provision", {"type": ""}):
        reading.unknown("Consent.policyRule", "a rule without a type has a base, OPTIN or OPTOUT")
        return True
    return any(known)


def _provision(rule: _Rule, depth: int) -> Provision | None:
    """One rule; None for one that permits under conditions that are not all told apart."""
    if depth > DEEPEST:
        rule.reading.unknown(rule.path, f"rules are nested {DEEPEST} deep at most")
        return Provision(denies=True)
    before = len(rule.reading.issues)
    values = {name: _condition(rule, read) for name, read in _CONDITIONS.items()}
    if not _is_about_reading(rule):
        rule.reading.unknown(f"{rule.path}.action", f"reading is {', '.join(sorted(_READING))}")
    if len(rule.reading.issues) > before and not rule.denies:
        return None
    return Provision(rule.denies, **values, exceptions=tuple(_exceptions(rule, depth)))


def _condition(rule: _Rule, read: Callable[[_Rule], Any]) -> Any:
    """A condition of a rule; one that is not wholly told apart keeps nobody from being denied."""
    before = len(rule.reading.issues)
    value = read(rule)
    return type(value)() if rule.denies and len(rule.reading.issues) > before else value


def _exceptions(rule: _Rule, depth: int) -> Iterator[Provision]:
    for place, nested in rule.each("provision"):
        if "type" not in nested:
            rule.reading.unknown(place, "a nested rule has a type")
        denies = nested.get("type", DENY) == DENY
        found = _provision(_Rule(rule.reading, nested, place, denies), depth + 1)
        if found is not None:
            yield found


def _is_about_reading(rule: _Rule) -> bool:
    actions = {code for _, action in rule.each("action") for _, code in _codings(action)}
    return not rule.written.get("action") or bool(actions & _READING)


def _actors(rule: _Rule) -> frozenset[str]:
    found = set[str]()
    for place, actor in rule.each("actor"):
        reference = str(actor.get("reference", {}).get("reference", ""))
        if _RECIPIENT not in [code for _, code in _codings(actor.get("role", {}))]:
            rule.reading.unknown(f"{place}.role", f"only who receives, {_RECIPIENT}, is told from others")
        elif reference.startswith((*(f"{each}/" for each in ACTORS), _ENTRY)):
            found.add(reference)
        else:
            rule.reading.unknown(f"{place}.reference", f"an account is one of {', '.join(ACTORS)}")
    return frozenset(found)


def _listed(name: str, system: str) -> Callable[[_Rule], frozenset[str]]:
    """What reads a list of codes of one system."""

    def read(rule: _Rule) -> frozenset[str]:
        found = set[str]()
        for place, coding in rule.each(name):
            if coding.get("system") == system and "code" in coding:
                found.add(str(coding["code"]))
            else:
                rule.reading.unknown(place, f"only codes of {system} are known")
        return frozenset(found)

    return read


def _codes(rule: _Rule) -> frozenset[CodePair]:
    found = set[CodePair]()
    for place, concept in rule.each("code"):
        codings = frozenset(_codings(concept))
        found |= codings
        if not codings:
            rule.reading.unknown(place, "it has no code")
    return frozenset(found)


def _given_labels(rule: _Rule) -> frozenset[CodePair]:
    """The labels that a rule is for.

    One of confidentiality is a high water mark (consent-definitions.html#Consent.provision.securityLabel):
    who permits it permits what is lower. Who denies it denies what is higher, or V would be open beside R.
    """
    given = [
        (str(each.get("system", "")), str(each.get("code", ""))) for _, each in rule.each("securityLabel")
    ]
    return frozenset(label for each in given for label in meant(each, higher=rule.denies))


def _data(rule: _Rule) -> frozenset[tuple[str, bool]]:
    found = set[tuple[str, bool]]()
    for place, each in rule.each("data"):
        reference = str(each.get("reference", {}).get("reference", ""))
        if each.get("meaning") not in _MEANINGS:
            rule.reading.unknown(f"{place}.meaning", f"only {', '.join(_MEANINGS)} are told apart")
        elif reference.count("/") == 1 or reference.startswith(_ENTRY):
            found.add((reference, _MEANINGS[each["meaning"]]))
        else:
            rule.reading.unknown(f"{place}.reference", "it is no resource of this server")
    return frozenset(found)


def _codings(concept: Mapping[str, Any]) -> Iterable[CodePair]:
    for coding in concept.get("coding", ()):
        if "code" in coding:
            yield str(coding.get("system", "")), str(coding["code"])


_CONDITIONS: Mapping[str, Callable[[_Rule], Any]] = {
    "actors": _actors,
    "purposes": _listed("purpose", _REASONS),
    "period": lambda rule: rule.interval("period"),
    "types": _listed("class", _TYPES),
    "codes": _codes,
    "labels": _given_labels,
    "unlabelled": lambda rule: coding_of(NORMAL) in _given_labels(rule),
    "data": _data,
    "data_period": lambda rule: rule.interval("dataPeriod"),
}

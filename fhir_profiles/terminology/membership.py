"""Whether a code is in a value set: what validation checks bindings against (terminologies.html#4.1).

A check by `ValueSetMembership` says yes, no, or that nobody here can know: a system that is not loaded, a
grammar such as MIME types. `SHIPPED` knows what this release ships; the one in `app.terminology.membership`
knows the tenant's value sets and code systems, too.
"""

from collections import OrderedDict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from functools import lru_cache
from typing import Any, Protocol

from fhir_profiles.terminology import shipped
from fhir_profiles.terminology.codes import CodeSystem, TooCostly, UnreadableFilter, filters_of
from fhir_profiles.terminology.filters import holds_for, unknown_codes

_DEEPEST = 12  # value sets in value sets
_KEPT_ANSWERS, _KEPT_LISTS = 8_192, 256


class Membership(StrEnum):
    """What is known of a code and a value set."""

    MEMBER = "member"
    NOT_A_MEMBER = "not-a-member"
    UNKNOWN = "unknown"


class ValueSetMembership(Protocol):
    """Tells whether codes are in value sets."""

    def membership(self, value_set: str, system: str | None, code: str) -> Membership:
        """Whether a value set, named by its canonical (`url|version` too), holds a code of a system.

        `system` None is that of a `code` element, whose value has none: any system of the set will do.
        """


class Library(Protocol):
    """Where definitions are found by their canonicals; each is None where it is not known."""

    def code_system(self, url: str, version: str | None = None) -> CodeSystem | None:
        """The codes of a system."""

    def value_set(self, url: str, version: str | None = None) -> Mapping[str, Any] | None:
        """A ValueSet resource."""


def split_canonical(canonical: str) -> tuple[str, str | None]:
    """The url of a canonical, without a fragment, and its version (references.html#canonical)."""
    url, _, version = canonical.partition("#")[0].partition("|")
    return url, version or None


class Checking:
    """Decides membership by the definition of a value set: nothing is listed, so large systems cost as small.

    It follows R4's rules of composition: an include is a system's codes, cut by its filters, in all value
    sets that it names; excludes come off the union of includes.
    """

    def __init__(self, library: Library) -> None:
        self._library = library
        self._lists: OrderedDict[int, _CodeList] = OrderedDict()

    def membership(self, value_set: str, system: str | None, code: str) -> Membership:
        """Whether a value set, named by its canonical, holds a code."""
        return self._named(value_set, _Check(system, code), 0)

    def within(self, resource: Mapping[str, Any], system: str | None, code: str) -> Membership:
        """Whether a ValueSet resource holds a code."""
        return self._within(resource, _Check(system, code), 0)

    def _named(self, canonical: str, check: "_Check", depth: int) -> Membership:
        """What is known of a set that another names; each is looked at once, so no nesting costs more."""
        if canonical in check.told:
            return check.told[canonical]
        check.told[canonical] = Membership.UNKNOWN  # of a set that is a part of itself
        resource = self._library.value_set(*split_canonical(canonical))
        if resource is not None and depth <= _DEEPEST:
            check.told[canonical] = self._within(resource, check, depth)
        return check.told[canonical]

    def _within(self, resource: Mapping[str, Any], check: "_Check", depth: int) -> Membership:
        compose = resource.get("compose")
        if compose is None:
            return _in_expansion(resource.get("expansion"), check.system, check.code)
        included = _any(self._part(each, check, depth) for each in compose.get("include", ()))
        if included is Membership.NOT_A_MEMBER or "exclude" not in compose:
            return included
        excluded = _any(self._part(each, check, depth) for each in compose["exclude"])
        return _all((included, _OPPOSITE[excluded]))

    def _part(self, part: Mapping[str, Any], check: "_Check", depth: int) -> Membership:
        """Whether one include or exclude has the code."""
        own = part.get("system")
        if own is not None and check.system is not None and check.system != own:
            return Membership.NOT_A_MEMBER
        conditions = [self._named(each, check, depth + 1) for each in part.get("valueSet", ())]
        if own is not None:
            conditions.append(self._of_system(part, own, check.code))
        return _all(conditions)

    def _of_system(self, part: Mapping[str, Any], url: str, code: str) -> Membership:
        if "concept" in part:
            return _known(code in self._listed(part["concept"]))
        found = self._library.code_system(url, part.get("version"))
        if found is None:
            return Membership.UNKNOWN
        entry = found.entries((code,)).get(code)
        otherwise = Membership.NOT_A_MEMBER if found.title.complete else Membership.UNKNOWN
        if entry is None:
            return otherwise
        try:
            filters = filters_of(part.get("filter", ()))
            told = not unknown_codes(found, filters) and holds_for(found, filters, entry)
        except (UnreadableFilter, TooCostly):
            return Membership.UNKNOWN
        return Membership.MEMBER if told else otherwise

    def _listed(self, concepts: Sequence[Mapping[str, Any]]) -> frozenset[str]:
        """The codes of a list, which is asked for each of many."""
        known = self._lists.get(id(concepts))
        if known is None:
            codes = frozenset(str(each.get("code")) for each in concepts)
            known = self._lists[id(concepts)] = _CodeList(concepts, codes)
            if len(self._lists) > _KEPT_LISTS:
                self._lists.popitem(last=False)
        return known.codes


@dataclass(slots=True)
class _Check:
    """The code of one check, and what was told of it by the value sets that were looked at."""

    system: str | None
    code: str
    told: dict[str, Membership] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class _CodeList:
    """The codes of a list of concepts, which is kept beside them so that no other takes its place."""

    concepts: Sequence[Mapping[str, Any]]
    codes: frozenset[str]


_OPPOSITE = {
    Membership.MEMBER: Membership.NOT_A_MEMBER,
    Membership.NOT_A_MEMBER: Membership.MEMBER,
    Membership.UNKNOWN: Membership.UNKNOWN,
}


def _known(holds: bool) -> Membership:
    return Membership.MEMBER if holds else Membership.NOT_A_MEMBER


def _any(found: Iterable[Membership]) -> Membership:
    """Some one holds: a yes decides, a doubt is kept."""
    doubt = False
    for each in found:
        if each is Membership.MEMBER:
            return each
        doubt = doubt or each is Membership.UNKNOWN
    return Membership.UNKNOWN if doubt else Membership.NOT_A_MEMBER


def _all(found: Iterable[Membership]) -> Membership:
    """Every one holds: a no decides, a doubt is kept."""
    return _OPPOSITE[_any(_OPPOSITE[each] for each in found)]


def _in_expansion(expansion: Mapping[str, Any] | None, system: str | None, code: str) -> Membership:
    """What an expansion that was stored without its composition says."""
    if expansion is None:
        return Membership.UNKNOWN
    waiting = list(expansion.get("contains", ()))
    while waiting:
        each = waiting.pop()
        if each.get("code") == code and system in (None, each.get("system")):
            return _known(not each.get("abstract"))
        waiting.extend(each.get("contains", ()))
    return Membership.UNKNOWN if is_partial(expansion) else Membership.NOT_A_MEMBER


def is_partial(expansion: Mapping[str, Any]) -> bool:
    """Whether an expansion is a page of its codes only."""
    return "offset" in expansion or expansion.get("total", 0) > len(expansion.get("contains", ()))


class _ShippedLibrary:
    def code_system(self, url: str, version: str | None = None) -> CodeSystem | None:
        return shipped.code_system(url, version)

    def value_set(self, url: str, version: str | None = None) -> Mapping[str, Any] | None:
        return shipped.definition("ValueSet", url, version)


class _Shipped:
    """The value sets that ship; what was asked is remembered, since bindings ask the same of every row."""

    @staticmethod
    @lru_cache(maxsize=_KEPT_ANSWERS)
    def membership(value_set: str, system: str | None, code: str) -> Membership:
        """Whether a value set holds a code."""
        return _CHECKING.membership(value_set, system, code)


SHIPPED_LIBRARY: Library = _ShippedLibrary()
"""The definitions that ship."""
_CHECKING = Checking(SHIPPED_LIBRARY)
SHIPPED: ValueSetMembership = _Shipped()
"""What this release ships, and nothing else: for checks that belong to R4 itself."""

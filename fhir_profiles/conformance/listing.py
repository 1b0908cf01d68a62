"""The codes of a ValueSet that can be listed from what it says (FHIR R4 valueset.html#compositions)."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any, TypeAlias

from fhir_profiles.conformance.bindings import CodesBySystem

FindSet: TypeAlias = Callable[[str], "CodesBySystem | None"]
FindSystem: TypeAlias = Callable[[str], Mapping[str, Any] | None]
_MOST = 50_000
"""Codes of a set that is listed; a larger one is let be."""


def codes_of(
    value_set: Mapping[str, Any], find_set: FindSet, find_system: FindSystem
) -> CodesBySystem | None:
    """The codes of a value set by system; None where a part of it cannot be listed here."""
    compose = value_set.get("compose")
    if not isinstance(compose, dict) or not compose.get("include"):
        return _expanded(value_set)
    codes: dict[str, set[str]] = {}
    for include in compose["include"]:
        found = _included(include, find_set, find_system)
        if found is None:
            return _expanded(value_set)
        for system, more in found.items():
            codes.setdefault(system, set()).update(more)
    for exclude in compose.get("exclude", ()):
        for system, less in (_included(exclude, find_set, find_system) or {}).items():
            codes.get(system, set()).difference_update(less)
    if sum(map(len, codes.values())) > _MOST:
        return None
    return {system: frozenset(found) for system, found in codes.items()}


def _expanded(value_set: Mapping[str, Any]) -> CodesBySystem | None:
    """The codes of an expansion that is all there is."""
    expansion = value_set.get("expansion")
    if not isinstance(expansion, dict) or expansion.get("total", 0) > len(expansion.get("contains", ())):
        return None
    codes: dict[str, set[str]] = {}
    for each in _below(expansion.get("contains", ()), "contains"):
        if "code" in each and not each.get("abstract"):
            codes.setdefault(str(each.get("system", "")), set()).add(str(each["code"]))
    return {system: frozenset(found) for system, found in codes.items()} or None


def _included(
    include: Mapping[str, Any], find_set: FindSet, find_system: FindSystem
) -> Mapping[str, frozenset[str]] | None:
    """What one part of a composition lets in: of a system, and in every set that it names."""
    own = _of_system(include, find_system) if "system" in include else None
    if "system" in include and own is None:
        return None
    for url in include.get("valueSet", ()):
        named = find_set(str(url).partition("|")[0])
        if named is None:
            return None
        shared = named if own is None else own
        own = {system: codes & named.get(system, frozenset()) for system, codes in shared.items()}
    return own


def _of_system(include: Mapping[str, Any], find_system: FindSystem) -> Mapping[str, frozenset[str]] | None:
    system = str(include["system"])
    if "concept" in include:
        return {system: frozenset(str(each.get("code")) for each in include["concept"])}
    known = find_system(system)
    if known is None or known.get("content") != "complete":
        return None
    concepts: Iterable[Mapping[str, Any]] = known.get("concept", ())
    for each in include.get("filter", ()):
        narrowed = _filtered(concepts, each)
        if narrowed is None:
            return None
        concepts = narrowed
    return {system: frozenset(str(each.get("code")) for each in _below(concepts, "concept"))}


def _filtered(
    concepts: Iterable[Mapping[str, Any]], told: Mapping[str, Any]
) -> list[Mapping[str, Any]] | None:
    """The concepts below one, with it or without; None for another filter."""
    if told.get("property") != "concept" or told.get("op") not in ("is-a", "descendent-of"):
        return None
    top = [each for each in _below(concepts, "concept") if each.get("code") == told.get("value")]
    return top if told["op"] == "is-a" else [each for one in top for each in one.get("concept", ())]


def _below(concepts: Iterable[Mapping[str, Any]], name: str) -> Iterator[Mapping[str, Any]]:
    waiting = list(concepts)
    while waiting:
        each = waiting.pop()
        yield each
        waiting.extend(each.get(name, ()))

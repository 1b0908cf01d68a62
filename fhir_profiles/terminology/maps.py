"""What the ConceptMaps say a code becomes (FHIR R4 conceptmap.html, conceptmap-operation-translate.html)."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

NO_MATCH = frozenset({"unmatched", "disjoint"})
# What an equivalence is called from the other end (valueset-concept-map-equivalence.html).
REVERSED: Mapping[str, str] = {
    "wider": "narrower",
    "narrower": "wider",
    "subsumes": "specializes",
    "specializes": "subsumes",
}


@dataclass(frozen=True, slots=True)
class MappedCode:
    """What a code becomes: `system` None where the map does not say; `products` are what it says besides."""

    equivalence: str
    system: str | None
    code: str | None
    display: str | None
    map_url: str | None
    products: Sequence[Mapping[str, Any]] = field(default=())


def translations(concept_map: Mapping[str, Any], system: str, code: str) -> Iterator[MappedCode]:
    """What a map says that a code of a system becomes, what it does with all others included."""
    for group in concept_map.get("group", ()):
        if group.get("source") not in (system, None):
            continue
        found = [each for each in group.get("element", ()) if each.get("code") == code]
        for element in found:
            for target in element.get("target", ()):
                yield _target(concept_map, group, target)
        if not found and "unmapped" in group:
            yield from _unmapped(concept_map, group, code)


def sources(concept_map: Mapping[str, Any], system: str, code: str) -> Iterator[MappedCode]:
    """Which codes a map turns into a code of a system: the translation the other way round."""
    for group in concept_map.get("group", ()):
        if group.get("target") not in (system, None):
            continue
        for element in group.get("element", ()):
            for target in element.get("target", ()):
                if target.get("code") == code:
                    equivalence = target.get("equivalence", "relatedto")
                    yield MappedCode(
                        REVERSED.get(equivalence, equivalence),
                        group.get("source"),
                        element.get("code"),
                        element.get("display"),
                        concept_map.get("url"),
                    )


def targets_of(concept_map: Mapping[str, Any]) -> frozenset[str]:
    """The systems that a map leads to, and the value sets that it names as its target."""
    named = [group.get("target") for group in concept_map.get("group", ())]
    return frozenset(each for each in (*named, *_scope(concept_map, "target")) if each)


def sources_of(concept_map: Mapping[str, Any]) -> frozenset[str]:
    """The systems that a map comes from, and the value sets that it names as its source."""
    named = [group.get("source") for group in concept_map.get("group", ())]
    return frozenset(each for each in (*named, *_scope(concept_map, "source")) if each)


def _scope(concept_map: Mapping[str, Any], end: str) -> tuple[Any, ...]:
    return concept_map.get(f"{end}Uri"), concept_map.get(f"{end}Canonical")


def _target(
    concept_map: Mapping[str, Any], group: Mapping[str, Any], target: Mapping[str, Any]
) -> MappedCode:
    return MappedCode(
        target.get("equivalence", "relatedto"),
        group.get("target"),
        target.get("code"),
        target.get("display"),
        concept_map.get("url"),
        tuple(target.get("product", ())),
    )


def _unmapped(concept_map: Mapping[str, Any], group: Mapping[str, Any], code: str) -> Iterator[MappedCode]:
    """What becomes of a code that no element names (conceptmap-unmapped-mode), by this map alone."""
    unmapped, url = group["unmapped"], concept_map.get("url")
    if unmapped.get("mode") == "provided":
        yield MappedCode("equal", group.get("target"), code, None, url)
    elif unmapped.get("mode") == "fixed":
        yield MappedCode("relatedto", group.get("target"), unmapped.get("code"), unmapped.get("display"), url)

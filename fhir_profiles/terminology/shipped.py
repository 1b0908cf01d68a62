"""The definitions that ship with this release: HL7's own of R4, and the concepts of this folder.

Nothing is read before it is asked for, and then that one definition alone: a process that never asks holds
none. They are there beside what a tenant stores, by their canonical.
"""

import gzip
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache, lru_cache
from pathlib import Path
from typing import Any

from fhir_profiles.terminology import Concept, concepts
from fhir_profiles.terminology.codes import CodeSystem
from fhir_profiles.terminology.parsed import ParsedCodeSystem

_FOLDER = Path(__file__).parent
_DATA, _INDEX = _FOLDER / "hl7.json.gz", _FOLDER / "hl7-index.json.gz"
_KEPT_SYSTEMS, _KEPT_DEFINITIONS = 64, 256


@dataclass(frozen=True, slots=True)
class _Place:
    """Where a definition stands in the file, and its version."""

    version: str | None
    start: int
    length: int


def definition(kind: str, url: str, version: str | None = None) -> Mapping[str, Any] | None:
    """A CodeSystem, ValueSet or ConceptMap by its canonical; None where none of that version ships."""
    if kind == "CodeSystem" and url in _our_systems():
        return None if version else _our_system(url)
    place = _places().get((kind, url))
    if place is None or (version is not None and version != place.version):
        return None
    return _read(place)


def canonicals(kind: str) -> Iterator[str]:
    """The canonicals of the definitions of a kind."""
    yield from (url for name, url in _places() if name == kind)


def code_systems() -> frozenset[str]:
    """The canonicals of the systems of which codes ship."""
    return frozenset(canonicals("CodeSystem")) | _our_systems()


def code_system(url: str, version: str | None = None) -> CodeSystem | None:
    """The codes of a system that ships, None where its codes do not."""
    found = definition("CodeSystem", url, version)
    if found is None or found.get("content") in ("not-present", "supplement"):
        return None
    return _parsed(url)


@lru_cache(maxsize=_KEPT_SYSTEMS)
def _parsed(url: str) -> CodeSystem:
    found = definition("CodeSystem", url)
    return ParsedCodeSystem(found or {})


@lru_cache(maxsize=_KEPT_DEFINITIONS)
def _read(place: _Place) -> Mapping[str, Any]:
    with _DATA.open("rb") as data:
        data.seek(place.start)
        found: Mapping[str, Any] = json.loads(gzip.decompress(data.read(place.length)))
    return found


@cache
def _places() -> Mapping[tuple[str, str], _Place]:
    rows = json.loads(gzip.decompress(_INDEX.read_bytes()))
    return {(kind, url): _Place(version, start, length) for kind, url, version, start, length, _ in rows}


@cache
def _our_systems() -> frozenset[str]:
    return frozenset(each.system for each in concepts())


@lru_cache(maxsize=_KEPT_SYSTEMS)
def _our_system(url: str) -> Mapping[str, Any]:
    """The concepts of one system as a fragment of it; what equals them elsewhere is no code of this one."""
    mine = [each for each in concepts() if each.system == url]
    return {
        "resourceType": "CodeSystem",
        "url": url,
        "status": "active",
        "language": "en",
        "content": "fragment",
        "hierarchyMeaning": "is-a",
        "concept": [_our_concept(each) for each in mine],
    }


def _our_concept(concept: Concept) -> Mapping[str, Any]:
    english = concept.display.get("en")
    named = [(language, name) for language, name in concept.display.items() if language != "en" and name]
    named += [(language, name) for language, some in concept.names.items() for name in some]
    above = [code for system, code in concept.parents if system == concept.system]
    return {
        "code": concept.code,
        **({"display": english} if english else {}),
        "designation": [{"language": language, "value": name} for language, name in named],
        "property": [{"code": "parent", "valueCode": code} for code in above],
    }

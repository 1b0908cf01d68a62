"""The profiles and value sets that are known here: HL7's own, Hilum's, and what a gateway was given."""

import gzip
import json
from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path
from typing import Any, Protocol

import orjson

from fhir_profiles.conformance.bindings import CodesBySystem, coded, misses
from fhir_profiles.conformance.element_rules import Profile, read_profile
from fhir_profiles.terminology.membership import SHIPPED, Membership
from fhir_profiles.validation.structure import (
    DEFINITIONS,
    RESOURCE_TYPES,
    is_complex,
    value_set,
    value_set_names,
)

BASE = "http://hl7.org/fhir/StructureDefinition/"
_OWN = Path(__file__).parents[1] / "profiles"
_DEEPEST = 16  # profiles on profiles
_MOST = 2_000  # canonicals that are remembered, known or not


class DefinitionSource(Protocol):
    """Where StructureDefinitions and value sets come from."""

    def structure(self, url: str) -> Mapping[str, Any] | None:
        """A StructureDefinition by its canonical; None where it is not known."""

    def codes(self, url: str) -> CodesBySystem | None:
        """The codes of a value set; None where it is not known, or its codes cannot be listed."""


class BuiltIn:
    """HL7's profiles and extensions of R4 and Hilum's own profiles, each parsed when it is asked for."""

    def structure(self, url: str) -> Mapping[str, Any] | None:
        """A StructureDefinition by its canonical; None where it is not known."""
        line = _lines().get(url)
        found: Mapping[str, Any] | None = orjson.loads(line) if line is not None else None
        return found

    def codes(self, url: str) -> CodesBySystem | None:
        """The codes of a value set; None where it is not known, or its codes cannot be listed."""
        name = url.rpartition("/ValueSet/")[2]
        return value_set(name) if name in value_set_names() else None


class KnownProfiles:
    """Profiles by their canonicals, compiled when they are first asked for."""

    def __init__(self, definitions: DefinitionSource) -> None:
        self._definitions = definitions
        self._compiled: dict[str, Profile | None] = {}
        self._codes: dict[str, CodesBySystem | None] = {}

    def find(self, canonical: str, depth: int = 0) -> Profile | None:
        """The profile of a canonical, with or without its version; None where it is not known."""
        url = canonical.partition("|")[0]
        if url not in self._compiled:
            _bound(self._compiled)
            definition = self._definitions.structure(url) if depth < _DEEPEST else None
            self._compiled[url] = None if definition is None else self._read(definition, depth)
        return self._compiled[url]

    def codes(self, url: str) -> CodesBySystem | None:
        """The codes of a value set; None where it is not known, or its codes cannot be listed."""
        if url not in self._codes:
            _bound(self._codes)
            self._codes[url] = self._definitions.codes(url)
        return self._codes[url]

    def holds(self, value: Any, url: str) -> bool | None:
        """Whether a value has a code of a value set; None where it has none, or nobody knows."""
        codes = self.codes(url)
        if codes is not None:
            return misses(value, codes) is None
        pairs = (
            [(None, value)]
            if isinstance(value, str)
            else list(coded(value))
            if isinstance(value, dict)
            else []
        )
        found = {SHIPPED.membership(url, system, code) for system, code in pairs}
        if Membership.MEMBER in found:
            return True
        return False if found == {Membership.NOT_A_MEMBER} else None

    def missing(self, value: Any, url: str) -> str | None:
        """Words on what would be right where a value has codes, none of the set; None where all is well."""
        codes = self.codes(url)
        if codes is not None:
            return misses(value, codes)
        return "" if self.holds(value, url) is False else None

    def type_of(self, canonical: str) -> str | None:
        """The type that a profile constrains, or that a canonical of R4 names; None where it is not known."""
        url = canonical.partition("|")[0]
        name = url.removeprefix(BASE)
        if name in RESOURCE_TYPES or name == "Resource" or is_complex(name):
            return name
        found = self.find(url)
        return found.kind if found is not None else None

    def _read(self, definition: Mapping[str, Any], depth: int) -> Profile:
        base = str(definition.get("baseDefinition", ""))
        name = base.removeprefix(BASE)
        is_type = name in RESOURCE_TYPES or name == "Resource" or is_complex(name)
        return read_profile(definition, None if is_type else self.find(base, depth + 1))


def _bound(remembered: dict[str, Any]) -> None:
    """Forget everything where names that clients made up have filled what is remembered."""
    if len(remembered) >= _MOST:
        remembered.clear()


@cache
def _lines() -> Mapping[str, bytes]:
    """The JSON of each definition by its canonical; none is parsed yet."""
    packed = gzip.decompress((DEFINITIONS / "profiles.ndjson.gz").read_bytes())
    lines = {_url(line): line for line in packed.splitlines()}
    return {**lines, **dict(_own())}


def _url(line: bytes) -> str:
    return line.partition(b'"url":"')[2].partition(b'"')[0].decode()


def _own() -> Iterator[tuple[str, bytes]]:
    for path in sorted(_OWN.glob("*.json")):
        text = path.read_bytes()
        yield str(json.loads(text)["url"]), text


@cache
def built_in() -> KnownProfiles:
    """What every gateway knows."""
    return KnownProfiles(BuiltIn())

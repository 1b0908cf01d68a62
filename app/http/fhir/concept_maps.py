"""The operations on concept maps: `$translate` and `$closure` (FHIR R4 conceptmap-operations.html)."""

from collections.abc import Iterator, Mapping
from typing import Any

import orjson

from app.http.fhir.exchange import Answer, Call
from app.http.fhir.operation_input import operation_input, parameters
from app.http.fhir.operations import FhirOperation
from app.http.fhir.terminology_input import codes, named
from app.terminology import Closures, ConceptMaps
from app.terminology.answers import coding_of
from app.terminology.closures import ClosureAnswer
from app.terminology.concept_maps import Translated, TranslationWish
from fhir_profiles.terminology.maps import MappedCode
from graph.errors import Invalid
from graph.scope import AccessScope

KIND = "ConceptMap"
_OF_TRANSLATION = frozenset(
    (
        *("url", "conceptMap", "conceptMapVersion", "resource", "code", "system", "version", "coding"),
        *("codeableConcept", "source", "target", "targetsystem", "targetSystem", "reverse"),
    )
)
_OF_CLOSURE = frozenset({"name", "concept", "version"})


class ConceptMapViews:
    """The answers to requests for translations and closure tables."""

    def __init__(self, concept_maps: ConceptMaps, closures: Closures) -> None:
        self._concept_maps = concept_maps
        self._closures = closures

    def operations(self) -> tuple[FhirOperation, ...]:
        """Their rows of the table of operations."""
        return (
            FhirOperation("translate", ("type", "instance"), {KIND: self.translate}),
            FhirOperation(
                "closure",
                ("system",),
                {"Resource": self.closure},
                changes=True,
                definition="http://hl7.org/fhir/OperationDefinition/ConceptMap-closure",
            ),
        )

    def translate(
        self, scope: AccessScope, call: Call, *, kind: str, resource_id: str | None = None
    ) -> Answer:
        """200 with what a code becomes, also where it becomes nothing."""
        asked = operation_input(call)
        asked.require_known(_OF_TRANSLATION)
        wish = TranslationWish(
            source=asked.text("source"),
            target=asked.text("target"),
            target_system=asked.text("targetsystem") or asked.text("targetSystem"),
            reverse=asked.flag("reverse"),
        )
        definition = named(kind, asked, resource_id, "conceptMap")
        found = self._concept_maps.translate(scope, definition, codes(asked), wish)
        return Answer(200, parameters(*_translated(found)))

    def closure(self, scope: AccessScope, call: Call) -> Answer:
        """200 with a ConceptMap of the rows that came of this call.

        Raises `Invalid` where concepts and a version are given together.
        """
        asked = operation_input(call)
        asked.require_known(_OF_CLOSURE)
        name, version = asked.text("name") or "", asked.text("version")
        listed = asked.values.get("concept", ())
        if listed and version is not None:
            raise Invalid("give concepts to add, or a version to go on from", location="version")
        if version is not None:
            found = self._closures.since(scope, name, _number(version))
        elif listed:
            concepts = [coding_of(each, f"concept[{index}]") for index, each in enumerate(listed)]
            found = self._closures.add(scope, name, concepts)
        else:
            found = self._closures.begin(scope, name)
        return Answer(200, orjson.dumps(_table(found)))


def _number(version: str) -> int:
    if not (version.isascii() and version.isdigit() and len(version) < 10):  # noqa: PLR2004 - of 32 bits
        raise Invalid("the version of a closure table is a number", location="version")
    return int(version)


def _translated(found: Translated) -> Iterator[Mapping[str, Any]]:
    yield {"name": "result", "valueBoolean": found.result}
    if not found.result:
        yield {"name": "message", "valueString": "no translation of the code is known"}
    for each in found.matches:
        yield {"name": "match", "part": list(_match(each))}


def _match(mapped: MappedCode) -> Iterator[Mapping[str, Any]]:
    yield {"name": "equivalence", "valueCode": mapped.equivalence}
    named_so = {"system": mapped.system, "code": mapped.code, "display": mapped.display}
    if mapped.code:
        yield {"name": "concept", "valueCoding": {key: value for key, value in named_so.items() if value}}
    for product in mapped.products:
        coding = {"system": product.get("system"), "code": product.get("value")}
        parts = [
            {"name": "element", "valueUri": product.get("property")},
            {"name": "concept", "valueCoding": {key: value for key, value in coding.items() if value}},
        ]
        yield {"name": "product", "part": parts}
    if mapped.map_url:
        yield {"name": "source", "valueUri": mapped.map_url}


def _table(found: ClosureAnswer) -> dict[str, Any]:
    """The rows as a map from each code to those above it (terminology-service.html#closure)."""
    groups: dict[str, dict[str, list[str]]] = {}
    for row in found.rows:
        groups.setdefault(row.below.system, {}).setdefault(row.below.code, []).append(row.above.code)
    group = [
        {
            "source": system,
            "target": system,
            "element": [
                {"code": code, "target": [{"code": each, "equivalence": "subsumes"} for each in above]}
                for code, above in rows.items()
            ],
        }
        for system, rows in groups.items()
    ]
    table: dict[str, Any] = {
        "resourceType": KIND,
        "name": found.name,
        "version": str(found.version),
        "status": "active",
        "experimental": True,
    }
    return {**table, "group": group} if group else table

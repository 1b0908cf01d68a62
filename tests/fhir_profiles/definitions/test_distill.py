"""The tables are what HL7's definitions say: shown on a package of one resource type."""

import gzip
import io
import json
import tarfile
from pathlib import Path
from typing import Any

import pytest

from fhir_profiles.definitions import distill

STATUS = "http://hl7.org/fhir/ValueSet/status"
FHIR_TYPE = "http://hl7.org/fhir/StructureDefinition/structuredefinition-fhir-type"


def element(path: str, *types: str, least: int = 0, most: str = "1", **more: Any) -> dict[str, Any]:
    return {"path": path, "min": least, "max": most, "type": [{"code": each} for each in types], **more}


def definition(name: str, *elements: dict[str, Any], kind: str = "resource") -> dict[str, Any]:
    return {
        "resourceType": "StructureDefinition",
        "name": name,
        "kind": kind,
        "derivation": "specialization",
        "abstract": False,
        "snapshot": {"element": list(elements)},
    }


RULE = {"key": "thg-1", "severity": "error", "human": "It has one", "expression": "part.exists()"}
THING = definition(
    "Thing",
    {"path": "Thing", "min": 0, "max": "*", "constraint": [RULE, {**RULE, "key": "ele-1"}]},
    element("Thing.id", "http://hl7.org/fhirpath/System.String", base={"path": "Resource.id"}),
    element(
        "Thing.status",
        "code",
        isSummary=True,
        least=1,
        binding={"strength": "required", "valueSet": f"{STATUS}|4.0.1"},
    ),
    element("Thing.value[x]", "Quantity", "string", isSummary=True),
    element("Thing.valueQuantity", "Quantity"),
    element("Thing.part", "BackboneElement", most="*"),
    {"path": "Thing.part.again", "min": 0, "max": "*", "contentReference": "#Thing.part"},
    element("Thing.later", "string"),
    element("Thing.kind", "code", binding={"strength": "extensible", "valueSet": STATUS}),
    {
        **element("Thing.owner"),
        "type": [{"code": "Reference", "targetProfile": ["http://hl7.org/fhir/StructureDefinition/Thing"]}],
        "constraint": [{**RULE, "key": "own-1", "severity": "warning"}],
    },
)
FORGOTTEN = {
    "resourceType": "StructureDefinition",
    "snapshot": {"element": [element("Thing.note", "string")]},
}
NAMES = ("id", "status", "note", "valueQuantity", "valueString", "kind", "owner")
SCHEMA = {
    "Thing": {
        "properties": {
            **{name: {} for name in NAMES},
            "part": {"items": {"$ref": "#/definitions/Thing_Part"}},
        }
    },
    "Thing_Part": {"properties": {"again": {"items": {"$ref": "#/definitions/Thing_Part"}}}},
}


def parameter(code: str, type_: str, expression: str, **more: Any) -> dict[str, Any]:
    return {
        "id": code,
        "url": f"urn:{code}",
        "code": code,
        "base": ["Thing"],
        "type": type_,
        "expression": expression,
        **more,
    }


AGGREGATES = [
    {"definition": "urn:status", "expression": "status"},
    {"definition": "urn:size", "expression": "value.as(Quantity)"},
]
PARAMETERS = [
    parameter("status", "token", "Thing.status | Other.status"),
    parameter("size", "quantity", "(Thing.value as Quantity)"),
    parameter("near", "special", "Thing.part"),
    parameter("both", "composite", "Thing", component=AGGREGATES),
    parameter("twice", "composite", "Thing", component=[AGGREGATES[1], AGGREGATES[1]]),
    parameter("start", "number", "Thing.start"),
    parameter(
        "between",
        "composite",
        "Thing.part",
        component=[
            {"definition": "urn:status", "expression": "%resource.status"},
            {"definition": "urn:start", "expression": "start"},
            {"definition": "urn:start", "expression": "end"},
        ],
    ),
]
CODES = {
    "resourceType": "CodeSystem",
    "url": "urn:s",
    "content": "complete",
    "concept": [{"code": "a", "concept": [{"code": "b"}]}],
}
NICKNAME = {
    "resourceType": "StructureDefinition",
    "url": "urn:nickname",
    "type": "Extension",
    "context": [{"type": "element", "expression": "Thing"}],
    "snapshot": {"element": []},
    "differential": {
        "element": [
            {
                "id": "Extension.value[x]",
                "path": "Extension.value[x]",
                "short": "told",
                "min": 1,
                "fixedString": "x",
                "constraint": [{"key": "ele-1", "expression": "x"}, {"key": "nick-1", "expression": "y"}],
            }
        ]
    },
}
COMPOSE = {"include": [{"system": "urn:s"}], "exclude": [{"system": "urn:s", "concept": [{"code": "a"}]}]}
FILES: dict[str, Any] = {
    "profiles-types.json": [],
    "profiles-resources.json": [THING],
    "dataelements.json": [FORGOTTEN],
    "valuesets.json": [CODES, {"resourceType": "ValueSet", "url": STATUS, "compose": COMPOSE}],
    "v3-codesystems.json": [],
    "v2-tables.json": [],
    "valuesets-medplum-generated.json": [],
    "extension-definitions.json": [NICKNAME],
    "profiles-others.json": [],
    "search-parameters.json": PARAMETERS,
}


@pytest.fixture
def tables(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    whole = {name: {"entry": [{"resource": each} for each in found]} for name, found in FILES.items()}
    whole["fhir.schema.json"] = {"definitions": SCHEMA}
    whole["compartmentdefinition-patient.json"] = {
        "resource": [{"code": "Thing", "param": ["status"]}, {"code": "Other"}]
    }
    archive = tmp_path / "package.tgz"
    with tarfile.open(archive, "w:gz") as packed:
        for name, content in whole.items():
            text = json.dumps(content).encode()
            member = tarfile.TarInfo(f"package/dist/fhir/r4/{name}")
            member.size = len(text)
            packed.addfile(member, io.BytesIO(text))
    monkeypatch.setattr(distill, "TARGET", tmp_path)
    distill.main(str(archive))
    return tmp_path


def table(tables: Path, name: str) -> Any:
    return json.loads((tables / name).read_text(encoding="utf-8"))


def test_elements_are_those_that_the_schema_knows(tables: Path) -> None:
    assert table(tables, "structure.json") == {
        "Thing": {
            "id": "0..1 id",
            "status": "1..1 code @status",
            "value[x]": "0..1 Quantity|string",
            "part": "0..* Thing.part",
            "kind": "0..1 code",
            "owner": "0..1 Reference",
            "note": "0..1 string",
        },
        "Thing.part": {"again": "0..* Thing.part"},
    }
    assert table(tables, "resource-types.json") == ["Thing"]


def test_a_summary_is_what_is_marked_in_types_that_leave_something_out(tables: Path) -> None:
    assert table(tables, "summary.json") == {"Thing": "status value", "Thing.part": ""}


def test_a_value_set_is_listed_with_what_it_leaves_out(tables: Path) -> None:
    assert table(tables, "codes.json") == {"status": {"urn:s": ["b"]}}


def test_a_rule_is_parsed_and_stands_with_its_type_or_element(tables: Path) -> None:
    assert table(tables, "invariants.json") == {
        "expressions": {"0": ["call", ["member", None, "part"], "exists", []]},
        "rules": {
            "Thing": [
                ["", "thg-1", "error", "0", "It has one"],
                ["owner", "own-1", "warning", "0", "It has one"],
            ]
        },
    }


def test_targets_and_extensible_bindings_are_told_by_element(tables: Path) -> None:
    assert table(tables, "targets.json") == {"Thing": {"owner": "Thing"}}
    assert table(tables, "bindings.json") == {"Thing": {"kind": "status"}}


def test_a_profile_is_cut_to_what_it_constrains(tables: Path) -> None:
    (line,) = gzip.decompress((tables / "profiles.ndjson.gz").read_bytes()).splitlines()
    assert json.loads(line) == {
        "url": "urn:nickname",
        "type": "Extension",
        "context": [{"type": "element", "expression": "Thing"}],
        "differential": {
            "element": [
                {
                    "id": "Extension.value[x]",
                    "path": "Extension.value[x]",
                    "min": 1,
                    "fixedString": "x",
                    "constraint": [{"key": "nick-1", "expression": "y"}],
                }
            ]
        },
    }


def test_parameters_are_those_that_can_be_laid_out_in_rows(tables: Path) -> None:
    quantity = {"type": "quantity", "paths": ["value.ofType(Quantity)"]}
    status = {"type": "token", "paths": ["status"]}
    assert table(tables, "search-parameters.json") == {
        "Thing": {
            "status": status,
            "size": quantity,
            "near": {"type": "special", "paths": ["part"]},
            "both": {"type": "composite", "paths": [""], "components": [status, quantity]},
            "start": {"type": "number", "paths": ["start"]},
            "between": {
                "type": "composite",
                "paths": ["part"],
                "components": [
                    {"type": "token", "paths": ["%resource.status"]},
                    {"type": "number", "paths": ["start"]},
                    {"type": "number", "paths": ["end"]},
                ],
            },
        }
    }
    assert table(tables, "compartment-patient.json") == {"Thing": ["status"]}


def test_a_small_change_is_a_small_difference(tables: Path) -> None:
    lines = (tables / "structure.json").read_text(encoding="utf-8").splitlines()
    assert '  "status": "1..1 code @status",' in lines

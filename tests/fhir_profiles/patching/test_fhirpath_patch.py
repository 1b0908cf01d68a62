"""FHIRPath Patch on texts (R4 fhirpatch.html): what a path finds is changed, and not a byte beside it."""

import json
from typing import Any

import pytest

from fhir_profiles.issues import InvalidDocument
from fhir_profiles.patching.fhirpath_patch import read_fhirpath_patch
from fhir_profiles.patching.patches import UnfitPatch

TEXT = (
    '{ "resourceType":"Patient",\r\n'
    ' "name":[{"given":["a","b"],"_given":[null,{"id":"g"}]}, {"family" : "F"}],'
    ' "birthDate":"1970-01-01", "_birthDate":{"id":"d"}, "deceasedBoolean" : true,'
    ' "extension":[{"url":"http://e.org","valueDecimal":1.50}] }'
)


def part(name: str, value: Any) -> dict[str, Any]:
    """A part of an operation: a plain value by its type, else `{"valueCode": ...}` or a list of parts."""
    if isinstance(value, list):
        return {"name": name, "part": value}
    if isinstance(value, dict):
        return {"name": name, **value}
    return {"name": name, "valueInteger" if isinstance(value, int) else "valueString": value}


def operation(kind: str, path: str, **parts: Any) -> dict[str, Any]:
    named = {"type": {"valueCode": kind}, "path": path, **parts}
    return {"name": "operation", "part": [part(name, value) for name, value in named.items()]}


def sent(*operations: Any) -> bytes:
    return json.dumps({"resourceType": "Parameters", "parameter": operations}).encode()


def patched(*operations: dict[str, Any]) -> str:
    return read_fhirpath_patch(sent(*operations)).applied(TEXT)


CONTACT = [
    part("relationship", {"valueCodeableConcept": {"text": "r"}}),
    part("name", {"valueHumanName": {"text": "n"}}),
    part("gender", {"valueCode": "female"}),
]


@pytest.mark.parametrize(
    ("asked", "before", "after"),
    [
        (operation("replace", "Patient.birthDate", value={"valueDate": "1980"}), '"1970-01-01"', '"1980"'),
        (operation("replace", "Patient.name[1].family", value="G"), '"F"', '"G"'),
        (operation("replace", "Patient.name.given[0]", value="c"), '"a","b"', '"c","b"'),
        (
            operation("replace", "Patient.deceased", value={"valueDateTime": "2020"}),
            ', "deceasedBoolean" : true',
            "",
        ),
        (operation("delete", "Patient.birthDate"), ' "birthDate":"1970-01-01", "_birthDate":{"id":"d"},', ""),
        (operation("delete", "Patient.name[1]"), ', {"family" : "F"}', ""),
        (operation("delete", "Patient.name[0].given[1]"), '"a","b"],"_given":[null,{"id":"g"}]', '"a"]'),
        (operation("delete", "Patient.photo"), "", ""),
        (operation("delete", "Patient.name.where(family = 'F').family"), ', {"family" : "F"}', ""),
        (
            operation("insert", "Patient.name[0].given", index=1, value="x"),
            '"a","b"],"_given":[null,{"id":"g"}]',
            '"a","x","b"],"_given":[null,null,{"id":"g"}]',
        ),
        (
            operation("move", "Patient.name[0].given", source=1, destination=0),
            '"a","b"],"_given":[null,{"id":"g"}]',
            '"b","a"],"_given":[{"id":"g"},null]',
        ),
        (
            operation("add", "Patient", name="gender", value={"valueCode": "male"}),
            "}] }",
            '}],"gender":"male" }',
        ),
        (operation("add", "Patient.name[1]", name="given", value="x"), '"F"}', '"F","given":["x"]}'),
        (
            operation("add", "Patient", name="contact", value=CONTACT),
            "}] }",
            '}],"contact":[{"relationship":[{"text": "r"}],"name":{"text": "n"},"gender":"female"}] }',
        ),
        (
            operation(
                "add",
                "Patient.birthDate",
                name="extension",
                value={"valueExtension": {"url": "http://e.org", "valueString": "x"}},
            ),
            '{"id":"d"}',
            '{"id":"d","extension":[{"url": "http://e.org", "valueString": "x"}]}',
        ),
    ],
)
def test_an_operation_changes_what_its_path_finds(asked: dict[str, Any], before: str, after: str) -> None:
    done = patched(asked)

    if "deceased" in before:
        assert '"deceasedDateTime":"2020"' in done
        assert "deceasedBoolean" not in done
    else:
        assert done == (TEXT.replace(before, after, 1) if before else TEXT)
    assert '"valueDecimal":1.50' in done


def test_a_choice_goes_by_the_datatype_of_its_value() -> None:
    done = patched(
        operation("delete", "Patient.deceased"),
        operation("add", "Patient", name="deceased", value={"valueDateTime": "2020"}),
        operation("add", "Patient", name="multipleBirth", value={"valueInteger": 2}),
    )

    assert json.loads(done)["deceasedDateTime"] == "2020"
    assert json.loads(done)["multipleBirthInteger"] == 2


@pytest.mark.parametrize(
    "asked",
    [
        operation("replace", "Patient.gender", value={"valueCode": "male"}),
        operation("replace", "Patient.name", value={"valueHumanName": {}}),
        operation("replace", "Patient", value="x"),
        operation("replace", "Patient.name[1]", value="x"),
        operation("replace", "Patient.birthDate", value={"valuePeriod": {"start": "2020"}}),
        operation("add", "Patient", name="photo", value="x"),
        operation("replace", "Patient.birthDate"),
        operation("delete", "Patient.name"),
        operation("delete", "Patient"),
        operation("add", "Patient", name="birthDate", value={"valueDate": "1980"}),
        operation("add", "Patient", name="deceased", value={"valueDateTime": "1980"}),
        operation("add", "Patient", name="colour", value="red"),
        operation("add", "Patient.name", name="family", value="x"),
        operation("insert", "Patient.name", index=3, value={"valueHumanName": {"text": "x"}}),
        operation("insert", "Patient.name", value={"valueHumanName": {"text": "x"}}),
        operation("insert", "Patient.birthDate", index=0, value="x"),
        operation("move", "Patient.name", source=0, destination=2),
        operation("delete", "Patient.name.single()"),
    ],
)
def test_what_does_not_fit_is_named_by_its_place(asked: dict[str, Any]) -> None:
    with pytest.raises(UnfitPatch) as refused:
        patched(operation("replace", "Patient.birthDate", value={"valueDate": "1980"}), asked)

    assert refused.value.issues[0].expression == "Parameters.parameter[1]"


@pytest.mark.parametrize(
    "text",
    [
        b'{"resourceType":"Patient"}',
        b'{"resourceType":"Parameters"}',
        b'{"resourceType":"Parameters","parameter":[]}',
        b'{"resourceType":"Parameters","parameter":[1]}',
        b'{"resourceType":"Parameters","parameter":[{"name":"other"}]}',
        sent(operation("grow", "Patient")),
        sent(operation("delete", "Patient.where(")),
        sent(operation("delete", "")),
        sent(operation("insert", "Patient.name", index=-1, value="x")),
        sent(operation("insert", "Patient.name", index="1", value="x")),
    ],
)
def test_what_is_no_patch_is_refused(text: bytes) -> None:
    with pytest.raises(InvalidDocument):
        read_fhirpath_patch(text)

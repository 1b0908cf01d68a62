"""XML of resources: what JSON says comes back from it, and what is none is refused with its line."""

import json
from pathlib import Path
from typing import Any

import pytest

from fhir_profiles.definitions.registry import RESOURCE_TYPES
from fhir_profiles.issues import InvalidDocument
from fhir_profiles.validation.validation import validate
from fhir_profiles.xml import json_of, xml_of
from fhir_profiles.xml.vocabulary import DEEPEST
from tests.factories.minimal import minimal

EXAMPLES = sorted((Path(__file__).parents[1] / "examples").glob("*.json"))
FHIR = 'xmlns="http://hl7.org/fhir"'


def exact(text: bytes) -> Any:
    """The values of a JSON text, numbers as they are written."""
    return json.loads(
        text, parse_float=lambda each: ("number", each), parse_int=lambda each: ("number", each)
    )


def resource(body: str, kind: str = "Patient") -> bytes:
    return f"<{kind} {FHIR}>{body}</{kind}>".encode()


@pytest.mark.parametrize("path", EXAMPLES, ids=lambda path: path.stem)
@pytest.mark.parametrize("pretty", [False, True])
def test_an_example_comes_back_from_its_xml(path: Path, pretty: bool) -> None:
    raw = path.read_bytes()

    assert exact(json_of(xml_of(raw, pretty=pretty))) == exact(raw)


@pytest.mark.parametrize("kind", sorted(RESOURCE_TYPES))
def test_a_resource_of_each_type_comes_back_from_its_xml(kind: str) -> None:
    raw = json.dumps(minimal(kind, "Patient/p", id="a", meta={"tag": [{"code": "x"}]})).encode()

    back = json_of(xml_of(raw))

    assert exact(back) == exact(raw)
    assert validate(json.loads(back)) == validate(json.loads(raw))


@pytest.mark.parametrize(
    "members",
    [
        '"active":true',
        '"active":false',
        '"birthDate":"1970-01-01","_birthDate":{"id":"b","extension":[{"url":"http://e.org","valueString":"x"}]}',
        '"_birthDate":{"extension":[{"url":"http://e.org","valueCode":"x"}]}',
        '"name":[{"given":["a",null,"c"],"_given":[null,{"id":"g"},{"id":"h"}]}]',
        '"name":[{"given":["a","b"]},{"id":"n","family":"c"}]',
        '"extension":[{"url":"http://e.org","valueDecimal":0.10},{"url":"http://e.org","valueDecimal":1E-22}]',
        '"extension":[{"id":"e","url":"http://e.org","extension":[{"url":"x","valueInteger":-0}]}]',
        '"extension":[{"url":"http://e.org","valueDecimal":-12345678901234567890.1234567890}]',
        '"multipleBirthInteger":3',
        '"contained":[{"resourceType":"Organization","id":"o","name":"O"},{"resourceType":"Basic","code":{}}]',
        r'"text":{"div":"<div xmlns=\"http://www.w3.org/1999/xhtml\">a &lt; b<br/>\n<b>c</b></div>"}',
        r'"language":"a\tb\nc\rd \"e\" <f> & ä 😀  "',
    ],
)
def test_what_json_says_comes_back(members: str) -> None:
    raw = f'{{"resourceType":"Patient",{members}}}'.encode()

    assert exact(json_of(xml_of(raw))) == exact(raw)


def test_elements_come_in_the_order_of_their_definition() -> None:
    text = xml_of(
        b'{"birthDate":"1970","id":"p","name":[{"given":["b"],"use":"usual"}],"resourceType":"Patient"}'
    )

    assert text.decode() == (
        '<?xml version="1.0" encoding="UTF-8"?><Patient xmlns="http://hl7.org/fhir"><id value="p"/>'
        '<name><use value="usual"/><given value="b"/></name><birthDate value="1970"/></Patient>'
    )


def test_what_xml_cannot_say_becomes_the_replacement_character() -> None:
    assert "a\ufffdb" in xml_of(rb'{"resourceType":"Patient","language":"a\u0001b"}').decode()


@pytest.mark.parametrize(
    "members",
    [
        '"colour":"red"',
        '"active":{"a":1}',
        '"active":[[true]]',
        '"_active":1',
        '"name":"x"',
        '"name":[null]',
        '"name":[{"given":[{}]}]',
        '"contained":[{"resourceType":"Colour"}]',
        '"contained":[1]',
        '"text":{"div":"<div>"}',
        '"text":{"div":{}}',
        '"text":{"div":"<div/><script/>"}',
        '"text":{"div":"<!DOCTYPE div><div/>"}',
    ],
)
def test_what_is_no_resource_is_refused_and_not_written(members: str) -> None:
    with pytest.raises(InvalidDocument, match="XML cannot say it"):
        xml_of(f'{{"resourceType":"Patient",{members}}}'.encode())


def test_a_narrative_is_kept_as_it_is_written_or_made_to_stand_alone() -> None:
    div = "<div  xmlns=\"http://www.w3.org/1999/xhtml\">a<!-- b --> &amp; <i class='c'>d</i></div>"
    leaning = "<x:div><x:b a='1 &amp; 2'>c &lt; d</x:b></x:div>"
    space = f"""<Patient {FHIR} xmlns:x="http://www.w3.org/1999/xhtml"><text>{leaning}</text></Patient>"""

    kept, alone = (
        json.loads(json_of(each))["text"]["div"] for each in (resource(f"<text>{div}</text>"), space.encode())
    )

    assert kept == div
    assert alone == '<div xmlns="http://www.w3.org/1999/xhtml"><b a="1 &amp; 2">c &lt; d</b></div>'


def test_a_value_of_another_datatype_stays_a_text_that_the_validation_names() -> None:
    text = json_of(resource('<active value="yes"/><multipleBirthInteger value="01"/>'))

    assert json.loads(text) == {"resourceType": "Patient", "active": "yes", "multipleBirthInteger": "01"}
    assert {issue.expression for issue in validate(json.loads(text))} == {
        "Patient.active",
        "Patient.multipleBirth.ofType(integer)",
    }


@pytest.mark.parametrize(
    ("text", "wrong"),
    [
        (b"", "not valid XML"),
        (b"<Patient", "not valid XML"),
        (b"\xff\xfe<", "not valid XML"),
        (b"<Patient/>", "a resource is in the namespace"),
        (b'<Colour xmlns="http://hl7.org/fhir"/>', "there is no such resource type"),
        (resource("<colour value='red'/>"), "there is no element colour here"),
        (resource("<active value='true' shade='x'/>"), "there is no attribute shade here"),
        (resource("<active>true</active>"), "text stands outside of a narrative"),
        (resource("<active/>"), "active has neither a value nor an extension"),
        (resource("<contained/>"), "contained holds no resource"),
        (resource("<contained><Basic/><Basic/></contained>"), "one resource to an element"),
        (resource("<name id='1'><id value='1'/></name>"), "there is no element id here"),
        (resource("<text><div>x</div></text>"), "the narrative is not in the namespace"),
        (resource("<x:active xmlns:x='urn:x' value='true'/>"), "is not in the namespace"),
        (b"<!DOCTYPE Patient [<!ENTITY a 'b'>]>" + resource(""), "a document type"),
        (b"<?xml-stylesheet href='x'?>" + resource(""), "a document type or an instruction"),
        (resource("&nbsp;"), "not valid XML"),
        (resource("<active value='true'/><id value='a'/>"), "id is out of order"),
        (resource("<name><family value='a'/><use value='usual'/></name>"), "use is out of order"),
        (resource("<name/><active value='true'/><name/>"), "active is out of order"),
        (resource("<text><div xmlns='http://www.w3.org/1999/xhtml'/><status value='x'/></text>"), "order"),
        (resource("<extension url='x'>" * DEEPEST + "</extension>" * DEEPEST), "levels deep"),
    ],
)
def test_what_is_no_xml_of_fhir_is_refused_with_its_place(text: bytes, wrong: str) -> None:
    with pytest.raises(InvalidDocument, match=wrong) as refused:
        json_of(text)

    assert " at line 1, column " in refused.value.issues[0].diagnostics


def test_the_line_is_that_of_the_fault() -> None:
    with pytest.raises(InvalidDocument, match=r"no element colour here at line 3, column 3") as refused:
        json_of(resource("\n<name>\n  <colour/>\n</name>"))

    assert refused.value.issues[0].expression == "Patient.name"


@pytest.mark.parametrize(
    ("datatype", "text", "number"),
    [
        ("Integer", "+5", "5"),
        ("Integer", "-5", "-5"),
        ("Integer", "-0", "-0"),
        ("Integer", "+0", None),
        ("Integer", "+-5", None),
        ("Integer", "1e4", None),
        ("Integer", "1.0", None),
        ("PositiveInt", "+5", "5"),
        ("PositiveInt", "-0", None),
        ("PositiveInt", "05", None),
        ("UnsignedInt", "0", "0"),
        ("UnsignedInt", "-0", None),
        ("UnsignedInt", "+5", None),
        ("Decimal", "-0.0", "-0.0"),
        ("Decimal", "1e4", "1e4"),
        ("Decimal", "+5", None),
        ("Decimal", "925.", None),
        ("Decimal", "00.1", None),
    ],
)
def test_a_number_is_written_as_its_type_demands(datatype: str, text: str, number: str | None) -> None:
    inside = f'<parameter><name value="a"/><value{datatype} value="{text}"/></parameter>'

    read = json.loads(json_of(resource(inside, "Parameters")), parse_int=str, parse_float=str)
    json_text = json_of(resource(inside, "Parameters")).decode()

    assert read["parameter"][0][f"value{datatype}"] == (number or text)
    assert (f'"{text}"' in json_text) == (number is None)
    assert bool(validate(json.loads(json_text))) == (number is None)

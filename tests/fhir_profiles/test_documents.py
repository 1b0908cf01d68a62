"""Reading JSON strictly, and stamping it without touching anything else."""

import json
import re

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from fhir_profiles.documents import entry_resources, parse, parse_value, stamp
from fhir_profiles.issues import InvalidDocument
from fhir_profiles.nesting import DEEPEST_JSON
from tests.strategies.json_texts import NUMBERS, VALUES, objects, resources, strings

STAMPED = {"id": "a-1", "version_id": "7", "last_updated": "2026-01-02T03:04:05.678Z"}


def stamped(text: str, **references: str) -> str:
    return stamp(
        text.encode(),
        "a-1",
        "7",
        "2026-01-02T03:04:05.678Z",
        {f"urn:uuid:{key}": to for key, to in references.items()},
    ).decode()


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        (b"", "not valid JSON"),
        (b"{", "not valid JSON"),
        (b'{"a":1}x', "not valid JSON"),
        (b'{"a":01}', "not valid JSON"),
        (b'{"a":[1,]}', "not valid JSON"),
        (b'\xef\xbb\xbf{"a":1}', "not valid JSON"),
        (b'{"a":"\xff"}', "not valid JSON"),
        (b'{"a":"\xed\xa0\x80"}', "not valid JSON"),
        (b'{"a":"\\ud800"}', "not valid JSON"),
        (b'{"a":NaN}', "not valid JSON"),
        (b'{"a":-Infinity}', "not valid JSON"),
        (b'{"a":1e400}', "beyond a double"),
        (b'{"a":"line\nbreak"}', "not valid JSON"),
        (b"[1]", "not a JSON object"),
        (b'"Patient"', "not a JSON object"),
        (b'{"a":1,"a":1}', "occurs twice"),
        (b'{"b":[{"a":1,"\\u0061":2}]}', "occurs twice"),
        (b'{"a":1,"b":"\\u003a","a":"x"}', "occurs twice"),
        (b'{"a":"\\u0000"}', "U+0000"),
        (b'{"\\u0000":"a"}', "U+0000"),
        (b'{"a":-1%s}' % (b"0" * 400), "beyond a double"),
    ],
)
def test_what_json_or_fhir_forbids_is_refused_with_its_reason(text: bytes, reason: str) -> None:
    with pytest.raises(InvalidDocument, match=re.escape(reason)) as refused:
        parse(text)
    assert refused.value.issues[0].severity == "error"


@pytest.mark.parametrize(
    "text",
    [
        b'{"a":"\\\\u0000"}',
        b'{"a":"x:y\\u003a"}',
        b'{"a":1.5e300,"b":0.1000,"c":9223372036854775807}',
        b' \n{"a" : {"b":[]} } ',
        '{"a":"\\ud83d\\ude00 한국"}'.encode(),
    ],
)
def test_unusual_but_lawful_texts_are_read_as_any_reader_would(text: bytes) -> None:
    assert parse(text) == json.loads(text)


@pytest.mark.parametrize(
    ("text", "place"),
    [
        (
            '{"resourceType":"Parameters","parameter":[{"name":"a"},{"valueDecimal":1e400}]}',
            "Parameters.parameter[1].value.ofType(decimal)",
        ),
        (
            '{"resourceType":"Observation","valueQuantity":{"unit":"a,b]\\"}","value": -1e999}}',
            "Observation.value.ofType(Quantity).value",
        ),
        (
            '{"entry":[{"resource":{"resourceType":"Media","content":{"size":1e400}}}]}',
            "entry[0].resource.content.size",
        ),
        (
            '{"resourceType":"Bundle","entry":[{},{"resource":{"a":[[1],[2,3]],"resourceType":"Media","width":1e400}}]}',
            "Bundle.entry[1].resource.width",
        ),
        ('{"resourceType":"Patient","nobody":{"a":1e400}}', "Patient.nobody.a"),
        ("[1, 1e400]", ""),
    ],
)
def test_a_number_beyond_a_double_is_told_with_its_place(text: str, place: str) -> None:
    with pytest.raises(InvalidDocument) as refused:
        parse_value(text.encode())
    assert [each.expression for each in refused.value.issues] == [place]


@pytest.mark.parametrize(
    ("text", "place"),
    [
        ('{"resourceType":"Patient","active":true,"active":true}', "Patient.active"),
        (
            '{"resourceType":"Patient","name":[{},{"family":"{\\"a\\":1,","use":"usual","family":"b"}]}',
            "Patient.name[1].family",
        ),
        (
            '{"resourceType":"Observation","valueQuantity":{},"value\\u0051uantity":{}}',
            "Observation.value.ofType(Quantity)",
        ),
        ('{"resourceType":"Patient","name":[{"use":"usual"},{"use":"old"}],"id":"a","id":"b"}', "Patient.id"),
    ],
)
def test_a_name_that_occurs_twice_is_told_with_its_place(text: str, place: str) -> None:
    with pytest.raises(InvalidDocument) as refused:
        parse(text.encode())
    assert [each.expression for each in refused.value.issues] == [place]


def test_whole_numbers_of_any_length_are_read_as_numbers() -> None:
    assert parse(b'{"a":[123456789012345678901234567890]}') == {"a": [123456789012345678901234567890.0]}


@pytest.mark.parametrize("brackets", ["{}", "[]"])
def test_nesting_is_read_to_the_limit_and_refused_beyond(brackets: str) -> None:
    def nested(levels: int) -> bytes:
        opening = '{"a":' if brackets == "{}" else "["
        return ('{"a":' + opening * (levels - 1) + "1" + brackets[1] * (levels - 1) + "}").encode()

    assert parse(nested(DEEPEST_JSON))
    for levels in (DEEPEST_JSON + 1, 900, 100_000):
        with pytest.raises(InvalidDocument):
            parse(nested(levels))


def test_a_message_does_not_repeat_the_text() -> None:
    with pytest.raises(InvalidDocument) as refused:
        parse(b'{"family":"Secretname" "given":1}')
    assert "Secretname" not in str(refused.value)


@given(resources())
def test_a_stamped_text_reads_as_the_old_one_with_id_version_and_instant(text: str) -> None:
    before = parse(text.encode())
    after = parse(stamped(text).encode())
    meta = {**before.pop("meta", {}), "versionId": "7", "lastUpdated": "2026-01-02T03:04:05.678Z"}
    before.pop("id", None)
    assert after == {**before, "id": "a-1", "meta": meta}


@given(resources(complete=True))
def test_stamping_back_what_was_there_gives_back_every_byte(text: str) -> None:
    before = parse(text.encode())
    meta = before["meta"]
    back = stamp(stamped(text).encode(), before["id"], meta["versionId"], meta["lastUpdated"])
    assert back.decode() == text


@given(objects(VALUES))
def test_what_is_inserted_leaves_the_text_around_it_alone(text: str) -> None:
    assume(not {"id", "meta"} & parse(text.encode()).keys())
    after = stamped(text)
    added = len(after) - len(text)
    assert any(after[:at] + after[at + added :] == text for at in range(len(text)))


@given(NUMBERS)
def test_the_spelling_of_a_number_survives(number: str) -> None:
    text = f'{{"resourceType":"Observation","valueQuantity":{{"value":{number}}}}}'
    assert f'"value":{number}' in stamped(text)


def test_what_is_missing_is_put_behind_the_type_and_own_meta_is_kept() -> None:
    assert stamped('{"resourceType":"Patient","active":true}') == (
        '{"resourceType":"Patient","id":"a-1","meta":{"versionId":"7",'
        '"lastUpdated":"2026-01-02T03:04:05.678Z"},"active":true}'
    )
    assert stamped('{"id":"x","meta":{"tag":[ ]}}') == (
        '{"id":"a-1","meta":{"versionId":"7","lastUpdated":"2026-01-02T03:04:05.678Z","tag":[ ]}}'
    )


def test_a_reference_is_rewritten_where_it_is_one_and_nowhere_else() -> None:
    text = (
        '{"id":"x","subject":{"reference":"urn:uuid:1","display":"urn:uuid:1"},"url":"urn:uuid:1",'
        '"instantiatesUri":["urn:uuid:1","urn:uuid:2"],"identifier":[{"value":"urn:uuid:1"}],'
        '"partOf":{"reference":"urn:uuid:10"},'
        '"text":{"div":"<div><a href=\\"urn:uuid:1\\">urn:uuid:1</a><img src=\'urn:uuid:1\'/></div>"}}'
    )
    after = parse(stamped(text, **{"1": "Patient/9"}).encode())
    assert after["subject"] == {"reference": "Patient/9", "display": "urn:uuid:1"}
    assert after["url"] == "Patient/9"
    assert after["instantiatesUri"] == ["Patient/9", "urn:uuid:2"]
    assert after["identifier"] == [{"value": "urn:uuid:1"}]
    assert after["partOf"] == {"reference": "urn:uuid:10"}
    assert after["text"]["div"] == "<div><a href=\"Patient/9\">urn:uuid:1</a><img src='Patient/9'/></div>"


@pytest.mark.parametrize(
    "text",
    [
        '{"subject":{"reference":"urn:uuid:1"},"encounter":{"reference" :\n"urn:uuid:2"}}',
        '{"subject":{"reference":"urn:uuid:1","display":"urn:uuid:1"},"url":"urn:uuid:2"}',
        '{"subject":{"reference":"urn:uuid:12"},"instantiatesUri":["urn:uuid:1","urn:uuid:2"]}',
        '{"urn:uuid:1":{"reference":"urn:uuid:2"},"text":{"div":"<a href=\'urn:uuid:1\'/>"}}',
        '{"id":"urn:uuid:1","implicitRules":"urn:uuid:1","code":{"text":"see urn:uuid:1"}}',
    ],
)
def test_references_are_rewritten_alike_whether_or_not_anything_is_escaped(text: str) -> None:
    references = {"1": "Patient/9", "2": "Encounter/8"}
    escaped = f'{text[:-1]},"note":"\\\\"}}'
    assert {**parse(stamped(text, **references).encode()), "note": "\\"} == parse(
        stamped(escaped, **references).encode()
    )


def test_a_conditional_reference_is_rewritten_however_it_is_escaped() -> None:
    text = '{"subject":{"r\\u0065ference":"Patient?identifier=http:\\/\\/a|1"}}'
    found = stamp(text.encode(), **STAMPED, references={"Patient?identifier=http://a|1": "Patient/9"})
    assert parse(found)["subject"] == {"reference": "Patient/9"}


@given(st.lists(objects(strings()) | st.none(), max_size=4))
def test_the_resources_of_a_bundle_come_out_as_they_went_in(found: list[str | None]) -> None:
    entries = ", ".join('{"request":{}}' if each is None else f'{{"resource" : {each} }}' for each in found)
    bundle = f'{{"resourceType":"Bundle", "entry" :[ {entries} ],"type":"batch"}}'
    assert entry_resources(bundle.encode()) == tuple(each and each.encode() for each in found)

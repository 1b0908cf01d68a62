"""A resource is made ready without its text being written anew."""

import json

import orjson
from hypothesis import given
from hypothesis import strategies as st

from app.records.write.receiving import Received, prepare
from fhir_profiles.documents import parse
from graph.site import Site
from tests.strategies.json_texts import CHARACTERS, NUMBERS

SITE = Site("http://hilum.test")
NOW = 1_767_225_600_000_000  # 2026-01-01T00:00:00Z


@st.composite
def observations(draw: st.DrawFn) -> str:
    """Texts with a decimal as it was typed, a note of any characters and perhaps a meta."""
    meta = '"meta" : {"versionId":"7", "tag":[{"code":"x"}]},' if draw(st.booleans()) else ""
    note = json.dumps(draw(st.text(CHARACTERS, max_size=20)), ensure_ascii=draw(st.booleans()))
    return (
        f'{{ "resourceType":"Observation", {meta}"subject":{{"reference":"urn:uuid:p"}},'
        f'"note":[{{"text":{note}}}],\n"valueQuantity": {{"value": {draw(NUMBERS)}}} }}'
    )


@given(observations())
def test_only_id_meta_and_references_change(text: str) -> None:
    raw = text.encode()
    prepared = prepare(Received(raw, parse(raw)), SITE, "t", "a1", {"urn:uuid:p": "Patient/p"})
    served = prepared.stamped(3, NOW)
    before, after = orjson.loads(raw), orjson.loads(served)

    assert after["id"] == "a1"
    assert after["meta"]["versionId"] == "3"
    assert after["meta"]["lastUpdated"] == "2026-01-01T00:00:00.000000Z"
    assert after["meta"].get("tag") == before.get("meta", {}).get("tag")
    assert after["subject"]["reference"] == "Patient/p"
    tail = text.partition('"note"')[2]
    assert served.decode().endswith(tail)


def test_what_looks_like_a_mark_is_no_mark() -> None:
    raw = rb'{"note":[{"text":"\\udc00\\udc00 \\udc01\\udc01"}],"resourceType":"Observation"}'
    served = prepare(Received(raw, parse(raw)), SITE, "t", "a1").stamped(2, NOW)

    assert orjson.loads(served)["meta"]["versionId"] == "2"
    assert orjson.loads(served)["note"] == orjson.loads(raw)["note"]


def test_it_is_found_by_what_its_references_became() -> None:
    raw = b'{"resourceType":"Observation","status":"final","subject":{"reference":"urn:uuid:p"}}'
    prepared = prepare(Received(raw, parse(raw)), SITE, "t", "a1", {"urn:uuid:p": "Patient/p"})

    assert prepared.key == "t|-|Observation|a1"
    assert prepared.compartment == ("t|-|Patient|p",)
    assert ("t|-|Patient|p", "SUBJECT", "subject") in prepared.values.edges

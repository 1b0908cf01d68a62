"""The topic of a person: what messages make of it, whatever their order, and what is refused."""

from typing import Any

import pytest

from app.records.casts import topic as topics
from app.records.casts.messages import CastMessage, cast_message
from graph.casts.casts import CastState
from graph.errors import Conflict, HilumError, Invalid, TooLarge

TOPIC = "a-topic"


def message(name: str, id: str = "m", of: str = "1", version: str = "", **more: Any) -> CastMessage:
    kind = name.partition("-")[0]
    key = {"Patient": "patient", "ImagingStudy": "study", "DiagnosticReport": "report"}[kind]
    context = [{"key": key, "resource": {"resourceType": kind, "id": of}}, *more.get("context", ())]
    event = {"hub.topic": TOPIC, "hub.event": name, "context": context, "context.versionId": version}
    return cast_message({"timestamp": "2026-11-30T12:00:00Z", "id": id, "event": event}, TOPIC, "now")


def after(*messages: CastMessage) -> CastState:
    """The state after messages, each of which gives the context a version by its place."""
    state, sequence = dict[str, Any](), 0
    for at, each in enumerate(messages):
        state, sequence, _ = topics.published(state, sequence, each, TOPIC, f"v{at}")
    return state


def update(version: str, *entries: dict[str, Any], id: str = "u") -> CastMessage:
    bundle = {"key": "updates", "resource": {"resourceType": "Bundle", "entry": list(entries)}}
    return message("DiagnosticReport-update", id, version=version, context=[bundle])


def put(id: str, text: str = "seen") -> dict[str, Any]:
    return {
        "request": {"method": "PUT"},
        "resource": {"resourceType": "Observation", "id": id, "note": [{"text": text}]},
    }


def test_the_last_that_was_opened_is_the_current_context() -> None:
    state = after(
        message("Patient-open", "1"), message("ImagingStudy-open", "2"), message("Patient-open", "3")
    )

    assert topics.current_context(state)["context.type"] == "Patient"
    assert [each["event"]["hub.event"] for each in topics.openings(state)] == [
        "ImagingStudy-open",
        "Patient-open",
    ]
    assert topics.openings(state)[-1]["event"]["context.priorVersionId"] == "v0"


def test_what_is_closed_leaves_what_was_opened_before_it() -> None:
    state = after(
        message("Patient-open", "1"), message("ImagingStudy-open", "2"), message("ImagingStudy-close", "3")
    )

    assert topics.current_context(state)["context.type"] == "Patient"
    assert topics.current_context(after())["context.type"] == ""


@pytest.mark.parametrize("name", ["Patient-close", "DiagnosticReport-select", "DiagnosticReport-update"])
def test_what_is_not_open_is_neither_closed_nor_changed(name: str) -> None:
    bundle = {"key": "updates", "resource": {"resourceType": "Bundle"}}
    more = {"context": [bundle]} if name.endswith("update") else {}

    with pytest.raises(Conflict):
        after(message("ImagingStudy-open", "1"), message(name, "2", **more))
    kind = name.partition("-")[0]
    with pytest.raises(Conflict):
        after(message(f"{kind}-open", "1"), message(name, "2", of="another", **more))


def test_updates_are_all_or_nothing_and_of_the_version_that_is() -> None:
    opened = message("DiagnosticReport-open", "1")
    state = after(
        opened,
        update("v0", put("a"), put("b")),
        update("v1", {"request": {"method": "DELETE"}, "fullUrl": "Observation/a"}, id="w"),
    )

    bundle = topics.current_context(state)["context"][-1]["resource"]
    assert [each["resource"]["id"] for each in bundle["entry"]] == ["b"]
    assert topics.current_context(state)["context.versionId"] == "v2"
    with pytest.raises(Conflict, match="v1"):
        after(opened, update("v0", put("a")), update("v0", put("c"), id="w"))
    with pytest.raises(TooLarge):
        after(opened, update("v0", put("a", "x" * topics.MOST_BYTES)))


def test_what_is_sent_twice_is_said_once() -> None:
    twice = message("Patient-open", "1")
    state = after(twice, twice)

    assert len(topics.since(state, 0)) == 1
    assert topics.since(state, 1) == []


def test_only_the_last_messages_are_kept() -> None:
    state = after(*(message("Patient-open", str(at)) for at in range(topics.MOST_KEPT + 5)))

    kept = topics.since(state, 0)
    assert (len(kept), kept[-1]["number"]) == (topics.MOST_KEPT, topics.MOST_KEPT + 5)


@pytest.mark.parametrize(
    "raw",
    [
        None,
        [],
        {"id": "1"},
        {"id": "1", "event": {"hub.topic": "another", "hub.event": "Patient-open", "context": []}},
        {"id": "x" * 65, "event": {"hub.topic": TOPIC, "hub.event": "Patient-open", "context": []}},
        {
            "id": "1",
            "event": {"hub.topic": TOPIC, "hub.event": "Patient-open", "context": [{"key": "patient"}]},
        },
        {"id": "1", "event": {"hub.topic": TOPIC, "hub.event": "syncerror", "context": []}},
        {"id": "1", "event": {"hub.topic": TOPIC, "hub.event": "Patient-open", "context": [{}] * 50}},
    ],
)
def test_what_is_no_message_says_where_it_is_wrong(raw: Any) -> None:
    with pytest.raises(Invalid) as refused:
        cast_message(raw, TOPIC, "now")

    assert refused.value.location


@pytest.mark.parametrize(
    "entry", [{}, {"request": {"method": "POST"}}, {"request": {"method": "PUT"}}, {"request": 1}, 7]
)
def test_an_entry_of_an_update_puts_or_deletes_one_thing(entry: Any) -> None:
    with pytest.raises(HilumError):
        update("v0", entry)


def with_context(name: str, *context: dict[str, Any], **more: Any) -> CastMessage:
    event = {"hub.topic": TOPIC, "hub.event": name, "context": list(context), **more}
    return cast_message({"timestamp": "2026-11-30T12:00:00Z", "id": "other", "event": event}, TOPIC, "now")


def test_an_update_names_its_report_by_a_reference() -> None:
    named = {"key": "report", "reference": {"reference": "DiagnosticReport/1"}}
    bundle = {"key": "updates", "resource": {"resourceType": "Bundle", "entry": [put("a")]}}

    update_of = with_context("DiagnosticReport-update", named, bundle, **{"context.versionId": "v0"})

    assert update_of.anchor["id"] == "1"
    state, _, _ = topics.published(after(message("DiagnosticReport-open")), 1, update_of, TOPIC, "v1")
    assert topics.current_context(state)["context.versionId"] == "v1"


def test_an_opening_holds_what_it_opens() -> None:
    with pytest.raises(Invalid):
        with_context(
            "DiagnosticReport-open", {"key": "report", "reference": {"reference": "DiagnosticReport/1"}}
        )


@pytest.mark.parametrize("entry", [[None], 5, {"a": 1}, ["x"], [{"resource": 5}], [{"resource": {}}]])
@pytest.mark.parametrize("name", ["Patient-open", "DiagnosticReport-open", "DiagnosticReport-select"])
def test_a_bundle_whose_entries_are_none_is_refused_with_its_place(name: str, entry: object) -> None:
    with pytest.raises(Invalid) as refused:
        message(name, context=[{"key": "content", "resource": {"resourceType": "Bundle", "entry": entry}}])

    assert refused.value.location == "event.context[1].resource"


def test_a_moment_that_is_none_is_refused() -> None:
    event = {"hub.topic": TOPIC, "hub.event": "syncerror", "context": []}
    with pytest.raises(Invalid) as refused:
        cast_message({"timestamp": "x", "id": "m", "event": event}, TOPIC, "now")

    assert refused.value.location == "timestamp"

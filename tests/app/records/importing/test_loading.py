"""Files of resources from the disk: lines, resources, collections and transactions, each once."""

import json
from collections import Counter
from io import BytesIO
from pathlib import Path

import pytest

from app.records.importing import LineState, RecordLoading
from app.records.importing.lines import BATCH_LINES, Lines, batches
from app.records.importing.loading import files_below, is_of_record
from app.security.scopes import system_scope
from app.wiring import Wiring
from app.wiring.bulk import record_loading
from graph.scope import AccessScope
from tests.factories.fhir import bundle, condition, entry, patient


@pytest.fixture
def scope(services: Wiring) -> AccessScope:
    return system_scope(services.sites.own.tenant)


@pytest.fixture
def loading(services: Wiring) -> RecordLoading:
    return record_loading(services)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder for what is sent, beside the home of the gateway."""
    made = tmp_path / "sent"
    made.mkdir()
    return made


def written(folder: Path) -> list[Path]:
    """Files of each kind in a folder."""
    lines = [json.dumps(patient(f"P{number}", id=f"p{number}")) for number in range(BATCH_LINES + 3)]
    (folder / "Patient.ndjson").write_text("\n".join(lines), encoding="utf-8")
    (folder / "one.json").write_text(json.dumps(condition("Patient/p1", id="dx")), encoding="utf-8")
    found = bundle(entry(condition("Patient/p1", id="found")), kind="searchset")
    (folder / "found.json").write_text(json.dumps(found), encoding="utf-8")
    (folder / "wrong.ndjson").write_text("{\n\n" + json.dumps(patient()) + "\n", encoding="utf-8")
    (folder / "picture.dcm").write_bytes(b"\0")
    return list(filter(is_of_record, files_below([folder])))


def test_what_is_loaded_again_is_known(
    services: Wiring, loading: RecordLoading, scope: AccessScope, folder: Path
) -> None:
    files = written(folder)
    first, again = (Counter(each.outcome.state for each in loading.load(scope, files)) for _ in range(2))

    assert [file.name for file in files] == ["Patient.ndjson", "found.json", "one.json", "wrong.ndjson"]
    assert first == {LineState.CREATED: BATCH_LINES + 5, LineState.REFUSED: 2}
    assert again == {LineState.KNOWN: BATCH_LINES + 5, LineState.REFUSED: 2}
    assert services.reader.current(scope, "Condition", "found").version_id == 1


def test_what_is_refused_is_named_by_its_line(
    loading: RecordLoading, scope: AccessScope, folder: Path
) -> None:
    refused = [each for each in loading.load(scope, written(folder)) if each.outcome.failure]

    assert [each.place.rpartition("/")[2] for each in refused] == ["wrong.ndjson:1", "wrong.ndjson:3"]


def test_a_transaction_is_done_as_it_stands(
    services: Wiring, loading: RecordLoading, scope: AccessScope, folder: Path
) -> None:
    whole = bundle(entry(patient(id="p"), "PUT", "Patient/p"), entry(condition("Patient/p")))
    half = bundle(entry(patient(id="q"), "PUT", "Patient/q"), entry({"resourceType": "Condition"}))
    for name, each in (("a", whole), ("b", half)):
        (folder / f"{name}.json").write_text(json.dumps(each), encoding="utf-8")

    states = [each.outcome.state for each in loading.load(scope, sorted(folder.iterdir()))]

    assert states == [LineState.CREATED, LineState.REFUSED]
    assert services.reader.current(scope, "Patient", "p").version_id == 1


def test_lines_are_read_from_any_place_and_none_is_too_long() -> None:
    text = b'{"a":1}\n\n' + b"x" * 40 + b"\nend"
    (whole,) = batches(BytesIO(text), 20)
    (rest,) = batches(BytesIO(text), 20, at=9, first=3)

    assert whole == Lines((b'{"a":1}', b"", None, b"end"), 1, len(text))
    assert list(rest.numbered()) == [(3, None), (4, b"end")]

"""What resources say is judged from their JSON once, and again when they are written."""

import json
from collections.abc import Mapping
from typing import Any

import numpy as np
import pytest

from graph.columns import judged
from graph.columns.judged import JudgedRows
from graph.columns.tables import HeldTable, NumberedTexts
from graph.keys import kind_key
from graph.packing import packed
from graph.session import Graph

_WRITE = """
MERGE (r:Resource {key: $key}) SET r.kind = $kind, r.serial = $serial, r.deleted = $deleted
WITH r OPTIONAL MATCH (r)-[:CURRENT]->(old) DETACH DELETE old
WITH DISTINCT r CREATE (r)-[:CURRENT]->(:Version {body: $body})
"""


def length(document: Mapping[str, Any]) -> int:
    """What is judged here: how long the text is."""
    return len(document["text"])


def write(graph: Graph, tenant: str, serial: int, text: str, *, deleted: bool = False) -> None:
    kind = kind_key(tenant, "DiagnosticReport")
    body = packed(json.dumps({"text": text}).encode())
    graph.run(_WRITE, key=f"{kind}|{serial}", kind=kind, serial=serial, body=body, deleted=deleted)


def said(table: HeldTable) -> dict[int, int]:
    return dict(zip(table.serials.tolist(), table["said"].tolist(), strict=True))


@pytest.fixture
def wanted(tenant: str) -> JudgedRows:
    return JudgedRows(kind_key(tenant, "DiagnosticReport"), length)


@pytest.mark.parametrize("at_once", [1, 2, 3, 100])
def test_all_are_judged_however_many_are_read_at_once(
    graph: Graph, tenant: str, wanted: JudgedRows, monkeypatch: pytest.MonkeyPatch, at_once: int
) -> None:
    monkeypatch.setattr(judged, "_AT_ONCE", at_once)
    for serial in (3, 0, 7, 5):
        write(graph, tenant, serial, "x" * serial)

    assert said(wanted.read(graph, NumberedTexts())) == {0: 0, 3: 3, 5: 5, 7: 7}


def test_those_that_were_written_are_judged_anew_and_those_that_were_deleted_are_gone(
    graph: Graph, tenant: str, wanted: JudgedRows
) -> None:
    for serial in (1, 2, 3):
        write(graph, tenant, serial, "x")
    held = wanted.read(graph, NumberedTexts())
    write(graph, tenant, 2, "xxxx")
    write(graph, tenant, 3, "xxxx", deleted=True)
    changed = np.array([2, 3], dtype=np.int64)

    now = held.mended(changed, wanted.read(graph, NumberedTexts(), changed))

    assert said(now) == {1: 1, 2: 4}


def test_of_a_kind_without_resources_there_is_an_empty_table(graph: Graph, wanted: JudgedRows) -> None:
    assert said(wanted.read(graph, NumberedTexts())) == {}

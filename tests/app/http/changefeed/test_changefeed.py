"""The change feed over HTTP: numbers without gaps, windows, states and what bad windows are told."""

from collections.abc import Callable
from typing import Any

import pytest
from flask.testing import FlaskClient

from tests.app.conftest import AsRole
from tests.factories.dicom import ct_instance

Feed = Callable[[str], Any]


@pytest.fixture
def feed(client: FlaskClient, as_role: AsRole) -> Feed:
    """Read the feed as a service."""
    return lambda query="": client.get(f"/dicom-web/changefeed{query}", headers=as_role("service")).json


@pytest.fixture
def stored(client: FlaskClient, as_role: AsRole) -> tuple[str, ...]:
    """Three instances of one series, of which the second is deleted again."""
    sops = ("1.2.1", "1.2.2", "1.2.3")
    for sop in sops:
        file = ct_instance(study_uid="1.1", series_uid="1.2", sop_uid=sop)
        headers = as_role("service", Content_Type="application/dicom")
        assert client.post("/dicom-web/studies", data=file, headers=headers).status_code == 200
    path = "/dicom-web/studies/1.1/series/1.2/instances/1.2.2"
    assert client.delete(path, headers=as_role("service")).status_code == 204
    return sops


def test_entries_are_numbered_from_one_without_gaps(feed: Feed, stored: tuple[str, ...]) -> None:
    entries = feed("")

    assert [entry["sequence"] for entry in entries] == [1, 2, 3, 4]
    assert [(entry["action"], entry["state"]) for entry in entries] == [
        ("Create", "Current"),
        ("Create", "Deleted"),
        ("Create", "Current"),
        ("Delete", "Deleted"),
    ]


def test_metadata_is_that_of_the_instance_now(feed: Feed, stored: tuple[str, ...]) -> None:
    first, second, *_ = feed("?includeMetadata=true")

    assert first["metadata"]["00080018"]["Value"] == [stored[0]]
    assert "metadata" not in second
    assert "metadata" not in feed("?includeMetadata=false")[0]


def test_parameters_are_read_without_regard_to_case(
    client: FlaskClient, as_role: AsRole, feed: Feed, stored: tuple[str, ...]
) -> None:
    latest = client.get("/dicom-web/changefeed/latest?includemetadata=false", headers=as_role("service"))

    assert "metadata" not in feed("?includemetadata=false&LIMIT=1&starttime=2026-01-01T00:00:00Z")[0]
    assert "metadata" not in latest.json  # type: ignore[operator]


def test_windows_join_to_the_whole(feed: Feed, stored: tuple[str, ...]) -> None:
    by_offset = [entry for offset in range(4) for entry in feed(f"?limit=1&offset={offset}")]
    by_number = [entry for after in range(4) for entry in feed(f"?limit=1&after={after}")]

    assert by_offset == by_number == feed("")


def test_a_time_window_includes_its_start_and_excludes_its_end(feed: Feed, stored: tuple[str, ...]) -> None:
    entries = feed("")
    start, end = entries[1]["timestamp"], entries[3]["timestamp"]

    found = feed(f"?startTime={start}&endTime={end}")

    assert [entry["sequence"] for entry in found] == [2, 3]


def test_the_latest_entry_stands_alone(client: FlaskClient, as_role: AsRole, stored: tuple[str, ...]) -> None:
    answer = client.get("/dicom-web/changefeed/latest", headers=as_role("service"))

    assert answer.json["sequence"] == 4  # type: ignore[index]


def test_an_empty_feed_has_no_latest_entry(client: FlaskClient, as_role: AsRole) -> None:
    assert client.get("/dicom-web/changefeed/latest", headers=as_role("service")).status_code == 204


@pytest.mark.parametrize(
    "query",
    [
        "limit=0",
        "limit=201",
        "limit=-1",
        "offset=-1",
        "after=x",
        "startTime=2026-01-01T00:00:00",
        "startTime=yesterday",
        "startTime=2026-01-02T00:00:00Z&endTime=2026-01-01T00:00:00Z",
        "includeMetadata=perhaps",
        "colour=red",
    ],
)
def test_a_window_that_makes_no_sense_is_told_so(client: FlaskClient, as_role: AsRole, query: str) -> None:
    assert client.get(f"/dicom-web/changefeed?{query}", headers=as_role("service")).status_code in (400, 422)


def test_a_clinician_does_not_read_the_feed(client: FlaskClient, as_role: AsRole) -> None:
    assert client.get("/dicom-web/changefeed", headers=as_role("clinician")).status_code == 403

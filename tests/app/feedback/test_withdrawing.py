"""What the record takes back is taken back from whoever was told of it."""

from collections.abc import Callable

import pytest

from tests.app.feedback.episodes import Episode
from tests.app.feedback.wards import Colleague, Ward


@pytest.fixture
def reader(ward: Ward, episode: Episode) -> Colleague:
    """A reader who was told of pathology."""
    reader = ward.colleague("teleradiologist")
    episode.read(reader.practitioner)
    episode.pathology()
    assert len(reader.packets()) == 1
    return reader


def enter_in_error(episode: Episode) -> None:
    told = episode.pathology()
    episode.ward.write({**told, "status": "entered-in-error"})


def delete(episode: Episode) -> None:
    episode.ward.delete(episode.name("DiagnosticReport", "path"))


@pytest.mark.parametrize("take_back", [enter_in_error, delete])
def test_a_packet_that_is_left_with_nothing_is_cancelled(
    episode: Episode, reader: Colleague, take_back: Callable[[Episode], None]
) -> None:
    take_back(episode)

    assert reader.packets() == []
    (packet,) = reader.packets(status="all")
    assert packet["status"] == "cancelled"
    assert [each["withdrawn"] for each in packet["evidence"]] == [True]
    assert reader.get("/feedback/figures").get_json()["outcomes"]["hits"] == 0


def test_the_rest_of_a_packet_stays(episode: Episode, reader: Colleague) -> None:
    episode.surgery()

    delete(episode)

    (packet,) = reader.packets()
    assert [(each["kind"], each["withdrawn"]) for each in packet["evidence"]] == [
        ("pathology", True),
        ("surgery", False),
    ]


def test_an_answer_outlives_what_it_was_given_on(episode: Episode, reader: Colleague) -> None:
    (packet,) = reader.packets()
    reader.post(f"/feedback/packets/{packet['id']}/answer", verdict="concordant")

    delete(episode)

    (packet,) = reader.packets(status="answered")
    assert packet["answer"]["verdict"] == "concordant"
    assert packet["evidence"][0]["withdrawn"] is True

"""What a colleague says of a report reaches who read it, and nobody else."""

from uuid import uuid4

import pytest

from tests.app.feedback.episodes import Episode
from tests.app.feedback.wards import Colleague, Ward


@pytest.fixture
def reader(ward: Ward, episode: Episode) -> Colleague:
    reader = ward.colleague("teleradiologist")
    episode.read(reader.practitioner)
    return reader


@pytest.fixture
def surgeon(ward: Ward) -> Colleague:
    return ward.colleague("clinician")


def test_a_message_reaches_who_read(reader: Colleague, surgeon: Colleague, episode: Episode) -> None:
    report = episode.name("DiagnosticReport", "read")

    sent = surgeon.post(
        "/feedback/messages", report=report, text="There was a nodule.", category="great-call"
    )

    assert (sent.status_code, sent.get_json()) == (201, {"readers": 1})
    (packet,) = reader.packets()
    (message,) = packet["messages"]
    assert (message["said"], message["author"]) == ("There was a nodule.", surgeon.practitioner)
    assert packet["reads"][0]["reference"] == report
    assert surgeon.packets(status="all") == []
    assert len(reader.tasks()) == 1


def test_messages_on_a_report_are_one_packet_until_it_is_answered(
    reader: Colleague, surgeon: Colleague, episode: Episode
) -> None:
    def say(text: str) -> None:
        surgeon.post("/feedback/messages", report=f"{episode.mark}-read", text=text)

    say("First.")
    say("Second.")
    (packet,) = reader.packets()
    assert [each["said"] for each in packet["messages"]] == ["First.", "Second."]

    reader.post(f"/feedback/packets/{packet['id']}/answer", verdict="concordant")
    say("Third.")

    (packet,) = reader.packets()
    assert [each["said"] for each in packet["messages"]] == ["Third."]


@pytest.mark.parametrize(
    ("form", "status", "place"),
    [
        ({"text": "x"}, 400, "$.report"),
        ({"report": "a", "text": ""}, 400, "$.text"),
        ({"report": "a", "text": "  "}, 400, "$.text"),
        ({"report": "a/b/c", "text": "x"}, 400, "$.report"),
        ({"report": "a", "text": "x", "category": "3b"}, 400, "$.category"),
        ({"report": "a", "text": "\x00"}, 400, "$.text"),
    ],
)
def test_a_message_that_is_wrong_says_where(
    surgeon: Colleague, form: dict[str, str], status: int, place: str
) -> None:
    refused = surgeon.post("/feedback/messages", **form)

    assert (refused.status_code, refused.get_json()["location"]) == (status, [place])


def test_a_report_that_is_not_theirs_is_as_one_that_is_not_there(
    episode: Episode, reader: Colleague, ward: Ward
) -> None:
    stranger = ward.colleague("teleradiologist")
    hidden, absent = (
        stranger.post("/feedback/messages", report=each, text="Look.")
        for each in (f"{episode.mark}-read", uuid4().hex)
    )

    assert hidden.status_code == absent.status_code == 404
    assert reader.packets() == []


def test_of_one_s_own_read_there_is_nobody_to_tell(ward: Ward, episode: Episode) -> None:
    alone = ward.colleague("clinician")
    episode.read(alone.practitioner, name="own")

    refused = alone.post("/feedback/messages", report=f"{episode.mark}-own", text="Look.")

    assert refused.status_code == 422

"""What the record takes back is taken back from whoever was told of it."""

from collections.abc import Callable

import pytest

from tests.app.feedback.episodes import Episode
from tests.app.feedback.wards import Colleague, Ward
from tests.factories.consents import opted_out


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


def test_a_read_that_is_none_any_more_tells_nothing(episode: Episode, reader: Colleague, ward: Ward) -> None:
    told = episode.read(reader.practitioner)
    ward.write({**told, "status": "entered-in-error"})

    assert reader.packets() == []


def test_a_read_of_somebody_else_s_is_no_lesson_of_who_was_named_first(
    episode: Episode, reader: Colleague, ward: Ward
) -> None:
    another = ward.colleague("teleradiologist")
    episode.read(another.practitioner)

    assert (len(reader.packets()), len(another.packets())) == (0, 1)


def test_an_addendum_by_somebody_else_stays_with_who_read_first(
    episode: Episode, reader: Colleague, ward: Ward
) -> None:
    told = episode.read(reader.practitioner)
    another = {"performer": [{"reference": ward.colleague("clinician").practitioner}]}
    ward.write({**told, **another, "status": "amended", "conclusion": "IMPRESSION: Nodule, 14 mm, missed."})
    ward.look()
    episode.surgery()

    (packet,) = reader.packets()
    assert {each["kind"] for each in packet["evidence"] if not each["withdrawn"]} >= {"pathology", "addendum"}


def test_a_consent_that_comes_later_takes_the_words_back(
    episode: Episode, reader: Colleague, ward: Ward
) -> None:
    ward.write({**opted_out(episode.mark), "id": f"{episode.mark}-consent"})

    assert reader.packets() == []
    (packet,) = reader.packets(status="all")
    assert "said" not in packet["evidence"][0]


def test_a_delicate_label_that_comes_later_takes_the_words_back(
    episode: Episode, reader: Colleague, ward: Ward
) -> None:
    label = {"system": "http://terminology.hl7.org/CodeSystem/v3-ActCode", "code": "HIV"}
    ward.write({**episode.pathology(), "meta": {"security": [label]}})

    assert reader.packets() == []


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

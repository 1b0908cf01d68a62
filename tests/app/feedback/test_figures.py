"""A reader's own numbers are theirs; who manages sees nothing of few."""

from tests.app.feedback.episodes import Episode
from tests.app.feedback.wards import Ward


def test_own_numbers_count_reads_outcomes_and_verdicts(ward: Ward) -> None:
    reader = ward.colleague("clinician")
    episodes = [Episode(ward) for _ in range(3)]
    for each in episodes:
        each.read(reader.practitioner)
    episodes[0].pathology()
    (packet,) = reader.packets()
    reader.post(f"/feedback/packets/{packet['id']}/answer", verdict="discordant-major")

    told = reader.get("/feedback/figures").get_json()

    assert told["reads"] == 3
    assert (told["outcomes"]["hits"], told["outcomes"]["n"]) == (1, 3)
    assert told["daysToOutcome"]["median"] == 20
    (cell,) = told["concordance"]
    assert (cell["modality"], cell["hits"], cell["n"]) == ("CT", 0, 1)
    (accuracy,) = told["accuracy"]
    assert accuracy["sensitivity"] is None
    assert "2 of 3 reads" in accuracy["notEstimable"]


def test_who_reads_nothing_has_no_numbers(ward: Ward) -> None:
    told = ward.colleague("clinician").get("/feedback/figures").get_json()

    assert (told["reads"], told["outcomes"], told["concordance"]) == (0, None, [])


def test_who_manages_sees_nothing_of_few_readers(ward: Ward) -> None:
    told = ward.colleague("administrator").get("/feedback/totals").get_json()

    assert (told["cells"], told["total"]) == ([], None)


def test_others_do_not_see_the_numbers_of_all(ward: Ward) -> None:
    assert ward.colleague("clinician").get("/feedback/totals").status_code == 403

"""A reader answers how their read turned out; only they see what they said."""

from concurrent.futures import ThreadPoolExecutor

import pytest

from tests.app.feedback.episodes import Episode
from tests.app.feedback.wards import Colleague, Ward


@pytest.fixture
def reader(ward: Ward, episode: Episode) -> Colleague:
    """A reader with one packet to answer."""
    reader = ward.colleague("teleradiologist")
    episode.read(reader.practitioner)
    episode.pathology()
    return reader


def test_a_verdict_is_an_observation_beside_a_completed_task(reader: Colleague, episode: Episode) -> None:
    (packet,) = reader.packets()

    answer = reader.post(
        f"/feedback/packets/{packet['id']}/answer",
        verdict="discordant-major",
        category="perceptual",
        comment="The nodule was behind the heart.",
    )

    assert answer.status_code == 200, answer.text
    told = answer.get_json()["answer"]
    assert (told["verdict"], told["category"]) == ("discordant-major", "perceptual")
    observation = reader.get(f"/fhir/{told['observation']}").get_json()
    assert observation["focus"] == [{"reference": episode.name("DiagnosticReport", "read")}]
    assert observation["performer"] == [{"reference": reader.practitioner}]
    assert observation["note"] == [{"text": "The nodule was behind the heart."}]
    assert "subject" not in observation
    assert reader.packets() == []
    assert [each["id"] for each in reader.packets(status="answered")] == [packet["id"]]
    sources = reader.get("/fhir/Provenance", target=told["observation"]).get_json()["entry"]
    assert [each["resource"]["agent"][0]["who"]["reference"] for each in sources] == [reader.practitioner]


def test_nobody_else_sees_a_verdict(reader: Colleague, ward: Ward) -> None:
    (packet,) = reader.packets()
    told = reader.post(f"/feedback/packets/{packet['id']}/answer", verdict="concordant").get_json()

    for other in (ward.owner, ward.colleague("clinician")):
        assert other.get(f"/fhir/{told['answer']['observation']}").status_code == 404
        assert other.post(f"/feedback/packets/{packet['id']}/answer", verdict="concordant").status_code == 404


def test_a_later_verdict_takes_the_place_of_an_earlier(reader: Colleague) -> None:
    (packet,) = reader.packets()
    path = f"/feedback/packets/{packet['id']}/answer"
    first = reader.post(path, verdict="concordant").get_json()["answer"]

    second = reader.post(path, verdict="discordant-minor").get_json()["answer"]

    assert second["observation"] == first["observation"]
    assert reader.get(f"/fhir/{second['observation']}").get_json()["status"] == "amended"


def test_evidence_of_another_kind_asks_again_and_keeps_the_verdict(
    reader: Colleague, episode: Episode
) -> None:
    (packet,) = reader.packets()
    path = f"/feedback/packets/{packet['id']}/answer"
    reader.post(path, verdict="concordant", version=packet["version"])
    episode.surgery()

    (again,) = reader.packets()

    assert again["id"] == packet["id"]
    assert again["answer"]["verdict"] == "concordant"
    refused = reader.post(path, verdict="concordant", version=packet["version"])
    assert refused.status_code == 409


@pytest.mark.parametrize(
    ("form", "place"),
    [
        ({}, "$.verdict"),
        ({"verdict": "right"}, "$.verdict"),
        ({"verdict": "concordant", "category": "perceptual"}, "$.category"),
        ({"verdict": "concordant", "category": "2a"}, "$.category"),
        ({"verdict": "concordant", "comment": "x" * 4_001}, "$.comment"),
        ({"verdict": "concordant", "comment": "\u202e"}, "$.comment"),
        ({"verdict": "concordant", "version": 0}, "$.version"),
        ({"verdict": "concordant", "version": 1.5}, "$.version"),
        ({"verdict": "concordant", "score": 1}, "$.score"),
    ],
)
def test_a_form_that_is_wrong_says_where(reader: Colleague, form: dict[str, object], place: str) -> None:
    (packet,) = reader.packets()

    refused = reader.post(f"/feedback/packets/{packet['id']}/answer", **form)

    assert refused.status_code == 400
    assert refused.get_json()["location"] == [place]
    assert reader.packets() == [packet]


def test_a_patient_at_risk_has_a_safety_issue_in_their_chart_that_names_no_reader(
    reader: Colleague, episode: Episode, ward: Ward
) -> None:
    (packet,) = reader.packets()
    form = {"verdict": "discordant-major", "patientAtRisk": True}
    for _ in range(2):
        assert reader.post(f"/feedback/packets/{packet['id']}/answer", **form).status_code == 200

    found = ward.owner.get("/fhir/DetectedIssue", patient=episode.mark).get_json()["entry"]

    (issue,) = (each["resource"] for each in found)
    assert issue["severity"] == "high"
    implicated = [each["reference"] for each in issue["implicated"]]
    assert implicated == [episode.name("DiagnosticReport", name) for name in ("read", "path")]
    assert reader.practitioner not in str(issue)
    assert "author" not in issue


def test_two_answers_at_once_leave_one_observation(reader: Colleague) -> None:
    (packet,) = reader.packets()
    path = f"/feedback/packets/{packet['id']}/answer"

    with ThreadPoolExecutor(4) as pool:
        verdicts = ["concordant", "discordant-minor", "indeterminate", "not-applicable"]
        answers = list(pool.map(lambda verdict: reader.post(path, verdict=verdict), verdicts))

    assert {each.status_code for each in answers} <= {200, 409}
    found = reader.get("/fhir/Observation", code="urn:hilum:feedback|outcome-concordance").get_json()
    assert len(found["entry"]) == 1

"""Whoever read is told once how it turned out, and nobody else sees anything of it."""

from hashlib import sha256

import pytest

from tests.app.feedback.episodes import Episode
from tests.app.feedback.wards import Colleague, Ward
from tests.factories.consents import opted_out
from tests.factories.fhir import patient

CHART = (
    *("Patient/{id}/$everything?_count=200", "Task?patient={id}", "Observation?patient={id}"),
    *("Task?_count=200", "Provenance?_count=200", "_history?_count=200", "Task/_history?_count=200"),
)


@pytest.fixture
def reader(ward: Ward) -> Colleague:
    return ward.colleague("teleradiologist")


def test_pathology_after_a_read_is_told_to_who_read(episode: Episode, reader: Colleague) -> None:
    episode.read(reader.practitioner)
    assert reader.tasks() == []

    episode.pathology()

    (task,) = reader.tasks()
    assert task["owner"]["reference"] == reader.practitioner
    assert task["focus"]["reference"] == episode.name("DiagnosticReport", "read")
    assert task["status"] == "requested"
    (packet,) = reader.packets()
    (evidence,) = packet["evidence"]
    assert (evidence["kind"], evidence["days"]) == ("pathology", 20)
    assert evidence["reference"] == episode.name("DiagnosticReport", "path")
    assert packet["reads"][0]["said"].startswith("No pulmonary nodule")


def test_what_came_once_is_told_once(episode: Episode, reader: Colleague) -> None:
    episode.read(reader.practitioner)
    episode.pathology()
    episode.pathology()  # the same report, a version later
    episode.ward.look()

    (task,) = reader.tasks()
    assert task["meta"]["versionId"] == "1"


def test_more_evidence_of_a_lesson_joins_its_packet(episode: Episode, reader: Colleague) -> None:
    episode.read(reader.practitioner)
    episode.pathology()
    episode.surgery()

    (packet,) = reader.packets()
    assert [each["kind"] for each in packet["evidence"]] == ["pathology", "surgery"]


def test_every_earlier_reader_of_a_lesson_has_one_task(episode: Episode, ward: Ward) -> None:
    first, second = ward.colleague("teleradiologist"), ward.colleague("clinician")
    episode.read(first.practitioner)
    episode.read(second.practitioner, name="later", day="2025-06-01", said="IMPRESSION: No nodule.")
    episode.pathology(day="2025-06-20")

    assert [len(each.tasks()) for each in (first, second)] == [1, 1]


def test_two_readers_of_one_report_have_one_task_each(episode: Episode, ward: Ward) -> None:
    readers = [ward.colleague("teleradiologist") for _ in range(2)]
    episode.read(*(each.practitioner for each in readers))
    episode.pathology()

    found = [each.tasks() for each in readers]
    assert [len(each) for each in found] == [1, 1]
    assert found[0][0]["id"] != found[1][0]["id"]


def test_who_read_in_a_role_is_told_as_the_person_behind_it(
    episode: Episode, ward: Ward, reader: Colleague
) -> None:
    role = {"resourceType": "PractitionerRole", "id": f"{episode.mark}-role"}
    ward.write({**role, "practitioner": {"reference": reader.practitioner}})
    episode.read(f"PractitionerRole/{episode.mark}-role", f"PractitionerRole/{episode.mark}-nobody")
    episode.pathology()

    assert [each["owner"]["reference"] for each in reader.tasks()] == [reader.practitioner]


def test_nobody_else_sees_anything_of_it(episode: Episode, ward: Ward, reader: Colleague) -> None:
    episode.read(reader.practitioner)
    episode.pathology()
    (task,) = reader.tasks()

    others = (
        ward.owner,
        ward.colleague("clinician"),
        ward.colleague("teleradiologist"),
        ward.colleague("fhir-reader"),
        ward.colleague("fhir-exporter"),
    )
    for other in others:
        assert other.get(f"/fhir/Task/{task['id']}").status_code == 404
        assert other.get(f"/fhir/Task/{task['id']}/_history").status_code == 404
        assert other.get(f"/feedback/packets/{task['id']}").status_code in (403, 404)
        for question in CHART:
            shown = other.get(f"/fhir/{question.format(id=episode.mark)}").get_data(as_text=True)
            assert task["id"] not in shown
            assert "review-outcome" not in shown


def test_the_chart_of_the_patient_does_not_hold_it_even_for_its_reader(episode: Episode, ward: Ward) -> None:
    reader = ward.colleague("clinician")
    episode.read(reader.practitioner)
    episode.pathology()
    assert len(reader.tasks()) == 1

    shown = reader.get(f"/fhir/Patient/{episode.mark}/$everything", _count="200").get_data(as_text=True)

    assert episode.name("DiagnosticReport", "path").partition("/")[2] in shown
    assert "review-outcome" not in shown


def test_nobody_changes_it_over_fhir(episode: Episode, reader: Colleague, ward: Ward) -> None:
    episode.read(reader.practitioner)
    episode.pathology()
    (task,) = reader.tasks()

    path = f"/fhir/Task/{task['id']}"
    for other in (ward.owner, reader):
        assert other.client.delete(path, headers=other.headers).status_code in (204, 403, 404, 422)
        sent = {**task, "status": "cancelled"}
        headers = {**other.headers, "Content-Type": "application/fhir+json"}
        assert other.client.put(path, headers=headers, json=sent).status_code in (403, 404, 422)
    assert reader.tasks() == [task]


def test_a_task_that_only_looks_like_a_packet_is_none(
    episode: Episode, reader: Colleague, ward: Ward
) -> None:
    """Whoever writes FHIR may give a Task any code and identifier: neither makes a packet of it."""
    lesson = sha256(f"{reader.practitioner}|DiagnosticReport/{episode.mark}-read|LUNG".encode()).hexdigest()
    forged = {
        "resourceType": "Task",
        "id": f"{episode.mark}-forged",
        "status": "requested",
        "intent": "order",
        "code": {"coding": [{"system": "urn:hilum:feedback", "code": "review-outcome"}]},
        "identifier": [{"system": "urn:hilum:lesson", "value": lesson}],
        "owner": {"reference": reader.practitioner},
        "for": {"reference": episode.patient},
    }
    everybody = ward.colleague("clinician", reader.practitioner.removeprefix("Practitioner/"))
    episode.read(reader.practitioner)
    ward.write(forged)

    assert everybody.packets(status="all") == []
    assert everybody.get("/feedback/figures").status_code == 200
    for path in (f"/feedback/packets/{forged['id']}",):
        assert everybody.get(path).status_code == 404
        assert everybody.post(f"{path}/answer", verdict="concordant").status_code == 404
    episode.pathology()
    assert len(reader.packets()) == 1


def test_a_merge_tells_what_two_charts_tell_together(episode: Episode, ward: Ward, reader: Colleague) -> None:
    other = Episode(ward)
    episode.read(reader.practitioner)
    ward.write(patient(other.mark, id=other.mark))
    other.pathology()
    assert reader.packets() == []

    ward.gateway.identities.merge(ward.scope, other.mark, episode.mark)
    ward.look()
    assert len(reader.packets()) == 1

    ward.gateway.identities.unmerge(ward.scope, other.mark, episode.mark)
    ward.look()
    assert reader.packets() == []


def test_nobody_keeps_a_resource_for_a_reader_over_fhir(ward: Ward) -> None:
    kept = {"security": [{"system": "urn:hilum:kept-for", "code": "Practitioner/anyone"}]}
    sent = {"resourceType": "Basic", "code": {"text": "mine"}, "meta": kept}
    headers = {**ward.owner.headers, "Content-Type": "application/fhir+json"}

    answer = ward.client.post("/fhir/Basic", headers=headers, json=sent)

    assert answer.status_code == 422
    assert answer.get_json()["issue"][0]["expression"] == ["meta.security"]


def test_who_a_patient_keeps_out_is_told_nothing(episode: Episode, ward: Ward, reader: Colleague) -> None:
    episode.read(reader.practitioner)
    ward.write({**opted_out(episode.mark), "id": f"{episode.mark}-consent"})
    episode.pathology()

    assert reader.tasks() == []


def test_what_bears_a_delicate_label_is_told_to_nobody(
    episode: Episode, ward: Ward, reader: Colleague
) -> None:
    episode.read(reader.practitioner)
    told = episode.pathology(said="Granuloma.", name="first")
    label = {"system": "http://terminology.hl7.org/CodeSystem/v3-ActCode", "code": "HIV"}
    ward.write({**told, "id": f"{episode.mark}-delicate", "meta": {"security": [label]}})

    assert all(
        "delicate" not in each["reference"] for packet in reader.packets() for each in packet["evidence"]
    )

"""Whoever read is told once how it turned out, and nobody else sees anything of it."""

from uuid import uuid4

import pytest

from tests.app.feedback.conftest import Colleague, Ward
from tests.factories.charts import report, study
from tests.factories.fhir import Resource, patient, reference

MISSED = "IMPRESSION: No pulmonary nodule. No acute abnormality."
FOUND = "Adenocarcinoma of the left lower lobe of the lung, 14 mm."


class Episode:
    """One patient's read and what came after, under names of its own."""

    def __init__(self, ward: Ward) -> None:
        self.ward, self.mark = ward, f"e{uuid4().hex[:10]}"
        self.patient = f"Patient/{self.mark}"

    def about(self, resource: Resource) -> Resource:
        """A resource of the factories of charts, as one of this patient."""
        return {**resource, "id": f"{self.mark}-{resource['id']}", "subject": reference(self.patient)}

    def read(self, by: str, name: str = "read", day: str = "2025-01-10", said: str = MISSED) -> None:
        pictures = self.about(study(name, day))
        told = self.about(report(name, day, said, performer=[reference(by)]))
        told["imagingStudy"] = [reference(f"ImagingStudy/{pictures['id']}")]
        self.ward.write(patient(self.mark, id=self.mark), pictures, told)

    def pathology(self, day: str = "2025-01-30", said: str = FOUND, name: str = "path") -> None:
        told = self.about(report(name, day, said))
        told["category"] = [{"coding": [{"code": "PAT"}]}]
        told["code"] = {"text": "Surgical pathology"}
        self.ward.write(told)


@pytest.fixture
def episode(ward: Ward) -> Episode:
    return Episode(ward)


@pytest.fixture
def reader(ward: Ward) -> Colleague:
    return ward.colleague("teleradiologist")


def test_pathology_after_a_read_is_told_to_who_read(episode: Episode, reader: Colleague) -> None:
    episode.read(reader.practitioner)
    assert reader.tasks() == []

    episode.pathology()

    (task,) = reader.tasks()
    assert task["owner"]["reference"] == reader.practitioner
    assert task["focus"]["reference"] == f"DiagnosticReport/{episode.mark}-read"
    assert task["status"] == "requested"


def test_what_came_once_is_told_once(episode: Episode, reader: Colleague) -> None:
    episode.read(reader.practitioner)
    episode.pathology()
    episode.pathology()  # the same report, a version later
    episode.ward.look()

    assert len(reader.tasks()) == 1

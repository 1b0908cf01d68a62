"""Episodes of patients: a read, and what came after, under names of their own."""

from typing import Any
from uuid import uuid4

from tests.app.feedback.wards import Ward
from tests.factories.charts import report, study
from tests.factories.fhir import Resource, patient, reference

MISSED = "IMPRESSION: No pulmonary nodule. No acute abnormality."
FOUND = "Adenocarcinoma of the left lower lobe of the lung, 14 mm."


class Episode:
    """One patient's read and what came after."""

    def __init__(self, ward: Ward) -> None:
        self.ward, self.mark = ward, f"e{uuid4().hex[:10]}"
        self.patient = f"Patient/{self.mark}"

    def name(self, kind: str, name: str) -> str:
        """What a resource of the episode is called."""
        return f"{kind}/{self.mark}-{name}"

    def about(self, resource: Resource) -> Resource:
        """A resource of the factories of charts, as one of this patient."""
        return {**resource, "id": f"{self.mark}-{resource['id']}", "subject": reference(self.patient)}

    def read(
        self, *by: str, name: str = "read", day: str = "2025-01-10", said: str = MISSED, **more: Any
    ) -> Resource:
        """A CT of the chest and its report, by readers as `Practitioner/<id>`."""
        pictures = self.about(study(name, day))
        told = self.about(report(name, day, said, performer=[reference(each) for each in by], **more))
        told["imagingStudy"] = [reference(f"ImagingStudy/{pictures['id']}")]
        self.ward.write(patient(self.mark, id=self.mark), pictures, told)
        return told

    def pathology(self, day: str = "2025-01-30", said: str = FOUND, name: str = "path") -> Resource:
        """A report of tissue."""
        told = self.about(report(name, day, said))
        told["category"] = [{"coding": [{"code": "PAT"}]}]
        told["code"] = {"text": "Surgical pathology"}
        self.ward.write(told)
        return told

    def surgery(self, day: str = "2025-02-10", said: str = "Left lower lobectomy of the lung") -> Resource:
        """An operation."""
        done: Resource = {
            "resourceType": "Procedure",
            "id": f"{self.mark}-op",
            "status": "completed",
            "category": {"coding": [{"system": "http://snomed.info/sct", "code": "387713003"}]},
            "code": {"text": said},
            "subject": reference(self.patient),
            "performedDateTime": day,
        }
        self.ward.write(done)
        return done

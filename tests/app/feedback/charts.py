"""Reads and what tells of them, in a line each."""

from typing import Any

from tests.factories.charts import named, report, study
from tests.factories.fhir import Resource


def read(name: str, day: str, words: str, by: str = "a", of: str | None = None, **elements: Any) -> Resource:
    """A final read of a reader, of the study `study-<name>` unless another is named."""
    more: dict[str, Any] = {"performer": [{"reference": f"Practitioner/{by}"}], **elements}
    return report(name, day, words, f"study-{name}" if of is None else of, **more)


def pictures(name: str, day: str, words: str = "CT chest", modality: str = "CT") -> Resource:
    """The study of a read."""
    return study(f"study-{name}", day, modality, description=words)


def tissue(name: str, day: str, words: str, **elements: Any) -> Resource:
    """A report of pathology."""
    more: dict[str, Any] = {"category": [{"coding": [{"code": "PAT"}]}], "code": {"text": "Pathology"}}
    return report(name, day, words, **{**more, **elements})


def operation(name: str, day: str, words: str, **elements: Any) -> Resource:
    """An operation that was done."""
    more: dict[str, Any] = {"status": "completed", "code": {"text": words}, "performedDateTime": day}
    return named("Procedure", name, **{**more, **elements})


def discharged(name: str, day: str, words: str, use: str = "DD") -> tuple[Resource, Resource]:
    """A stay that ended on a day, with its diagnosis."""
    role = {"use": {"coding": [{"code": use}]}}
    stay = named(
        "Encounter",
        f"stay-{name}",
        status="finished",
        period={"start": day, "end": day},
        diagnosis=[{"condition": {"reference": f"Condition/{name}"}, **role}],
    )
    return stay, named(
        "Condition", name, code={"text": words}, encounter={"reference": f"Encounter/stay-{name}"}
    )


NODULE = "IMPRESSION: 12 mm nodule in the left lower lobe, suspicious for malignancy."
CANCER = "Lung, left lower lobe, biopsy: adenocarcinoma."

"""The Store Instances Response Module (PS3.18 annex I.2) as DICOM JSON."""

from collections.abc import Sequence
from typing import Any

from app.http.kit.json_answers import element
from app.imaging.store.outcomes import InstanceOutcome, StoreReport

OK, ACCEPTED, CONFLICT = 200, 202, 409


def status_of(report: StoreReport) -> int:
    """The status of a report (table 10.5.3-1)."""
    if not any(outcome.stored for outcome in report.outcomes):
        return CONFLICT
    whole = report.stopped is None and all(outcome.clean for outcome in report.outcomes)
    return OK if whole else ACCEPTED


def response_dataset(outcomes: Sequence[InstanceOutcome], address: str) -> dict[str, Any]:
    """Retrieve URL of the study, the failed and the stored instances; `address` is the base of DICOMweb."""
    stored = [outcome for outcome in outcomes if outcome.stored]
    failed = [outcome for outcome in outcomes if not outcome.stored]
    dataset: dict[str, Any] = {}
    if studies := {outcome.study_uid for outcome in stored}:
        dataset["00081190"] = element("UR", *(f"{address}/studies/{uid}" for uid in sorted(studies)[:1]))
    if failed:
        dataset["00081198"] = element("SQ", *(_failed(outcome) for outcome in failed))
    if stored:
        dataset["00081199"] = element("SQ", *(_stored(outcome, address) for outcome in stored))
    return dataset


def _referenced(outcome: InstanceOutcome) -> dict[str, Any]:
    named = {"00081150": outcome.sop_class_uid, "00081155": outcome.sop_uid}
    return {tag: element("UI", uid) if uid else element("UI") for tag, uid in named.items()}


def _failed(outcome: InstanceOutcome) -> dict[str, Any]:
    item = _referenced(outcome) | {"00081197": element("US", outcome.failure_reason)}
    if outcome.comments:
        item["00741048"] = _comments(outcome)
    return item


def _stored(outcome: InstanceOutcome, address: str) -> dict[str, Any]:
    place = f"studies/{outcome.study_uid}/series/{outcome.series_uid}/instances/{outcome.sop_uid}"
    item = _referenced(outcome) | {"00081190": element("UR", f"{address}/{place}")}
    if outcome.warning_reason is not None:
        item["00081196"] = element("US", outcome.warning_reason)
    return item | {"00741048": _comments(outcome)}


def _comments(outcome: InstanceOutcome) -> dict[str, Any]:
    """Failed Attributes Sequence: an Error Comment (0000,0902) for each finding."""
    return element("SQ", *({"00000902": element("LO", comment)} for comment in outcome.comments))

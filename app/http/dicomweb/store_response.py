"""The Store Instances Response Module (PS3.18 annex I.2) as DICOM JSON."""

from collections.abc import Sequence
from itertools import takewhile
from typing import Any

from app.http.dicomweb.addresses import path_of
from app.http.kit.json_answers import element
from app.imaging.store.outcomes import InstanceOutcome, StoreReport

OK, ACCEPTED, CONFLICT = 200, 202, 409


def status_of(report: StoreReport) -> int:
    """The status of a report (table 10.5.3-1)."""
    if not any(outcome.stored for outcome in report.outcomes):
        return CONFLICT
    whole = report.stopped is None and all(outcome.clean for outcome in report.outcomes)
    return OK if whole else ACCEPTED


def place_of(outcomes: Sequence[InstanceOutcome]) -> str | None:
    """The path of the narrowest resource that holds all that is new; None where nothing is."""
    new = [each for each in outcomes if each.stored and not each.repeated]
    if not new:
        return None
    uids = (
        {each.study_uid for each in new},
        {each.series_uid for each in new},
        {each.sop_uid for each in new},
    )
    shared = list(takewhile(lambda found: len(found) == 1, uids))
    return path_of(*(uid for found in shared for uid in found)) if shared else "/studies"


def response_dataset(outcomes: Sequence[InstanceOutcome], address: str) -> dict[str, Any]:
    """Retrieve URL of the study, the failed and the stored instances; `address` is the base of DICOMweb.

    The first is there in any case, without a value where no study can be retrieved: type 2 of table I.1-1.
    """
    stored = [outcome for outcome in outcomes if outcome.stored]
    failed = [outcome for outcome in outcomes if not outcome.stored]
    dataset: dict[str, Any] = {}
    studies = sorted({outcome.study_uid for outcome in stored})
    dataset["00081190"] = element("UR", *(address + path_of(uid) for uid in studies[:1]))
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
    place = path_of(outcome.study_uid, outcome.series_uid, outcome.sop_uid)
    item = _referenced(outcome) | {"00081190": element("UR", address + place)}
    if outcome.warning_reason is not None:
        item["00081196"] = element("US", outcome.warning_reason)
    return item | {"00741048": _comments(outcome)}


def _comments(outcome: InstanceOutcome) -> dict[str, Any]:
    """Failed Attributes Sequence: an Error Comment (0000,0902) for each finding."""
    return element("SQ", *({"00000902": element("LO", comment)} for comment in outcome.comments))

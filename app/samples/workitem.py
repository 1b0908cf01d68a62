"""A workitem about the picture of the examples: to read it, and what becomes of it."""

from collections.abc import Mapping
from typing import Any

from app.samples.example import PICTURE
from app.samples.naming import uid

WORKITEM = uid(PICTURE.study, "workitem")
TRANSACTION = uid(PICTURE.study, "transaction")
APPLICATION = "READER"


def _element(vr: str, *values: Any) -> dict[str, Any]:
    return {"vr": vr, "Value": list(values)} if values else {"vr": vr}


def _code(value: str, scheme: str, meaning: str) -> dict[str, Any]:
    return {
        "00080100": _element("SH", value),
        "00080102": _element("SH", scheme),
        "00080104": _element("LO", meaning),
    }


def workitem_to_create() -> list[dict[str, Any]]:
    """A read that is scheduled: every attribute that a workitem is created with (PS3.4 table CC.2.5-3)."""
    request = {
        "0020000D": _element("UI", PICTURE.study),
        "00080050": _element("SH", "A-1"),
        "00401001": _element("SH", "RP-1"),
        "00321060": _element("LO", "CT of the thigh"),
    }
    written: Mapping[str, dict[str, Any]] = {
        "00741000": _element("CS", "SCHEDULED"),
        "00741200": _element("CS", "HIGH"),
        "00741202": _element("LO", "Reading"),
        "00741204": _element("LO", "Read a CT of the thigh"),
        "00404041": _element("CS", "READY"),
        "00404005": _element("DT", "20261122090000+0000"),
        "00404018": _element("SQ", _code("110005", "DCM", "Interpretation")),
        "00404025": _element("SQ", _code("READ-1", "99HILUM", "Reading room 1")),
        "00404026": _element("SQ"),
        "00404027": _element("SQ"),
        "00404021": _element("SQ"),
        "00400400": _element("LT"),
        "00741210": _element("SQ"),
        "0020000D": _element("UI", PICTURE.study),
        "00100010": _element("PN"),
        "00100020": _element("LO", PICTURE.patient_id),
        "00100021": _element("LO"),
        "00100024": _element("SQ"),
        "00100030": _element("DA"),
        "00100040": _element("CS"),
        "00380010": _element("LO"),
        "00380014": _element("SQ"),
        "00081080": _element("LO"),
        "00081084": _element("SQ"),
        "0040A370": _element("SQ", request),
        "00741002": _element("SQ"),
        "00741216": _element("SQ"),
    }
    return [dict(sorted(written.items()))]


def workitem_update() -> list[dict[str, Any]]:
    """A change of a workitem that nobody has claimed."""
    return [{"00741200": _element("CS", "MEDIUM")}]


def workitem_claim() -> list[dict[str, Any]]:
    """A claim: the Transaction UID is the key to what is claimed, and known to who claims it alone."""
    return [{"00081195": _element("UI", TRANSACTION), "00741000": _element("CS", "IN PROGRESS")}]


def workitem_cancellation() -> list[dict[str, Any]]:
    """A wish that a workitem be canceled, and why."""
    return [
        {
            "00741238": _element("LT", "ordered twice"),
            "0074100A": _element("UR", "tel:+82-2-555-0100"),
            "0074100C": _element("LO", "Front desk"),
        }
    ]

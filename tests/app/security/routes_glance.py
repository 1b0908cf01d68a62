"""The routes of one patient at a glance: they show what the record shows of the patient, and no more."""

from tests.app.security.planting import Target
from tests.app.security.routes import QUERY, RECORD, Route

_PATIENT, _PATH = "/patients/<patient_id>", "/patients/{patient}"


def _diagnosis(target: Target) -> bytes:
    return f'"reference":"Condition/{target.condition}"'.encode()


def _study(target: Target) -> bytes:
    return f'"study":"ImagingStudy/{target.imaging_study}"'.encode()


def _patient(target: Target) -> bytes:
    return f'"reference":"Patient/{target.patient}"'.encode()


def _of_patient(target: Target) -> bytes:
    return f'"patient":"Patient/{target.patient}"'.encode()


GLANCE = (
    Route(f"GET {_PATIENT}/glance", RECORD, f"{_PATH}/glance", shows=_diagnosis),
    Route(
        f"GET {_PATIENT}/glance",
        RECORD,
        f"{_PATH}/glance?study={{imaging_study}}",
        shows=_study,
        name="of a study",
    ),
    Route(f"GET {_PATIENT}/timeline", RECORD, f"{_PATH}/timeline?count=1", shows=_diagnosis),
    Route(
        f"GET {_PATIENT}/timeline",
        RECORD,
        f"{_PATH}/timeline?undated=true",
        shows=_patient,
        name="without a time",
    ),
    Route(f"GET {_PATIENT}/changes", RECORD, f"{_PATH}/changes", shows=_of_patient),
    Route(f"PUT {_PATIENT}/read-mark", RECORD, f"{_PATH}/read-mark", headers=QUERY, status=204, changes=True),
)
"""A read mark is the caller's own, and tells nothing."""

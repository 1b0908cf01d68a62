"""The routes of reports: whoever may write them writes those of studies that are theirs to see."""

from tests.app.security.planting import Target
from tests.app.security.routes import QUERY, RECORD, REPORT, Route

_STUDY, _REPORT = "/reporting/studies/<study>", "/reporting/reports/<report>"
_PATH = "/reporting/reports/{report}"


def _imaging_study(target: Target) -> bytes:
    return f'"imagingStudy":"ImagingStudy/{target.imaging_study}"'.encode()


def _of_study(target: Target) -> bytes:
    return f'"studies":["ImagingStudy/{target.imaging_study}"]'.encode()


def _of_patient(target: Target) -> bytes:
    return f'"patient":"Patient/{target.patient}"'.encode()


def _words(_: Target) -> bytes:
    return b'{"content": {"findings": "A nodule."}}'


REPORTING = (
    Route(f"GET {_STUDY}", REPORT, "/reporting/studies/{study}", shows=_imaging_study, by_study=True),
    Route(
        f"POST {_STUDY}",
        REPORT,
        "/reporting/studies/{study}",
        _words,
        QUERY,
        status=201,
        shows=_of_study,
        by_study=True,
        changes=True,
    ),
    Route(f"GET {_REPORT}", RECORD, _PATH, shows=_of_patient, before="report"),
)
STEPS = (
    Route(f"PUT {_REPORT}", REPORT, _PATH, _words, QUERY, status=400),
    *(
        Route(f"POST {_REPORT}/{step}", REPORT, f"{_PATH}/{step}", _words, QUERY, status=400)
        for step in ("correction", "addendum", "withdrawal")
    ),
    Route(f"POST {_REPORT}/acknowledgement", RECORD, f"{_PATH}-none/acknowledgement", status=404),
    Route("GET /reporting/critical-results", RECORD, "/reporting/critical-results"),
)
"""Steps that name no version, which are refused before the report is looked for; and what is one's own.

Those that name one are tested in `tests/app/records/reporting` and `tests/app/http/reporting`.
"""

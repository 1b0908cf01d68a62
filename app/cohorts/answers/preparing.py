"""Asks ahead what most questions look at, so that the first one of a process does not wait for it.

The graph plans each statement when it first comes, and a cold one takes seconds for all of a question; what
is held of records (`graph.columns`) is read by the first that asks for it.
"""

from collections.abc import Sequence
from contextlib import suppress
from typing import Any

from app.cohorts.answers.answering import Cohorts
from graph.columns.columns import Columns
from graph.errors import HilumError
from graph.scope import AccessScope

_MOST_TRIES = 40  # of one question; each has something more read, of some ten to thirty
_SNOMED, _LOINC = "http://snomed.info/sct", "http://loinc.org"
_HYPERTENSION = {
    "kind": "condition",
    "codes": [{"system": _SNOMED, "code": "38341003", "descendants": True}],
    "verification": ["confirmed"],
    "period": {"within": "P2Y", "before": "asOf"},
}
_HAEMOGLOBIN = {
    "codes": [{"system": _LOINC, "code": "718-7"}],
    "value": {"op": "lt", "value": 10, "unit": "g/dL"},
    "period": {"within": "P1Y", "before": "asOf"},
}
USUAL: Sequence[dict[str, Any]] = (
    {
        "version": "1",
        "events": {
            "dx": _HYPERTENSION,
            "ct": {"kind": "imaging", "modality": ["CT"]},
        },
        "population": {
            "all": [
                {"age": {"op": "gt", "value": 45}},
                {"sex": {"op": "eq", "value": "female"}},
                {"exists": "dx"},
                {"exists": "ct"},
            ]
        },
        "output": {
            "rows": [
                {"resource": "MedicationRequest", "as": "rx"},
                {"resource": "ImagingStudy", "event": "ct", "as": "ct"},
                {"resource": "DiagnosticReport", "linkedTo": "ct", "as": "rep"},
            ]
        },
    },
    {
        "version": "1",
        "population": {
            "any": [
                {"observation": _HAEMOGLOBIN},
                {"encounter": {"count": {"op": "ge", "n": 3}, "period": {"within": "P1Y", "before": "asOf"}}},
                {"medication": {"codes": [{"code": "6809"}]}},
                {"procedure": {"codes": [{"system": _SNOMED, "code": "73761001"}]}},
            ]
        },
        "output": {"rows": []},
    },
)
"""Questions that look at what most do: who, which diagnoses, drugs, results, visits, pictures."""


def ask_ahead(cohorts: Cohorts, columns: Columns, scope: AccessScope, now: int) -> None:
    """Ask the usual questions under some rights, for nobody to see; `now` in µs since the epoch.

    Of a large tenant a question is asked again as long as something was read behind it.
    """
    for each in USUAL:
        ask_until_settled(cohorts, columns, scope, each, now)


def ask_until_settled(
    cohorts: Cohorts, columns: Columns, scope: AccessScope, question: dict[str, Any], now: int
) -> None:
    """Ask a question until nothing is read behind it any more, whatever comes of it.

    Where that does not end, as there is no room for what it looks at, the question is left.
    """
    for _ in range(_MOST_TRIES):
        before = columns.settle(scope.tenant)
        with suppress(HilumError):  # nothing is ready then; whoever asks is told what is wrong
            cohorts.ask(scope, question, now)
        if columns.settle(scope.tenant) == before:
            break

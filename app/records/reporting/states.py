"""How far a report is, and what each step makes of it: FHIR's diagnostic-report-status (R4) as data.

A report that was signed never goes back: what is added to it leaves its words as they are (`appended`), what
is put right says why (`amended`), and each is a version of its own. What others wrote in other states is left
to them.
"""

from collections.abc import Mapping
from enum import StrEnum

from graph.errors import Conflict
from graph.wording import marked


class ReportStatus(StrEnum):
    """The states of a DiagnosticReport."""

    REGISTERED = "registered"
    PARTIAL = "partial"
    PRELIMINARY = "preliminary"
    FINAL = "final"
    AMENDED = "amended"
    CORRECTED = "corrected"
    APPENDED = "appended"
    CANCELLED = "cancelled"
    ENTERED_IN_ERROR = "entered-in-error"
    UNKNOWN = "unknown"


class ReportStep(StrEnum):
    """What somebody does with a report."""

    SAVE = "save"
    SIGN = "sign"
    CORRECT = "correct"
    APPEND = "append"
    WITHDRAW = "withdraw"

    @property
    def signs(self) -> bool:
        """Whether whoever does it stands for the words of the report with their name."""
        return self in (ReportStep.SIGN, ReportStep.CORRECT, ReportStep.APPEND)


_PRELIMINARY, _FINAL = ReportStatus.PRELIMINARY, ReportStatus.FINAL
_AMENDED, _APPENDED = ReportStatus.AMENDED, ReportStatus.APPENDED
SIGNED: frozenset[ReportStatus] = frozenset({_FINAL, _AMENDED, _APPENDED})
"""The states of a report of which somebody stands for every word."""

STEPS: Mapping[tuple[ReportStep, ReportStatus | None], ReportStatus] = {
    (ReportStep.SAVE, None): _PRELIMINARY,
    (ReportStep.SAVE, _PRELIMINARY): _PRELIMINARY,
    (ReportStep.SIGN, None): _FINAL,
    (ReportStep.SIGN, _PRELIMINARY): _FINAL,
    **{(ReportStep.CORRECT, each): _AMENDED for each in SIGNED},
    **{(ReportStep.APPEND, each): _APPENDED for each in SIGNED},
    (ReportStep.WITHDRAW, _PRELIMINARY): ReportStatus.CANCELLED,
    **{(ReportStep.WITHDRAW, each): ReportStatus.ENTERED_IN_ERROR for each in SIGNED},
}
"""What a report becomes by a step; None is one that is not there yet, and what is missing is refused."""

_REFUSED: Mapping[ReportStep, str] = {
    ReportStep.SAVE: marked("the report is %(status)s: correct it, or add to it"),
    ReportStep.SIGN: marked("the report is %(status)s, and is not signed again"),
    ReportStep.CORRECT: marked("the report is %(status)s: only what was signed is corrected"),
    ReportStep.APPEND: marked("the report is %(status)s: only to what was signed something is added"),
    ReportStep.WITHDRAW: marked("the report is %(status)s, and is not withdrawn"),
}
_NONE_YET = "not begun"


def after(step: ReportStep, status: ReportStatus | None) -> ReportStatus:
    """What a report in a state becomes by a step; raises `Conflict` where the state forbids it."""
    found = STEPS.get((step, status))
    if found is None:
        raise Conflict(_REFUSED[step], location="status", code="conflict", status=status or _NONE_YET)
    return found


def status_of(text: object) -> ReportStatus:
    """The state that a DiagnosticReport says; `UNKNOWN` for what is none."""
    known = str(text)
    return ReportStatus(known) if known in set(ReportStatus) else ReportStatus.UNKNOWN

"""The states of a workitem and what each request does in each of them: PS3.4 table CC.1.1-2 as data.

The codes are those of DIMSE, by which PS3.4 names each case. PS3.18 11.6 to 11.8 say which status of HTTP
each has and what its `Warning` reads: what is wrong with the Transaction UID is a bad request, what the state
forbids a conflict.
"""

from collections.abc import Mapping
from enum import StrEnum
from typing import NamedTuple

from graph.errors import Category, Conflict, HilumError, Invalid


class UpsState(StrEnum):
    """Where a workitem is in its life; the last two are final."""

    SCHEDULED = "SCHEDULED"
    IN_PROGRESS = "IN PROGRESS"
    COMPLETED = "COMPLETED"
    CANCELED = "CANCELED"

    @property
    def is_final(self) -> bool:
        """Whether nothing of it changes any more."""
        return self in (UpsState.COMPLETED, UpsState.CANCELED)


class StateAnswer(NamedTuple):
    """What a request is answered in a state.

    `allowed`: it does what it asks. Else it is refused as `category`, or changes nothing and is accepted
    where that is None. `warning` is for the `Warning` header, None where there is nothing to warn of.
    """

    code: str
    allowed: bool = False
    category: Category | None = None
    warning: str | None = None


_INCONSISTENT = "The submitted request is inconsistent with the state of the UPS Instance."
_ALREADY = "The UPS is already in the requested state of {}."

GOES = StateAnswer("0000", allowed=True)
NO_LONGER = StateAnswer("C300", category=Category.CONFLICT, warning=_INCONSISTENT)
WRONG_TRANSACTION = StateAnswer(
    "C301", category=Category.INVALID, warning="The Transaction UID is incorrect."
)
MISSING_TRANSACTION = StateAnswer(
    "C301", category=Category.INVALID, warning="The Transaction UID is missing."
)
CLAIMED = StateAnswer("C302", category=Category.CONFLICT, warning=_INCONSISTENT)
ONLY_CREATED_SO = StateAnswer("C303", category=Category.INVALID, warning=_INCONSISTENT)
NOT_YET = StateAnswer("C304", category=Category.CONFLICT, warning=_INCONSISTENT)
NOT_CLAIMED = StateAnswer("C310", category=Category.CONFLICT, warning=_INCONSISTENT)
IS_CANCELED = StateAnswer("B304", warning=_ALREADY.format(UpsState.CANCELED))
IS_COMPLETED = StateAnswer("B306", warning=_ALREADY.format(UpsState.COMPLETED))

_SCHEDULED, _IN_PROGRESS, _COMPLETED, _CANCELED = UpsState

CHANGES: Mapping[tuple[UpsState, UpsState], StateAnswer] = {
    (_SCHEDULED, _SCHEDULED): ONLY_CREATED_SO,
    (_SCHEDULED, _IN_PROGRESS): ONLY_CREATED_SO,
    (_SCHEDULED, _COMPLETED): ONLY_CREATED_SO,
    (_SCHEDULED, _CANCELED): ONLY_CREATED_SO,
    (_IN_PROGRESS, _SCHEDULED): GOES,
    (_IN_PROGRESS, _IN_PROGRESS): CLAIMED,
    (_IN_PROGRESS, _COMPLETED): NO_LONGER,
    (_IN_PROGRESS, _CANCELED): NO_LONGER,
    (_COMPLETED, _SCHEDULED): NOT_CLAIMED,
    (_COMPLETED, _IN_PROGRESS): GOES,
    (_COMPLETED, _COMPLETED): IS_COMPLETED,
    (_COMPLETED, _CANCELED): NO_LONGER,
    (_CANCELED, _SCHEDULED): NOT_CLAIMED,
    (_CANCELED, _IN_PROGRESS): GOES,
    (_CANCELED, _COMPLETED): NO_LONGER,
    (_CANCELED, _CANCELED): IS_CANCELED,
}
"""What a change to the first state is answered in the second one, with the right Transaction UID."""

HELD_BY_TRANSACTION: frozenset[tuple[UpsState, UpsState]] = frozenset(
    (target, current)
    for target in (_COMPLETED, _CANCELED)
    for current in (_IN_PROGRESS, _COMPLETED, _CANCELED)
)
"""The changes for which the Transaction UID must be that of the claim; a claim brings its own."""

CANCELLATIONS: Mapping[UpsState, StateAnswer] = {
    _SCHEDULED: GOES,
    _IN_PROGRESS: StateAnswer("0000"),  # who holds it is told, and decides
    _COMPLETED: StateAnswer("C311", category=Category.CONFLICT, warning="The UPS is already COMPLETED."),
    _CANCELED: StateAnswer("B304", category=Category.CONFLICT, warning=_ALREADY.format(_CANCELED)),
}
"""What a request to cancel is answered in a state."""

FINAL_UPDATE = StateAnswer(
    "C300",
    category=Category.INVALID,
    warning="The submitted request is inconsistent with the current state of the Workitem.",
)
UNCLAIMED_UPDATE = StateAnswer(
    "C310", category=Category.INVALID, warning="The target URI did not reference a claimed Workitem."
)


class WorkitemRefusal(HilumError):
    """The state of a workitem, or its lock, forbids it; `warning` is what the `Warning` header reads."""

    warning: str


class WorkitemConflict(WorkitemRefusal, Conflict):
    """Its state forbids it."""


class WorkitemUnheld(WorkitemRefusal, Invalid):
    """The Transaction UID is not that of its claim, or a request makes no sense in any state."""


def refused(answer: StateAnswer, detail: str = "", *, location: str | None = None) -> WorkitemRefusal:
    """The error of an answer that refuses, as what it is raised; `detail` says more of what is wrong."""
    kind = WorkitemConflict if answer.category is Category.CONFLICT else WorkitemUnheld
    error = kind(f"{answer.warning} {detail} ({answer.code})".replace("  ", " "), location=location)
    error.warning = answer.warning or ""
    return error


def answer_to(target: UpsState, current: UpsState, *, holds: bool) -> StateAnswer:
    """What a change of state is answered; `holds` says whether its Transaction UID is that of the claim."""
    if (target, current) in HELD_BY_TRANSACTION and not holds:
        return WRONG_TRANSACTION
    return CHANGES[target, current]

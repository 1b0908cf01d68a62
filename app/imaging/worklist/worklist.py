"""The use case of the worklist: create, retrieve, search, update, change of state, request to cancel."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any
from uuid import uuid4

from app.imaging.worklist.data_sets import read_data_set
from app.imaging.worklist.matching import WorkitemCondition, understood
from app.imaging.worklist.moments import date_time
from app.imaging.worklist.request import WorkitemSearchRequest
from app.imaging.worklist.requirements import check_update, complete
from app.imaging.worklist.subscribing import is_title
from app.imaging.worklist.uids import check_chosen_uid, is_uid
from app.imaging.worklist.walking import NEWEST_FIRST, pages, pay
from app.site import Sites
from fhir_profiles.mapping.workitem_attributes import said, tag_of
from graph.errors import Invalid, TooLarge
from graph.query.expression import All, Page, Question
from graph.query.limits import LARGEST_OFFSET
from graph.query.rows import TASK
from graph.scope import AccessScope
from graph.workitems.states import MISSING_TRANSACTION, UpsState, refused
from graph.workitems.workitems import StoredWorkitem, WorkitemStore

_AT_ONCE, MOST_SCANNED = 500, 10_000  # workitems whose data sets are looked at, of one page and of one search
_TRANSACTION = "TransactionUID"
_DISPLAY = "ContactDisplayName"


@dataclass(frozen=True, slots=True)
class CreatedWorkitem:
    """A workitem that was created: its UID, and what the client is warned of, None where of nothing."""

    uid: str
    warning: str | None


@dataclass(frozen=True, slots=True)
class WorkitemPage:
    """The data sets of the matches of a page, and whether there are more behind it."""

    matches: tuple[dict[str, Any], ...]
    more: bool


class Worklist:
    """The workitems of a tenant; `clock` tells the moment in µs."""

    def __init__(self, workitems: WorkitemStore, sites: Sites, clock: Callable[[], int]) -> None:
        self._workitems = workitems
        self._sites = sites
        self._clock = clock

    def create(self, scope: AccessScope, found: Any, uid: str | None) -> CreatedWorkitem:
        """Create the workitem of a data set, under the UID that the request, the data set or nobody names.

        Raises `Invalid` with the attribute that is wrong, `Conflict` where the UID is taken.
        """
        scope.require("workitem.write")
        dataset = read_data_set(found)
        own = said(dataset, "SOPInstanceUID")
        if uid and own and uid != own:
            raise Invalid("the address and the data set name two UIDs", location="SOPInstanceUID")
        named = uid or own or f"2.25.{uuid4().int}"
        check_chosen_uid(named, "SOPInstanceUID")
        whole, warning = complete(dataset, named, self._moment(scope))
        self._workitems.create(scope, named, whole)
        return CreatedWorkitem(named, warning)

    def retrieve(self, scope: AccessScope, uid: str) -> dict[str, Any]:
        """The data set of a workitem, without the Transaction UID; raises `NotFound`."""
        return self._workitems.retrieve(scope, uid).dataset

    def update(self, scope: AccessScope, uid: str, found: Any, transaction: str | None) -> str | None:
        """Change attributes of a workitem; return what the client is warned of, None where of nothing.

        `transaction` is the UID that the address names; the data set may name it as well. Raises `Invalid`
        with the attribute that is wrong, `NotFound`, and `WorkitemRefusal` where its state or its lock
        forbids it.
        """
        scope.require("workitem.write")
        changes = read_data_set(found)
        named = said(changes, _TRANSACTION)
        changes.pop("00081195", None)
        if transaction and named and transaction != named:
            raise Invalid("the address and the data set name two Transaction UIDs", location=_TRANSACTION)
        if transaction is not None and not is_uid(transaction):
            raise Invalid("the Transaction UID is no UID", location=_TRANSACTION)
        check_update(changes)
        change = self._workitems.update(
            scope, uid, changes, transaction=transaction or named or None, when=self._moment(scope)
        )
        return change.warning

    def change_state(self, scope: AccessScope, uid: str, found: Any) -> str | None:
        """Claim, complete or cancel a workitem; return what the client is warned of, None where of nothing.

        Raises `Invalid` where the data set names no state or no Transaction UID, `NotFound`, and
        `WorkitemRefusal` where its state or its lock forbids it.
        """
        scope.require("workitem.write")
        dataset = read_data_set(found)
        text, transaction = said(dataset, "ProcedureStepState"), said(dataset, _TRANSACTION)
        if text not in set(UpsState):
            states = ", ".join(UpsState)
            raise Invalid(f"ProcedureStepState is one of {states}", location="ProcedureStepState")
        if not transaction:
            raise refused(MISSING_TRANSACTION, location=_TRANSACTION)
        if text == UpsState.IN_PROGRESS:
            check_chosen_uid(transaction, _TRANSACTION)
        change = self._workitems.change_state(
            scope, uid, UpsState(text), transaction=transaction, when=self._moment(scope)
        )
        return change.warning

    def request_cancellation(self, scope: AccessScope, uid: str, found: Any) -> None:
        """Ask for the end of a workitem, with the reasons of a data set; None gives none.

        Raises `Invalid` for a data set that is wrong, `NotFound`, and `WorkitemRefusal` where it has ended.
        """
        scope.require("workitem.write")
        reasons = read_data_set(found) if found is not None else {}
        reasons, requester = from_whom(reasons, scope.client or scope.subject)
        self._workitems.request_cancellation(
            scope, uid, reasons, requester=requester, when=self._moment(scope)
        )

    def search(self, scope: AccessScope, asked: WorkitemSearchRequest) -> WorkitemPage:
        """Return a page of matches, the newest first.

        Raises `Invalid` where a value does not fit its key, `TooLarge` for a page that begins too far behind
        or that takes too many data sets to look at.
        """
        scope.require("workitem.read")
        condition = understood(asked, self._sites.of(scope).zone)
        pay(condition)
        if asked.offset > LARGEST_OFFSET:
            raise TooLarge(f"offset is beyond {LARGEST_OFFSET}: narrow the search", location="offset")
        if condition.rest:
            found = self._looked_at(scope, condition, asked)
        else:
            page = Page(asked.limit + 1, sort=NEWEST_FIRST, offset=asked.offset)
            found = list(self._workitems.search(scope, Question(TASK, All(condition.where), page)))
        matches = found[: asked.limit]
        scope.concerns(key for each in matches for key in each.whose)
        return WorkitemPage(tuple(each.dataset for each in matches), more=len(found) > asked.limit)

    def _looked_at(
        self, scope: AccessScope, condition: WorkitemCondition, asked: WorkitemSearchRequest
    ) -> list[StoredWorkitem]:
        """The matches of a page, and one more, of a search that takes a look at each data set."""
        wanted, scanned = asked.offset + asked.limit + 1, 0
        found: list[StoredWorkitem] = []
        for rows in pages(self._workitems, scope, condition, _AT_ONCE):
            found += [each for each in rows if condition.rest.holds(each.dataset)]
            scanned += len(rows)
            if len(found) >= wanted or len(rows) < _AT_ONCE:
                break
            if scanned >= MOST_SCANNED:
                raise TooLarge("too many workitems to look at: narrow the search by other keys")
        return found[asked.offset : wanted]

    def _moment(self, scope: AccessScope) -> str:
        """The present as a DT in the zone of the tenant."""
        return date_time(self._clock(), self._sites.of(scope).zone)


def from_whom(reasons: dict[str, Any], account: str) -> tuple[dict[str, Any], str]:
    """A request to cancel with the name of who asks, and their title; "" where the name is none of its own.

    A name that is cut to a title might be that of somebody else.
    """
    display = {} if said(reasons, _DISPLAY) else {tag_of(_DISPLAY): {"vr": "LO", "Value": [account]}}
    title = said(reasons, "RequestingAE") or (account if is_title(account) else "")
    return reasons | display, title

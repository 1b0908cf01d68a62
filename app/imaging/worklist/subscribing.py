"""Who is told of workitems (PS3.18 11.10 to 11.12): applications by their titles, and of which ones."""

from collections.abc import Iterator, Sequence
from contextlib import suppress
from itertools import islice

from app.imaging.worklist.matching import understood
from app.imaging.worklist.request import KeyPath, WorkitemSearchRequest
from app.imaging.worklist.walking import pages, pay
from app.site import Sites
from fhir_profiles.mapping.workitem_attributes import said, tag_of
from graph.errors import Invalid, NotFound
from graph.scope import AccessScope
from graph.workitems.events import FILTERED, WORKLIST
from graph.workitems.states import UpsState
from graph.workitems.subscriptions import SubscriptionStore
from graph.workitems.workitems import WorkitemStore

MOST_TOLD, _AT_ONCE = 2_000, 200  # workitems whose states a new subscription is told, of each state
_STATE = KeyPath(("ProcedureStepState",), (tag_of("ProcedureStepState"),), "CS")
_LONGEST_TITLE = 16


class WorklistSubscriptions:
    """Subscribes applications to workitems and to the worklist."""

    def __init__(self, workitems: WorkitemStore, subscriptions: SubscriptionStore, sites: Sites) -> None:
        self._workitems = workitems
        self._subscriptions = subscriptions
        self._sites = sites

    def subscribe(
        self,
        scope: AccessScope,
        title: str,
        target: str,
        *,
        lock: bool = False,
        keys: Sequence[tuple[KeyPath, str]] = (),
    ) -> None:
        """Subscribe an application to a workitem, to the worklist, or to what of it a filter matches.

        Who subscribes is told at once the state of the workitem; of a worklist the states of those that are
        to be done or are being done, the newest `MOST_TOLD` of each. `lock` asks that workitems be kept,
        as all are. Raises `Invalid` for a title or a filter that is none, `NotFound` for a workitem that is
        not there.
        """
        check_title(title)
        if (target == FILTERED) != bool(keys):
            raise Invalid("a filter goes with the filtered worklist, and only with it", location="filter")
        if target == FILTERED:
            understood(WorkitemSearchRequest(keys=tuple(keys), limit=1), self._sites.of(scope).zone)
        elif target != WORKLIST:
            self._workitems.retrieve(scope, target)
        named = [(path.name, value) for path, value in keys]
        self._subscriptions.subscribe(scope, title, target, lock=lock, keys=named)
        if target not in (WORKLIST, FILTERED):
            self._workitems.tell_states(scope, [target], title)
            return
        for state in (UpsState.SCHEDULED, UpsState.IN_PROGRESS):
            for uids in self._standing(scope, keys, state):
                with suppress(NotFound):  # all of them went in between
                    self._workitems.tell_states(scope, uids, title)

    def _standing(
        self, scope: AccessScope, keys: Sequence[tuple[KeyPath, str]], state: UpsState
    ) -> Iterator[list[str]]:
        """The UIDs of the workitems in a state that keys match and the caller sees, page by page."""
        asked = WorkitemSearchRequest(keys=(*keys, (_STATE, str(state))), limit=1)
        condition = understood(asked, self._sites.of(scope).zone)
        pay(condition)
        for rows in islice(pages(self._workitems, scope, condition, _AT_ONCE), MOST_TOLD // _AT_ONCE):
            found = [each.dataset for each in rows]
            uids = [said(each, "SOPInstanceUID") for each in found if condition.rest.holds(each)]
            if uids:
                yield uids

    def unsubscribe(self, scope: AccessScope, title: str, target: str) -> None:
        """End a subscription; raises `Invalid` for a title that is none, `NotFound` where there is none."""
        check_title(title)
        if target not in (WORKLIST, FILTERED):
            self._workitems.retrieve(scope, target)
        self._subscriptions.unsubscribe(scope, title, target)

    def suspend(self, scope: AccessScope, title: str, target: str) -> None:
        """Tell an application nothing of workitems that are created from now on.

        Raises `Invalid` for what is no worklist, `NotFound` where there is no such subscription.
        """
        check_title(title)
        if target not in (WORKLIST, FILTERED):
            raise Invalid("only a subscription to the worklist is suspended", location="workitem")
        self._subscriptions.suspend(scope, title, target)


def is_title(text: str) -> bool:
    """Whether a text is a title of an application (PS3.5 6.2: AE)."""
    plain = text.isascii() and text.isprintable() and "\\" not in text
    return bool(plain and text.strip() and len(text) <= _LONGEST_TITLE)


def check_title(title: str) -> None:
    """Raise `Invalid` for what is no title of an application."""
    if not is_title(title):
        raise Invalid("a title of an application has 1 to 16 characters", location="aetitle")

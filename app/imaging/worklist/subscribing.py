"""Who is told of workitems (PS3.18 11.10 to 11.12): applications by their titles, and of which ones."""

from collections.abc import Sequence

from app.imaging.worklist.matching import understood
from app.imaging.worklist.request import KeyPath, WorkitemSearchRequest
from app.site import Sites
from graph.errors import Invalid
from graph.scope import AccessScope
from graph.workitems.events import FILTERED, WORKLIST
from graph.workitems.subscriptions import SubscriptionStore
from graph.workitems.workitems import WorkitemStore

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

        Who subscribes to a workitem is told its state at once. `lock` asks that the workitem be kept, as all
        are. Raises `Invalid` for a title or a filter that is none, `NotFound` for a workitem that is not
        there.
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
            self._workitems.tell_state(scope, target, title)

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


def check_title(title: str) -> None:
    """Raise `Invalid` for what is no title of an application (PS3.5 6.2: AE)."""
    plain = title.isascii() and title.isprintable() and "\\" not in title
    if not (plain and title.strip() and len(title) <= _LONGEST_TITLE):
        raise Invalid("a title of an application has 1 to 16 characters", location="aetitle")

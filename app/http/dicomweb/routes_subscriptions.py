"""UPS-RS subscriptions (PS3.18 11.10 to 11.12): who is told of workitems, and where they are told."""

from urllib.parse import quote

from flask import Response, request

from app.http.dicomweb.search_parameters import flag_of
from app.http.dicomweb.workitem_parameters import DELETION_LOCK, filter_of
from app.http.kit.uids import check_uids
from app.imaging.worklist.subscribing import WorklistSubscriptions
from app.site import Sites
from graph.scope import AccessScope

_SOCKET = {"http": "ws", "https": "wss"}


class SubscriptionViews:
    """The answers to requests about subscriptions."""

    def __init__(self, subscriptions: WorklistSubscriptions, sites: Sites) -> None:
        self._subscriptions = subscriptions
        self._sites = sites

    def subscribe(self, scope: AccessScope, workitem: str, aetitle: str) -> Response:
        """201 with the address of the socket on which events come."""
        check_uids(workitem=workitem)
        lock = flag_of({name: values for name, values in request.args.lists()}, DELETION_LOCK)
        keys = filter_of(request.args.lists())
        self._subscriptions.subscribe(scope, aetitle, workitem, lock=lock, keys=keys)
        address = self._sites.of(scope).address(scope.partition)
        scheme, _, rest = address.partition(":")
        answer = Response(status=201)
        answer.headers["Location"] = f"{address}/workitems/{workitem}/subscribers/{quote(aetitle)}"
        answer.headers["Content-Location"] = f"{_SOCKET[scheme]}:{rest}/subscribers/{quote(aetitle)}"
        return answer

    def unsubscribe(self, scope: AccessScope, workitem: str, aetitle: str) -> Response:
        """200 where a subscription has ended."""
        check_uids(workitem=workitem)
        self._subscriptions.unsubscribe(scope, aetitle, workitem)
        return Response(status=200)

    def suspend(self, scope: AccessScope, workitem: str, aetitle: str) -> Response:
        """200 where a subscription to the worklist no longer takes in what is created."""
        check_uids(workitem=workitem)
        self._subscriptions.suspend(scope, aetitle, workitem)
        return Response(status=200)

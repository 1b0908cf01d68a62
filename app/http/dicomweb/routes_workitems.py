"""UPS-RS, the worklist (PS3.18 11.4 to 11.9): create, retrieve, update, change of state, cancel, search."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from flask import Response, after_this_request, request

from app.http.dicomweb.addresses import warned
from app.http.dicomweb.dataset_answers import data_sets, form_wanted, one_data_set
from app.http.dicomweb.workitem_parameters import (
    parse_workitem_search,
    shown_of,
    transaction_named,
    workitem_named,
)
from app.http.kit.bodies import expect_media_type, parse_json, request_body
from app.http.kit.uids import check_uids
from app.imaging.native_model import NativeLimits, read_native
from app.imaging.worklist import Worklist
from app.site import Sites
from graph.errors import Invalid
from graph.scope import AccessScope
from graph.workitems.states import WorkitemRefusal

JSON_BODIES, XML_BODY = ("application/dicom+json", "application/json"), "application/dicom+xml"
LARGEST = 1 << 20  # bytes of a data set
_MORE = "There are additional results that can be requested"


class WorkitemViews:
    """The answers to requests for workitems."""

    def __init__(self, worklist: Worklist, sites: Sites) -> None:
        self._worklist = worklist
        self._sites = sites

    def create(self, scope: AccessScope) -> Response:
        """201 with the address of the workitem; a Warning where it was completed.

        Raises `Invalid` for a body that is not one data set.
        """
        created = self._worklist.create(scope, _body(), workitem_named())
        answer = Response(status=201)
        answer.headers["Location"] = f"{self._address(scope)}/workitems/{created.uid}"
        answer.headers["Content-Location"] = answer.headers["Location"]
        self._warn(scope, answer, created.warning)
        return answer

    def retrieve(self, scope: AccessScope, workitem: str) -> Response:
        """200 with the data set, alone and in no array (F.2.1.1), without its Transaction UID."""
        check_uids(workitem=workitem)
        form = form_wanted()
        dataset = self._worklist.retrieve(scope, workitem)
        answer = one_data_set(dataset, form, 200)
        answer.headers["Cache-Control"] = "no-cache"
        return answer

    def search(self, scope: AccessScope) -> Response:
        """200 with the data sets of the matches, or 204 without any."""
        form = form_wanted()
        query = parse_workitem_search(request.args.lists())
        page = self._worklist.search(scope, query.request)
        if page.matches:
            answer = data_sets([shown_of(each, query) for each in page.matches], form)
        else:
            answer = Response(status=204)
        for warning in (*query.warnings, *([_MORE] if page.more else [])):
            self._warn(scope, answer, warning)
        return answer

    def update(self, scope: AccessScope, workitem: str) -> Response:
        """200 where it was changed; a refusal has its Warning.

        Raises `Invalid` for a body that is not one data set.
        """
        check_uids(workitem=workitem)
        with self._refusals(scope):
            warning = self._worklist.update(scope, workitem, _body(), transaction_named())
        return self._changed(scope, workitem, warning)

    def change_state(self, scope: AccessScope, workitem: str) -> Response:
        """200 where it is in the state that was asked for; a Warning where it was before.

        Raises `Invalid` for a body that is not one data set.
        """
        check_uids(workitem=workitem)
        with self._refusals(scope):
            warning = self._worklist.change_state(scope, workitem, _body())
        return self._changed(scope, workitem, warning)

    def request_cancellation(self, scope: AccessScope, workitem: str) -> Response:
        """202: it is canceled, or who holds it is told."""
        check_uids(workitem=workitem)
        with self._refusals(scope):
            self._worklist.request_cancellation(scope, workitem, _body_if_any())
        return Response(status=202)

    def _changed(self, scope: AccessScope, workitem: str, warning: str | None) -> Response:
        answer = Response(status=200)
        answer.headers["Content-Location"] = f"{self._address(scope)}/workitems/{workitem}"
        self._warn(scope, answer, warning)
        return answer

    def _warn(self, scope: AccessScope, answer: Response, warning: str | None) -> None:
        if warning:
            answer.headers.add("Warning", warned(self._address(scope), warning))

    @contextmanager
    def _refusals(self, scope: AccessScope) -> Iterator[None]:
        """Have the answer to a refusal carry the Warning of the standard (11.6.3.2, 11.7.3.2, 11.8.3.2)."""
        try:
            yield
        except WorkitemRefusal as refusal:
            warning = warned(self._address(scope), refusal.warning)

            @after_this_request
            def add(answer: Response) -> Response:
                answer.headers.add("Warning", warning)
                return answer

            raise

    def _address(self, scope: AccessScope) -> str:
        return self._sites.of(scope).address(scope.partition)


def _body() -> Any:
    """The one data set of the request in hand: an object of the JSON model, an array of one, or XML.

    Raises `Unsupported` for another media type, `Invalid` for a body that is malformed, `TooLarge`.
    """
    kind = expect_media_type(*JSON_BODIES, XML_BODY)
    body = request_body(LARGEST)
    if kind == XML_BODY:
        return read_native(body.chunks(), NativeLimits(size=LARGEST))
    found = parse_json(b"".join(body.chunks()))
    if not isinstance(found, list):
        return found
    if len(found) != 1:
        raise Invalid("the request holds one data set", location="body")
    return found[0]


def _body_if_any() -> Any:
    """The data set of the request in hand; None where it has no body."""
    if not request.content_length and "Transfer-Encoding" not in request.headers:
        return None
    return _body()

"""QIDO-RS, the Search transaction (PS3.18 10.6): parameters to a request, matches to data sets."""

from flask import Response, request

from app.http.dicomweb.addresses import warned
from app.http.dicomweb.dataset_answers import data_sets, form_wanted
from app.http.dicomweb.search_parameters import parse
from app.http.dicomweb.search_response import dataset
from app.http.kit.uids import check_uids
from app.imaging.search import MOST_COUNTED, ImagingSearch
from app.site import Sites
from graph.query.attributes import INSTANCE, SERIES, STUDY
from graph.scope import AccessScope

PATHS = {
    "/studies": STUDY,
    "/series": SERIES,
    "/instances": INSTANCE,
    "/studies/<study>/series": SERIES,
    "/studies/<study>/instances": INSTANCE,
    "/studies/<study>/series/<series>/instances": INSTANCE,
}
_TOTAL = "X-Total-Count"


class QidoViews:
    """The answers to a search."""

    def __init__(self, search: ImagingSearch, sites: Sites) -> None:
        self._search = search
        self._sites = sites

    def search(
        self, scope: AccessScope, level: str, study: str | None = None, series: str | None = None
    ) -> Response:
        """200 with the data sets of the matches, or 204 without any (10.6.3)."""
        check_uids(study=study, series=series)
        form = form_wanted()
        query = parse(request.args.lists(), level, study, series)
        page = self._search.search(scope, query.request, stored=query.fields.wants_metadata)
        address = self._sites.of(scope).address(scope.partition)
        if page.matches:
            found = [dataset(match, query.request, query.fields, address) for match in page.matches]
            response = data_sets(found, form)
        else:
            response = Response(status=204)
        more = [_told(self._search.remaining(scope, query.request))] if page.more else []
        for warning in (*query.warnings, *more):
            response.headers.add("Warning", warned(address, warning))
        if query.total:
            response.headers[_TOTAL] = str(self._search.total(scope, query.request))
        return response


def _told(remaining: int) -> str:
    """The warning of matches that were not returned yet (8.3.4.4.1)."""
    count = f"more than {MOST_COUNTED}" if remaining > MOST_COUNTED else remaining
    return f"There are {count} additional results that can be requested"

"""QIDO-RS, the Search transaction (PS3.18 10.6): parameters to a question, matches to DICOM JSON."""

from flask import Response, request

from app.http.dicomweb.matching import conditions
from app.http.dicomweb.search_parameters import SearchRequest, parse
from app.http.dicomweb.search_response import dataset
from app.http.dicomweb.uids import check_uids
from app.http.kit.json_answers import DICOM_JSON, dicom_json
from app.http.kit.negotiation import MediaType, choose
from app.wiring import Services
from graph.query.attributes import INSTANCE, SERIES, STUDY
from graph.query.expression import All, Page, Question, Sort
from graph.scope import AccessScope

PATHS = {
    "/studies": STUDY,
    "/series": SERIES,
    "/instances": INSTANCE,
    "/studies/<study>/series": SERIES,
    "/studies/<study>/instances": INSTANCE,
    "/studies/<study>/series/<series>/instances": INSTANCE,
}
_OFFERS = (DICOM_JSON, MediaType("application", "json"))
_MORE = '299 hilum "There are more results; ask for them with offset"'
_NEWEST_FIRST = (Sort(None, descending=True),)


def answer(
    services: Services, scope: AccessScope, level: str, study: str | None, series: str | None
) -> Response:
    """200 with an array of data sets, or 204 without any (10.6.3)."""
    check_uids(study=study, series=series)
    choose(request.headers.get("Accept"), _OFFERS)
    asked = parse(request.args, level, study, series)
    # One more than asked tells whether there are more, which clients are warned of.
    page = Page(asked.limit + 1, sort=_NEWEST_FIRST, offset=asked.offset)
    matches = services.imaging.search(scope, Question(level, All(conditions(asked)), page))
    response = _response(services, scope, asked, matches[: asked.limit])
    if len(matches) > asked.limit:
        response.headers["Warning"] = _MORE
    return response


def _response(services: Services, scope: AccessScope, asked: SearchRequest, matches: list) -> Response:  # type: ignore[type-arg]
    if not matches:
        return Response(status=204)
    address = services.settings.address(scope.partition)
    return dicom_json([dataset(match, asked, address) for match in matches])

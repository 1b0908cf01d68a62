"""`/viewer`: opens studies in the viewer, a prior beside; below it are the viewer's own page and files."""

from dataclasses import dataclass
from urllib.parse import urlencode, urlsplit

from flask import Blueprint, Response, request

from app.http.kit.guard import public, signed_in
from app.http.kit.headers import VIEWER_HEADERS
from app.http.kit.own_paths import see_other
from app.http.kit.request_context import current_scope
from app.http.kit.uids import check_uids
from app.http.viewer.files import ViewerFiles
from app.http.viewer.settings import COMPARE, VIEWER_PATH, ViewerMode, viewer_config, viewer_page
from app.imaging.search.request import SearchRequest
from app.imaging.search.search import ImagingSearch
from app.records.casts import CastAnnouncer
from graph.errors import Invalid, NotFound, Unavailable
from graph.query.attributes import STUDY

MOST_STUDIES = 4
_ASKED = "StudyInstanceUIDs"
_SERIES, _FIRST_SERIES = "SeriesInstanceUID", "initialSeriesInstanceUID"
_SLIDES = "SM"


@dataclass(frozen=True, slots=True, kw_only=True)
class ViewerUses:
    """The use cases of this window; `base` is the address of the gateway, `dicomweb` the path of DICOMweb."""

    search: ImagingSearch
    announcer: CastAnnouncer
    files: ViewerFiles
    base: str
    dicomweb: str


def studies_asked() -> list[str]:
    """The studies that the address names, each once and in order.

    Raises `Invalid` for what are no UIDs, for none and for more than are shown at a time.
    """
    named = [each for text in request.args.getlist(_ASKED) for each in text.split(",")]
    studies = list(dict.fromkeys(named))
    if not 0 < len(studies) <= MOST_STUDIES:
        raise Invalid(
            "%(parameter)s names 1 to %(most)s studies", location=_ASKED, parameter=_ASKED, most=MOST_STUDIES
        )
    for study in studies:
        check_uids(**{_ASKED: study})
    return studies


def series_asked() -> dict[str, str]:
    """The series that the address wants to be shown first, in the words of OHIF; raises `Invalid`."""
    series = request.args.get(_SERIES)
    check_uids(**{_SERIES: series})
    return {_FIRST_SERIES: series} if series else {}


def blueprint(uses: ViewerUses) -> Blueprint:
    """The routes of the viewer."""
    rooms = Blueprint("viewer", __name__)
    base = urlsplit(uses.base).path.rstrip("/")
    config = viewer_config(base, uses.dicomweb)

    def is_of_slides(study: str) -> bool:
        """Whether a study that the caller sees is of slides; raises `NotFound`."""
        asked = SearchRequest(level=STUDY, study=study, limit=1)
        found = uses.search.search(current_scope(), asked).matches
        if not found:
            raise NotFound("there is no such study")
        return _SLIDES in found[0].study.get("ModalitiesInStudy", ())

    @rooms.get(VIEWER_PATH)
    @signed_in("R", "imaging.read")
    def opened() -> Response:
        studies = studies_asked()
        of_slides = [is_of_slides(study) for study in studies]
        mode = ViewerMode.MICROSCOPY if all(of_slides) else ViewerMode.VIEWER
        query = {_ASKED: ",".join(studies), **series_asked()}
        if len(studies) > 1 and mode is ViewerMode.VIEWER:
            query["hangingProtocolId"] = COMPARE
        uses.announcer.study_opened(current_scope(), studies[0])
        return see_other(f"{uses.base}{VIEWER_PATH}/{mode}?{urlencode(query, safe=',@/')}")

    @rooms.get(f"{VIEWER_PATH}/<any({', '.join(ViewerMode)}):mode>")
    @signed_in("R", "imaging.read")
    def page(mode: str) -> Response:
        start = uses.files.start
        if start is None:
            raise Unavailable("the viewer was not brought in: make run brings it")
        return Response(
            viewer_page(base, start), headers=VIEWER_HEADERS, content_type="text/html; charset=utf-8"
        )

    @rooms.get(f"{VIEWER_PATH}/app-config.js")
    @public
    def settings() -> Response:
        return Response(config, headers=VIEWER_HEADERS, content_type="text/javascript; charset=utf-8")

    @rooms.get(f"{VIEWER_PATH}/<path:name>")
    @public(limited=False)
    def file(name: str) -> Response:
        return uses.files.answer(name, request)

    return rooms

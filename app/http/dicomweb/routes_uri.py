"""The URI service, WADO-URI (PS3.18 chapter 9): one instance by its query, as a file or as what it shows."""

from collections.abc import Mapping, Sequence

from flask import Response, request

from app.http.dicomweb.accepting import accepted
from app.http.dicomweb.bulk_forms import OCTETS, forms_of
from app.http.dicomweb.file_forms import DICOM, SYNTAX, syntax_wanted
from app.http.dicomweb.picture_forms import MEDIA
from app.http.dicomweb.routes_bulk import BulkViews
from app.http.dicomweb.routes_rendered import DOCUMENT, RenderedViews
from app.http.dicomweb.routes_retrieve import WadoViews
from app.http.dicomweb.uri_parameters import CONTENT_TYPE, UriRequest, read_uri_request
from app.http.kit.negotiation import MediaRange, MediaType, media_type, parse_accept, weigh
from app.imaging.bulk_paths import bulk_path
from app.imaging.render.targets import EXPLICIT_LITTLE, WHOLE_TARGETS
from app.imaging.render.wishes import read_uri_wish
from app.imaging.retrieve import (
    BulkRetrieval,
    ImagingRendering,
    ImagingRetrieval,
    Showing,
    StoredBulk,
    showing_of,
)
from graph.errors import Invalid, NotAcceptable, NotFound
from graph.records import StoredInstance
from graph.scope import AccessScope

_FILE = MediaType("application", "dicom")


class UriViews:
    """The answers to URI requests, made of those to requests for resources."""

    def __init__(
        self,
        files: WadoViews,
        pictures: RenderedViews,
        documents: BulkViews,
        *,
        retrieval: ImagingRetrieval,
        rendering: ImagingRendering,
        bulk: BulkRetrieval,
    ) -> None:
        self._files = files
        self._pictures = pictures
        self._documents = documents
        self._retrieval = retrieval
        self._rendering = rendering
        self._bulk = bulk

    def retrieve(self, scope: AccessScope) -> Response:
        """200 with one instance in the media type that is wanted most; of equals what it shows (9.3).

        Raises `Invalid` for a parameter that cannot be, also for a presentation state that is not there,
        `NotAcceptable` where nothing fits the media types, `NotFound` where the instance is not there.
        """
        asked = read_uri_request(request.args)
        _refuse_mixed(request.args.getlist(CONTENT_TYPE))
        ranges = accepted(CONTENT_TYPE)
        found = self._retrieval.with_frames(scope, asked.study, asked.series, asked.instance)
        kind = showing_of(found)
        document = self._document(scope, found) if kind is Showing.DOCUMENT else None
        shown = [media_type(name) for name in MEDIA.get(kind, ())]
        wanted = _wanted(ranges, [*shown, *(forms_of(document) if document else ())])
        if wanted == _FILE:
            _refuse_windowed(request.args)
            return self._file(found, asked, ranges)
        if asked.transfer_syntax is not None:
            raise Invalid(f"a transfer syntax goes with {DICOM} alone", location="transferSyntax")
        if document is not None:
            return self._documents.alone(scope, document, wanted)
        return self._shown(scope, found, asked, wanted)

    def _document(self, scope: AccessScope, found: StoredInstance) -> StoredBulk:
        return self._bulk.value(scope, found.study_uid, found.series_uid, found.sop_uid, bulk_path(DOCUMENT))

    def _file(self, found: StoredInstance, asked: UriRequest, ranges: Sequence[MediaRange]) -> Response:
        """The file in the syntax that is asked for, else in the default (9.4.2.4); raises `NotAcceptable`."""
        in_types = (each.parameters.get(SYNTAX) for each in ranges if each.name == DICOM)
        named = asked.transfer_syntax or next(filter(None, in_types), None)
        wanted = MediaRange(_FILE.type, _FILE.subtype, {SYNTAX: named or EXPLICIT_LITTLE})
        syntax = syntax_wanted(found, [wanted], single=True)
        if syntax is None:
            offered = ", ".join(dict.fromkeys((found.transfer_syntax_uid, *WHOLE_TARGETS)))
            raise NotAcceptable(f"there are the transfer syntaxes {offered}", location="transferSyntax")
        return self._files.single(found, syntax, insisted=named is not None)

    def _shown(
        self, scope: AccessScope, found: StoredInstance, asked: UriRequest, form: MediaType
    ) -> Response:
        """What there is to see or to read; raises `Invalid` for a frame or a state that it has not."""
        wish = read_uri_wish(request.args, form.name, presented=asked.presentation is not None)
        if asked.frame is not None:
            _check_frame(asked, asked.frame, found)
        state = self._state(scope, asked, found)
        return self._pictures.alone(scope, found, asked.frame, wish, state)

    def _state(self, scope: AccessScope, asked: UriRequest, image: StoredInstance) -> StoredInstance | None:
        """The presentation state that is asked for; raises `Invalid` for none of that image (9.5.2.3)."""
        if asked.presentation is None:
            return None
        uids = asked.presentation
        try:
            state = self._retrieval.with_frames(scope, asked.study, uids.series, uids.instance)
        except NotFound:
            raise Invalid("there is no such presentation state", location="presentationUID") from None
        if showing_of(state) is not Showing.STATE or not self._rendering.shows(scope, state, image):
            raise Invalid("it is no presentation state of that image", location="presentationUID")
        return state


def _check_frame(asked: UriRequest, frame: int, found: StoredInstance) -> None:
    """Raise `Invalid` for a frame of what has not several, and beside a state (9.5.2.1, 9.5.2.3)."""
    if asked.presentation is not None:
        raise Invalid("It does not go with a presentation state.", location="frameNumber")
    if showing_of(found) is not Showing.PIXELS or found.number_of_frames == 1:
        raise Invalid("the instance has not several frames", location="frameNumber")
    if frame > found.number_of_frames:
        raise Invalid("the instance has no such frame", location="frameNumber")


def _refuse_windowed(arguments: Mapping[str, str]) -> None:
    """Raise `Invalid` where a file is asked for in a window of grey values (9.5.1.2.6)."""
    for name in ("windowCenter", "windowWidth"):
        if name in arguments and CONTENT_TYPE in arguments:
            raise Invalid(f"It does not go with {DICOM}.", location=name)


def _refuse_mixed(values: Sequence[str]) -> None:
    """Raise `Invalid` where a file is asked for beside what is none (8.3.3.1)."""
    names = {each.name for each in parse_accept(",".join(values))} if values else set()
    if DICOM in names and len(names) > 1:
        raise Invalid(f"{DICOM} stands alone", location=CONTENT_TYPE)


def _wanted(ranges: Sequence[MediaRange], shown: Sequence[MediaType]) -> MediaType:
    """The media type that is wanted most, the first of equals; raises `NotAcceptable`.

    Octets are no rendered media type (table 8.7.4-1): a document without a type of its own is a file.
    """
    offers = [*(each for each in shown if each.name != OCTETS.name), _FILE]
    weights = [weigh(ranges, each) for each in offers]
    if not max(weights):
        names = (each.name for each in offers)
        raise NotAcceptable("it can be had in other media types", location=CONTENT_TYPE, offered=names)
    return offers[weights.index(max(weights))]

"""Retrieve frames (PS3.18 10.4.1.1.6): their numbers, and the media type in which they go out."""

from collections.abc import Iterator, Sequence
from itertools import chain
from uuid import uuid4

from flask import Response

from app.http.dicomweb.accepting import accepted
from app.http.dicomweb.addresses import path_of
from app.http.dicomweb.frame_forms import FrameForm, frame_forms
from app.http.dicomweb.frame_numbers import read_frame_numbers
from app.http.kit.multipart import OutgoingPart, related_content_type, related_length, write_related
from app.http.kit.negotiation import MediaType
from app.http.kit.single_part import SinglePart, answer_single
from app.http.kit.uids import check_uids
from app.imaging.retrieve import ImagingRendering, ImagingRetrieval
from app.site import Sites
from graph.errors import NotAcceptable
from graph.records import StoredInstance
from graph.scope import AccessScope

_MOST_HELD = 8 << 20  # bytes of frames that are read before the first is sent


class FrameViews:
    """The answers to a request for frames."""

    def __init__(self, retrieval: ImagingRetrieval, rendering: ImagingRendering, sites: Sites) -> None:
        self._retrieval = retrieval
        self._rendering = rendering
        self._sites = sites

    def frames(self, scope: AccessScope, study: str, series: str, instance: str, numbers: str) -> Response:
        """200 with the frames in the order asked for: multipart/related or, one alone, a single part.

        Raises `Invalid` for what is no frame number, `NotAcceptable` where the caller takes no form that the
        frames can be had in.
        """
        check_uids(study=study, series=series, instance=instance)
        wanted = read_frame_numbers(numbers)
        found = self._retrieval.with_frames(scope, study, series, instance)
        forms = frame_forms(found, accepted(), alone=len(wanted) == 1)
        form, bodies = self._had(found, wanted, forms)
        if not form.alone:
            address = self._sites.of(scope).address(scope.partition)
            place = f"{address}{path_of(study, series, instance)}/frames"
            return _related(zip(wanted, bodies, strict=True), form.media_type, place)
        (body,) = bodies
        tag = self._retrieval.tag_of(found, f"frame {wanted[0]} {form.media_type}")
        return answer_single(
            SinglePart(str(form.media_type), len(body), tag, lambda start, end: [body[start:end]])
        )

    def _had(
        self, instance: StoredInstance, numbers: Sequence[int], forms: Sequence[FrameForm]
    ) -> tuple[FrameForm, Iterator[bytes]]:
        """The frames in the first form that the first can be had in; raises what hindered the last form."""
        for form in forms:
            bodies = self._in_form(instance, numbers, form)
            try:
                return form, chain([next(bodies)], bodies)
            except NotAcceptable:
                if form is forms[-1]:
                    raise
        raise NotAcceptable("the frames are given out in other media types", location="Accept")

    def _in_form(self, instance: StoredInstance, numbers: Sequence[int], form: FrameForm) -> Iterator[bytes]:
        if form.stored:
            return self._retrieval.frames(instance, numbers)
        return self._rendering.frames(instance, numbers, form.transfer_syntax_uid)


def _related(frames: Iterator[tuple[int, bytes]], frame_type: MediaType, place: str) -> Response:
    """The frames as parts: with their length where they are few bytes, else as they come."""
    boundary, form = uuid4().hex, str(frame_type)
    each = (
        OutgoingPart({"Content-Type": form, "Content-Location": f"{place}/{number}"}, [body], len(body))
        for number, body in frames
    )
    parts, size = [], 0
    for part in each:
        parts.append(part)
        if (size := size + (part.length or 0)) > _MOST_HELD:
            break
    response = Response(
        write_related(chain(parts, each), boundary),
        content_type=related_content_type(frame_type.name, boundary),
    )
    if size <= _MOST_HELD:
        response.headers["Content-Length"] = str(related_length(parts, boundary))
    return response

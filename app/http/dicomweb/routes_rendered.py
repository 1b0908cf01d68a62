"""Rendered resources and thumbnails, at every level (PS3.18 10.4.1.1.3, 10.4.1.1.4): pictures to look at."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import chain
from uuid import uuid4

from flask import Response, request

from app.http.dicomweb.accepting import accepted
from app.http.dicomweb.frame_numbers import read_frame_numbers
from app.http.dicomweb.uids import check_uids
from app.http.kit.multipart import OutgoingPart, related_content_type, write_related
from app.http.kit.negotiation import MediaRange, MediaType, weigh
from app.imaging.render.wishes import GIF, JP2, JPEG, PNG, WEBP, Viewport, Wish, read_wish
from app.imaging.retrieve import ImagingRendering, ImagingRetrieval
from app.site import Sites
from graph.errors import HilumError, NotAcceptable, NotFound
from graph.records import StoredInstance
from graph.scope import AccessScope

MOST_MOVING_FRAMES = 1000
THUMBNAIL = Viewport(width=200, height=200)
_MEDIA = (JPEG, PNG, GIF, WEBP, JP2)  # the first is the default (8.7.4, table 8.7.4-1)
_MOVING = frozenset({GIF, WEBP})


@dataclass(frozen=True, slots=True)
class _Form:
    """A media type that is wanted, and whether a picture stands alone in it."""

    media_type: str
    alone: bool


class RenderedViews:
    """The answers to a request for pictures."""

    def __init__(self, retrieval: ImagingRetrieval, rendering: ImagingRendering, sites: Sites) -> None:
        self._retrieval = retrieval
        self._rendering = rendering
        self._sites = sites

    def rendered(
        self,
        scope: AccessScope,
        study: str,
        series: str | None = None,
        instance: str | None = None,
        numbers: str | None = None,
    ) -> Response:
        """200 with a picture of each instance or frame: one alone as itself, several as multipart/related.

        Raises `Invalid` for a parameter that cannot be, `NotAcceptable` where nothing fits the caller's media
        types or the pixels cannot be read, `NotFound` where there are none.
        """
        check_uids(study=study, series=series, instance=instance)
        asked = read_frame_numbers(numbers) if numbers is not None else None
        forms = _forms(accepted())
        wish = read_wish(request.args, forms[0].media_type)
        shown = self._with_pixels(scope, study, series, instance)
        jobs = [job for each in shown for job in _pictures(each, asked, forms[0])]
        form = _fitting(forms, alone=instance is not None and len(jobs) == 1)
        wish = replace(wish, media_type=form.media_type)
        pictures = self._drawn(jobs, wish)
        response = _single(pictures, form) if form.alone else self._related(scope, pictures, form)
        for word in wish.unheeded:
            response.headers.add("Warning", f'299 hilum "The annotation {word} is not known."')
        return response

    def thumbnail(
        self,
        scope: AccessScope,
        study: str,
        series: str | None = None,
        instance: str | None = None,
        numbers: str | None = None,
    ) -> Response:
        """200 with one small picture that stands for the resource; raises as `rendered` does."""
        check_uids(study=study, series=series, instance=instance)
        asked = read_frame_numbers(numbers) if numbers is not None else [1]
        form = _fitting(_forms(accepted()), alone=True)
        wish = read_wish(request.args, form.media_type, thumbnail=True)
        shown = self._with_pixels(scope, study, series, instance)
        middle = len(shown) // 2
        nearest = sorted(range(len(shown)), key=lambda place: abs(place - middle))
        jobs = [(shown[place], tuple(asked[:1])) for place in nearest]
        drawn = next(self._drawn(jobs, replace(wish, viewport=wish.viewport or THUMBNAIL)))
        return _single([drawn], form) if form.alone else self._related(scope, [drawn], form)

    def _related(
        self, scope: AccessScope, pictures: Iterable[tuple[StoredInstance, bytes]], form: _Form
    ) -> Response:
        boundary = uuid4().hex
        base = self._sites.of(scope).address(scope.partition)
        parts = (
            OutgoingPart(
                {
                    "Content-Type": form.media_type,
                    "Content-Location": f"{base}/studies/{instance.study_uid}/series/{instance.series_uid}"
                    f"/instances/{instance.sop_uid}/rendered",
                },
                [picture],
                len(picture),
            )
            for instance, picture in pictures
        )
        content_type = related_content_type(form.media_type, boundary)
        return Response(write_related(parts, boundary), content_type=content_type)

    def _with_pixels(
        self, scope: AccessScope, study: str, series: str | None, instance: str | None
    ) -> list[StoredInstance]:
        found = self._retrieval.instances(scope, study, series, instance, frames=True)
        if not (shown := [each for each in found if each.frames]):
            raise NotFound("there are no pixels to show")
        return shown

    def _drawn(
        self, jobs: Sequence[tuple[StoredInstance, tuple[int, ...]]], wish: Wish
    ) -> Iterator[tuple[StoredInstance, bytes]]:
        """Pictures as they are made, those left out that cannot be; raises what hindered all of them."""
        drawn = self._attempts(jobs, wish)
        first = next(drawn)
        while isinstance(first, HilumError):
            if (following := next(drawn, None)) is None:
                raise first
            first = following
        return (each for each in chain([first], drawn) if not isinstance(each, HilumError))

    def _attempts(
        self, jobs: Iterable[tuple[StoredInstance, tuple[int, ...]]], wish: Wish
    ) -> Iterator[tuple[StoredInstance, bytes] | HilumError]:
        for instance, numbers in jobs:
            try:
                picture = self._rendering.picture(instance, numbers, wish)
            except (NotAcceptable, NotFound) as refused:
                yield refused
            else:
                yield instance, b"".join(picture.chunks())


def _pictures(
    instance: StoredInstance, asked: Sequence[int] | None, form: _Form
) -> Iterator[tuple[StoredInstance, tuple[int, ...]]]:
    """The frames of each picture of an instance: those asked for one by one, or moving together.

    Without frames that are asked for it is the first, and all of them where they can move.
    """
    if form.media_type in _MOVING and (asked is None or len(asked) > 1):
        numbers = tuple(asked or range(1, instance.number_of_frames + 1))
        if len(numbers) > MOST_MOVING_FRAMES:
            raise NotAcceptable(f"more than {MOST_MOVING_FRAMES} frames do not move in one picture")
        yield instance, numbers
        return
    for number in asked or [1]:
        yield instance, (number,)


def _forms(ranges: Sequence[MediaRange]) -> list[_Form]:
    """The forms that the caller takes, the most wanted first; raises `NotAcceptable` where there is none."""
    weights = {
        _Form(name, alone): weigh(ranges, _offer(name, alone=alone))
        for name in _MEDIA
        for alone in (True, False)
    }
    wanted = [form for form in weights if weights[form] > 0]
    if not wanted:
        raise NotAcceptable("pictures are given out in other media types", location="Accept")
    return sorted(wanted, key=lambda form: -weights[form])


def _offer(name: str, *, alone: bool) -> MediaType:
    if alone:
        kind, _, subtype = name.partition("/")
        return MediaType(kind, subtype)
    return MediaType("multipart", "related", {"type": name})


def _fitting(forms: Sequence[_Form], *, alone: bool) -> _Form:
    """The most wanted form for one picture, or for several; raises `NotAcceptable` where there is none.

    A single part is for what is a single item, and not for a study that happens to be one (10.4.4).
    """
    if alone:
        return forms[0]
    for form in forms:
        if not form.alone:
            return form
    raise NotAcceptable("several pictures come as multipart/related only", location="Accept")


def _single(pictures: Iterable[tuple[StoredInstance, bytes]], form: _Form) -> Response:
    _, picture = next(iter(pictures))
    return Response(picture, content_type=form.media_type)

"""Rendered resources and thumbnails, at every level (PS3.18 10.4.1.1.3, 10.4.1.1.4): what one can look at."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from functools import partial
from hashlib import sha256
from itertools import chain
from typing import TypeAlias
from uuid import uuid4

from flask import Response, request

from app.http.dicomweb.accepting import accepted, accepted_apart
from app.http.dicomweb.addresses import path_of, warned
from app.http.dicomweb.frame_numbers import read_frame_numbers
from app.http.dicomweb.picture_forms import (
    MEDIA,
    MOVING,
    for_several,
    in_parts,
    part_types,
    picture_forms,
    refuse_mixed,
)
from app.http.dicomweb.routes_bulk import BulkViews
from app.http.kit.multipart import OutgoingPart, related_content_type, write_related
from app.http.kit.single_part import SinglePart, answer_single
from app.http.kit.uids import check_uids
from app.imaging.render.wishes import JPEG, RENDERING, Viewport, Wish, read_wish
from app.imaging.retrieve import ImagingRendering, ImagingRetrieval, Showing, showing_of
from app.site import Sites
from graph.errors import HilumError, Invalid, NotAcceptable, NotFound
from graph.records import StoredInstance
from graph.scope import AccessScope

MOST_MOVING_FRAMES = 1000
THUMBNAIL = Viewport(width=200, height=200)
DOCUMENT = "00420011"  # EncapsulatedDocument
_MOST_FAILURES = 20  # items of a resource that may fail before one is there
# An item as it is made; None where its media type is not accepted; raises `NotAcceptable`, `NotFound`.
_RenderedItem: TypeAlias = Callable[[], OutgoingPart | None]


class RenderedViews:
    """The answers to a request for what one can look at."""

    def __init__(
        self, retrieval: ImagingRetrieval, rendering: ImagingRendering, bulk: BulkViews, sites: Sites
    ) -> None:
        self._retrieval = retrieval
        self._rendering = rendering
        self._bulk = bulk
        self._sites = sites

    def rendered(
        self,
        scope: AccessScope,
        study: str,
        series: str | None = None,
        instance: str | None = None,
        numbers: str | None = None,
    ) -> Response:
        """200 with what there is to show: a single item as itself, several as multipart/related.

        Raises `Invalid` for a parameter that cannot be, `NotAcceptable` where nothing fits the caller's media
        types or the pixels cannot be read, `NotFound` where there is nothing to show.
        """
        check_uids(study=study, series=series, instance=instance)
        refuse_mixed(accepted_apart())
        asked = read_frame_numbers(numbers) if numbers is not None else None
        shown = self._shown(scope, study, series, instance)
        kind = showing_of(shown[0])
        if asked and (kind is Showing.DOCUMENT or max(asked) > shown[0].number_of_frames):
            raise NotFound("the instance has no such frame", location="frames")
        wish = _wish(JPEG, kind)
        if series is None or instance is None:
            return self._answer(scope, self._together(scope, shown), wish.unheeded, alone=False)
        if kind is Showing.DOCUMENT:
            return self._bulk.document(scope, study, series, instance, DOCUMENT)
        forms = picture_forms(accepted(), kind)
        form = forms[0]
        items = list(self._items(scope, shown[0], asked, _wish(form.media_type, kind)))
        if len(items) > 1 and form.alone:
            form = for_several(forms)
            items = list(self._items(scope, shown[0], asked, _wish(form.media_type, kind)))
        return self._answer(scope, items, wish.unheeded, alone=form.alone)

    def alone(
        self,
        scope: AccessScope,
        instance: StoredInstance,
        frame: int | None,
        wish: Wish,
        state: StoredInstance | None = None,
    ) -> Response:
        """200 with one item of an instance: a frame, all of them moving, a report, the first of a state.

        It is drawn under a presentation state where there is one. Raises `NotAcceptable` where the pixels
        cannot be read, `NotFound` where there is nothing to show.
        """
        asked = None if frame is None else [frame]
        items = (
            [self._picture(scope, instance, (frame or 1,), wish, state=state)]
            if state
            else list(self._items(scope, instance, asked, wish))
        )
        return self._answer(scope, items, wish.unheeded, alone=True)

    def thumbnail(
        self,
        scope: AccessScope,
        study: str,
        series: str | None = None,
        instance: str | None = None,
        numbers: str | None = None,
    ) -> Response:
        """200 with one small picture that stands for the resource.

        Raises `Invalid`, `NotAcceptable` and `NotFound` as `rendered` does.
        """
        check_uids(study=study, series=series, instance=instance)
        refuse_mixed(accepted_apart())
        asked = read_frame_numbers(numbers)[:1] if numbers is not None else None
        form = picture_forms(accepted(), Showing.PIXELS)[0]
        wish = read_wish(_parameters(), form.media_type, thumbnail=True)
        wish = replace(wish, viewport=wish.viewport or THUMBNAIL)
        shown = [
            each for each in self._shown(scope, study, series, instance) if showing_of(each) is Showing.PIXELS
        ]
        if not shown:
            raise NotFound("there are no pixels to show")
        middle = len(shown) // 2
        nearest = sorted(range(len(shown)), key=lambda place: abs(place - middle))
        items = [self._standing_for(scope, shown[place], asked, wish) for place in nearest]
        drawn = next(_made(items))
        return self._answer(scope, [lambda: drawn], (), alone=form.alone)

    def _shown(
        self, scope: AccessScope, study: str, series: str | None, instance: str | None
    ) -> list[StoredInstance]:
        """What can be shown of a resource: of one with several instances no state, which shows others."""
        found = self._retrieval.instances(scope, study, series, instance, frames=True)
        alone = {Showing.STATE} if instance is None else set()
        shown = [each for each in found if showing_of(each) not in {Showing.NOTHING, *alone}]
        if not shown:
            raise NotFound("there is nothing to show")
        return shown

    def _together(self, scope: AccessScope, shown: Sequence[StoredInstance]) -> list[_RenderedItem]:
        """The items of several instances, each in the media type that is wanted most of its kind (8.7.8.1).

        What is had in none of them is left out; raises `NotAcceptable` where that is all.
        """
        ranges = accepted()
        types = part_types(ranges, set(map(showing_of, shown)))
        wishes = {kind: _wish(media_type, kind) for kind, media_type in types.items()}
        items: list[_RenderedItem] = []
        for each in shown:
            kind = showing_of(each)
            if kind is Showing.DOCUMENT:
                items.append(partial(self._bulk.document_part, scope, each, DOCUMENT, ranges))
            elif kind in wishes:
                items += self._items(scope, each, None, wishes[kind])
        if not items:
            names = (each for kind in map(showing_of, shown) for each in MEDIA.get(kind, ()))
            raise NotAcceptable(
                "several items come as multipart/related only",
                location="Accept",
                offered=in_parts(names),
            )
        return items

    def _items(
        self, scope: AccessScope, instance: StoredInstance, asked: Sequence[int] | None, wish: Wish
    ) -> Iterator[_RenderedItem]:
        """The items of an instance: frames one by one, or moving together; a report; what a state shows.

        Without frames that are asked for it is the first, and all of them where they can move.
        """
        if showing_of(instance) is Showing.REPORT:
            yield partial(self._report, scope, instance, wish.media_type)
        elif showing_of(instance) is Showing.STATE:
            for image, frames in self._rendering.shown_by(scope, instance):
                for number in frames or (1,):
                    yield self._picture(scope, image, (number,), wish, named=bool(frames), state=instance)
        elif wish.media_type in MOVING and (asked is None or len(asked) > 1):
            numbers = tuple(asked or range(1, instance.number_of_frames + 1))
            yield self._picture(scope, instance, numbers, wish, named=asked is not None)
        else:
            for number in asked or (1,):
                yield self._picture(scope, instance, (number,), wish, named=asked is not None)

    def _standing_for(
        self, scope: AccessScope, image: StoredInstance, asked: Sequence[int] | None, wish: Wish
    ) -> _RenderedItem:
        """The picture that stands for an image: of several frames one of the middle that is not blank."""
        count = image.number_of_frames
        around = dict.fromkeys((count // 2 + 1, count // 4 + 1, count * 3 // 4 + 1, 1))
        numbers = tuple(asked or around)
        return self._picture(scope, image, numbers, wish, one=len(numbers) > 1)

    def _picture(
        self,
        scope: AccessScope,
        image: StoredInstance,
        numbers: tuple[int, ...],
        wish: Wish,
        *,
        named: bool = False,
        state: StoredInstance | None = None,
        one: bool = False,
    ) -> _RenderedItem:
        """A picture of frames, or of `one` of them, as a part; `named`: its address names them."""

        def drawn() -> OutgoingPart:
            if len(numbers) > MOST_MOVING_FRAMES:
                raise NotAcceptable(f"more than {MOST_MOVING_FRAMES} frames do not move in one picture")
            content = b"".join(self._rendering.picture(image, numbers, wish, state, one=one).chunks())
            place = self._place(scope, image, numbers if named else ())
            return OutgoingPart(
                {"Content-Type": wish.media_type, "Content-Location": place}, [content], len(content)
            )

        return drawn

    def _report(self, scope: AccessScope, instance: StoredInstance, media_type: str) -> OutgoingPart:
        content = b"".join(self._rendering.report(instance, media_type).chunks())
        headers = {
            "Content-Type": f"{media_type}; charset=utf-8",
            "Content-Location": self._place(scope, instance, ()),
        }
        return OutgoingPart(headers, [content], len(content))

    def _place(self, scope: AccessScope, instance: StoredInstance, numbers: Sequence[int]) -> str:
        address = self._sites.of(scope).address(scope.partition)
        frames = f"/frames/{','.join(map(str, numbers))}" if numbers else ""
        of = path_of(instance.study_uid, instance.series_uid, instance.sop_uid)
        return f"{address}{of}{frames}/rendered"

    def _answer(
        self, scope: AccessScope, items: Sequence[_RenderedItem], unheeded: Iterable[str], *, alone: bool
    ) -> Response:
        """The items as they are made, with a warning of words of an annotation that are not known."""
        made = _made(items)
        first = next(made)
        if alone:
            response = _single(first)
        else:
            boundary, kind = uuid4().hex, first.headers["Content-Type"].partition(";")[0]
            body = write_related(chain([first], made), boundary)
            response = Response(body, content_type=related_content_type(kind, boundary))
        address = self._sites.of(scope).address(scope.partition)
        if words := ", ".join(unheeded):  # 8.3.5.1.1
            told = f"The following annotation values are not supported: {words}"
            response.headers.add("Warning", warned(address, told))
        return response


def _parameters() -> Mapping[str, str]:
    """The parameters of rendering; raises `Invalid` for one that is there twice, and could mean either."""
    for name in RENDERING:
        if len(request.args.getlist(name)) > 1:
            raise Invalid(f"{name} is there more than once", location=name)
    return request.args


def _wish(media_type: str, kind: Showing) -> Wish:
    """How a thing is wanted in a media type: what is read of text says no more than what text it is."""
    presented = kind is Showing.STATE
    drawn = JPEG if kind is Showing.REPORT else media_type
    return replace(read_wish(_parameters(), drawn, presented=presented), media_type=media_type)


def _made(items: Sequence[_RenderedItem]) -> Iterator[OutgoingPart]:
    """Items as they are made, those left out that cannot be; raises what hindered the first ones."""
    if not items:
        raise NotFound("there is nothing to show")
    there, failures = False, list[HilumError]()
    for item in items:
        try:
            part = item()
        except (NotAcceptable, NotFound) as refused:
            failures.append(refused)
            if not there and len(failures) == _MOST_FAILURES:
                break
        else:
            if part is not None:
                there = True
                yield part
    if not there:
        raise (
            failures[0]
            if failures
            else NotAcceptable("it is rendered in other media types", location="Accept")
        )


def _single(part: OutgoingPart) -> Response:
    """One item as the answer, or a range of it; pictures are known by their bytes, text may be packed."""
    content, media_type = b"".join(part.body), part.headers["Content-Type"]
    if media_type.startswith("text/"):
        return Response(content, content_type=media_type)
    tag = sha256(content).hexdigest()[:32]
    return answer_single(SinglePart(media_type, len(content), tag, lambda start, end: [content[start:end]]))

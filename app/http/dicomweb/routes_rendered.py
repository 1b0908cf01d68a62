"""Rendered resources and thumbnails, at every level (PS3.18 10.4.1.1.3, 10.4.1.1.4): what one can look at."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import partial
from itertools import chain
from uuid import uuid4

from flask import Response, request

from app.http.dicomweb.accepting import accepted
from app.http.dicomweb.frame_numbers import read_frame_numbers
from app.http.dicomweb.picture_forms import MEDIA, MOVING, PictureForm, fitting, picture_forms
from app.http.dicomweb.routes_bulk import BulkViews
from app.http.dicomweb.uids import check_uids
from app.http.kit.multipart import OutgoingPart, related_content_type, write_related
from app.imaging.render.wishes import Viewport, Wish, read_wish
from app.imaging.retrieve import ImagingRendering, ImagingRetrieval, Showing, showing_of
from app.site import Sites
from graph.errors import HilumError, NotAcceptable, NotFound
from graph.records import StoredInstance
from graph.scope import AccessScope

MOST_MOVING_FRAMES = 1000
THUMBNAIL = Viewport(width=200, height=200)
DOCUMENT = "00420011"  # EncapsulatedDocument


@dataclass(frozen=True, slots=True)
class _Item:
    """One thing to show: the instance that it is of, and how it is made under a wish."""

    instance: StoredInstance
    made: Callable[[Wish], Iterator[bytes]]


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
        asked = read_frame_numbers(numbers) if numbers is not None else None
        shown = self._shown(scope, study, series, instance)
        if series and instance and showing_of(shown[0]) is Showing.DOCUMENT:
            return self._bulk.value(scope, study, series, instance, DOCUMENT)
        forms = picture_forms(accepted(), map(showing_of, shown))
        presented = showing_of(shown[0]) is Showing.STATE
        wish = read_wish(request.args, forms[0].media_type, presented=presented)
        fit = [each for each in shown if forms[0].media_type in MEDIA[showing_of(each)]]
        items = [item for each in fit for item in self._items(scope, each, asked, forms[0])]
        form = fitting(forms, alone=instance is not None and len(items) == 1)
        response = self._answer(scope, self._made(items, replace(wish, media_type=form.media_type)), form)
        return _with_warnings(response, wish)

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
        form = PictureForm(wish.media_type, alone=True)
        asked = None if frame is None else [frame]
        items = (
            [self._picture(instance, (frame or 1,), state)]
            if state
            else list(self._items(scope, instance, asked, form))
        )
        return _with_warnings(self._answer(scope, self._made(items, wish), form), wish)

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
        number = read_frame_numbers(numbers)[0] if numbers is not None else 1
        form = fitting(picture_forms(accepted(), [Showing.PIXELS]), alone=True)
        wish = read_wish(request.args, form.media_type, thumbnail=True)
        shown = [
            each for each in self._shown(scope, study, series, instance) if showing_of(each) is Showing.PIXELS
        ]
        if not shown:
            raise NotFound("there are no pixels to show")
        middle = len(shown) // 2
        nearest = sorted(range(len(shown)), key=lambda place: abs(place - middle))
        items = [self._picture(shown[place], (number,)) for place in nearest]
        drawn = next(self._made(items, replace(wish, viewport=wish.viewport or THUMBNAIL)))
        return self._answer(scope, iter([drawn]), form)

    def _shown(
        self, scope: AccessScope, study: str, series: str | None, instance: str | None
    ) -> list[StoredInstance]:
        """What can be shown of a resource: of one with several instances what is not shown with others."""
        found = self._retrieval.instances(scope, study, series, instance, frames=True)
        alone = {Showing.STATE, Showing.DOCUMENT} if instance is None else set()
        shown = [each for each in found if showing_of(each) not in {Showing.NOTHING, *alone}]
        if not shown:
            raise NotFound("there is nothing to show")
        return shown

    def _items(
        self,
        scope: AccessScope,
        instance: StoredInstance,
        asked: Sequence[int] | None,
        form: PictureForm,
    ) -> Iterator[_Item]:
        """The items of an instance: frames one by one, or moving together; a report; what a state shows.

        Without frames that are asked for it is the first, and all of them where they can move.
        """
        if showing_of(instance) is Showing.REPORT:
            yield _Item(instance, lambda wish: self._rendering.report(instance, wish.media_type).chunks())
        elif showing_of(instance) is Showing.STATE:
            for image, frames in self._rendering.shown_by(scope, instance):
                for number in frames or (1,):
                    yield self._picture(image, (number,), instance)
        elif form.media_type in MOVING and (asked is None or len(asked) > 1):
            numbers = tuple(asked or range(1, instance.number_of_frames + 1))
            if len(numbers) > MOST_MOVING_FRAMES:
                raise NotAcceptable(f"more than {MOST_MOVING_FRAMES} frames do not move in one picture")
            yield self._picture(instance, numbers)
        else:
            for number in asked or (1,):
                yield self._picture(instance, (number,))

    def _picture(
        self, image: StoredInstance, numbers: tuple[int, ...], state: StoredInstance | None = None
    ) -> _Item:
        return _Item(image, partial(self._drawn, image, numbers, state))

    def _drawn(
        self, image: StoredInstance, numbers: tuple[int, ...], state: StoredInstance | None, wish: Wish
    ) -> Iterator[bytes]:
        return self._rendering.picture(image, numbers, wish, state).chunks()

    def _made(self, items: Sequence[_Item], wish: Wish) -> Iterator[tuple[StoredInstance, bytes]]:
        """Items as they are made, those left out that cannot be; raises what hindered all of them."""
        if not items:
            raise NotFound("there is nothing to show")
        attempts = (_attempt(item, wish) for item in items)
        first = next(attempts)
        while isinstance(first, HilumError):
            if (following := next(attempts, None)) is None:
                raise first
            first = following
        return (each for each in chain([first], attempts) if not isinstance(each, HilumError))

    def _answer(
        self, scope: AccessScope, made: Iterable[tuple[StoredInstance, bytes]], form: PictureForm
    ) -> Response:
        if form.alone:
            _, content = next(iter(made))
            return Response(content, content_type=_content_type(form))
        boundary = uuid4().hex
        base = self._sites.of(scope).address(scope.partition)
        parts = (
            OutgoingPart(
                {"Content-Type": _content_type(form), "Content-Location": f"{base}{_path(instance)}"},
                [content],
                len(content),
            )
            for instance, content in made
        )
        content_type = related_content_type(form.media_type, boundary)
        return Response(write_related(parts, boundary), content_type=content_type)


def _attempt(item: _Item, wish: Wish) -> tuple[StoredInstance, bytes] | HilumError:
    try:
        return item.instance, b"".join(item.made(wish))
    except (NotAcceptable, NotFound) as refused:
        return refused


def _with_warnings(response: Response, wish: Wish) -> Response:
    for word in wish.unheeded:
        response.headers.add("Warning", f'299 hilum "The annotation {word} is not known."')
    return response


def _content_type(form: PictureForm) -> str:
    return f"{form.media_type}; charset=utf-8" if form.media_type.startswith("text/") else form.media_type


def _path(instance: StoredInstance) -> str:
    return f"/studies/{instance.study_uid}/series/{instance.series_uid}/instances/{instance.sop_uid}/rendered"

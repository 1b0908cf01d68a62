"""The use case that shows pixels in another form than they are stored in: transcoded, or drawn.

What was made once is kept for the next who asks, beside the stored bytes and never in their place. Who may
see an instance was decided when it was found; its forms are asked for with what was found.
"""

import zlib
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, suppress
from itertools import islice

import orjson

from app.imaging.render.derived import DerivedStore
from app.imaging.render.renderers import Pieces, Renderers
from app.imaging.render.tasks import Draw, EncodeFrames, Subject, Task, Tell, Transcode
from app.imaging.render.wishes import Wish
from app.imaging.retrieve.ahead import ahead
from app.imaging.retrieve.retrieve import ImagingRetrieval
from app.imaging.retrieve.showing import ShownImage, shown_by
from graph.errors import NotFound, TooLarge
from graph.records import StoredInstance
from graph.scope import AccessScope

_MOST_SHOWN = 200
_AHEAD = 2  # frames that are made while one is sent


class ImagingRendering:
    """Gives out frames and instances in other transfer syntaxes, and pictures of them.

    Each method raises `NotAcceptable` with the frame that cannot be had and why, `Unavailable` where the
    renderers have no time or a file cannot be read.
    """

    def __init__(self, retrieval: ImagingRetrieval, renderers: Renderers, derived: DerivedStore) -> None:
        self._retrieval = retrieval
        self._renderers = renderers
        self._derived = derived

    def frame(self, instance: StoredInstance, number: int, transfer_syntax_uid: str) -> bytes:
        """One frame, counted from 1, in another transfer syntax; raises `NotFound`."""
        _check_frames(instance, [number])
        task = EncodeFrames(
            subject=subject_of(instance), numbers=(number,), transfer_syntax_uid=transfer_syntax_uid
        )
        return b"".join(self._made(task, instance).chunks())

    def frames(
        self, instance: StoredInstance, numbers: Sequence[int], transfer_syntax_uid: str
    ) -> Iterator[bytes]:
        """Frames of these numbers, one after the other, a few made ahead of who takes them."""
        return ahead(lambda number: self.frame(instance, number, transfer_syntax_uid), numbers, _AHEAD)

    def instance(self, instance: StoredInstance, transfer_syntax_uid: str) -> Pieces:
        """The whole instance in another transfer syntax: one piece."""
        return self._made(
            Transcode(subject=subject_of(instance), transfer_syntax_uid=transfer_syntax_uid), instance
        )

    def picture(
        self,
        instance: StoredInstance,
        numbers: Sequence[int],
        wish: Wish,
        presentation: StoredInstance | None = None,
        *,
        one: bool = False,
    ) -> Pieces:
        """Frames, counted from 1, as one picture, under a presentation state or none: one piece.

        `one`: it is the first of them that is not blank, or the first. Raises `NotFound` where there is no
        such frame.
        """
        _check_frames(instance, numbers)
        drawing = Draw(
            subject=subject_of(instance),
            numbers=tuple(numbers),
            wish=wish,
            presentation=subject_of(presentation) if presentation else None,
            one=one,
        )
        return self._made(drawing, instance, *([presentation] if presentation else []))

    def shown_by(
        self, scope: AccessScope, state: StoredInstance
    ) -> Iterator[tuple[StoredInstance, tuple[int, ...]]]:
        """The instances that a presentation state shows, with the frames of each (none: the first).

        Those that the caller may not see, or that are not there, are not shown. Raises `TooLarge`.
        """
        shown = list(islice(self._named_by(scope, state), _MOST_SHOWN + 1))
        if len(shown) > _MOST_SHOWN:
            raise TooLarge(f"the presentation state shows more than {_MOST_SHOWN} images")
        for each in shown:
            with suppress(NotFound):
                yield (
                    self._retrieval.with_frames(scope, state.study_uid, each.series, each.instance),
                    each.frames,
                )

    def shows(self, scope: AccessScope, state: StoredInstance, image: StoredInstance) -> bool:
        """Whether a presentation state is made for that image."""
        wanted = (image.series_uid, image.sop_uid)
        return any((each.series, each.instance) == wanted for each in self._named_by(scope, state))

    def report(self, instance: StoredInstance, media_type: str) -> Pieces:
        """The content of a structured report, as plain text, HTML or XML: one piece."""
        return self._made(Tell(subject=subject_of(instance), media_type=media_type), instance)

    def _named_by(self, scope: AccessScope, state: StoredInstance) -> Iterator[ShownImage]:
        """What a presentation state refers to, whether it is there or not."""
        metadata = self._retrieval.metadata(scope, state.study_uid, state.series_uid, state.sop_uid)
        return shown_by(orjson.loads(zlib.decompress(metadata.objects[0])))

    def _made(self, task: Task, *instances: StoredInstance) -> Pieces:
        """The answer to a task, from what was kept or by a renderer."""
        if kept := self._derived.get(task):
            return kept
        with ExitStack() as stack:
            files = [stack.enter_context(self._retrieval.open(instance)) for instance in instances]
            return self._derived.keep(task, self._renderers.ask(task, *files))


def subject_of(instance: StoredInstance) -> Subject:
    """The instance as renderers know it."""
    return Subject(
        blob_id=instance.blob_id,
        transfer_syntax_uid=instance.transfer_syntax_uid,
        table=instance.frames or b"",
    )


def _check_frames(instance: StoredInstance, numbers: Sequence[int]) -> None:
    if any(number > instance.number_of_frames for number in numbers):
        raise NotFound("the instance has no such frame", location="frames")

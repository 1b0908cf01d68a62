"""How each task of a renderer is done with an open instance."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import Any, BinaryIO, TypeAlias

from pydicom import Dataset

from app.imaging.render.documents import report_html, report_text, report_xml
from app.imaging.render.faults import Unrenderable
from app.imaging.render.media import check_size, written
from app.imaging.render.picture import Picture, draw
from app.imaging.render.reducing import levels_to_leave_out, reduced
from app.imaging.render.source import OpenInstance
from app.imaging.render.tasks import Draw, EncodeFrames, Task, Tell, Transcode
from app.imaging.render.transcoding import encoded_frame, transcode
from app.imaging.render.wishes import Wish
from graph.errors import HilumError

NoteFrame: TypeAlias = Callable[[int], None]


def perform(
    task: Task, source: OpenInstance, presentation: Dataset | None, target: BinaryIO, note: NoteFrame
) -> Sequence[int]:
    """Write the pieces of the answer one after the other; return their lengths in bytes.

    `note` is called with the number of each frame before it is touched. Raises `Unrenderable`.
    """
    return _DOING[type(task)](task, source, presentation, target, note)


def refusal(error: Exception, number: int) -> str:
    """What to say of a task that failed at a frame (0: at none), and nothing that a parser may quote."""
    if isinstance(error, MemoryError):
        said = "it takes more memory than is allowed"
    elif isinstance(error, Unrenderable | HilumError):
        said = str(error)
    else:
        said = f"it is damaged ({type(error).__name__})"
    return f"frame {number}: {said}" if number else said


def _encode_frames(
    task: EncodeFrames, source: OpenInstance, _: Dataset | None, target: BinaryIO, note: NoteFrame
) -> Sequence[int]:
    lengths = []
    for number in task.numbers:
        note(number)
        lengths.append(target.write(encoded_frame(source, number, task.transfer_syntax_uid)))
    return lengths


def _transcode(
    task: Transcode, source: OpenInstance, _: Dataset | None, target: BinaryIO, note: NoteFrame
) -> Sequence[int]:
    transcode(source, task.transfer_syntax_uid, target, note)
    return [target.tell()]


def _draw(
    task: Draw, source: OpenInstance, presentation: Dataset | None, target: BinaryIO, note: NoteFrame
) -> Sequence[int]:
    wish = replace(task.wish, presentation=presentation)
    if task.one:
        return [target.write(written([_telling(source, task.numbers, wish, note)], wish))]
    pictures, pixels = [], 0
    for number in task.numbers:
        note(number)
        pictures.append(_picture(source, number, wish))
        pixels += pictures[-1].values.size
        check_size(pixels)  # before the next is drawn, and not when memory has run out
    return [target.write(written(pictures, wish))]


def _telling(source: OpenInstance, numbers: Sequence[int], wish: Wish, note: NoteFrame) -> Picture:
    """The first of the frames that can be read and is not blank, else the first that can be read."""
    blank: Picture | None = None
    hindrances: list[Unrenderable] = []
    for number in numbers:
        note(number)
        try:
            picture = _picture(source, number, wish)
        except Unrenderable as hindrance:
            hindrances.append(hindrance)
            continue
        if not picture.is_blank:
            return picture
        blank = blank or picture
    if blank is None:
        raise hindrances[0]
    return blank


def _picture(source: OpenInstance, number: int, wish: Wish) -> Picture:
    header = source.header.attributes
    levels = levels_to_leave_out(wish, source.described, header)
    if levels and (smaller := reduced(source.encoded(number), source.described, levels)):
        return draw(*smaller, header, number, wish)
    cells = source.cells(number) if wish.overlays or wish.presentation is not None else None
    return draw(source.frame(number), source.described, header, number, wish, cells=cells)


def _tell(
    task: Tell, source: OpenInstance, _: Dataset | None, target: BinaryIO, __: NoteFrame
) -> Sequence[int]:
    write = _TEXTS.get(task.media_type)
    if write is None:
        raise Unrenderable("reports are not written in this media type")
    return [target.write(write(source.header.attributes).encode())]


_TEXTS: Mapping[str, Callable[[Dataset], str]] = {
    "text/html": report_html,
    "text/plain": report_text,
    "text/xml": report_xml,
}
_Doing: TypeAlias = Callable[[Any, OpenInstance, Dataset | None, BinaryIO, NoteFrame], Sequence[int]]
_DOING: Mapping[type[Task], _Doing] = {
    EncodeFrames: _encode_frames,
    Transcode: _transcode,
    Draw: _draw,
    Tell: _tell,
}

"""What can be asked of a renderer: tasks as data that travels; `doing.py` says how each is done."""

from dataclasses import dataclass

from app.imaging.render.wishes import Wish


@dataclass(frozen=True, slots=True, kw_only=True)
class Subject:
    """Which instance a task is about; `table` is where its frames lie, as storing noted it."""

    blob_id: str
    transfer_syntax_uid: str
    table: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class Task:
    """Work on the pixels of one instance, in a process that may die of it."""

    subject: Subject


@dataclass(frozen=True, slots=True, kw_only=True)
class Develop:
    """A photograph that is no instance yet, as plain pixels: what they are, and all frames in one piece."""

    media_type: str


@dataclass(frozen=True, slots=True, kw_only=True)
class EncodeFrames(Task):
    """Frames, counted from 1, in another transfer syntax: a piece each."""

    numbers: tuple[int, ...]
    transfer_syntax_uid: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Transcode(Task):
    """The whole instance in another transfer syntax: one piece."""

    transfer_syntax_uid: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Tell(Task):
    """The content of a structured report, as plain text or as a page of HTML or XML: one piece."""

    media_type: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Draw(Task):
    """Frames, counted from 1, as one picture that somebody can look at: one piece.

    Several move, in a media type that can; `one`: it is the first of them that is not blank, or the first.
    `presentation` is a presentation state to apply, whose file comes beside that of the instance.
    """

    numbers: tuple[int, ...]
    wish: Wish
    presentation: Subject | None = None
    one: bool = False

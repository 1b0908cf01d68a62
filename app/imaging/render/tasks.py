"""What can be asked of a renderer: each task as data that travels, and as what it does with an instance."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import BinaryIO, Protocol

from app.imaging.render.faults import Unrenderable
from app.imaging.render.source import Source
from app.imaging.render.transcoding import encoded_frame, transcode

NoteFrame = Callable[[int], None]


@dataclass(frozen=True, slots=True, kw_only=True)
class Subject:
    """Which instance a task is about; `table` is where its frames lie, as storing noted it."""

    blob_id: str
    transfer_syntax_uid: str
    table: bytes


class Task(Protocol):
    """Work on the pixels of one instance, in a process that may die of it."""

    @property
    def subject(self) -> Subject:
        """The instance."""

    def perform(self, source: Source, target: BinaryIO, note: NoteFrame) -> Sequence[int]:
        """Write the pieces of the answer one after the other; return their lengths in bytes.

        `note` is called with the number of each frame before it is touched. Raises `Unrenderable`.
        """


@dataclass(frozen=True, slots=True, kw_only=True)
class EncodeFrames:
    """Frames, counted from 1, in another transfer syntax: a piece each."""

    subject: Subject
    numbers: tuple[int, ...]
    transfer_syntax_uid: str

    def perform(self, source: Source, target: BinaryIO, note: NoteFrame) -> Sequence[int]:
        """Decode and encode frame by frame."""
        lengths = []
        for number in self.numbers:
            note(number)
            lengths.append(target.write(encoded_frame(source, number, self.transfer_syntax_uid)))
        return lengths


@dataclass(frozen=True, slots=True, kw_only=True)
class Transcode:
    """The whole instance in another transfer syntax: one piece."""

    subject: Subject
    transfer_syntax_uid: str

    def perform(self, source: Source, target: BinaryIO, note: NoteFrame) -> Sequence[int]:
        """Write it anew."""
        transcode(source, self.transfer_syntax_uid, target, note)
        return [target.tell()]


def refusal(error: Exception, number: int | None) -> str:
    """What to say of a task that failed at a frame, without what a parser may quote of the instance."""
    if isinstance(error, MemoryError):
        said = "it takes more memory than is allowed"
    else:
        said = str(error) if isinstance(error, Unrenderable) else f"it is damaged ({type(error).__name__})"
    return f"frame {number}: {said}" if number else said

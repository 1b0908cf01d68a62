"""What is drawn: a decoded frame with all that is known of it."""

from dataclasses import dataclass
from typing import Any

from numpy.typing import NDArray

from app.imaging.attributes import Attributes
from app.imaging.render.description import Frame, PixelDescription

_GREY_AXES = 2


@dataclass(frozen=True, slots=True)
class Motif:
    """A frame, its description, what its header says, its number from 1.

    `cells` are the whole cells of an uncompressed frame, where overlays may be in the bits that its values
    leave; None where nobody has them.
    """

    frame: Frame
    described: PixelDescription
    said: Attributes
    number: int
    cells: NDArray[Any] | None = None

    @property
    def rows(self) -> int:
        """The rows of the frame."""
        return int(self.frame.values.shape[0])

    @property
    def columns(self) -> int:
        """The columns of the frame."""
        return int(self.frame.values.shape[1])

    @property
    def coloured(self) -> bool:
        """Whether a pixel of it has several samples."""
        return self.frame.values.ndim > _GREY_AXES

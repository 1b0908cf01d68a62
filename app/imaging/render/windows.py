"""Windows: which values become black, which white, and how those between (PS3.3 C.11.2.1.2, C.11.2.1.3)."""

from collections.abc import Callable
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

import numpy
from numpy.typing import NDArray

from app.imaging.attributes import Attributes

LINEAR, LINEAR_EXACT, SIGMOID = "LINEAR", "LINEAR_EXACT", "SIGMOID"


@dataclass(frozen=True, slots=True)
class GreyWindow:
    """A window over the output of the modality LUT, `width` above 0; `function` is a VOI LUT Function."""

    center: float
    width: float
    function: str = LINEAR

    def shares(self, values: NDArray[Any]) -> NDArray[numpy.float64]:
        """How bright each value is, from 0 to 1."""
        shares = _FUNCTIONS.get(self.function, _linear)
        with numpy.errstate(over="ignore", invalid="ignore"):
            return shares(values.astype(numpy.float64), self.center, self.width)


def window_over(lowest: float, highest: float) -> GreyWindow:
    """The window that shows the lowest value black and the highest white; one value alone is black."""
    span = highest - lowest or 1.0
    return GreyWindow(lowest + span / 2, span, LINEAR_EXACT)


def read_window(said: Attributes) -> GreyWindow | None:
    """Read the first window of a header; None where there is none that can be applied."""
    center, width = said.number("WindowCenter"), said.number("WindowWidth")
    if center is None or width is None or width <= 0:
        return None
    return GreyWindow(center, width, said.text("VOILUTFunction") or LINEAR)


def _linear(values: NDArray[numpy.float64], center: float, width: float) -> NDArray[numpy.float64]:
    """C.11.2.1.2.1; a width under 1, which it does not know, is that of LINEAR_EXACT."""
    if width < 1:
        return _linear_exact(values, center, width)
    if width == 1:
        return (values > center - 0.5).astype(numpy.float64)
    return numpy.clip((values - (center - 0.5)) / (width - 1) + 0.5, 0, 1)


def _linear_exact(values: NDArray[numpy.float64], center: float, width: float) -> NDArray[numpy.float64]:
    """C.11.2.1.3.2."""
    return numpy.clip((values - center) / width + 0.5, 0, 1)


def _sigmoid(values: NDArray[numpy.float64], center: float, width: float) -> NDArray[numpy.float64]:
    """C.11.2.1.3.1."""
    return 1 / (1 + numpy.exp(-4 * (values - center) / width))


_FUNCTIONS: MappingProxyType[
    str, Callable[[NDArray[numpy.float64], float, float], NDArray[numpy.float64]]
] = MappingProxyType({LINEAR: _linear, LINEAR_EXACT: _linear_exact, SIGMOID: _sigmoid})

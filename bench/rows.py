"""A row of the table: what was measured, by how many clients, and how it went."""

from dataclasses import dataclass
from typing import Protocol


class Measured(Protocol):
    """What has a line in the table."""

    def line(self) -> str:
        """The row in Markdown."""
        ...


@dataclass(frozen=True, slots=True)
class Row:
    """`rate` is in `unit` a second; nine in ten requests take no longer than `slow` milliseconds."""

    what: str
    clients: int
    rate: float
    unit: str
    slow: float

    def line(self) -> str:
        """The row in Markdown."""
        return f"| {self.what} | {self.clients} | {self.rate:,.0f} {self.unit}/s | {self.slow:,.1f} ms |"

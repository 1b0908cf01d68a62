"""A Cypher text with its parameters: what every builder returns and `graph.session` runs."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True, slots=True)
class Statement:
    """One Cypher statement; every value that came from outside is in `parameters`, never in `text`."""

    text: str
    parameters: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class UnjudgedStatement:
    """One Cypher statement whose rows are the caller's only when `RowRight.covers` what it says of each.

    It is no `Statement`, so that nobody runs it as one. What is judged follows what each is sorted by.
    """

    text: str
    parameters: Mapping[str, Any] = field(default_factory=dict)

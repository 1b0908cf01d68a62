"""A Cypher text with its parameters: what every builder returns and `graph.session` runs."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True, slots=True)
class Statement:
    """One Cypher statement; every value that came from outside is in `parameters`, never in `text`."""

    text: str
    parameters: Mapping[str, Any] = field(default_factory=dict)

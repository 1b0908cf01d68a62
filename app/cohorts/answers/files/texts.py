"""How a value of an answer is said as a text, in every form of a file alike."""

from typing import Any

import orjson


def plain(value: Any) -> str:
    """A value as a text: itself where it is one, else JSON."""
    return value if isinstance(value, str) else orjson.dumps(value).decode()

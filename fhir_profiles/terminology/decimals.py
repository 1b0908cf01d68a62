"""Definitions read so that their decimals are told as they were written: `1.10` is not `1.1` (json.html)."""

import json
from typing import Any

import orjson

_MARK = b"ecimal"  # of `valueDecimal`: other definitions hold no number with a point


def document_of(text: bytes) -> dict[str, Any]:
    """The JSON of a definition; a decimal in it is a fragment of text, which is written as it stands."""
    if _MARK not in text:
        plain: dict[str, Any] = orjson.loads(text)
        return plain
    kept: dict[str, Any] = json.loads(text, parse_float=lambda digits: orjson.Fragment(digits.encode()))
    return kept

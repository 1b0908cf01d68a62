"""Definitions read and written so that their decimals stay as they are: `1.10` is not `1.1` (json.html)."""

import json
from decimal import Decimal
from typing import Any

import orjson

_MARK = b"ecimal"  # of `valueDecimal`: other definitions hold no number with a point


def document_of(text: bytes) -> dict[str, Any]:
    """The JSON of a definition, with its decimals by their digits."""
    if _MARK not in text:
        plain: dict[str, Any] = orjson.loads(text)
        return plain
    kept: dict[str, Any] = json.loads(text, parse_float=Decimal)
    return kept


def json_of(document: Any, *, sorted_by_name: bool = False) -> bytes:
    """The JSON text of what was read so."""
    return orjson.dumps(document, default=_written, option=orjson.OPT_SORT_KEYS if sorted_by_name else None)


def _written(value: object) -> orjson.Fragment:
    if isinstance(value, Decimal):
        return orjson.Fragment(str(value))
    raise TypeError(type(value).__name__)

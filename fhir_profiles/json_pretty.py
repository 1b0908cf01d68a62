"""A JSON text with a value a line, for readers: only white space between its values is another."""

import re

_PIECE = re.compile(r'"(?:[^"\\]|\\.)*+"|[{}\[\],:]|[^\s"{}\[\],:]++', re.DOTALL)
_INDENT = "  "


def pretty(raw: bytes) -> bytes:
    """Return the text of a valid JSON document with its values as they are written, each on a line."""
    parts: list[str] = []
    depth, before = 0, ""
    for piece in _PIECE.findall(raw.decode()):
        if piece in ("}", "]"):
            depth -= 1
        empty = before in ("{", "[") and piece in ("}", "]")
        if before and not empty and (before in ("{", "[", ",") or piece in ("}", "]")):
            parts.append("\n" + _INDENT * depth)
        parts.append(": " if piece == ":" else piece)
        if piece in ("{", "["):
            depth += 1
        before = piece
    return "".join(parts).encode() + b"\n"

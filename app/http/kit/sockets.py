"""Requests for a connection that stays open: whether one asks for a WebSocket, and what is passed on."""

from flask import request

_PASSED_ON = ("Host", "Connection", "Upgrade", "Sec-WebSocket-Key", "Sec-WebSocket-Version", "Accept")
_LONGEST = 256  # characters of a header that is passed on


def is_socket() -> bool:
    """Whether the request in hand asks for a WebSocket (RFC 6455 4.2.1)."""
    names = [each.strip().lower() for each in request.headers.get("Connection", "").split(",")]
    return "upgrade" in names and request.headers.get("Upgrade", "").lower() == "websocket"


def request_head(path: str) -> bytes:
    """The request in hand as HTTP under another path, without what tells who makes it."""
    headers = {name: request.headers.get(name, "")[:_LONGEST] for name in _PASSED_ON}
    lines = [f"{name}: {value}" for name, value in headers.items() if value.isprintable() and value]
    return "\r\n".join([f"GET {path} HTTP/1.1", *lines, "", ""]).encode("latin-1", "replace")

"""Addresses of this gateway that pages lead to: as they were asked for, which are believed, and the way."""

from typing import cast
from urllib.parse import quote, urlsplit

from flask import Request, Response, redirect

HOME_PATH = "/home"
_LONGEST = 8_000
_SEE_OTHER = 303


def own_path(text: str | None) -> str:
    """A path of this gateway as it was asked for; that of the home page for everything else."""
    if not text or len(text) > _LONGEST or not text.isascii() or not text.isprintable():
        return HOME_PATH
    try:
        found = urlsplit(text)
    except ValueError:
        return HOME_PATH
    elsewhere = found.scheme or found.netloc or not text.startswith("/") or text.startswith("//")
    return HOME_PATH if elsewhere or "\\" in text else text


def asked_path(request: Request) -> str:
    """The path of a request with its query, as it stands in an address."""
    query = request.query_string.decode("ascii", "replace")
    return f"{quote(request.path)}?{query}" if query else quote(request.path)


def see_other(address: str) -> Response:
    """The way to a page, which is asked for with GET whatever was sent (RFC 9110 15.4.4)."""
    return cast(Response, redirect(address, _SEE_OTHER))

"""Addresses of this gateway that a page leads back to: as they were asked for, and which are believed."""

from urllib.parse import quote, urlsplit

from flask import Request

HOME_PATH = "/home"
_LONGEST = 8_000


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

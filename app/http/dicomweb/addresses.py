"""Where resources are, and what an answer says of that (PS3.18 8.2, 8.4; RFC 9110 8.7)."""

from urllib.parse import quote

from flask import Response, request

_LOCATED = frozenset({200, 206, 304})  # a 304 has the fields that the 200 would have had (RFC 9110 15.4.5)
_OF_A_QUERY = "%=&;,+*/:@!$'()?~"


def path_of(study_uid: str, series_uid: str | None = None, sop_uid: str | None = None) -> str:
    """The path of a study, series or instance, below the address of the service."""
    series = f"/series/{series_uid}" if series_uid else ""
    return f"/studies/{study_uid}{series}{f'/instances/{sop_uid}' if sop_uid else ''}"


def locate(answer: Response, address: str) -> None:
    """Say which resource the answer to a retrieval holds (10.4.3.2); `address` is that of its path."""
    if answer.status_code in _LOCATED and "Content-Location" not in answer.headers:
        query = quote(request.query_string, safe=_OF_A_QUERY)
        answer.headers["Content-Location"] = f"{address}?{query}" if query else address


def warned(address: str, text: str) -> str:
    """A Warning of the service at an address, as the standard writes them (8.3.4.2, 8.3.4.4.1)."""
    return f'299 {address} "{text}"'

"""Queries as they are written: names and values behind a `?`, in a header or in a form (WHATWG URL 5.1).

One place reads them all, for none may ask for something else than was meant: what is no UTF-8 is refused.
"""

from urllib.parse import parse_qsl, unquote_to_bytes

from graph.errors import Invalid


def pairs_of(query: str, location: str = "query") -> list[tuple[str, str]]:
    """The names and values of a query, in order, empty ones too; raises `Invalid` where it is no UTF-8."""
    try:
        return parse_qsl(query, keep_blank_values=True, errors="strict")
    except UnicodeDecodeError:
        raise _not_utf8(location) from None


def require_utf8(query: bytes, location: str = "query") -> None:
    """Raise `Invalid` unless a query, or a form, is UTF-8, as it is written and as it is meant."""
    try:
        query.decode("utf-8")
        if b"%" in query:
            unquote_to_bytes(query).decode("utf-8")
    except UnicodeDecodeError:
        raise _not_utf8(location) from None


def as_sent(header: str, location: str) -> str:
    """A header that holds a query, as UTF-8: WSGI hands its bytes on as Latin-1 (PEP 3333).

    Raises `Invalid` where it is no UTF-8.
    """
    try:
        return header if header.isascii() else header.encode("latin-1").decode("utf-8")
    except UnicodeDecodeError:
        raise _not_utf8(location) from None


def _not_utf8(location: str) -> Invalid:
    return Invalid("what was asked is not UTF-8", location=location)

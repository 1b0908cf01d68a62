"""The parameters of a request's address."""

from collections.abc import Iterable

from flask import request

from graph.errors import Invalid


def require_only(*names: str, given: Iterable[str] | None = None) -> None:
    """Raise `Invalid` for a parameter that is none of these, the first by its name.

    `given` are the names that are looked at, None those of the request in hand.
    """
    if stray := sorted(set(request.args if given is None else given) - set(names)):
        raise Invalid("there is no such parameter here", location=stray[0][:64])

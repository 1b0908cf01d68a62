"""Where in a request something is wrong, as a JSONPath (RFC 9535): `$.population.all[0].age.op`."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from app.form_words import refused_field
from graph.errors import HilumError, Invalid

_NAMED = (
    "$.conceptSets",
    "$.events",
    "$.choices",
)  # of which marshmallow tells the name and the value apart


@contextmanager
def located(path: str) -> Iterator[None]:
    """Give what is raised inside the place where it belongs, unless it has one."""
    try:
        yield
    except HilumError as error:
        error.location = error.location or path
        raise


def first_fault(messages: Mapping[Any, Any], raw: Any) -> Invalid:
    """The first of marshmallow's messages, in the order of the schema."""
    path, message = next(_faults(messages, raw, "$"))
    return refused_field(message, path)


def _faults(messages: Any, raw: Any, path: str) -> Iterator[tuple[str, str]]:
    if not isinstance(messages, Mapping):
        yield from ((path, str(each)) for each in messages)
        return
    for key, inner in messages.items():
        if isinstance(key, int):
            yield from _faults(inner, _below(raw, key), f"{path}[{key}]")
        elif path in _NAMED and isinstance(inner, Mapping):
            for each in inner.values():  # of the name, and of what it names
                yield from _faults(each, _below(raw, key), f"{path}.{key}")
        elif _is_of_the_request(key, inner, raw):
            yield from _faults(inner, _below(raw, key), f"{path}.{key}")
        else:
            yield from _faults(inner, raw, path)


def _is_of_the_request(key: str, inner: Any, raw: Any) -> bool:
    """Whether a key of the messages is one of the request, and not marshmallow's own."""
    if key == "_schema" or isinstance(raw, list):
        return False
    own = isinstance(raw, dict) and key in raw
    return own or not (key == "key" or (key == "value" and isinstance(inner, Mapping)))


def _below(raw: Any, key: Any) -> Any:
    if isinstance(raw, list) and isinstance(key, int) and key < len(raw):
        return raw[key]
    return raw.get(key) if isinstance(raw, dict) else None

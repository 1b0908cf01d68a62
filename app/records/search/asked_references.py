"""The references that criteria ask for: which they are, and by which names (R4 search.html#reference)."""

from collections.abc import Container, Iterator, Mapping
from typing import TypeAlias

from fhir_profiles.definitions.registry import search_parameter
from fhir_profiles.index.escaping import split_values, unescaped
from fhir_profiles.references import names_an_entry
from graph.errors import Invalid

Pairs: TypeAlias = tuple[tuple[str, str], ...]

_IDENTIFIER = "identifier"


def asked_references(resource_type: str, pairs: Pairs) -> Iterator[tuple[str, str]]:
    """The parameter and the text of each reference that is asked for, as it is written in a resource."""
    for name, value in pairs:
        if _asks_reference(resource_type, name):
            yield from ((name, unescaped(each)) for each in split_values(value))


def renamed(resource_type: str, pairs: Pairs, names: Mapping[str, str]) -> Pairs:
    """The criteria with the references that they ask for by their new names."""

    def value_of(text: str) -> str:
        return ",".join(names.get(unescaped(each), each) for each in split_values(text))

    return tuple(
        (name, value_of(value) if _asks_reference(resource_type, name) else value) for name, value in pairs
    )


def require_resolved(resource_type: str, pairs: Pairs, entries: Container[str] = ()) -> None:
    """Require that criteria which decide a write ask for no `urn:uuid:` beside those of `entries`.

    Nothing stored has such a name, so the criteria would never match. Raises `Invalid` with the parameter.
    """
    for name, text in asked_references(resource_type, pairs):
        if names_an_entry(text) and text not in entries:
            raise Invalid(
                "no entry of the same Bundle has this urn:uuid", location=name[:64], code="not-found"
            )


def _asks_reference(resource_type: str, name: str) -> bool:
    plain, _, modifier = name.partition(":")
    found = search_parameter(resource_type, plain)
    return found is not None and found.type == "reference" and modifier != _IDENTIFIER

"""Relationship types of literal references: the last element name of the path, in upper snake case.

The only text of a statement that is made from a question, and so the narrowest: an element of FHIR R4 that
can hold a Reference, or nothing.
"""

import re
from collections.abc import Iterable
from functools import cache, lru_cache

from fhir_profiles.definitions.registry import reference_elements
from graph.errors import Invalid

_TYPE = re.compile(r"[A-Z][A-Z0-9_]{0,63}")


@lru_cache(maxsize=1_024)
def relationship(element: str) -> str:
    """The relationship type of an element name: `partOf` is `PART_OF`."""
    return "".join(f"_{each}" if each.isupper() else each.upper() for each in element).lstrip("_")


def relationships(paths: Iterable[str]) -> str:
    """Return the types of the edges at these element paths, as a pattern has them: `SUBJECT|PERFORMER`.

    Raises `Invalid` for the path of an element that holds no references.
    """
    found = sorted({relationship(path.rpartition(".")[2]) for path in paths})
    for each in found:
        if each not in _known() or not _TYPE.fullmatch(each):
            raise Invalid("a link needs an element that holds references")
    return "|".join(found)


@cache
def _known() -> frozenset[str]:
    return frozenset(relationship(element) for element in reference_elements())

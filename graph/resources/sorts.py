"""What of a resource rights look at beside whom it is about: its codes of some parameters, and its labels.

They stand on the node and on each version, since a version has no value rows and a search looks at many of
them: `sorts` are the codes of `graph.allowances.CONDITIONS`, `security` those of `meta.security`.
"""

from collections.abc import Iterable
from functools import lru_cache
from typing import NamedTuple

from graph.allowances import CONDITIONS, SECURITY
from graph.keys import part, value_key
from graph.query.rows import TermRow


class Sorts(NamedTuple):
    """The sorts and the security labels of a resource, as `sort_of` writes them; None where it has none."""

    sorts: list[str] | None = None
    security: list[str] | None = None


def sorts_of(tenant: str, resource_type: str, terms: Iterable[TermRow]) -> Sorts:
    """What the Term rows of a resource say of it."""
    beginnings = _beginnings(tenant, resource_type)
    found = {name: dict[str, None]() for name in beginnings}
    for key, system, *_ in terms:
        for name, begins in beginnings.items():
            if key.startswith(begins):
                found[name][f"{name}|{key[len(begins) :]}|{part(system)}|"] = None
    security = found.pop(SECURITY)
    return Sorts([each for codes in found.values() for each in codes] or None, list(security) or None)


@lru_cache(maxsize=1_024)
def _beginnings(tenant: str, resource_type: str) -> dict[str, str]:
    """What the keys of the Term rows of each parameter begin with."""
    return {name: f"{value_key(tenant, resource_type, name)}|" for name in (*CONDITIONS, SECURITY)}

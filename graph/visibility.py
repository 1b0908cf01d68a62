"""The right of a caller in fixed statements, as `graph.cypher.access` writes it in compiled ones.

A statement has places, `seen(r)`, `seen(r, v)` and `seen_across(r)`, which `under_rights` fills. Cypher has
no such functions, so a statement that is sent without its caller's rights fails.
"""

import re
from functools import lru_cache
from typing import Any, NamedTuple

from graph.errors import ScopeMissing
from graph.rights import conditions, in_partition, judged_of
from graph.scope import AccessScope, demand_scope

_PLACE = re.compile(r"\bseen(_across)?\((\w+)(?:, (\w+))?\)")
_JUDGED = re.compile(r"\bjudged\((\w+), (\w+)\)")


class UnderRights(NamedTuple):
    """A statement under its caller's rights; with `judging` these are said of its rows in memory."""

    text: str
    parameters: dict[str, Any]
    judging: bool


def seen(name: str) -> str:
    """The place of the condition that the row of a variable is the caller's to see."""
    return f"seen({name})"


def seen_across(name: str) -> str:
    """The place of the same condition, whatever partition the row is of."""
    return f"seen_across({name})"


def version_seen(name: str, version: str) -> str:
    """The place of the condition on a version of the row `name`: it is judged by itself."""
    return f"seen({name}, {version})"


def judged_column(name: str, version: str = "") -> str:
    """The place of what is judged in memory of a row, or of a version of it; null where nothing is."""
    return f"judged({name}, {version or name})"


def under_rights(scope: AccessScope, text: str) -> UnderRights:
    """A fixed statement with its caller's rights in each of its places, and their parameters.

    Where the right is long and the statement has a column for what is judged, its rows are to be judged.
    Raises `ScopeMissing` without a scope, and for a statement that has no place for rights.
    """
    right = demand_scope(scope).right
    if right.is_long and _JUDGED.search(text):
        return UnderRights(_filled(text, (), judging=True), {"partition": right.partition}, judging=True)
    return UnderRights(_filled(text, right.parts), right.parameters(), judging=False)


@lru_cache(maxsize=1_024)
def _filled(text: str, parts: tuple[str, ...], *, judging: bool = False) -> str:
    def condition(place: re.Match[str]) -> str:
        across, name, version = place[1], place[2], place[3] or place[2]
        within = "true" if across else in_partition(name, "$partition")
        return f"({' AND '.join([within, *conditions(parts, name, version)])})"

    filled, places = _PLACE.subn(condition, text)
    if not places:
        raise ScopeMissing("a statement without a place for its caller's rights")
    return _JUDGED.sub(lambda place: judged_of(*place.groups()) if judging else "null", filled)

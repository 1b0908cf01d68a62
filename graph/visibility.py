"""The right of a caller in fixed statements, as `graph.cypher.access` writes it in compiled ones."""

from typing import Any

from graph.rights import granted, in_partition
from graph.scope import AccessScope


def seen(name: str) -> str:
    """The condition on the variable `name`, over the parameters of `rights`."""
    grants = granted(name, "$granted", "$studies")
    return f"({in_partition(name, '$partition')} AND ($everything OR {grants}))"


def version_seen(name: str, version: str) -> str:
    """The condition on a version of the row `name`, over the same parameters: it is judged by itself."""
    grants = granted(name, "$granted", "$studies", version)
    return f"({in_partition(name, '$partition')} AND ($everything OR {grants}))"


def rights(scope: AccessScope) -> dict[str, Any]:
    """The parameters of `seen` and `version_seen`."""
    right = scope.right
    return {
        "partition": right.partition,
        "everything": right.everything,
        "granted": right.granted(),
        "studies": right.granted_studies(),
    }

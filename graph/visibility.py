"""The right of a caller in fixed statements, as `graph.cypher.access` writes it in compiled ones."""

from typing import Any

from graph.rights import granted, in_partition
from graph.scope import AccessScope


def seen(name: str) -> str:
    """The condition on the variable `name`, over the parameters of `rights`."""
    grants = granted(name, "$patients", "$studies")
    return f"({in_partition(name, '$partition')} AND ($everything OR {grants}))"


def rights(scope: AccessScope) -> dict[str, Any]:
    """The parameters of `seen`."""
    right = scope.right
    return {
        "partition": right.partition,
        "everything": right.everything,
        "patients": right.granted_patients(),
        "studies": right.granted_studies(),
    }

"""The access condition of reads by key: what `graph.cypher.access` writes for trees, for fixed statements."""

from typing import Any

from graph.scope import AccessScope

SEEN = (
    "($everything OR {name}.compartment IS NULL OR {name}.key IN $studies "
    "OR any(each IN {name}.compartment WHERE each IN $patients))"
)


def seen(name: str) -> str:
    """The condition on the variable `name`, over the parameters of `rights`."""
    return SEEN.format(name=name)


def rights(scope: AccessScope) -> dict[str, Any]:
    """The parameters of `seen`."""
    return {
        "everything": scope.sees_all,
        "patients": sorted(scope.patients or ()),
        "studies": sorted(scope.studies),
    }

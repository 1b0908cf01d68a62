"""`_list`: what is on a List (FHIR R4 search.html#list)."""

from collections.abc import Sequence

from graph.errors import Invalid
from graph.keys import resource_key
from graph.query.expression import Against, Expression, KeyIn, Related

LIST = "List"
_ITEMS = ("entry.item",)


def on_lists(tenant: str, values: Sequence[str]) -> Expression:
    """Return the condition that a resource is on one of the Lists of these ids, which the caller may see.

    Raises `Invalid` for a functional list (`$current-problems`): no list is made here on demand.
    """
    for value in values:
        if value.startswith("$"):
            raise Invalid(
                "functional lists are not offered: name the id of a List",
                location="_list",
                code="not-supported",
            )
        if not value.removeprefix(f"{LIST}/"):
            raise Invalid("_list names the id of a List", location="_list")
    keys = tuple(resource_key(tenant, LIST, value.removeprefix(f"{LIST}/")) for value in values)
    return Related(Against(LIST, _ITEMS), KeyIn(LIST, keys))

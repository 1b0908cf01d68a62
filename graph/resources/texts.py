"""The current texts of resources, for a unit of work that decides by what they say."""

from collections.abc import Sequence

from graph.commit import View
from graph.packing import unpacked

_BODIES = """
UNWIND $keys AS key MATCH (:Resource {key: key})-[:CURRENT]->(v:Version) RETURN key, v.body AS body
"""


def current_texts(view: View, keys: Sequence[str]) -> dict[str, bytes]:
    """The texts by their keys; raises `MustWait` where earlier units of this commit write."""
    return {row["key"]: unpacked(row["body"]) for row in view.read(_BODIES, keys=list(keys))}

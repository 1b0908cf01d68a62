"""The Consents of a tenant as they were written, one after the other: what changed since a place in them."""

from dataclasses import dataclass

from graph.keys import ABSENT, kind_key, resource_key
from graph.packing import unpacked
from graph.scope import AccessScope, scoped
from graph.session import Graph

CONSENT = "Consent"
_CHANGED = """
MATCH (v:Version) USING INDEX v:Version(kind, sequence)
WHERE v.kind = $kind AND v.sequence > $after
WITH v ORDER BY v.kind, v.sequence LIMIT $limit
MATCH (r:Resource)-[:HAS_VERSION]->(v)
RETURN r.key AS key, v.sequence AS sequence, v.method = 'DELETE' AS deleted, v.body AS body,
  [key IN r.compartment WHERE key STARTS WITH $patients] AS patients
ORDER BY sequence
"""
_FOLLOWED = """
MATCH (r:Resource) USING INDEX r:Resource(kind, serial)
WHERE r.kind = $kind AND r.serial IS NOT NULL AND r.deleted = false
RETURN r.key AS key, [key IN r.compartment WHERE key STARTS WITH $patients] AS patients
"""


@dataclass(frozen=True, slots=True)
class ConsentChange:
    """A version of a Consent: `text` is its JSON, None where it was deleted; `patients` whose consent it is.

    The patients are keys as they are now: with those whom they were merged into.
    """

    key: str
    sequence: int
    text: bytes | None
    patients: tuple[str, ...]


@scoped
class ConsentStore:
    """Reads the Consents of one graph for those who make rights of them, whoever may see them."""

    def __init__(self, graph: Graph) -> None:
        self._graph = graph

    def changes(self, scope: AccessScope, after: int, limit: int = 1_000) -> list[ConsentChange]:
        """The versions that were written after a sequence number, 0 for all, in their order."""
        rows = self._graph.read(_CHANGED, after=after, limit=limit, **_whose(scope))
        return [
            ConsentChange(
                row["key"],
                row["sequence"],
                None if row["deleted"] else unpacked(row["body"]),
                tuple(row["patients"] or ()),
            )
            for row in rows
        ]

    def patients(self, scope: AccessScope) -> dict[str, tuple[str, ...]]:
        """Whose each Consent is now, by its key: merging and parting patients changes that."""
        rows = self._graph.read(_FOLLOWED, **_whose(scope))
        return {row["key"]: tuple(row["patients"] or ()) for row in rows}


def is_consent(key: str) -> bool:
    """Whether a key is that of a Consent."""
    return f"|{ABSENT}|{CONSENT}|" in key


def _whose(scope: AccessScope) -> dict[str, str]:
    return {"kind": kind_key(scope.tenant, CONSENT), "patients": resource_key(scope.tenant, "Patient", "")}

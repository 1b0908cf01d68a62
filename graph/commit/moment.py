"""How far a tenant was written, as its counters say: what whoever holds something of it looks at first."""

from dataclasses import dataclass

from graph.commit.ledger import REWRITTEN, Counter
from graph.session import Graph

MOMENT = f"""coalesce(c.{Counter.VERSION}, 0) AS version, coalesce(c.{REWRITTEN}, 0) AS rewritten,
  coalesce(c.{Counter.SERIAL}, 0) AS rows"""
"""What a `WrittenMoment` is made of, in a statement where `c` is the counter of a tenant."""

_READ = f"MATCH (c:Counter {{key: $tenant}}) RETURN {MOMENT}"


@dataclass(frozen=True, slots=True)
class WrittenMoment:
    """How far a tenant was written: by its newest version, rewriting and row; all 0 before the first."""

    version: int = 0
    rewritten: int = 0
    rows: int = 0

    def followed_by(self, later: "WrittenMoment") -> bool:
        """Whether all that was written from this moment to another is in versions, which can be told."""
        return 0 < self.version <= later.version and self.rewritten == later.rewritten


def moment(graph: Graph, tenant: str) -> WrittenMoment:
    """How far a tenant is written now."""
    found = graph.read(_READ, tenant=tenant)
    return WrittenMoment(**found[0]) if found else WrittenMoment()

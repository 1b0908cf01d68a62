"""What a unit of work sees when it decides: the graph as the last commit left it, and what was decided since.

Nothing is locked meanwhile. The statement that writes takes the tenant's counter and goes through only where
no other commit came between, so what was seen is what still is.
"""

from dataclasses import dataclass
from typing import Any, Protocol, TypeVar

from graph.commit.draft import MustWait, Pending
from graph.commit.schema import CommitSchema
from graph.commit.shelf import Keys, Shelf
from graph.cypher.compile import page
from graph.query.expression import Question
from graph.scope import AccessScope

Value = TypeVar("Value")


class Run(Protocol):
    """Runs one statement where the committer reads and writes."""

    def __call__(self, text: str, **parameters: Any) -> list[dict[str, Any]]:
        """Return its rows; raise `Unavailable` where the graph does not answer."""


@dataclass(slots=True)
class View:
    """The graph of one tenant for the units of one commit."""

    tenant: str
    pending: Pending
    schema: CommitSchema
    run: Run

    @property
    def now(self) -> int:
        """The moment of the commit in µs; later than that of every commit before."""
        return self.pending.ledger.clock

    def get(self, shelf: Shelf[Value], key: str) -> Value:
        """The row of this key as it is and as earlier units will leave it, read if nobody has named it."""
        self.load({shelf: (key,)})
        return self.pending.shelves.get(shelf, key)

    def load(self, keys: Keys) -> None:
        """Read the rows of those keys that are not known yet, in one statement.

        Raises `MustWait` where earlier units of this commit change them in a way that it cannot tell.
        """
        shelves = self.pending.shelves
        if shelves.is_clouded(keys):
            raise MustWait
        if missing := shelves.unknown(keys):
            asked = {"tenant": self.tenant, "keys": self.schema.keys(missing)}
            (row,) = self.run(self.schema.loading(missing), commit=asked)
            for shelf, each in missing.items():
                shelves.learn(shelf, each, row[shelf.name])

    def find(self, scope: AccessScope, question: Question) -> list[str]:
        """Keys of a page of an answer; raises `MustWait` where earlier units of this commit write."""
        statement = page(scope, question)
        return [row["key"] for row in self.read(statement.text, **statement.parameters)]

    def read(self, text: str, **parameters: Any) -> list[dict[str, Any]]:
        """Run a read that only one kind of unit needs; raises `MustWait` as `find` does."""
        if self.pending:
            raise MustWait
        return self.run(text, **parameters)

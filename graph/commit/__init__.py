"""Group commit under the tenant's change counter: the only way anything of a tenant is written.

The engine knows no aggregate: units decide, parts say what is written, shelves what is looked at.
"""

from graph.commit.committer import Committer, CommitterThread, Committing
from graph.commit.draft import Draft, Part
from graph.commit.ledger import Counter, Ledger, Numbers
from graph.commit.schema import CommitSchema, Section
from graph.commit.shelf import Keys, Shelf, ShelfRow, Shelves
from graph.commit.unit import Unit
from graph.commit.view import View

__all__ = [
    "CommitSchema",
    "Committer",
    "CommitterThread",
    "Committing",
    "Counter",
    "Draft",
    "Keys",
    "Ledger",
    "Numbers",
    "Part",
    "Section",
    "Shelf",
    "ShelfRow",
    "Shelves",
    "Unit",
    "View",
]

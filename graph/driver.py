"""What we use of the Neo4j driver, which loads pandas wherever it is installed, for tables that nobody asks.

The patients of the samples come from a library that brings it; without it a process starts in six sevenths
of the time and keeps thirty megabytes less.
"""

import sys
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def _absent(name: str) -> Iterator[None]:
    """Let imports within the block find no package of a name, unless it is here already."""
    if name in sys.modules:
        yield
        return
    sys.modules[name] = None  # type: ignore[assignment]  # which the import system reads as absent
    try:
        yield
    finally:
        del sys.modules[name]


with _absent("pandas"):
    from neo4j import (
        READ_ACCESS,
        WRITE_ACCESS,
        Driver,
        GraphDatabase,
        ManagedTransaction,
        Query,
        Result,
        Session,
    )
    from neo4j.api import BookmarkManager
    from neo4j.exceptions import DriverError, Neo4jError

__all__ = [
    "READ_ACCESS",
    "WRITE_ACCESS",
    "BookmarkManager",
    "Driver",
    "DriverError",
    "GraphDatabase",
    "ManagedTransaction",
    "Neo4jError",
    "Query",
    "Result",
    "Session",
]

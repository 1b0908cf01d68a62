"""Where the tables of a large release are joined: a database in a file that goes with it, not in memory."""

import sqlite3
import tempfile
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from itertools import islice
from pathlib import Path
from typing import Any

_AT_ONCE = 20_000  # rows
_CACHE = 64 << 10  # KiB


class Workspace:
    """Tables of one release, to be closed; nothing of them outlives it."""

    def __init__(self, tables: Sequence[str]) -> None:
        self._folder = tempfile.TemporaryDirectory(prefix="hilum-release-")
        self._database = sqlite3.connect(Path(self._folder.name) / "tables", isolation_level=None)
        for text in ("journal_mode = OFF", "synchronous = OFF", f"cache_size = -{_CACHE}"):
            self._database.execute(f"PRAGMA {text}")
        for text in tables:
            self._database.execute(text)

    @contextmanager
    def filling(self) -> Iterator[None]:
        """Fill the tables within the block; where it fails, they are removed."""
        try:
            yield
        except BaseException:
            self.close()
            raise

    def fill(self, table: str, width: int, rows: Iterable[Sequence[Any]]) -> None:
        """Put rows into a table; of those of one key the first stays."""
        text = f"INSERT OR IGNORE INTO {table} VALUES ({', '.join('?' * width)})"  # noqa: S608 - our own names
        waiting = iter(rows)
        while part := list(islice(waiting, _AT_ONCE)):
            self._database.execute("BEGIN")
            self._database.executemany(text, part)
            self._database.execute("COMMIT")

    def index(self, table: str, *columns: str) -> None:
        """Make a table quick to read in the order of some columns."""
        name = f"{table}_{'_'.join(columns)}"
        self._database.execute(f"CREATE INDEX {name} ON {table} ({', '.join(columns)})")

    def rows(self, text: str) -> Iterator[tuple[Any, ...]]:
        """The rows that a statement selects, one after the other."""
        yield from self._database.execute(text)

    def close(self) -> None:
        """Remove the tables."""
        self._database.close()
        self._folder.cleanup()

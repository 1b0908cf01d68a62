"""A small Cypher prompt for operators: it runs what is typed, as the graph's own user."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from functools import partial
from typing import Any

from rich.console import Console
from rich.table import Table

from graph.session import Graph, Row, Transaction

LONGEST_VALUE = 200
MOST_ROWS = 200


def run_prompt(graph: Graph, console: Console) -> None:
    """Read statements until an empty line or the end of input, and print what each returns."""
    with suppress(ImportError):
        import readline  # noqa: F401, PLC0415 - gives `input` its line editing, where there is one
    for text in _statements():
        try:
            rows = graph.write(partial(_run, text))
        except Exception as failure:  # whatever the server refuses is shown, and the prompt goes on
            console.print(getattr(failure, "message", str(failure)), style="red", markup=False)
        else:
            show(rows, console)


def _run(text: str, transaction: Transaction) -> list[Row]:
    return transaction.run(text)


def show(rows: Sequence[Mapping[str, Any]], console: Console) -> None:
    """Print rows as a table, long values cut."""
    if rows:
        table = Table(*rows[0])
        for row in rows[:MOST_ROWS]:
            table.add_row(*(str(value)[:LONGEST_VALUE] for value in row.values()))
        console.print(table, markup=False)
    console.print(f"{len(rows)} rows" + (f", the first {MOST_ROWS} shown" if len(rows) > MOST_ROWS else ""))


def _statements() -> Iterator[str]:
    with suppress(EOFError, KeyboardInterrupt):
        while text := input("cypher> ").strip():
            yield text

"""What the commands print: steps, progress bars, addresses and tokens. Nothing else in `up` prints."""

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import TypeAlias

from rich.console import Console
from rich.progress import (
    BarColumn,
    DownloadColumn,
    MofNCompleteColumn,
    Progress,
    ProgressColumn,
    TextColumn,
    TimeRemainingColumn,
)

Advance: TypeAlias = Callable[[int, int], None]


class Screen:
    """The terminal, or whatever stands for it: without a terminal there are plain lines and no bars."""

    def __init__(self, console: Console | None = None) -> None:
        self.console = console or Console(highlight=False)

    def step(self, text: str) -> None:
        """Say what happens now."""
        self.console.print(text, soft_wrap=True)

    def warn(self, text: str) -> None:
        """Say what went wrong."""
        self.console.print(text, style="yellow", soft_wrap=True)

    @contextmanager
    def downloading(self, text: str) -> Iterator[Advance]:
        """A bar in bytes; the function that is given takes how much is done, and how much there is."""
        with self._bar(text, DownloadColumn()) as advance:
            yield advance

    @contextmanager
    def counting(self, text: str) -> Iterator[Advance]:
        """A bar in pieces of work."""
        with self._bar(text, MofNCompleteColumn()) as advance:
            yield advance

    @contextmanager
    def _bar(self, text: str, amount: ProgressColumn) -> Iterator[Advance]:
        """A bar that appears with the first piece of work: often there is none."""
        columns = (TextColumn("{task.description}"), BarColumn(), amount, TimeRemainingColumn())
        progress = Progress(*columns, console=self.console)

        def advance(done: int, total: int) -> None:
            if not progress.tasks:
                if not self.console.is_terminal:
                    self.step(text)
                progress.start()
                progress.add_task(text)
            progress.update(progress.task_ids[0], completed=done, total=total)

        try:
            yield advance
        finally:
            progress.stop()

    def addresses(self, base_url: str, addresses: Mapping[str, str]) -> None:
        """Where everything is."""
        self.console.print(f"\n[bold]Hilum is running: {base_url}/[/bold]", soft_wrap=True)
        self._table({name: f"{base_url}{path}" for name, path in addresses.items()})

    def tokens(self, tokens: Mapping[str, str]) -> None:
        """One ready-made token a role."""
        if tokens:
            self.console.print("\nDemo tokens (send as `Authorization: Bearer …`):", soft_wrap=True)
            self._table(tokens)

    def _table(self, rows: Mapping[str, str]) -> None:
        width = max((len(name) for name in rows), default=0)
        for name, value in rows.items():
            self.console.print(f"  {name:<{width}}  {value}", soft_wrap=True, markup=False)

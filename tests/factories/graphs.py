"""A graph that tells what was asked of it."""

from typing import Any

import pytest

from graph.session import Graph, Row


class NotedGraph(Graph):
    """Notes the text of each statement that it reads; what is recalled is not read."""

    def __init__(self, *arguments: Any, **options: Any) -> None:
        super().__init__(*arguments, **options)
        self.texts: list[str] = []

    def read(self, text: str, **parameters: Any) -> list[Row]:
        """Read and note."""
        self.texts.append(text)
        return super().read(text, **parameters)


def noted(graph: Graph, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The texts of the statements that a graph, which others use already, reads from now on."""
    texts, read = list[str](), graph.read

    def noting(text: str, **parameters: Any) -> list[Row]:
        texts.append(text)
        return read(text, **parameters)

    monkeypatch.setattr(graph, "read", noting)
    return texts

"""What tests of the graph share."""

from collections.abc import Iterator

import pytest

from graph.clock import now
from graph.commit import Committer
from graph.session import Graph


@pytest.fixture
def committer(graph: Graph) -> Iterator[Committer]:
    """The committer of a process."""
    made = Committer(graph, now)
    yield made
    made.close()

"""What tests of the graph share."""

from collections.abc import Iterator

import pytest

from graph.aggregates import AGGREGATES
from graph.clock import now
from graph.commit import Committer, CommitterThread, Committing
from graph.session import Graph


@pytest.fixture
def committer(graph: Graph) -> Iterator[Committer]:
    """The committer of a process."""
    made = CommitterThread(Committing(graph, AGGREGATES, now))
    yield made
    made.close()

"""The lane that keeps the full-text index: it brings in what was written, some seconds behind the commit."""

from threading import Event

from app.work.waking import Topic
from app.work.worker import Lane
from graph.resources.wordings import AT_ONCE, WordingStore
from graph.scope import AccessScope

LANE = "words"
_GATHERING = 5.0  # seconds, in which many commits make one step


def words_lane(wordings: WordingStore, scope: AccessScope) -> Lane:
    """A lane that brings in what is new and takes out what is gone, until nothing is left."""

    def work(stop: Event) -> None:
        for step in (wordings.index, wordings.remove):
            while not stop.is_set() and step(scope) == AT_ONCE:
                continue

    return Lane(LANE, (Topic.CHANGES,), work, _GATHERING)

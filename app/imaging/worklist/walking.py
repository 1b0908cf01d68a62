"""What a condition finds of the worklist, page by page: for who looks at what the graph finds."""

from collections.abc import Iterator, Sequence

from app.imaging.worklist.matching import WorkitemCondition
from graph.budget import CREDIT, spend
from graph.query.expression import All, Page, Question, Sort
from graph.query.prices import QUESTION, price
from graph.query.rows import TASK
from graph.scope import AccessScope
from graph.workitems.workitems import StoredWorkitem, WorkitemStore

NEWEST_FIRST = (Sort(None, descending=True),)


def pay(condition: WorkitemCondition) -> None:
    """Pay for one page of a condition; raises `TooLarge` where the request cannot."""
    spend(QUESTION + price(All(condition.where)), CREDIT)


def pages(
    workitems: WorkitemStore, scope: AccessScope, condition: WorkitemCondition, size: int
) -> Iterator[Sequence[StoredWorkitem]]:
    """What the graph finds, `size` at once, the newest first; `rest` of the condition is the caller's to ask.

    The first page is paid for already; raises `TooLarge` where the request cannot pay for a further one.
    """
    after: tuple[object, ...] | None = None
    while True:
        page = Page(size, sort=NEWEST_FIRST, after=after)
        rows = workitems.search(scope, Question(TASK, All(condition.where), page))
        yield rows
        if len(rows) < size:
            return
        pay(condition)
        after = (rows[-1].serial,)

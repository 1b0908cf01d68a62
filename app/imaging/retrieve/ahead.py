"""Doing a few things ahead of who takes their results one by one."""

from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from typing import TypeVar

_Item = TypeVar("_Item")
_Result = TypeVar("_Result")


def ahead(work: Callable[[_Item], _Result], items: Iterable[_Item], count: int) -> Iterator[_Result]:
    """The results in the order of the items, `count` of them being made at a time; raises what `work` does.

    What was begun for a caller who takes no more is not begun further.
    """
    with ThreadPoolExecutor(count, "ahead") as threads:
        begun: deque[Future[_Result]] = deque()
        try:
            for item in items:
                begun.append(threads.submit(work, item))
                if len(begun) > count:
                    yield begun.popleft().result()
            while begun:
                yield begun.popleft().result()
        finally:
            for each in begun:
                each.cancel()

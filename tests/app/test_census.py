"""Counting is remembered for a while."""

from itertools import count

from app.census import SECONDS, Census


def test_it_counts_anew_only_now_and_then() -> None:
    asked, moments = count(1), iter((0.0, 1.0, SECONDS + 2, SECONDS + 2))
    census = Census(lambda: {"patients": next(asked)}, lambda: next(moments))
    assert [census.counts()["patients"] for _ in range(3)] == [1, 1, 2]

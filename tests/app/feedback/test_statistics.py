"""What is counted, with its interval, and what is not shown."""

from collections.abc import Iterator
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.feedback.statistics import (
    LEAST_SHOWN,
    CountedRead,
    Stratum,
    accuracy,
    concordance,
    managed,
    quartiles,
    statistics_of,
    wilson,
)
from app.feedback.verdicts import SCHEMES, ReadVerdict, categories_of

CHEST, KNEE = Stratum("CT", "CHEST"), Stratum("MR", "KNEE")
SPRING, SUMMER = date(2026, 5, 4), date(2026, 7, 1)


def judged(stratum: Stratum, count: int, readers: int, verdict: str = "concordant") -> Iterator[CountedRead]:
    """So many reads of so many readers, each with a verdict of spring."""
    for place in range(count):
        yield CountedRead(f"Practitioner/{place % readers}", stratum, 5, ReadVerdict(verdict), SPRING)


def test_an_interval_is_that_of_wilson() -> None:
    found = wilson(9, 10)

    assert found is not None
    assert (round(found.low, 4), round(found.high, 4)) == (0.5958, 0.9821)
    assert wilson(0, 0) is None
    with pytest.raises(ValueError, match="between"):
        wilson(3, 2)


@given(st.integers(1, 400).flatmap(lambda of: st.tuples(st.integers(0, of), st.just(of))))
def test_an_interval_holds_its_share(drawn: tuple[int, int]) -> None:
    found = wilson(*drawn)

    assert found is not None
    assert 0 <= found.low <= found.share + 1e-9
    assert found.share <= found.high + 1e-9
    assert found.high <= 1


def test_a_reader_is_told_outcomes_times_and_concordance() -> None:
    told = statistics_of(
        [
            CountedRead("a", CHEST, 10, ReadVerdict.CONCORDANT, SPRING),
            CountedRead("a", CHEST, 20, ReadVerdict.DISCORDANT_MINOR, SPRING),
            CountedRead("a", CHEST, 40, ReadVerdict.INDETERMINATE, SPRING),
            CountedRead("a", KNEE),
        ]
    )

    assert told.outcomes is not None
    assert (told.outcomes.hits, told.outcomes.of) == (3, 4)
    assert told.days is not None
    assert (told.days.first, told.days.median, told.days.third) == (15, 20, 30)
    assert {stratum: (each.hits, each.of) for stratum, each in told.concordance.items()} == {CHEST: (1, 2)}
    assert quartiles([]) is None


def test_sensitivity_is_told_only_where_every_read_has_its_truth() -> None:
    known = [
        CountedRead("a", CHEST, positive=True, truth=True),
        CountedRead("a", CHEST, positive=False, truth=True),
    ]
    told, not_told = accuracy(known), accuracy([*known, CountedRead("a", CHEST, positive=False)])

    assert told.sensitivity is not None
    assert (told.sensitivity.hits, told.sensitivity.of) == (1, 2)
    assert told.specificity is None
    assert (not_told.sensitivity, not_told.specificity) == (None, None)
    assert str(not_told.why_not) == "not estimable: of 1 of 3 reads no verdict says what was there"
    assert accuracy([]).why_not is not None


def test_managers_see_no_cell_of_few_readers_or_cases() -> None:
    assert managed(judged(CHEST, 40, LEAST_SHOWN - 1), SUMMER).cells == ()
    assert managed(judged(CHEST, LEAST_SHOWN - 1, LEAST_SHOWN - 1), SUMMER).cells == ()
    (cell,) = managed(judged(CHEST, 40, 20), SUMMER).cells
    assert (cell.readers, cell.concordance.of) == (20, 40)


def test_managers_see_no_cell_that_is_mostly_one_reader() -> None:
    one = [CountedRead("Practitioner/0", CHEST, 5, ReadVerdict.CONCORDANT, SPRING) for _ in range(60)]

    assert managed([*judged(CHEST, 20, 20), *one], SUMMER).cells == ()


def test_what_is_hidden_does_not_follow_from_the_total() -> None:
    told = managed([*judged(CHEST, 40, 20), *judged(KNEE, 3, 3, "discordant-major")], SUMMER)

    shown = sum(each.concordance.of for each in told.cells)
    assert told.total is None or told.total.of - shown in (0, *range(LEAST_SHOWN, 99))


def test_a_quarter_that_is_not_over_is_not_counted() -> None:
    assert managed(judged(CHEST, 40, 20), date(2026, 6, 30)).cells == ()


@given(st.lists(st.tuples(st.sampled_from("CMXU"), st.integers(0, 14)), max_size=120))
def test_no_hidden_cell_follows_from_what_is_shown(drawn: list[tuple[str, int]]) -> None:
    reads = [
        CountedRead(f"Practitioner/{who}", Stratum(kind, "CHEST"), 1, ReadVerdict.CONCORDANT, SPRING)
        for kind, who in drawn
    ]
    told = managed(reads, SUMMER)

    assert all(each.readers >= LEAST_SHOWN and each.concordance.of >= LEAST_SHOWN for each in told.cells)
    if told.total is not None:
        rest = told.total.of - sum(each.concordance.of for each in told.cells)
        assert rest == 0 or rest >= LEAST_SHOWN


def test_what_says_nothing_of_concordance_is_not_in_it() -> None:
    assert concordance(judged(CHEST, 5, 5, "not-applicable")) is None


def test_each_scheme_has_categories_for_what_agrees_and_what_differs() -> None:
    for scheme in SCHEMES:
        for verdict in ("concordant", "discordant-minor", "discordant-major"):
            assert categories_of(scheme, ReadVerdict(verdict))
        assert categories_of(scheme, ReadVerdict.INDETERMINATE) == ()
    assert categories_of("elsewhere", ReadVerdict.CONCORDANT) == ()
    assert [each.code for each in SCHEMES["radpeer"]] == ["1", "2a", "2b", "3a", "3b"]

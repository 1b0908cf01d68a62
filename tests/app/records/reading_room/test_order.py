"""One total order: whatever comes first in the list comes first from every shuffle of it, and says why."""

from itertools import combinations

from hypothesis import given
from hypothesis import strategies as st

from app.records.reading_room import ORDER, ReadingHolder, ReadingLine, in_order, reasons

HOUR = 3_600_000_000
NOW = 100 * HOUR


def line(uid: str, **told: object) -> ReadingLine:
    known = {
        "label": "Read",
        "state": "SCHEDULED",
        "priority": "MEDIUM",
        "holder": ReadingHolder.NOBODY,
        **told,
    }
    return ReadingLine(uid=uid, **known)  # type: ignore[arg-type]


moments = st.none() | st.integers(0, 200 * HOUR)
lines = st.lists(
    st.builds(
        line,
        uid=st.uuids().map(lambda found: f"2.25.{found.int}"),
        priority=st.sampled_from(("HIGH", "MEDIUM", "LOW", "")),
        holder=st.sampled_from(ReadingHolder),
        due=moments,
        waiting_since=moments,
    ),
    unique_by=lambda each: each.uid,
    max_size=12,
)


def test_the_list_is_read_as_its_words_say() -> None:
    wanted = [
        line("1", priority="HIGH", holder=ReadingHolder.BEGUN),
        line("2", priority="HIGH"),
        line("3", holder=ReadingHolder.BEGUN, waiting_since=NOW),
        line("4", holder=ReadingHolder.ASSIGNED, due=NOW + HOUR),
        line("5", holder=ReadingHolder.ASSIGNED, waiting_since=1),
        line("6", due=NOW, waiting_since=NOW),
        line("7", due=NOW + HOUR, waiting_since=1),
        line("8", waiting_since=NOW - 2 * HOUR),
        line("9", waiting_since=NOW - HOUR),
        line("91"),
        line("92", priority="LOW", holder=ReadingHolder.BEGUN),
    ]

    assert list(in_order(reversed(wanted))) == wanted


@given(lines, st.randoms(use_true_random=False))
def test_it_is_total_and_asks_nothing_of_the_order_that_lines_come_in(
    found: list[ReadingLine], shuffle: object
) -> None:
    ordered = in_order(found)
    shuffled = list(found)
    shuffle.shuffle(shuffled)  # type: ignore[attr-defined]

    assert in_order(shuffled) == ordered
    for first, second in combinations(ordered, 2):
        assert [each.value(first) for each in ORDER] < [each.value(second) for each in ORDER]


def test_a_line_says_why_it_stands_where_it_does() -> None:
    urgent = line(
        "1", priority="HIGH", holder=ReadingHolder.ASSIGNED, due=NOW - HOUR, waiting_since=NOW - 3 * HOUR
    )
    planned = line("2", due=NOW + HOUR, waiting_since=NOW + HOUR)

    assert [each.name for each in reasons(urgent, NOW)] == ["priority HIGH", "assigned", "overdue", "waiting"]
    assert [each.name for each in reasons(planned, NOW)] == ["due", "planned"]
    assert reasons(line("3"), NOW) == ()

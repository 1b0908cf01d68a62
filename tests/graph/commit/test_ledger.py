"""The ledger counts: without gaps, and never backwards."""

from graph.commit import Counter, Ledger


def test_a_tenant_that_never_committed_begins_at_nothing() -> None:
    ledger = Ledger.read("t", {})

    assert ledger.stamp == ""
    assert ledger.draw([Counter.SEQUENCE]).sequence == 1


def test_each_counter_goes_on_from_what_the_node_holds() -> None:
    ledger = Ledger.read(
        "t", {"serial": 4, "sequence": 7, "versionSequence": 9, "clock": 50, "recent": ["c"]}
    )

    numbers = ledger.opened(60).draw([Counter.SERIAL, Counter.VERSION])

    assert (numbers.serial, numbers.sequence, numbers.version, numbers.now) == (5, 0, 10, 60)


def test_the_clock_never_stands_still_nor_goes_back() -> None:
    ledger = Ledger.read("t", {"clock": 50})

    assert [ledger.opened(now).clock for now in (49, 50, 51, 90)] == [51, 51, 51, 90]


def test_what_was_drawn_is_kept_by_the_commit_and_by_nothing_else() -> None:
    ledger = Ledger.read("t", {"sequence": 7, "recent": ["before"]})
    opened = ledger.opened(1)
    opened.draw([Counter.SEQUENCE])

    assert ledger.counts[Counter.SEQUENCE] == 7
    closed = opened.closed("mine")
    assert (closed.stamp, closed.recent) == ("mine", ("mine", "before"))
    assert Ledger.read("t", closed.properties()) == closed

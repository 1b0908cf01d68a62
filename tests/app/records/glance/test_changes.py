"""What is new, other and gone since a chart was seen: all of it, and nothing else."""

from hypothesis import given
from hypothesis import strategies as st

from app.records.glance.changes import delta, delta_told, seen_in
from graph.marks.read_marks import state_of
from tests.factories.charts import chart_of, item, report, told, value

SEEN = st.dictionaries(st.sampled_from([f"Observation/{name}" for name in "abcdef"]), st.integers(1, 3))


@given(SEEN, SEEN)
def test_a_delta_leads_from_what_was_seen_to_what_is_there(
    before: dict[str, int], now: dict[str, int]
) -> None:
    items = [
        item(value(each.rpartition("/")[2], "2026-01-01", "1-1", 1), version=version)
        for each, version in now.items()
    ]

    found = delta(items, before)

    rebuilt = {**before, **seen_in(found.new), **seen_in(found.changed)}
    assert {name: rebuilt[name] for name in rebuilt.keys() - dict(found.gone).keys()} == now
    assert not seen_in(found.new).keys() & before.keys()
    assert all(before[each.reference] != each.version_id for each in found.changed)
    assert (state_of(before) == state_of(now)) == (before == now)


def test_a_report_that_was_corrected_says_what_its_words_were() -> None:
    old = report("r", "2026-01-01", "IMPRESSION: Nodule 6 mm.", status="preliminary")
    new = report("r", "2026-01-01", "IMPRESSION: Nodule 8 mm.")
    found = delta([item(new, version=2)], {"DiagnosticReport/r": 1, "Observation/o": 1})

    shown = delta_told(chart_of(new), found, {"DiagnosticReport/r": old})

    (changed,) = shown["changed"]
    assert changed["statusBefore"] == "preliminary"
    assert changed["changes"] == [["same", "Nodule"], ["removed", "6"], ["added", "8"], ["same", "mm."]]
    assert told(shown["gone"]) == ["Observation/o"]
    assert shown["counts"] == {"new": 0, "changed": 1, "gone": 1}


def test_what_was_written_last_comes_first() -> None:
    items = [item(value(name, "2026-01-01", "1-1", 1), updated=at) for at, name in enumerate("abc")]

    assert [each.reference for each in delta(items, {}).new] == [
        "Observation/c",
        "Observation/b",
        "Observation/a",
    ]

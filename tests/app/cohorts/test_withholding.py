"""A value of a row is shown where enough patients share it, and a null hides enough of them."""

from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from app.cohorts.answers.withholding import with_common_values

LEAST = 3
VALUES = st.sampled_from([None, "a", "b", ["a"], 1])
TABLES = st.lists(
    st.builds(
        lambda patient, code, year: {"patient": patient, "reference": "r", "code": code, "year": year},
        st.integers(0, 12).map(str),
        VALUES,
        VALUES,
    ),
    max_size=40,
)


@given(TABLES)
def test_no_column_tells_of_few(table: list[dict[str, Any]]) -> None:
    shown = with_common_values(table, LEAST)

    assert [(row["patient"], row["reference"]) for row in shown] == [
        (row["patient"], row["reference"]) for row in table
    ]
    for name in ("code", "year"):
        groups: dict[str, set[str]] = {}
        for row, before in zip(shown, table, strict=True):
            assert row[name] in (None, before[name])
            groups.setdefault(repr(row[name]), set()).add(row["patient"])
        everybody = set[str]().union(*groups.values())
        for patients in groups.values():
            assert len(groups) == 1 or len(patients) >= LEAST
            assert not 0 < len(everybody - patients) < LEAST


def test_what_many_share_stays() -> None:
    table = [{"patient": str(at), "code": "x" if at < 5 else "y"} for at in range(10)]

    assert with_common_values(table, 5) == table
    assert {row["code"] for row in with_common_values(table, 6)} == {None}
    assert with_common_values([], 5) == []

"""A cell of CSV gives its value back: several values are a list of JSON, and no cell is a formula."""

import csv
import io
import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.cohorts.answers.files.csv_cells import cell

TEXTS = st.text(st.characters(codec="utf-8"))


def read_back(value: Any) -> str:
    """What a reader of the file has of a value, without the apostrophe that is not part of it."""
    text = io.StringIO(newline="")
    csv.writer(text).writerow([cell(value), "end"])
    ((found, _),) = csv.reader(io.StringIO(text.getvalue(), newline=""))
    return found.removeprefix("'")


@given(TEXTS)
def test_a_text_comes_back(text: str) -> None:
    assert read_back(text) == text


@given(st.lists(TEXTS))
def test_a_list_comes_back_whatever_its_values_hold(values: list[str]) -> None:
    assert json.loads(read_back(values)) == values


@pytest.mark.parametrize(
    ("value", "written"),
    [
        (["a|b", "c"], '["a|b","c"]'),
        (["a", "b|c"], '["a","b|c"]'),
        ([], "[]"),
        ({"shape": [1, 2]}, '{"shape":[1,2]}'),
        (None, ""),
        (True, "true"),
        (-1, -1),
        (0.5, 0.5),
        ("-1", "'-1"),
        ("'tis", "''tis"),
        ("＝1", "'＝1"),
    ],
)
def test_a_value_is_written(value: Any, written: Any) -> None:
    assert cell(value) == written

"""JSON is as deep as its objects and arrays stand in one another; what the innermost holds adds nothing."""

from typing import Any

import pytest

from fhir_profiles.nesting import is_nested_deeper


@pytest.mark.parametrize(
    ("value", "levels"),
    [(1, 0), ([], 1), ({"a": 1}, 1), ([{}], 2), ({"a": [1], "b": {"c": [[]]}}, 4), ("[[[", 0)],
)
def test_a_value_is_as_deep_as_its_deepest_part(value: Any, levels: int) -> None:
    assert [is_nested_deeper(value, most) for most in range(levels + 2)] == [*[True] * levels, False, False]

"""How deep JSON is nested, whoever wrote it."""

from typing import Any

DEEPEST_JSON = 100
"""How far the objects and arrays of any JSON that is read here may be nested."""


def is_nested_deeper(value: Any, most: int = DEEPEST_JSON) -> bool:
    """Whether objects and arrays stand in one another more than `most` deep, level by level: no recursion."""
    level = [value] if type(value) is dict or type(value) is list else []
    for _ in range(most):
        if not level:
            return False
        level = [
            inner
            for each in level
            for inner in (each.values() if type(each) is dict else each)
            if type(inner) is dict or type(inner) is list
        ]
    return bool(level)

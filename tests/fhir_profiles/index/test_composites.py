"""A code and a value of one element: how the parts are joined, kept and asked."""

import pytest

from fhir_profiles.definitions.registry import search_parameter
from fhir_profiles.index.asked import Asked, AskedSpan, AskedTerm, AskedText, Asking, Prefix, UnreadableValue
from fhir_profiles.index.parameter_types import asked


def ask(name: str, text: str, resource_type: str = "Observation") -> Asked:
    """What a value of a composite asks."""
    parameter = search_parameter(resource_type, name)
    assert parameter is not None
    return asked(Asking(parameter), text)


@pytest.mark.parametrize(
    ("name", "text", "expected"),
    [
        ("code-value-concept", "a$b", AskedTerm("code-value-concept", ("a$b",))),
        ("code-value-concept", "s|a$t|b", AskedTerm("code-value-concept", ("a$b",), "s$t")),
        ("code-value-concept", "s|a$b", AskedTerm("code-value-concept", ("a$b",))),
        ("code-value-concept", r"a\|x$b\$y", AskedTerm("code-value-concept", ("a|x$b$y",))),
        ("code-value-string", "s|a$some text", AskedText("code-value-string", "a$some text")),
        ("code-value-quantity", "a$gt5", AskedSpan("code-value-quantity", Prefix.GT, 5.0, 5.0, None, "a")),
        (
            "code-value-quantity",
            "s|a$gt5|u|mg",
            AskedSpan("code-value-quantity", Prefix.GT, 5, 5, "s", "a$mg"),
        ),
    ],
)
def test_the_parts_are_joined_as_they_are_kept(name: str, text: str, expected: Asked) -> None:
    assert ask(name, text) == expected


def test_a_reference_may_go_without_its_type() -> None:
    found = ask("relationship", "replaces$d1", "DocumentReference")

    assert isinstance(found, AskedTerm)
    assert "replaces$DocumentReference/d1" in found.codes


@pytest.mark.parametrize("text", ["a", "a$", "$b", "a$b$c", "s|$b", "a$s|", "|$b"])
def test_a_part_that_is_missing_is_told_of(text: str) -> None:
    with pytest.raises(UnreadableValue):
        ask("code-value-concept", text)

"""The table of parameter types: every parameter of R4 has its row, its modifiers and its kind of rows."""

import pytest

from fhir_profiles.definitions.registry import RESOURCE_TYPES, search_parameter, search_parameters
from fhir_profiles.index.asked import AskedSpan, AskedTerm, AskedText, Asking, Prefix, UnreadableValue
from fhir_profiles.index.kept import RowType, SpanValue, TermValue, TextValue
from fhir_profiles.index.parameter_types import asked, row_of, takes

EVERY = [each for kind in sorted(RESOURCE_TYPES) for each in search_parameters(kind).values()]


def asking(resource_type: str, name: str, modifier: str = "") -> Asking:
    parameter = search_parameter(resource_type, name)
    assert parameter is not None
    return Asking(parameter, modifier, base="http://hilum.test/fhir")


def test_every_parameter_has_a_kind_of_rows_and_can_be_missing() -> None:
    assert {row_of(each) for each in EVERY} == {TermValue, TextValue, SpanValue}
    assert all(takes(each, "missing") and takes(each, "") and not takes(each, "colour") for each in EVERY)


@pytest.mark.parametrize(
    ("resource_type", "name", "row", "modifiers"),
    [
        ("Patient", "identifier", TermValue, {"not", "text", "of-type", "above", "below"}),
        ("Patient", "name", TextValue, {"exact", "contains"}),
        ("Patient", "birthdate", SpanValue, set()),
        ("ValueSet", "url", TermValue, {"above", "below", "contains"}),
        ("Location", "near", SpanValue, set()),
        ("MolecularSequence", "chromosome-variant-coordinate", SpanValue, set()),
        ("Observation", "subject", TermValue, {"identifier", "Patient"}),
        ("Observation", "value-quantity", SpanValue, set()),
        ("Observation", "code-value-string", TextValue, set()),
        ("Observation", "code-value-quantity", SpanValue, set()),
    ],
)
def test_a_parameter_has_the_rows_and_modifiers_of_its_type(
    resource_type: str, name: str, row: RowType, modifiers: set[str]
) -> None:
    parameter = asking(resource_type, name).parameter
    tried = {
        "not",
        "text",
        "of-type",
        "exact",
        "contains",
        "identifier",
        "Patient",
        "Planet",
        "above",
        "below",
    }

    assert row_of(parameter) is row
    assert {each for each in tried if takes(parameter, each)} == modifiers


def test_a_modifier_asks_the_rows_that_are_kept_for_it() -> None:
    assert asked(asking("Patient", "identifier", "of-type"), "s|MR|1") == AskedTerm(
        "identifier:of-type", ("MR|1",), "s"
    )
    assert asked(asking("Observation", "code", "text"), "head") == AskedText("code:text", "head")
    assert asked(asking("Observation", "subject", "identifier"), "s|1") == AskedTerm(
        "subject:identifier", ("1",), "s"
    )
    assert asked(asking("Patient", "name", "exact"), "Ann") == AskedText("name", "Ann", "exact")


def test_a_prefix_stands_before_a_date_or_a_number() -> None:
    assert asked(asking("Patient", "birthdate"), "lt1970-01-02") == AskedSpan(
        "birthdate", Prefix.LT, 86_400_000_000, 2 * 86_400_000_000
    )
    assert asked(asking("Observation", "value-quantity"), "ge5||mg") == AskedSpan(
        "value-quantity", Prefix.GE, 5.0, 5.0, None, "mg"
    )


@pytest.mark.parametrize(
    ("resource_type", "name", "modifier", "text"),
    [
        ("Patient", "name", "", ""),
        ("Patient", "identifier", "", "a|b|c"),
        ("Patient", "identifier", "", "|"),
        ("Patient", "identifier", "of-type", "MR|1"),
        ("Patient", "birthdate", "", "yesterday"),
        ("Observation", "value-quantity", "", "much"),
        ("ValueSet", "url", "below", "urn:oid:1.2"),
        ("Location", "near", "", "91|0"),
        ("Location", "near", "", "1|2|3|parsec"),
        ("Location", "near", "", "1"),
        ("Location", "near", "", "1|2|-3"),
        ("Location", "near", "", "1|2|nan"),
        ("MolecularSequence", "chromosome-variant-coordinate", "", "1$5"),
        ("Observation", "value-quantity", "", "5|a|b|c"),
        ("Observation", "subject", "Group", "Patient/1"),
    ],
)
def test_what_asks_nothing_is_told_of(resource_type: str, name: str, modifier: str, text: str) -> None:
    with pytest.raises(UnreadableValue):
        asked(asking(resource_type, name, modifier), text)

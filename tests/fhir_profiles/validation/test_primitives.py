"""What is a value of each primitive type."""

from typing import Any

import pytest

from fhir_profiles.validation.primitives import CHECKS
from fhir_profiles.validation.structure import PRIMITIVES

GOOD: dict[str, list[Any]] = {
    "base64Binary": ["AA==", "AAAA", "AA AA\nAAAA"],
    "boolean": [True, False],
    "canonical": ["http://a|1", "http://a\u00a0b"],
    "code": ["a", "a b", "<=", "a\u00a0b", "\u00a0"],
    "date": ["2024", "2024-02", "2024-02-29"],
    "dateTime": ["2024", "2024-02-29T10:00:00Z", "2024-02-29T23:59:60.123456789+14:00"],
    "decimal": [1, 1.5, -0.0],
    "id": ["a", "A-1.b", "x" * 64],
    "instant": ["2024-02-29T10:00:00.1-05:00"],
    "integer": [0, -(2**31), 2**31 - 1],
    "markdown": ["# a\n\tb"],
    "oid": ["urn:oid:1.2.3"],
    "positiveInt": [1, 2**31 - 1],
    "string": ["a", " ", "á\n"],
    "time": ["10:00:00", "23:59:60.5"],
    "unsignedInt": [0],
    "uri": ["urn:a", "x", "urn:\u3000"],
    "url": ["http://a"],
    "uuid": ["urn:uuid:0c3151bd-1cbf-4d64-b04d-cd9187a4c6e0"],
    "xhtml": ["<div/>"],
}
BAD: dict[str, list[Any]] = {
    "base64Binary": ["", "A", "A===", "AA*=", 1],
    "boolean": ["true", 1, None],
    "canonical": ["", "a b"],
    "code": ["", " a", "a ", "a  b", "a\nb", 1],
    "date": ["", "24", "2024-2", "2024-13", "2023-02-29", "2024-04-31", "0000", "2024-01-01T00:00:00Z", 2024],
    "dateTime": ["2024-02-29T10:00:00", "2024-02-29T10:00Z", "2024-02-29T24:00:00Z", "2024-02-30T10:00:00Z"],
    "decimal": ["1", True, None],
    "id": ["", "a_b", "x" * 65, "a\n", 1],
    "instant": ["2024-02-29", "2024-02-29T10:00:00"],
    "integer": [1.0, True, "1", 2**31, -(2**31) - 1],
    "markdown": [""],
    "oid": ["1.2.3", "urn:oid:1.02"],
    "positiveInt": [0, -1],
    "string": ["", "a\x00", "a\x1b", 1, None, "x" * (1024 * 1024 + 1)],
    "time": ["10:00", "24:00:00", "10:00:00Z"],
    "unsignedInt": [-1],
    "uri": ["", "a b"],
    "url": [""],
    "uuid": ["urn:uuid:0C3151BD-1cbf-4d64-b04d-cd9187a4c6e0", "0c3151bd-1cbf-4d64-b04d-cd9187a4c6e0"],
    "xhtml": ["", 1],
}


def test_every_primitive_type_is_checked() -> None:
    assert CHECKS.keys() == PRIMITIVES == GOOD.keys() == BAD.keys()


@pytest.mark.parametrize("kind", sorted(GOOD))
def test_values_of_the_type_pass(kind: str) -> None:
    assert [value for value in GOOD[kind] if not CHECKS[kind](value)] == []


@pytest.mark.parametrize("kind", sorted(BAD))
def test_other_values_do_not(kind: str) -> None:
    assert [value for value in BAD[kind] if CHECKS[kind](value)] == []

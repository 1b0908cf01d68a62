"""An attribute of DICOM JSON as bytes: what each representation becomes, and how long values are written."""

from typing import Any

import pytest

from app.imaging.assembly.encoding import Encoder
from app.imaging.store.refusal import Refused


def encoded(vr: str, *values: Any, tag: int = 0x00091001) -> bytes:
    """The value of an element, behind its header."""
    element = Encoder(lambda _tag, _address: b"").element(tag, {"vr": vr, "Value": list(values)})
    short = int.from_bytes(element[6:8], "little")
    return element[8:] if short else element[12:]


@pytest.mark.parametrize(
    ("vr", "values", "raw"),
    [
        ("LO", ["a", None, "bc"], b"a\\\\bc "),
        ("UI", ["1.2", "1.2.3"], b"1.2\\1.2.3\0"),
        ("DS", [0.5, None, "0.50", 2], b"0.5\\\\0.50\\2 "),
        ("DS", [0.12345678901234567], b"0.12345678901235"),
        ("IS", ["+7", 7], b"+7\\7"),
        ("PN", [{"Alphabetic": "A", "Phonetic": "C"}, None, {"Ideographic": "B"}], b"A==C\\\\=B"),
        ("US", [1, "65535"], b"\1\0\xff\xff"),
        ("SV", ["-1"], b"\xff" * 8),
        ("FL", ["NaN"], b"\0\0\xc0\x7f"),
        ("AT", ["00189073"], b"\x18\0\x73\x90"),
        ("SQ", [None], b"\xfe\xff\0\xe0\0\0\0\0"),
    ],
)
def test_a_value_is_written_as_its_representation(vr: str, values: list[Any], raw: bytes) -> None:
    assert encoded(vr, *values) == raw


def test_a_value_too_long_for_a_short_length_is_written_as_un() -> None:
    element = Encoder(lambda _tag, _address: b"").element(0x00091001, {"vr": "LO", "Value": ["x" * 70_000]})

    assert element[4:12] == b"UN\0\0" + (70_000).to_bytes(4, "little")


@pytest.mark.parametrize("value", [[], {}, "x", 1.5e300])
def test_what_is_no_number_is_refused(value: Any) -> None:
    with pytest.raises(Refused):
        encoded("SS", value)


def test_groups_that_are_no_part_of_a_data_set_are_passed_over() -> None:
    encoder = Encoder(lambda _tag, _address: b"")
    dataset = {tag: {"vr": "UL"} for tag in ("00020010", "00080000", "FFFEE000", "00080018")}

    assert [tag for tag, _ in encoder.elements(dataset)] == [0x00080018]

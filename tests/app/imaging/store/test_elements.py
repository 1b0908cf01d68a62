from struct import pack

import pytest

from app.imaging.store.elements import DataSet, walk
from app.imaging.store.limits import Limits
from app.imaging.store.refusal import Refused
from tests.factories.elements import (
    UNDEFINED,
    element,
    implicit,
    item,
    open_item,
    open_sequence,
    sequence,
    text,
)

NAME, SEQUENCE, PIXELS = 0x00100010, 0x00081140, 0x7FE00010


def walked(raw: bytes, *, is_implicit: bool = False, little: bool = True, **limits: int) -> DataSet:
    return walk(raw, 0, implicit=is_implicit, little=little, limits=Limits(**limits)).dataset


def value(raw: bytes, dataset: DataSet, tag: int) -> bytes:
    found = dataset[tag]
    return raw[found.start : found.start + found.length]


def test_values_lie_where_their_elements_say() -> None:
    raw = text(0x00080060, "CS", "CT") + element(0x00081030, "UT", b"long") + text(NAME, "PN", "A^B ")
    dataset = walked(raw)
    assert [each.vr for each in dataset.values()] == ["CS", "UT", "PN"]
    assert value(raw, dataset, NAME) == b"A^B "
    assert value(raw, dataset, 0x00081030) == b"long"


def test_implicit_representations_come_from_the_dictionaries() -> None:
    raw = (
        implicit(0x00080060, b"CT")
        + implicit(0x00090010, b"GEMS_ACQU_01")
        + implicit(0x00091001, b"x")
        + implicit(0x00091025, b"y")
        + implicit(0x60000010, b"\1\0")
    )
    found = {tag: each.vr for tag, each in walked(raw, is_implicit=True).items()}
    assert found == {
        0x00080060: "CS",
        0x00090010: "LO",
        0x00091001: "UN",
        0x00091025: "US",
        0x60000010: "US",
    }


def test_big_endian_is_read() -> None:
    raw = (
        pack(">HH2sH", 0x0028, 0x0010, b"US", 2)
        + b"\1\0"
        + pack(">HH2sHL", 0x7FE0, 0x0010, b"OW", 0, 2)
        + b"xy"
    )
    dataset = walked(raw, little=False)
    assert value(raw, dataset, PIXELS) == b"xy"
    assert not dataset.little


@pytest.mark.parametrize("make", [sequence, open_sequence])
@pytest.mark.parametrize("wrap", [item, open_item])
def test_sequences_of_both_kinds_of_length_hold_both_kinds_of_items(make: object, wrap: object) -> None:
    inner = text(NAME, "PN", "A^B ")
    raw = make(SEQUENCE, wrap(inner), wrap(), wrap(inner + make(0x00400275, wrap(inner)))) + inner  # type: ignore[operator]
    dataset = walked(raw)
    items = dataset[SEQUENCE].items
    assert items is not None
    assert [sorted(each) for each in items] == [[NAME], [], [NAME, 0x00400275]]
    assert value(raw, items[0], NAME) == b"A^B "
    assert NAME in dataset


def test_unknown_of_undefined_length_holds_implicit_items() -> None:
    raw = open_sequence(0x00091001, item(implicit(NAME, b"A^B ")), vr="UN")
    found = walked(raw)[0x00091001]
    assert found.vr == "SQ"
    assert found.items is not None
    assert value(raw, found.items[0], NAME) == b"A^B "


def test_a_known_sequence_written_as_unknown_is_read_or_left_alone() -> None:
    readable = element(SEQUENCE, "UN", item(implicit(NAME, b"A^B ")))
    opaque = element(SEQUENCE, "UN", b"anything at all.")
    assert walked(readable)[SEQUENCE].vr == "SQ"
    assert walked(opaque)[SEQUENCE].vr == "UN"


def test_a_representation_of_a_later_edition_is_skipped_by_its_length() -> None:
    raw = element(0x00080060, "ZZ", pack("<HL", 0, 4)[2:] + b"abcd", 0) + text(NAME, "PN", "A^B ")
    dataset = walked(raw)
    assert dataset[0x00080060].vr == "CS"
    assert dataset[0x00080060].length == 4
    assert NAME in dataset


def test_late_elements_are_put_in_order_and_doubled_ones_are_told() -> None:
    raw = text(NAME, "PN", "A ") + text(0x00080060, "CS", "CT") + text(NAME, "PN", "B ")
    found = walk(raw, 0, implicit=False, little=True, limits=Limits())
    assert list(found.dataset) == [0x00080060, NAME]
    assert found.duplicates == {NAME}
    assert value(raw, found.dataset, NAME) == b"B "


@pytest.mark.parametrize("padding", [1, 7, 8, 500, 200_000])
def test_zeros_after_the_last_element_are_padding(padding: int) -> None:
    assert list(walked(text(NAME, "PN", "A ") + bytes(padding))) == [NAME]


HOSTILE = {
    "value longer than the file": element(NAME, "PN", b"A^", 4),
    "length that would wrap": implicit(0x00090001, b"abc", 0xFFFFFFF0),
    "header cut": text(NAME, "PN", "A ") + b"\x10\x00\x20",
    "long header cut": text(NAME, "PN", "A ") + b"\x10\x00\x20\x00UN\0\0\1\0",
    "sequence longer than the file": element(SEQUENCE, "SQ", item(), 100),
    "item longer than its sequence": sequence(SEQUENCE, item(length=8)) + bytes(8),
    "element longer than its item": sequence(SEQUENCE, item(element(NAME, "PN", b"A^", 10))) + bytes(20),
    "item cut inside a header": sequence(SEQUENCE, item(b"\x10\0\x10\0")),
    "missing sequence delimiter": element(SEQUENCE, "SQ", item(), UNDEFINED),
    "missing item delimiter": sequence(SEQUENCE, item(text(NAME, "PN", "A "), UNDEFINED)),
    "no item in a sequence": sequence(SEQUENCE, text(NAME, "PN", "A ")),
    "delimiter in a sequence of known length": sequence(SEQUENCE, implicit(0xFFFEE0DD)),
    "stray item": item(),
    "stray item delimiter": text(NAME, "PN", "A ") + implicit(0xFFFEE00D),
    "stray sequence delimiter": implicit(0xFFFEE0DD) + text(NAME, "PN", "A "),
    "text of undefined length": element(0x00080119, "UC", b"abc ", UNDEFINED) + implicit(0xFFFEE0DD),
    "fragment cut": element(PIXELS, "OB", item() + item(b"ab", 100), UNDEFINED),
    "fragments without an end": element(PIXELS, "OB", item() + item(b"ab"), UNDEFINED),
    "element among fragments": open_sequence(PIXELS, item(), text(NAME, "PN", "A "), vr="OB"),
    "command element": text(NAME, "PN", "A ") + text(0x00000002, "UI", "1.2"),
    "second meta information": text(NAME, "PN", "A ") + text(0x00020010, "UI", "1.2"),
    "no representation": b"\x10\0\x10\0\x04\0\0\0abcd",
    "lower case representation": element(NAME, "pn", b"A "),
    "zeros and then more": bytes(16) + text(NAME, "PN", "A "),
}


@pytest.mark.parametrize("raw", HOSTILE.values(), ids=HOSTILE)
def test_what_breaks_the_structure_is_refused(raw: bytes) -> None:
    with pytest.raises(Refused):
        walked(raw)


def test_a_length_that_would_wrap_is_refused_in_implicit_form_too() -> None:
    with pytest.raises(Refused):
        walked(HOSTILE["length that would wrap"], is_implicit=True)


def nested(levels: int) -> bytes:
    raw = b""
    for _ in range(levels):
        raw = open_sequence(SEQUENCE, open_item(raw))
    return raw


def test_sequences_nest_up_to_the_limit_and_no_deeper() -> None:
    assert SEQUENCE in walked(nested(64))
    with pytest.raises(Refused, match="nested deeper"):
        walked(nested(65))
    with pytest.raises(Refused, match="nested deeper"):
        walked(nested(300))


def test_elements_and_items_are_counted_together() -> None:
    raw = sequence(SEQUENCE, *[item(text(NAME, "PN", "A "))] * 10)
    assert SEQUENCE in walked(raw, elements=21)
    with pytest.raises(Refused, match="more than 20"):
        walked(raw, elements=20)


def test_fragments_are_counted() -> None:
    raw = open_sequence(PIXELS, item(), *[item(b"ab")] * 10, vr="OB")
    assert PIXELS in walked(raw, fragments=10)
    with pytest.raises(Refused, match="more than 9"):
        walked(raw, fragments=9)

from struct import pack

import pytest

from app.imaging.store.elements import DataSet, LongSequence, walk
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
    assert isinstance(items, tuple)
    assert [sorted(each) for each in items] == [[NAME], [], [NAME, 0x00400275]]
    assert value(raw, items[0], NAME) == b"A^B "
    assert NAME in dataset


def test_unknown_of_undefined_length_holds_implicit_items() -> None:
    raw = open_sequence(0x00091001, item(implicit(NAME, b"A^B ")), vr="UN")
    found = walked(raw)[0x00091001]
    assert found.vr == "SQ"
    assert isinstance(found.items, tuple)
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
    "missing item and sequence delimiter": element(
        SEQUENCE, "SQ", item(text(NAME, "PN", "A "), UNDEFINED), UNDEFINED
    ),
    "missing sequence delimiter before another element": element(SEQUENCE, "SQ", item(), UNDEFINED)
    + text(0x00400001, "AE", "A "),
    "sequence cut before its first item": element(SEQUENCE, "SQ", b"", UNDEFINED),
    "fragments cut after the offset table": element(PIXELS, "OB", item(), UNDEFINED),
    "missing sequence delimiter in an open item": open_sequence(
        SEQUENCE, open_item(element(0x00400275, "SQ", item(), UNDEFINED))
    ),
    "item delimiter missing before that of the sequence": open_sequence(
        SEQUENCE, item(text(NAME, "PN", "A "), UNDEFINED)
    ),
    "open item beyond its sequence": element(SEQUENCE, "SQ", item(b"", UNDEFINED), 4) + bytes(8),
    "no item in a sequence": sequence(SEQUENCE, text(NAME, "PN", "A ")),
    "delimiter inside a sequence of known length": sequence(SEQUENCE, implicit(0xFFFEE0DD), item()),
    "stray item": item(),
    "stray item at the end": text(NAME, "PN", "A ") + item(),
    "stray item delimiter with a length": text(NAME, "PN", "A ") + implicit(0xFFFEE00D, b"", 4),
    "stray item delimiter with a value": text(NAME, "PN", "A ") + implicit(0xFFFEE00D, b"abcd"),
    "delimiters without end": text(NAME, "PN", "A ") + implicit(0xFFFEE0DD) * 1_000,
    "text of undefined length": element(0x00080119, "UC", b"abc ", UNDEFINED) + implicit(0xFFFEE0DD),
    "fragment cut": element(PIXELS, "OB", item() + item(b"ab", 100), UNDEFINED),
    "element among fragments": open_sequence(PIXELS, item(), text(NAME, "PN", "A "), vr="OB"),
    "second meta information": text(NAME, "PN", "A ") + text(0x00020010, "UI", "1.2"),
    "no representation": b"\x10\0\x10\0\x04\0\0\0abcd",
    "lower case representation before no element": element(NAME, "pn", b"A ") + b"no element",
    "half a representation of another length": element(NAME, "P ", b"A ", 3) + element(PIXELS, "OW", b"ab"),
    "command element in an item": sequence(SEQUENCE, item(text(0x00000002, "UI", "1.2"))),
    "zeros and then more": bytes(16) + text(NAME, "PN", "A "),
}


ODD = {
    "missing sequence delimiter": element(SEQUENCE, "SQ", item(), UNDEFINED),
    "missing sequence delimiter in an item of known length": sequence(
        SEQUENCE, item(element(0x00400275, "SQ", item(), UNDEFINED)), item()
    ),
    "missing item delimiter in a sequence of known length": sequence(
        SEQUENCE, item(text(NAME, "PN", "A "), UNDEFINED)
    ),
    "fragment of odd length with a byte that pads it": open_sequence(
        PIXELS, item(), item(b"abc") + b"\0", vr="OB"
    ),
    "fragments without an end": element(PIXELS, "OB", item() + item(b"ab"), UNDEFINED),
    "delimiter at the end of a sequence of known length": sequence(SEQUENCE, item(), implicit(0xFFFEE0DD)),
    "delimiter alone in a sequence of known length": sequence(SEQUENCE, implicit(0xFFFEE0DD)),
    "delimiter at the end of an item of known length": sequence(
        SEQUENCE, item(text(NAME, "PN", "A ") + implicit(0xFFFEE00D)), item()
    ),
    "stray item delimiter": text(NAME, "PN", "A ") + implicit(0xFFFEE00D),
    "stray delimiters and padding": text(NAME, "PN", "A ")
    + implicit(0xFFFEE00D)
    + implicit(0xFFFEE0DD)
    + bytes(500),
    "stray delimiter after pixels of known length": element(PIXELS, "OW", b"ab") + implicit(0xFFFEE0DD),
    "delimiter between elements": implicit(0xFFFEE0DD) + text(NAME, "PN", "A "),
    "empty item between elements": item() + text(NAME, "PN", "A "),
    "command element": text(NAME, "PN", "A ") + text(0x00000002, "UI", "1.2"),
    "blank representation": element(NAME, "  ", b"A "),
    "lower case representation": element(NAME, "pn", b"A "),
    "half a representation": element(NAME, "P ", b"A "),
    "a representation that is none, of a long header": element(NAME, "\x07\x08", pack("<L", 2) + b"A ", 0),
    "question marks for a representation": element(NAME, "??", b"A "),
    "NUL for a representation": element(NAME, "\0\0", b"A "),
    "meta information in an item": sequence(
        0x00091001, item(text(0x00020010, "UI", "1.2") + text(NAME, "PN", "A "))
    ),
    "twice in an item": sequence(SEQUENCE, item(text(NAME, "PN", "A ") * 2)),
}


@pytest.mark.parametrize("raw", ODD.values(), ids=ODD)
def test_what_real_writers_get_wrong_and_leaves_no_doubt_is_let_pass_and_told(raw: bytes) -> None:
    found = walk(raw, 0, implicit=False, little=True, limits=Limits())
    assert len(found.dataset) == 1
    assert found.oddities
    assert not found.duplicates


def test_a_missing_delimiter_is_let_pass_in_big_endian_too() -> None:
    raw = pack(">HH2sHL", 0x0008, 0x1140, b"SQ", 0, UNDEFINED) + pack(">HHL", 0xFFFE, 0xE000, 0)
    assert SEQUENCE in walked(raw, little=False)
    assert SEQUENCE in walked(raw + pack(">HHL", 0xFFFE, 0xE0DD, 0) * 2, little=False)


def test_meta_information_in_an_item_is_left_out_of_it() -> None:
    raw = ODD["meta information in an item"]
    items = walked(raw)[0x00091001].items
    assert isinstance(items, tuple)
    assert [list(each) for each in items] == [[NAME]]


@pytest.mark.parametrize("code", ["  ", "XX"])
@pytest.mark.parametrize("rest", [b"", text(NAME, "PN", "A "), element(PIXELS, "OW", b"ab")])
def test_a_blank_representation_is_read_as_one_of_a_later_edition(code: str, rest: bytes) -> None:
    short, none, long = (
        element(0x00080060, code, b"CT"),
        element(0x00080060, code),
        element(0x00080060, code, pack("<L", 2) + b"CT", 0),
    )
    for raw, expected in ((short, b"CT"), (none, b""), (long, b"CT")):
        dataset = walked(raw + rest)
        assert dataset[0x00080060].vr == "CS"
        assert value(raw + rest, dataset, 0x00080060) == expected
        assert len(dataset) == 1 + bool(rest)


def test_an_attribute_twice_in_an_item_is_not_twice_in_the_data_set() -> None:
    raw = sequence(SEQUENCE, item(text(0x00080018, "UI", "1.2") * 2))
    assert walk(raw, 0, implicit=False, little=True, limits=Limits()).duplicates == set()


def test_oddities_are_capped() -> None:
    raw = b"".join(element(0x00210000 + tag, "  ", b"ab") for tag in range(0x100, 0x200))
    assert len(walk(raw, 0, implicit=False, little=True, limits=Limits(warnings=7)).oddities) == 7


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


@pytest.mark.parametrize("wrap", [item, open_item])
@pytest.mark.parametrize("make", [sequence, open_sequence])
def test_the_items_of_a_long_sequence_are_walked_again_when_they_are_asked_for(
    make: object, wrap: object
) -> None:
    names = [f"A{number:03}" for number in range(100)]
    raw = make(SEQUENCE, *[wrap(text(NAME, "PN", name)) for name in names])  # type: ignore[operator]
    items = walked(raw, elements=60, held_elements=20)[SEQUENCE].items
    assert isinstance(items, LongSequence)
    assert len(items.held) == 10
    found = [value(raw, each, NAME).decode() for each in (*items.held, *items.later())]
    assert found == names


def test_items_that_are_not_held_are_counted_by_the_bytes_of_their_headers() -> None:
    raw = sequence(SEQUENCE, *[item(text(NAME, "PN", "A "))] * 100)
    assert SEQUENCE in walked(raw, elements=50, held_elements=20, header_bytes=90 * 16)
    with pytest.raises(Refused, match="1439 bytes of headers"):
        walked(raw, elements=50, held_elements=20, header_bytes=90 * 16 - 1)


def test_items_that_hold_nothing_are_counted_as_if_they_were_held() -> None:
    with pytest.raises(Refused, match="more than 50"):
        walked(sequence(SEQUENCE, *[item()] * 100), elements=50, held_elements=20)


def test_odd_items_that_are_not_held_are_walked_again_as_they_were() -> None:
    odd = item(text(NAME, "PN", "A ") + implicit(0xFFFEE0DD))
    items = walked(sequence(SEQUENCE, *[odd] * 30), elements=50, held_elements=20)[SEQUENCE].items
    assert isinstance(items, LongSequence)
    assert [list(each) for each in items.later()] == [[NAME]] * 20


def test_fragments_are_counted() -> None:
    raw = open_sequence(PIXELS, item(), *[item(b"ab")] * 10, vr="OB")
    assert PIXELS in walked(raw, fragments=10)
    with pytest.raises(Refused, match="more than 9"):
        walked(raw, fragments=9)

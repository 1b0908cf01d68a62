"""Where bulk data lies: what the metadata names is what is found, in long sequences and damaged files too."""

import json
import zlib
from struct import pack
from typing import Any

import pytest

from app.imaging.bulk_paths import BulkPath, bulk_path
from app.imaging.retrieve.bulk_values import BulkValue, value_at, values_of
from app.imaging.store.binary import swapped
from app.imaging.store.elements import Walked, walk
from app.imaging.store.layouts import layout_of
from app.imaging.store.limits import Limits
from app.imaging.store.part10 import read_meta
from app.imaging.store.syntaxes import syntax_of
from graph.errors import NotFound
from tests.factories.elements import IMPLICIT, element, file_of, head, implicit, item, reading_of, sequence
from tests.factories.real_files import real_files


def walked(raw: bytes, **limits: int) -> tuple[bytes, Walked]:
    """The plain data set of a file, and its walk."""
    meta = read_meta(raw)
    syntax, start = syntax_of(meta.transfer_syntax_uid), meta.start
    if syntax.deflated:
        raw, start = zlib.decompress(raw[start:], -15), 0
    syntax = layout_of(raw, start, syntax)
    return raw, walk(raw, start, implicit=syntax.implicit, little=syntax.little, limits=Limits(**limits))


def named(document: dict[str, Any]) -> list[str]:
    """The paths that metadata name, in their order."""
    found: list[str] = []
    for entry in document.values():
        if "BulkDataURI" in entry:
            found.append(entry["BulkDataURI"].partition("/bulkdata/")[2])
        elif entry["vr"] == "SQ":
            found += [path for each in entry.get("Value", []) for path in named(each)]
    return found


def bytes_of(raw: bytes, value: BulkValue) -> bytes:
    return b"".join(raw[offset : offset + length] for offset, length in value.pieces)


SMALL = [path for path in real_files() if path.stat().st_size < 1 << 20]


def test_what_the_metadata_of_real_files_name_is_what_is_found() -> None:
    several = 0
    for path in SMALL:
        raw = path.read_bytes()
        try:
            document = json.loads(zlib.decompress(reading_of(raw).metadata))
        except Exception:
            continue
        plain, found = walked(raw)
        values = list(values_of(plain, found, inline=Limits().inline_binary))

        assert [str(each.path) for each in values] == named(document), path
        assert [value_at(plain, found, each.path) for each in values] == values
        several += len(values) > 1
    assert several > 10


def test_the_items_of_a_long_sequence_are_found_by_their_numbers() -> None:
    profiles = [bytes([number]) * 200 for number in range(30)]
    raw = file_of(sequence(0x00480105, *(item(element(0x00282000, "OB", each)) for each in profiles)))
    plain, found = walked(raw, held_elements=10)
    for number, profile in enumerate(profiles, 1):
        value = value_at(plain, found, bulk_path(f"00480105/{number}/00282000"))
        assert bytes_of(plain, value) == profile
    with pytest.raises(NotFound):
        value_at(plain, found, bulk_path("00480105/31/00282000"))


def test_a_table_whose_representation_is_not_written_is_found_too() -> None:
    tables = (implicit(0x00283002, pack("<3H", 256, 0, 16)), implicit(0x00283006, bytes(512)))
    number = (implicit(0x00283002, pack("<3H", 1, 0, 16)), implicit(0x00283006, bytes(512)))
    uids = {0x00080016: b"1.2.840.10008.5.1.4.1.1.2\0", 0x00080018: b"1.2.4\0", 0x00100020: b"P1"}
    uids |= {0x0020000D: b"1.2.2\0", 0x0020000E: b"1.2.3\0"}
    content = item(b"".join(tables)) + item(b"".join(number))
    raw = head(IMPLICIT) + b"".join(implicit(tag, value) for tag, value in uids.items())
    raw += implicit(0x00283010, content)
    plain, found = walked(raw)

    paths = [str(each.path) for each in values_of(plain, found, inline=0)]

    assert paths == ["00283010/1/00283006"]
    assert named(json.loads(zlib.decompress(reading_of(raw).metadata))) == paths


@pytest.mark.parametrize("text", ["7FE00010", "00480105/1/00282000", "00480105/12/00480105/3/00282000"])
def test_a_path_is_read_as_it_is_written(text: str) -> None:
    assert str(bulk_path(text)) == text


def test_a_path_is_read_without_regard_to_case() -> None:
    assert bulk_path("7fe00010") == BulkPath((), 0x7FE00010)


@pytest.mark.parametrize("width", [1, 2, 4, 8])
def test_words_are_turned_and_what_is_left_stays(width: int) -> None:
    raw = bytes(range(17))
    whole = len(raw) // width * width
    expected = b"".join(raw[at : at + width][::-1] for at in range(0, whole, width)) + raw[whole:]
    assert swapped(raw, width) == expected

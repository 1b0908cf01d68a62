import json
import warnings
import zlib
from pathlib import Path
from struct import pack
from typing import Any

import orjson
import pytest
from pydicom import dcmread

from app.imaging.bulk_paths import kept, with_addresses
from app.imaging.store.binary import BINARY
from app.imaging.store.elements import walk
from app.imaging.store.limits import Limits
from app.imaging.store.metadata import MetadataWriter
from app.imaging.store.notes import Notes
from app.imaging.store.part10 import read_meta
from app.imaging.store.refusal import Refused
from app.imaging.store.syntaxes import syntax_of
from tests.factories.elements import (
    BIG,
    IMPLICIT,
    element,
    file_of,
    head,
    implicit,
    item,
    reading_of,
    sequence,
    text,
)
from tests.factories.real_files import real_file, real_files

Document = dict[str, Any]

# Files whose data set breaks a rule for which an attribute is left out of the metadata.
INVALID = {
    "bad_sequence.dcm": {"00101010"},
}
# pydicom leaves this sequence out, since it cannot convert an empty integer inside it.
LOST_BY_PYDICOM = {"300C0002"}


def written(path: Path) -> tuple[Document, list[str]]:
    raw = path.read_bytes()
    meta = read_meta(raw)
    syntax, start = syntax_of(meta.transfer_syntax_uid), meta.start
    if syntax.deflated:
        raw, start = zlib.decompress(raw[start:], -15), 0
    notes, limits = Notes(50), Limits()
    walked = walk(raw, start, implicit=syntax.implicit, little=syntax.little, limits=limits)
    document = MetadataWriter(raw, limits, notes).document(walked.dataset)
    return orjson.loads(kept(orjson.dumps(document))), notes.warnings


def by_pydicom(path: Path) -> Document:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return json.loads(dcmread(path).to_json(suppress_invalid_tags=True))


def comparable(document: Document) -> Document:
    """Without bulk data, group lengths and padding, and with one form of emptiness."""
    return {
        tag: {"vr": entry["vr"], "Value": _values(entry)}
        for tag, entry in document.items()
        if not tag.endswith("0000") and entry["vr"] not in BINARY and "InlineBinary" not in entry
    }


def _values(entry: Document) -> list[Any] | None:
    values = [_value(entry["vr"], value) for value in entry.get("Value") or []]
    return None if values in ([], [None]) else values


def _value(vr: str, value: Any) -> Any:
    if vr == "SQ":
        return comparable(value)
    if vr == "PN":
        return {label: group for label, group in (value or {}).items() if group} or None
    if isinstance(value, str):
        return value.strip() or None
    return value


# pydicom goes on where these files break off or break the rules of their transfer syntax; Hilum does not.
BROKEN = {
    "DICOMDIR-nooffset",
    "MR_truncated.dcm",
    "SC_rgb_jpeg.dcm",
    "meta_missing_tsyntax.dcm",
    "rtplan_truncated.dcm",
}
UNENDED = "emri_small_jpeg_2k_lossless_too_short.dcm"  # pydicom reads nothing of it
READABLE = [path for path in real_files() if path.name not in BROKEN | {UNENDED}]


@pytest.mark.parametrize("path", READABLE, ids=lambda path: f"{path.parent.name}/{path.name}")
def test_the_metadata_of_a_real_file_is_what_pydicom_reads(path: Path) -> None:
    document, _ = written(path)
    expected = by_pydicom(path)
    left_out = INVALID.get(path.name, set()) | (
        LOST_BY_PYDICOM if path.name.startswith(("rtdose", "badVR")) else set()
    )
    ours, theirs = comparable(document), comparable(expected)
    for tag in left_out:
        ours.pop(tag, None)
        theirs.pop(tag, None)
    assert ours == theirs


@pytest.mark.parametrize("name", sorted(BROKEN))
def test_a_broken_real_file_is_refused(name: str) -> None:
    with pytest.raises(Refused):
        written(real_file(name))


def test_a_real_file_without_its_last_delimiter_says_what_the_whole_one_says() -> None:
    document, _ = written(real_file(UNENDED))
    assert document == written(real_file("emri_small_jpeg_2k_lossless.dcm"))[0]


def test_the_items_of_a_long_sequence_are_written_as_those_of_a_short_one() -> None:
    groups = [item(text(0x00081030, "LO", f"Gruppe {each} ü".encode("latin-1"))) for each in range(50)]
    raw = file_of(text(0x00080005, "CS", "ISO_IR 100"), sequence(0x52009230, *groups))
    short, long = (reading_of(raw, held_elements=held) for held in (50_000, 10))
    assert json.loads(zlib.decompress(long.metadata)) == json.loads(zlib.decompress(short.metadata))
    assert long.warnings == short.warnings == ()


def metadata(*elements: bytes, **named: Any) -> Document:
    raw = zlib.decompress(reading_of(file_of(*elements, **named)).metadata)
    return json.loads(raw, parse_constant=lambda name: pytest.fail(f"{name} is not JSON"))


ROOT = "\x7f/studies/1.2.2/series/1.2.3/instances/1.2.4/bulkdata/"


def test_group_lengths_are_left_out() -> None:
    assert "00080000" not in metadata(element(0x00080000, "UL", bytes(4)))


def test_bytes_are_named_by_the_path_of_their_element() -> None:
    private = text(0x00290010, "LO", "ACME") + element(0x00291001, "UN", bytes(130))
    document = metadata(
        element(0x00420011, "OB", bytes(200)),
        sequence(0x00400275, item(), item(private)),
        element(0x7FE00010, "OW", bytes(8)),
    )
    assert document["00420011"] == {"vr": "OB", "BulkDataURI": f"{ROOT}00420011"}
    assert document["7FE00010"] == {"vr": "OW", "BulkDataURI": f"{ROOT}7FE00010"}
    assert document["00400275"]["Value"][1]["00291001"] == {
        "vr": "UN",
        "BulkDataURI": f"{ROOT}00400275/2/00291001",
    }


def test_the_address_of_the_site_is_put_before_paths_and_into_nothing_else() -> None:
    told = "what \x7f and \\u007f and \\x7f say"
    raw = file_of(text(0x00104000, "LT", told), element(0x7FE00010, "OW", bytes(8)))
    metadata = zlib.decompress(reading_of(raw).metadata)
    document = json.loads(with_addresses(metadata, "https://site/dicom-web"))
    assert document["7FE00010"]["BulkDataURI"] == f"https://site/dicom-web{ROOT[1:]}7FE00010"
    assert document["00104000"]["Value"] == [told.strip()]
    before = metadata.removeprefix(b" ")  # as metadata were kept that named no bulk data
    assert with_addresses(before, "https://site/dicom-web") == before


def test_the_items_of_a_long_sequence_have_their_own_paths() -> None:
    profile = item(element(0x00282000, "OB", bytes(200)))
    raw = file_of(sequence(0x00480105, *[profile] * 30))
    document = json.loads(zlib.decompress(reading_of(raw, held_elements=10).metadata))
    addresses = [each["00282000"]["BulkDataURI"] for each in document["00480105"]["Value"]]
    assert addresses == [f"{ROOT}00480105/{number}/00282000" for number in range(1, 31)]


def test_few_bytes_stand_in_the_metadata_but_pixels_and_empty_ones() -> None:
    document = metadata(
        element(0x00091001, "UN", b"what"),
        element(0x00091002, "OB"),
        element(0x7FE00010, "OW", bytes(8)),
    )
    assert document["00091001"] == {"vr": "UN", "InlineBinary": "d2hhdA=="}
    assert document["00091002"] == {"vr": "OB"}
    assert "BulkDataURI" in document["7FE00010"]


def test_words_stand_in_the_metadata_in_little_endian_order() -> None:
    path = real_file("MR_small_bigendian.dcm")
    lookup = pack(">HH2sHL", 0x0028, 0x1201, b"OW", 0, 4) + pack(">2H", 1, 2)
    raw = path.read_bytes()
    at = raw.index(pack(">HH", 0x7FE0, 0x0010))
    document = json.loads(zlib.decompress(reading_of(raw[:at] + lookup + raw[at:]).metadata))
    assert document["00281201"] == {"vr": "OW", "InlineBinary": "AQACAA=="}


def test_bytes_whose_representation_is_not_written_are_words() -> None:
    raw = head(IMPLICIT) + b"".join(
        implicit(tag, value)
        for tag, value in (
            (0x00080016, b"1.2.840.10008.5.1.4.1.1.2\0"),
            (0x00080018, b"1.2.4\0"),
            (0x00100020, b"P1"),
            (0x0020000D, b"1.2.2\0"),
            (0x0020000E, b"1.2.3\0"),
            (0x60003000, bytes(200)),
        )
    )
    document = json.loads(zlib.decompress(reading_of(raw).metadata))
    assert document["60003000"] == {"vr": "OW", "BulkDataURI": f"{ROOT}60003000"}


def test_a_value_of_too_many_numbers_is_named_by_its_path() -> None:
    raw = file_of(element(0x00660016, "OF", bytes(400)), element(0x00189073, "FD", bytes(400)))
    reading = reading_of(raw, values_at_once=10)
    document = json.loads(zlib.decompress(reading.metadata))
    assert document["00189073"] == {"vr": "FD", "BulkDataURI": f"{ROOT}00189073"}
    assert reading.warnings == ()


def test_what_is_too_long_and_may_not_be_named_is_left_out_and_told() -> None:
    reading = reading_of(file_of(text(0x00080008, "CS", "A\\" * 40)), values_at_once=30)
    assert "00080008" not in json.loads(zlib.decompress(reading.metadata))
    assert "too many values" in reading.warnings[0]


def test_an_empty_attribute_is_there_without_a_value() -> None:
    document = metadata(element(0x00080050, "SH"), sequence(0x00081140), element(0x00081030, "LO", b"  "))
    assert document["00080050"] == {"vr": "SH"}
    assert document["00081140"] == {"vr": "SQ"}
    assert document["00081030"] == {"vr": "LO"}


def test_an_empty_value_among_several_is_null() -> None:
    document = metadata(text(0x00080008, "CS", "A\\\\B"), text(0x00280030, "DS", "1.5\\\\2"))
    assert document["00080008"]["Value"] == ["A", None, "B"]
    assert document["00280030"]["Value"] == [1.5, None, 2]


def test_names_come_in_their_groups() -> None:
    document = metadata(
        text(0x00080005, "CS", "ISO_IR 192"),
        text(0x00100010, "PN", "Hong^Gildong=洪^吉洞=홍^길동"),
        text(0x00080090, "PN", "=山田\\B^C"),
    )
    assert document["00100010"]["Value"] == [
        {"Alphabetic": "Hong^Gildong", "Ideographic": "洪^吉洞", "Phonetic": "홍^길동"}
    ]
    assert document["00080090"]["Value"] == [{"Ideographic": "山田"}, {"Alphabetic": "B^C"}]


def test_character_sets_hold_in_items_until_one_names_its_own() -> None:
    raw = "홍길동".encode()
    document = metadata(
        text(0x00080005, "CS", "ISO_IR 192"),
        sequence(
            0x00081140,
            item(text(0x00081030, "LO", raw)),
            item(text(0x00080005, "CS", "ISO_IR 100") + text(0x00081030, "LO", "é".encode("latin-1"))),
        ),
        text(0x00081030, "LO", raw),
    )
    first, second = document["00081140"]["Value"]
    assert first["00081030"]["Value"] == document["00081030"]["Value"] == ["홍길동"]
    assert second["00081030"]["Value"] == ["é"]


@pytest.mark.parametrize(("signed", "expected"), [(0, ("US", 65535)), (1, ("SS", -1))])
def test_pixel_values_are_signed_as_the_pixels_are(signed: int, expected: tuple[str, int]) -> None:
    raw = head(IMPLICIT)
    raw += implicit(0x00080016, b"1.2.840.10008.5.1.4.1.1.2\0") + implicit(0x00080018, b"1.2.4\0")
    raw += implicit(0x00100020, b"P1") + implicit(0x0020000D, b"1.2.2\0") + implicit(0x0020000E, b"1.2.3\0")
    raw += implicit(0x00280103, pack("<H", signed)) + implicit(0x00280106, b"\xff\xff")
    document = json.loads(zlib.decompress(reading_of(raw).metadata))
    assert (document["00280106"]["vr"], document["00280106"]["Value"][0]) == expected


def test_binary_numbers_follow_the_byte_order() -> None:
    path = real_file("MR_small_bigendian.dcm")
    document, _ = written(path)
    assert document["00280010"]["Value"] == [dcmread(path).Rows]
    assert syntax_of(BIG).little is False


def test_values_beyond_the_size_of_the_metadata_are_left_out_with_a_warning() -> None:
    raw = file_of(element(0x00081030, "UR", b"x" * 600), element(0x0040A160, "UR", b"y" * 600))
    reading = reading_of(raw, metadata_bytes=900)
    document = json.loads(zlib.decompress(reading.metadata))
    assert "00081030" in document
    assert "0040A160" not in document
    assert any("too large" in warning for warning in reading.warnings)

"""Hostile and broken files, numbered as in the list of bad inputs: refused, or stored with a warning."""

import json
import zlib
from collections.abc import Callable
from struct import pack

import pytest

from app.imaging.store.reading import Reading
from app.imaging.store.refusal import Refused
from tests.factories import dicom
from tests.factories.elements import (
    BIG,
    DEFLATED,
    EXPLICIT,
    IMPLICIT,
    RLE,
    UNDEFINED,
    element,
    file_of,
    head,
    identity,
    implicit,
    item,
    open_item,
    open_sequence,
    reading_of,
    sequence,
    text,
)
from tests.factories.real_files import real_file

VALIDATION, WRONG_STUDY = 43264, 43265
DATASET = b"".join(identity())
NAMED_RLE = text(0x00020010, "UI", RLE)


def deflated(raw: bytes) -> bytes:
    stream = zlib.compressobj(wbits=-15)
    return head(DEFLATED) + stream.compress(raw) + stream.flush()


def nested(levels: int) -> bytes:
    raw = b""
    for _ in range(levels):
        raw = open_sequence(0x00081140, open_item(raw))
    return raw


REFUSED: dict[str, Callable[[], bytes]] = {
    "B01 empty part": lambda: b"",
    "B02 no prefix": lambda: real_file("no_meta.dcm").read_bytes(),
    "B02 shorter than a prefix": lambda: bytes(100),
    "B03 truncated": lambda: real_file("rtplan_truncated.dcm").read_bytes(),
    "B04 truncated inside the pixels": lambda: real_file("MR_truncated.dcm").read_bytes(),
    "B09 implicit declared as explicit": lambda: head() + implicit(0x00080018, b"1.2.4\0") + DATASET,
    "B09 little endian declared as big": lambda: head(BIG) + DATASET,
    "B10 compressed pixels of no transfer syntax": lambda: dicom.rle_instance().replace(NAMED_RLE, b""),
    "B10 no transfer syntax": lambda: real_file("meta_missing_tsyntax.dcm").read_bytes(),
    "B14 doubled UID": lambda: file_of(text(0x00080018, "UI", "1.2.4")),
    "B14 doubled PatientID": lambda: file_of(text(0x00100020, "LO", "P2")),
    "B20 deflated data is cut": lambda: deflated(DATASET * 40)[:-20],
    "B20 deflated data is none": lambda: head(DEFLATED) + b"\xff" * 200,
    "B20 nothing is deflated": lambda: head(DEFLATED),
    "B21 300 levels": lambda: file_of(nested(300)),
    "B22 half a million empty items": lambda: file_of(sequence(0x00081140, item() * 500_000)),
    "B23 400,000 empty private elements": lambda: (
        head() + DATASET + b"".join(element(0x00210000 + tag, "LO") for tag in range(1, 0xFFFF)) * 7
    ),
    "B27 two thousand million frames": lambda: dicom.ct_instance(NumberOfFrames=2**31 - 1),
    "B28 rows of four bytes": lambda: file_of(
        element(0x00280010, "UL", pack("<L", 1)), element(0x7FE00010, "OW", bytes(4))
    ),
    "B30 length that would wrap": lambda: head(IMPLICIT) + implicit(0x00080008, b"abc", 0xFFFFFFF0),
    "B31 odd sequence": lambda: file_of(sequence(0x00081140, b"\xfe\xff\x00")),
    "B31 stray item": lambda: file_of(item()),
    "meta element of four gigabytes": lambda: (
        bytes(128) + b"DICM" + element(0x00020001, "OB", b"", 0xFFFFFFFE)
    ),
    "meta element twice": lambda: head() + text(0x00020010, "UI", "1.2") + DATASET,
    "long meta element twice": lambda: (
        bytes(128) + b"DICM" + element(0x00020102, "OB", bytes(400)) * 2 + head()[132:] + DATASET
    ),
    "endless meta information": lambda: (
        bytes(128) + b"DICM" + b"".join(element(0x00020100 + number, "UL") for number in range(400))
    ),
}


@pytest.mark.parametrize("make", REFUSED.values(), ids=REFUSED)
def test_a_broken_file_is_refused(make: Callable[[], bytes]) -> None:
    with pytest.raises(Refused) as refused:
        reading_of(make())
    assert refused.value.failure_reason == VALIDATION


HOSTILE_UIDS = {
    "B11 path": b"../../../etc/x",
    "B12 absolute path": b"/abs",
    "B12 NUL inside": b"1.2\x003.4",
    "B12 dots": b"..",
    "B12 65 characters": b"1." * 32 + b"1",
    "B12 Arabic digits": "١.٢".encode(),
    "B12 line end": b"1.2\r\n",
    "B12 ends with a dot": b"1.2.",
    "B12 leading space": b" 1.2",
    "B13 two values": b"1.2\\1.3",
    "empty": b"",
    "key separator": b"1.2|1.3",
}


@pytest.mark.parametrize("name", ["sop_class", "sop_uid", "study_uid", "series_uid"])
@pytest.mark.parametrize("uid", HOSTILE_UIDS.values(), ids=HOSTILE_UIDS)
def test_a_hostile_uid_is_refused_and_not_repeated(name: str, uid: bytes) -> None:
    tags = {"sop_class": 0x00080016, "sop_uid": 0x00080018, "study_uid": 0x0020000D, "series_uid": 0x0020000E}
    with pytest.raises(Refused) as refused:
        reading_of(file_of(**{name: text(tags[name], "UI", uid)}))
    assert refused.value.failure_reason == VALIDATION
    assert refused.value.message.startswith(
        f"DICOM100: ({tags[name] >> 16:04x},{tags[name] & 0xFFFF:04x}) - "
    )
    assert not uid or uid.decode("latin-1") not in refused.value.message.removeprefix("DICOM100")


ODD: dict[str, tuple[bytes, str]] = {
    "B08 the instance's UID differs in the meta information": (
        head(sop_uid="1.2.999") + DATASET,
        "(0008,0018) - The UID differs from that of the file meta information",
    ),
    "B08 the class differs in the meta information": (
        file_of(sop_class=text(0x00080016, "UI", "1.2.840.10008.5.1.4.1.1.4")),
        "(0008,0016) - The UID differs from that of the file meta information",
    ),
    "B12 leading zero": (
        file_of(study_uid=text(0x0020000D, "UI", "01.2")),
        "(0020,000d) - A component of the UID begins with a zero.",
    ),
    "B12 zero inside": (
        file_of(series_uid=text(0x0020000E, "UI", "1.02")),
        "(0020,000e) - A component of the UID begins with a zero.",
    ),
    "B12 zero in the transfer syntax": (
        file_of(syntax="1.2.03"),
        "(0002,0010) - A component of the UID begins with a zero.",
    ),
    "meta element twice with one value": (
        head() + text(0x00020010, "UI", EXPLICIT) + DATASET,
        "(0002,0010) - The meta element comes twice with the same value.",
    ),
    "meta information in a private item": (
        file_of(text(0x00290010, "LO", "SOMEBODY"), sequence(0x00291010, item(head()[132:]))),
        "(0002,0000) - An element of the file meta information stands in an item",
    ),
    "B31 missing last delimiter": (
        file_of(element(0x00400275, "SQ", item(), UNDEFINED)),
        "(fffe,e0dd) - The delimiter is missing",
    ),
    "B31 stray last delimiter": (
        file_of() + implicit(0xFFFEE00D),
        "(fffe,e00d) - A delimiter stands at the end of what needs none.",
    ),
    "B04 pixels shorter than declared": (
        dicom.ct_instance(rows=16, Rows=512),
        "(7fe0,0010) - The pixel data is shorter than its rows, columns and frames.",
    ),
    "B09 explicit declared as implicit": (
        head(IMPLICIT) + DATASET,
        "(0002,0010) - The transfer syntax says otherwise how representations are written.",
    ),
    "B09 implicit declared as explicit": (
        real_file("SC_rgb_jpeg.dcm").read_bytes(),
        "(0002,0010) - The transfer syntax says otherwise how representations are written.",
    ),
    "B10 no transfer syntax": (
        head().replace(text(0x00020010, "UI", EXPLICIT), b"") + DATASET,
        "(0002,0010) - The transfer syntax is missing or no UID; the data set shows it.",
    ),
    "B10 transfer syntax is no UID": (
        head("Explicit VR") + DATASET,
        "(0002,0010) - The transfer syntax is missing or no UID; the data set shows it.",
    ),
    "a UID as text": (
        file_of(study_uid=text(0x0020000D, "LO", "1.2.2 ")),
        "(0020,000d) - The value representation is not UI.",
    ),
    "blank representation": (
        file_of(element(0x00080060, "  ", b"CT")),
        "(0008,0060) - The value representation is none",
    ),
}


@pytest.mark.parametrize(("raw", "told"), ODD.values(), ids=ODD)
def test_what_real_files_get_wrong_is_stored_with_a_warning(raw: bytes, told: str) -> None:
    reading = reading_of(raw)
    assert reading.warning_reason == 1
    assert any(warning.startswith(f"DICOM100: {told}") for warning in reading.warnings)
    assert "00100020" in document(reading)


def test_a_uid_with_leading_zeros_stays_as_it_is() -> None:
    raw = file_of(study_uid=text(0x0020000D, "UI", "1.02"), sop_uid=text(0x00080018, "UI", "1.2.4"))
    reading = reading_of(raw, study_uid="1.02")
    assert reading.identity.study_uid == "1.02"
    assert len(reading.warnings) == 1


@pytest.mark.parametrize("name", ["sop_class", "sop_uid", "study_uid", "series_uid"])
def test_b16_a_missing_required_attribute_is_refused_by_name(name: str) -> None:
    with pytest.raises(Refused, match=r"The required tag '\(00[012]0?8?,00..\)' is missing|required tag"):
        reading_of(file_of(**{name: None}))


def test_a_missing_patient_id_is_stored_with_a_warning() -> None:
    reading = reading_of(file_of(patient_id=None))

    assert "PatientID" not in reading.study
    assert reading.warnings == ("DICOM100: (0010,0020) - The required tag '(0010,0020)' is missing.",)


def test_b15_another_study_than_the_requests_is_refused() -> None:
    with pytest.raises(Refused) as refused:
        reading_of(file_of(), study_uid="1.2.999")
    assert refused.value.failure_reason == WRONG_STUDY
    assert reading_of(file_of(), study_uid="1.2.2").identity.study_uid == "1.2.2"


def test_a_refusal_tells_whose_file_it_was() -> None:
    with pytest.raises(Refused) as refused:
        reading_of(file_of(study_uid=None))
    assert refused.value.sop_uid == "1.2.4"
    assert refused.value.sop_class_uid == "1.2.840.10008.5.1.4.1.1.2"


def test_the_three_uids_may_be_the_same() -> None:
    raw = file_of(study_uid=text(0x0020000D, "UI", "1.2.4"), series_uid=text(0x0020000E, "UI", "1.2.4"))
    assert reading_of(raw).identity.study_uid == "1.2.4"


def document(reading: Reading) -> dict[str, dict[str, object]]:
    return json.loads(zlib.decompress(reading.metadata), parse_constant=pytest.fail)


def test_an_empty_patient_id_is_stored_with_a_warning() -> None:
    reading = reading_of(file_of(patient_id=text(0x00100020, "LO", "")))
    assert reading.warnings == ("DICOM100: (0010,0020) - The required tag '(0010,0020)' is missing.",)
    assert reading.warning_reason == 1
    assert "PatientID" not in reading.study


@pytest.mark.parametrize("hostile", ["A" * 65, "line\nbreak", "N\0UL", "X\\77", "X\\", "\\X"])
def test_an_invalid_patient_id_is_refused(hostile: str) -> None:
    with pytest.raises(Refused):
        reading_of(file_of(patient_id=text(0x00100020, "LO", hostile)))


@pytest.mark.parametrize(
    "hostile", ["`}) DETACH DELETE n //", "' OR 1=1", '"; DROP', "${jndi:x}", "<img onerror=x>", "a|b%7C"]
)
def test_b17_b18_text_that_would_harm_elsewhere_is_kept_as_it_is(hostile: str) -> None:
    reading = reading_of(file_of(text(0x00100010, "PN", hostile), patient_id=text(0x00100020, "LO", hostile)))
    assert reading.study["PatientID"] == hostile
    assert reading.study["PatientName"] == hostile
    assert document(reading)["00100020"]["Value"] == [hostile]


def test_b19_line_ends_stay_inside_json() -> None:
    reading = reading_of(file_of(text(0x00080050, "SH", "A\r\nlevel=error")))
    assert reading.study["AccessionNumber"] == "A\r\nlevel=error"
    assert b"\n" not in zlib.decompress(reading.metadata)


WARNED = {
    "B32 integer of 5,000 digits": (text(0x00200013, "IS", "9" * 5_000), "InstanceNumber"),
    "B33 decimal that is infinite": (text(0x00180050, "DS", "1e999"), None),
    "B33 decimal that is none": (text(0x00180050, "DS", "1\\nan"), None),
    "B33 float that is none": (element(0x00189073, "FD", pack("<d", float("nan"))), None),
    "B34 bytes of no text": (text(0x00081030, "LO", b"\xff\x1b$)Z\xfe"), "StudyDescription"),
    "B35 control characters": (text(0x00081030, "LO", "a\x01\x1fb"), "StudyDescription"),
    "B35 NUL inside": (text(0x00081030, "LO", "a\0b"), "StudyDescription"),
    "B36 date": (text(0x00080020, "DA", "99999999"), "StudyDate"),
    "B36 time": (text(0x00080030, "TM", "996061"), "StudyTime"),
    "B36 birth in the future": (text(0x00100030, "DA", "20300101"), "PatientBirthDate"),
    "dates as numbers": (element(0x00080020, "US", b"\1\0"), "StudyDate"),
    "date as a sequence": (sequence(0x00080020, item()), "StudyDate"),
    "twice": (text(0x00080050, "SH", "A1") * 2, None),
    "unknown character set": (text(0x00080005, "CS", "KLINGON"), None),
}


@pytest.mark.parametrize(("raw", "keyword"), WARNED.values(), ids=WARNED)
def test_an_invalid_attribute_is_left_out_and_told_and_the_rest_is_stored(
    raw: bytes, keyword: str | None
) -> None:
    reading = reading_of(file_of(raw))
    assert reading.warning_reason == 1
    assert reading.warnings
    assert all(warning.startswith("DICOM100: (") for warning in reading.warnings)
    assert keyword is None or keyword not in reading.study | reading.series | reading.instance  # type: ignore[operator]
    assert document(reading)["00100020"]["Value"] == ["P1"]


def test_one_bad_attribute_inside_a_sequence_does_not_take_the_sequence_along() -> None:
    raw = file_of(
        sequence(0x00081140, item(text(0x00080020, "DA", "1994-01-01") + text(0x00080050, "SH", "A")))
    )
    (only,) = document(reading_of(raw))["00081140"]["Value"]  # type: ignore[misc]
    assert list(only) == ["00080050"]


def test_warnings_are_capped() -> None:
    bad = b"".join(text(0x00210000 + number, "DA", "x") for number in range(0x10, 0x400))
    assert len(reading_of(file_of(bad), warnings=7).warnings) == 7


def test_b21_fifty_levels_are_stored() -> None:
    assert reading_of(file_of(nested(50))).identity.sop_uid == "1.2.4"


def test_b34_text_beyond_its_character_set_is_replaced() -> None:
    reading = reading_of(file_of(text(0x00080005, "CS", "ISO_IR 192"), text(0x00100010, "PN", b"A\xff^B")))
    assert reading.study["PatientName"] == "A\ufffd^B"
    assert any("character set" in warning for warning in reading.warnings)


@pytest.mark.parametrize("syntax", ["1.2.3.4.5.6", "1.2.840.10008.1.2.4.999"])
def test_b10_an_unknown_transfer_syntax_is_stored_as_it_is(syntax: str) -> None:
    raw = file_of(open_sequence(0x7FE00010, item(), item(b"abcd"), vr="OB"), syntax=syntax)
    reading = reading_of(raw)
    assert reading.transfer_syntax_uid == syntax
    assert len(reading.frames) == 16


def test_implicit_representations_are_no_fault() -> None:
    reading = reading_of(dicom.ct_instance(transfer_syntax=IMPLICIT))
    assert (reading.warning_reason, reading.warnings) == (None, ())


def test_b39_a_thousand_private_blocks_are_stored() -> None:
    blocks = b"".join(
        element(0x00090000 + block, "LO", b"SOMEBODY") + element(0x00090000 + block * 256, "UN", bytes(8))
        for block in range(0x10, 0x100)
    )
    assert reading_of(file_of(blocks)).warning_reason in (None, 1)


@pytest.mark.parametrize("code", [b"ui", b"?!", b"\x07\x08", b"ZZ", b"\0\0"])
@pytest.mark.parametrize("tag", [b"\x02\0\x02\0", b"\x02\0\x03\0", b"\x02\0\x10\0"])
def test_meta_information_with_representations_that_are_none_is_read(tag: bytes, code: bytes) -> None:
    raw = head().replace(tag + b"UI", tag + code) + DATASET
    reading = reading_of(raw)
    assert (reading.identity.sop_uid, reading.transfer_syntax_uid) == ("1.2.4", EXPLICIT)

"""Raw DICOM elements (PS3.5 7.1), written byte by byte: what no honest writer would produce, too."""

from pathlib import Path
from struct import pack
from tempfile import TemporaryDirectory

from app.imaging.store.limits import Limits
from app.imaging.store.reading import Reading, Terms, read_file

LONG = frozenset({"OB", "OD", "OF", "OL", "OV", "OW", "SQ", "SV", "UC", "UN", "UR", "UT", "UV"})
UNDEFINED = 0xFFFFFFFF
IMPLICIT, EXPLICIT, BIG = "1.2.840.10008.1.2", "1.2.840.10008.1.2.1", "1.2.840.10008.1.2.2"
DEFLATED, RLE, MPEG2 = "1.2.840.10008.1.2.1.99", "1.2.840.10008.1.2.5", "1.2.840.10008.1.2.4.100"
JPEG = "1.2.840.10008.1.2.4.50"
CT = b"1.2.840.10008.5.1.4.1.1.2"


def element(tag: int, vr: str, value: bytes = b"", length: int | None = None) -> bytes:
    """An explicit little endian element; `length` lies about the value's."""
    size = len(value) if length is None else length
    head = pack("<HH2s", tag >> 16, tag & 0xFFFF, vr.encode())
    return head + (pack("<HL", 0, size) if vr in LONG else pack("<H", size)) + value


def implicit(tag: int, value: bytes = b"", length: int | None = None) -> bytes:
    """An implicit little endian element."""
    return pack("<HHL", tag >> 16, tag & 0xFFFF, len(value) if length is None else length) + value


def text(tag: int, vr: str, value: str | bytes) -> bytes:
    """An explicit element of text, padded to an even length."""
    raw = value if isinstance(value, bytes) else value.encode()
    return element(tag, vr, raw + (b"\0" if vr == "UI" else b" ") * (len(raw) % 2))


def item(content: bytes = b"", length: int | None = None) -> bytes:
    return implicit(0xFFFEE000, content, length)


def open_item(content: bytes = b"") -> bytes:
    """An item of undefined length, with its delimiter."""
    return item(content, UNDEFINED) + implicit(0xFFFEE00D)


def sequence(tag: int, *items: bytes) -> bytes:
    return element(tag, "SQ", b"".join(items))


def open_sequence(tag: int, *items: bytes, vr: str = "SQ") -> bytes:
    """A sequence of undefined length, with its delimiter."""
    return element(tag, vr, b"".join(items), UNDEFINED) + implicit(0xFFFEE0DD)


def head(syntax: str = EXPLICIT, *, sop_uid: str = "1.2.4", preamble: bytes = bytes(128)) -> bytes:
    """Preamble, prefix and file meta information."""
    meta = text(0x00020002, "UI", CT) + text(0x00020003, "UI", sop_uid) + text(0x00020010, "UI", syntax)
    return preamble + b"DICM" + element(0x00020000, "UL", pack("<L", len(meta))) + meta


def identity(**replaced: bytes | None) -> list[bytes]:
    """The required elements in the order of their tags, each replaceable (or None) by its name."""
    elements = {
        "sop_class": text(0x00080016, "UI", CT),
        "sop_uid": text(0x00080018, "UI", "1.2.4"),
        "patient_id": text(0x00100020, "LO", "P1"),
        "study_uid": text(0x0020000D, "UI", "1.2.2"),
        "series_uid": text(0x0020000E, "UI", "1.2.3"),
    }
    return [each for each in (elements | replaced).values() if each is not None]


def file_of(*elements: bytes, syntax: str = EXPLICIT, **replaced: bytes | None) -> bytes:
    """A file of the required elements and these, in the order of their tags."""
    everything = [*identity(**replaced), *elements]
    everything.sort(key=lambda each: each[1::-1] + each[3:1:-1])
    return head(syntax) + b"".join(everything)


def reading_of(
    raw: bytes, *, today: str = "20260101", study_uid: str | None = None, **limits: int
) -> Reading:
    """Read a file given as bytes."""
    with TemporaryDirectory() as folder:
        path = Path(folder, "file")
        path.write_bytes(raw)
        with path.open("rb") as file:
            return read_file(file.fileno(), Terms(Limits(**limits), today, study_uid), Path(folder))


def nested_text(levels: int) -> bytes:
    """Sequences in sequences, each item with a text."""
    raw = b""
    for _ in range(levels):
        raw = open_sequence(0x00081140, open_item(text(0x00081030, "LO", "a text") + raw), item())
    return raw

"""Text in the character sets of (0008,0005): PS3.5 6.1 and 6.1.2.5, PS3.3 C.12.1.1.2.

Only the sets of the standard are known: a term of a file never chooses any other codec. Bytes that do not
decode become replacement characters, so that every text is valid Unicode, and say so.
"""

import re
from collections.abc import Mapping, Sequence

from pydicom.charset import CODES_TO_ENCODINGS, STAND_ALONE_ENCODINGS, python_encoding

DEFAULT = ("iso8859",)
_ESCAPE = b"\x1b"
_DEFAULT_CODEC = DEFAULT[0]
# Tables C.12-2 to C.12-4 as pydicom has them, and what it lacks: Latin alphabet No. 9, one codec of GB 2312.
_GB_2312 = "iso_ir_58"
_CODECS: Mapping[str, str] = {
    **python_encoding,
    "ISO_IR 203": "iso8859_15",
    "ISO 2022 IR 203": "iso8859_15",
    "ISO 2022 58": _GB_2312,
}
_CODEC_OF_ESCAPE: Mapping[bytes, str] = {**CODES_TO_ENCODINGS, b"\x1b-b": "iso8859_15"}
# These Python codecs read the escape sequences themselves. That of GB 2312 does not, whatever it is called.
_SELF_ESCAPING = frozenset({"iso2022_jp", "iso2022_jp_2"})
_PARTS = re.compile(rb"^[^\x1b]+|\x1b[^\x1b]*")
_MISSPELT = ((re.compile("^ISO[^_]IR"), "ISO_IR", 6), (re.compile("^ISO.2022.IR."), "ISO 2022 IR ", 12))

# Where the first character set is in force again (PS3.5 6.1.2.5.3).
TEXT_DELIMITERS = re.compile(rb"[\\\r\n\t\f]")
NAME_DELIMITERS = re.compile(rb"[\\^=]")


def codecs_of(terms: Sequence[str]) -> tuple[tuple[str, ...], bool]:
    """The Python codecs of the defined terms, and whether every term was known."""
    if len(terms) > 1 and terms[0] in STAND_ALONE_ENCODINGS:
        terms = terms[:1]
    named = [_codec_of(term) for term in terms if term not in STAND_ALONE_ENCODINGS or term == terms[0]]
    codecs = tuple(codec or _DEFAULT_CODEC for codec in named) or DEFAULT
    return codecs, None not in named


def _codec_of(term: str) -> str | None:
    for form, right, length in _MISSPELT:
        if term not in _CODECS and form.match(term):
            term = right + term[length:]
    return _CODECS.get(term)


def decode(raw: bytes, codecs: Sequence[str], delimiters: re.Pattern[bytes]) -> tuple[str, bool]:
    """The text of a value, and whether all of its bytes were valid."""
    if _ESCAPE not in raw:
        return _decoded(raw, codecs[0])
    parts = [_decode_part(part, codecs, delimiters) for part in _PARTS.findall(raw)]
    return "".join(text for text, _ in parts), all(valid for _, valid in parts)


def _decode_part(part: bytes, codecs: Sequence[str], delimiters: re.Pattern[bytes]) -> tuple[str, bool]:
    """Decode up to the next escape sequence; one that was not announced leaves the first set in force."""
    if not part.startswith(_ESCAPE):
        return _decoded(part, codecs[0])
    length = 4 if part.startswith((b"\x1b$(", b"\x1b$)")) else 3
    codec = _CODEC_OF_ESCAPE.get(part[:length], "")
    if codec != _DEFAULT_CODEC and codec not in codecs:
        return _decoded(part, codecs[0])[0], False
    if codec in _SELF_ESCAPING:
        return _decoded(part, codec)
    part = part[length:]
    found = delimiters.search(part)
    if found is None:
        return _decoded(part, codec)
    text, valid = _decoded(part[: found.start()], codec)
    rest, rest_valid = _decoded(part[found.start() :], codecs[0])
    return text + rest, valid and rest_valid


def _decoded(raw: bytes, codec: str) -> tuple[str, bool]:
    try:
        return raw.decode(codec), True
    except UnicodeError:
        return raw.decode(codec, "replace"), False

"""How a data set is really written, where its transfer syntax is not named or says it wrong (PS3.5 7.1).

Only what the first headers leave no doubt about is believed: tags that ascend, representations that there
are, lengths within the file.
"""

from collections.abc import Mapping
from dataclasses import replace
from struct import error

from app.imaging.store.headers import (
    BIG_EXPLICIT,
    DELIMITERS,
    KNOWN_CODES,
    LITTLE_EXPLICIT,
    LITTLE_IMPLICIT,
    Buffer,
    HeaderCoding,
)
from app.imaging.store.refusal import Refused
from app.imaging.store.syntaxes import TransferSyntax

UNCOMPRESSED: Mapping[str, HeaderCoding] = {
    "1.2.840.10008.1.2.1": LITTLE_EXPLICIT,
    "1.2.840.10008.1.2": LITTLE_IMPLICIT,
    "1.2.840.10008.1.2.2": BIG_EXPLICIT,
}
"""The coding of headers in each transfer syntax that a data set may be in without saying so."""

_META_END = 0x0002FFFF
_LOOKED_AT = 3  # headers
_UNDEFINED = 0xFFFFFFFF


def layout_of(data: Buffer, start: int, syntax: TransferSyntax) -> TransferSyntax:
    """The layout of the data set at `start`: with representations or without, whatever its syntax says.

    The order of its bytes is that of the syntax, which says it of the pixels too.
    """
    if not syntax.little:
        return syntax
    declared, other = LITTLE_EXPLICIT, LITTLE_IMPLICIT
    if syntax.implicit:
        declared, other = other, declared
    if _fits(data, start, declared) or not _fits(data, start, other):
        return syntax
    return replace(syntax, implicit=not syntax.implicit)


def uncompressed_syntax(data: Buffer, start: int) -> str | None:
    """The UID of the one syntax of `UNCOMPRESSED` that the data set at `start` is in; None where none is."""
    found = [uid for uid, coding in UNCOMPRESSED.items() if _fits(data, start, coding)]
    return found[0] if len(found) == 1 else None


def _fits(data: Buffer, at: int, coding: HeaderCoding) -> bool:
    """Whether the first headers from `at` can be of a coding."""
    before, end = _META_END, len(data)
    for _ in range(_LOOKED_AT):
        if at == end:
            return before > _META_END
        try:
            tag, _, start, length = coding.header(data, at)
        except (Refused, error):
            return False
        if not before < tag < DELIMITERS or not (coding.implicit or data[at + 4 : at + 6] in KNOWN_CODES):
            return False
        if length == _UNDEFINED:
            return True
        before, at = tag, start + length
        if at > end:
            return False
    return True

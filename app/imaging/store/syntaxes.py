"""Transfer syntaxes (PS3.5 section 10 and annex A): how a data set of each is laid out.

One that is not listed, private ones too, is explicit little endian with encapsulated pixels, as every syntax
of the standard since 1993 has been.
"""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class TransferSyntax:
    """The layout of a data set and of its pixel data."""

    implicit: bool = False
    little: bool = True
    deflated: bool = False
    encapsulated: bool = True
    video: bool = False


_NATIVE = TransferSyntax(encapsulated=False)
_IMPLICIT = TransferSyntax(implicit=True, encapsulated=False)
_DEFLATED = TransferSyntax(deflated=True, encapsulated=False)
_VIDEO = TransferSyntax(video=True)
_OTHER = TransferSyntax()

_SYNTAXES = {
    "1.2.840.10008.1.2": _IMPLICIT,
    "1.2.840.10008.1.20": _IMPLICIT,  # Papyrus 3
    "1.2.840.113619.5.2": _IMPLICIT,  # GE private: only its pixels are big endian
    "1.2.840.10008.1.2.1": _NATIVE,
    "1.2.840.10008.1.2.2": TransferSyntax(little=False, encapsulated=False),
    "1.2.840.10008.1.2.1.99": _DEFLATED,
    "1.2.840.10008.1.2.4.95": _DEFLATED,  # JPIP referenced, deflated
    "1.2.840.10008.1.2.4.205": _DEFLATED,
}
_VIDEO_ROOTS = tuple(f"1.2.840.10008.1.2.4.{number}" for number in range(100, 109))


def syntax_of(uid: str) -> TransferSyntax:
    """The layout of a transfer syntax UID."""
    if uid.startswith(_VIDEO_ROOTS):
        return _VIDEO
    return _SYNTAXES.get(uid, _OTHER)

"""Data sets that are written otherwise than their transfer syntax says."""

import pytest

from app.imaging.store.layouts import layout_of, uncompressed_syntax
from app.imaging.store.syntaxes import syntax_of
from tests.factories import dicom
from tests.factories.dicom import SYNTAXES
from tests.factories.elements import (
    BIG,
    DEFLATED,
    EXPLICIT,
    IMPLICIT,
    JPEG,
    element,
    identity,
    implicit,
    text,
)

EXPLICIT_SET = b"".join(identity())
IMPLICIT_SET = implicit(0x00080005, b"ISO_IR 100") + implicit(0x00080016, b"1.2.840.10008.5.1.4.1.1.2\0")


@pytest.mark.parametrize("uid", [EXPLICIT, IMPLICIT, JPEG, DEFLATED])
@pytest.mark.parametrize(("data", "is_implicit"), [(EXPLICIT_SET, False), (IMPLICIT_SET, True)])
def test_representations_are_there_or_not_whatever_the_transfer_syntax_says(
    uid: str, data: bytes, is_implicit: bool
) -> None:
    declared, found = syntax_of(uid), layout_of(data, 0, syntax_of(uid))
    assert found.implicit is is_implicit
    assert (found.encapsulated, found.deflated, found.little) == (
        declared.encapsulated,
        declared.deflated,
        declared.little,
    )


@pytest.mark.parametrize("uid", [EXPLICIT, IMPLICIT, BIG])
@pytest.mark.parametrize("data", [b"", b"\0" * 40, b"\x08\0\x05\0", element(0x00080005, "zz", b"abcd")])
def test_what_fits_nothing_is_left_as_it_says(uid: str, data: bytes) -> None:
    assert layout_of(data, 0, syntax_of(uid)) == syntax_of(uid)


def test_the_order_of_bytes_is_never_guessed_against_the_transfer_syntax() -> None:
    big = dicom.ct_instance(transfer_syntax=BIG)
    start = big.index(b"\0\x08\0\x16")
    assert layout_of(big, start, syntax_of(EXPLICIT)) == syntax_of(EXPLICIT)


@pytest.mark.parametrize("uid", [uid for uid in SYNTAXES if uid != DEFLATED])
def test_an_uncompressed_data_set_shows_its_syntax(uid: str) -> None:
    raw = dicom.ct_instance(transfer_syntax=uid)
    start = raw.index(b"\0\x08\0\x16" if uid == BIG else b"\x08\0\x16\0")
    assert uncompressed_syntax(raw, start) == uid


@pytest.mark.parametrize("data", [b"", b"no data set", text(0x00020010, "UI", "1.2")])
def test_what_is_no_data_set_shows_none(data: bytes) -> None:
    assert uncompressed_syntax(data, 0) is None

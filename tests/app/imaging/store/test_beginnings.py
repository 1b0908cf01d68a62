"""Files that come without a preamble, or without anything before their data set."""

from io import BytesIO
from pathlib import Path

import pytest
from pydicom import dcmread

from app.imaging.store.beginnings import LOOKED_AT, beginning_for
from app.imaging.store.part10 import HEAD, PREAMBLE
from app.imaging.store.refusal import Refused
from tests.factories import dicom
from tests.factories.elements import BIG, EXPLICIT, IMPLICIT, identity, reading_of, text
from tests.factories.real_files import real_file

WHOLE = dicom.ct_instance()
LENGTH_OF_META = 12  # bytes of the element
NO_PREAMBLE = (WHOLE[PREAMBLE:], WHOLE[HEAD:])
NO_META = {
    "ExplVR_LitEndNoMeta.dcm": EXPLICIT,
    "ExplVR_BigEndNoMeta.dcm": BIG,
    "rtstruct.dcm": IMPLICIT,
    "OT-PAL-8-face.dcm": IMPLICIT,
}


@pytest.mark.parametrize("sent", NO_PREAMBLE, ids=["preamble", "preamble and prefix"])
def test_a_preamble_that_is_left_out_is_put_in_front(sent: bytes) -> None:
    lacking = beginning_for(sent[:LOOKED_AT])
    assert lacking.added + sent == WHOLE
    assert lacking.warning.startswith("DICOM100: (0002,0010) - The file has no preamble")


def test_meta_information_that_does_not_say_how_long_it_is_is_read() -> None:
    sent = WHOLE[HEAD + LENGTH_OF_META :]
    raw = beginning_for(sent[:LOOKED_AT]).added + sent
    assert reading_of(raw).identity == reading_of(WHOLE).identity
    assert dcmread(BytesIO(raw)) == dcmread(BytesIO(WHOLE))


def test_a_file_that_has_its_head_needs_none() -> None:
    assert beginning_for(WHOLE[:HEAD]) == (b"", "")


@pytest.mark.parametrize("name", NO_META)
def test_a_data_set_alone_gets_the_head_that_says_what_it_is(name: str) -> None:
    path: Path = real_file(name)
    raw = path.read_bytes()
    lacking = beginning_for(raw[:LOOKED_AT])
    assert lacking.warning.startswith("DICOM100: (0002,0010) - The file has no meta information")
    written = dcmread(BytesIO(lacking.added + raw))
    assert written.file_meta.TransferSyntaxUID == NO_META[name]
    assert written.file_meta.MediaStorageSOPInstanceUID == written.SOPInstanceUID
    assert written == dcmread(path, force=True)
    assert reading_of(lacking.added + raw).identity.sop_uid == written.SOPInstanceUID


NO_DICOM = {
    "text": b"Dear colleagues, please find attached the pictures of yesterday.",
    "JSON": b'{"00080018": {"vr": "UI", "Value": ["1.2.3"]}}',
    "JPEG": dicom.JPEG_16X16,
    "zeros": bytes(5_000),
    "prefix too early": bytes(100) + b"DICM" + bytes(500),
    "no instance": b"".join(identity(sop_uid=None)),
    "no class": b"".join(identity(sop_class=None)),
    "an instance that is no UID": b"".join(identity(sop_uid=text(0x00080018, "UI", "../../x"))),
    "an instance too far behind": b"".join((text(0x00080001, "UT", "A" * LOOKED_AT), *identity())),
}


@pytest.mark.parametrize("raw", NO_DICOM.values(), ids=NO_DICOM)
def test_what_does_not_say_which_instance_it_is_is_no_dicom_file(raw: bytes) -> None:
    with pytest.raises(Refused, match="not a DICOM file"):
        beginning_for(raw[:LOOKED_AT])

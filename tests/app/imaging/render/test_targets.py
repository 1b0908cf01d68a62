"""What is offered before a codec is asked is what the codecs can do."""

from app.imaging.render.encoders import ENCODINGS
from app.imaging.render.targets import FRAME_TARGETS, LOSSY, WHOLE_TARGETS

DEFLATED = "1.2.840.10008.1.2.1.99"
IMPLICIT = "1.2.840.10008.1.2"


def test_a_frame_is_offered_in_every_syntax_that_is_written() -> None:
    assert set(FRAME_TARGETS) == set(ENCODINGS) - {IMPLICIT, DEFLATED}


def test_an_instance_is_offered_in_every_syntax_that_loses_nothing() -> None:
    assert {uid for uid, encoding in ENCODINGS.items() if encoding.method} == LOSSY
    assert set(WHOLE_TARGETS) == set(ENCODINGS) - LOSSY - {DEFLATED}

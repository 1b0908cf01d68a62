"""One-time codes are those of RFC 6238, of now and a step around it; recovery codes are read as written."""

import base64
from urllib.parse import parse_qs, urlsplit

import pytest

from app.security.one_time_codes import (
    RECOVERY_CODES,
    SECRET_BYTES,
    STEP_SECONDS,
    code_of,
    enrolment_address,
    new_recovery_codes,
    new_secret_key,
    recovery_digest,
    shown_secret,
    step_of,
)

SECRET = b"12345678901234567890"
# RFC 6238 appendix B, the last six of the eight digits.
CODES = {
    59: "287082",
    1_111_111_109: "081804",
    1_111_111_111: "050471",
    1_234_567_890: "005924",
    2_000_000_000: "279037",
    20_000_000_000: "353130",
}


@pytest.mark.parametrize(("seconds", "code"), CODES.items())
def test_a_code_is_that_of_its_moment(seconds: int, code: str) -> None:
    assert code_of(SECRET, seconds // STEP_SECONDS) == code.encode()
    assert step_of(SECRET, code, seconds) == seconds // STEP_SECONDS


@pytest.mark.parametrize(("off", "found"), [(-61, False), (-30, True), (0, True), (30, True), (61, False)])
def test_a_clock_may_be_a_step_off_and_no_more(off: int, found: bool) -> None:
    seconds = 1_111_111_110

    assert (step_of(SECRET, CODES[1_111_111_111], seconds + off) is not None) is found


@pytest.mark.parametrize("code", ["", "0", "000000", "2870820", "éééééé", "287O82"])
def test_what_is_no_code_is_of_no_step(code: str) -> None:
    assert step_of(SECRET, code, 59) is None


def test_an_app_reads_the_same_secret_from_the_picture_and_from_the_text() -> None:
    secret = new_secret_key()
    address = urlsplit(enrolment_address(secret, "kim lee@example", "Hilum"))

    assert (address.scheme, address.netloc, address.path) == (
        "otpauth",
        "totp",
        "/Hilum%3Akim%20lee%40example",
    )
    (text,) = parse_qs(address.query)["secret"]
    assert text == shown_secret(secret).replace(" ", "")
    assert base64.b32decode(text) == secret
    assert len(secret) == SECRET_BYTES


def test_a_recovery_code_is_read_as_somebody_writes_it() -> None:
    codes = new_recovery_codes()

    assert len(set(codes)) == RECOVERY_CODES
    for code in codes:
        assert recovery_digest(f" {code.upper().replace('-', ' ')} ") == recovery_digest(code)

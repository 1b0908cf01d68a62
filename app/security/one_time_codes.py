"""One-time codes of an authenticator app (RFC 6238, RFC 4226) and recovery codes: what they are made of."""

import base64
import hmac
import secrets
from hashlib import sha256
from urllib.parse import quote, urlencode

from cryptography.hazmat.primitives.hashes import SHA1
from cryptography.hazmat.primitives.twofactor.hotp import HOTP

STEP_SECONDS = 30
DIGITS = 6
SECRET_BYTES = 20  # RFC 4226 4: as long as the digest
RECOVERY_CODES = 10
_DRIFT = (-1, 0, 1)  # steps that a clock may be off (RFC 6238 5.2)
_RECOVERY_BYTES = 15  # 120 random bits, so that a plain digest gives nothing to guess at


def new_secret_key() -> bytes:
    """A secret that nobody has."""
    return secrets.token_bytes(SECRET_BYTES)


def step_of(secret: bytes, code: str, seconds: int) -> int | None:
    """The step of the clock that a code belongs to; None where it is none of now (`seconds` since the epoch).

    Every step is looked at and compared in constant time, so that how long it takes tells nothing.
    """
    now, found = seconds // STEP_SECONDS, None
    offered = code.encode("utf-8", "surrogatepass")
    for step in (now + each for each in _DRIFT):
        if hmac.compare_digest(code_of(secret, step), offered):
            found = step
    return found


def code_of(secret: bytes, step: int) -> bytes:
    """The code of a step of the clock, as digits."""
    return HOTP(secret, DIGITS, SHA1()).generate(step)  # noqa: S303 - HMAC-SHA-1 is what apps know


def shown_secret(secret: bytes) -> str:
    """A secret as somebody types it into an app: base32 in groups of four."""
    text = base64.b32encode(secret).decode()
    return " ".join(text[at : at + 4] for at in range(0, len(text), 4))


def enrolment_address(secret: bytes, account: str, issuer: str) -> str:
    """The address that an app reads from a picture, `otpauth://totp/…`."""
    label = quote(f"{issuer}:{account}", safe="")
    told = {"secret": base64.b32encode(secret).decode(), "issuer": issuer}
    return f"otpauth://totp/{label}?{urlencode(told, quote_via=quote)}"


def new_recovery_codes() -> list[str]:
    """Codes that are shown once: six groups of four letters and digits."""
    return [_grouped(secrets.token_bytes(_RECOVERY_BYTES)) for _ in range(RECOVERY_CODES)]


def recovery_digest(code: str) -> str:
    """What is kept of a recovery code, however somebody writes it."""
    plain = "".join(filter(str.isalnum, code)).lower()
    return sha256(plain.encode("utf-8", "surrogatepass")).hexdigest()


def _grouped(raw: bytes) -> str:
    text = base64.b32encode(raw).decode().lower()
    return "-".join(text[at : at + 4] for at in range(0, len(text), 4))

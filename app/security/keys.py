"""The signing key of this installation: an EC key (P-256) made once, kept in the state folder with mode 0600.

Several processes may start at once on an empty folder; one of them wins and the others take its key. Secrets
for other uses (paging tokens, digests in the audit) are derived from it, so there is one thing to keep and to
replace. The keys of the audit chains, of second factors and of pseudonyms stand alone: they must outlive a
signing key that is replaced.
"""

import hmac
import json
import os
import secrets
from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from tempfile import NamedTemporaryFile

from joserfc.jwk import ECKey, RSAKey

ALGORITHM = "ES256"
ID_TOKEN_ALGORITHM = "RS256"  # noqa: S105 - what every client can verify (OpenID Connect Core 15.1)
_FILE, _AUDIT_FILE, ID_TOKEN_FILE = "signing-key.json", "audit-key", "id-token-key.json"
_SECOND_FACTOR_FILE, _PSEUDONYM_FILE = "second-factor-key", "pseudonym-key"
_RSA_BITS = 2048
_KEY_BYTES = 32


@dataclass(frozen=True, slots=True)
class SigningKey:
    """The private key; `identifier`, the kid in the header of a token, is its thumbprint (RFC 7638)."""

    key: ECKey
    identifier: str

    @classmethod
    def of(cls, key: ECKey) -> "SigningKey":
        """The key under its thumbprint."""
        return cls(key, key.thumbprint())

    def public(self) -> dict[str, object]:
        """The public half as a JWK."""
        shown = dict(self.key.as_dict(private=False))
        return {**shown, "kid": self.identifier, "use": "sig", "alg": ALGORITHM}

    def derive(self, purpose: str) -> bytes:
        """A secret of 32 bytes for another use."""
        private = str(self.key.as_dict(private=True)["d"])
        return hmac.digest(private.encode(), f"hilum {purpose}".encode(), "sha256")


@dataclass(frozen=True, slots=True)
class IdTokenKey:
    """The private key that id tokens are signed with, and nothing that opens a door here."""

    key: RSAKey
    identifier: str

    def public(self) -> dict[str, object]:
        """The public half as a JWK."""
        shown = dict(self.key.as_dict(private=False))
        return {**shown, "kid": self.identifier, "use": "sig", "alg": ID_TOKEN_ALGORITHM}


def id_token_key(folder: Path) -> IdTokenKey:
    """The key of id tokens in the folder; made there when there is none."""
    return _id_token_key(_kept(folder / ID_TOKEN_FILE, new_id_token_key))


def new_id_token_key() -> str:
    """The text of a key that is kept nowhere."""
    return json.dumps(RSAKey.generate_key(_RSA_BITS, private=True).as_dict(private=True))


@lru_cache(maxsize=1)
def _id_token_key(text: str) -> IdTokenKey:
    """The key of a text, whose numbers are proven, which takes a tenth of a second."""
    key = RSAKey.import_key(json.loads(text))
    return IdTokenKey(key, key.thumbprint())


def signing_key(folder: Path) -> SigningKey:
    """The key in the folder; made there when there is none."""
    text = _kept(folder / _FILE, lambda: json.dumps(new_signing_key().key.as_dict(private=True)))
    return SigningKey.of(ECKey.import_key(json.loads(text)))


def audit_key(folder: Path) -> bytes:
    """The 32 bytes under which audit lines are chained, in the folder; made where there are none."""
    return bytes.fromhex(_kept(folder / _AUDIT_FILE, lambda: secrets.token_hex(_KEY_BYTES)))


def second_factor_key(folder: Path) -> bytes:
    """The 32 bytes under which secrets of second factors are sealed; made where there are none."""
    return bytes.fromhex(_kept(folder / _SECOND_FACTOR_FILE, lambda: secrets.token_hex(_KEY_BYTES)))


def pseudonym_key(folder: Path) -> bytes:
    """The 32 bytes that the pseudonyms of projects are made of; made where there are none."""
    return bytes.fromhex(_kept(folder / _PSEUDONYM_FILE, lambda: secrets.token_hex(_KEY_BYTES)))


def new_signing_key() -> SigningKey:
    """A key that is kept nowhere."""
    return SigningKey.of(ECKey.generate_key("P-256", private=True))


def _kept(path: Path, make: Callable[[], str]) -> str:
    """The secret text of a file; made where there is none."""
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    if not path.exists():
        _write(path, make())
    return path.read_text(encoding="ascii")


def _write(path: Path, text: str) -> None:
    """Write beside the path (0600 from its first byte) and link it there, unless another was faster."""
    with NamedTemporaryFile("w", encoding="ascii", dir=path.parent, prefix=".key-") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())
        try:
            os.link(file.name, path)
        except FileExistsError:
            return

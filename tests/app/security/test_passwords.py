"""Passwords are hashed by argon2id, never short, and who has none takes as long to be refused."""

import pytest

from app.security.passwords import LONGEST_PASSWORD, hash_password, is_password_of
from graph.errors import Invalid

PASSWORD = "a password of some length"


def test_a_password_is_known_by_its_hash_alone() -> None:
    kept = hash_password(PASSWORD)

    assert kept.startswith("$argon2id$")
    assert kept != hash_password(PASSWORD)
    assert is_password_of(kept, PASSWORD)
    assert not is_password_of(kept, f"{PASSWORD} ")


@pytest.mark.parametrize("password", ["", "short", "x" * (LONGEST_PASSWORD + 1)])
def test_a_password_is_neither_short_nor_endless(password: str) -> None:
    with pytest.raises(Invalid):
        hash_password(password)


@pytest.mark.parametrize("kept", [None, "", "$argon2id$rubbish", "scrypt$1$2$3$a$b"])
def test_without_a_hash_no_password_is_right(kept: str | None) -> None:
    assert not is_password_of(kept, PASSWORD)
    assert not is_password_of(kept, "nobody has this password")

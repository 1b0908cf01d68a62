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


@pytest.mark.parametrize(
    "password",
    ["123456789012", "passwordpassword", "qwertyuiop12", "iloveyou1234", "aaaaaaaaaaaaaaaa", "x" * 200],
)
def test_a_password_that_is_soon_guessed_is_refused(password: str) -> None:
    with pytest.raises(Invalid, match="first that somebody would try"):
        hash_password(password)


def test_what_is_known_of_an_account_makes_no_password() -> None:
    assert hash_password("wilhelmina.okonkwo")
    with pytest.raises(Invalid):
        hash_password("wilhelmina.okonkwo", "wilhelmina.okonkwo")


@pytest.mark.parametrize(
    "password", ["zebra lamp otter", "바다와 산과 들과 강과 하늘", PASSWORD, "é" * 3 + PASSWORD]
)
def test_a_password_needs_no_kinds_of_characters(password: str) -> None:
    assert is_password_of(hash_password(password), password)


@pytest.mark.parametrize("kept", [None, "", "$argon2id$rubbish", "scrypt$1$2$3$a$b"])
def test_without_a_hash_no_password_is_right(kept: str | None) -> None:
    assert not is_password_of(kept, PASSWORD)
    assert not is_password_of(kept, "nobody has this password")

"""Client secrets are kept as slow, salted hashes."""

from app.security.client_secrets import LONGEST_SECRET, hash_secret, is_secret_of, new_secret


def test_the_right_secret_fits_and_no_other() -> None:
    secret = new_secret()
    kept = hash_secret(secret)
    assert is_secret_of(kept, secret)
    assert not is_secret_of(kept, secret + "x")
    assert not is_secret_of(kept, "")
    assert secret not in kept


def test_the_same_secret_is_kept_differently_each_time() -> None:
    assert hash_secret("s") != hash_secret("s")


def test_without_a_hash_nothing_fits() -> None:
    assert not is_secret_of(None, "")
    assert not is_secret_of("", "")
    assert not is_secret_of("scrypt$x", "x")


def test_an_endless_secret_is_not_hashed() -> None:
    assert not is_secret_of(hash_secret("s"), "s" * (LONGEST_SECRET + 1))

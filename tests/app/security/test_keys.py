"""The signing key is made once, whoever is first, and only its owner can read it."""

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from app.security.keys import id_token_key, new_signing_key, signing_key


def test_the_key_is_kept_for_its_owner_alone(tmp_path: Path) -> None:
    first = signing_key(tmp_path / "keys")
    (file,) = (tmp_path / "keys").iterdir()
    assert file.stat().st_mode & 0o777 == 0o600
    assert (tmp_path / "keys").stat().st_mode & 0o777 == 0o700
    assert signing_key(tmp_path / "keys").identifier == first.identifier


def test_the_key_of_id_tokens_is_made_once_in_each_folder(tmp_path: Path) -> None:
    first = id_token_key(tmp_path / "one")
    (file,) = (tmp_path / "one").iterdir()
    assert file.stat().st_mode & 0o777 == 0o600
    assert id_token_key(tmp_path / "other").identifier != first.identifier
    assert id_token_key(tmp_path / "one").identifier == first.identifier


def test_processes_that_start_together_take_the_same_key(tmp_path: Path) -> None:
    with ThreadPoolExecutor(8) as pool:
        keys = list(pool.map(lambda _: signing_key(tmp_path), range(8)))
    assert len({key.identifier for key in keys}) == 1
    assert len(list(tmp_path.iterdir())) == 1


def test_the_public_half_holds_no_secret() -> None:
    public = new_signing_key().public()
    assert public.keys() == {"kty", "crv", "x", "y", "kid", "use", "alg"}


def test_secrets_for_different_uses_differ_and_stay() -> None:
    key = new_signing_key()
    assert key.derive("pages") == key.derive("pages")
    assert key.derive("pages") != key.derive("audit")
    assert key.derive("pages") != new_signing_key().derive("pages")

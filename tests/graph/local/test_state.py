"""What is remembered of a local Neo4j between starts."""

from pathlib import Path

from graph.local.state import password


def test_a_password_stays(tmp_path: Path) -> None:
    assert password(tmp_path) == password(tmp_path)


def test_no_password_can_be_taken_for_an_option(tmp_path: Path) -> None:
    made = [password(folder) for at in range(200) if (folder := tmp_path / str(at)).mkdir() is None]

    assert all(each.isalnum() for each in made)
    assert len(set(made)) == len(made)


def test_one_that_no_server_took_is_made_again(tmp_path: Path) -> None:
    (tmp_path / "password").write_text("-9Zq", encoding="utf-8")

    assert password(tmp_path).isalnum()
    assert password(tmp_path) == password(tmp_path)

"""Fetching the locked jars: what arrives is checked, what was interrupted goes on, failures give advice."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from graph.local.lock import RELEASE, LockedJar
from graph.local.provision import DownloadProgress, ProvisioningFailed, is_complete, provision
from tests.factories.repository import Repository, locked_jar, serving

FILES = {name: name.encode() * 5_000 for name in ("alpha", "beta", "gamma")}
JARS = tuple(locked_jar(name, content) for name, content in FILES.items())


@pytest.fixture
def repository() -> Iterator[Repository]:
    with serving(dict(FILES)) as served:
        yield served


def fetch(cache: Path, repository: Repository, jars: tuple[LockedJar, ...] = JARS) -> tuple[Path, ...]:
    return provision(cache, jars=jars, repository=repository.url)


def test_every_jar_arrives_in_the_order_of_the_lock(tmp_path: Path, repository: Repository) -> None:
    paths = fetch(tmp_path, repository)

    assert [path.read_bytes() for path in paths] == list(FILES.values())
    assert is_complete(tmp_path / f"neo4j-{RELEASE}", JARS)


def test_progress_counts_bytes_up_to_the_whole(tmp_path: Path, repository: Repository) -> None:
    seen: list[DownloadProgress] = []

    provision(tmp_path, jars=JARS, repository=repository.url, progress=seen.append)

    total = sum(jar.size for jar in JARS)
    assert seen[0] == DownloadProgress(0, total)
    assert seen[-1] == DownloadProgress(total, total)
    assert [step.done for step in seen] == sorted(step.done for step in seen)


def test_a_second_start_asks_nobody(tmp_path: Path, repository: Repository) -> None:
    fetch(tmp_path, repository)
    repository.asked.clear()

    fetch(tmp_path, repository)

    assert repository.asked == []


def test_a_download_that_was_cut_off_is_tried_again(tmp_path: Path, repository: Repository) -> None:
    repository.cut["beta"] = 2

    paths = fetch(tmp_path, repository)

    assert paths[1].read_bytes() == FILES["beta"]
    assert repository.asked.count("beta") == 3


def test_an_interrupted_start_goes_on_with_what_is_missing(tmp_path: Path, repository: Repository) -> None:
    repository.cut["gamma"] = 99
    with pytest.raises(ProvisioningFailed):
        fetch(tmp_path, repository)
    repository.cut.clear()
    repository.asked.clear()

    fetch(tmp_path, repository)

    assert repository.asked == ["gamma"]


def test_what_a_killed_download_left_is_not_taken_for_whole(tmp_path: Path, repository: Repository) -> None:
    leftover = tmp_path / f"neo4j-{RELEASE}/incoming/org/example/alpha/1.0/alpha-1.0.jar"
    leftover.parent.mkdir(parents=True)
    leftover.write_bytes(FILES["alpha"][:100])

    paths = fetch(tmp_path, repository)

    assert paths[0].read_bytes() == FILES["alpha"]
    assert not leftover.exists()


@pytest.mark.parametrize("damage", [b"", FILES["alpha"][:-1]])
def test_a_truncated_jar_in_the_cache_is_fetched_again(
    tmp_path: Path, repository: Repository, damage: bytes
) -> None:
    paths = fetch(tmp_path, repository)
    paths[0].write_bytes(damage)
    repository.asked.clear()

    fetch(tmp_path, repository)

    assert paths[0].read_bytes() == FILES["alpha"]
    assert repository.asked == ["alpha"]


def test_a_jar_removed_from_the_cache_is_fetched_again(tmp_path: Path, repository: Repository) -> None:
    paths = fetch(tmp_path, repository)
    paths[2].unlink()

    fetch(tmp_path, repository)

    assert paths[2].read_bytes() == FILES["gamma"]


def test_a_jar_with_another_digest_is_refused(tmp_path: Path, repository: Repository) -> None:
    repository.files["beta"] = b"?" * len(FILES["beta"])

    with pytest.raises(ProvisioningFailed, match=r"1 of 3 files are missing.*not those of the release"):
        fetch(tmp_path, repository)

    assert not (tmp_path / f"neo4j-{RELEASE}/lib/beta-1.0.jar").exists()
    assert not is_complete(tmp_path / f"neo4j-{RELEASE}", JARS)


def test_a_jar_that_nobody_has_is_named_as_such(tmp_path: Path, repository: Repository) -> None:
    del repository.files["beta"]

    with pytest.raises(ProvisioningFailed, match=r"127\.0\.0\.1:\d+ does not have them"):
        fetch(tmp_path, repository)


def test_offline_the_message_says_what_to_do(tmp_path: Path) -> None:
    with pytest.raises(ProvisioningFailed, match=r"refuses the connection.*HILUM_CACHE.*NEO4J_URI"):
        provision(tmp_path, jars=JARS, repository="http://127.0.0.1:1/maven2")


def test_a_new_lock_fetches_only_what_changed(tmp_path: Path, repository: Repository) -> None:
    fetch(tmp_path, repository)
    repository.files["delta"] = b"new"
    repository.asked.clear()

    fetch(tmp_path, repository, (*JARS, locked_jar("delta", b"new")))

    assert repository.asked == ["delta"]

"""Fetch the locked jars of Neo4j into the cache folder, once.

Each jar arrives in `incoming/`, is checked against the lock (size and SHA-256) and only then renamed into
`lib/`, so a jar in `lib/` is whole whatever interrupted the download, and the next start fetches only what is
missing. `complete` holds the digest of the lock; while it fits, a start costs one stat a jar.
"""

import hashlib
import os
import shutil
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor, as_completed
from dataclasses import dataclass
from pathlib import Path
from typing import TypeAlias

import requests
from jgo.maven import MavenContext

from graph.errors import Unavailable
from graph.local.lock import RELEASE, LockedJar, read_lock
from graph.local.locks import awaited
from graph.local.reaching import why_unfetched

THREADS = 8
ATTEMPTS = 3
TIMEOUT_SECONDS = 30


@dataclass(frozen=True, slots=True)
class DownloadProgress:
    """How far the download is: bytes of jars that are in place, and of all."""

    done: int
    total: int


ProgressListener: TypeAlias = Callable[[DownloadProgress], None]


class ProvisioningFailed(Unavailable):
    """The jars could not be fetched; the message tells the operator what to do."""


class DamagedDownload(Exception):
    """What arrived is not what the lock names."""


def ignore_progress(_: DownloadProgress) -> None:
    """Listen to nothing."""


def provision(
    cache: Path,
    *,
    jars: Sequence[LockedJar] | None = None,
    repository: str | None = None,
    progress: ProgressListener = ignore_progress,
) -> tuple[Path, ...]:
    """Bring every locked jar into `cache`; gives their paths in the order of the class path.

    `repository` is the base URL of a mirror of Maven Central. Raises `ProvisioningFailed` when jars are
    missing at the end; those that arrived stay.
    """
    wanted = read_lock() if jars is None else tuple(jars)
    folder = cache / f"neo4j-{RELEASE}"
    paths = tuple(folder / "lib" / jar.file_name for jar in wanted)
    if not is_complete(folder, wanted):
        with awaited(folder / "lock"):  # another process may be fetching: it leaves little to do
            _fetch_missing(folder, wanted, _maven(folder, repository), progress)
            _write_marker(folder, wanted)
            shutil.rmtree(folder / "incoming", ignore_errors=True)
    return paths


def is_complete(folder: Path, jars: Sequence[LockedJar]) -> bool:
    """Whether the marker fits the lock and every jar has its size."""
    marker = folder / "complete"
    fits = marker.is_file() and marker.read_text(encoding="utf-8") == _digest(jars)
    return fits and all(_in_place(folder, jar) for jar in jars)


def _fetch_missing(
    folder: Path, jars: Sequence[LockedJar], maven: MavenContext, progress: ProgressListener
) -> None:
    total = sum(jar.size for jar in jars)
    missing = [jar for jar in jars if not _is_whole(folder, jar)]
    done = total - sum(jar.size for jar in missing)
    progress(DownloadProgress(done, total))
    failed: list[tuple[LockedJar, Exception]] = []
    for jar, failure in _in_parallel(folder, missing, maven):
        if failure is not None:
            failed.append((jar, failure))
            continue
        done += jar.size
        progress(DownloadProgress(done, total))
    if failed:
        jar, first = failed[0]
        why = _why(f"{next(iter(maven.remote_repos.values()))}/{jar.path}", first)
        raise ProvisioningFailed(_advice(len(failed), len(jars), why)) from first


def _in_parallel(
    folder: Path, jars: Sequence[LockedJar], maven: MavenContext
) -> Iterator[tuple[LockedJar, Exception | None]]:
    pool = ThreadPoolExecutor(THREADS, thread_name_prefix="provision")
    try:
        running = {pool.submit(_fetch, folder, jar, maven): jar for jar in jars}
        for future in as_completed(running):
            failure = future.exception()
            if failure is not None and not isinstance(failure, Exception):
                raise failure
            yield running[future], failure
            if isinstance(failure, requests.ConnectionError):
                pool.shutdown(wait=False, cancel_futures=True)  # offline: more attempts would say the same
                return
    finally:
        pool.shutdown(wait=True, cancel_futures=True)


def _fetch(folder: Path, jar: LockedJar, maven: MavenContext) -> None:
    artifact = maven.project(jar.group, jar.artifact).at_version(jar.version).artifact(jar.classifier)
    for attempt in range(ATTEMPTS):
        _forget(artifact.cached_path)
        try:
            arrived = artifact.resolve()
            _check(arrived, jar)
        except (requests.RequestException, RuntimeError, DamagedDownload):
            if attempt == ATTEMPTS - 1:
                raise
        else:
            _put_in_place(arrived, folder / "lib" / jar.file_name)
            return


def _forget(leftover: Path | None) -> None:
    """Remove what an interrupted attempt left: jgo would take it for the whole file."""
    if leftover is not None:
        leftover.unlink(missing_ok=True)


def _check(path: Path, jar: LockedJar) -> None:
    if path.stat().st_size != jar.size or _sha256(path) != jar.sha256:
        path.unlink()
        raise DamagedDownload(f"{jar.coordinate} arrived damaged")


def _put_in_place(arrived: Path, target: Path) -> None:
    with arrived.open("rb") as file:
        os.fsync(file.fileno())
    target.parent.mkdir(parents=True, exist_ok=True)
    arrived.replace(target)


def _maven(folder: Path, repository: str | None) -> MavenContext:
    remotes = {"mirror": repository.rstrip("/")} if repository else None
    return MavenContext(repo_cache=folder / "incoming", remote_repos=remotes, timeout=TIMEOUT_SECONDS)


def _in_place(folder: Path, jar: LockedJar) -> bool:
    path = folder / "lib" / jar.file_name
    return path.is_file() and path.stat().st_size == jar.size


def _is_whole(folder: Path, jar: LockedJar) -> bool:
    return _in_place(folder, jar) and _sha256(folder / "lib" / jar.file_name) == jar.sha256


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _digest(jars: Sequence[LockedJar]) -> str:
    return hashlib.sha256("\n".join(jar.line for jar in jars).encode()).hexdigest()


def _write_marker(folder: Path, jars: Sequence[LockedJar]) -> None:
    temporary = folder / "complete.new"
    temporary.write_text(_digest(jars), encoding="utf-8")
    temporary.replace(folder / "complete")


def _why(url: str, failure: Exception) -> str:
    if isinstance(failure, DamagedDownload):
        return "the files that arrived are not those of the release (a proxy may have replaced them)"
    return why_unfetched(url, failure)


def _advice(missing: int, total: int, why: str) -> str:
    return (
        f"Neo4j could not be fetched: at least {missing} of {total} files are missing, because {why}. "
        "What has arrived is kept; start again when that is mended. Or let HILUM_MAVEN_MIRROR name a mirror "
        "of Maven Central; or copy the cache folder of a machine where Hilum has run and name it in "
        "HILUM_CACHE; or let NEO4J_URI point at a running Neo4j 5.26."
    )

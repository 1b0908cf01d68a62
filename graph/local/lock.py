"""The lock file: every jar of the Neo4j release that Hilum runs, with its digest and its size.

One line is `group:artifact:version[:classifier] sha256 size`; `relock.py` makes the file again.
"""

from dataclasses import dataclass
from pathlib import Path

RELEASE = "5.26.20"
LOCK_FILE = Path(__file__).with_name(f"neo4j-{RELEASE}.lock")


@dataclass(frozen=True, slots=True)
class LockedJar:
    """One file of the release; `size` is in bytes."""

    group: str
    artifact: str
    version: str
    classifier: str
    sha256: str
    size: int

    @property
    def coordinate(self) -> str:
        """The Maven coordinate as the lock file writes it."""
        parts = (self.group, self.artifact, self.version, self.classifier)
        return ":".join(part for part in parts if part)

    @property
    def file_name(self) -> str:
        """The name of the file in the folder of jars; unique within a release."""
        suffix = f"-{self.classifier}" if self.classifier else ""
        return f"{self.artifact}-{self.version}{suffix}.jar"

    @property
    def path(self) -> str:
        """Where a Maven repository has the file, below its address."""
        return f"{self.group.replace('.', '/')}/{self.artifact}/{self.version}/{self.file_name}"

    @property
    def line(self) -> str:
        """The line of the lock file."""
        return f"{self.coordinate} {self.sha256} {self.size}"


def read_lock(path: Path = LOCK_FILE) -> tuple[LockedJar, ...]:
    """Read every jar of a lock file, in the file's order, which is the order of the class path."""
    lines = path.read_text(encoding="utf-8").splitlines()
    return tuple(parse_line(line) for line in lines if line and not line.startswith("#"))


def parse_line(line: str) -> LockedJar:
    """Parse one line; raises ValueError when it is not one."""
    coordinate, sha256, size = line.split()
    group, artifact, version, *classifier = coordinate.split(":")
    return LockedJar(group, artifact, version, "".join(classifier), sha256, int(size))

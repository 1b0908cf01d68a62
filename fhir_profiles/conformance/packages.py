"""What a FHIR package holds (hl7.org/fhir R4 packages.html): conformance resources, one after the other.

A package is an npm archive (`.tgz`) with its resources in `package/`; a folder of JSON files, an NDJSON file,
and the JSON of one resource or of a Bundle are read alike. Examples in folders of their own are left out.
"""

import tarfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import orjson

from fhir_profiles.issues import InvalidDocument, Issue

_MOST_BYTES = 1 << 30
_LARGEST = 64 << 20
_ARCHIVES = (".tgz", ".tar.gz")


def resources_of(path: Path, kinds: tuple[str, ...]) -> Iterator[tuple[str, dict[str, Any]]]:
    """The resources of some types in a package, each with the name of the file that it stands in.

    Raises `InvalidDocument` for a file that cannot be read, and for a package that is too large.
    """
    for name, text in _texts(path):
        for document in _documents(name, text):
            if document.get("resourceType") in kinds:
                yield name, document


def _texts(path: Path) -> Iterator[tuple[str, bytes]]:
    if path.is_dir():
        for each in sorted(path.glob("*.json")):
            yield each.name, each.read_bytes()
        for each in sorted((*path.glob("*.ndjson"), *path.glob("*.tgz"))):
            yield from _texts(each)
    elif path.name.endswith(_ARCHIVES):
        yield from _members(path)
    else:
        yield path.name, path.read_bytes()


def _members(path: Path) -> Iterator[tuple[str, bytes]]:
    total = 0
    try:
        with tarfile.open(path, "r:gz") as archive:
            for member in archive:
                folder, _, name = member.name.rpartition("/")
                if not member.isfile() or folder != "package" or not name.endswith(".json"):
                    continue
                total += member.size
                if member.size > _LARGEST or total > _MOST_BYTES:
                    raise _unreadable(path.name, "it is too large")
                held = archive.extractfile(member)
                yield name, held.read() if held is not None else b""
    except (tarfile.TarError, OSError, EOFError) as error:
        raise _unreadable(path.name, "it is no FHIR package") from error


def _documents(name: str, text: bytes) -> Iterator[dict[str, Any]]:
    for line in text.splitlines() if name.endswith(".ndjson") else (text,):
        if not line.strip():
            continue
        try:
            document = orjson.loads(line.removeprefix(b"\xef\xbb\xbf"))
        except orjson.JSONDecodeError as error:
            raise _unreadable(name, "it is not JSON") from error
        if isinstance(document, dict):
            yield from _parts(document)


def _parts(document: dict[str, Any]) -> Iterator[dict[str, Any]]:
    if document.get("resourceType") != "Bundle":
        yield document
        return
    for entry in document.get("entry", ()):
        if isinstance(entry, dict) and isinstance(entry.get("resource"), dict):
            yield entry["resource"]


def _unreadable(name: str, why: str) -> InvalidDocument:
    return InvalidDocument(Issue("error", "structure", "", f"{name}: {why}"))

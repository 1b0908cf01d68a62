"""The resources in files: FHIR packages, Bundles, single resources and NDJSON, one after the other.

A package is a gzip'd tar with its resources under `package/` (packages.fhir.org; R4 has no page of it).
"""

import gzip
import tarfile
from collections.abc import Callable, Container, Iterator, Mapping
from pathlib import Path

import orjson

from fhir_profiles.documents import entry_resources
from graph.errors import Invalid

_LARGEST = 512 << 20  # bytes of one resource
_BYTE_ORDER_MARK = b"\xef\xbb\xbf"  # that some writers put in front of UTF-8
_FOLDER, _EXAMPLES = "package/", "package/example"


def resources_in(path: Path, kinds: Container[str]) -> Iterator[bytes]:
    """The texts of the resources of some types in a file, or in the files of a folder; others are left.

    Raises `Invalid` for a file that cannot be read as what its name says.
    """
    if path.is_dir():
        for each in sorted(path.rglob("*")):
            if each.is_file() and _reader(each):
                yield from resources_in(each, kinds)
        return
    read = _reader(path)
    if read is None:
        raise Invalid(f"{path.name} is no package (.tgz), JSON or NDJSON")
    try:
        for text in read(path):
            yield from _resources_of(text, kinds)
    except (OSError, EOFError, ValueError, tarfile.TarError) as error:
        raise Invalid(f"{path.name} cannot be read: {type(error).__name__}") from None


def _reader(path: Path) -> Callable[[Path], Iterator[bytes]] | None:
    return next((read for ending, read in _READERS.items() if path.name.lower().endswith(ending)), None)


def _package(path: Path) -> Iterator[bytes]:
    with tarfile.open(path, "r:gz") as archive:
        for member in archive:
            inside = member.name.startswith(_FOLDER) and not member.name.startswith(_EXAMPLES)
            if member.isfile() and inside and member.name.endswith(".json") and member.size <= _LARGEST:
                opened = archive.extractfile(member)
                yield opened.read() if opened else b""


def _json(path: Path) -> Iterator[bytes]:
    yield path.read_bytes()


def _lines(path: Path) -> Iterator[bytes]:
    with gzip.open(path) if path.suffix == ".gz" else path.open("rb") as lines:
        yield from (line.strip() for line in lines if line.strip())


_READERS: Mapping[str, Callable[[Path], Iterator[bytes]]] = {
    ".tgz": _package,
    ".tar.gz": _package,
    ".json": _json,
    ".ndjson": _lines,
    ".ndjson.gz": _lines,
}


def _resources_of(text: bytes, kinds: Container[str]) -> Iterator[bytes]:
    """The resource that a text is, or those that it holds as a Bundle."""
    document = orjson.loads(text.removeprefix(_BYTE_ORDER_MARK))
    kind = document.get("resourceType") if isinstance(document, dict) else None
    if kind == "Bundle":
        for each in entry_resources(text):
            if each is not None and orjson.loads(each).get("resourceType") in kinds:
                yield each
    elif kind in kinds:
        yield text.removeprefix(_BYTE_ORDER_MARK)

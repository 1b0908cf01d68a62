"""Loading files of resources from the disk: NDJSON, single resources, and Bundles.

A transaction is done as it stands, all or none; the entries of another Bundle, as of a search, are taken in
by their ids, as lines are. While one batch is written, the next one is read and prepared.
"""

import os
from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

import orjson

from app.records.bundles.writing import BundleWriter
from app.records.importing.importing import LineOutcome, LineState, RecordImport
from app.records.importing.lines import BATCH_LINES, batches
from app.records.write.receiving import Prepared
from fhir_profiles.documents import entry_resources
from fhir_profiles.issues import ProfileError
from graph.commit.committer import Failure
from graph.errors import HilumError, StorageFull, Unavailable
from graph.scope import AccessScope

SUFFIXES = frozenset({".ndjson", ".json"})
_AHEAD = 2  # batches that are prepared before the one before them is written


@dataclass(frozen=True, slots=True)
class LoadedLine:
    """What became of one resource or transaction of a file, and which: its place as `file:line`."""

    place: str
    outcome: LineOutcome


@dataclass(frozen=True, slots=True)
class _Batch:
    """Resources that are written together, each with its place."""

    places: tuple[str, ...]
    prepared: tuple[Prepared | Failure, ...]


@dataclass(frozen=True, slots=True)
class _Transaction:
    """The text of a transaction."""

    place: str
    raw: bytes


class RecordLoading:
    """Loads files; `longest` is of a line or a file of JSON, in bytes."""

    def __init__(self, records: RecordImport, bundles: BundleWriter, longest: int) -> None:
        self._records = records
        self._bundles = bundles
        self._longest = longest

    def load(self, scope: AccessScope, files: Iterable[Path]) -> Iterator[LoadedLine]:
        """Load the files in their order; yield what became of each resource or transaction.

        Raises `Unavailable` where there is no use in going on; running it again resumes.
        """
        scope.require("fhir.write")
        with ThreadPoolExecutor(1, "record-load") as writing:
            waiting: list[Future[list[LoadedLine]]] = []
            for file in files:
                for step in self._steps(scope, file):
                    waiting.append(writing.submit(self._done, scope, step))
                    if len(waiting) > _AHEAD:
                        yield from waiting.pop(0).result()
            for each in waiting:
                yield from each.result()

    def _steps(self, scope: AccessScope, file: Path) -> Iterator[_Batch | _Transaction]:
        """What is to be written of a file, prepared."""
        if file.suffix.lower() == ".ndjson":
            with file.open("rb") as lines:
                for each in batches(lines, self._longest):
                    yield self._batch(scope, [(f"{file}:{at}", text) for at, text in each.numbered()])
            return
        if file.stat().st_size > self._longest:
            yield self._batch(scope, [(str(file), None)])
            return
        yield from self._of_json(scope, file)

    def _of_json(self, scope: AccessScope, file: Path) -> Iterator[_Batch | _Transaction]:
        raw = file.read_bytes()
        kind = _bundle_type(raw)
        if kind == "transaction":
            yield _Transaction(str(file), raw)
            return
        if kind is None:
            yield self._batch(scope, [(str(file), raw)])
            return
        found = enumerate(entry_resources(raw))
        texts: list[tuple[str, bytes | None]] = [(f"{file}:entry[{at}]", text) for at, text in found if text]
        for at in range(0, len(texts), BATCH_LINES):
            yield self._batch(scope, texts[at : at + BATCH_LINES])

    def _batch(self, scope: AccessScope, texts: Sequence[tuple[str, bytes | None]]) -> _Batch:
        prepared = self._records.prepared(scope, (text for _, text in texts))
        return _Batch(tuple(place for place, _ in texts), tuple(prepared))

    def _done(self, scope: AccessScope, step: _Batch | _Transaction) -> list[LoadedLine]:
        if isinstance(step, _Transaction):
            return [LoadedLine(step.place, self._transaction(scope, step))]
        outcomes = self._records.write(scope, step.prepared)
        return [LoadedLine(place, each) for place, each in zip(step.places, outcomes, strict=True)]

    def _transaction(self, scope: AccessScope, step: _Transaction) -> LineOutcome:
        try:
            self._bundles.transaction(scope, step.raw)
        except (Unavailable, StorageFull):
            raise
        except (HilumError, ProfileError) as error:
            return LineOutcome(LineState.REFUSED, error)
        return LineOutcome(LineState.CREATED)


def _bundle_type(raw: bytes) -> str | None:
    """The type of a Bundle; None for another resource, and for what is no JSON."""
    try:
        document = orjson.loads(raw)
    except orjson.JSONDecodeError:
        return None
    if not isinstance(document, dict) or document.get("resourceType") != "Bundle":
        return None
    found = document.get("type")
    return found if isinstance(found, str) else ""


def files_below(paths: Iterable[Path]) -> Iterator[Path]:
    """Every file of these paths and below their folders, in the order of names."""
    for path in paths:
        if not path.is_dir():
            yield path
            continue
        for folder, folders, names in os.walk(path):
            folders.sort()
            yield from (Path(folder, name) for name in sorted(names))


def is_of_record(file: Path) -> bool:
    """Whether a file holds resources, by its name."""
    return file.suffix.lower() in SUFFIXES

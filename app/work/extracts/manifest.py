"""What lies beside the files of an extract: manifest, what could not be, what it is, checksums."""

from collections.abc import Iterable, Iterator, Mapping
from functools import partial
from typing import Any, BinaryIO

import orjson

from app.deidentification.profile import confidentiality_profile
from app.work.extracts.files import ERRORS, FILES, ExtractFolder, WrittenFile
from app.work.extracts.rows import LINKS, ExtractRows, column_names
from app.work.extracts.tables import WRITERS, RowLines
from app.work.extracts.wishes import ExtractPlace, ExtractWish, TableFormat

PICTURES = "pictures.ndjson"
MANIFEST_COLUMNS = (
    *("patient", "study", "series", "instance", "path", "format", "modality", "sopClass", "transferSyntax"),
    *("sha256", "size", "frames", "geometry"),
)
ERROR_COLUMNS = ("patient", "study", "series", "instance", "reason")
_LINK_COLUMNS = ("from", "to", "via")
TABLE = "table-{}.ndjson"
ABOUT, SUMS = "export.json", "SHA256SUMS"


def write_tables(
    folder: ExtractFolder,
    wish: ExtractWish,
    place: ExtractPlace,
    tables: Mapping[str, str],
    rows: ExtractRows,
) -> Iterator[WrittenFile]:
    """Write the tables of a cohort, types of rows by name, then the manifest and the errors."""
    if wish.tables is not TableFormat.NONE:
        for name, resource in tables.items():
            lines = _remembered(folder, place, TABLE.format(name))
            columns = _first_columns(lines) or column_names(resource, rows)
            yield _table(folder, f"tables/{name}", wish.tables, columns, lines)
        if place.size(TABLE.format(LINKS)):
            lines = _remembered(folder, place, TABLE.format(LINKS))
            yield _table(folder, f"tables/{LINKS}", wish.tables, _LINK_COLUMNS, lines)
    kind = TableFormat.CSV if wish.tables is TableFormat.NONE else wish.tables
    yield _table(folder, "manifest", kind, MANIFEST_COLUMNS, _remembered(folder, place, PICTURES))
    yield _table(folder, "errors", TableFormat.CSV, ERROR_COLUMNS, _remembered(folder, place, ERRORS))


def write_about(folder: ExtractFolder, wish: ExtractWish, about: Mapping[str, Any]) -> WrittenFile:
    """Write what the extract is: what was asked for, without the question, and how it is de-identified."""
    told = {
        "project": wish.project,
        "what": wish.what,
        "tables": wish.tables,
        "deidentified": wish.deidentify,
        "profile": f"PS3.15 {confidentiality_profile().edition}" if wish.deidentify else None,
        "options": sorted(wish.options),
        **about,
    }
    text = orjson.dumps(told, option=orjson.OPT_INDENT_2)
    return folder.publish(ABOUT, lambda file: file.write(text))


def list_files(folder: ExtractFolder, files: Iterator[WrittenFile]) -> WrittenFile:
    """Note all files with their checksums, for who fetches them, and as `sha256sum -c` reads it."""
    listed = sorted(files, key=lambda each: each.path)
    sums = "".join(f"{each.sha256}  {each.path}\n" for each in listed)
    written = folder.publish(SUMS, lambda file: file.write(sums.encode()))
    note_files(folder, [*listed, written])
    return written


def note_files(folder: ExtractFolder, files: Iterable[WrittenFile]) -> None:
    """Note the files that are to be had."""
    lines = (orjson.dumps({"path": f.path, "size": f.size, "sha256": f.sha256}) + b"\n" for f in files)
    folder.remember(FILES, 0, b"".join(lines))


def picture_files(folder: ExtractFolder, place: ExtractPlace) -> Iterator[WrittenFile]:
    """The files of pictures, and those beside them, as they were remembered."""
    for line in folder.lines(PICTURES, place.size(PICTURES)):
        row = orjson.loads(line)
        yield WrittenFile(row["path"], row["size"], row["sha256"])
        if sidecar := row.get("sidecar"):
            yield WrittenFile(sidecar["path"], sidecar["size"], sidecar["sha256"])


def _table(folder: ExtractFolder, name: str, kind: TableFormat, columns: Any, lines: RowLines) -> WrittenFile:
    def write(file: BinaryIO) -> None:
        WRITERS[kind](file, columns, lines)

    return folder.publish(f"{name}.{kind}", write)


def _remembered(folder: ExtractFolder, place: ExtractPlace, name: str) -> RowLines:
    return partial(folder.lines, name, place.size(name))


def _first_columns(lines: RowLines) -> list[str]:
    """The columns of the first row; none where there is none."""
    return next((list(orjson.loads(line)) for line in lines()), [])

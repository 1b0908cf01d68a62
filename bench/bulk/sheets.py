"""The files that Neo4j imports: nodes by their labels, and edges, each a line with tabs between its values.

A node that has a property which none before it had begins a further sheet, and so does a property of another
type: the ends of Spans are whole numbers for dates, and others for quantities.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TextIO, TypeAlias

DELIMITER, ARRAY_DELIMITER = "\t", "\x1f"
_AT_ONCE = 4_000  # lines
_SPECIAL = frozenset('\t\n\r"\x1f')
_BYTES = tuple(str(each - 256 if each > 127 else each) for each in range(256))  # bytes of Java are signed


def _text(value: str) -> str:
    if not value:
        return '""'  # unquoted it would be no value
    if _SPECIAL.isdisjoint(value):
        return value
    if ARRAY_DELIMITER in value or "\r" in value:
        raise ValueError("a text that the import would take apart")
    doubled = value.replace('"', '""')
    return f'"{doubled}"'


def _bytes(value: bytes) -> str:
    if not value:
        raise ValueError("the import keeps no empty bytes")
    return ARRAY_DELIMITER.join(map(_BYTES.__getitem__, value))


def _float(value: float) -> str:
    return repr(value).replace("inf", "Infinity")


def _bool(value: bool) -> str:
    return "true" if value else "false"


_WRITERS: Mapping[type, tuple[str, Callable[[Any], str]]] = {
    str: ("string", _text),
    bool: ("boolean", _bool),
    int: ("long", str),
    float: ("double", _float),
    bytes: ("byte[]", _bytes),
}
_WRITE = {kind: write for kind, (_, write) in _WRITERS.items()}


def _kind(value: Any) -> str:
    """The type of a property, as a header says it."""
    if isinstance(value, list | tuple):
        return f"{_WRITERS[_plain(value[0])][0]}[]"
    return _WRITERS[_plain(value)][0]


def _plain(value: Any) -> type:
    """The built-in type of a value; an enumeration of texts is a text."""
    kind = type(value)
    return kind if kind in _WRITERS else next(each for each in _WRITERS if isinstance(value, each))


def written(value: Any) -> str:
    """A value as a line holds it; empty for None.

    Raises `ValueError` for what a line cannot hold: empty lists and bytes, lists of texts with marks.
    """
    write = _WRITE.get(type(value))
    if write is not None:
        return write(value)
    if value is None:
        return ""
    if isinstance(value, list | tuple):
        return _list(value)
    return _WRITE[_plain(value)](value)


def _list(values: Sequence[Any]) -> str:
    parts = [written(each) for each in values]
    if not parts or any(part.startswith('"') for part in parts):
        raise ValueError("a list that the import would take apart")
    return ARRAY_DELIMITER.join(parts)


@dataclass(slots=True)
class Tray:
    """Where lines are held back instead of being written; None where they are written."""

    held: "list[Line] | None" = None


class Lines:
    """A file that is written many lines at a time."""

    def __init__(self, path: Path, tray: Tray) -> None:
        self.path = path
        self._tray = tray
        self._file: TextIO = path.open("w", encoding="utf-8")
        self._waiting: list[str] = []

    def add(self, line: str) -> None:
        """Add a line, without its end, or several."""
        if self._tray.held is not None:
            self._tray.held.append((self, line))
            return
        self._waiting.append(line)
        if len(self._waiting) >= _AT_ONCE:
            self._flush()

    def close(self) -> None:
        """Write what waits, and close the file."""
        self._flush()
        self._file.close()

    def _flush(self) -> None:
        self._waiting.append("")
        self._file.write("\n".join(self._waiting))
        self._waiting.clear()


Line: TypeAlias = tuple[Lines, str]
"""A line, or several, and the file that they are for."""


class NodeSheet:
    """Nodes of one set of labels that have no properties but these, each of one type."""

    def __init__(self, folder: Path, name: str, labels: str, columns: Mapping[str, str], tray: Tray) -> None:
        self.labels = labels
        self.columns = columns
        self._header = folder / f"{name}.header"
        self._lines = Lines(folder / f"{name}.nodes", tray)

    def takes(self, kinds: Mapping[str, str]) -> bool:
        """Whether properties of these types have a place here."""
        return kinds.items() <= self.columns.items()

    def add(self, node: int, properties: Mapping[str, Any]) -> None:
        """Add a node of that id, with properties that were taken."""
        get = properties.get
        self._lines.add(DELIMITER.join([str(node), *(written(get(name)) for name in self.columns)]))

    def close(self) -> tuple[Path, Path]:
        """Finish the sheet; the paths of its header and of its lines."""
        columns = (f"{name}:{kind}" for name, kind in self.columns.items())
        self._header.write_text(DELIMITER.join([":ID", *columns]) + "\n", encoding="utf-8")
        self._lines.close()
        return self._header, self._lines.path


class NodeSheets:
    """The sheets of the nodes of one writer; `prefix` keeps their names apart from those of others."""

    def __init__(self, folder: Path, prefix: str, tray: Tray) -> None:
        self._folder, self._prefix, self._tray = folder, prefix, tray
        self._sheets: dict[str, list[NodeSheet]] = {}
        self._taken: dict[Any, NodeSheet] = {}  # by labels, names and types, so that each is looked at once

    def add(self, labels: str, node: int, properties: Mapping[str, Any]) -> None:
        """Add a node of labels (`Resource:Patient`), under its id."""
        form = (labels, *properties, *map(type, properties.values()))
        sheet = self._taken.get(form)
        if sheet is None:
            sheet = self._taken[form] = self._fitting(labels, properties)
        sheet.add(node, properties)

    def _fitting(self, labels: str, properties: Mapping[str, Any]) -> NodeSheet:
        """The sheet that takes the properties; a further one has the columns of those before, and its own."""
        kinds = {name: _kind(value) for name, value in properties.items() if value is not None}
        sheets = self._sheets.setdefault(labels, [])
        for sheet in reversed(sheets):
            if sheet.takes(kinds):
                return sheet
        name = f"{self._prefix}{labels.replace(':', '.')}.{len(sheets)}"
        columns = {**(sheets[-1].columns if sheets else {}), **kinds}
        sheets.append(NodeSheet(self._folder, name, labels, columns, self._tray))
        return sheets[-1]

    def __iter__(self) -> Iterator[NodeSheet]:
        return (sheet for sheets in self._sheets.values() for sheet in sheets)

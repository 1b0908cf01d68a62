"""The rows of commits as nodes and edges: what the statements of the parts make of them in an empty graph.

`tests/bench` holds both against each other: the same people, stored by the product and brought in from here.
"""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from bench.bulk.commits import Rows
from bench.bulk.sheets import DELIMITER, Line, Lines, NodeSheets, Tray, written
from graph.query.expression import Kind
from graph.query.rows import VALUE_NODES, WORDING_COLUMNS

_VALUES = {"terms": Kind.TERM, "texts": Kind.TEXT, "spans": Kind.SPAN}
_WRITTEN = frozenset({"versions", "series", "arrivals"})
_PLAIN_EDGES = ("OF", "HAS_VERSION", "CURRENT", "HAS_SERIES", "HAS_INSTANCE")


class GraphSheets:
    """What one of several writers makes of a graph, as files in a folder.

    Its nodes have the ids `first`, `first + step` …, so that those of all writers are dense and none meet.
    `common` are the ids of resources by key that other writers made.
    """

    def __init__(
        self, folder: Path, prefix: str, *, first: int = 0, step: int = 1, common: Mapping[str, int]
    ) -> None:
        self._tray = Tray()
        self.nodes = NodeSheets(folder, prefix, self._tray)
        self.edges = {name: Lines(folder / f"{prefix}{name}.edges", self._tray) for name in _PLAIN_EDGES}
        self.references = Lines(folder / f"{prefix}references.edges", self._tray)
        self.known: dict[str, int] = dict(common)
        self.next_id, self.step = first, step
        self._common = len(self.known)
        self._studies: dict[str, int] = {}
        self._series: dict[str, int] = {}

    def write(self, rows: Rows) -> None:
        """Add what one commit writes; raises `ValueError` for what is no first version."""
        if unknown := {name for name, each in rows.items() if each} - _WRITTEN:
            raise ValueError(f"only what enters the graph is written in bulk: {unknown}")
        self._versions(rows["versions"])
        for row in rows["series"]:
            self._series[row["key"]] = node = self._node("Series", row["properties"])
            self._edge("HAS_SERIES", self._studies[row["study"]], node)
        for row in rows["arrivals"]:
            node = self._node("Instance", row["properties"])
            self._edge("HAS_INSTANCE", self._series[row["series"]], node)
            self._node("Change", row["change"])

    def begin_person(self) -> None:
        """Forget the resources of the person before, to which nobody else's refer."""
        for key in list(self.known)[self._common :]:
            del self.known[key]
        self._studies.clear()
        self._series.clear()

    def took(self, key: str, nodes: int) -> None:
        """Note that so many nodes were written elsewhere, the first of them the resource of a key."""
        self.known[key] = self.next_id
        self.next_id += nodes * self.step

    @contextmanager
    def holding(self) -> Iterator[list[Line]]:
        """Hold back what is written in the block."""
        self._tray.held = held = []
        try:
            yield held
        finally:
            self._tray.held = None

    @contextmanager
    def aside(self, first: int, known: dict[str, int]) -> Iterator[list[Line]]:
        """Hold back what is written in the block, as if only that were there; the first node is `first`."""
        before = self.known, self.next_id, self.step
        self.known, self.next_id, self.step = known, first, 1
        try:
            with self.holding() as held:
                yield held
        finally:
            self.known, self.next_id, self.step = before

    def single(self, label: str, properties: Mapping[str, Any]) -> None:
        """Add a node by itself."""
        self._node(label, properties)

    def close(self) -> None:
        """Finish the files of edges; sheets of nodes are closed by whoever lists them."""
        for each in (*self.edges.values(), self.references):
            each.close()

    def _versions(self, rows: Sequence[Mapping[str, Any]]) -> None:
        for row in rows:
            if row["replaces"]:
                raise ValueError(f"a second version of {row['key']}: its first may be in a file already")
            self.known[row["key"]] = node = self._resource(row)
            version = self._node("Version", row["version"])
            self._edge("HAS_VERSION", node, version)
            self._edge("CURRENT", node, version)
            self._add_values(row, node)
        for row in rows:  # which may refer to one another
            for target, kind, path, *more in row["edges"]:
                if any(more):
                    raise ValueError(f"a reference with more to it: {row['key']} {path}")
                ends = (str(self.known[row["key"]]), str(self.known[target]))
                self.references.add(DELIMITER.join((*ends, kind, written(path))))

    def _resource(self, row: Mapping[str, Any]) -> int:
        properties = {"key": row["key"], **row["properties"]}
        node = self._node(":".join(("Resource", *row["labels"])), properties)
        if dicom_key := properties.get("dicomKey"):
            self._studies[dicom_key] = node
        return node

    def _add_values(self, row: Mapping[str, Any], node: int) -> None:
        serial = row["serial"]
        for name, kind in _VALUES.items():
            label, columns = VALUE_NODES[kind].label, VALUE_NODES[kind].columns
            for values in row[name]:
                if len(values) > len(columns):
                    raise ValueError(f"a value with more to it: {values}")
                value = self._node(label, {**dict(zip(columns, values, strict=False)), "serial": serial})
                self._edge("OF", value, node)
        for values in row["wordings"]:
            words = dict(zip(WORDING_COLUMNS, values, strict=True))
            self._edge("OF", self._node("Wording", words), node)

    def _node(self, labels: str, properties: Mapping[str, Any]) -> int:
        node = self.next_id
        self.next_id += self.step
        self.nodes.add(labels, node, properties)
        return node

    def _edge(self, kind: str, start: int, end: int) -> None:
        self.edges[kind].add(f"{start}{DELIMITER}{end}")

"""What studies, their series and instances say in DICOM, held by studies: each change is a version of one."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from graph.columns.serials import IntArray, Mask
from graph.columns.spans import standing
from graph.columns.tables import HeldTable, NumberedTexts
from graph.cypher.text import asked, like_regex
from graph.query.attribute_forms import compared_property, limit_properties
from graph.query.attributes import BY_KEYWORD, INSTANCE, SERIES, STUDY, Attribute
from graph.query.expression import Expression, Field, Kind, Layout, Match, Present, Span, Term, Text
from graph.session import Graph, Row

_WAYS: Mapping[str, str] = {
    SERIES: "(r)-[:HAS_SERIES]->(p:Series)",
    INSTANCE: "(r)-[:HAS_SERIES]->(s:Series)-[:HAS_INSTANCE]->(p:Instance)",
}
_MATCHES: Mapping[Match, Callable[[str], Callable[[str], bool]]] = {
    Match.EQUALS: lambda wanted: lambda text: text == wanted,
    Match.PREFIX: lambda wanted: lambda text: text.startswith(wanted),
    Match.SUFFIX: lambda wanted: lambda text: text.endswith(wanted),
    Match.CONTAINS: lambda wanted: lambda text: wanted in text,
    Match.LIKE: lambda wanted: lambda text: re.fullmatch(like_regex(wanted), text) is not None,
}
"""Ways to match a folded text (`graph.cypher.text`)."""


@dataclass(frozen=True, slots=True)
class PartRows:
    """The series or the instances of the studies of a kind: column `ends`, and `series` of instances."""

    kind: str
    level: str

    def read(self, graph: Graph, texts: NumberedTexts, studies: IntArray | None = None) -> HeldTable:
        """Those of some studies; of all, where it is None."""
        names = ("ends", "series") if self.level == INSTANCE else ("ends",)
        series = ", collect(s.serial) AS series" if self.level == INSTANCE else ""
        found = f"MATCH {_WAYS[self.level]}"
        told = f"collect(r.serial) AS serials, collect(p.serial) AS ends{series}"
        row = _read(graph, self.kind, studies, found, told)
        return HeldTable.of(row["serials"], {each: np.asarray(row[each], dtype=np.int64) for each in names})


@dataclass(frozen=True, slots=True)
class AttributeRows:
    """The values of an attribute at its level: column `parts`, with `texts`, or with `lows` and `highs`."""

    kind: str
    keyword: str

    @classmethod
    def of(cls, kind: str, leaf: Expression) -> "AttributeRows | None":
        """Those that a leaf is answered from; None where it is for the graph."""
        field = leaf.field if isinstance(leaf, Term | Text | Span | Present) else None
        if (
            not isinstance(field, Field)
            or field.layout is not Layout.PROPERTY
            or field.name not in BY_KEYWORD
        ):
            return None
        attribute = BY_KEYWORD[field.name]
        if isinstance(leaf, Text) and (attribute.is_name or leaf.match not in _MATCHES):
            return None
        if isinstance(leaf, Term) and (leaf.system is not None or leaf.caseless or not leaf.codes):
            return None
        return cls(kind, field.name)

    def read(self, graph: Graph, texts: NumberedTexts, studies: IntArray | None = None) -> HeldTable:
        """Those of some studies; of all, where it is None."""
        attribute = BY_KEYWORD[self.keyword]
        way = "WITH r, r AS p" if attribute.level == STUDY else f"MATCH {_WAYS[attribute.level]}"
        values = ", ".join(f"collect({place}) AS {name}" for name, place in _values(attribute).items())
        told = f"collect(r.serial) AS serials, collect(p.serial) AS parts, {values}"
        row = _read(graph, self.kind, studies, f"{way}\n{_there(attribute)}", told)
        columns: dict[str, Any] = {"parts": np.asarray(row["parts"], dtype=np.int64)}
        if attribute.kind is Kind.SPAN:
            columns |= {name: np.asarray(row[name], dtype=np.float64) for name in ("lows", "highs")}
        else:
            columns["texts"] = texts.numbered(row["texts"])
        return HeldTable.of(row["serials"], columns)


def _read(graph: Graph, kind: str, studies: IntArray | None, found: str, told: str) -> Row:
    """What is told of what is found from some studies `r` of a kind, or from all."""
    which = "r.serial IS NOT NULL" if studies is None else "r.serial IN $serials"
    start = f"MATCH (r:Resource) USING INDEX r:Resource(kind, serial) WHERE r.kind = $kind AND {which}"
    some = {} if studies is None else {"serials": studies.tolist()}
    (row,) = graph.read(f"{start}\n{found}\nRETURN {told}", kind=kind, **some)
    return row


def satisfying(table: HeldTable, leaf: Expression, texts: NumberedTexts) -> Mask:
    """Which rows of a table of `AttributeRows` satisfy a leaf that these answer."""
    match leaf:
        case Span():
            return standing(table["lows"], table["highs"], leaf)
        case Term(codes=codes):
            return np.isin(table["texts"], [texts.known(each) for each in codes])
        case Text():
            return _matching(table, _MATCHES[leaf.match](asked(leaf)), texts)
    return np.ones(len(table.serials), dtype=np.bool_)


def _matching(table: HeldTable, matches: Callable[[str], bool], texts: NumberedTexts) -> Mask:
    """Which rows have a text that matches; each text is looked at once."""
    numbers, places = np.unique(table["texts"], return_inverse=True)
    found: Mask = np.array([matches(texts.text(int(each))) for each in numbers], dtype=np.bool_)[places]
    return found


def _there(attribute: Attribute) -> str:
    """The clause that goes through the values that there are."""
    held = f"p.{compared_property(attribute)}"
    if attribute.is_list:
        return f"UNWIND [] + {held} AS value WITH r, p, value WHERE value <> ''"
    return f"WITH r, p, {held} AS value WHERE value IS NOT NULL"


def _values(attribute: Attribute) -> Mapping[str, str]:
    """Where the columns are read."""
    if attribute.kind is not Kind.SPAN:
        return {"texts": "value"}
    low, high = limit_properties(attribute.keyword)
    return {"lows": f"p.{low}", "highs": f"p.{high}"}

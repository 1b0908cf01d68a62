"""LOINC: the terms with what they measure, their parts as a hierarchy, and their Korean names.

Loinc.csv is all that is needed. Terms stand below parts where the file of the hierarchy is there; a term that
has no place in it stands below the part of its component, where LoincPartLink_Primary.csv is there.
"""

import re
from collections.abc import Iterator, Mapping

from app.terminology.releases.files import CsvRow, ReleaseFile, ReleaseFiles, broken, digest_of, named_rows
from app.terminology.releases.workspace import Workspace
from app.terminology.sources.documents import JsonObject, SystemHead, concept
from app.terminology.sources.systems import LOINC
from graph.errors import Invalid
from graph.terminology.loading import MapRow

TERMS = re.compile(r"Loinc\.csv", re.IGNORECASE)
_HIERARCHY = re.compile(r"(ComponentHierarchyBySystem|MultiAxialHierarchy)\.csv", re.IGNORECASE)
_LINKS = re.compile(r"LoincPartLink(_Primary)?\.csv", re.IGNORECASE)
_KOREAN = re.compile(r"koKR\d*LinguisticVariant\.csv", re.IGNORECASE)
_CODE = re.compile(r"[0-9]{1,7}-[0-9]")
_NAMES = ("SHORTNAME", "CONSUMER_NAME", "DisplayName")
_KOREAN_NAMES = ("LinguisticVariantDisplayName", "LONG_COMMON_NAME", "SHORTNAME")
_AXES: Mapping[str, str] = {
    "COMPONENT": "COMPONENT",
    "PROPERTY": "PROPERTY",
    "TIME_ASPCT": "TIME_ASPCT",
    "SYSTEM": "SYSTEM",
    "SCALE_TYP": "SCALE_TYP",
    "METHOD_TYP": "METHOD_TYP",
    "CLASS": "CLASS",
    "EXAMPLE_UCUM_UNITS": "EXAMPLE_UCUM_UNITS",
}
"""The columns of Loinc.csv that become properties; all are of strings."""
_WANTED = ("LOINC_NUM", "LONG_COMMON_NAME", "STATUS", "COMPONENT", "PROPERTY")
_RETIRED = "DEPRECATED"
_TABLES = (
    "CREATE TABLE term (code TEXT PRIMARY KEY, display TEXT, retired INTEGER, names TEXT, properties TEXT) "
    "WITHOUT ROWID",
    "CREATE TABLE korean (code TEXT PRIMARY KEY, names TEXT) WITHOUT ROWID",
    "CREATE TABLE above (code TEXT, parent TEXT, PRIMARY KEY (code, parent)) WITHOUT ROWID",
    "CREATE TABLE component (code TEXT PRIMARY KEY, part TEXT) WITHOUT ROWID",
)
_TERMS = """
SELECT t.code, t.display, t.retired, t.names, t.properties, k.names,
  (SELECT group_concat(a.parent, ' ') FROM above a WHERE a.code = t.code), c.part
FROM term t LEFT JOIN korean k ON k.code = t.code LEFT JOIN component c ON c.code = t.code ORDER BY t.code
"""
_MARK = "\x1f"  # between the names of a term; no text has it


class Loinc:
    """A release of LOINC that was read."""

    def __init__(self, files: ReleaseFiles) -> None:
        self._files = files
        self._used: list[ReleaseFile] = []
        self._space = Workspace(_TABLES)
        with self._space.filling():
            self._read()
        self.digest = digest_of(self._used)
        self.head = SystemHead(
            url=LOINC,
            version=files.says(r"(?i)loinc_(\d+\.\d+)") or self.digest,
            name="LOINC",
            title="LOINC",
            publisher="Regenstrief Institute",
            copyright="LOINC, Regenstrief Institute, loinc.org/license; supplied by this site",
            properties=tuple((each, "string") for each in _AXES.values()),
        )

    def concepts(self) -> Iterator[JsonObject]:
        """The terms and parts, in the order of their codes."""
        for code, display, retired, names, properties, korean, parents, part in self._space.rows(_TERMS):
            said = [("en", each) for each in names.split(_MARK)]
            said += [("ko", each) for each in (korean or "").split(_MARK)]
            yield concept(
                code,
                display,
                parents=(parents or part or "").split(),
                names=said,
                properties=zip(_AXES.values(), properties.split(_MARK), strict=False),
                retired=bool(retired),
            )

    def links(self) -> Iterator[MapRow]:
        """Say nothing of other systems."""
        yield from ()

    def close(self) -> None:
        """Let go of the tables."""
        self._space.close()

    def _read(self) -> None:
        self._space.fill("term", 5, self._terms())
        self._space.fill("korean", 2, self._korean())
        self._space.fill("term", 5, self._parts())
        self._space.fill("above", 2, self._above())
        self._space.fill("component", 2, self._components())

    def _rows(self, named: re.Pattern[str], *wanted: str) -> Iterator[tuple[ReleaseFile, int, CsvRow]]:
        files = self._files.named(named)[:1]
        self._used.extend(each for each in files if each not in self._used)
        for file in files:
            for line, row in named_rows(file, wanted):
                yield file, line, row

    def _terms(self) -> Iterator[tuple[str, str, bool, str, str]]:
        if not self._files.named(TERMS):
            raise Invalid(f"{self._files.name} has no file Loinc.csv")
        for file, line, row in self._rows(TERMS, *_WANTED):
            code = row["LOINC_NUM"]
            if not _CODE.fullmatch(code):
                raise broken(file, line, "LOINC_NUM is no LOINC code")
            names = _MARK.join(row.get(each, "") for each in _NAMES)
            axes = _MARK.join(row.get(each, "") for each in _AXES)
            yield code, row["LONG_COMMON_NAME"] or code, row["STATUS"] == _RETIRED, names, axes

    def _korean(self) -> Iterator[tuple[str, str]]:
        for _, _, row in self._rows(_KOREAN, "LOINC_NUM"):
            names = [row[each] for each in _KOREAN_NAMES if row.get(each)]
            yield row["LOINC_NUM"], _MARK.join(names or [row.get("COMPONENT", "")])

    def _parts(self) -> Iterator[tuple[str, str, bool, str, str]]:
        for _, _, row in self._rows(_HIERARCHY, "CODE", "CODE_TEXT"):
            if not _CODE.fullmatch(row["CODE"]):
                yield row["CODE"], row["CODE_TEXT"] or row["CODE"], False, "", ""

    def _above(self) -> Iterator[tuple[str, str]]:
        for _, _, row in self._rows(_HIERARCHY, "CODE", "IMMEDIATE_PARENT"):
            if row["IMMEDIATE_PARENT"]:
                yield row["CODE"], row["IMMEDIATE_PARENT"]

    def _components(self) -> Iterator[tuple[str, str]]:
        for _, _, row in self._rows(_LINKS, "LoincNumber", "PartNumber", "PartTypeName"):
            if row["PartTypeName"] == "COMPONENT":
                yield row["LoincNumber"], row["PartNumber"]

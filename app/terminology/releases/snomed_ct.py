"""SNOMED CT in Release Format 2: the Snapshot files of an edition and of extensions that lie beside it.

Active concepts with their active names, the IS_A of the inferred view, and the maps to ICD-10 and ICD-O. A
map says under which code a concept is counted, so its target is wider. Names are by language and preference:
the fully specified name tells a concept, and the preferred synonym is what it is called.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from itertools import groupby
from operator import itemgetter
from re import Pattern

from app.terminology.releases.files import ReleaseFile, ReleaseFiles, broken, digest_of, tabbed
from app.terminology.releases.workspace import Workspace
from app.terminology.sources.documents import JsonObject, SystemHead, concept
from app.terminology.sources.systems import ICD_10, ICD_10_CM, ICD_O, SNOMED
from graph.errors import Invalid
from graph.terminology.loading import MapRow

_IS_A, _FULLY_SPECIFIED, _PREFERRED = "116680003", "900000000000003001", "900000000000548007"
_ACTIVE = "1"
_ID = re.compile(r"[0-9]{6,18}")
_MAPS: Mapping[str, str] = {
    "447562003": ICD_10,
    "6011000124106": ICD_10_CM,
    "446608001": ICD_O,
}
"""The reference sets of maps, and the system of their targets."""
_ALWAYS = frozenset({"TRUE", "OTHERWISE TRUE"})  # rules of a map that hold whoever the patient is
_EXACT = "447557004"


def _file(kind: str) -> Pattern[str]:
    return re.compile(rf"x?{kind}_.*\.txt", re.IGNORECASE)


CONCEPTS = _file(r"sct2_Concept_Snapshot")
_NAMES = _file(r"sct2_Description_Snapshot[^_]*")
_RELATIONS = _file(r"sct2_Relationship_Snapshot")
_PREFERENCES = _file(r"der2_cRefset_LanguageSnapshot[^_]*")
_COMPLEX = _file(r"der2_iisssccRefset_ExtendedMapSnapshot[^_]*")
_SIMPLE = _file(r"der2_sRefset_SimpleMapSnapshot[^_]*")
_TABLES = (
    "CREATE TABLE concept (id TEXT PRIMARY KEY) WITHOUT ROWID",
    "CREATE TABLE name (id TEXT PRIMARY KEY, concept TEXT, language TEXT, kind TEXT, text TEXT) "
    "WITHOUT ROWID",
    "CREATE TABLE preference (name TEXT PRIMARY KEY) WITHOUT ROWID",
    "CREATE TABLE above (concept TEXT, parent TEXT, PRIMARY KEY (concept, parent)) WITHOUT ROWID",
    "CREATE TABLE map (concept TEXT, system TEXT, target TEXT, exact INTEGER, "
    "PRIMARY KEY (concept, system, target)) WITHOUT ROWID",
)
_NAMED = """
SELECT c.id, n.language, n.kind, n.text, p.name IS NOT NULL FROM concept c JOIN name n ON n.concept = c.id
LEFT JOIN preference p ON p.name = n.id ORDER BY c.id, n.id
"""
_ABOVE = """
SELECT c.id, a.parent FROM concept c LEFT JOIN above a ON a.concept = c.id ORDER BY c.id, a.parent
"""


class SnomedCt:
    """A release of SNOMED CT that was read."""

    def __init__(self, files: ReleaseFiles) -> None:
        self._used: list[ReleaseFile] = []
        self._files = files
        self._space = Workspace(_TABLES)
        with self._space.filling():
            self._read()
        self.digest = digest_of(self._used)
        self.head = _head(self._used)

    def concepts(self) -> Iterator[JsonObject]:
        """The active concepts, in the order of their identifiers."""
        named = groupby(self._space.rows(_NAMED), itemgetter(0))
        placed = groupby(self._space.rows(_ABOVE), itemgetter(0))
        names_of: tuple[str, list[Sequence[str]]] = ("", [])
        for code, above in placed:
            while names_of[0] < code and (found := next(named, None)) is not None:
                names_of = (found[0], [row[1:] for row in found[1]])
            names = names_of[1] if names_of[0] == code else []
            yield _concept(code, [row[1] for row in above if row[1]], names)

    def links(self) -> Iterator[MapRow]:
        """The codes under which concepts are counted."""
        rows = "SELECT m.concept, m.system, m.target, m.exact FROM map m JOIN concept c ON c.id = m.concept"
        for code, system, target, exact in self._space.rows(rows):
            yield MapRow((SNOMED, code), (system, target), wider=not exact)

    def close(self) -> None:
        """Let go of the tables."""
        self._space.close()

    def _read(self) -> None:
        space = self._space
        space.fill("concept", 1, self._active(CONCEPTS, ("id", "active"), ("id",), wanted=True))
        columns = ("id", "active", "conceptId", "languageCode", "typeId", "term")
        space.fill("name", 5, self._active(_NAMES, columns, ("id", "conceptId"), wanted=True))
        space.fill("preference", 1, self._preferred())
        space.fill("above", 2, self._parents())
        space.fill("map", 4, self._mapped())
        space.index("name", "concept")

    def _active(
        self, pattern: Pattern[str], columns: Sequence[str], ids: Sequence[str], *, wanted: bool = False
    ) -> Iterator[list[str]]:
        """The active rows of all files of a kind, without the column that says so."""
        files = self._files.named(pattern)
        if wanted and not files:
            raise Invalid(f"{self._files.name} has no file {pattern.pattern.split('_.*')[0].lstrip('x?')}")
        self._used.extend(files)
        active, checked = columns.index("active"), [columns.index(each) for each in ids]
        for file in files:
            for line, cells in tabbed(file, columns):
                for each in checked:
                    if not _ID.fullmatch(cells[each]):
                        raise broken(file, line, f"{columns[each]} is no SNOMED CT identifier")
                if cells.pop(active) == _ACTIVE:
                    yield cells

    def _preferred(self) -> Iterator[list[str]]:
        columns = ("active", "referencedComponentId", "acceptabilityId")
        for name, how in self._active(_PREFERENCES, columns, ("referencedComponentId",)):
            if how == _PREFERRED:
                yield [name]

    def _parents(self) -> Iterator[list[str]]:
        columns = ("active", "sourceId", "destinationId", "typeId")
        for child, parent, kind in self._active(
            _RELATIONS, columns, ("sourceId", "destinationId"), wanted=True
        ):
            if kind == _IS_A:
                yield [child, parent]

    def _mapped(self) -> Iterator[tuple[str, str, str, bool]]:
        code = "referencedComponentId"
        columns = ("active", "refsetId", code, "mapGroup", "mapRule", "mapTarget", "correlationId")
        for refset, concept_id, group, rule, target, correlation in self._active(_COMPLEX, columns, (code,)):
            if refset in _MAPS and target and group == "1" and rule in _ALWAYS:
                yield concept_id, _MAPS[refset], target.rstrip("*†+"), correlation == _EXACT
        for refset, concept_id, target in self._active(
            _SIMPLE, ("active", "refsetId", code, "mapTarget"), (code,)
        ):
            if refset in _MAPS and target:
                yield concept_id, _MAPS[refset], target.removeprefix("M-"), False


def _concept(code: str, parents: Sequence[str], names: Sequence[Sequence[str]]) -> JsonObject:
    """A concept of its names: (language, kind, text, preferred), those of English first."""
    ordered = sorted(
        names, key=lambda name: (name[0] != "en", not name[3], name[1] == _FULLY_SPECIFIED, name[2])
    )
    display = ordered[0][2] if ordered else code
    return concept(code, display, parents=parents, names=((name[0], name[2]) for name in ordered))


def _head(used: Sequence[ReleaseFile]) -> SystemHead:
    found = (re.search(r"_([A-Z0-9-]+)_(\d{8})\.txt$", each.base) for each in used)
    places = sorted((each[2], each[1]) for each in found if each)
    day, place = places[-1] if places else ("", "")
    international = f"{SNOMED}/900000000000207008/version/{day}"
    return SystemHead(
        url=SNOMED,
        version=international if place == "INT" else f"{place} {day}".strip(),
        name="SNOMEDCT",
        title="SNOMED CT",
        publisher="SNOMED International",
        copyright="SNOMED CT, SNOMED International; supplied by this site under its own licence",
    )

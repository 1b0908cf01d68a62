"""RxNorm: drugs from their ingredients to their packs, and what ATC, MeSH and SNOMED CT have for them.

What is made of an ingredient stands below it, so an ingredient with all below it is every product that has
it. An ingredient stands below its codes of ATC and MeSH, and below its common name.
"""

import re
from collections.abc import Iterator, Mapping

from app.terminology.releases.files import ReleaseFile, ReleaseFiles, broken, digest_of, separated
from app.terminology.releases.workspace import Workspace
from app.terminology.sources.documents import JsonObject, SystemHead, concept
from app.terminology.sources.systems import ATC, MESH, RXNORM, SNOMED
from fhir_profiles.terminology import Coding
from fhir_profiles.terminology.drugs import drug_named
from graph.errors import Invalid
from graph.terminology.loading import MapRow

NAMES = re.compile(r"RXNCONSO\.RRF", re.IGNORECASE)
_RELATIONS = re.compile(r"RXNREL\.RRF", re.IGNORECASE)
_CONSO = tuple(
    [
        "RXCUI",
        "LAT",
        "TS",
        "LUI",
        "STT",
        "SUI",
        "ISPREF",
        "RXAUI",
        "SAUI",
        "SCUI",
        "SDUI",
        "SAB",
        "TTY",
        "CODE",
        "STR",
        "SRL",
        "SUPPRESS",
        "CVF",
        "END",
    ]
)
_REL = tuple(
    [
        "RXCUI1",
        "RXAUI1",
        "STYPE1",
        "REL",
        "RXCUI2",
        "RXAUI2",
        "STYPE2",
        "RELA",
        "RUI",
        "SRUI",
        "SAB",
        "SL",
        "DIR",
        "RG",
        "SUPPRESS",
        "CVF",
        "END",
    ]
)
_CUI, _SAB, _TTY, _CODE, _STR, _SUPPRESS = (
    _CONSO.index(each) for each in ("RXCUI", "SAB", "TTY", "CODE", "STR", "SUPPRESS")
)
_FIRST, _SECOND, _RELA, _REL_SAB, _REL_SUPPRESS = (
    _REL.index(each) for each in ("RXCUI1", "RXCUI2", "RELA", "SAB", "SUPPRESS")
)
_OWN, _SHOWN = "RXNORM", frozenset({"N", ""})
_NUMBER = re.compile(r"[0-9]{1,8}")
_KINDS = frozenset(
    [
        "IN",
        "PIN",
        "MIN",
        "SCDC",
        "SCDF",
        "SCDFP",
        "SCDG",
        "SCDGP",
        "SCD",
        "SBD",
        "SBDC",
        "SBDF",
        "SBDFP",
        "SBDG",
        "BN",
        "BPCK",
        "GPCK",
    ]
)
_SYNONYMS = frozenset({"PSN", "SY", "TMSY"})
_UPWARDS = frozenset(
    [
        "isa",
        "has_ingredient",
        "has_ingredients",
        "has_precise_ingredient",
        "consists_of",
        "tradename_of",
        "form_of",
        "contains",
        "has_part",
        "quantified_form_of",
    ]
)
"""What the second concept of a row is to the first where it stands below it."""
_OTHERS: Mapping[str, tuple[str, bool]] = {
    "ATC": (ATC, True),
    "MSH": (MESH, True),
    "SNOMEDCT_US": (SNOMED, False),
}
"""The systems of other sources, and whether their code stands above that of RxNorm."""
_INGREDIENT = "IN"
_TABLES = (
    "CREATE TABLE drug (code TEXT PRIMARY KEY, display TEXT, kind TEXT, retired INTEGER) WITHOUT ROWID",
    "CREATE TABLE name (code TEXT, text TEXT, PRIMARY KEY (code, text)) WITHOUT ROWID",
    "CREATE TABLE above (code TEXT, parent TEXT, PRIMARY KEY (code, parent)) WITHOUT ROWID",
    "CREATE TABLE other (code TEXT, source TEXT, other TEXT, PRIMARY KEY (code, source, other)) "
    "WITHOUT ROWID",
)
_MARK = "\x1f"
_DRUGS = """
SELECT d.code, d.display, d.kind, d.retired,
  (SELECT group_concat(n.text, char(31)) FROM name n WHERE n.code = d.code),
  (SELECT group_concat(a.parent, ' ') FROM above a WHERE a.code = d.code)
FROM drug d ORDER BY d.code
"""


class RxNorm:
    """A release of RxNorm that was read."""

    def __init__(self, files: ReleaseFiles) -> None:
        self._files = files
        self._used: list[ReleaseFile] = []
        self._space = Workspace(_TABLES)
        with self._space.filling():
            self._read()
        self.digest = digest_of(self._used)
        self.head = SystemHead(
            url=RXNORM,
            version=files.says(r"(?i)rxnorm_\w+?_(\d{8})") or self.digest,
            name="RxNorm",
            title="RxNorm",
            publisher="U.S. National Library of Medicine",
            copyright="RxNorm, courtesy of the U.S. National Library of Medicine; supplied by this site",
            properties=(("TTY", "string"),),
        )

    def concepts(self) -> Iterator[JsonObject]:
        """The drugs, in the order of their codes."""
        for code, display, kind, retired, names, parents in self._space.rows(_DRUGS):
            yield concept(
                code,
                display,
                parents=(parents or "").split(),
                names=(("en", each) for each in (names or "").split(_MARK)),
                properties=(("TTY", kind),),
                retired=bool(retired),
            )

    def links(self) -> Iterator[MapRow]:
        """The codes that other systems have for drugs, and the common names of ingredients."""
        rows = (
            "SELECT o.code, o.source, o.other FROM other o JOIN drug d ON d.code = o.code WHERE d.retired = 0"
        )
        for code, source, other in self._space.rows(rows):
            system, above = _OTHERS[source]
            own, its = (RXNORM, code), (system, other)
            yield MapRow(own, its) if above else MapRow(its, own)
        rows = f"SELECT code, display FROM drug WHERE kind = '{_INGREDIENT}' AND retired = 0"  # noqa: S608
        for code, display in self._space.rows(rows):
            named: Coding = drug_named(display)
            if named[1]:
                yield MapRow((RXNORM, code), named)

    def close(self) -> None:
        """Let go of the tables."""
        self._space.close()

    def _read(self) -> None:
        self._space.fill("drug", 4, self._drugs())
        self._space.fill("name", 2, self._names())
        self._space.fill("other", 3, self._others())
        self._space.fill("above", 2, self._above())

    def _rows(self, named: re.Pattern[str], columns: tuple[str, ...], *numbers: int) -> Iterator[list[str]]:
        files = self._files.named(named)[:1]
        if not files:
            raise Invalid(f"{self._files.name} has no file {named.pattern.replace(chr(92), '')}")
        self._used.extend(each for each in files if each not in self._used)
        for file in files:
            for line, cells in separated(file, "|", columns):
                for each in numbers:
                    if not _NUMBER.fullmatch(cells[each]):
                        raise broken(file, line, f"{columns[each]} is no number")
                yield cells

    def _drugs(self) -> Iterator[tuple[str, str, str, bool]]:
        for cells in self._rows(NAMES, _CONSO, _CUI):
            if cells[_SAB] == _OWN and cells[_TTY] in _KINDS:
                yield cells[_CUI], cells[_STR], cells[_TTY], cells[_SUPPRESS] not in _SHOWN

    def _names(self) -> Iterator[tuple[str, str]]:
        for cells in self._rows(NAMES, _CONSO):
            if cells[_SAB] == _OWN and cells[_TTY] in _SYNONYMS and cells[_SUPPRESS] in _SHOWN:
                yield cells[_CUI], cells[_STR]

    def _others(self) -> Iterator[tuple[str, str, str]]:
        for cells in self._rows(NAMES, _CONSO):
            if cells[_SAB] in _OTHERS and cells[_SUPPRESS] in _SHOWN and cells[_CODE]:
                yield cells[_CUI], cells[_SAB], cells[_CODE]

    def _above(self) -> Iterator[tuple[str, str]]:
        for cells in self._rows(_RELATIONS, _REL):
            shown = cells[_REL_SAB] == _OWN and cells[_REL_SUPPRESS] in _SHOWN
            if shown and cells[_RELA] in _UPWARDS and cells[_FIRST] and cells[_SECOND]:
                yield cells[_SECOND], cells[_FIRST]

"""The ATC classification of the WHO Collaborating Centre, of a CSV file: a column of codes, one of names."""

import re
from collections.abc import Iterator

from app.terminology.releases.files import ReleaseFile, ReleaseFiles, broken, digest_of, quoted
from app.terminology.releases.release import SmallRelease
from app.terminology.sources.documents import EQUIVALENT, SystemHead, code_system, concept, concept_map
from app.terminology.sources.systems import ATC
from fhir_profiles.terminology import Coding
from fhir_profiles.terminology.drugs import drug_named
from graph.errors import Invalid

TABLES = re.compile(r".+\.csv", re.IGNORECASE)
_CODES = re.compile(r"atc|atc[ _-]?code", re.IGNORECASE)
_NAMES = re.compile(r"name|atc[ _-]?(level[ _-]?)?name|description", re.IGNORECASE)
_FORM = re.compile(r"[A-Z]([0-9]{2}([A-Z]([A-Z]([0-9]{2})?)?)?)?")
_LEVELS = (1, 3, 4, 5, 7)  # characters
_SUBSTANCE = 7


def is_atc(file: ReleaseFile) -> bool:
    """Whether a table has the heads of one of ATC."""
    return _columns(next(quoted(file), (1, []))[1]) is not None


def read_atc(files: ReleaseFiles) -> SmallRelease:
    """A table as a CodeSystem, and the common names of its substances as a ConceptMap; raises `Invalid`."""
    (file,) = files.named(TABLES)[:1]
    names = dict(_rows(file))
    if not names:
        raise Invalid(f"{file.base} has no codes")
    head = SystemHead(
        url=ATC,
        version=files.says(r"(20\d\d)") or digest_of([file]),
        name="ATC",
        title="Anatomical Therapeutic Chemical classification",
        publisher="WHO Collaborating Centre for Drug Statistics Methodology",
        copyright="ATC, WHO Collaborating Centre for Drug Statistics Methodology; supplied by this site",
    )
    concepts = [
        concept(code, name, parents=(each for each in _above(code) if each in names))
        for code, name in names.items()
    ]
    drugs: dict[Coding, list[tuple[Coding, str]]] = {}
    for code, name in names.items():
        if len(code) == _SUBSTANCE and drug_named(name)[1]:
            drugs.setdefault(drug_named(name), []).append(((ATC, code), EQUIVALENT))
    return SmallRelease((code_system(head, concepts), concept_map(head, "drugs-atc", drugs)))


def _rows(file: ReleaseFile) -> Iterator[tuple[str, str]]:
    rows = quoted(file)
    columns = _columns(next(rows, (1, []))[1])
    if columns is None:
        raise broken(file, 1, "there is no column of codes, or none of names")
    for line, cells in rows:
        if len(cells) <= max(columns):
            raise broken(file, line, f"{len(cells)} columns, where {max(columns) + 1} are wanted")
        code, name = (cells[each].strip() for each in columns)
        if not _FORM.fullmatch(code):
            raise broken(file, line, "what stands in the column of codes is no code of ATC")
        yield code, name or code


def _columns(header: list[str]) -> tuple[int, int] | None:
    codes = next((at for at, each in enumerate(header) if _CODES.fullmatch(each.strip())), None)
    names = next((at for at, each in enumerate(header) if _NAMES.fullmatch(each.strip())), None)
    return None if codes is None or names is None else (codes, names)


def _above(code: str) -> Iterator[str]:
    """The code of the level above one."""
    shorter = [each for each in _LEVELS if each < len(code)]
    if shorter:
        yield code[: shorter[-1]]

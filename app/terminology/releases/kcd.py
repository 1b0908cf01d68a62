"""The Korean Standard Classification of Diseases, from a table of a site: codes, Korean and English names.

Its tables have no one form, so the columns are found by their heads. A code stands below the longest code
that it begins with, a category below its block. KCD is ICD-10 with further places behind the fourth
character, so its codes of three and four characters equal those of ICD-10, but for chapter U. Chapters have
no code in it, and morphologies are of another system: their rows are passed over.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice

from app.terminology.releases.files import ReleaseFile, ReleaseFiles, broken, digest_of, quoted
from app.terminology.releases.release import SmallRelease
from app.terminology.releases.workbook import sheet_rows
from app.terminology.sources.documents import (
    EQUIVALENT,
    JsonObject,
    SystemHead,
    code_system,
    concept,
    concept_map,
)
from app.terminology.sources.systems import ICD_10
from graph.errors import Invalid

TABLES = re.compile(r".+\.(csv|xlsx)", re.IGNORECASE)
_CANONICAL = "http://www.hl7korea.or.kr/CodeSystem/kostat-kcd-{0}"
_NEWEST_KNOWN = "8"
_HEADS = (
    re.compile(r"kcd.*|.*(질병|상병|분류).*(코드|기호|부호)|코드|상병기호|code", re.IGNORECASE),
    re.compile(r"ko|kor.*|.*(한글|국문|한국어).*|상병명|질병명|분류명", re.IGNORECASE),
    re.compile(r"en|eng.*|.*(영문|영어).*", re.IGNORECASE),
)
"""What stands above the codes, the Korean and the English names."""
_FIRST_ROWS = 20  # among which the heads stand
_CODE = re.compile(r"([A-Z][0-9]{2})\.?([0-9A-Z]{0,4})")
_BLOCK = re.compile(r"([A-Z][0-9]{2})\s*[-~]\s*([A-Z][0-9]{2})")
_NO_CODE = re.compile(r"[IVX\u2160-\u217f]+\.?|제?\s*\d{1,2}\s*장?|M?\d{4}/\d.*")
_MARKS = "†*+ "
_CATEGORY, _SHARED = 3, 5  # characters of a category, and of the longest code that ICD-10 has, too
_KOREAN_ONLY = "U"
_Table = Iterator[tuple[int, list[str]]]


@dataclass(frozen=True, slots=True)
class _KcdCode:
    code: str
    korean: str
    english: str


def is_kcd(file: ReleaseFile) -> bool:
    """Whether a table has the heads of one of KCD."""
    return _columns(_rows(file)) is not None


def read_kcd(files: ReleaseFiles) -> SmallRelease:
    """A table as a CodeSystem, and the codes of it that ICD-10 has, too; raises `Invalid`."""
    (file,) = files.named(TABLES)[:1]
    codes = {each.code: each for each in _codes(file)}
    if not codes:
        raise Invalid(f"{file.base} has no codes")
    edition = files.says(r"(?:kcd|KCD)[-_ ]?(\d{1,2})(?!\d)") or files.says(r"(\d{1,2})차") or _NEWEST_KNOWN
    head = SystemHead(
        url=_CANONICAL.format(edition),
        version=digest_of([file]),
        name=f"KCD{edition}",
        title=f"한국표준질병·사인분류 {edition}차",
        publisher="통계청 (Statistics Korea)",
        copyright="KCD, Statistics Korea, derived from ICD-10 of the World Health Organization; supplied by "
        "this site",
        language="ko",
    )
    return SmallRelease((code_system(head, list(_concepts(codes))), _same_in_icd_10(head, codes)))


def _codes(file: ReleaseFile) -> Iterator[_KcdCode]:
    rows = _rows(file)
    columns = _columns(rows)
    if columns is None:
        raise broken(file, 1, "no row has heads of codes and of Korean names")
    for line, cells in rows:
        code, korean, english = (
            cells[at].strip() if at is not None and at < len(cells) else "" for at in columns
        )
        if not code or _NO_CODE.fullmatch(code):
            continue
        written = _written(code)
        if written is None:
            raise broken(file, line, "what stands in the column of codes is no code of KCD")
        yield _KcdCode(written, korean or english or written, english)


def _written(code: str) -> str | None:
    """A code as KCD prints it, with its point and without its marks; None where it is none."""
    plain = code.strip(_MARKS)
    if block := _BLOCK.fullmatch(plain):
        return f"{block[1]}-{block[2]}"
    found = _CODE.fullmatch(plain)
    if found is None:
        return None
    return f"{found[1]}.{found[2]}" if found[2] else found[1]


def _concepts(codes: dict[str, _KcdCode]) -> Iterator[JsonObject]:
    blocks = sorted((each for each in codes if _BLOCK.fullmatch(each)), key=_reach)
    for each in codes.values():
        parent = _above(each.code, codes, blocks)
        yield concept(
            each.code,
            each.korean,
            parents=(parent,) if parent else (),
            names=(("en", each.english),),
        )


def _reach(block: str) -> int:
    """How many categories are about in a block."""
    low, _, high = block.partition("-")
    return 100 * (ord(high[0]) - ord(low[0])) + int(high[1:]) - int(low[1:])


def _above(code: str, codes: Iterable[str], blocks: Sequence[str]) -> str | None:
    for length in range(len(code) - 1, _CATEGORY - 1, -1):
        if not _BLOCK.fullmatch(code) and (shorter := code[:length].rstrip(".")) in codes:
            return shorter if shorter != code else None
    low, _, high = code.partition("-")
    first, last = low[:_CATEGORY], (high or low)[:_CATEGORY]
    wider = (each for each in blocks if each != code and each[:3] <= first and last <= each[4:])
    return next(wider, None)


def _same_in_icd_10(head: SystemHead, codes: Iterable[str]) -> JsonObject:
    shared = (each for each in codes if len(each) <= _SHARED and not each.startswith(_KOREAN_ONLY))
    rows = {(ICD_10, each): [((head.url, each), EQUIVALENT)] for each in shared}
    return concept_map(head, f"kcd-{head.name}", rows)


def _rows(file: ReleaseFile) -> _Table:
    return sheet_rows(file) if file.base.lower().endswith(".xlsx") else quoted(file)


def _columns(rows: _Table) -> tuple[int | None, ...] | None:
    """Where codes, Korean and English names stand, of the first row that has heads of both; None without."""
    for _, cells in islice(rows, _FIRST_ROWS):
        heads = ["".join(each.split()) for each in cells]
        found = tuple(
            next((at for at, each in enumerate(heads) if head.fullmatch(each)), None) for head in _HEADS
        )
        if found[0] is not None and found[1] is not None:
            return found
    return None

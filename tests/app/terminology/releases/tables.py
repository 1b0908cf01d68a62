"""Releases made by code: the tables of SNOMED CT, LOINC and RxNorm with a handful of invented rows."""

import csv
import zipfile
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

RF2 = "SnomedCT_Test/Snapshot/"
_TERMINOLOGY, _MAP, _LANGUAGE = f"{RF2}Terminology/", f"{RF2}Refset/Map/", f"{RF2}Refset/Language/"
CONCEPTS = f"{_TERMINOLOGY}sct2_Concept_Snapshot_INT_20260101.txt"
NAMES = f"{_TERMINOLOGY}sct2_Description_Snapshot-en_INT_20260101.txt"
KOREAN = f"{_TERMINOLOGY}sct2_Description_Snapshot-ko_KR_20260201.txt"
RELATIONS = f"{_TERMINOLOGY}sct2_Relationship_Snapshot_INT_20260101.txt"
PREFERENCES = f"{_LANGUAGE}der2_cRefset_LanguageSnapshot-en_INT_20260101.txt"
MAPS = f"{_MAP}der2_iisssccRefset_ExtendedMapSnapshot_INT_20260101.txt"
FSN, SYNONYM = "900000000000003001", "900000000000013009"
IS_A, ICD_10_MAP = "116680003", "447562003"
ROOT, DISEASE, FEVER, OLD = "138875005", "64572001", "386661006", "100000006"


def tabbed(header: str, *rows: Sequence[str]) -> str:
    """A table of RF2: a header of column names, and rows."""
    return "".join("\t".join(each) + "\r\n" for each in (header.split(), *rows))


def component(identifier: str, *rest: str, active: str = "1") -> tuple[str, ...]:
    """A row of a component or a member: identifier, time, activity, module, and what is its own."""
    return (identifier, "20260101", active, "900000000000207008", *rest)


def snomed() -> dict[str, str]:
    """The files of a release: a root, a disease below it, a fever below that, and a concept of old."""
    head = "id effectiveTime active moduleId"
    description = f"{head} conceptId languageCode typeId term caseSignificanceId"
    relation = f"{head} sourceId destinationId relationshipGroup typeId characteristicTypeId modifierId"
    names = [
        ("101013", ROOT, FSN, "Root (root)"),
        ("102018", DISEASE, FSN, "Disease (disorder)"),
        ("103011", DISEASE, SYNONYM, "Disease"),
        ("104017", FEVER, FSN, "Fever (finding)"),
        ("105016", FEVER, SYNONYM, "Pyrexia"),
        ("106015", FEVER, SYNONYM, "Fever"),
        ("107012", OLD, SYNONYM, "Ague"),
    ]
    extended = (
        f"{head} refsetId referencedComponentId mapGroup mapPriority mapRule mapAdvice mapTarget "
        "correlationId mapCategoryId"
    )
    plain = ("447561005", "447637006")
    return {
        CONCEPTS: tabbed(
            f"{head} definitionStatusId",
            *(component(each, "900000000000074008") for each in (ROOT, DISEASE, FEVER)),
            component(OLD, "900000000000074008", active="0"),
        ),
        NAMES: tabbed(description, *(component(i, c, "en", kind, text, "1") for i, c, kind, text in names)),
        KOREAN: tabbed(description, component("108019", FEVER, "ko", SYNONYM, "발열", "1")),
        RELATIONS: tabbed(
            relation,
            component("101022", DISEASE, ROOT, "0", IS_A, "1", "1"),
            component("102027", FEVER, DISEASE, "0", IS_A, "1", "1"),
            component("103020", FEVER, ROOT, "0", IS_A, "1", "1", active="0"),
            component("104026", FEVER, DISEASE, "0", "363698007", "1", "1"),
        ),
        PREFERENCES: tabbed(
            f"{head} refsetId referencedComponentId acceptabilityId",
            component("a", "900000000000509007", "106015", "900000000000548007"),
            component("b", "900000000000509007", "105016", "900000000000549004"),
        ),
        MAPS: tabbed(
            extended,
            component("m", ICD_10_MAP, FEVER, "1", "1", "TRUE", "ALWAYS R50.9", "R50.9", *plain),
            component("n", ICD_10_MAP, FEVER, "1", "2", "IFA 1 | x |", "IF x", "P81.9", *plain),
            component("o", ICD_10_MAP, FEVER, "2", "1", "TRUE", "ALWAYS Y59", "Y59", *plain),
        ),
    }


def conso(code: str, source: str, kind: str, own: str, text: str, *, suppress: str = "N") -> str:
    """A row of RXNCONSO.RRF."""
    cells = [code, "ENG", *[""] * 5, "1", *[""] * 3, source, kind, own, text, "", suppress, "", ""]
    return "|".join(cells)


def rel(first: str, second: str, how: str) -> str:
    """A row of RXNREL.RRF: the second concept is `how` to the first."""
    return "|".join([first, "", "CUI", "RO", second, "", "CUI", how, "", "", "RXNORM", *[""] * 6])


def rxnorm() -> dict[str, str]:
    """The files of a release: an ingredient, a product of it with its brand, and its codes elsewhere."""
    names = [
        conso("11", "RXNORM", "IN", "11", "oldstatin"),
        conso("11", "MSH", "MH", "D99", "Oldstatin"),
        conso("11", "ATC", "IN", "C10AA99", "oldstatin"),
        conso("12", "RXNORM", "SCDC", "12", "oldstatin 10 MG"),
        conso("13", "RXNORM", "SCD", "13", "oldstatin 10 MG Oral Tablet"),
        conso("13", "RXNORM", "SY", "13", "oldstatin 10 MG Tab"),
        conso("14", "RXNORM", "SBD", "14", "oldstatin 10 MG Oral Tablet [Brand]"),
        conso("15", "RXNORM", "SCD", "15", "oldstatin 99 MG Oral Tablet", suppress="O"),
        conso("16", "RXNORM", "DF", "16", "Oral Tablet"),
    ]
    relations = [
        rel("11", "12", "has_ingredient"),
        rel("12", "13", "consists_of"),
        rel("13", "14", "tradename_of"),
        rel("13", "12", "constitutes"),
        rel("12", "15", "consists_of"),
    ]
    lines = {"rrf/RXNCONSO.RRF": names, "rrf/RXNREL.RRF": relations}
    return {name: "".join(f"{each}\n" for each in some) for name, some in lines.items()}


def table(rows: Iterable[Mapping[str, str]]) -> str:
    """A CSV file of rows by their columns."""
    listed = list(rows)
    text = [",".join(f'"{each}"' for each in listed[0])]
    text += [",".join('"' + value.replace('"', '""') + '"' for value in row.values()) for row in listed]
    return "".join(f"{line}\n" for line in text)


def loinc() -> dict[str, str]:
    """The files of a release: two terms below parts, their Korean names, and one that has no part."""

    def term(code: str, name: str, component_: str, status: str = "ACTIVE") -> dict[str, str]:
        return {
            "LOINC_NUM": code,
            "COMPONENT": component_,
            "PROPERTY": "MCnc",
            "TIME_ASPCT": "Pt",
            "SYSTEM": "Ser",
            "SCALE_TYP": "Qn",
            "METHOD_TYP": "",
            "CLASS": "CHEM",
            "STATUS": status,
            "SHORTNAME": f"{component_} Ser-mCnc",
            "LONG_COMMON_NAME": name,
            "EXAMPLE_UCUM_UNITS": "mg/dL",
        }

    def place(code: str, above: str, text: str) -> dict[str, str]:
        return {
            "PATH_TO_ROOT": "",
            "SEQUENCE": "1",
            "IMMEDIATE_PARENT": above,
            "CODE": code,
            "CODE_TEXT": text,
        }

    return {
        "Loinc_9.99/LoincTable/Loinc.csv": table(
            [
                term("1-8", 'Zin, "serum" [Mass]', "Zin"),
                term("2-6", "Zan in Serum", "Zan"),
                term("3-4", "Zon in Serum", "Zon", "DEPRECATED"),
            ]
        ),
        "Loinc_9.99/AccessoryFiles/ComponentHierarchyBySystem/ComponentHierarchyBySystem.csv": table(
            [place("LP1-1", "", "Lab"), place("LP2-2", "LP1-1", "Zin"), place("1-8", "LP2-2", "Zin Ser")]
        ),
        "Loinc_9.99/AccessoryFiles/PartFile/LoincPartLink_Primary.csv": table(
            [{"LoincNumber": "2-6", "PartNumber": "LP1-1", "PartTypeName": "COMPONENT"}]
        ),
        "Loinc_9.99/AccessoryFiles/LinguisticVariants/koKR1LinguisticVariant.csv": table(
            [{"LOINC_NUM": "1-8", "COMPONENT": "진", "LONG_COMMON_NAME": "혈청 진"}]
        ),
    }


def written(folder: Path, files: Mapping[str, str | bytes]) -> Path:
    """The files of a release in a folder."""
    for name, text in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return folder


def zipped(path: Path, files: Mapping[str, str]) -> Path:
    """The files of a release in an archive."""
    with zipfile.ZipFile(path, "w") as archive:
        for name, text in files.items():
            archive.writestr(name, text)
    return path


def csv_file(path: Path, rows: Iterable[Sequence[str]]) -> Path:
    """A CSV file of rows, with the mark that spreadsheets put in front of UTF-8."""
    with path.open("w", encoding="utf-8-sig", newline="") as file:
        csv.writer(file).writerows(rows)
    return path


def workbook(path: Path, rows: Sequence[Sequence[str]]) -> Path:
    """A workbook of one sheet, its texts shared but for every second, which stand in their cells."""
    shared = sorted({each for row in rows for each in row[::2]})
    space = 'xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"'

    def cell(line: int, column: int, text: str) -> str:
        place = f'r="{chr(ord("A") + column)}{line}"'
        if column % 2:
            return f'<c {place} t="inlineStr"><is><t>{text}</t></is></c>' if text else ""
        return f'<c {place} t="s"><v>{shared.index(text)}</v></c>'

    lines = "".join(
        f'<row r="{line}">{"".join(cell(line, column, text) for column, text in enumerate(row))}</row>'
        for line, row in enumerate(rows, 1)
    )
    strings = "".join(f"<si><r><t>{each[:1]}</t></r><r><t>{each[1:]}</t></r></si>" for each in shared)
    return zipped(
        path,
        {
            "xl/sharedStrings.xml": f"<sst {space}>{strings}</sst>",
            "xl/worksheets/sheet1.xml": f"<worksheet {space}><sheetData>{lines}</sheetData></worksheet>",
        },
    )

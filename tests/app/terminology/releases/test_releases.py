"""Releases, made by code: recognised by their files, read whole, and refused with file and line."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from app.terminology.releases.recognised import opened, recognised
from app.terminology.releases.release import LargeRelease, Release, SmallRelease
from fhir_profiles.terminology.prefixes import ATC, ICD_10, KCD_8
from graph.errors import Invalid
from graph.terminology.loading import MapRow
from tests.app.terminology.releases import tables

SNOMED, RXNORM = "http://snomed.info/sct", "http://www.nlm.nih.gov/research/umls/rxnorm"
MESH, DRUG = "https://www.nlm.nih.gov/mesh", "urn:hilum:drug"


@contextmanager
def released(path: Path) -> Iterator[Release]:
    """What the files of a path are a release of."""
    with opened(path) as files:
        read = recognised(files)
        assert read is not None
        yield read(files)


def large(path: Path) -> tuple[list[dict[str, Any]], list[MapRow], LargeRelease]:
    """The concepts and links of a large release."""
    with released(path) as release:
        assert not isinstance(release, SmallRelease)
        found = list(release.concepts()), list(release.links()), release
        assert list(release.concepts()) == found[0]  # as often as it is asked
        release.close()
        return found


def parents(concept: dict[str, Any]) -> list[str]:
    return [each["valueCode"] for each in concept.get("property", ()) if each["code"] == "parent"]


def names(concept: dict[str, Any]) -> list[tuple[str, str]]:
    return [(each["language"], each["value"]) for each in concept.get("designation", ())]


@pytest.mark.parametrize("as_archive", [False, True])
def test_snomed_ct_has_its_active_concepts_names_and_hierarchy(tmp_path: Path, as_archive: bool) -> None:
    files = tables.snomed()
    path = tables.zipped(tmp_path / "s.zip", files) if as_archive else tables.written(tmp_path, files)

    concepts, links, release = large(path)

    assert {each["code"]: parents(each) for each in concepts} == {
        tables.ROOT: [],
        tables.FEVER: [tables.DISEASE],
        tables.DISEASE: [tables.ROOT],
    }
    (fever,) = (each for each in concepts if each["code"] == tables.FEVER)
    assert fever["display"] == "Fever"
    assert names(fever) == [("en", "Pyrexia"), ("en", "Fever (finding)"), ("ko", "발열")]
    assert links == [MapRow((SNOMED, tables.FEVER), (ICD_10, "R50.9"), wider=True)]
    assert release.head.version == "KR 20260201"


def test_rxnorm_sets_products_below_their_ingredient(tmp_path: Path) -> None:
    concepts, links, _ = large(tables.written(tmp_path, tables.rxnorm()))

    assert {each["code"]: parents(each) for each in concepts} == {
        "11": [],
        "12": ["11"],
        "13": ["12"],
        "14": ["13"],
        "15": ["12"],
    }
    assert names(concepts[2]) == [("en", "oldstatin 10 MG Tab")]
    assert [
        each["code"] for each in concepts if {"code": "status", "valueCode": "retired"} in each["property"]
    ] == ["15"]
    assert set(links) == {
        MapRow((RXNORM, "11"), (ATC, "C10AA99")),
        MapRow((RXNORM, "11"), (MESH, "D99")),
        MapRow((RXNORM, "11"), (DRUG, "oldstatin")),
    }


def test_loinc_has_axes_parts_and_korean_names(tmp_path: Path) -> None:
    concepts, links, release = large(tables.written(tmp_path, tables.loinc()))

    assert {each["code"]: parents(each) for each in concepts} == {
        "1-8": ["LP2-2"],
        "2-6": ["LP1-1"],
        "3-4": [],
        "LP1-1": [],
        "LP2-2": ["LP1-1"],
    }
    first = concepts[0]
    assert first["display"] == 'Zin, "serum" [Mass]'
    assert names(first) == [("en", "Zin Ser-mCnc"), ("ko", "혈청 진")]
    axes = {each["code"]: each["valueString"] for each in first["property"] if "valueString" in each}
    assert axes == {
        "COMPONENT": "Zin",
        "PROPERTY": "MCnc",
        "TIME_ASPCT": "Pt",
        "SYSTEM": "Ser",
        "SCALE_TYP": "Qn",
        "CLASS": "CHEM",
        "EXAMPLE_UCUM_UNITS": "mg/dL",
    }
    assert links == []
    assert release.head.version == "9.99"


KCD_ROWS = [
    ["한국표준질병·사인분류", "", ""],
    ["질병 분류 코드", "한글 명칭", "영문 명칭"],
    ["Ⅳ", "내분비 질환", "Endocrine"],
    ["E10-E14", "당뇨병", "Diabetes mellitus"],
    ["E11", "2형 당뇨병", "Type 2 diabetes"],
    ["E119", "합병증 없음", "Without complications"],
    ["E11.90*", "세부", "In detail"],
    ["U20", "한의 병증", "Of Korean medicine"],
    ["M8000/0", "신생물", "Neoplasm"],
    ["", "", ""],
]


@pytest.mark.parametrize("ending", ["csv", "xlsx"])
def test_kcd_is_read_from_tables_of_any_heads(tmp_path: Path, ending: str) -> None:
    path = tmp_path / f"table.{ending}"
    (tables.csv_file if ending == "csv" else tables.workbook)(path, KCD_ROWS)

    with released(path) as release:
        assert isinstance(release, SmallRelease)
        system, same = release.documents

    assert system["url"] == KCD_8
    assert system["language"] == "ko"
    found = {each["code"]: (each["display"], names(each), parents(each)) for each in system["concept"]}
    assert found == {
        "E10-E14": ("당뇨병", [("en", "Diabetes mellitus")], []),
        "E11": ("2형 당뇨병", [("en", "Type 2 diabetes")], ["E10-E14"]),
        "E11.9": ("합병증 없음", [("en", "Without complications")], ["E11"]),
        "E11.90": ("세부", [("en", "In detail")], ["E11.9"]),
        "U20": ("한의 병증", [("en", "Of Korean medicine")], []),
    }
    (group,) = same["group"]
    assert (group["source"], group["target"]) == (ICD_10, KCD_8)
    assert [each["code"] for each in group["element"]] == ["E11", "E11.9"]


def test_kcd_of_another_edition_is_another_system(tmp_path: Path) -> None:
    path = tables.csv_file(tmp_path / "KCD-9.csv", [["kcd", "ko", "en"], ["A00", "콜레라", "Cholera"]])

    with released(path) as release:
        assert isinstance(release, SmallRelease)
        assert release.documents[0]["url"] == "http://www.hl7korea.or.kr/CodeSystem/kostat-kcd-9"


def test_atc_has_its_levels_and_the_common_names_of_its_substances(tmp_path: Path) -> None:
    rows = [
        ["atc_code", "atc_name"],
        ["C", "Heart"],
        ["C10", "Lipids"],
        ["C10AA", "Statins"],
        ["C10AA99", "Oldstatin"],
    ]
    with released(tables.csv_file(tmp_path / "atc.csv", rows)) as release:
        assert isinstance(release, SmallRelease)
        system, drugs = release.documents

    assert {each["code"]: parents(each) for each in system["concept"]} == {
        "C": [],
        "C10": ["C"],
        "C10AA": [],
        "C10AA99": ["C10AA"],
    }
    (group,) = drugs["group"]
    assert group["element"] == [
        {"code": "oldstatin", "target": [{"code": "C10AA99", "equivalence": "equivalent"}]}
    ]


def bad(files: dict[str, str], name: str, text: str | bytes) -> dict[str, str | bytes]:
    return {**files, name: text}


@pytest.mark.parametrize(
    ("files", "said"),
    [
        (
            bad(tables.snomed(), tables.CONCEPTS, "id\tactive\n138875005\t1\n12\t1\n"),
            r"sct2_Concept_\w+\.txt line 3: id is no SNOMED CT identifier",
        ),
        (
            bad(tables.snomed(), tables.NAMES, "id\tactive\tconceptId\n"),
            r"sct2_Description_\S+ line 1: there is no column languageCode",
        ),
        (
            bad(tables.snomed(), tables.RELATIONS, tables.snomed()[tables.RELATIONS] + "1\t2\n"),
            r"sct2_Relationship_\S+ line 6: 2 columns, where 10 are wanted",
        ),
        (
            {name: text for name, text in tables.snomed().items() if name != tables.RELATIONS},
            "has no file sct2_Relationship_Snapshot",
        ),
        (
            bad(tables.snomed(), tables.MAPS, tables.snomed()[tables.MAPS].encode() + b"\xff\n"),
            r"der2_\S+ line 5: it is no UTF-8",
        ),
        (
            bad(tables.rxnorm(), "rrf/RXNCONSO.RRF", "1|2\n"),
            "RXNCONSO.RRF line 1: 2 columns, where 19 are wanted",
        ),
        (
            bad(tables.rxnorm(), "rrf/RXNCONSO.RRF", tables.conso("x", "RXNORM", "IN", "1", "a") + "\n"),
            "RXNCONSO.RRF line 1: RXCUI is no number",
        ),
        ({"rrf/RXNCONSO.RRF": tables.rxnorm()["rrf/RXNCONSO.RRF"]}, "has no file RXNREL.RRF"),
        (
            {"Loinc.csv": tables.loinc()["Loinc_9.99/LoincTable/Loinc.csv"] + "no code" + ",x" * 11 + "\n"},
            "Loinc.csv line 5: LOINC_NUM is no LOINC code",
        ),
        (
            {"Loinc.csv": 'LOINC_NUM,LONG_COMMON_NAME,STATUS,COMPONENT\n"1-8'},
            "Loinc.csv line 1: there is no column PROPERTY",
        ),
        (
            {"Loinc.csv": 'LOINC_NUM,LONG_COMMON_NAME,STATUS,COMPONENT,PROPERTY\n1-8,"open\n'},
            "Loinc.csv line 3: unexpected end of data",
        ),
    ],
)
def test_a_broken_release_is_refused_with_its_file_and_line(
    tmp_path: Path, files: dict[str, str | bytes], said: str
) -> None:
    with pytest.raises(Invalid, match=said), released(tables.written(tmp_path / "r", files)):
        pass


def test_a_broken_table_is_refused_with_its_line(tmp_path: Path) -> None:
    kcd = tables.csv_file(tmp_path / "k.csv", [["kcd", "ko"], ["A00", "콜레라"], ["no code", "x"]])
    atc = tables.csv_file(tmp_path / "a.csv", [["ATC code", "name"], ["A01", "x"], ["A1", "y"]])
    for path, said in ((kcd, "k.csv line 3: .* no code of KCD"), (atc, "a.csv line 3: .* no code of ATC")):
        with pytest.raises(Invalid, match=said), released(path):
            pass


def test_what_is_no_release_is_left_to_others(tmp_path: Path) -> None:
    other = tables.csv_file(tmp_path / "other.csv", [["a", "b"], ["1", "2"]])
    (tmp_path / "no.xlsx").write_bytes(b"no archive")
    (tmp_path / "x.json").write_text("{}")
    for path in (other, tmp_path / "x.json", tmp_path):
        with opened(path) as files:
            assert recognised(files) is None
    with (
        pytest.raises(Invalid, match=r"no\.xlsx line 1: it is no workbook"),
        opened(tmp_path / "no.xlsx") as files,
    ):
        recognised(files)

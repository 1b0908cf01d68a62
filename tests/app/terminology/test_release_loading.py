"""Releases in the graph: asked as every code system, replaced by the next, kept from one that is broken."""

from collections import Counter
from pathlib import Path

import pytest

from app.security.scopes import system_scope
from app.terminology.answers import AskedCode
from app.wiring import Wiring
from fhir_profiles.terminology.prefixes import ICD_10
from graph.errors import Invalid, NotFound
from graph.scope import AccessScope
from graph.terminology.concepts import AskedConcept
from graph.terminology.names import NamedConcept
from tests.app.terminology.releases import tables

SNOMED, ATC = "http://snomed.info/sct", "http://www.whocc.no/atc"
RXNORM, DRUG = "http://www.nlm.nih.gov/research/umls/rxnorm", "urn:hilum:drug"


@pytest.fixture
def scope(tenant: str) -> AccessScope:
    return system_scope(tenant)


def load(wiring: Wiring, scope: AccessScope, *paths: Path) -> tuple[Counter[str], int]:
    """Load some paths; what became of their definitions, and how many concepts were written."""
    packages = wiring.terminology.packages(wiring.records)
    done = Counter(each.outcome for each in packages.load(scope, paths))
    return done, packages.bring_in(scope)


def test_a_release_is_asked_as_every_code_system(
    services: Wiring, scope: AccessScope, tmp_path: Path
) -> None:
    path = tables.written(tmp_path / "s", tables.snomed())
    assert load(services, scope, path) == ({"new": 1}, 3)

    codes = services.terminology.uses.code_systems
    fever = codes.lookup(scope, AskedCode(SNOMED, tables.FEVER))
    assert (fever.entry.display, fever.entry.parents) == ("Fever", (tables.DISEASE,))
    assert codes.lookup(scope, AskedCode(SNOMED, tables.DISEASE)).children == (tables.FEVER,)
    outcome = codes.subsumes(scope, AskedCode(SNOMED, tables.ROOT), AskedCode(SNOMED, tables.FEVER))
    assert outcome == "subsumes"
    with pytest.raises(NotFound):
        codes.lookup(scope, AskedCode(SNOMED, tables.OLD))
    concepts = services.terminology.concepts
    assert concepts.by_names(scope, ["발열", "pyrexia", "ague"]) == {
        "발열": (NamedConcept(SNOMED, tables.FEVER, "발열", True),),
        "pyrexia": (NamedConcept(SNOMED, tables.FEVER, "Fever", False),),
    }
    asked = AskedConcept(ICD_10, "R50.9", descendants=True, maps=True)
    assert concepts.expand(scope, [asked]) == {(ICD_10, "R50.9"), (SNOMED, tables.FEVER)}


def test_a_release_that_is_there_is_known_and_the_next_takes_its_place(
    services: Wiring, scope: AccessScope, tmp_path: Path
) -> None:
    files = tables.snomed()
    path = tables.written(tmp_path / "s", files)
    load(services, scope, path)
    assert load(services, scope, path) == ({"known": 1}, 0)

    files[tables.CONCEPTS] = files[tables.CONCEPTS].replace(
        f"{tables.FEVER}\t20260101\t1", f"{tables.FEVER}\t20260101\t0"
    )
    tables.written(path, files)
    assert load(services, scope, path) == ({"changed": 1}, 2)

    with pytest.raises(NotFound):
        services.terminology.uses.code_systems.lookup(scope, AskedCode(SNOMED, tables.FEVER))
    assert services.terminology.concepts.by_names(scope, ["fever"]) == {}
    assert services.terminology.loader.behind(scope) == []


def test_a_broken_release_changes_nothing(services: Wiring, scope: AccessScope, tmp_path: Path) -> None:
    files = tables.snomed()
    load(services, scope, tables.written(tmp_path / "s", files))
    files[tables.MAPS] += "torn\n"

    with pytest.raises(Invalid, match="line 5"):
        load(services, scope, tables.written(tmp_path / "t", files))

    fever = services.terminology.uses.code_systems.lookup(scope, AskedCode(SNOMED, tables.FEVER))
    assert fever.entry.display == "Fever"


def test_the_resource_of_a_release_may_be_edited_and_deleted(
    services: Wiring, scope: AccessScope, tmp_path: Path
) -> None:
    load(services, scope, tables.written(tmp_path / "s", tables.snomed()))
    library = services.terminology.definitions.library(scope)
    there = library.newest("CodeSystem", SNOMED)
    assert there is not None
    text = services.resources.read(scope, "CodeSystem", there.resource_id).body
    assert b'"not-present"' in text

    services.records.update(scope, "CodeSystem", there.resource_id, text.replace(b'"SNOMED CT"', b'"Ours"'))
    list(services.terminology.loader.catch_up(scope))
    lookup = services.terminology.uses.code_systems.lookup
    assert lookup(scope, AskedCode(SNOMED, tables.FEVER)).entry.display == "Fever"

    services.records.delete(scope, "CodeSystem", there.resource_id)
    list(services.terminology.loader.catch_up(scope))
    assert services.terminology.concepts.by_names(scope, ["fever"]) == {}


def test_an_ingredient_is_one_with_its_name_its_class_and_its_products(
    services: Wiring, scope: AccessScope, tmp_path: Path
) -> None:
    files = {
        name: text.replace("oldstatin", "pravastatin").replace("C10AA99", "C10AA03")
        for name, text in tables.rxnorm().items()
    }
    load(services, scope, tables.written(tmp_path / "r", files))
    expand = services.terminology.concepts.expand

    by_class = expand(scope, [AskedConcept("urn:hilum:drug-class", "statin", descendants=True)])
    by_name = expand(scope, [AskedConcept(DRUG, "pravastatin", descendants=True)])
    by_code = expand(scope, [AskedConcept(ATC, "C10AA03", descendants=True)])

    products = {(RXNORM, each) for each in ("11", "12", "13", "14", "15")}
    assert products <= by_class
    assert products <= by_name
    assert products <= by_code
    assert (RXNORM, "16") not in by_class


def test_a_table_becomes_resources_and_equals_codes_elsewhere(
    services: Wiring, scope: AccessScope, tmp_path: Path
) -> None:
    path = tables.csv_file(
        tmp_path / "kcd.csv", [["kcd", "ko", "en"], ["E11", "2형 당뇨병", "Type 2 diabetes"]]
    )
    assert load(services, scope, path) == ({"new": 2}, 2)
    assert load(services, scope, path) == ({"known": 2}, 0)

    concepts = services.terminology.concepts
    (found,) = concepts.by_names(scope, ["2 형당뇨병"])["2 형당뇨병"]
    assert concepts.expand(scope, [AskedConcept(found.system, found.code, maps=True)]) == {
        (ICD_10, "E11"),
        (found.system, "E11"),
    }
